// The project after `npm install` and 构建 npm: a copy in its own directory, packed by WeChat's own tool.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Of WeChat's own tools, at the versions of tools/miniprogram/package-lock.json. */
export const tool = createRequire(join(root, 'tools/miniprogram/package.json'));

/** Makes the project in a temporary directory; `remove` deletes it.
 * @param {{ server?: string }} [settings] */
export async function project({ server } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'gongxiang-miniprogram-'));
  await cp(join(root, 'miniprogram'), directory, {
    recursive: true, filter: (path) => !/node_modules|miniprogram_npm/.test(path.slice(root.length)),
  });
  if (server !== undefined) await writeFile(join(directory, 'config.js'), `module.exports = { server: ${JSON.stringify(server)} };\n`);
  const installed = join(directory, 'node_modules/gongxiang');
  await mkdir(installed, { recursive: true });
  // The files of `npm pack` that 构建 npm reads.
  await Promise.all(['package.json', 'miniprogram_dist'].map((name) => cp(join(root, 'pkg', name), join(installed, name), { recursive: true })));
  await cp(join(root, 'tools/miniprogram/node_modules/qrcode-generator'), join(directory, 'node_modules/qrcode-generator'), { recursive: true });
  const packed = await tool('miniprogram-ci').packNpmManually({
    packageJsonPath: join(directory, 'package.json'), miniprogramNpmDistDir: directory,
  });
  return { directory, packed, remove: () => rm(directory, { recursive: true, force: true }) };
}
