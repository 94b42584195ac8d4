// The widget on a shop's page: exact, alone and with others, with bad input, bad names and bad servers.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { init, openBook, preset } from '../../pkg/node.mjs';
import { grouped } from '../../pkg/widget/reading.mjs';
import { headline, root, shop, shown, type, until } from './shop.mjs';

const house = shop();
const ELEMENT = '<earnings-preview></earnings-preview>';
const WASM = '/gongxiang/dist/gongxiang_bg.wasm';
const last = (said, what) => said.findLast((event) => event.what === what);

/** Sets attributes, one set after the other. For each, returns the widget's next event and all digits that it shows. */
const changes = (page, list) => page.locator('earnings-preview').first().evaluate(async (element, list) => {
  const numbers = (part) => [...element.shadowRoot.querySelectorAll(`[part=${part}] [part=number]`)].map((number) => number.textContent);
  const answers = [];
  for (const given of list) {
    answers.push(await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`no event after ${JSON.stringify(given)}`)), 5000);
      for (const what of ['preview', 'error']) {
        element.addEventListener(`gongxiang:${what}`, ({ detail }) => resolve({ what, ...detail }), { once: true });
      }
      for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    }));
    answers.at(-1).digits = { gains: [...numbers('headline'), ...numbers('rewards')], sums: numbers('sums') };
  }
  return answers;
}, list);
const change = async (page, attributes) => (await changes(page, [attributes]))[0];

test('properties are the attributes, as code has them, and events come under both names', async () => {
  const { page, complaints, close } = await house.open('<earnings-preview amount="1000" concession="10%"></earnings-preview>');
  await headline(page).waitFor();
  const element = page.locator('earnings-preview');
  const rules = preset('seed');
  rules.order.buyer_multiple = '5';
  const heard = await element.evaluate(async (element, rules) => {
    const heard = [];
    for (const name of ['gongxiang-preview', 'gongxiang:preview']) {
      element.addEventListener(name, ({ detail }) => heard.push([name, detail.amount, detail.receipt.rewards[0].share_value]));
    }
    element.amount = '500';
    await new Promise((resolve) => { element.addEventListener('gongxiang-preview', resolve, { once: true }); });
    element.rules = rules;
    await new Promise((resolve) => { element.addEventListener('gongxiang-preview', resolve, { once: true }); });
    return heard;
  }, rules);
  assert.deepEqual(heard, ['500', '250'].flatMap((value) => ['gongxiang-preview', 'gongxiang:preview'].map((name) => [name, '500', value])));
  const seen = await element.evaluate((element) => {
    element.readonly = true;
    element.amountFrom = '#price';
    element.heading = 'Here';
    const set = [element.getAttribute('readonly'), element.getAttribute('amount-from'), element.readonly, element.heading, element.amount];
    element.readonly = false;
    element.amountFrom = undefined;
    element.heading = null;
    return [set, ['readonly', 'amount-from', 'heading'].map((name) => element.hasAttribute(name)), element.heading === undefined];
  });
  assert.deepEqual(seen, [['', '#price', true, 'Here', '500'], [false, false, false], true]);
  assert.deepEqual(complaints, []);
  await close();
});

test('the binary comes from where the page says', async () => {
  const binary = await readFile(join(root, 'pkg/dist/gongxiang_bg.wasm'));
  const prepare = (page) => page.route('**/elsewhere.wasm', (route) => route.fulfill({ body: binary, contentType: 'application/wasm' }));
  const { page, asked, complaints, close } = await house.open('<earnings-preview wasm="/elsewhere.wasm"></earnings-preview>', { prepare });
  await headline(page).waitFor();
  assert.deepEqual(asked.filter((path) => path.endsWith('.wasm')), ['/elsewhere.wasm']);
  assert.deepEqual(complaints, []);
  await close();
});

