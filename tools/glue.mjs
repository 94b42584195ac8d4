// Bundles a page's glue and its snippets (`keep.js`) into one minified file, in place. Only the default export stays, with which the page
// starts the binary. Shortens the names that glue and binary share, and prints them as JSON, so that the binary can be renamed too.
import { basename, dirname } from 'node:path';
import { build } from 'esbuild';

const [glue] = process.argv.slice(2);
const { mangleCache } = await build({
  stdin: { contents: `export { default } from './${basename(glue)}';`, resolveDir: dirname(glue) },
  outfile: glue, allowOverwrite: true, bundle: true, format: 'esm', minify: true, logLevel: 'warning', charset: 'utf8',
  target: ['chrome105', 'safari16', 'firefox110'], mangleProps: /^(__wb|wasm_bindgen_)/, mangleCache: {},
});
process.stdout.write(JSON.stringify(mangleCache));
