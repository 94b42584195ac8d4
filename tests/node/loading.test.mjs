// Every way to give the rules their binary. Each has a process of its own, because the rules start once.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { readFile } from 'node:fs/promises';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const { build } = createRequire(new URL('../../tools/package.json', import.meta.url))('esbuild');
const { version } = JSON.parse(await readFile(`${root}pkg/package.json`, 'utf8'));
const WASM = 'pkg/dist/gongxiang_bg.wasm';

/** Runs the code as a module at the root of this repository, and returns what it prints. */
const said = async (code) => (await run(process.execPath, ['--input-type=module', '-e', `
  import { readFile } from 'node:fs/promises';
  import { createServer } from 'node:http';
  import { pathToFileURL } from 'node:url';
  import vm from 'node:vm';
  const bytes = await readFile('${WASM}');
  const href = pathToFileURL('${WASM}').href;
  ${code}`], { cwd: root })).stdout;

const WAYS = {
  nothing: 'undefined',
  bytes: 'bytes',
  'an ArrayBuffer': 'new Uint8Array(bytes).buffer',
  'an ArrayBuffer of another realm': `vm.runInNewContext('(bytes) => Uint8Array.from(bytes).buffer')(bytes)`,
  'a module': 'await WebAssembly.compile(bytes)',
  'a module of another realm': `vm.runInNewContext('(bytes) => new WebAssembly.Module(Uint8Array.from(bytes))')(bytes)`,
  'a response': `new Response(bytes, { headers: { 'Content-Type': 'application/wasm' } })`,
  'a response of another type': `new Response(bytes, { headers: { 'Content-Type': 'application/octet-stream' } })`,
  'a response without a type': 'new Response(bytes)',
  'a type in capitals, with a parameter': `new Response(bytes, { headers: { 'Content-Type': 'Application/Wasm; charset=utf-8' } })`,
  'a response that is still on its way': 'Promise.resolve(new Response(bytes))',
  'a response of another fetch': '{ ok: true, arrayBuffer: async () => new Uint8Array(bytes).buffer }',
};
const PLACES = {
  'a path': `'${WASM}'`,
  'an address of a file': 'href',
  'a URL': 'new URL(href)',
  // A URL of a bundler, or of a framework that evaluates modules in its own context, is no instance of this realm's URL.
  'a URL of another realm': '{ href, protocol: "file:", toString: () => href }',
  'a server that does not know the type': `await new Promise((resolve) => {
    const server = createServer((request, response) => response.end(bytes)).listen(0, () => resolve(\`http://127.0.0.1:\${server.address().port}/x.wasm\`)).unref();
  })`,
};

for (const [name, source] of Object.entries({ ...WAYS, ...PLACES })) {
  test(`Node: ${name}`, async () => {
    for (const loader of ['node', 'economy-node']) {
      const economy = loader.startsWith('economy');
      // Both binaries accept every way. The second one has its own file.
      const code = economy ? source.replaceAll(WASM, 'pkg/dist/economy/economy_bg.wasm') : source;
      const own = economy ? `const [bytes, href] = await (async () => { const file = 'pkg/dist/economy/economy_bg.wasm'; return [await readFile(file), pathToFileURL(file).href]; })();` : '';
      assert.equal(await said(`{ ${own} const { init, version } = await import('./pkg/${loader}.mjs'); await init(${code}); console.log(version()); process.exit(); }`), `${version}\n`, loader);
    }
  });
}

for (const [name, source] of Object.entries(WAYS).slice(1)) {
  test(`a runtime of the web: ${name}`, async () => {
    assert.equal(await said(`const { init, version } = await import('./pkg/browser.mjs'); await init(${source}); console.log(version());`), `${version}\n`);
  });
}

test('a value that is no binary is refused in words, and the next try works', async () => {
  const out = await said(`
    const { init, version } = await import('./pkg/browser.mjs');
    for (const source of [
      () => 7, () => ({}), () => [], () => true, () => bytes.subarray(1), () => new Response('nothing', { status: 404 }), () => 'no address',
      () => Promise.reject(new Error('offline')),
    ]) await init(source()).then(() => console.log('taken', source), ({ name, code }) => console.log(name, code));
    await init(bytes);
    console.log(version());`);
  assert.equal(out, `${'GongxiangError not_loaded\n'.repeat(8)}${version}\n`);
});

