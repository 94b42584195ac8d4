// Builds of the package's hand-written modules: the widget's words, the widget as one file for a script tag, and the package for Node's `require`
// with its types under TypeScript's name for them. Bundlers and `import` use the modules as they are.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { writeWords } from './words.mjs';

const pkg = (path) => fileURLToPath(new URL(`../pkg/${path}`, import.meta.url));
const common = { bundle: true, logLevel: 'warning', legalComments: 'none', charset: 'utf8' };

/** Writes a binary as a module, for bundles without files. */
async function packed(name) {
  const binary = brotliCompressSync(await readFile(pkg(`${name}.wasm`)));
  await writeFile(pkg(`${name}.br.mjs`), `// The binary as brotli in base64.\nexport default '${binary.toString('base64')}';\n`);
}

await Promise.all([writeWords('widget', pkg('dist/words.js')), packed('dist/gongxiang_bg'), packed('dist/economy/economy_bg')]);
await Promise.all([
  copyFile(pkg('index.d.ts'), pkg('dist/index.d.cts')),
  ...['LICENSE', 'LICENSE-APACHE', 'LICENSE-MIT'].map((name) => copyFile(pkg(`../${name}`), pkg(`dist/${name}`))),
  // Beside browser.mjs, not in dist, so that both find the binary by the same path.
  build({
    ...common, plugins: [{
      name: 'on demand',
      // Stays a module of its own, loaded only for a forecast. The path is relative to the bundle.
      setup: ({ onResolve }) => onResolve({ filter: /forecast\.mjs$/ }, () => ({ path: './widget/forecast.mjs', external: true })),
    }],
    entryPoints: [pkg('widget/element.mjs')], outfile: pkg('widget.js'), format: 'esm', minify: true, target: ['chrome105', 'safari15.4', 'firefox110'],
  }),
  build({
    ...common, entryPoints: [pkg('node.mjs')], outfile: pkg('dist/node.cjs'), format: 'cjs', platform: 'node', target: 'node20',
    plugins: [{
      name: 'beside it',
      setup: ({ onResolve }) => onResolve({ filter: /\.br\.mjs$/ }, () => ({ path: './gongxiang_bg.br.mjs', external: true })),
    }],
    // Paths in node.mjs are relative to node.mjs, not to the bundle.
    define: { 'import.meta.url': 'here' },
    banner: { js: "const here = require('node:url').pathToFileURL(require('node:path').join(__dirname, '../node.mjs'));" },
  }),
]);
