// Makes the glue of a page small: what the page does not start and what the binary does not import is left out, and the names that
// only glue and binary know become short ones. wasm-bindgen's end in 64 random bits each, which no compression makes smaller. Answers
// with the glue and the new names, which `cargo xtask build` gives to the binary as well.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parse } from 'acorn';
import { build } from 'esbuild';

const [glue, needed] = process.argv.slice(2);
const imports = new Set(JSON.parse(needed));
const text = readFileSync(glue, 'utf8');

/** The places in the text that nothing needs: what the binary does not import, classes, and what is done to them. */
const needless = [];
const { body } = parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
const classes = body.flatMap(({ type, declaration }) => (type === 'ExportNamedDeclaration' && declaration?.type === 'ClassDeclaration' ? [declaration.id.name] : []));
for (const statement of body) {
  const source = text.slice(statement.start, statement.end);
  const isNamed = (before, after) => classes.some((name) => source.startsWith(`${before}${name}${after}`));
  if (isNamed('export class ', ' ') || isNamed('const ', 'Finalization ') || isNamed('if (Symbol.dispose) ', '.')) needless.push(statement);
  if (statement.id?.name !== '__wbg_get_imports') continue;
  const [{ declarations: [{ init }] }] = statement.body.body;
  for (const [at, property] of init.properties.entries()) {
    const name = property.key.name ?? property.key.value;
    if (name !== '__proto__' && !imports.has(name)) needless.push({ start: init.properties[at - 1].end, end: property.end });
  }
}
const kept = needless.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);

const { outputFiles: [{ text: small }], mangleCache } = await build({
  stdin: { contents: `export { default } from './${basename(glue)}';`, resolveDir: dirname(glue) },
  plugins: [{
    name: 'what is kept',
    setup: ({ onLoad }) => onLoad({ filter: new RegExp(`/${basename(glue)}$`) }, () => ({ contents: kept })),
  }],
  bundle: true, format: 'esm', minify: true, write: false, logLevel: 'warning', charset: 'utf8',
  target: ['chrome105', 'safari16', 'firefox110'], mangleProps: /^(__wb|wasm_bindgen_)/, mangleCache: {},
});
process.stdout.write(JSON.stringify({ glue: small, names: mangleCache }));
