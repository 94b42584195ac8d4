// The widget beside a reference page that does the same with Lit and decimal.js, in the same run, in Chromium: when the first number is on
// the screen, counted from navigation, and how long a changed input takes until the preview is laid out again. No test depends on the times.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const ROUNDS = 40;
const KEYS = 200;
/** Milliseconds after which the first number has long been there. */
const SETTLED = 500;
/** Milliseconds that a new window of the browser needs for itself: its own pages are none of the measured one's work. */
const WINDOW = 600;
const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const root = new URL('../', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, root));
const tool = (name) => createRequire(path('tools/package.json'))(name);

const work = path('target/bench-page');
await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
await tool('esbuild').build({
  entryPoints: [path('benches/page/reference.mjs')], nodePaths: [path('tools/packaging/node_modules'), path('tools/node_modules')], bundle: true, minify: true, format: 'esm',
  outfile: `${work}/reference.js`, logLevel: 'warning',
});

const page = (script, element, more = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bench</title>${more}`
  + `<script type="module" src="${script}"></script></head><body>${element}</body></html>`;
// As the README says for an element at the top of a page.
const PRELOAD = '<link rel="preload" href="/dist/gongxiang_bg.wasm" as="fetch" crossorigin>';
const files = new Map();
const put = async (name, file) => files.set(name, brotliCompressSync(await readFile(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
await put('/widget.js', path('pkg/widget.js'));
await put('/dist/gongxiang_bg.wasm', path('pkg/dist/gongxiang_bg.wasm'));
await put('/reference.js', `${work}/reference.js`);
for (const [name, text] of [
  ['/widget.html', page('/widget.js', '<earnings-preview lang="en"></earnings-preview>', PRELOAD)],
  ['/reference.html', page('/reference.js', '<reference-preview></reference-preview>')],
]) {
  await writeFile(`${work}${name}`, text);
  await put(name, `${work}${name}`);
}
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const server = createServer((request, response) => {
  if (!files.has(request.url)) return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': TYPES[extname(request.url)], 'Content-Encoding': 'br' }).end(files.get(request.url));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const quantile = (numbers, part) => numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))];

/** Milliseconds from navigation to the first frame with a number, in a browser that has nothing in its cache. */
async function firstNumber(browser, name) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.addInitScript((selector) => {
    globalThis.first = new Promise((resolve) => {
      const look = () => {
        const element = document.querySelector(selector);
        if (element?.shadowRoot?.querySelector('[part=number]')?.textContent) return requestAnimationFrame(() => resolve(performance.now()));
        return requestAnimationFrame(look);
      };
      look();
    });
  }, `${name === 'widget' ? 'earnings' : 'reference'}-preview`);
  await rest(WINDOW);
  await tab.goto(`http://127.0.0.1:${server.address().port}/${name}.html`, { waitUntil: 'commit' });
  // Asked later: a question runs on the page's thread, some milliseconds of it.
  await rest(SETTLED);
  const time = await tab.evaluate(() => globalThis.first);
  await context.close();
  return time;
}

/** Milliseconds of the main thread from a key to a preview that is laid out, and to the next frame, for many keys. */
async function keys(browser, name) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(`http://127.0.0.1:${server.address().port}/${name}.html`);
  const times = await tab.evaluate(async ([tag, count]) => {
    const element = document.querySelector(tag);
    const number = () => element.shadowRoot.querySelector('[part=number]')?.textContent;
    while (!number()) await new Promise(requestAnimationFrame);
    const input = element.shadowRoot.querySelector('#amount');
    const times = [];
    for (let key = 0; key < count; key += 1) {
      await new Promise(requestAnimationFrame);
      const before = number();
      const start = performance.now();
      input.value = String(1234 + key * 7);
      input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
      // Lit renders in a microtask.
      while (number() === before) await null;
      element.getBoundingClientRect();
      times.push(performance.now() - start);
    }
    return times;
  }, [`${name === 'widget' ? 'earnings' : 'reference'}-preview`, KEYS]);
  await context.close();
  return times;
}

const browser = await tool('playwright-core').chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const first = { widget: [], reference: [] };
  // In turns, so that a busy moment of the machine meets both.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of Object.keys(first)) first[name].push(await firstNumber(browser, name));
  }
  const bytes = (...names) => names.reduce((sum, name) => sum + files.get(name).length, 0);
  const sizes = { widget: bytes('/widget.js', '/dist/gongxiang_bg.wasm'), reference: bytes('/reference.js') };
  for (const name of Object.keys(first)) {
    const changed = await keys(browser, name);
    console.log(`${name.padEnd(9)}  first number ${quantile(first[name], 0.5).toFixed(0)} ms (fastest ${quantile(first[name], 0).toFixed(0)}, p95 ${quantile(first[name], 0.95).toFixed(0)}), `
      + `changed input p50 ${quantile(changed, 0.5).toFixed(2)} ms, p95 ${quantile(changed, 0.95).toFixed(2)} ms (a frame: 16), ${sizes[name]} bytes of brotli`);
  }
  const ratio = (part) => (quantile(first.widget, part) / quantile(first.reference, part)).toFixed(2);
  console.log(`first number, widget ÷ reference: ${ratio(0.5)} (at most 1.2); of the fastest, which other work disturbs least, ${ratio(0)}`);
} finally {
  await browser.close();
  server.close();
}
