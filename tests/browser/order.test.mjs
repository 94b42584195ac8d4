// The server settles an order exactly as the wallet previewed it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw8, stage, value } from './stage.mjs';

const house = stage();

/** Fills in the form and waits for the preview of exactly this order. */
async function previewOf(page, { buyer, merchant, channel, region, amount, concession }) {
  await page.getByTestId(channel).click();
  if (channel === 'online') await page.getByTestId('region').fill(region);
  await page.getByTestId('merchant').fill(merchant);
  await page.getByTestId('merchant').press('Tab');
  await page.getByTestId('yuan').click();
  await page.getByTestId('amount').fill(amount);
  await page.getByTestId('concession').fill(concession);
  const parties = [buyer, merchant, channel, region].join(' ');
  await page.locator(`[data-testid="outcome"][data-parties="${parties}"]`).waitFor();
}

// A reward as the screen shows it: without its reason as data, of which the words are made.
const shown = (rewards) => rewards.map(({ why, ...rest }) => rest);

const rewardsOn = (page) => page.getByTestId('reward').evaluateAll((rows) => rows.map(({ dataset }) => ({
  member: dataset.member, kind: dataset.kind, class: dataset.class, share_value: dataset.shareValue,
  points: dataset.points, reason: dataset.reason,
})));

/** Buyers whose orders reward many: with a referrer, and a member with a service role above it. */
async function buyers(count) {
  const found = [];
  for (const { member, merchant } of (await house.members()).filter((line) => line.activated && !line.merchant)) {
    if (found.length === count) break;
    const { account } = await house.get(`/v1/members/${member}`);
    if (!merchant && account.referrer) found.push(member);
  }
  assert.equal(found.length, count);
  return found;
}

/** Merchants, the richest first, so that they can pay for an order. */
async function richMerchants() {
  const { accounts } = await house.get('/v1/state');
  const ids = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  return ids.sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points)));
}

test('an order is settled as previewed, online and in the shop', async () => {
  const merchants = await richMerchants();
  const kinds = new Set();
  const orders = (await buyers(6)).map((buyer, at) => ({
    order: `browser-${at}`, buyer, merchant: merchants[at % merchants.length],
    channel: at % 2 ? 'offline' : 'online', region: '110101',
    amount: ['100', '88.8', '19.99', '1234.5', '0.5', '66'][at], concession: ['10', '8.88', '0.07', '12.34', '0.5', '6.6'][at],
  }));
  for (const order of orders) {
    const { page, complaints, close } = await house.open(`#/m/${order.buyer}/order`);
    await previewOf(page, order);
    await page.getByTestId('order-points').waitFor();
    const seen = {
      points: await value(page, 'order-points'), due: await value(page, 'due'), rewards: await rewardsOn(page),
    };
    const answer = await house.post('/v1/events', { type: 'order.placed', ...order });
    const { points, due, rewards } = answer.receipt ?? answer;
    assert.deepEqual(seen, { points, due, rewards: shown(rewards) }, order.order);
    assert.equal(await value(page, 'concession-yuan'), order.concession);
    for (const { kind } of rewards) kinds.add(kind);
    assert.deepEqual(complaints, []);
    await close();
  }
  for (const kind of ['consumption', 'sale', 'share_online', 'share_offline']) assert.ok(kinds.has(kind), kind);
});

