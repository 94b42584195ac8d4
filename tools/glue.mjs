// Bundles the glue of a page with its snippets (`keep.js`) into one minified file, in its place. Only the default export stays: the
// page starts the binary with it. The names that glue and binary share become short; prints them as JSON, for the binary.
import { basename, dirname } from 'node:path';
import { build } from 'esbuild';

const [glue] = process.argv.slice(2);
const { mangleCache } = await build({
  stdin: { contents: `export { default } from './${basename(glue)}';`, resolveDir: dirname(glue) },
  outfile: glue, allowOverwrite: true, bundle: true, format: 'esm', minify: true, logLevel: 'warning', charset: 'utf8',
  target: ['chrome105', 'safari16', 'firefox110'], mangleProps: /^(__wb|wasm_bindgen_)/, mangleCache: {},
});
process.stdout.write(JSON.stringify(mangleCache));
