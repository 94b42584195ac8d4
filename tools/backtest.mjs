// node tools/backtest.mjs DIRECTORY: the worker that replays past days under other rules, as one file, with the package's binary beside it.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [into] = process.argv.slice(2);
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

await Promise.all([
  build({
    entryPoints: [at('www/worker/backtest-worker.mjs')], outfile: join(into, 'backtest-worker.js'), bundle: true, minify: true, format: 'esm',
    charset: 'utf8', logLevel: 'warning', target: ['chrome105', 'safari16', 'firefox110'],
  }),
  copyFile(at('pkg/dist/economy/economy_bg.wasm'), join(into, 'economy_bg.wasm')),
]);
