// The browser's stores are damaged, full, blocked, or hold another build. The wallet goes on, or says what is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxy } from './proxy.mjs';
import { go, stage } from './stage.mjs';

const house = stage();

/** A page at a test's own server, after its service worker has taken over. */
async function visit(url, options) {
  const opened = await house.open('#/', options);
  await opened.page.goto(url);
  await opened.page.getByTestId('members').waitFor();
  await opened.page.evaluate(() => navigator.serviceWorker.ready);
  return opened;
}

/** A server with named builds: `state.name` is the current one. All have the files of the only real build. */
async function builds() {
  const index = await (await fetch(`${house.url}/`)).text();
  const real = /"([0-9a-f]{16})\//.exec(index)[1];
  const state = { real, name: real, lost: [] };
  const renamed = (text) => text.toString().replaceAll(real, state.name);
  const server = await proxy(house.url, {
    path: (url) => url.replace(state.name, real),
    alter: (url, body) => {
      if (state.lost.some((file) => url.includes(file))) return null;
      if (['/', '/index.html'].includes(url)) return renamed(body);
      if (url === '/sw.js') return renamed(body) + (state.worker ?? '');
      return undefined;
    },
  });
  return { state, ...server };
}

const named = (page) => page.evaluate(() => document.querySelector('link[rel=stylesheet]').getAttribute('href').split('/')[0]);

test('with a damaged store everything comes from the network', async () => {
  const { state, url, close: end } = await builds();
  // The first call stores the build. Each later one fails.
  state.worker = `
    const open = caches.open.bind(caches);
    let calls = 0;
    caches.open = (name) => ((calls += 1) > 1 ? Promise.reject(new DOMException('damaged', 'UnknownError')) : open(name));`;
  const { page, close } = await visit(url);
  for (let times = 0; times < 3; times += 1) {
    await page.reload();
    await page.getByTestId('members').waitFor();
  }
  await close();
  await end();
});

test('with a store that never answers everything comes from the network', async () => {
  const { state, url, close: end } = await builds();
  state.worker = `
    const open = caches.open.bind(caches);
    const never = () => new Promise(() => {});
    let calls = 0;
    caches.open = (name) => ((calls += 1) > 1 ? never() : open(name));
    caches.keys = never;`;
  const { page, close } = await visit(url);
  for (let times = 0; times < 2; times += 1) {
    await page.reload();
    await page.getByTestId('members').waitFor();
  }
  await close();
  await end();
});

for (const file of ['account/account_bg.wasm', 'account/account.js', 'boot.js', 'styles.css']) {
  test(`a stored ${file} that lost its content comes from the network, and is stored again`, async () => {
    const { url, close: end } = await builds();
    const { page, close } = await visit(url);
    const look = () => page.evaluate(() => getComputedStyle(document.querySelector('header.bar')).display);
    const looks = await look();
    /** Waits until the worker has stored the whole file. */
    const isStored = () => page.waitForFunction(async (ending) => {
      const store = await caches.open((await caches.keys())[0]);
      const [kept] = (await store.keys()).filter((request) => request.url.endsWith(ending));
      return kept && (await (await store.match(kept)).blob()).size > 100;
    }, file);
    for (const text of ['', '\0asm']) {
      await isStored();
      await page.evaluate(async ([ending, content]) => {
        const store = await caches.open((await caches.keys())[0]);
        const whole = (await store.keys()).find((request) => request.url.endsWith(ending));
        const { headers } = await store.match(whole);
        await store.put(whole, new Response(content, { headers }));
      }, [file, text]);
      await page.reload();
      await page.getByTestId('members').waitFor();
      assert.equal(await look(), looks);
    }
    await isStored();
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('header.bar .segments').waitFor();
    assert.equal(await look(), looks);
    await close();
    await end();
  });
}

test('with a full store wallet and desk come from the network', async () => {
  const { state, url, close: end } = await builds();
  const { page, close } = await visit(url);
  state.name = 'f'.repeat(16);
  state.worker = `
    const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    Cache.prototype.put = full; Cache.prototype.addAll = full;`;
  await page.reload();
  await page.getByTestId('members').waitFor();
  assert.equal(await named(page), state.name, 'the new build');
  // The wallet loads the page again for the desk.
  await go(page, '#/operator');
  await page.getByTestId('operator').waitFor();
  await go(page, '#/');
  await page.getByTestId('members').waitFor();
  // Offline the earlier build runs, complete.
  await page.context().setOffline(true);
  await page.reload();
  await page.locator('header.bar .segments').waitFor();
  assert.equal(await named(page), state.real);
  await close();
  await end();
});

test('the parts of two builds never run together', async () => {
  const { state, url, close: end } = await builds();
  const { page, close } = await visit(url);
  state.name = 'e'.repeat(16);
  state.lost = ['account/account_bg.wasm'];
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  await page.locator('#no-start').waitFor();
  assert.ok(asked.every((file) => !file.includes(state.real)), `${asked}`);
  await page.context().setOffline(true);
  await page.reload();
  await page.locator('header.bar .segments').waitFor();
  assert.equal(await named(page), state.real, 'the last whole build');
  await page.context().setOffline(false);
  state.lost = [];
  await page.reload();
  await page.getByTestId('members').waitFor();
  assert.equal(await named(page), state.name, 'the network decides again');
  await close();
  await end();
});

const databases = {
  blocked: () => Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } }),
  full: () => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; },
  silent: () => { IDBFactory.prototype.open = () => ({}); },
};
for (const [name, spoil] of Object.entries(databases)) {
  test(`a database that is ${name}: the wallet shows its numbers and settles a transfer`, async () => {
    const [me, to] = await house.rich(2);
    const { page, close } = await house.open(`#/m/${me}/transfer`, { prepare: (page) => page.addInitScript(spoil) });
    await page.getByTestId('to').fill(to);
    await page.getByTestId('points').fill('0.01');
    await page.getByTestId('preview').click();
    await page.getByTestId('confirm').click();
    await page.getByTestId('settled').waitFor();
    await page.getByTestId('storage-fails').waitFor();
    await close();
  });
}

test('a browser without WebAssembly is told so, without advice to reload', async () => {
  const prepare = (page) => page.addInitScript(() => { delete globalThis.WebAssembly; });
  const { page, close } = await house.open('#/', { prepare });
  await page.locator('#no-wasm').waitFor();
  assert.match(await page.locator('#no-wasm').innerText(), /WebAssembly/);
  assert.equal(await page.locator('#no-start').isVisible(), false);
  await close();
});
