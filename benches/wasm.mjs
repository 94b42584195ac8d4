// How fast the package is, in Node and in Chromium: the CDNOW journal, an order preview, a book's close,
// a forecast beside the decimal libraries of JavaScript, a scenario.
// Each figure is the median of several runs; natively the same is measured by `cargo bench`, and the last lines put
// them side by side. No test depends on the times.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { measureForecast, say } from './forecast.mjs';
import { measure } from './measure.mjs';

const root = new URL('../', import.meta.url);
const read = (path) => readFile(new URL(path, root), 'utf8');
const rules = JSON.parse(await read('tests/data/cdnow.rules.json'));
const events = (await read('tests/data/cdnow.jsonl')).trim().split('\n').map((line) => JSON.parse(line));

const results = { Node: await measure(await import('../pkg/node.mjs'), rules, events) };

const libraries = createRequire(new URL('tools/package.json', root));
const modules = { Decimal: libraries('decimal.js'), Big: libraries('big.js'), BigNumber: libraries('bignumber.js') };
say('Node', await measureForecast(await import('../pkg/economy-node.mjs'), modules));

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (existsSync(chromium)) {
  results.Chromium = await inChromium();
  say('Chromium', results.Chromium.forecast);
} else {
  console.error(`${chromium} is missing: not measured in Chromium (\`cargo xtask test\` installs it)`);
}

/** The same measurement in a page. */
async function inChromium() {
  const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm' };
  const server = createServer(async (request, response) => {
    if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>bench</title>');
    try {
      const body = await readFile(new URL(`.${request.url}`, root));
      response.setHeader('Content-Type', types[extname(request.url)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { chromium: launcher } = createRequire(new URL('tools/package.json', root))('playwright-core');
  const browser = await launcher.launch({
    executablePath: chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await page.evaluate(async ([rules, events]) => {
      const [{ measure }, { measureForecast }, rulesOfTheScheme, economy] = await Promise.all(
        [import('/benches/measure.mjs'), import('/benches/forecast.mjs'), import('/pkg/browser.mjs'), import('/pkg/economy-browser.mjs')]);
      const modules = '/tools/node_modules';
      const [{ default: Decimal }, { default: Big }, { BigNumber }] = await Promise.all(
        [import(`${modules}/decimal.js/decimal.mjs`), import(`${modules}/big.js/big.mjs`), import(`${modules}/bignumber.js/dist/bignumber.mjs`)]);
      const measured = await measure(rulesOfTheScheme, rules, events);
      return { ...measured, forecast: await measureForecast(economy, { Decimal, Big, BigNumber }) };
    }, [rules, events]);
  } finally {
    await browser.close();
    server.close();
  }
}

/** The native median in nanoseconds, as criterion left it. */
async function native(name) {
  const file = new URL(`target/criterion/${name}/new/estimates.json`, root);
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')).median.point_estimate : undefined;
}

const nativeReplay = await native('replay/cdnow');
const nativePreview = await native('preview/order');
if (nativeReplay && nativePreview) {
  results.native = { eventsPerSecond: events.length / (nativeReplay / 1e9), previewMicroseconds: nativePreview / 1e3 };
}
for (const [where, { eventsPerSecond, previewMicroseconds }] of Object.entries(results)) {
  const slower = results.native ? `  (native ÷ this: ${(results.native.eventsPerSecond / eventsPerSecond).toFixed(1)})` : '';
  console.log(`${where.padEnd(9)} replay ${Math.round(eventsPerSecond).toLocaleString('en')} events/s${slower}, `
    + `preview ${previewMicroseconds.toFixed(1)} µs`);
}
const closes = await Promise.all(['10000', '1000000', '10000000'].map((accounts) => native(`close/${accounts}`)));
if (closes.every(Boolean)) {
  const [small, , large] = closes;
  console.log(`close of a day: ${closes.map((ns) => `${Math.round(ns)} ns`).join(', ')} with 10^4, 10^6, 10^7 accounts; `
    + `largest ÷ smallest ${(large / small).toFixed(2)} (at most 1.5)`);
}
