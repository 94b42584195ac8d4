// Every action from preview to settlement: the server settles what was previewed, on a phone and on a desktop, in both languages.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { camera } from './camera.mjs';
import { codeOf } from './desk.mjs';
import { go, raw8, stage, sticksOut, value, worth } from './stage.mjs';

const { args, hold } = camera();
const house = stage({ args });
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const pointsOf = async (member) => raw8((await house.get(`/v1/members/${member}`)).state.points);

const postings = (page) => page.getByTestId('posting').evaluateAll((lines) => lines.map(({ dataset }) => ({ ...dataset })));

/** The page of a member who signed in to the demo, at one of its screens. */
async function asMember(member, hash, viewport = DESK) {
  const opened = await house.open('#/', { viewport });
  await opened.page.getByTestId('search').fill(member);
  await opened.page.getByTestId('open').click();
  await opened.page.locator(`[data-testid="home"][data-member="${member}"]`).waitFor();
  await go(opened.page, hash);
  return opened;
}

/** What a row of the sheet's summary says. */
const summed = async (page, id) => (await page.getByTestId(`summary-${id}`).locator('dd').innerText()).replace(/\s+/g, ' ').trim();

/** The amount of such a row. */
const value8 = async (page, id) => raw8(await page.getByTestId(`summary-${id}`).locator('[data-value]').getAttribute('data-value'));

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** Confirms the action. The settled receipt must equal the preview. `look` sees it. */
async function confirm(page, look) {
  await page.getByTestId('confirm').waitFor();
  const foreseen = await postings(page);
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  const settled = await postings(page);
  // A preview cannot know the ids that the server makes.
  const plain = (lines) => lines.map((line) => ({ ...line, reason: line.reason.replace(/(offer|trade) \S+$/, '$1') }));
  assert.deepEqual(plain(settled), plain(foreseen));
  assert.equal(await page.getByTestId('settled').getAttribute('data-as-seen'), 'true');
  await look?.();
  await page.getByTestId('sheet').getByRole('button', { name: /^(Close|关闭)$/ }).click();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
  return settled;
}

const dayBefore = (day) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

/** Settles an event. */
async function settle(event) {
  const answer = await house.post('/v1/events', event);
  assert.ok(answer.receipt, JSON.stringify(answer));
}

/** How many orders of all shops the next close vests. */
async function dueToday() {
  const { day } = await house.get('/v1/supply');
  let count = 0n;
  for (const { member } of (await house.members()).filter((line) => line.merchant)) {
    for (let before = ''; before !== null;) {
      const { rows, next } = await house.get(`/v1/orders?merchant=${member}&limit=200${before}`);
      count += BigInt(rows.filter(({ due, state }) => due === day && state === 'pending').length);
      before = next === null || next === undefined ? null : `&before=${next}`;
    }
  }
  return count;
}

/** Places small orders in a shop, and closes days until the next close vests them. */
async function busyDay(orders) {
  const [buyer] = await house.rich(1);
  const { accounts } = await house.get('/v1/state');
  const merchants = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  const [merchant] = merchants.sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points)));
  const { shop: region } = (await house.get(`/v1/members/${merchant}`)).account;
  for (let order = 0; order < orders; order += 1) {
    await settle({ type: 'order.placed', order: `busy-${order}`, buyer, merchant, channel: 'offline', amount: '1', concession: '0.1', region });
  }
  const { order } = await house.get('/v1/rules');
  for (let day = 0; day < order.vesting_days.offline; day += 1) {
    await settle({ type: 'day.closed', day: (await house.get('/v1/supply')).day });
  }
}

test('points go to another member, and a pasted number is understood', async () => {
  const [me, to] = await house.rich(2);
  const before = [await pointsOf(me), await pointsOf(to)];
  const { page, complaints, close } = await house.open(`#/m/${me}/transfer`);
  await page.getByTestId('to').fill(to);
  await page.getByTestId('points').fill(' １．２５ ');
  assert.match(await page.getByTestId('points-hint').innerText(), /1\.25/);
  await page.getByTestId('preview').click();
  await confirm(page);
  assert.deepEqual([await pointsOf(me), await pointsOf(to)], [before[0] - raw8('1.25'), before[1] + raw8('1.25')]);
  assert.deepEqual(complaints, []);
  await close();
});