test('another source than the first is an error, and the first one again is not', async () => {
  assert.equal(await said(`
    const { GongxiangError, init, initSync, version } = await import('./pkg/node.mjs');
    await init(href);
    await init();
    await init(new URL(href));
    await init(new Response(bytes));
    for (const other of ['elsewhere.wasm', bytes, await WebAssembly.compile(bytes)]) {
      await init(other).then(() => console.log('taken', other), (error) => console.log(error instanceof GongxiangError, error.code));
    }
    try { initSync(bytes); } catch (error) { console.log(error.code); }
    console.log(version());`), `${'true not_loaded\n'.repeat(3)}not_loaded\n${version}\n`);
});

test('at once: bytes or a module, once or again; another module is refused and does no harm', async () => {
  for (const loader of ['node', 'browser']) {
    assert.equal(await said(`
      const { init, initSync, version } = await import('./pkg/${loader}.mjs');
      const empty = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
      for (const wrong of [empty, await readFile('pkg/dist/economy/economy_bg.wasm'), new Uint8Array(8), 'x', 7, null]) {
        try { initSync(wrong); console.log('taken'); } catch ({ name, code }) { console.log(name, code); }
      }
      const module = new WebAssembly.Module(bytes);
      initSync(module);
      initSync(module);
      await init(module);
      await init();
      console.log(version());`), `${'GongxiangError not_loaded\n'.repeat(6)}${version}\n`, loader);
  }
});

test('a binary of another version is refused with both versions, and this package’s number is its version', async () => {
  const [major, minor, patch] = version.split('.').map(Number);
  assert.equal(await said(`
    const { init, version } = await import('./pkg/browser.mjs');
    // (module (func (export "release") (result i32) i32.const 9))
    const other = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 11, 1, 7, 114, 101, 108, 101, 97, 115, 101, 0, 0, 10, 6, 1, 4, 0, 65, 9, 11];
    await init(Uint8Array.from(other)).then(() => console.log('taken'), ({ code, message }) => console.log(code, message.split(': ').at(-1)));
    await init(bytes);
    console.log(version());`), `not_loaded release 9, not ${(major * 1000 + minor) * 1000 + patch}\n${version}\n`);
});

test('the binary inside the script: nothing is read and nothing is asked', async () => {
  const { outputFiles: [{ text }] } = await build({ entryPoints: [`${root}pkg/inline.mjs`], bundle: true, write: false, format: 'iife', globalName: 'gongxiang' });
  const context = createContext({ TextEncoder, TextDecoder, atob, console });
  runInContext(`var gongxiang; ${text}; globalThis.gongxiang = gongxiang;`, context);
  const { gongxiang } = context;
  gongxiang.initSync();
  await gongxiang.init();
  assert.equal(gongxiang.version(), version);
  assert.equal(gongxiang.openBook('seed').state().price, '1');
});

test('a book that was freed says so, and freeing again is harmless', async () => {
  for (const loader of ['node', 'economy-node', 'browser']) {
    const own = loader === 'browser' ? 'bytes' : '';
    assert.equal(await said(`
      const { GongxiangError, init, openBook } = await import('./pkg/${loader}.mjs');
      await init(${own});
      const book = openBook('seed');
      book.free();
      book.free();
      for (const method of ['state', 'account', 'apply', 'preview']) {
        try { book[method]('x'); } catch (error) { console.log(error instanceof GongxiangError, error.message); }
      }
      console.log(openBook('seed').state().price);`), `${'true not_initialised: this book was freed; open another one\n'.repeat(4)}1\n`, loader);
  }
});

test('where a module has no address, as in Cloudflare Workers, `init()` is refused and `init(module)` works', async () => {
  // A context with only what such a runtime has. It compiles no code at run time.
  const { outputFiles: [{ text }] } = await build({
    entryPoints: [`${root}pkg/browser.mjs`], bundle: true, write: false, format: 'iife', globalName: 'gongxiang', define: { 'import.meta.url': '"worker.js"' },
  });
  const context = createContext({ URL, Response, TextEncoder, TextDecoder, structuredClone, console }, { codeGeneration: { strings: false, wasm: false } });
  runInContext(`var gongxiang; ${text}; globalThis.gongxiang = gongxiang;`, context);
  const { gongxiang } = context;
  await assert.rejects(gongxiang.init(), { name: 'GongxiangError', code: 'not_loaded' });
  await gongxiang.init(await WebAssembly.compile(await readFile(`${root}${WASM}`)));
  assert.equal(gongxiang.openBook('seed').state().price, '1');
});

