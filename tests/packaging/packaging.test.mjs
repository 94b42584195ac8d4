// The package as people get it: packed, installed into small projects, built with their bundlers, and run. Pages run in Chromium under a strict
// policy. Projects are copied to target/packaging; bundlers and frameworks come from tools/packaging.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { headline, root, shop, shown, type, until } from '../browser/shop.mjs';

const run = promisify(execFile);
const work = join(root, 'target/packaging');
const at = (...path) => join(work, ...path);
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const PROJECTS = {
  plain: 'examples/html', react: 'examples/react', vue: 'examples/vue',
  ...Object.fromEntries(['node-esm', 'node-cjs', 'typescript', 'vite', 'webpack'].map((name) => [name, `tests/packaging/projects/${name}`])),
};
const house = shop({
  '/plain/': at('plain'), '/plain/gongxiang/': at('plain/node_modules/gongxiang'), '/gongxiang/': at('plain/node_modules/gongxiang'),
  ...Object.fromEntries(['react', 'vue', 'vite', 'webpack'].map((name) => [`/${name}/`, at(name, 'dist')])),
});
const { version } = JSON.parse(await readFile(join(root, 'pkg/package.json'), 'utf8'));

before(async () => {
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await run(NPM, ['pack', '--pack-destination', work], { cwd: join(root, 'pkg') });
  // Projects find bundlers and frameworks here if their own node_modules lack them.
  await symlink(join(root, 'tools/packaging/node_modules'), at('node_modules'), 'junction');
  await Promise.all(Object.entries(PROJECTS).map(async ([name, source]) => {
    await cp(join(root, source), at(name), { recursive: true });
    await writeFile(at(name, 'package.json'), JSON.stringify({ name, private: true }));
    await run(NPM, ['install', '--offline', '--no-audit', '--no-fund', at(`gongxiang-${version}.tgz`)], { cwd: at(name) });
  }));
});

const node = (project, ...parameters) => run(process.execPath, parameters, { cwd: at(project) });
const vite = (project) => node(project, join(root, 'tools/packaging/node_modules/vite/bin/vite.js'), 'build', '--base', `/${project}/`, '--logLevel', 'warn');

