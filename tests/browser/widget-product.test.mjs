// The widget on a product page: one line that opens its details, a card without form, and the amount that the page shows.
// `SCREENSHOTS=directory` keeps the pictures.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { headline, root, shop, until } from './shop.mjs';

const house = shop();
const axe = await readFile(createRequire(join(root, 'tools/packaging/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const PRODUCT = '/gongxiang/dist/product.js';
const ECONOMY = '/gongxiang/dist/economy/economy_bg.wasm';
const SIZES = { narrow: { width: 240, height: 700 }, phone: { width: 390, height: 844 }, desk: { width: 1100, height: 800 } };
const NOT_MONEY = { en: 'Share value is not money', 'zh-CN': '共享值不是货币' };
const WORTH = { en: /orth about [\d,]+\.\d\d–\u2060[\d,]+\.\d\d yuan in 180 days/, 'zh-CN': /180 天约值 [\d,]+\.\d\d–\u2060[\d,]+\.\d\d 元/ };
const PROMISES = /risk.?free|only rises|\blegal|guarante|稳赚|无风险|只涨不跌|保本|合法/i;
const SUPPLY = {
  day: '2026-06-01', price: '2', supply: { issued: '160000', held: '0', burned: '0', treasury: '0', escrow: '0', pool: '0' }, turnover_days: 30,
  release: { era: 0, units: '2000000', nav: '0.5', acc: '0.1', carry_points: '0', carry_value: '0', returned: '0' },
};
const withSupply = (page) => page.route('**/v1/supply', (route) => route.fulfill({ json: SUPPLY }));

const FORECAST = 'price="/v1/supply" forecast="180"';
/** Attributes; whether a worth stands beside the share value; the part that appears at the end. */
const STATES = {
  line: ['layout="line"', false, '[part=headline]'],
  'line-forecast': [`layout="line" ${FORECAST}`, true, '[part=headline]'],
  card: ['layout="card" amount="12345678.9" heading="茶叶 Tea"', false, '[part=headline]'],
  'card-forecast': [`layout="card" channel="offline" ${FORECAST}`, true, '[part=headline]'],
  fault: ['layout="line" price="/nowhere"', false, '[part=fault]'],
  unreadable: ['layout="card" amount="12 or 13"', false, '[part=fault]'],
};

async function keep(element, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await element.screenshot({ path: join(process.env.SCREENSHOTS, `widget-${name}.png`) });
}

/** The elements that stick out of the widget to either side, and the words that are broken over two lines. */
const misfits = (widget) => widget.evaluate((element) => {
  const box = element.getBoundingClientRect();
  const out = [...element.shadowRoot.querySelectorAll('*')].filter((inner) => {
    const { left, right } = inner.getBoundingClientRect();
    return inner.getClientRects().length && (right > box.right + 0.5 || left < box.left - 0.5);
  }).map((inner) => inner.outerHTML);
  const texts = document.createTreeWalker(element.shadowRoot, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!node.parentElement.checkVisibility()) continue;
    for (const { index, 0: word } of node.data.matchAll(/[a-z’'-]+|[\d,.–\u2060]+/gi)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1 && !word.includes('-')) out.push(`broken: ${word}`);
    }
  }
  return out;
});

for (const language of ['zh-CN', 'en']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${language}, ${size}: line and card fit, have no form, and no share value without its worth or a warning`, async () => {
      for (const theme of ['light', 'dark']) {
        const elements = Object.values(STATES).map(([attributes]) => `<earnings-preview lang="${language}" merchant="茶叶店" ${attributes}></earnings-preview><hr>`);
        const { page, asked, close } = await house.open(`<h1>${language === 'en' ? 'Tea' : '茶'}</h1>${elements.join('')}`, {
          viewport, colorScheme: theme, deviceScaleFactor: process.env.SCREENSHOTS ? 2 : 1, bypassCSP: true, prepare: withSupply,
        });
        await page.evaluate((dark) => { document.body.style = dark ? 'background:#111;color:#eee' : 'background:#fff;color:#111'; }, theme === 'dark');
        for (const [nth, [state, [, worth, ready]]] of Object.entries(STATES).entries()) {
          const widget = page.locator('earnings-preview').nth(nth);
          await widget.scrollIntoViewIfNeeded();
          await widget.locator(ready).waitFor();
          if (worth) await until(async () => WORTH[language].test(await widget.locator('[part=headline]').innerText()), `a worth in ${state}`);
          else if (ready === '[part=headline]') assert.ok((await widget.locator('[part=headline]').innerText()).includes(NOT_MONEY[language]), state);
          if (ready === '[part=fault]') assert.equal(await widget.locator('[part=headline]').isVisible(), false, 'no number beside a fault');
          assert.equal(await widget.locator('input, select, [part=form], [part=rewards]').count(), 0, 'no form, nothing of others');
          await keep(widget, `${state}-${language}-${size}-${theme}`);
          if (state.startsWith('line') && ready === '[part=headline]') {
            await widget.locator('[part=toggle]').click();
            await widget.locator('[part=caution]').waitFor();
            await keep(widget, `${state}-open-${language}-${size}-${theme}`);
          }
          assert.deepEqual(await misfits(widget), [], `${state} ${theme}`);
          const text = await widget.evaluate(({ shadowRoot }) => shadowRoot.textContent);
          assert.doesNotMatch(text, PROMISES);
          assert.doesNotMatch(text, /茶叶店|merchant pays|商家支付/, 'nothing of the shop’s books');
        }
        assert.equal(asked.filter((path) => path === PRODUCT).length, 1);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`)}`), [], theme);
        await close();
      }
    });
  }
}

test('the calculator loads neither the other layouts nor the second binary, and keeps its form at 240 px', async () => {
  for (const lang of ['en', 'zh-CN']) {
    const { page, asked, close } = await house.open(`<earnings-preview lang="${lang}" channel="offline"></earnings-preview>`, { viewport: SIZES.narrow });
    await headline(page).waitFor();
    const widget = page.locator('earnings-preview');
    assert.equal(await widget.locator('#amount').count(), 1);
    assert.deepEqual(await misfits(widget), []);
    assert.deepEqual([asked.includes(PRODUCT), asked.includes(ECONOMY)], [false, false]);
    await keep(widget, `calculator-${lang}-narrow`);
    await close();
  }
});

test('the line opens its details by keyboard, below itself and without a dialog, and they stay open when the number changes', async () => {
  const { page, complaints, close } = await house.open('<earnings-preview layout="line" amount="161">Loading</earnings-preview>');
  await headline(page).waitFor();
  const widget = page.locator('earnings-preview');
  assert.equal((await widget.locator('[part=headline]').innerText()).trim(), 'This purchase earns ≈ 161 share value. Share value is not money.');
  const button = page.getByRole('button', { name: 'How this works' });
  assert.equal(await button.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const details = widget.locator('#details');
  assert.deepEqual([await button.getAttribute('aria-expanded'), await button.getAttribute('aria-controls'), await details.isVisible()], ['true', 'details', true]);
  assert.match(await details.innerText(), /Arrives\s+7 days after the purchase, unless refunded[^]*What can change[^]*refund[^]*promises nothing/);
  await widget.evaluate((element) => element.setAttribute('price', '2'));
  await until(async () => await widget.locator('[part=result]').getAttribute('aria-busy') === 'false', 'the new price');
  assert.ok(await details.isVisible());
  await page.keyboard.press('Space');
  assert.deepEqual([await button.getAttribute('aria-expanded'), await details.isVisible()], ['false', false]);
  assert.deepEqual(complaints, []);
  await close();
});

test('the worth is the band of the calculator’s forecast, and it is asked for only with a server’s price', async () => {
  const { page, asked, close } = await house.open(`<earnings-preview ${FORECAST}></earnings-preview><earnings-preview layout="line" ${FORECAST}></earnings-preview>`, { prepare: withSupply });
  const paths = page.locator('earnings-preview').first().locator('[part=path] [part=number]');
  await paths.nth(2).waitFor();
  const [falling, , rising] = await paths.allTextContents();
  await until(async () => (await headline(page, 1).innerText()).trim() === `This purchase earns ≈ 1,000 share value, worth about ${falling}–\u2060${rising} yuan in 180 days`, 'the band');
  assert.ok(asked.includes(ECONOMY));
  await close();

  const alone = await house.open('<earnings-preview layout="line" price="2" forecast="180"></earnings-preview>');
  await headline(alone.page).waitFor();
  assert.match(await headline(alone.page).innerText(), /Share value is not money/);
  assert.ok(!alone.asked.includes(ECONOMY));
  await alone.close();
});

test('without the second binary, or without the file of the layouts, the page says what it can', async () => {
  const { page, close } = await house.open(`<earnings-preview layout="card" ${FORECAST}></earnings-preview>`, {
    prepare: async (page) => {
      await withSupply(page);
      await page.route('**/economy_bg.wasm', (route) => route.abort());
    },
  });
  await headline(page).waitFor();
  assert.match(await headline(page).innerText(), /1,000[^]*Share value is not money/);
  await close();

  const without = await house.open('<earnings-preview layout="line">Earn share value</earnings-preview>', { prepare: (page) => page.route(`**${PRODUCT}`, (route) => route.abort()) });
  await until(() => without.said.some(({ what, code }) => what === 'error' && code === 'not_loaded'), 'an error');
  assert.ok(await without.page.getByText('Earn share value').isVisible(), 'the text between the tags stays');
  await without.close();
});

test('the amount follows the page: a text, a field, a change, another element in its place', async () => {
  const { page, said, complaints, close } = await house.open('<p id="price">¥1,234.50</p><input id="own" aria-label="Amount" value="20">'
    + '<earnings-preview layout="line" amount-from="#price"></earnings-preview><earnings-preview amount-from="#own"></earnings-preview>');
  const shows = (nth, number) => until(async () => await page.locator('earnings-preview').nth(nth).locator('[part=headline] [part=number]').textContent() === number, number);
  const set = (text) => page.evaluate((text) => { document.querySelector('#price').textContent = text; }, text);
  await shows(0, '1,234.5');
  await shows(1, '20');
  assert.ok(!said.some(({ amount }) => amount === '1000'), 'never the preset amount');
  assert.equal(await page.locator('earnings-preview').nth(1).locator('#amount').inputValue(), '20');
  for (const [text, number] of [['CN¥ 88', '88'], ['99 元', '99'], ['RMB 12.30', '12.3'], ['１００', '100']]) {
    await set(text);
    await shows(0, number);
  }
  await page.locator('#own').fill('30');
  await shows(1, '30');
  await page.evaluate(() => {
    const other = document.createElement('b');
    other.id = 'price';
    other.textContent = '55';
    document.querySelector('#price').replaceWith(other);
  });
  await shows(0, '55');
  // What is removed follows nothing; once it is back, it follows again.
  await page.evaluate(() => { globalThis.kept = document.querySelector('earnings-preview'); globalThis.kept.remove(); });
  await set('66');
  await page.evaluate(() => document.querySelector('main').append(globalThis.kept));
  await until(async () => await page.evaluate(() => globalThis.kept.shadowRoot.querySelector('[part=number]').textContent) === '66', 'the amount of meanwhile');
  await page.evaluate(() => globalThis.kept.setAttribute('amount-from', '#own'));
  await until(async () => await page.evaluate(() => globalThis.kept.shadowRoot.querySelector('[part=number]').textContent) === '30', 'another place');
  assert.deepEqual(complaints, []);
  await close();
});

test('an amount of the page that cannot be read is an error with its code, its field and a sentence, and no number', async () => {
  for (const [lang, sentence] of [['en', 'The price can’t be read, so no numbers are shown.'], ['zh-CN', '无法识别价格，因此不显示数字。']]) {
    const { page, said, close } = await house.open(`<p id="price">from 12 to 15</p><earnings-preview lang="${lang}" layout="card" amount-from="#price"></earnings-preview>`);
    const fault = page.locator('earnings-preview [part=fault]');
    const set = (selector) => page.locator('earnings-preview').evaluate((element, selector) => element.setAttribute('amount-from', selector), selector);
    const refused = async () => {
      await until(() => said.at(-1)?.what === 'error', 'an error');
      assert.deepEqual(said.at(-1), { what: 'error', code: 'bad_event', field: 'amount', message: sentence });
      assert.equal(await fault.innerText(), sentence);
      assert.equal(await headline(page).isVisible(), false);
    };
    await refused();
    for (const bad of ['#nowhere', '!!', '#price']) {
      await page.evaluate(() => { document.querySelector('#price').textContent = '12'; });
      await set('#price');
      await headline(page).waitFor();
      if (bad === '#price') await page.evaluate(() => { document.querySelector('#price').textContent = '1,00'; });
      else await set(bad);
      await fault.waitFor();
      await refused();
    }
    await page.evaluate(() => { document.querySelector('#price').textContent = '0.00'; });
    await until(() => said.at(-1).code === 'bad_amount', 'nothing is no amount');
    await close();
  }
});

test('a concession that the page gives wrongly is told at its field', async () => {
  const { page, said, close } = await house.open('<earnings-preview layout="line" concession="much"></earnings-preview>');
  await page.getByText('The concession can’t be read').waitFor();
  assert.deepEqual([said.at(-1).code, said.at(-1).field], ['bad_event', 'concession']);
  await close();
});

test('a layout may change at any time', async () => {
  const { page, complaints, close } = await house.open('<earnings-preview amount="40"></earnings-preview>');
  await headline(page).waitFor();
  const widget = page.locator('earnings-preview');
  const to = (layout) => widget.evaluate((element, layout) => element.setAttribute('layout', layout), layout);
  await widget.locator('#amount').fill('50');
  await to('line');
  await page.getByText('This purchase earns ≈ 50 share value').waitFor();
  await to('card');
  await widget.locator('.big').waitFor();
  await to('calculator');
  await until(async () => await widget.locator('#amount').count() === 1 && await widget.locator('#amount').inputValue() === '50', 'what was typed');
  await headline(page).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('on a page from right to left the widget keeps its own direction, and the page’s words theirs', async () => {
  const { page, close } = await house.open(`<earnings-preview layout="line" ${FORECAST}></earnings-preview><earnings-preview layout="card"></earnings-preview>`
    + '<earnings-preview channel="offline"><span slot="heading">ما يجلبه الطلب 10</span></earnings-preview>', { prepare: withSupply, viewport: SIZES.phone });
  await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  for (const nth of [0, 1, 2]) {
    const widget = page.locator('earnings-preview').nth(nth);
    await widget.scrollIntoViewIfNeeded();
    await headline(page, nth).waitFor();
    const others = await widget.evaluate(({ shadowRoot }) => [...shadowRoot.querySelectorAll('*')].filter((inner) => getComputedStyle(inner).direction !== 'ltr').length);
    assert.equal(others, 0);
    assert.deepEqual(await misfits(widget), []);
    await keep(widget, `rtl-${nth}`);
  }
  // A formula is drawn in the order in which it is written.
  const order = await page.locator('earnings-preview').nth(2).locator('.hero .why').evaluate((why) => {
    const node = document.createTreeWalker(why, NodeFilter.SHOW_TEXT).nextNode();
    return [...node.data].map((_, at) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect().left;
    });
  });
  assert.deepEqual(order, order.toSorted((a, b) => a - b));
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('[slot=heading]')).unicodeBidi), 'plaintext');
  await close();
});

/** How light a colour is, from 0 to 1. */
const lightness = (colour) => colour.match(/\d+(\.\d+)?/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;

test('on paper the numbers are dark, also of a dark page, and there are no buttons', async () => {
  const { page, close } = await house.open('<earnings-preview layout="line"></earnings-preview><earnings-preview layout="card" theme="dark"></earnings-preview>'
    + '<earnings-preview></earnings-preview><earnings-preview layout="card"></earnings-preview>', { colorScheme: 'dark' });
  for (const nth of [0, 1, 2, 3]) {
    await page.locator('earnings-preview').nth(nth).scrollIntoViewIfNeeded();
    await headline(page, nth).waitFor();
  }
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const nth of [0, 1, 2, 3]) {
    const widget = page.locator('earnings-preview').nth(nth);
    const colours = await widget.locator('[part=number], .quiet, dt, dd, h2').evaluateAll((all) => all.map((one) => getComputedStyle(one).color));
    assert.ok(colours.length && colours.every((colour) => lightness(colour) < 0.45), `${nth}: ${colours}`);
    assert.equal(await widget.locator('[part=headline]').evaluate((one) => getComputedStyle(one).backgroundColor), 'rgba(0, 0, 0, 0)');
    assert.equal(await widget.locator('button:visible').count(), 0);
    await keep(widget, `print-${nth}`);
  }
  await close();
});

test('the theme is the page’s, then the system’s, and an attribute decides', async () => {
  for (const [page, system, attribute, dark] of [
    ['dark', 'light', '', true], ['light', 'dark', '', false], ['light dark', 'dark', '', true], ['light dark', 'light', '', false],
    ['normal', 'dark', '', true], ['normal', 'light', '', false], ['dark', 'light', 'theme="light"', false], ['light', 'light', 'theme="dark"', true],
  ]) {
    const visit = await house.open(`<style>:root{color-scheme:${page}}</style><earnings-preview ${attribute}></earnings-preview><earnings-preview layout="card" ${attribute}></earnings-preview>`,
      { colorScheme: system, bypassCSP: true });
    for (const nth of [0, 1]) {
      await visit.page.locator('earnings-preview').nth(nth).scrollIntoViewIfNeeded();
      await headline(visit.page, nth).waitFor();
      const background = await visit.page.locator('earnings-preview').nth(nth).locator('[part=card]').evaluate((card) => getComputedStyle(card).backgroundColor);
      assert.equal(lightness(background) < 0.5, dark, `page ${page}, system ${system}, ${attribute}: ${background}`);
    }
    if (page === 'dark' && !attribute) {
      // A switch of the page is followed without a word to the widget.
      await visit.page.evaluate(() => { document.documentElement.style.colorScheme = 'light'; });
      const card = visit.page.locator('earnings-preview [part=card]').first();
      assert.ok(lightness(await card.evaluate((one) => getComputedStyle(one).backgroundColor)) > 0.5);
    }
    await visit.close();
  }
});
