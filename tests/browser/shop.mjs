// A shop's page that embeds the widget, under a strict content security policy, in a real browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';
import { closeContext } from './contexts.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const TYPES = {
  '.html': 'text/html', '.mjs': 'text/javascript', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm',
};
/** `require-trusted-types-for` forbids markup from texts. Only Vue has a policy, for its own templates. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' http://127.0.0.1:*; base-uri 'none'; "
  + "form-action 'none'; require-trusted-types-for 'script'; trusted-types vue";

/** Serves the files of these directories, each below its own name, and the texts in `pages`. */
async function serve(directories, pages) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://shop').pathname));
    response.setHeader('Content-Security-Policy', POLICY);
    if (pages.has(path)) return response.setHeader('Content-Type', 'text/html; charset=utf-8').end(pages.get(path));
    const [name] = Object.keys(directories).filter((start) => path.startsWith(start)).sort((a, b) => b.length - a.length);
    try {
      const file = join(directories[name], path.slice(name.length) || 'index.html');
      const body = await readFile(file);
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Starts shop and browser for the tests of one file, and stops both after them. */
export function shop(directories = { '/gongxiang/': join(root, 'pkg') }) {
  const pages = new Map();
  const house = { directories };
  let server;
  let browser;
  before(async () => {
    server = await serve(directories, pages);
    house.url = `http://127.0.0.1:${server.address().port}`;
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** A visitor's page at `path`. `complaints` has the browser's errors, `said` the widget's events, `asked` the requested files. */
  house.visit = async (path, { prepare, viewport = { width: 1000, height: 800 }, ...options } = {}) => {
    const context = await browser.newContext({ viewport, locale: 'en-US', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const [complaints, asked, said] = [[], [], []];
    page.on('pageerror', (error) => complaints.push(`thrown: ${error}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.exposeFunction('report', (what, detail) => (what === 'policy' ? complaints : said).push({ what, ...detail }));
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => report('policy', { violatedDirective, blockedURI }));
      for (const what of ['preview', 'error']) addEventListener(`gongxiang:${what}`, (event) => report(what, event.detail));
    });
    await prepare?.(page);
    await page.goto(house.url + path);
    return { page, complaints, asked, said, close: () => closeContext(context) };
  };

  /** A page with these elements on it. */
  house.open = (body, options) => {
    pages.set('/page', `<!doctype html><html lang="en"><head><title>A shop</title><script type="module" src="/gongxiang/widget.js"></script></head>`
      + `<body><main>${body}</main></body></html>`);
    return house.visit('/page', options);
  };
  return house;
}

/** The headline number, as text. */
export const headline = (page, nth = 0) => page.locator('earnings-preview').nth(nth).locator('[part=headline]');

/** What a widget shows, digit by digit. */
export const shown = (element) => element.evaluate(({ shadowRoot }) => {
  const numbers = (place) => [...(place?.querySelectorAll('[part=number]') ?? [])].map((number) => number.textContent);
  return {
    headline: numbers(shadowRoot.querySelector('[part=headline]')), rewards: numbers(shadowRoot.querySelector('[part=rewards]')),
    sums: numbers(shadowRoot.querySelector('[part=sums]')), errors: [...shadowRoot.querySelectorAll('.error')].map((error) => error.textContent),
    hints: [...shadowRoot.querySelectorAll('.hint')].map((hint) => hint.textContent), fault: shadowRoot.querySelector('[part=fault]')?.textContent,
  };
});

/** Fills a field at once, as a paste does. */
export async function type(page, field, text, nth = 0) {
  await page.locator('earnings-preview').nth(nth).locator(`#${field}`).fill(text);
}

/** Waits until `holds` returns true. */
export async function until(holds, what) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`never: ${what}`);
}
