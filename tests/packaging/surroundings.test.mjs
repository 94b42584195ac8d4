// The widget in unusual surroundings: browsers without constructed sheets, another document, a server's bundle.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { headline, root, shop, shown } from '../browser/shop.mjs';

const run = promisify(execFile);
const house = shop();
const WIDGET = '<earnings-preview amount="1000" concession="10%">1000 yuan bring 1000 share value</earnings-preview>';

/** Safari before 16.4 has the class without its constructor; others have neither. */
const OLD = {
  'no constructor': () => {
    Object.defineProperty(globalThis, 'CSSStyleSheet', { value: class { constructor() { throw new TypeError('Illegal constructor'); } } });
  },
  'a constructor, and nothing to adopt it': () => {
    delete ShadowRoot.prototype.adoptedStyleSheets;
    delete Document.prototype.adoptedStyleSheets;
  },
  'no class, and no signals with a time': () => {
    delete globalThis.CSSStyleSheet;
    delete AbortSignal.timeout;
  },
};
/** A page of a shop without a policy. */
const withoutPolicy = (page) => page.route('**/page', async (route) => {
  const answer = await route.fetch();
  const headers = { ...answer.headers() };
  delete headers['content-security-policy'];
  await route.fulfill({ response: answer, headers });
});
const looks = (page) => page.locator('earnings-preview').evaluate(({ shadowRoot }) => {
  const card = getComputedStyle(shadowRoot.querySelector('.card'));
  return [card.display, card.borderTopWidth, shadowRoot.querySelectorAll('.card').length, shadowRoot.querySelectorAll('style').length];
});

for (const [name, prepare] of Object.entries(OLD)) {
  test(`${name}: the element has its looks from a <style>, and keeps them`, async () => {
    const { page, complaints, close } = await house.open(WIDGET, {
      prepare: async (page) => {
        await page.addInitScript(prepare);
        await withoutPolicy(page);
      },
    });
    await headline(page).waitFor();
    assert.deepEqual(await looks(page), ['grid', '1px', 1, 1]);
    await page.locator('earnings-preview').evaluate((element) => {
      element.setAttribute('lang', 'zh-CN');
      element.remove();
      document.body.append(element);
    });
    await page.getByText('订单收益预览').waitFor();
    assert.deepEqual(await looks(page), ['grid', '1px', 1, 1]);
    assert.deepEqual(complaints, []);
    await close();
  });
}

test('under a policy that forbids a <style> the numbers are still shown', async () => {
  const { page, close } = await house.open(WIDGET, { prepare: (page) => page.addInitScript(OLD['no constructor']) });
  await headline(page).waitFor();
  assert.deepEqual((await shown(page.locator('earnings-preview'))).headline, ['1,000']);
  await close();
});

test('an element that is moved to another document keeps its looks and its numbers, there and back', async () => {
  const { page, complaints, close } = await house.open(`${WIDGET}<iframe title="another"></iframe>`, { prepare: withoutPolicy });
  await headline(page).waitFor();
  const state = () => page.evaluate(() => {
    const { element } = globalThis;
    const { shadowRoot, ownerDocument } = element;
    return [
      ownerDocument === document, ownerDocument.defaultView.getComputedStyle(shadowRoot.querySelector('.card')).display,
      shadowRoot.querySelector('[part=headline] [part=number]').textContent, shadowRoot.querySelectorAll('style').length,
    ];
  });
  await page.evaluate(() => {
    globalThis.element = document.querySelector('earnings-preview');
    document.querySelector('iframe').contentDocument.body.append(globalThis.element);
  });
  assert.deepEqual(await state(), [false, 'grid', '1,000', 0]);
  await page.evaluate(() => globalThis.element.setAttribute('amount', '500'));
  assert.deepEqual(await state(), [false, 'grid', '500', 0]);
  await page.evaluate(() => document.body.append(globalThis.element));
  assert.deepEqual(await state(), [true, 'grid', '500', 0]);
  assert.deepEqual(complaints, []);
  await close();
});

test('where there is no shadow tree, the text between the tags stays', async () => {
  const { page, close } = await house.open(WIDGET, {
    prepare: (page) => page.addInitScript(() => { HTMLElement.prototype.attachShadow = () => { throw new TypeError('not here'); }; }),
  });
  await page.waitForFunction(() => customElements.get('earnings-preview'));
  assert.ok(await page.getByText('1000 yuan bring 1000 share value').isVisible());
  await close();
});

/** The package in a server's bundle, as frameworks make one for server rendering. */
const work = join(root, 'target/surroundings');
const MAIN = `import { init, openBook } from 'gongxiang';
init().then(() => console.log(openBook('seed').state().price));\n`;

async function bundled(name, command) {
  const at = (...path) => join(work, name, ...path);
  await rm(at(), { recursive: true, force: true });
  await mkdir(at('node_modules'), { recursive: true });
  await cp(join(root, 'pkg'), at('node_modules/gongxiang'), { recursive: true, filter: (path) => !path.includes('miniprogram') });
  await symlink(join(root, 'tools/packaging/node_modules'), join(work, 'node_modules'), 'junction').catch((cause) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
  await writeFile(at('package.json'), JSON.stringify({ name, private: true }));
  await writeFile(at('main.mjs'), MAIN);
  await command(at);
  // The bundle must not find files outside itself.
  await rm(at('node_modules'), { recursive: true });
  // Nor the file that a framework serves to pages.
  await Promise.all((await readdir(at('dist'), { recursive: true })).filter((file) => file.endsWith('.wasm')).map((file) => rm(at('dist', file))));
  return (await run(process.execPath, [at('dist/main.js')], { cwd: work })).stdout;
}

test('webpack for a server, the package inside', async () => {
  const out = await bundled('webpack-server', async (at) => {
    await writeFile(at('build.cjs'), `require('webpack')({
      mode: 'production', target: 'node', context: __dirname, entry: './main.mjs', output: { path: ${JSON.stringify(at('dist'))}, filename: 'main.js' },
    }, (error, stats) => {
      if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
    });`);
    await run(process.execPath, [at('build.cjs')], { cwd: at() });
  });
  assert.equal(out, '1\n');
});

test('Vite for a server, the package inside', async () => {
  const out = await bundled('vite-server', async (at) => {
    await writeFile(at('package.json'), JSON.stringify({ name: 'vite-server', private: true, type: 'module' }));
    await writeFile(at('vite.config.mjs'), 'export default { ssr: { noExternal: true } };');
    await run(process.execPath, [
      join(root, 'tools/packaging/node_modules/vite/bin/vite.js'), 'build', '--ssr', 'main.mjs', '--outDir', 'dist', '--logLevel', 'warn',
    ], { cwd: at() });
  });
  assert.equal(out, '1\n');
});

test('esbuild for a server, the package inside, as one file', async () => {
  const out = await bundled('esbuild-server', async (at) => {
    await writeFile(at('build.cjs'), `require(${JSON.stringify(join(root, 'tools/node_modules/esbuild'))}).buildSync({
      absWorkingDir: __dirname, entryPoints: ['main.mjs'], bundle: true, platform: 'node', format: 'cjs', outfile: 'dist/main.js', logLevel: 'silent',
    });`);
    await run(process.execPath, [at('build.cjs')], { cwd: at() });
  });
  assert.equal(out, '1\n');
});
