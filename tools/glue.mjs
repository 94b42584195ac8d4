// Makes the glue of a page small: what the page does not start is left out, and the names that only glue and binary know become
// short ones. wasm-bindgen's end in 64 random bits each, which no compression makes smaller. Answers with the glue and the new names,
// which `cargo xtask build` gives to the binary as well.
import { basename, dirname } from 'node:path';
import { build } from 'esbuild';

const [glue] = process.argv.slice(2);
const { outputFiles: [{ text }], mangleCache } = await build({
  stdin: { contents: `export { default } from './${basename(glue)}';`, resolveDir: dirname(glue) },
  bundle: true, format: 'esm', minify: true, write: false, logLevel: 'warning', charset: 'utf8',
  target: ['chrome105', 'safari16', 'firefox110'], mangleProps: /^(__wb|wasm_bindgen__)/, mangleCache: {},
});
process.stdout.write(JSON.stringify({ glue: text, names: mangleCache }));