test('Node, by require: a source is taken, and the packed binary is the binary', async () => {
  assert.equal(await said(`
    import { createRequire } from 'node:module';
    const { init, version } = createRequire('${root}')('./pkg/dist/node.cjs');
    await init(bytes);
    console.log(version());`), `${version}\n`);
  const { brotliDecompressSync } = await import('node:zlib');
  for (const name of ['gongxiang_bg', 'economy/economy_bg']) {
    const { default: packed } = await import(`../../pkg/dist/${name}.br.mjs`);
    assert.ok(brotliDecompressSync(Buffer.from(packed, 'base64')).equals(await readFile(`${root}pkg/dist/${name}.wasm`)), name);
  }
});

test('one start serves both loaders: what Node read is there for an element', async () => {
  assert.equal(await said(`
    const [node, browser] = await Promise.all([import('./pkg/node.mjs'), import('./pkg/browser.mjs')]);
    await node.init();
    await browser.init();
    console.log(browser.version());`), `${version}\n`);
});

test('jsdom: the element shows its numbers, without sheets, observers and layout', async () => {
  const out = await said(`
    import { createRequire } from 'node:module';
    const { JSDOM } = createRequire('${root}tools/miniprogram/package.json')('jsdom');
    const { window } = new JSDOM('<body lang="en"><earnings-preview amount="1000" concession="10%">Loading…</earnings-preview></body>');
    for (const name of ['window', 'document', 'HTMLElement', 'customElements', 'CustomEvent', 'CSSStyleSheet', 'Node', 'Event']) {
      Object.defineProperty(globalThis, name, { value: name === 'window' ? window : window[name], configurable: true, writable: true });
    }
    const { init } = await import('./pkg/node.mjs');
    await init();
    const element = document.querySelector('earnings-preview');
    const shown = new Promise((resolve) => element.addEventListener('gongxiang-preview', ({ detail }) => resolve(detail)));
    await import('./pkg/widget/element.mjs');
    const { receipt } = await shown;
    const root = element.shadowRoot;
    console.log(receipt.points, root.querySelector('[part=headline] [part=number]').textContent, root.querySelectorAll('style').length, root.querySelectorAll('.card').length);
    element.setAttribute('lang', 'zh-CN');
    await 0;
    console.log(root.querySelector('h2').textContent, root.querySelectorAll('style').length);`);
  assert.equal(out, '100 1,000 1 1\n订单收益预览 1\n');
});

test('happy-dom: the element shows its numbers, where only some globals are a window’s', async () => {
  const out = await said(`
    import { createRequire } from 'node:module';
    const { Window } = createRequire('${root}tools/miniprogram/package.json')('happy-dom');
    const window = new Window({ url: 'http://localhost/' });
    for (const name of ['window', 'document', 'HTMLElement', 'customElements', 'CustomEvent', 'CSSStyleSheet', 'Node', 'Event']) {
      Object.defineProperty(globalThis, name, { value: name === 'window' ? window : window[name], configurable: true, writable: true });
    }
    document.body.lang = 'en';
    document.body.innerHTML = '<earnings-preview amount="1000" concession="10%">Loading…</earnings-preview>';
    const { init } = await import('./pkg/node.mjs');
    await init();
    const element = document.querySelector('earnings-preview');
    const shown = new Promise((resolve) => element.addEventListener('gongxiang-preview', ({ detail }) => resolve(detail)));
    await import('./pkg/widget/element.mjs');
    const { receipt } = await shown;
    const root = element.shadowRoot;
    console.log(receipt.points, root.querySelector('[part=headline] [part=number]').textContent, root.querySelectorAll('.card').length);
    element.setAttribute('lang', 'zh-CN');
    await 0;
    console.log(root.querySelector('h2').textContent);
    await window.happyDOM.close();`);
  assert.equal(out, '100 1,000 1\n订单收益预览\n');
});

test('where the element cannot be made, what stands between the tags stays', async () => {
  const out = await said(`
    import { createRequire } from 'node:module';
    const { JSDOM, VirtualConsole } = createRequire('${root}tools/miniprogram/package.json')('jsdom');
    const { window } = new JSDOM('<body><earnings-preview>1000 yuan bring 1000 share value</earnings-preview></body>', { virtualConsole: new VirtualConsole() });
    for (const name of ['document', 'HTMLElement', 'customElements', 'CustomEvent']) {
      Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
    }
    window.HTMLElement.prototype.attachShadow = () => { throw new Error('not here'); };
    await import('./pkg/widget/element.mjs');
    const element = document.querySelector('earnings-preview');
    console.log(element.constructor.name, element.shadowRoot, element.textContent);`);
  assert.equal(out, 'EarningsPreview null 1000 yuan bring 1000 share value\n');
});