test('a refusal on the screen is the refusal of the server', async () => {
  const [buyer, other] = await buyers(2);
  const merchant = (await house.members()).find((line) => line.merchant).member;
  const order = { buyer, merchant, channel: 'online', region: '110101', amount: '100', concession: '10' };
  const cases = [
    { ...order, amount: '100000000', concession: '100000000' },
    { ...order, concession: '100.01' },
    { ...order, concession: '0' },
    { ...order, amount: '-1' },
    { ...order, merchant: other },
    { ...order, merchant: buyer },
    { ...order, merchant: 'nobody-has-this-id' },
  ];
  const codes = [];
  for (const [at, tried] of cases.entries()) {
    const { page, close } = await house.open(`#/m/${buyer}/order`);
    await previewOf(page, tried);
    const refusal = page.getByTestId('refusal');
    const { code, field } = await house.post('/v1/events', { type: 'order.placed', order: `refused-${at}`, ...tried });
    assert.deepEqual(
      [await refusal.getAttribute('data-code'), await refusal.getAttribute('data-field')],
      [code, field],
    );
    codes.push(code);
    // The field shows it as well.
    await page.getByTestId(`${field}-error`).getByText(/\w/).waitFor();
    await close();
  }
  assert.deepEqual(codes, [
    'merchant_points_short', 'bad_concession', 'bad_concession', 'bad_amount', 'not_a_merchant', 'self_dealing',
    'unknown_member',
  ]);
});

