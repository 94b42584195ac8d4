// The widget's looks and use: both languages, themes and sizes, by keyboard, by screen reader, without motion.
// `SCREENSHOTS=directory` keeps the pictures.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { headline, root, shop, shown, type } from './shop.mjs';

const house = shop();
const axe = await readFile(createRequire(join(root, 'tools/packaging/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { phone: { width: 375, height: 800 }, desk: { width: 1100, height: 800 } };
const LANGUAGES = { 'zh-CN': /不作任何承诺.*价格可能下跌/, en: /promises nothing.*price can fall/ };
const PROMISES = /risk.?free|only rises|\blegal|guarante|稳赚|无风险|只涨不跌|保本|合法/i;

/** Cases: attributes, what is typed, and the element that appears at the end. */
const STATES = {
  online: ['', '', '[part=headline]'],
  offline: ['channel="offline" service="dealer" amount="12345678.9" merchant="茶叶店"', '', '[part=headline]'],
  understood: ['', '１，２３４．５', '.hint:not(:empty)'],
  refused: ['', '1,00', '.error:not(:empty)'],
  fault: ['price="/nowhere"', '', '[part=fault]'],
  readonly: ['readonly', '', '[part=headline]'],
  waiting: ['rules="/held.json"', '', '.bone >> nth=0'],
};

for (const [language, caution] of Object.entries(LANGUAGES)) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${language} on a ${size}: no violation, no promise, nothing sticks out`, async () => {
      for (const [theme, other] of [['light', 'dark'], ['dark', 'light']]) {
        // The theme follows the visitor's system, except for one element that sets it.
        const elements = Object.entries(STATES).map(([state, [attributes]]) =>
          `<earnings-preview lang="${language}" ${attributes} ${state === 'offline' ? `theme="${other}"` : ''}></earnings-preview>`);
        const { page, close } = await house.open(`<h1>${language === 'en' ? 'A shop' : '店'}</h1>${elements.join('')}`, {
          viewport, colorScheme: theme, deviceScaleFactor: process.env.SCREENSHOTS ? 2 : 1, bypassCSP: true, prepare: (page) => page.route('**/held.json', () => {}),
        });
        for (const [nth, [state, [, typed, ready]]] of Object.entries(STATES).entries()) {
          const widget = page.locator('earnings-preview').nth(nth);
          await widget.scrollIntoViewIfNeeded();
          if (typed) {
            await headline(page, nth).waitFor();
            await type(page, 'amount', typed, nth);
          }
          await widget.locator(ready).waitFor();
          const out = await widget.evaluate((element) => [...element.shadowRoot.querySelectorAll('*')]
            .filter((inner) => inner.getBoundingClientRect().right > element.getBoundingClientRect().right + 0.5).map((inner) => inner.outerHTML));
          assert.deepEqual(out, [], `${state} ${theme}`);
          const text = await widget.evaluate((element) => element.shadowRoot.textContent);
          assert.match(text, caution);
          assert.doesNotMatch(text, PROMISES);
          assert.equal(await widget.locator('[style]').count(), 0, 'no inline style');
        }
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
        assert.ok(passes.some(({ id, nodes }) => id === 'color-contrast' && nodes.length > 100), 'axe sees into the shadow');
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`)}`), [], theme);
        for (const [nth, state] of process.env.SCREENSHOTS ? Object.keys(STATES).entries() : []) {
          await mkdir(process.env.SCREENSHOTS, { recursive: true });
          const path = join(process.env.SCREENSHOTS, `widget-${state}-${language}-${size}-${state === 'offline' ? other : theme}.png`);
          await page.locator('earnings-preview').nth(nth).screenshot({ path });
        }
        await close();
      }
    });
  }
}

test('the keyboard reaches and changes everything', async () => {
  const { page, close } = await house.open('<earnings-preview></earnings-preview>');
  await headline(page).waitFor();
  const at = () => page.evaluate(() => {
    const { name, value } = document.querySelector('earnings-preview').shadowRoot.activeElement ?? {};
    return `${name} ${value}`;
  });
  const order = [];
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press('Tab');
    order.push(await at());
  }
  assert.deepEqual(order, [
    'amount 1000', 'concession 10', 'unit percent', 'channel online', 'party referrer', 'party merchant_referrer', 'party partner', 'service ',
  ]);
  const widget = page.locator('earnings-preview');
  for (let press = 0; press < 4; press += 1) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowRight');
  assert.equal(await at(), 'channel offline');
  assert.deepEqual((await shown(widget)).rewards, ['200', '5', '5', '8']);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.deepEqual((await shown(widget)).rewards, ['200', '5', '8']);
  await close();
});

test('a screen reader is told names, changes and mistakes', async () => {
  const { page, close } = await house.open('<earnings-preview></earnings-preview>');
  await headline(page).waitFor();
  for (const [role, name] of [
    ['textbox', 'Order amount (yuan)'], ['textbox', 'The merchant’s concession'], ['group', 'Channel'], ['radio', 'In the shop'], ['group', 'Assumed'],
    ['checkbox', 'The buyer was referred by a member'], ['combobox', 'Service role above the buyer’s referrer'], ['status', ''],
  ]) assert.equal(await page.getByRole(role, name ? { name, exact: true } : {}).count(), 1, `${role} ${name}`);
  await type(page, 'amount', '1,00');
  const error = page.locator('earnings-preview #amount-error');
  assert.deepEqual([await error.getAttribute('aria-live'), await page.locator('earnings-preview #amount').getAttribute('aria-describedby')],
    ['polite', 'amount-hint amount-error']);
  await close();
});

test('nothing moves for visitors who prefer reduced motion', async () => {
  for (const [reducedMotion, animation] of [['reduce', 'none'], ['no-preference', 'wait']]) {
    const { page, close } = await house.open('<earnings-preview rules="/held.json"></earnings-preview>', {
      reducedMotion, prepare: (page) => page.route('**/held.json', () => {}),
    });
    const bone = page.locator('earnings-preview .bone').first();
    await bone.waitFor();
    assert.equal(await bone.evaluate((element) => getComputedStyle(element).animationName), animation);
    await close();
  }
});