/** Gives a member a name, and returns its short number. */
async function named(member, name) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${house.url}/v1/members/${member}/profile`, { method: 'PUT', headers, body: JSON.stringify({ name }) });
  assert.ok(answer.ok, await answer.clone().text());
  return (await house.get(`/v1/names?members=${member}`)).names[0].number;
}

for (const [locale, spoken] of [['zh-CN', (number) => ` ${number}\n`], ['en-US', (number) => number]]) {
  test(`points go to a short number or to a code before the camera, and the form says to whom and what they are worth: ${locale}`, async () => {
    const [me, to, other] = await house.rich(3);
    const number = await named(to, '王小明');
    await named(other, '李红');
    const before = await pointsOf(to);
    const { price } = await house.get('/v1/supply');
    const { page, complaints, close } = await house.open('#/', { viewport: PHONE, locale, permissions: ['camera'] });
    await page.getByTestId('search').fill(me);
    await page.getByTestId('open').click();
    await page.locator(`[data-testid="home"][data-member="${me}"]`).waitFor();
    await go(page, `#/m/${me}/transfer`);
    const receiver = (member) => page.locator(`[data-testid="meant"][data-member="${member}"]`);

    await page.getByTestId('to').fill('1000000');
    assert.equal(await page.getByTestId('to-error').innerText(), '', 'an id of seven digits');
    const mistyped = number.slice(0, -1) + (Number(number.at(-1)) + 1) % 10;
    await page.getByTestId('to').fill(mistyped);
    await page.getByTestId('to-error').filter({ hasText: /mistyped|短号有误/ }).waitFor();
    assert.ok(await page.getByTestId('preview').isDisabled());
    await page.getByTestId('to').fill(`${house.url}/#/pay/shop9`);
    await page.getByTestId('to-error').filter({ hasText: /./ }).filter({ hasNotText: /mistyped|短号有误/ }).waitFor();
    assert.ok(await page.getByTestId('preview').isDisabled());
    await page.getByTestId('to').fill(spoken(number));
    await receiver(to).filter({ hasText: '王小明' }).waitFor();

    await page.getByTestId('max').click();
    const all = await value(page, 'available');
    assert.equal(await page.getByTestId('points').inputValue(), all);
    assert.equal(raw8(all), await pointsOf(me));
    await page.locator(`[data-testid="points-worth"][data-value="${worth(all, price)}"]`).waitFor();
    await page.getByTestId('basis').locator('summary').click();
    await page.locator(`[data-testid="basis"][data-price="${price}"] .note`).waitFor();
    assert.deepEqual(await sticksOut(page), []);
    await picture(page, `transfer-${locale}`);
    await page.getByTestId('points').fill('0.25');
    await page.locator(`[data-testid="points-worth"][data-value="${worth('0.25', price)}"]`).waitFor();
    await page.getByTestId('preview').click();
    assert.match(await page.getByTestId('summary-to').innerText(), /王小明/);
    await confirm(page);
    assert.equal(await pointsOf(to), before + raw8('0.25'));
    assert.deepEqual([await page.getByTestId('to').inputValue(), await page.getByTestId('points').inputValue()], ['', ''], 'not twice by a second tap');

    // The code that somebody else’s phone shows.
    const theirs = await asMember(other, `#/m/${other}`);
    await hold(await codeOf(theirs, other));
    await page.getByTestId('scan').click();
    await receiver(other).filter({ hasText: '李红' }).waitFor();
    await theirs.close();
    assert.deepEqual(complaints, []);
    await close();
  });
}

