// Every action from preview to settlement: the server settles what was previewed, on a phone and on a desktop, in both languages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { go, raw8, stage } from './stage.mjs';

const house = stage();
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

/** Settles an event. */
async function settle(event) {
  const answer = await house.post('/v1/events', event);
  assert.ok(answer.receipt, JSON.stringify(answer));
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
    await page.getByRole('button', { name: '关闭' }).click();
  }
  await close();
});

test('points are redeemed, in Chinese on a desk', async () => {
  const [me] = await house.rich(1);
  const before = await pointsOf(me);
  const { page, complaints, close } = await house.open(`#/m/${me}/redeem`, { viewport: DESK, locale: 'zh-CN' });
  await page.getByTestId('points').fill('2');
  await page.getByTestId('item').fill('tea-set');
  await page.getByTestId('preview').click();
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

test('a shop enters an online order, finds it by its id, and refunds it', async () => {
  const { accounts } = await house.get('/v1/state');
  const shops = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  const [shop] = shops.sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points)));
  const [buyer] = await house.rich(1);
  const { page, complaints, close } = await asMember(shop, `#/shop/${shop}/manage`);
  await page.getByTestId('to-online').click();
  await page.getByTestId('buyer').fill(buyer);
  await page.getByTestId('amount').fill('100');
  await page.getByTestId('concession').fill('2');
  await page.getByTestId('preview').click();
  await confirm(page);
  const { postings: booked } = await house.get(`/v1/members/${shop}/statement?limit=1`);
  assert.equal(booked[0].rule, 'concession');
  const { id, day, due } = (await house.get(`/v1/orders?merchant=${shop}&limit=1`)).rows[0];
  const { online, offline } = (await house.get('/v1/rules')).order.vesting_days;
  assert.notEqual(online, offline);
  assert.equal((Date.parse(due) - Date.parse(day)) / 86_400_000, online, 'an online order');
  await go(page, `#/shop/${shop}/orders`);
  await page.locator(`[data-testid=orders] [data-order="${id}"][data-state="pending"]`).waitFor();
  await page.getByTestId('order-id').fill(id);
  await page.getByTestId('find').click();
  await page.locator(`[data-testid="order-page"][data-order="${id}"][data-state="pending"]`).waitFor();
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
  const { id } = rows.find(({ state }) => typeof state === 'object');
  const { page, complaints, close } = await asMember('shop9', `#/shop/shop9/orders/${id}`);
  await page.getByTestId('refund-whole').click();
  await page.getByTestId('summary-back').waitFor();
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
  await confirm(page, async () => page.getByTestId('settled-unrecovered').waitFor());
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
  await page.getByTestId('new-price').fill('1.5');
  await page.getByTestId('preview').click();
  await confirm(page);
  assert.equal((await house.get('/v1/supply')).price, '1.5');
  const { day } = await house.get('/v1/supply');
  await page.getByTestId('close-day').click();
  const closed = await confirm(page);
  assert.ok(closed.some(({ rule }) => rule === 'release'), 'what the close releases was foreseen');
  assert.notEqual((await house.get('/v1/supply')).day, day);
  await page.goto(`${house.url}/#/operator/rules`);
  await page.getByTestId('changes').fill('{"release": {"daily": "900", "min_total": "1"}}');
  await page.locator('[data-key="release.daily"]').waitFor();
  assert.ok(await page.getByTestId('preview').isDisabled(), 'red flags wait to be accepted');
  for (const box of await page.getByTestId('accept').all()) await box.check();
  await page.getByTestId('preview').click();
  await confirm(page);
  assert.equal((await house.get('/v1/rules')).release.daily, '900');
  assert.deepEqual(complaints, []);
  await close();
});

test('the close of a busy day shows the first lines of its receipt, and all of them on request', async () => {
  const orders = 60;
  await busyDay(orders);
  const { page, complaints, close } = await house.open('#/operator', { viewport: DESK });
  await page.getByTestId('close-day').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
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
  const { page, complaints, close } = await house.open(`#/m/${me}/invite`);
  const link = await page.getByTestId('link').inputValue();
  assert.equal(link, `${house.url}/#/join/${me}`);
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