test('on a phone, what the order brings is in view while one types', async () => {
  const [buyer] = await buyers(1);
  for (const locale of ['zh-CN', 'en-US']) {
    const viewport = { width: 390, height: 844 };
    const { page, complaints, close } = await house.open(`#/m/${buyer}/order`, { viewport, locale });
    const gain = page.getByTestId('for-me');
    await gain.waitFor();
    const isInView = async () => {
      const { y, height } = await gain.boundingBox();
      return y >= 0 && y + height <= viewport.height;
    };
    assert.ok(await isInView(), 'when it opens');
    assert.match(await page.getByTestId('gain').getByTestId('not-money').innerText(), /^(共享值不是钱|Not money)/);
    const before = Number(await gain.getAttribute('data-value'));
    await page.getByTestId('amount').fill('50');
    await page.locator(`[data-testid=for-me][data-value="${before / 2}"]`).waitFor();
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/gain-${locale}.png` });
    await page.getByTestId('concession').evaluate((field) => field.scrollIntoView());
    assert.ok(await isInView(), 'at the last field');
    await page.getByTestId('concession').fill('0');
    await gain.waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('who is not activated reads that the order brings it nothing, and why', async () => {
  await house.post('/v1/events', { type: 'member.registered', member: 'newcomer' });
  for (const [locale, words] of [['zh-CN', /激活/], ['en-US', /activate your account/]]) {
    const { page, complaints, close } = await house.open('#/m/newcomer/order', { locale });
    assert.match(await page.getByTestId('nothing-for-me').innerText(), words);
    assert.equal(await page.getByTestId('not-money').count(), 0);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('bad input is shown at its field and nowhere else', async () => {
  const [buyer] = await buyers(1);
  const { page, complaints, close } = await house.open(`#/m/${buyer}/order`);
  await page.getByTestId('order-points').waitFor();
  for (const [bad, why] of [
    ['1e3', /plain number/], ['.5', /plain number/], ['1,5', /plain number/], ['1_0', /plain number/],
    ['+1', /plain number/], ['', /plain number/], ['12,34', /plain number/], ['007', /plain number/],
    ['0x10', /plain number/], ['1.005', /two decimal places/], ['1,000.001', /two decimal places/], ['1.000', /two decimal places/],
    ['1000000000001', /1,000,000,000,000/], ['-5', /above 0/], ['0', /above 0/],
  ]) {
    for (const field of ['amount', 'concession']) {
      await page.getByTestId(field).fill(bad);
      assert.match(await page.getByTestId(`${field}-error`).textContent(), why, `${field} ${bad}`);
      assert.equal(await page.getByTestId(field).getAttribute('aria-invalid'), 'true');
      assert.equal(await page.getByTestId('reward').count(), 0, 'no preview of something else');
      await page.getByTestId(field).fill(field === 'amount' ? '100' : '10');
      assert.equal(await page.getByTestId(`${field}-error`).textContent(), '');
      await page.getByTestId('order-points').waitFor();
    }
  }
  for (const [field, bad] of [['region', '12345'], ['merchant', 'a b']]) {
    const good = await page.getByTestId(field).inputValue();
    await page.getByTestId(field).fill(bad);
    await page.getByTestId(field).press('Tab');
    assert.match(await page.getByTestId(`${field}-error`).textContent(), /\w/);
    assert.equal(await page.getByTestId('reward').count(), 0);
    await page.getByTestId(field).fill(good);
    await page.getByTestId(field).press('Tab');
    await page.getByTestId('order-points').waitFor();
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('typing amounts sends no request; other parties send one', async () => {
  const [buyer] = await buyers(1);
  // The screen also asks for the buyer's own account, before or after the preview.
  let checked;
  const { page, close } = await house.open(`#/m/${buyer}/order`, {
    prepare: (page) => { checked = page.waitForResponse(/\/v1\/days\?/); },
  });
  await page.getByTestId('order-points').waitFor();
  await checked;
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.getByTestId('amount').fill('');
  await page.getByTestId('amount').pressSequentially('55.50');
  await page.getByTestId('percent').click();
  await page.getByTestId('concession').fill('12.5');
  assert.equal(await value(page, 'concession-yuan'), '6.93', '12.5 % of 55.50 is 6.9375');
  assert.deepEqual(asked, []);
  await page.getByTestId('offline').click();
  await page.locator('[data-parties*=" offline "]').waitFor();
  assert.deepEqual(asked, ['/v1/excerpt']);
  await close();
});

test('a merchant that is being typed is not replaced by the first of the list', async () => {
  const [buyer] = await buyers(1);
  const { page, close } = await house.open();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/v1/shops*', async (route) => {
    await held;
    await route.continue();
  });
  await page.evaluate((hash) => { location.hash = hash; }, `#/m/${buyer}/order`);
  await page.getByTestId('merchant').focus();
  release();
  await page.locator('#merchants option').first().waitFor({ state: 'attached' });
  assert.equal(await page.getByTestId('merchant').inputValue(), '');
  await page.keyboard.type('shop5');
  await page.keyboard.press('Tab');
  await page.locator('[data-testid="outcome"][data-parties*=" shop5 "]').waitFor();
  await close();
});

// The last test, because afterwards some shops cannot pay for another order.
/** Reproducible random numbers: xorshift. */
function* numbers(seed) {
  for (let state = seed; ;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

test('500 random orders: the wallet, the quote and the settled receipt say the same', async () => {
  // Shops that can pay for all of their orders.
  const merchants = (await richMerchants()).slice(0, 8);
  const random = numbers(20_261_124);
  const pick = (list) => list[random.next().value % list.length];
  const cents = (max) => (1 + (random.next().value % max)) / 100;
  let compared = 0;
  for (const buyer of await buyers(20)) {
    const { page, complaints, close } = await house.open(`#/m/${buyer}/order`);
    let region = '110101';
    for (let at = 0; at < 25; at += 1) {
      const concession = cents(30);
      const channel = pick(['online', 'offline']);
      // For an order in the shop the field is hidden and keeps its value.
      if (channel === 'online') region = pick(['110101', '320106', '440305']);
      const order = {
        buyer, merchant: pick(merchants), channel, region,
        amount: `${(concession + cents(100_000)).toFixed(2)}`.replace(/\.?0+$/, ''), concession: `${concession}`,
      };
      await previewOf(page, order);
      await page.waitForFunction((expected) => document.querySelector('[data-testid="concession-yuan"]')?.dataset.value === expected, order.concession);
      const seen = { points: await value(page, 'order-points'), due: await value(page, 'due'), rewards: await rewardsOn(page) };
      const quoted = await house.post('/v1/quotes', order);
      assert.deepEqual(seen, { points: quoted.points, due: quoted.due, rewards: shown(quoted.rewards) }, JSON.stringify(order));
      const answer = await house.post('/v1/events', { type: 'order.placed', order: `random-${compared}`, ...order });
      const { points, due, rewards } = answer.receipt ?? answer;
      assert.deepEqual(seen, { points, due, rewards: shown(rewards) }, JSON.stringify(order));
      compared += 1;
    }
    assert.deepEqual(complaints, []);
    await close();
  }
  assert.equal(compared, 500);
});