test('the screen shows the worked example of the contract', async () => {
  const { page, complaints, said, close } = await house.open('<earnings-preview amount="1000" concession="10%"></earnings-preview>');
  await headline(page).waitFor();
  const seen = await shown(page.locator('earnings-preview'));
  assert.deepEqual([seen.headline, seen.rewards, seen.sums], [['1,000'], ['200', '400'], ['100', '100']]);
  assert.match(await headline(page).innerText(), /1,000[^]*share value[^]*Share value is not money\./, 'below the number, not in the last line');
  assert.match(await page.locator('earnings-preview [part=result]').innerText(), /10 × concession 100\.00[^]*2 × concession 100\.00[^]*0\.4 × buyer’s share value 1,000/);
  await until(() => said.length, 'an event');
  assert.deepEqual([said.length, said[0].what, said[0].amount, said[0].concession, said[0].price], [1, 'preview', '1000', '100', '1']);
  assert.deepEqual(complaints, []);
  await close();
});

/** The settled orders of the random vectors, with the price and the rules of their moment. */
async function settled() {
  await init();
  const orders = [];
  for (let number = 1; number <= 8; number += 1) {
    const vector = JSON.parse(await readFile(join(root, `tests/vectors/random-${number}.json`), 'utf8'));
    const results = new Map(vector.orders.map((order) => [order.order, order]));
    const book = openBook(vector.rules);
    let { rules } = vector;
    for (const event of vector.events) {
      const price = event.type === 'order.placed' && results.has(event.order) ? book.state().price : undefined;
      try {
        book.apply(event);
      } catch {
        continue;
      }
      if (event.type === 'rules.adopted') rules = { ...rules, ...event.rules };
      if (price) orders.push({ event, price, rules, result: results.get(event.order) });
    }
    book.free();
  }
  return orders;
}

test('500 orders of the vectors are shown as they were settled, to the last digit', async () => {
  const { page, complaints, close } = await house.open(ELEMENT);
  await headline(page).waitFor();
  const orders = (await settled()).filter(({ result }) => result.rewards.some(({ kind }) => kind === 'consumption'));
  assert.ok(orders.length >= 500, String(orders.length));
  const answers = await changes(page, orders.slice(0, 500).map(({ event: { channel, amount, concession }, price, rules }) =>
    ({ rules: JSON.stringify(rules), price, channel, amount, concession })));
  let compared = 0;
  for (const [place, { what, receipt, digits }] of answers.entries()) {
    const { event: { order }, result } = orders[place];
    assert.deepEqual([what, receipt?.points, digits.sums[0]], ['preview', result.points, grouped(result.points)], order);
    for (const reward of result.rewards.filter(({ kind }) => kind !== 'service')) {
      const shownAt = receipt.rewards.findIndex(({ kind }) => kind === reward.kind);
      const { share_value, points } = receipt.rewards[shownAt];
      assert.deepEqual([share_value, points], [reward.share_value, reward.points], `${order} ${reward.kind}`);
      assert.equal(digits.gains[shownAt], grouped(points === '0' ? share_value : points));
      compared += 1;
    }
  }
  assert.ok(compared > 1000, String(compared));
  assert.deepEqual(complaints, []);
  await close();
});

test('every assumption changes who gets what, as the rules settle it', async () => {
  await init();
  const { page, said, close } = await house.open('<earnings-preview channel="offline" amount="500" concession="12.34"></earnings-preview>');
  await headline(page).waitFor();
  const widget = page.locator('earnings-preview');
  const who = async () => {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    return last(said, 'preview').receipt.rewards.map(({ member, kind, share_value, points }) => [member, kind, share_value, points]);
  };
  const everybody = [
    ['buyer', 'consumption', '123.4', '0'], ['merchant', 'sale', '24.68', '0'], ['referrer', 'share_offline', '0', '0.617'],
    ['merchant_referrer', 'merchant_share', '0', '0.617'], ['partner', 'area', '0', '0.9872'],
  ];
  assert.deepEqual(await who(), everybody);
  await widget.locator('#service').selectOption('dealer');
  assert.deepEqual(await who(), everybody.toSpliced(4, 0, ['service', 'service', '0', '0.3702']));
  await widget.getByLabel('The buyer was referred by a member').uncheck();
  assert.deepEqual(await who(), everybody.toSpliced(2, 1));
  await widget.getByLabel('The merchant was referred by a member').uncheck();
  await widget.getByLabel('The city has an area partner').uncheck();
  assert.deepEqual(await who(), everybody.slice(0, 2));
  await widget.getByRole('radio', { name: 'Delivered' }).check();
  assert.equal(last(said, 'preview').channel, 'online');
  await close();
});

