// pkg/miniprogram → pkg/miniprogram_dist, which 构建 npm copies unchanged: the engine as ES2015 CommonJS, the binary compressed as WeChat
// reads it, the components. Also writes the words of the catalogue for the components and for miniprogram/.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { writeWords } from './words.mjs';

const pkg = fileURLToPath(new URL('../pkg/', import.meta.url));
const from = join(pkg, 'miniprogram');
const into = join(pkg, 'miniprogram_dist');
const COMPONENTS = ['earnings-preview', 'wallet-card'];

const common = {
  bundle: true, format: 'cjs', target: 'es2015', minify: true, charset: 'utf8', legalComments: 'none', logLevel: 'warning',
};

async function copy(name) {
  await mkdir(dirname(join(into, name)), { recursive: true });
  await copyFile(join(from, name), join(into, name));
}

async function binary() {
  const wasm = await readFile(join(pkg, 'dist/phone/phone_bg.wasm'));
  const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: hint, BROTLI_PARAM_LGWIN: window } = constants;
  const params = { [quality]: constants.BROTLI_MAX_QUALITY, [hint]: wasm.length, [window]: constants.BROTLI_MAX_WINDOW_BITS };
  await writeFile(join(into, 'gongxiang.wasm.br'), brotliCompressSync(wasm, { params }));
}

/** For 构建 npm; and as a module for frameworks that bundle themselves (uni-app, Taro). */
const engine = () => Promise.all([{ format: 'cjs', outfile: join(into, 'index.js') }, { format: 'esm', outfile: join(pkg, 'dist/miniprogram.mjs') }].map((output) => build({
  ...common,
  ...output,
  entryPoints: [join(from, 'index.mjs')],
  // Replaces the globals that phones lack or have in another form.
  inject: [join(from, 'platform.mjs')],
})));

/** The words and figures that all components share. */
const shared = () => build({ ...common, entryPoints: ['text', 'figures'].map((name) => join(from, `${name}.mjs`)), outdir: into });

async function component(name) {
  await build({
    ...common,
    entryPoints: [join(from, name, 'index.mjs')],
    outfile: join(into, name, 'index.js'),
    // Components and app `require` the same engine and the same words.
    plugins: [{
      name: 'shared',
      setup: ({ onResolve }) => onResolve({ filter: /^\.\.\/\w+\.mjs$/ }, ({ path }) => ({ path: path.slice(0, -'.mjs'.length), external: true })),
    }],
  });
  const others = (await readdir(join(from, name))).filter((file) => !file.endsWith('.mjs'));
  await Promise.all(others.map((file) => copy(join(name, file))));
}

await rm(into, { recursive: true, force: true });
await mkdir(into, { recursive: true });
await writeWords('components', join(pkg, 'dist/phone/words.js'));
await Promise.all([
  writeWords('miniprogram', join(pkg, '../miniprogram/utils/catalogue.js'), 'cjs'),
  binary(), engine(), shared(), copy('index.d.ts'), copy('look.wxss'), ...COMPONENTS.map(component),
]);
