// What is to come and a buyer's own orders: from the order at the shop to its reward, or its refund.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { go, raw8, stage, value } from './stage.mjs';

const house = stage();
const PHONE = { width: 390, height: 844 };

async function settle(event) {
  const answer = await house.post('/v1/events', event);
  assert.ok(answer.receipt, JSON.stringify(answer));
  return answer.receipt;
}

const closeDay = async () => settle({ type: 'day.closed', day: (await house.get('/v1/supply')).day });
const pendingOf = async (member) => (await house.get(`/v1/members/${member}/pending`)).rewards;
const pointsOf = async (member) => raw8((await house.get(`/v1/members/${member}`)).state.points);

/** The shop with most points, and a rich buyer to whom nothing is to come. */
async function parties() {
  const { accounts } = await house.get('/v1/state');
  const shops = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  const [shop] = shops.sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points)));
  for (const buyer of await house.rich(50)) {
    if ((await pendingOf(buyer)).length === 0) return { shop, buyer };
  }
  throw new Error('everybody has orders');
}

/** Confirms the action on the sheet. */
async function confirm(page) {
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  await page.getByTestId('sheet').getByRole('button', { name: /^(Close|关闭)$/ }).click();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
}

/** The days on which something is to come, as the home shows them. */
async function shownPending(page) {
  await page.getByTestId('past').waitFor();
  return page.getByTestId('pending-day').evaluateAll((lines) => lines.map(({ dataset: { due, shareValue, points } }) => ({ due, share_value: shareValue, points })));
}

const shot = async (page, name) => {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true });
};

for (const locale of ['zh-CN', 'en-US']) {
  test(`${locale}: an order at the shop is to come at its buyer’s home, and gone after a refund`, async () => {
    const { shop, buyer } = await parties();
    const { order: { buyer_multiple: multiple } } = await house.get('/v1/rules');
    const sells = await house.open(`#/shop/${shop}/online`, { locale });
    await sells.page.getByTestId('buyer').fill(buyer);
    await sells.page.getByTestId('amount').fill('88.80');
    await sells.page.getByTestId('concession').fill('2');
    await sells.page.getByTestId('preview').click();
    await confirm(sells.page);
    const { id, due } = (await house.get(`/v1/members/${buyer}/orders?limit=1`)).rows[0];

    const buys = await house.open(`#/m/${buyer}`, { viewport: PHONE, locale });
    const reward = String(2 * Number(multiple));
    assert.deepEqual(await shownPending(buys.page), [{ due, share_value: reward, points: '0' }]);
    await shot(buys.page, `pending-home-${locale}`);
    await buys.page.getByTestId('to-orders').click();
    const line = buys.page.locator(`[data-testid="order"][data-order="${id}"]`);
    assert.equal(await line.getAttribute('data-state'), 'pending');
    assert.match(await line.innerText(), new RegExp(`${shop}[^]*88\\.80`));
    await shot(buys.page, `pending-orders-${locale}`);
    await line.getByRole('link').click();
    const page = buys.page.locator(`[data-testid="order-page"][data-order="${id}"]`);
    await page.waitFor();
    assert.equal(await buys.page.getByTestId('order-reward').getAttribute('data-share-value'), reward);
    assert.match(await buys.page.getByTestId('order-reward').innerText(), new RegExp(due));
    await shot(buys.page, `pending-order-${locale}`);

    await go(sells.page, `#/shop/${shop}/orders/${id}`);
    await sells.page.getByTestId('refund-whole').click();
    await confirm(sells.page);
    await buys.page.reload();
    await buys.page.locator(`[data-testid="order-page"][data-state="refunded"]`).waitFor();
    assert.equal(await buys.page.getByTestId('order-reward').count(), 0);
    await go(buys.page, `#/m/${buyer}`);
    assert.deepEqual(await shownPending(buys.page), []);
    for (const { complaints, close } of [sells, buys]) {
      assert.deepEqual(complaints, []);
      await close();
    }
  });
}

test('tonight’s estimate counts the order that arrives tonight, and its entry then names the shop', async () => {
  const { shop, buyer } = await parties();
  const region = (await house.get(`/v1/members/${shop}`)).account.shop;
  await settle({ type: 'order.placed', order: 'of-tonight', buyer, merchant: shop, channel: 'offline', amount: '90', concession: '1.5', region });
  while ((await house.get('/v1/supply')).day < (await house.get('/v1/orders/of-tonight')).due) await closeDay();
  const { page, complaints, close } = await house.open(`#/m/${buyer}`, { viewport: PHONE });
  await page.getByTestId('past').waitFor();
  const expected = raw8(await value(page, 'next'));
  const before = await pointsOf(buyer);
  await closeDay();
  const brought = await pointsOf(buyer) - before;
  // Other orders that arrive tonight raise everybody's weight a little.
  assert.ok(brought <= expected && brought * 100n > expected * 95n, `${brought} of ${expected}`);
  await page.reload();
  await page.getByTestId('past').waitFor();
  assert.equal(raw8(await value(page, 'yesterday')), brought);
  const entry = page.locator('[data-testid="entry"][data-rule="consumption"]').first();
  assert.match(await entry.innerText(), new RegExp(shop));
  assert.deepEqual(complaints, []);
  await close();
});

test('recent days stay after the account moved, and there are none before a member existed', async () => {
  const [buyer, other] = await house.rich(2);
  await closeDay();
  await settle({ type: 'points.transferred', from: buyer, to: other, points: '1' });
  const { page, complaints, close } = await house.open(`#/m/${buyer}`);
  await page.getByTestId('past').waitFor();
  assert.equal(await page.getByTestId('statement-day').count(), 5);
  assert.ok(raw8(await value(page, 'yesterday')) > 0n);
  await settle({ type: 'member.registered', member: 'new-today' });
  await go(page, '#/m/new-today');
  await page.locator('[data-testid="home"][data-member="new-today"]').waitFor();
  await page.getByTestId('past').waitFor();
  assert.equal(await page.getByTestId('statement-day').count(), 0);
  assert.equal(await page.getByTestId('yesterday').count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});