test('several on a page share one binary, which is loaded when one comes into view', async () => {
  const { page, asked, said, complaints, close } = await house.open('<br>'.repeat(200) + ELEMENT.repeat(4));
  await page.waitForTimeout(300);
  assert.deepEqual([asked.includes(WASM), said.length], [false, 0]);
  assert.equal(await page.locator('earnings-preview').first().locator('#amount').count(), 1, 'the form is there already');
  await page.locator('earnings-preview').first().scrollIntoViewIfNeeded();
  for (let nth = 0; nth < 4; nth += 1) {
    await page.locator('earnings-preview').nth(nth).scrollIntoViewIfNeeded();
    await headline(page, nth).waitFor();
  }
  assert.equal(asked.filter((path) => path === WASM).length, 1);
  await type(page, 'amount', '77', 2);
  assert.deepEqual(await page.locator('earnings-preview').evaluateAll((all) => all.map((one) => one.shadowRoot.querySelector('.big [part]').textContent)),
    ['1,000', '1,000', '77', '1,000']);
  assert.deepEqual(complaints, []);
  await close();
});

test('a page that preloads the binary has all its elements start at once, with one request', async () => {
  const preload = `<link rel="preload" href="${WASM}" as="fetch" crossorigin>`;
  const { page, asked, said, complaints, close } = await house.open(preload + '<br>'.repeat(200) + ELEMENT.repeat(2));
  await until(() => said.length === 2, 'two previews');
  assert.deepEqual(said.map(({ what }) => what), ['preview', 'preview']);
  assert.equal(asked.filter((path) => path === WASM).length, 1);
  assert.deepEqual(complaints, []);
  assert.equal(await page.evaluate(() => scrollY), 0);
  await close();
});

test('input that can mean only one thing is accepted; anything else is refused in a sentence, without a number', async () => {
  const { page, said, close } = await house.open(ELEMENT);
  await headline(page).waitFor();
  const widget = page.locator('earnings-preview');
  for (const [typed, hint, number] of [
    ['１，２３４．５０', 'Read as 1,234.5 yuan', '1,234.5'], [' 2\u00a0000 ', 'Read as 2,000 yuan', '2,000'], ['¥3,000', 'Read as 3,000 yuan', '3,000'],
    ['40', '', '40'],
  ]) {
    await type(page, 'amount', typed);
    const seen = await shown(widget);
    assert.deepEqual([seen.hints[0], seen.errors[0], seen.headline], [hint, '', [number]], typed);
  }
  for (const [field, typed, error] of [
    ['amount', '1,00', /plain number/], ['amount', '', /Enter a number/], ['amount', '1e3', /plain number/], ['amount', '-1', /above 0/],
    ['amount', '0', /above 0/], ['amount', '1.001', /two decimal places/], ['amount', '9'.repeat(13), /At most 999,999,999,999/],
    ['amount', '<img src=x>', /plain number/], ['concession', '101', /at most the amount/], ['concession', '0.001', /two decimal places/],
    ['concession', '0', /above 0/],
  ]) {
    await type(page, 'amount', '1000');
    await type(page, 'concession', '10');
    await headline(page).waitFor();
    await type(page, field, typed);
    const seen = await shown(widget);
    assert.match(seen.errors[field === 'amount' ? 0 : 1], error, typed);
    assert.deepEqual([seen.headline, seen.rewards, seen.sums], [[], [], []], 'no number beside a refusal');
    assert.equal(await widget.locator(`#${field}`).getAttribute('aria-invalid'), 'true');
    assert.deepEqual([last(said, 'error').field, said.at(-1).what], [field, 'error']);
  }
  await type(page, 'concession', '１０％');
  assert.deepEqual((await shown(widget)).headline, ['1,000']);
  await close();
});

test('without its binary it says so, keeps the form, and tries again on request', async () => {
  let offline = true;
  const { page, said, close } = await house.open(ELEMENT, {
    prepare: (page) => page.route(`**${WASM}`, (route) => (offline ? route.abort() : route.continue())),
  });
  const retry = page.getByRole('button', { name: 'Try again' });
  await retry.waitFor();
  assert.match((await shown(page.locator('earnings-preview'))).fault, /could not be loaded, so none are shown/);
  assert.equal(last(said, 'error').code, 'not_loaded');
  offline = false;
  await retry.click();
  await headline(page).waitFor();
  await close();
});

