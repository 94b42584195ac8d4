// Builds of the package's hand-written modules: the widget's words, the widget as one file for a script tag and one for its layouts without a form, and the package for Node's `require`
// with its types under TypeScript's name for them. Bundlers and `import` use the modules as they are.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { writeWords } from './words.mjs';

const pkg = (path) => fileURLToPath(new URL(`../pkg/${path}`, import.meta.url));
const common = { bundle: true, logLevel: 'warning', legalComments: 'none', charset: 'utf8' };

/** Leaves a module out of a bundle: it is loaded only on demand. @param {RegExp} filter @param {string} path relative to the bundle */
const onDemand = (filter, path) => ({ name: path, setup: ({ onResolve }) => onResolve({ filter }, () => ({ path, external: true })) });
const page = { ...common, format: 'esm', minify: true, target: ['chrome105', 'safari15.4', 'firefox110'] };

/** What the widget never calls of the glue, and what its oldest browsers have anyway. Tree-shaking cannot see either: the binary gets the glue as one object. */
const UNUSED = [
  /export function replay\([^]*?\n}\n/, /export function version\([^]*?\n}\n/, / {4}account\([^]*?\n {4}}\n/, / {4}state\([^]*?\n {4}}\n/,
  /if \(Symbol\.dispose\).*\n/, /if \(!\('encodeInto' in [^]*?\n}\n/, /\(typeof FinalizationRegistry === 'undefined'\)[^:]*:[^:]*:[^:]*: /,
  // A browser's decoder has to be replaced after two gigabytes of texts.
  /const MAX_SAFARI_DECODE_BYTES.*\nlet numBytesDecoded.*\n/, / {4}numBytesDecoded \+= [^]*?\n {4}}\n/,
];
const withoutUnused = {
  name: 'without what is unused',
  setup: ({ onLoad }) => onLoad({ filter: /dist.gongxiang_bg\.js$/ }, async ({ path }) => ({
    contents: UNUSED.reduce((glue, unused) => {
      if (!unused.test(glue)) throw new Error(`the glue has no ${unused}`);
      return glue.replace(unused, '');
    }, await readFile(path, 'utf8')),
  })),
};

/** Writes a binary as a module, for bundles without files. */
async function packed(name) {
  const binary = brotliCompressSync(await readFile(pkg(`${name}.wasm`)));
  await writeFile(pkg(`${name}.br.mjs`), `// The binary as brotli in base64.\nexport default '${binary.toString('base64')}';\n`);
}

/** The same uncompressed: no runtime of the web unpacks brotli for a script. */
async function inline() {
  const binary = await readFile(pkg('dist/gongxiang_bg.wasm'));
  await writeFile(pkg('dist/gongxiang_bg.inline.js'), `// The binary in base64.\nexport default '${binary.toString('base64')}';\n`);
}

await Promise.all([writeWords('widget', pkg('dist/words.js')), packed('dist/gongxiang_bg'), packed('dist/economy/economy_bg'), inline()]);
await Promise.all([
  copyFile(pkg('index.d.ts'), pkg('dist/index.d.cts')),
  ...['LICENSE', 'LICENSE-APACHE', 'LICENSE-MIT'].map((name) => copyFile(pkg(`../${name}`), pkg(name))),
  // Beside browser.mjs, not in dist, so that both find the binary by the same path.
  build({
    ...page, plugins: [withoutUnused, onDemand(/forecast\.mjs$/, './widget/forecast.mjs'), onDemand(/product\.mjs$/, './dist/product.js')],
    entryPoints: [pkg('widget/element.mjs')], outfile: pkg('widget.js'),
  }),
  build({
    ...page, plugins: [onDemand(/forecast\.mjs$/, '../widget/forecast.mjs')], entryPoints: [pkg('widget/product.mjs')], outfile: pkg('dist/product.js'),
  }),
  build({
    ...common, entryPoints: [pkg('node.mjs')], outfile: pkg('dist/node.cjs'), format: 'cjs', platform: 'node', target: 'node20',
    plugins: [onDemand(/\.br\.mjs$/, './gongxiang_bg.br.mjs')],
    // Paths in node.mjs are relative to node.mjs, not to the bundle.
    define: { 'import.meta.url': 'here' },
    banner: { js: "const here = require('node:url').pathToFileURL(require('node:path').join(__dirname, '../node.mjs'));" },
  }),
]);
