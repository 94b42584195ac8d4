// The ground of every browser test: the real server on a fresh database with the CDNOW purchases, and a real browser.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launch } from './chromium.mjs';
import { closeContext } from './contexts.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

const PHONE = { width: 375, height: 667 };
const START_SECONDS = 120;

/** The server's program: `GONGXIANG_BIN`, or what cargo built. */
export function program() {
  const target = process.env.CARGO_TARGET_DIR ?? 'target';
  const named = process.env.GONGXIANG_BIN;
  const found = named ?? ['release', 'debug'].map((kind) => join(root, target, kind, 'gongxiang')).find(existsSync);
  assert.ok(found, 'no server: `cargo build --release -p gongxiang-server`, or name one with GONGXIANG_BIN');
  return found;
}

/** A free port. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The arguments of a server of members who sign in. Without an origin nobody can. */
function closed(port, hasOrigin) {
  const origin = hasOrigin ? ['--origin', `http://localhost:${port}`] : [];
  return ['--rules', 'seed', ...origin, '--close-days=false', '--first-day', '2026-01-01'];
}

/** A new key of the operator. */
const operatorKey = (database) =>
  execFileSync(program(), ['keys', '--database', database, 'add', '--role', 'operator'], { encoding: 'utf8' }).trim();

/** Why tests on PostgreSQL are left out; `false` if `GONGXIANG_TEST_POSTGRES` names a server, by a URL that ends in `/`. */
export const NO_POSTGRES = !process.env.GONGXIANG_TEST_POSTGRES && 'GONGXIANG_TEST_POSTGRES names no server';

/** A new database on that server: its URL, and what drops it. */
async function onPostgres(name) {
  const server = process.env.GONGXIANG_TEST_POSTGRES;
  const ask = (sql) => promisify(execFile)('psql', ['--quiet', '--set=ON_ERROR_STOP=1', `--command=${sql}`, `${server}postgres`]);
  await ask(`create database ${name}`);
  return { database: server + name, drop: () => ask(`drop database ${name} with (force)`) };
}