test('a browser without WebAssembly gets no advice to try again', async () => {
  const { page, said, close } = await house.open(ELEMENT, {
    prepare: (page) => page.addInitScript(() => { delete globalThis.WebAssembly; }),
  });
  await page.getByText('The numbers could not be loaded, so none are shown.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
  assert.equal(last(said, 'error').code, 'not_loaded');
  await close();
});

test('the price comes from the server, or there is no number', async () => {
  let answer = (route) => route.fulfill({ json: { day: '2026-03-04', price: '0.25', issued: '1' } });
  const { page, said, close } = await house.open('<earnings-preview price="/v1/supply"></earnings-preview>', {
    prepare: (page) => page.route('**/v1/supply*', (route) => answer(route)),
  });
  await headline(page).waitFor();
  assert.deepEqual((await shown(page.locator('earnings-preview'))).sums, ['400', '400']);
  assert.match(await page.locator('earnings-preview [part=price]').innerText(), /1 point = 0\.25 yuan · 2026-03-04/);
  assert.equal(await page.locator('earnings-preview [part=price] [part=number] i').count(), 0, 'below 1 the fraction is no small print');
  let asked = 0;
  for (const [bad, code] of [
    [(route) => route.fulfill({ status: 500 }), 'not_loaded'], [(route) => route.abort(), 'not_loaded'],
    [(route) => route.fulfill({ body: '<html>a captive portal</html>' }), 'not_loaded'], [(route) => route.fulfill({ json: {} }), 'bad_price'],
    [(route) => route.fulfill({ json: null }), 'bad_price'], [(route) => route.fulfill({ json: { price: 0.25 } }), 'bad_price'],
    [(route) => route.fulfill({ json: { price: '1e3' } }), 'bad_price'], [(route) => route.fulfill({ json: { price: '0' } }), 'bad_price'],
    [(route) => route.fulfill({ json: { price: '-1' } }), 'bad_price'], [(route) => route.fulfill({ json: [] }), 'bad_price'],
  ]) {
    answer = bad;
    asked += 1;
    const failure = await change(page, { price: `/v1/supply?${asked}` });
    assert.deepEqual([failure.what, failure.code, failure.field], ['error', code, 'price'], String(bad));
    const seen = await shown(page.locator('earnings-preview'));
    assert.deepEqual([seen.headline, seen.rewards, seen.sums], [[], [], []]);
    assert.ok(seen.fault);
  }
  // A slow answer to an earlier request is not shown.
  let held;
  answer = (route) => { held = route; };
  await page.locator('earnings-preview').evaluate((element) => element.setAttribute('price', '/v1/supply?slow'));
  await until(() => held, 'a question');
  assert.equal((await change(page, { price: '2' })).receipt.points, '50');
  await held.fulfill({ json: { price: '4' } });
  await page.waitForTimeout(200);
  assert.equal(last(said, 'preview').receipt.points, '50');
  await close();
});

test('rules come as preset, address or JSON; invalid ones are refused by their key', async () => {
  await init();
  const seed = preset('seed');
  const tripled = { ...seed, order: { ...seed.order, buyer_multiple: '30' } };
  const { page, close } = await house.open(ELEMENT, { prepare: (page) => page.route('**/rules.json', (route) => route.fulfill({ json: tripled })) });
  await headline(page).waitFor();
  assert.equal((await change(page, { rules: './rules.json' })).receipt.rewards[0].share_value, '3000');
  assert.equal((await change(page, { rules: 'single-level' })).receipt.rewards[0].share_value, '1000');
  assert.equal(await page.locator('earnings-preview #service').count(), 0, 'these rules have no roles');
  assert.equal((await change(page, { rules: JSON.stringify(tripled) })).receipt.rewards[0].share_value, '3000');
  for (const [rules, code, field] of [
    ['{', 'bad_rules', 'rules'], ['{}', 'bad_rules', undefined], ['nowhere', 'bad_rules', 'rules'], ['__proto__', 'bad_rules', 'rules'], ['./none.json', 'not_loaded', 'rules'],
    ['javascript:alert(1)', 'not_loaded', 'rules'], [JSON.stringify({ ...seed, release: { ...seed.release, daily: '0' } }), 'bad_rules', 'release.daily'],
    [JSON.stringify({ ...seed, packs: {} }), 'unknown_pack', undefined],
  ]) {
    const failure = await change(page, { rules });
    assert.deepEqual([failure.what, failure.code], ['error', code], rules);
    if (field) assert.equal(failure.field, field);
    assert.ok((await shown(page.locator('earnings-preview'))).fault);
  }
  assert.equal((await change(page, { rules: 'seed' })).what, 'preview');
  await close();
});

test('names are shown as text, whatever is in them', async () => {
  await init();
  const { page, complaints, close } = await house.open(ELEMENT);
  await headline(page).waitFor();
  for (const [place, name] of [
    '<img src=x onerror="report(\'policy\')">', '"><script>report("policy")</script>', '\u202eevil \u2066right to left', '👩‍👩‍👧‍👦🏳️‍🌈', 'W'.repeat(64), '茶'.repeat(64), '{{1+1}}', '&amp;',
  ].entries()) {
    assert.equal((await change(page, { merchant: name, amount: String(place + 100), heading: name })).what, 'preview');
    const widget = page.locator('earnings-preview');
    assert.equal(await widget.locator('bdi').first().textContent(), name);
    assert.equal(await widget.locator('img, script').count(), 0);
    const [inner, outer] = await widget.evaluate((element) => [element.shadowRoot.querySelector('.card').scrollWidth, element.clientWidth]);
    assert.ok(inner <= outer, `${name} sticks out: ${inner} of ${outer}`);
  }
  const rules = preset('seed');
  rules.service.roles = ['constructor', '__proto__', 'R'.repeat(64)].map((name, step) => ({ name, share_value_rate: `0.${3 + step}`, points_rate: '0.01' }));
  assert.equal((await change(page, { rules: JSON.stringify(rules) })).what, 'preview');
  assert.deepEqual(await page.locator('earnings-preview #service option').allTextContents(), ['none', 'constructor', '__proto__', 'R'.repeat(64)]);
  assert.deepEqual(complaints, []);
  await close();
});

test('a page may change attributes from within an event, and what was typed stays', async () => {
  const { page, complaints, close } = await house.open(ELEMENT);
  await headline(page).waitFor();
  const widget = page.locator('earnings-preview');
  await widget.evaluate((element) => element.addEventListener('gongxiang-preview', ({ detail }) => {
    element.setAttribute('concession', detail.amount === '500' ? '20%' : '30%');
  }));
  await type(page, 'amount', '500');
  await until(async () => (await shown(widget)).headline[0] === '1,000', 'a fifth of 500, times 10');
  assert.equal(await widget.locator('#amount').inputValue(), '500');
  await widget.evaluate((element) => element.setAttribute('lang', 'zh-CN'));
  await widget.getByText('订单金额').waitFor();
  assert.equal(await widget.locator('#amount').inputValue(), '500');
  await widget.evaluate((element) => { const { parentNode } = element; element.remove(); parentNode.append(element); });
  assert.deepEqual((await shown(widget)).headline, ['1,000']);
  assert.deepEqual(complaints, []);
  await close();
});

test('slots, parts and custom properties reach the page', async () => {
  const { page, close } = await house.open('<earnings-preview readonly><span slot="heading">Ours</span><i slot="note">Ask us.</i>Loading</earnings-preview>');
  await headline(page).waitFor();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('earnings-preview { --gongxiang-accent: rgb(1, 2, 3); --gongxiang-radius: 0px } earnings-preview::part(number) { color: rgb(4, 5, 6) }');
    document.adoptedStyleSheets = [sheet];
  });
  const style = (selector, property) => page.locator(`earnings-preview ${selector}`).first().evaluate((element, name) => getComputedStyle(element)[name], property);
  assert.deepEqual([await style('[part=headline]', 'backgroundColor'), await style('[part=number]', 'color'), await style('[part=headline]', 'borderRadius')],
    ['rgb(1, 2, 3)', 'rgb(4, 5, 6)', '0px']);
  assert.match(await style('[part=number]', 'fontVariantNumeric'), /tabular-nums/);
  assert.ok(await page.getByText('Ours').isVisible() && await page.getByText('Ask us.').isVisible());
  assert.ok(await page.locator('earnings-preview #amount').isDisabled());
  await close();
});
