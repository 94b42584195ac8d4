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
const CHARTS = { home: 3, differs: 3, market: 1, team: 1, forecast: 1, economy: 3, operator: 1 };
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

/** Visible texts below 12 px. */
const small = (page) => page.evaluate(() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent } = walker.currentNode;
    if (!textContent.trim() || !element.checkVisibility() || element.closest('.hidden, script, style')) continue;
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    if (size < 12) found.add(`${size} px: ${element.tagName}.${element.className} ${textContent.trim().slice(0, 40)}`);
  }
  return [...found];
});

/** Controls of a finger's size that are lower or narrower than 44 px. */
const tight = (page, selector) => page.locator(selector).evaluateAll((all) => all.filter((element) => element.checkVisibility())
  .map((element) => ({ element, box: element.getBoundingClientRect() }))
  .filter(({ box }) => box.height < 43.9 || box.width < 43.9)
  .map(({ element, box }) => `${element.textContent.trim() || element.className}: ${box.width} × ${box.height}`));

/** Choices beside each other whose words do not fit into them. */
const crowded = (page) => page.locator('.segments button').evaluateAll((all) => all
  .filter((button) => button.checkVisibility() && button.scrollWidth > button.clientWidth + 1)
  .map((button) => button.textContent.trim()));

/** What no reader may see: a day that is written as a number, and what a program prints where it has nothing. */
const BROKEN = /\d,-|\bNaN\b|\bundefined\b|\bnull\b|\[object/;

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
        shops: ['#/shops', (page) => page.getByTestId('shops').waitFor()],
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
        orders: [`#/m/${member}/orders`, (page) => page.getByTestId('order').first().or(page.getByTestId('no-orders')).first().waitFor()],
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
        team: [`#/m/${member}/team`, (page) => page.getByTestId('own-role').waitFor()],
        operator: ['#/operator', (page) => page.getByText(/\/ \d+|家/).first().waitFor()],
        rules: ['#/operator/rules', async (page) => {
          for (const group of ['order', 'signup']) await page.locator(`[data-testid="rule-group"][data-key="${group}"] > summary`).click();
          await page.getByTestId('rule-order-buyer_multiple').fill('12');
          await page.getByTestId('rule-signup-referrer').fill('30');
          await page.getByTestId('difference').first().waitFor();
        }],
        'desk-members': ['#/operator/members', (page) => page.getByTestId('members').waitFor()],
        'desk-member': [`#/operator/members/${shop}`, (page) => page.getByTestId('desk-posting').first().waitFor()],
        applications: ['#/operator/applications', (page) => page.getByTestId('no-applications').waitFor()],
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
          assert.deepEqual(await small(page), [], `${where}: small`);
          const units = await page.locator('.unit').allInnerTexts();
          assert.deepEqual(units.filter((unit) => unit !== unit.toLowerCase()), [], `${where}: a unit is no title`);
          assert.deepEqual(complaints, [], `${where}: complaints`);
          assert.equal(await page.evaluate(() => document.documentElement.lang), language, `${where}: language`);
          const text = await page.locator('body').innerText();
          assert.ok(caution.test(text), `${where}: nothing says ${caution}, only:\n${text}`);
          assert.deepEqual(await crowded(page), [], `${where}: crowded`);
          assert.equal(BROKEN.exec(text)?.[0], undefined, `${where}: broken`);
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

test('a new screen takes the focus, starts at its top, and names itself in the title', async () => {
  const member = await somebody();
  const { page, complaints, close } = await house.open(`#/m/${member}`);
  await page.getByTestId('past').waitFor();
  await page.getByTestId('past').scrollIntoViewIfNeeded();
  for (const [hash, title, ready] of [
    [`#/m/${member}/statement`, 'Statement', 'statement'], [`#/m/${member}/order`, 'Calculator', 'order-points'], [`#/m/${member}`, 'Account', 'past'],
  ]) {
    await page.locator(`.ways a[href="${hash}"]`).click();
    await page.waitForFunction((expected) => document.title.startsWith(expected), `${title} · `);
    await page.waitForFunction(() => document.activeElement?.id === 'main' && scrollY === 0);
    await page.getByTestId(ready).first().waitFor();
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.getElementById('main').contains(document.activeElement)), 'Tab goes on in the screen');
  }
  assert.deepEqual(complaints, []);
  await close();
});

for (const language of ['zh-CN', 'en-US']) {
  test(`${language}: on the smallest phone a finger meets every choice, and zoomed in the bar covers nothing`, async () => {
    const member = await somebody();
    const { day, price } = await house.get('/v1/supply');
    assert.ok(day);
    const [seller] = await house.rich(1);
    const offer = `small-${language}`;
    await house.post('/v1/events', { type: 'offer.placed', offer, member: seller, side: 'sell', points: '1', unit_price: price });
    const { page, complaints, close } = await house.open('#/', { locale: language, viewport: { width: 320, height: 568 } });
    const visit = async (hash, ready) => {
      await page.goto(`${house.url}/${hash}`);
      await page.getByTestId(ready).first().waitFor();
      assert.deepEqual(await sticksOut(page), [], hash);
      assert.deepEqual(await small(page), [], hash);
    };
    const screens = { [`#/m/${member}`]: 'past', [`#/m/${member}/order`]: 'order-points', [`#/m/${member}/market`]: 'board', '#/operator': 'operator', '#/shops': 'shops' };
    for (const [hash, ready] of Object.entries(screens)) {
      await visit(hash, ready);
      assert.deepEqual(await tight(page, '.segments button, .offer .secondary, .way'), [], hash);
      const words = await page.locator('.ways .way > span:last-child').evaluateAll((all) => all.map((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const { left, right, top } = range.getBoundingClientRect();
        return { left, right, top };
      }).filter(({ right, left }) => right > left));
      for (const [at, word] of words.entries()) {
        const next = words[at + 1];
        if (next && Math.abs(next.top - word.top) < 4) assert.ok(next.left - word.right >= 2, `${hash}: words of the bar touch at ${at}`);
      }
      if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `small-${ready}-${language}.png`) });
    }
    await visit(`#/m/${member}/transfer`, 'available');
    await page.getByTestId('to').fill(seller);
    await page.getByTestId('points').fill('0.1');
    await page.getByTestId('preview').click();
    await page.getByTestId('summary').waitFor();
    assert.deepEqual(await tight(page, '.sheet .close'), []);

    await page.setViewportSize({ width: 320, height: 256 });
    await visit(`#/m/${member}`, 'past');
    const { position } = await page.locator('.ways').evaluate((bar) => getComputedStyle(bar));
    assert.equal(position, 'static');
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `zoomed-${language}.png`) });
    assert.deepEqual(complaints, []);
    await close();
  });
}

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
