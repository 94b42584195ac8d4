// Compiles the project in one directory into another with WeChat's own compiler, as an upload would, with the network closed:
// `node compile.mjs FROM INTO`. A process of its own: the compiler leaves workers behind.
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { tool } from './project.mjs';

const [from, into] = process.argv.slice(2);
net.Socket.prototype.connect = () => {
  throw new Error('the network is closed');
};
const ci = tool('miniprogram-ci');
const project = new ci.Project({ appid: 'wx0123456789abcdef', type: 'miniProgram', projectPath: from, privateKey: 'none', ignores: ['node_modules/**/*'] });
// The limits of an ordinary app, which the compiler would ask WeChat for.
project.attr = async () => ({ ...ci.DefaultProjectAttr, platform: false, appType: 0, isSandbox: false, released: false, setting: {
  MaxCodeSize: 2, MaxSubpackageSubCodeSize: 2, MaxSubpackageFullCodeSize: 12, NavigateMiniprogramLimit: 10, MaxSubPackageLimit: 100,
  MinTabbarCount: 2, MaxTabbarCount: 5, MaxTabbarIconSize: 40,
} });
const compiled = await ci.compile(project, { setting: { es6: true, es7: true, minify: true }, onProgressUpdate() {} });
for (const [path, content] of Object.entries(compiled)) {
  if (path.endsWith('.map')) continue;
  await mkdir(dirname(join(into, path)), { recursive: true });
  await writeFile(join(into, path), content);
}
process.exit(0);