test('a short number that nobody has, or that cannot be looked up, is told at the field', async () => {
  const [me, to] = await house.rich(2);
  const number = await named(to, '王小明');
  const { page, close } = await asMember(me, `#/m/${me}/transfer`, PHONE);
  const error = page.getByTestId('to-error');
  for (const [answer, said] of [
    [{ status: 404, body: '{}' }, /No member has this short number/], [{ status: 429, body: '{}' }, /Too many look-ups/], [null, /Offline/],
  ]) {
    await page.route('**/v1/numbers/*', (route) => (answer ? route.fulfill(answer) : route.abort()));
    await page.getByTestId('to').fill(number);
    await error.filter({ hasText: said }).waitFor();
    await page.getByTestId('to').fill('');
    await page.unroute('**/v1/numbers/*');
  }
  await close();
});

test('a member without a pack reads on its home what the packs cost, and the short number to say', async () => {
  await settle({ type: 'member.registered', member: 'newcomer' });
  const number = await named('newcomer', '赵敏');
  for (const locale of ['zh-CN', 'en-US']) {
    const { page, complaints, close } = await house.open('#/m/newcomer', { viewport: PHONE, locale });
    await page.locator(`[data-testid="short-number"][data-value="${number}"]`).waitFor();
    assert.equal(await page.getByTestId('short-number').innerText(), `${number.slice(0, 4)} ${number.slice(4)}`);
    const { packs } = await house.get('/v1/rules');
    const shown = await page.getByTestId('pack').evaluateAll((all) => all.map(({ dataset }) => dataset.pack));
    assert.deepEqual(shown.sort(), Object.keys(packs).sort());
    assert.deepEqual(await sticksOut(page), []);
    await picture(page, `newcomer-${locale}`);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('one’s code is one tap away from the calculator and from the transfers', async () => {
  const [me] = await house.rich(1);
  const { page, complaints, close } = await asMember(me, `#/m/${me}/order`, PHONE);
  for (const screen of ['order', 'move']) {
    await go(page, `#/m/${me}/${screen}`);
    await page.getByTestId('to-code').click();
    await page.getByTestId('my-code').waitFor();
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('a transfer that the rules refuse is refused before it is sent', async () => {
  const [me, to] = await house.rich(2);
  const { page, close } = await house.open(`#/m/${me}/transfer`, { viewport: DESK, locale: 'zh-CN' });
  for (const [receiver, points, code] of [
    [to, '999999999', 'points_short'], [me, '1', 'same_member'], ['nobody-here', '1', 'unknown_member'], [to, '0', 'bad_amount'],
  ]) {
    await page.getByTestId('to').fill(receiver);
    await page.getByTestId('points').fill(points);
    await page.getByTestId('preview').click();
    assert.equal(await page.getByTestId('action-refused').getAttribute('data-code'), code);
    const details = page.getByTestId('action-refused').getByTestId('error-code');
    assert.equal(await details.locator('code').isVisible(), false, 'a person reads the sentence');
    await details.locator('summary').click();
    assert.equal(await details.locator('code').innerText(), code);
    await page.getByRole('button', { name: '关闭' }).click();
  }
  await close();
});

test('points are redeemed, in Chinese on a desk', async () => {
  const [me] = await house.rich(1);
  const before = await pointsOf(me);
  const { page, complaints, close } = await house.open(`#/m/${me}/redeem`, { viewport: DESK, locale: 'zh-CN' });
  await page.getByTestId('redeem-other').click();
  await page.getByText('积分即时扣除，此处不会登记商品').waitFor();
  await page.getByTestId('points').fill('2');
  await page.getByTestId('item').fill('tea-set');
  await page.getByTestId('preview').click();
  await page.getByTestId('summary-item').waitFor();
  assert.equal(await summed(page, 'item'), 'tea-set');
  await confirm(page);
  assert.equal(await pointsOf(me), before - raw8('2'));
  assert.deepEqual(complaints, []);
  await close();
});

test('a trade from the offer to the confirmation, by both members', async () => {
  const [seller, buyer] = await house.rich(2);
  const before = await pointsOf(buyer);
  const sells = await house.open(`#/m/${seller}/market`);
  await sells.page.getByTestId('points').fill('3');
  await sells.page.getByTestId('preview').click();
  await confirm(sells.page);
  const offer = sells.page.getByTestId('my-offer').first();
  const id = await offer.getAttribute('data-offer');

  const buys = await house.open(`#/m/${buyer}/market`, { viewport: DESK });
  const line = buys.page.locator(`[data-testid="offer"][data-offer="${id}"]`);
  assert.equal(await line.getByTestId('take').innerText(), 'Buy');
  await line.getByTestId('take').click();
  await buys.page.getByTestId('take-points').fill('2');
  await line.getByTestId('preview').click();
  await confirm(buys.page);
  await buys.page.getByTestId('pay').click();
  await confirm(buys.page);
  await buys.page.locator('[data-testid="trade"][data-state="paid"]').waitFor();

  await sells.page.reload();
  await sells.page.getByTestId('confirm-trade').click();
  await confirm(sells.page);
  assert.equal(await pointsOf(buyer), before + raw8('2'));
  await sells.page.getByTestId('cancel-offer').first().click();
  const moved = await confirm(sells.page);
  assert.ok(moved.some((posting) => posting.from === 'escrow' && posting.amount === '1'));
  for (const { complaints, close } of [sells, buys]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('an offer to buy is taken, and the trade is cancelled', async () => {
  const [buyer, seller] = await house.rich(2);
  const buys = await house.open(`#/m/${buyer}/market`);
  await buys.page.getByTestId('buy').click();
  await buys.page.getByTestId('points').fill('1');
  await buys.page.getByTestId('preview').click();
  await confirm(buys.page);
  const id = await buys.page.getByTestId('my-offer').first().getAttribute('data-offer');
  const sells = await house.open(`#/m/${seller}/market`, { locale: 'zh-CN' });
  const line = sells.page.locator(`[data-testid="offer"][data-offer="${id}"]`);
  assert.equal(await line.getByTestId('take').innerText(), '卖出');
  await line.getByTestId('take').click();
  await line.getByTestId('preview').click();
  await confirm(sells.page);
  await sells.page.getByTestId('cancel-trade').click();
  await confirm(sells.page);
  await sells.page.getByTestId('trade').waitFor({ state: 'detached' });
  await buys.close();
  await sells.close();
});

test('a shop’s orders are listed newest first, page by page', async () => {
  const sold = [];
  for (let after = 0; after !== null;) {
    const page = await house.get(`/v1/events?limit=500&after=${after}`);
    const placed = page.events.map(({ event }) => event).filter(({ type, merchant }) => type === 'order.placed' && merchant === 'shop9');
    sold.push(...placed.map(({ order }) => order));
    after = page.next;
  }
  const { page, complaints, close } = await house.open('#/shop/shop9/orders');
  const shown = page.getByTestId('shop-order');
  for (const count of [20, 40]) {
    await shown.nth(count - 1).waitFor();
    await page.getByTestId('more-orders').click();
  }
  await shown.nth(59).waitFor();
  const ids = await shown.evaluateAll((lines) => lines.map(({ dataset }) => dataset.order));
  assert.deepEqual(ids, sold.reverse().slice(0, 60));
  assert.deepEqual(complaints, []);
  await close();
});

test('a shop enters an online order for a short number, finds it by its id and by its own number, and refunds it', async () => {
  const { accounts } = await house.get('/v1/state');
  const shops = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  const [shop] = shops.sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points)));
  const [buyer] = await house.rich(1);
  const number = await named(buyer, '周敏');
  const { page, complaints, close } = await asMember(shop, `#/shop/${shop}/manage`);
  await page.getByTestId('to-online').click();
  await page.getByTestId('buyer').fill(`${number.slice(0, 4)} ${number.slice(4)}`);
  await page.locator(`[data-testid="meant"][data-member="${buyer}"]`).filter({ hasText: '周敏' }).waitFor();
  await page.getByTestId('reference').fill('订单 17');
  await page.getByTestId('reference-error').filter({ hasText: /./ }).waitFor();
  await page.getByTestId('amount').fill('100');
  await page.getByTestId('concession').fill('2');
  assert.ok(await page.getByTestId('preview').isDisabled());
  await page.getByTestId('reference').fill('W17');
  await picture(page, 'online-order');
  await page.getByTestId('preview').click();
  await page.getByTestId('facts').locator('dd').filter({ hasText: 'W17' }).waitFor();
  await page.getByTestId('summary-due').waitFor();
  const saidDue = await summed(page, 'due');
  await confirm(page);
  const { postings: booked } = await house.get(`/v1/members/${shop}/statement?limit=1`);
  assert.equal(booked[0].rule, 'concession');
  const { id, day, due } = (await house.get(`/v1/orders?merchant=${shop}&limit=1`)).rows[0];
  const { online, offline } = (await house.get('/v1/rules')).order.vesting_days;
  assert.notEqual(online, offline);
  assert.equal(saidDue, due);
  assert.equal((Date.parse(due) - Date.parse(day)) / 86_400_000, online, 'an online order');
  await go(page, `#/shop/${shop}/orders`);
  await page.locator(`[data-testid=orders] [data-order="${id}"][data-state="pending"]`).waitFor();
  for (const typed of ['W17', id]) {
    await go(page, `#/shop/${shop}/orders`);
    await page.getByTestId('order-id').fill(typed);
    await page.getByTestId('find').click();
    await page.locator(`[data-testid="order-page"][data-order="${id}"][data-state="pending"]`).waitFor();
  }
  await page.getByTestId('refund-whole').click();
  await confirm(page);
  await page.locator('[data-testid="order-page"][data-state="refunded"]').waitFor();
  // An order cannot be refunded twice.
  assert.equal(await page.getByTestId('refund-whole').count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('a shop sees what it gets back before it refunds an order after vesting', async () => {
  const { rows } = await house.get('/v1/orders?merchant=shop9&limit=200');
  const { id, points, concession, left } = rows.find(({ state }) => typeof state === 'object');
  assert.equal(left, concession, 'nothing of it was refunded yet');
  const { page, complaints, close } = await asMember('shop9', `#/shop/shop9/orders/${id}`);
  await page.getByTestId('refund-whole').click();
  await page.getByTestId('summary-back').waitFor();
  const [back, lost] = await Promise.all(['back', 'lost'].map((row) => value8(page, row)));
  assert.ok(lost > 0n, 'what was burned does not come back');
  assert.equal(back + lost, raw8(points));
  assert.equal(await page.getByTestId('summary-unrecovered').count(), 0, 'it would say what the buyer has');
  const settled = await confirm(page);
  assert.ok(settled.length > 0 && settled.every(({ from, to }) => [from, to].includes('member shop9')));
  await page.locator('[data-testid="order-page"][data-state="refunded"]').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('the operator sees at the desk what a refund cannot take back, before and after it', async () => {
  const { rows } = await house.get('/v1/orders?merchant=shop9&limit=200');
  const { id, buyer } = rows.find(({ state }) => typeof state === 'object');
  const { page, complaints, close } = await house.open(`#/operator/members/${buyer}`, { viewport: DESK });
  const line = page.locator(`[data-testid="desk-order"][data-order="${id}"]`);
  await line.getByTestId('refund').click();
  await line.getByTestId('preview').click();
  await page.getByTestId('summary-unrecovered').waitFor();
  await confirm(page, async () => page.locator('[data-testid=settled] + [data-testid=summary]').getByTestId('summary-unrecovered').waitFor());
  assert.deepEqual(complaints, []);
  await close();
});

test('the old address of a shop leads to its till, and a member without one can open it there', async () => {
  const merchant = (await house.members()).find((line) => line.merchant).member;
  const shop = await asMember(merchant, `#/m/${merchant}/shop`, PHONE);
  await shop.page.getByTestId('till').waitFor();
  // On a phone the way there is on the home and in the menu.
  await go(shop.page, `#/m/${merchant}`);
  await shop.page.getByTestId('to-shop').click();
  await shop.page.getByTestId('till').waitFor();
  await go(shop.page, `#/m/${merchant}/statement`);
  await shop.page.getByTestId('menu').click();
  await shop.page.getByTestId('menu-shop').click();
  await shop.page.getByTestId('till').waitFor();
  // What has to be done, and the way to the shop, need no scrolling.
  const [buyer] = await house.rich(1);
  const { price } = await house.get('/v1/supply');
  await settle({ type: 'offer.placed', offer: 'of-the-shop', member: buyer, side: 'buy', points: '1', unit_price: price });
  await settle({ type: 'points.transferred', from: buyer, to: merchant, points: '2' });
  await settle({ type: 'offer.taken', offer: 'of-the-shop', trade: 'of-the-shop', member: merchant, points: '1' });
  await go(shop.page, `#/m/${merchant}`);
  await shop.page.getByTestId('past').waitFor();
  assert.equal(await value(shop.page, 'escrow'), '1');
  for (const id of ['trade-notice', 'to-shop']) {
    const { y, height } = await shop.page.getByTestId(id).boundingBox();
    assert.ok(y + height <= PHONE.height, `${id} ends at ${y + height}`);
  }
  const tops = [];
  for (const id of ['home', 'trade-notice', 'to-shop', 'share-value', 'check', 'price-history', 'ended', 'earned']) {
    tops.push((await shop.page.getByTestId(id).boundingBox()).y);
  }
  assert.deepEqual(tops, tops.toSorted((a, b) => a - b), 'what can be done stands above what was');
  await picture(shop.page, 'home-shop');
  await settle({ type: 'trade.cancelled', trade: 'of-the-shop' });
  assert.deepEqual(shop.complaints, []);
  await shop.close();
  const [member] = await house.rich(1);
  const none = await asMember(member, `#/shop/${member}`, PHONE);
  await none.page.getByTestId('no-shop').waitFor();
  await none.page.getByTestId('region').fill('110101');
  await none.page.getByTestId('preview').click();
  await none.page.locator('[data-testid=action-refused]').waitFor();
  await none.close();
});

test('the operator sets the price, closes the day, and adopts rules by accepting each red flag', async () => {
  const { page, complaints, close } = await house.open('#/operator', { viewport: DESK });
  const { price: before } = await house.get('/v1/supply');
  await page.getByTestId('new-price').fill('1.5');
  await page.getByTestId('preview').click();
  await page.getByTestId('summary-now').waitFor();
  assert.equal(await value8(page, 'now'), raw8(before));
  await confirm(page);
  assert.equal((await house.get('/v1/supply')).price, '1.5');
  const { day } = await house.get('/v1/supply');
  await page.getByTestId('close-day').click();
  await page.getByTestId('summary-price').waitFor();
  const prices = await page.getByTestId('summary-price').locator('[data-value]').evaluateAll((all) => all.map(({ dataset }) => dataset.value));
  const released = await value8(page, 'released');
  const closed = await confirm(page);
  assert.deepEqual(prices, ['1.5', (await house.get('/v1/supply')).price]);
  const { days } = await house.get(`/v1/days?limit=1&after=${dayBefore(day)}`);
  assert.equal(raw8(days[0].released), released);
  assert.ok(closed.some(({ rule }) => rule === 'release'), 'what the close releases was foreseen');
  assert.notEqual((await house.get('/v1/supply')).day, day);
  await page.goto(`${house.url}/#/operator/rules`);
  const field = async (group, name, value) => {
    const folded = page.locator(`[data-testid="rule-group"][data-key="${group}"]:not([open]) > summary`);
    if (await folded.count()) await folded.click();
    await page.getByTestId(name).fill(value);
  };
  await page.getByTestId('rule-group').first().waitFor();
  assert.ok(await page.getByTestId('preview').isDisabled(), 'nothing is changed yet');
  await field('signup', 'rule-signup-referrer', '30');
  await page.locator('[data-testid="difference"][data-key="signup.referrer"]').waitFor();
  assert.ok(await page.getByTestId('preview').isDisabled(), 'a red flag that the change touches waits to be accepted');
  const { flags } = await house.get('/v1/rules/flags?language=en');
  await page.getByTestId('same-flags').locator('summary').click();
  await page.getByTestId('flag-words').first().waitFor();
  for (const flag of await page.getByTestId('flag').all()) {
    const code = await flag.getAttribute('data-code');
    const { title, when } = flags.find((known) => known.code === code);
    assert.equal(await flag.getByTestId('flag-words').innerText(), `${title} · ${when}`);
  }
  assert.ok(await page.getByTestId('same-flags').getByTestId('flag').count() > 5, 'what the change does not touch is folded');
  for (const box of await page.getByTestId('accept').all()) await box.check();
  assert.ok(await page.getByTestId('preview').isEnabled());
  await field('signup', 'rule-signup-referrer', '20');
  await field('release', 'rule-release-daily', '900');
  await page.locator('[data-testid="difference"][data-key="release.daily"]').waitFor();
  assert.equal(await page.getByTestId('accept').count(), 0, 'the release touches no red flag');
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').waitFor();
  const facts = await page.getByTestId('facts').locator('dd').allInnerTexts();
  assert.ok(facts.includes('Daily release · Points released each day: 888 → 900'), facts.join('; '));
  assert.equal(await page.getByTestId('no-postings').count(), 0, 'what changes is said, not that nothing moves');
  await confirm(page);
  assert.equal((await house.get('/v1/rules')).release.daily, '900');
  assert.deepEqual(complaints, []);
  await close();
});

test('the close of a busy day shows the first lines of its receipt, and all of them on request', async () => {
  const orders = 60;
  await busyDay(orders);
  const { page, complaints, close } = await house.open('#/operator', { viewport: DESK });
  const due = await dueToday();
  await page.getByTestId('close-day').click();
  await page.getByTestId('confirm').waitFor();
  const vesting = await value8(page, 'vesting') / 10n ** 8n;
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  assert.equal(vesting, due);
  await page.getByTestId('all-that-moves').locator('summary').click();
  const more = page.getByTestId('more-postings');
  assert.equal((await postings(page)).length, 100);
  assert.match(await more.innerText(), / 100 \/ \d+$/);
  const all = Number((await more.innerText()).split('/').pop());
  assert.ok(all >= 2 * orders, 'each vests for its buyer and its shop');
  while (await more.count()) await more.click();
  assert.equal((await postings(page)).length, all);
  assert.deepEqual(complaints, []);
  await close();
});

test('an invitation leads to a registration under its sender', async () => {
  const [me] = await house.rich(1);
  // This browser has no list of apps to share with.
  const prepare = (page) => page.addInitScript(() => {
    if (location.hash.endsWith('invite')) navigator.share = async (shared) => { globalThis.shared = shared; throw new DOMException('', 'AbortError'); };
  });
  const { page, complaints, close } = await house.open(`#/m/${me}/invite`, { prepare });
  const link = await page.getByTestId('link').inputValue();
  assert.equal(link, `${house.url}/#/join/${me}`);
  await page.getByTestId('share').click();
  assert.deepEqual(await page.evaluate(() => globalThis.shared), { url: link });
  await picture(page, 'invite');
  await page.evaluate(() => { delete navigator.share; });
  await go(page, `#/m/${me}/move`);
  await page.getByTestId('to-invite').click();
  await page.getByTestId('link').waitFor();
  assert.equal(await page.getByTestId('share').count(), 0);
  await page.goto(link);
  assert.equal(await page.getByTestId('referrer').innerText(), me);
  const before = (await house.members()).map((line) => line.member);
  await page.getByTestId('register').click();
  await confirm(page);
  const joined = (await house.members()).find((line) => !before.includes(line.member));
  assert.equal((await house.get(`/v1/members/${joined.member}`)).account.referrer, me);
  assert.deepEqual(complaints, []);
  await close();
});

test('a member sees only its own account, and signs out again', async () => {
  const [me, other] = await house.rich(2);
  const { page, close } = await house.open('#/');
  await page.getByTestId('search').fill(me);
  await page.getByTestId('open').click();
  await page.locator(`[data-testid="home"][data-member="${me}"]`).waitFor();
  await page.goto(`${house.url}/#/m/${other}`);
  await page.locator('[data-fault="forbidden"]').waitFor();
  await page.goto(`${house.url}/#/`);
  assert.equal(await page.getByTestId('signed-in').innerText(), me);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('members').waitFor();
  await close();
});
