// Every screen in both languages, on a phone and on a desktop, light and dark: nothing overflows, and the browser reports no error.
// `SCREENSHOTS=directory` keeps the pictures.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { stage, sticksOut } from './stage.mjs';

const house = stage();
const SIZES = { phone: { width: 375, height: 667 }, desk: { width: 1280, height: 800 } };
const LANGUAGES = { 'zh-CN': /价值可能下跌/, en: /can fall/ };
const CHARTS = { home: 3, differs: 3, market: 1, forecast: 1, economy: 3, operator: 1 };
const PROMISES = /risk.?free|only rises|\blegal|guarante|稳赚|无风险|只涨不跌|保本|合法/i;

/** The member with the longest statement. */
async function somebody() {
  const { day } = await house.get('/v1/supply');
  const old = (await house.members()).filter((line) => line.activated && !line.merchant);
  assert.ok(day && old.length > 0);
  return old[Math.floor(old.length / 3)].member;
}

/** Scrolls to each chart, because a chart is drawn when it comes into view, and back. */
async function seeCharts(page, count) {
  const charts = page.locator('gx-chart');
  for (let at = 0; at < count; at += 1) {
    await charts.nth(at).scrollIntoViewIfNeeded();
    await charts.nth(at).locator('canvas').waitFor();
  }
  assert.equal(await charts.count(), count, 'charts');
  await page.evaluate(() => scrollTo(0, 0));
}

for (const [language, caution] of Object.entries(LANGUAGES)) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${language} on a ${size}`, async () => {
      const member = await somebody();
      const shop = (await house.members()).find((line) => line.merchant).member;
      const screens = {
        members: ['#/', (page) => page.getByTestId('members').waitFor()],
        home: [`#/m/${member}`, (page) => page.getByTestId('check').waitFor()],
        order: [`#/m/${member}/order`, (page) => page.getByTestId('reward').first().waitFor()],
        'order-refused': [`#/m/${member}/order`, async (page) => {
          await page.getByTestId('order-points').waitFor();
          await page.getByTestId('amount').fill('1,000.001');
          await page.getByTestId('concession').fill('-1');
        }],
        statement: [`#/m/${member}/statement`, (page) => page.getByTestId('statement').waitFor()],
        forecast: [`#/m/${member}/forecast`, (page) => page.locator('gx-chart canvas').first().waitFor()],
        move: [`#/m/${member}/move`, (page) => page.getByTestId('to-transfer').waitFor()],
        transfer: [`#/m/${member}/transfer`, (page) => page.getByTestId('available').waitFor()],
        preview: [`#/m/${member}/transfer`, async (page) => {
          await page.getByTestId('to').fill(shop);
          await page.getByTestId('points').fill('1.5');
          await page.getByTestId('preview').click();
          await page.getByTestId('summary').waitFor();
        }],
        redeem: [`#/m/${member}/redeem`, (page) => page.getByTestId('available').waitFor()],
        market: [`#/m/${member}/market`, (page) => page.getByTestId('board').waitFor()],
        invite: [`#/m/${member}/invite`, (page) => page.getByTestId('qr').waitFor()],
        join: [`#/join/${member}`, (page) => page.getByTestId('register').waitFor()],
        'online-order': [`#/shop/${shop}/online`, (page) => page.getByTestId('buyer').waitFor()],
        till: [`#/shop/${shop}`, async (page) => {
          await page.getByTestId('till-amount').fill('128.5');
          await page.getByTestId('till-customer').fill('张三');
          await page.getByTestId('take').click();
          await page.getByTestId('customer-error').filter({ hasText: /./ }).waitFor();
        }],
        'counter-orders': [`#/shop/${shop}/orders`, (page) => page.getByTestId('no-orders').or(page.getByTestId('day-total')).waitFor()],
        manage: [`#/shop/${shop}/manage`, (page) => page.getByTestId('working').waitFor()],
        poster: [`#/shop/${shop}/poster`, (page) => page.getByTestId('qr').waitFor()],
        'no-shop': [`#/shop/${member}`, (page) => page.getByTestId('no-shop').waitFor()],
        operator: ['#/operator', (page) => page.getByText(/\/ \d+|家/).first().waitFor()],
        rules: ['#/operator/rules', async (page) => {
          await page.getByTestId('changes').fill('{"order": {"buyer_multiple": "12", "merchant_multiple": "2", "vesting_days": {"online": 0, "offline": 1}}}');
          await page.getByTestId('difference').first().waitFor();
        }],
        economy: ['#/operator/economy', (page) => page.locator('gx-chart canvas').first().waitFor()],
        differs: [`#/m/${member}`, (page) => page.locator('[data-testid="check"][data-value="differs"]').waitFor(), true],
        nowhere: ['#/nowhere', (page) => page.getByTestId('fault').waitFor()],
      };
      for (const colorScheme of ['light', 'dark']) {
        for (const [name, [hash, ready, lies]] of Object.entries(screens)) {
          const prepare = lies && ((page) => page.route(`**/v1/members/${member}`, async (route) => {
            const answer = await (await route.fetch()).json();
            answer.state.points = '123456789.00000001';
            await route.fulfill({ json: answer });
          }));
          const { page, complaints, close } = await house.open(hash, {
            locale: language === 'en' ? 'en-US' : language, viewport, colorScheme, deviceScaleFactor: 2, prepare,
          });
          const where = `${name}, ${language}, ${size}, ${colorScheme}`;
          await ready(page).catch((error) => assert.fail(`${where}: ${error.message}`));
          await seeCharts(page, CHARTS[name] ?? 0).catch((error) => assert.fail(`${where}: ${error.message}`));
          assert.deepEqual(await sticksOut(page), [], `${where}: beyond the edge`);
          assert.deepEqual(complaints, [], `${where}: complaints`);
          assert.equal(await page.evaluate(() => document.documentElement.lang), language, `${where}: language`);
          const text = await page.locator('body').innerText();
          assert.ok(caution.test(text), `${where}: nothing says ${caution}, only:\n${text}`);
          assert.equal(PROMISES.exec(text)?.[0], undefined, `${where}: a promise`);
          assert.equal(await page.locator('[style]:not(gx-chart *)').count(), 0, `${where}: inline style`);
          if (process.env.SCREENSHOTS) {
            await mkdir(process.env.SCREENSHOTS, { recursive: true });
            const path = join(process.env.SCREENSHOTS, `${name}-${language}-${size}-${colorScheme}.png`);
            await page.screenshot({ path, fullPage: true, animations: 'disabled' });
          }
          await close();
        }
      }
    });
  }
}

test('the language is switched at once and remembered', async () => {
  const { page, complaints, close } = await house.open('#/', { locale: 'en-GB' });
  const lang = () => page.evaluate(() => document.documentElement.lang);
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Choose a member');
  await page.getByTestId('lang-zh-CN').click();
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), '选择会员');
  assert.deepEqual([await lang(), await page.title()], ['zh-CN', '登录 · 共享购钱包']);
  await page.reload();
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), '选择会员');
  assert.equal(await lang(), 'zh-CN');
  assert.deepEqual(complaints, []);
  await close();
});

test('every field has a label, and the keyboard reaches what the mouse does', async () => {
  const member = await somebody();
  const { page, close } = await house.open(`#/m/${member}/order`);
  await page.getByTestId('order-points').waitFor();
  const unnamed = await page.locator('input').evaluateAll((inputs) => inputs.filter((input) => !input.labels.length).map((i) => i.id));
  assert.deepEqual(unnamed, []);
  await page.getByTestId('offline').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.getByTestId('offline').getAttribute('aria-pressed'), 'true');
  await close();
});