test('the tarball has every file that it needs and no other', async () => {
  const files = (await readdir(at('plain/node_modules/gongxiang'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile()).map(({ parentPath, path, name }) => join(parentPath ?? path, name).slice(at('plain/node_modules/gongxiang/').length));
  for (const file of ['browser.mjs', 'node.mjs', 'dist/node.cjs', 'index.d.ts', 'widget.d.ts', 'widget.js', 'dist/gongxiang_bg.wasm', 'README.md', 'LICENSE-MIT', 'custom-elements.json']) {
    assert.ok(files.includes(file), file);
  }
  assert.deepEqual(files.filter((file) => /^dist\/phone|test|\.rs$|\.toml$|\.map$|node_modules/.test(file)), []);
  const [types, typesForRequire] = await Promise.all(['index.d.ts', 'dist/index.d.cts'].map((file) => readFile(at('plain/node_modules/gongxiang', file), 'utf8')));
  assert.equal(types, typesForRequire);
});

test('Node, by import and by require', async () => {
  assert.equal((await node('node-esm', 'main.mjs')).stdout, `${version} 200\n`);
  assert.equal((await node('node-cjs', 'main.cjs')).stdout, `${version} 200\n`);
});

test('TypeScript, as strict as it gets, by import and by require', async () => {
  const { stdout } = await node('typescript', join(root, 'tools/node_modules/typescript/bin/tsc'), '-p', '.').catch((failure) => failure);
  assert.equal(stdout, '');
});

test('a page of plain files under a strict policy', async () => {
  const { page, complaints, close } = await house.visit('/plain/');
  await headline(page).waitFor();
  await page.locator('earnings-preview').nth(1).scrollIntoViewIfNeeded();
  await headline(page, 1).waitFor();
  assert.deepEqual([(await shown(page.locator('earnings-preview').nth(0))).headline, (await shown(page.locator('earnings-preview').nth(1))).headline], [['1,000'], ['300']]);
  assert.deepEqual(complaints, []);
  await close();
});

test('Vite, the package alone', async () => {
  await vite('vite');
  const { page, complaints, close } = await house.visit('/vite/');
  await page.getByText(`${version} 200`).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('webpack, the package and the widget on one engine', async () => {
  await writeFile(at('build.cjs'), `require('webpack')(require('./webpack/webpack.config.cjs'), (error, stats) => {
    if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
  });`);
  await node('webpack', at('build.cjs'));
  await writeFile(at('webpack/dist/index.html'), '<!doctype html><html lang="en"><title>webpack</title><body><script src="main.js"></script></body></html>');
  const { page, asked, complaints, close } = await house.visit('/webpack/');
  await headline(page).waitFor();
  await page.getByText(`${version} 200`).waitFor();
  assert.equal(asked.filter((path) => path.endsWith('.wasm')).length, 1);
  assert.deepEqual(complaints, []);
  await close();
});

test('esbuild as it is: the binary inside, and a widget that is told where its binary is', async () => {
  const { build } = createRequire(join(root, 'tools/package.json'))('esbuild');
  const bundle = (name, contents) => build({
    bundle: true, format: 'esm', logLevel: 'silent', outfile: at('plain', `${name}.js`), stdin: { contents, resolveDir: at('plain') },
  });
  await bundle('inside', "import { initSync, openBook, version } from 'gongxiang/inline'; initSync(); document.body.append(`${version()} ${openBook('seed').state().price}`);");
  await bundle('told', "import 'gongxiang/widget';");
  await writeFile(at('plain/esbuild.html'), `<!doctype html><html lang="en"><title>esbuild</title><body><script type="module" src="inside.js"></script>
    <script type="module" src="told.js"></script><earnings-preview wasm="gongxiang/dist/gongxiang_bg.wasm"></earnings-preview></body></html>`);
  const { page, asked, complaints, close } = await house.visit('/plain/esbuild.html');
  await page.getByText(`${version} 1`).waitFor();
  await headline(page).waitFor();
  assert.deepEqual(asked.filter((path) => path.endsWith('.wasm')), ['/plain/gongxiang/dist/gongxiang_bg.wasm']);
  assert.deepEqual(complaints, []);
  await close();
});

test('a mini-program’s loader is there for frameworks that bundle themselves, and says what it misses elsewhere', async () => {
  await writeFile(at('node-esm/phone.mjs'), `import { init, openBook } from 'gongxiang/miniprogram';
    await init({ path: '/static/gongxiang.wasm.br' }).catch(({ code, message }) => console.log(code, typeof openBook, message.includes('WXWebAssembly')));`);
  assert.equal((await node('node-esm', 'phone.mjs')).stdout, 'not_loaded function true\n');
});

test('the element’s manifest has its attributes, properties and events', async () => {
  const { modules: [{ declarations: [element] }] } = JSON.parse(await readFile(join(root, 'pkg/custom-elements.json'), 'utf8'));
  const { EarningsPreview } = await import('../../pkg/widget/element.mjs');
  const attributes = [...new Set([...EarningsPreview.observedAttributes, 'theme'])].sort();
  assert.deepEqual(element.attributes.map(({ name }) => name).sort(), attributes);
  const properties = element.members.filter(({ kind }) => kind === 'field');
  assert.deepEqual(properties.map(({ attribute }) => attribute).sort(), attributes.filter((name) => name !== 'lang'));
  for (const { name } of properties) assert.ok(Object.hasOwn(EarningsPreview.prototype, name), name);
  const types = await readFile(join(root, 'pkg/widget.d.ts'), 'utf8');
  for (const { name } of element.events) assert.ok(types.includes(`'${name}': CustomEvent`), name);
  for (const { name } of element.cssParts) assert.ok(types.includes(`\`${name}\``), name);
});

for (const framework of ['react', 'vue']) {
  test(`${framework}: attributes go in, events come out`, async () => {
    await vite(framework);
    const { page, complaints, close } = await house.visit(`/${framework}/`);
    await headline(page).waitFor();
    const output = page.locator('output');
    await until(async () => await output.innerText() === '29.9', 'the points of 299');
    await page.getByRole('button', { name: '599' }).click();
    await until(async () => await output.innerText() === '59.9', 'the points of 599');
    await type(page, 'amount', '１００');
    await until(async () => await output.innerText() === '10', 'the points of 100');
    assert.deepEqual(complaints, []);
    await close();
  });
}

test('the code of the READMEs prints what they say', async () => {
  let ran = 0;
  for (const readme of ['pkg/README.md', 'README.md']) {
    const text = await readFile(join(root, readme), 'utf8');
    for (const [, code] of text.matchAll(/```js\n([^]*?)```/g)) {
      ran += 1;
      const file = `readme-${ran}.${code.includes('require(') ? 'cjs' : 'mjs'}`;
      await writeFile(at('node-esm', file), code);
      const expected = [...code.matchAll(/\/\/ → (.*)/g)].map(([, answer]) => `${answer}\n`).join('');
      assert.equal((await node('node-esm', file)).stdout, expected, code);
    }
    for (const [, markup] of text.matchAll(/```html\n([^]*?)```/g)) {
      ran += 1;
      const { page, complaints, close } = await house.open(markup);
      await headline(page).waitFor();
      assert.deepEqual(complaints, [], markup);
      await close();
    }
  }
  assert.ok(ran >= 6, String(ran));
});

test('the README names every attribute and every part', async () => {
  const [readme, types, ...sources] = await Promise.all(['README.md', 'widget.d.ts', 'widget/view.mjs', 'widget/element.mjs', 'widget/product.mjs', 'widget/forecast.mjs']
    .map((file) => readFile(join(root, 'pkg', file), 'utf8')));
  const { EarningsPreview } = await import('../../pkg/widget/element.mjs');
  for (const name of [...EarningsPreview.observedAttributes, 'theme']) {
    assert.ok(readme.includes(`\`${name}\``), name);
    assert.match(types, new RegExp(`^ {2}'?${name}'?\\?:`, 'm'));
  }
  for (const [, part] of sources.join('').matchAll(/part: '(\w+)'/g)) {
    assert.ok(readme.includes(`\`${part}\``) && types.includes(`\`${part}\``), part);
  }
});
