// The ground of the mini-program's browser tests: the project from its sources and from the ES5 of WeChat's compiler, a server behind it, a
// stand-in for WeChat's own server, and phones. `SCREENSHOTS=directory` keeps the pictures.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';
import { closeContext } from './contexts.mjs';
import { startServer } from './stage.mjs';
import { serveApp } from '../miniprogram/app.mjs';
import { project, root } from '../miniprogram/project.mjs';

const PROMISES = /risk.?free|only rises|\blegal|guarante|稳赚|无风险|只涨不跌|保本|合法/i;
/** How the codes begin that the pages' `wx.login` gives; the rest is the user. */
const CODE = 'a-code-of-wx-login';

/** Starts everything for the tests of one file. `isClosed` for a server that is no demo; `compiles` for the ES5, too. */
export function handsets({ isClosed = false, compiles = false } = {}) {
  const house = {
    apps: {}, server: undefined,
    /** What was sent to WeChat's users. */
    messages: [],
  };
  let made;
  let compiled;
  let weChat;
  let browser;

  house.ask = async (path, body, method = body ? 'POST' : 'GET') => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': `test-${Math.random()}` };
    if (house.server.operator) headers.authorization = `Bearer ${house.server.operator}`;
    const answer = await fetch(house.server.url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return text ? JSON.parse(text) : undefined;
  };

  before(async () => {
    made = await project({ server: '' });
    // Stands in for WeChat's server. It knows the codes that the pages' `wx.login` gives.
    weChat = createServer((incoming, outgoing) => {
      const { pathname, searchParams } = new URL(incoming.url, 'http://wechat');
      const code = searchParams.get('js_code') ?? '';
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      if (pathname === '/cgi-bin/stable_token') return outgoing.end(JSON.stringify({ access_token: 'a-token', expires_in: 7200 }));
      if (pathname === '/cgi-bin/message/subscribe/send') {
        let body = '';
        incoming.on('data', (part) => { body += part; });
        return incoming.on('end', () => {
          house.messages.push(JSON.parse(body));
          outgoing.end(JSON.stringify({ errcode: 0 }));
        });
      }
      return outgoing.end(JSON.stringify(code.startsWith(CODE)
        ? { openid: `somebody${code.slice(CODE.length)}`, session_key: 'c2VjcmV0' } : { errcode: 40029, errmsg: 'invalid code' }));
    });
    await new Promise((resolve) => weChat.listen(0, '127.0.0.1', resolve));
    house.server = await startServer({
      GONGXIANG_WECHAT_APPID: 'wx0123456789abcdef', GONGXIANG_WECHAT_SECRET: 'none', GONGXIANG_WECHAT_TEMPLATE: 'a-template,thing1,time2',
      GONGXIANG_WECHAT_ADDRESS: `http://127.0.0.1:${weChat.address().port}`,
    }, isClosed);
    house.apps.written = await serveApp(made.directory, house.server.url);
    if (compiles) {
      compiled = await mkdtemp(join(tmpdir(), 'gongxiang-compiled-'));
      const script = fileURLToPath(new URL('../miniprogram/compile.mjs', import.meta.url));
      execFileSync(process.execPath, [script, made.directory, compiled], { stdio: 'pipe', timeout: 120_000 });
      house.apps.compiled = await serveApp(compiled, house.server.url);
    }
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await Promise.all(Object.values(house.apps).map((app) => app.close()));
    await house.server?.stop();
    weChat?.close();
    await made?.remove();
    if (compiled) await rm(compiled, { recursive: true, force: true });
  });

  /** A new user's phone. `complaints` has the errors of framework and browser. `user` is a WeChat user's name. */
  house.phone = async (kind = 'written', { locale = 'zh-CN', colorScheme = 'light', user = '' } = {}) => {
    const context = await browser.newContext({
      locale, colorScheme, viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(`thrown: ${error}`));
    await page.exposeFunction('reportFault', (text) => complaints.push(text));
    await page.addInitScript((name) => localStorage.setItem('wechat-user', name), user);
    await page.goto(house.apps[kind].url);
    const tab = (path) => page.locator(`[data-tab="pages/${path}/index"]`).tap();
    const tap = (id) => page.getByTestId(id).tap();
    const enter = async (member) => {
      await page.getByTestId('member').fill(member);
      await tap('enter');
      // Who has a shop lands at its counter.
      await page.getByTestId('points').or(page.getByTestId('to-wallet')).waitFor();
      if (await page.getByTestId('to-wallet').count()) await tap('to-wallet');
      await page.getByTestId('points').waitFor();
    };
    /** Opens a page, as a notification or a code does. */
    const open = (path) => page.evaluate((to) => globalThis.device.open(to), path);
    return { page, complaints, tab, tap, enter, open, close: () => closeContext(context) };
  };

  house.everybody = async () => {
    const all = [];
    for (let next = ''; next !== null;) {
      const page = await house.ask(`/v1/members?limit=500${next && `&after=${next}`}`);
      all.push(...page.members);
      next = page.next ?? null;
    }
    return all;
  };
  house.richestMerchant = async (list) => {
    const { accounts } = await house.ask('/v1/state');
    const points = ({ member }) => Number(accounts[member].points);
    return list.filter(({ merchant }) => merchant).sort((a, b) => points(b) - points(a))[0].member;
  };
  return house;
}

export const buyers = (list) => list.filter(({ activated, merchant }) => activated && !merchant).map(({ member }) => member);

/** Nothing sticks out, no number is squeezed, nothing is promised. Keeps the picture. */
export async function looksRight(page, name) {
  await page.waitForFunction(() => !/加载中|Loading/.test(document.getElementById('page').textContent));
  const beyond = await page.evaluate(() => [...document.querySelectorAll('#page *')]
    .filter((element) => element.getBoundingClientRect().right > 375.5).map((element) => element.className));
  assert.deepEqual(beyond, [], name);
  const squeezed = await page.evaluate(() => [...document.querySelectorAll('#page .cell-value, #page [class*=gx-number]')]
    .filter((element) => element.getBoundingClientRect().height > 60).map((element) => element.textContent));
  assert.deepEqual(squeezed, [], name);
  assert.doesNotMatch(await page.locator('body').innerText(), PROMISES);
  if (process.env.SCREENSHOTS) {
    await mkdir(process.env.SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
  }
}
