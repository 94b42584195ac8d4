// node tools/minify.mjs FILE…: minifies the wallet's own scripts in place.

import { build } from 'esbuild';

await build({
  entryPoints: process.argv.slice(2), outdir: '.', outbase: '.', allowOverwrite: true, minify: true, format: 'esm', charset: 'utf8',
  target: ['chrome105', 'safari16', 'firefox110'],
});