/** Starts the server on a fresh database, with additional environment variables; `isClosed` for one that is no demo. */
export async function startServer(environment = {}, isClosed = false, engine = 'sqlite', hasOrigin = true) {
  const directory = await mkdtemp(join(tmpdir(), 'gongxiang-browser-'));
  const port = await freePort();
  const { database, drop } = engine === 'postgres' ? await onPostgres(`gongxiang_browser_${process.pid}_${port}`)
    : { database: `sqlite:${join(directory, 'wallet.db')}`, drop: () => {} };
  const demo = ['--demo-mode', '--rules', 'tests/data/cdnow.rules.json', '--demo', 'tests/data/cdnow.jsonl'];
  // book.mjs has settled the journal before. The server looks whether the database is empty.
  if (!isClosed && engine === 'sqlite' && process.env.DEMO_BOOK) await copyFile(process.env.DEMO_BOOK, join(directory, 'wallet.db'));
  const args = isClosed ? closed(port, hasOrigin) : demo;
  const running = spawn(program(), [
    'serve', ...args, '--database', database, '--listen', `127.0.0.1:${port}`,
  ], { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  running.stderr.on('data', (text) => { said += text; });
  let failed;
  running.once('error', (error) => { failed = error; });
  const stop = async () => {
    if (running.exitCode === null && running.signalCode === null) {
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill();
      await ended;
    }
    await drop();
    await rm(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < START_SECONDS * 10; waited += 1) {
    if (failed || running.exitCode !== null) break;
    if (await fetch(`${url}/v1/supply`).then((answer) => answer.ok, () => false)) {
      return { url, stop, operator: isClosed ? operatorKey(database) : undefined, database };
    }
    await sleep(100);
  }
  await stop();
  throw new Error(`the server does not start: ${failed ?? ''} ${said}`);
}

/** Starts server and browser for the tests of one file or suite, and stops both after them. `args` are settings of the browser.
 *  With any, or with `isWhole`, the whole Chromium starts: only it has a camera and Web Push. `environment` has settings of the server; `engine` is `sqlite` or `postgres`; `hasOrigin` whether a closed server knows its address. */
export function stage({ args = [], isWhole = args.length > 0, isClosed = false, environment = {}, engine, hasOrigin } = {}) {
  const house = {
    url: '',
    /** The operator's key, of a closed server. */
    operator: undefined,
    /** What `--database` takes, for commands beside the server. */
    database: undefined,
    /** JSON of the server. */
    get: async (path) => (await fetch(house.url + path)).json(),
    post: async (path, body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(house.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    },
    /** The answer to a request with the operator's key, of a closed server. */
    operate: async (path, body = {}, method = 'POST') => {
      const headers = {
        authorization: `Bearer ${house.operator}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(),
      };
      const answer = await fetch(house.url + path, { method, headers, body: method === 'GET' ? undefined : JSON.stringify(body) });
      assert.equal(answer.status, 200, `${method} ${path}: ${await answer.clone().text()}`);
      return answer.json();
    },
    /** Every member's line, over all pages of the list. */
    members: async () => {
      const all = [];
      for (let next = ''; next !== null;) {
        const page = await house.get(`/v1/members?limit=500${next && `&after=${next}`}`);
        all.push(...page.members);
        next = page.next ?? null;
      }
      return all;
    },
    /** Members who have points, the richest first. */
    rich: async (count) => {
      const { accounts } = await house.get('/v1/state');
      const ids = (await house.members()).filter((line) => line.activated && !line.merchant).map((line) => line.member);
      return ids.sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points))).slice(0, count);
    },
  };
  let server;
  let browser;
  before(async () => {
    server = await startServer(environment, isClosed, engine, hasOrigin);
    house.url = server.url;
    house.operator = server.operator;
    house.database = server.database;
    browser = await launch({ args, isWhole });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** A new visitor's page at a screen of the wallet. `complaints` has the browser's errors. `host` is another
   *  name of this machine. */
  house.open = async (hash = '#/', { host, locale = 'en-US', viewport = PHONE, prepare, ...options } = {}) => {
    const context = await browser.newContext({ locale, viewport, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(`thrown: ${error}`));
    page.on('console', (message) => {
      // Of a request that failed the text does not say which.
      const { url } = message.location();
      if (['error', 'warning'].includes(message.type())) complaints.push(/^Failed to load/.test(message.text()) ? `${message.text()} ${url}` : message.text());
    });
    await page.exposeFunction('reportViolation', (text) => complaints.push(`CSP: ${text}`));
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    await prepare?.(page);
    await page.goto(`${host ? house.url.replace('127.0.0.1', host) : house.url}/${hash}`);
    // The page is closed, so answers that a test still makes for it go nowhere.
    const close = async () => {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await closeContext(context);
    };
    return { page, complaints, close };
  };
  return house;
}

/** Goes to another screen. One of another program loads the page again, which is waited for. */
export async function go(page, hash) {
  const leaves = await page.evaluate(async (to) => {
    addEventListener('beforeunload', () => { globalThis.isLeft = true; }, { once: true });
    location.hash = to;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    return Boolean(globalThis.isLeft);
  }, hash).catch((error) => {
    if (/context was destroyed/.test(error.message)) return true;
    throw error;
  });
  if (leaves) await page.waitForFunction(() => !globalThis.isLeft && document.querySelector('header.bar .segments'));
}

/** What lies beyond the right edge of a page; nothing if the page fits. */
export const sticksOut = (page) => page.evaluate(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const beyond = [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5 && !element.closest('.hidden, thead'))
    .map((element) => `${element.tagName}.${element.className}`);
  return scrollWidth > clientWidth ? ['page', ...beyond] : beyond;
});

/** `data-value` of an element. */
export const value = (page, id) => page.getByTestId(id).getAttribute('data-value');

/** A decimal string as a whole number of its 10^-8 parts. */
export function raw8(text) {
  assert.match(text, /^(0|[1-9][0-9]*)(\.[0-9]{1,8})?$/);
  const [whole, part = ''] = text.split('.');
  return BigInt(whole + part.padEnd(8, '0'));
}

/** Points times price in yuan, rounded down to the cent, as a canonical decimal. Independent of the wallet. */
export function worth(points, price) {
  const cents = (raw8(points) * raw8(price)) / 10n ** 14n;
  const text = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
  return text.replace(/\.?0+$/, '') || '0';
}
