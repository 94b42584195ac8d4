// The mini-program's pages of goods for points, of a role holder's team and of a partner's city, on phones, against the real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buyers, handsets, looksRight } from './handset.mjs';
import { raw8 } from './stage.mjs';

const house = handsets({ compiles: true });
const { ask, everybody, phone, richestMerchant } = house;
const text = (page, id) => page.getByTestId(id).first().innerText();
const points = async (member) => raw8((await ask(`/v1/members/${member}`)).state.points);

/** The members with most points who have no shop. */
async function rich(count) {
  const { accounts } = await ask('/v1/state');
  const [first, second] = buyers(await everybody()).sort((a, b) => Number(accounts[b].points) - Number(accounts[a].points));
  return [first, second].slice(0, count);
}

const item = (page, name) => page.getByTestId('item').filter({ hasText: name });
const voucher = (page, state) => page.getByTestId('voucher').filter({ hasText: state });
const answer = (page, agrees) => page.locator('#modal').getByTestId(agrees ? 'modal-confirm' : 'modal-cancel').tap();

test('a piece goes from the catalogue over a voucher to another phone’s counter, once, and a cancelled one gives its points back', async () => {
  const [me] = await rich(1);
  const shop = await richestMerchant(await everybody());
  await ask(`/v1/members/${shop}/profile`, { name: '赵老板', shop_name: '老街面馆' }, 'PUT');
  await ask('/v1/goods/mug', { name: '马克杯', description: '蓝色', points: '0.5', money: '5', stock: 2, per_member: 2, shops: [shop], delivery: false }, 'PUT');
  const before = await points(me);
  const mine = await phone('written');
  const { page } = mine;
  await mine.enter(me);
  await mine.tab('account');
  await mine.tap('to-goods');
  await item(page, '马克杯').waitFor();
  assert.match(await item(page, '马克杯').innerText(), /马克杯[\s\S]*0\.5 积分[\s\S]*¥5[\s\S]*剩余 2[\s\S]*老街面馆/);
  await looksRight(page, 'goods');
  await item(page, '马克杯').getByTestId('redeem').tap();
  await answer(page, false);
  assert.equal(await points(me), before, 'who does not agree pays nothing');
  await item(page, '马克杯').getByTestId('redeem').tap();
  await answer(page, true);
  await page.getByTestId('voucher-page').waitFor();
  assert.equal(before - await points(me), raw8('0.5'));
  const first = await text(page, 'voucher-code');
  await looksRight(page, 'voucher');
  await mine.tap('back');
  await page.getByTestId('show-voucher').tap();
  await page.getByTestId('voucher-page').waitFor();
  const second = await text(page, 'voucher-code');
  assert.notEqual(second, first, 'each showing has a code of its own');
  const qr = await page.evaluate(() => globalThis.device.current().data.shown.qr);

  const till = await phone('written');
  await till.enter(shop);
  await till.tab('account');
  await till.tap('to-hand-out');
  await till.page.getByTestId('code').fill(first);
  await till.tap('check');
  await till.page.getByTestId('failure').waitFor();
  assert.equal(await till.page.getByTestId('piece').count(), 0, 'the code before is no longer valid');
  await till.page.evaluate((code) => globalThis.device.see(code), qr);
  await till.tap('scan');
  await till.page.getByTestId('piece').waitFor();
  assert.match(await text(till.page, 'piece'), /马克杯[\s\S]*0\.5/);
  assert.match(await text(till.page, 'take-money'), /¥5/);
  await looksRight(till.page, 'hand-out');
  // The answer is lost once. The same key finds out.
  let lost = 0;
  await till.page.route('**/voucher-codes/hand-out', async (route) => {
    lost += 1;
    if (lost > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await till.tap('hand-out');
  await till.page.getByText('网络不通').waitFor();
  await till.tap('hand-out');
  await till.page.getByTestId('handed-out').waitFor();
  await looksRight(till.page, 'handed-out');
  await till.tap('next');
  await till.page.getByTestId('code').fill(second);
  await till.tap('check');
  await till.page.getByTestId('failure').waitFor();

  await mine.tap('back');
  await voucher(page, '已领取').waitFor();
  await item(page, '马克杯').getByTestId('redeem').tap();
  await answer(page, true);
  await page.getByTestId('voucher-page').waitFor();
  await mine.tap('back');
  await voucher(page, '待领取').getByTestId('cancel-voucher').tap();
  await answer(page, true);
  await voucher(page, '已取消').waitFor();
  assert.equal(before - await points(me), raw8('0.5'), 'the second piece’s points are back');
  await looksRight(page, 'goods-vouchers');
  assert.deepEqual(mine.complaints, []);
  assert.deepEqual(till.complaints, []);
  await Promise.all([mine.close(), till.close()]);
});

test('what is sent asks for an address first, in English and as compiled, and a sold-out item cannot be had', async () => {
  const [, me] = await rich(2);
  await ask('/v1/goods/tea', { name: '茶叶', description: '', points: '0.5', money: '0', stock: 1, per_member: 0, shops: [], delivery: true }, 'PUT');
  const { page, open, enter, complaints, close } = await phone('compiled', { locale: 'en-US' });
  await enter(me);
  await open('/pages/goods/index');
  await item(page, '茶叶').getByTestId('redeem').tap();
  await page.getByText('Type the name, phone and address').waitFor();
  await item(page, '茶叶').getByTestId('address').fill('李四 13800000000 西宁市城东区');
  await item(page, '茶叶').getByTestId('redeem').tap();
  await answer(page, true);
  await voucher(page, 'to be sent').or(page.getByTestId('voucher-page')).first().waitFor();
  const { vouchers } = await ask(`/v1/vouchers?member=${me}`);
  assert.equal(vouchers[0].deliver_to, '李四 13800000000 西宁市城东区');
  await open('/pages/goods/index');
  await item(page, '茶叶').filter({ hasText: 'None left' }).waitFor();
  assert.equal(await item(page, '茶叶').getByTestId('redeem').count(), 0);
  await looksRight(page, 'goods-en');
  assert.deepEqual(complaints, []);
  await close();
});

const member = (id, referrer) => ({ type: 'member.registered', member: id, ...(referrer && { referrer }) });
const pack = (id, name = 'member') => ({ type: 'pack.purchased', member: id, pack: name });
const placed = (order, buyer, concession) => ({
  type: 'order.placed', order, buyer, merchant: 'mp-shop', channel: 'offline', amount: '1000', concession, region: '630202',
});

async function settle(events) {
  const { answers } = await ask('/v1/events', events);
  for (const [at, { receipt, refusal }] of answers.entries()) assert.ok(receipt, `${at}: ${JSON.stringify(refusal)}`);
}

/** Waits until the server's sums have taken in what was settled. */
async function gathered(path, done) {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await ask(path);
    if (done(found)) return found;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`${path} does not take it in`);
}

test('a holder sees its team and a partner its city: the figures are the server’s', async () => {
  const [giver] = await rich(1);
  await settle([
    member('mp-holder'), pack('mp-holder'), { type: 'role.assigned', member: 'mp-holder', role: 'shopkeeper' },
    member('mp-one', 'mp-holder'), pack('mp-one'), member('mp-two', 'mp-holder'), pack('mp-two'),
    member('mp-three', 'mp-two'), pack('mp-three'), member('mp-four', 'mp-three'),
    member('mp-partner'), pack('mp-partner', 'area'), { type: 'partner.appointed', member: 'mp-partner', region: '630200' },
    // At this price the deposit is half a point.
    member('mp-shop'), pack('mp-shop', 'merchant'), { type: 'price.set', price: '1000' },
    { type: 'points.transferred', from: giver, to: 'mp-shop', points: '2' },
    { type: 'merchant.opened', member: 'mp-shop', region: '630202' },
    placed('mp-1', 'mp-one', '10'), placed('mp-2', 'mp-three', '20.5'), placed('mp-3', 'mp-three', '30'),
  ]);
  for (let days = 0; days < 2; days += 1) await settle([{ type: 'day.closed', day: (await ask('/v1/supply')).day }]);
  const team = await gathered('/v1/members/mp-holder/team', ({ months }) => months.length > 0 && raw8(months.at(-1).points) > 0n);
  const holder = await phone('written');
  await holder.enter('mp-holder');
  await holder.tab('account');
  assert.equal(await holder.page.getByTestId('to-city').count(), 0, 'a member who is no partner is not led to a city');
  await holder.tap('to-team');
  await holder.page.getByTestId('team-size').waitFor();
  assert.match(await text(holder.page, 'own-role'), /店主[\s\S]*10%[\s\S]*2%/);
  assert.match(await text(holder.page, 'next-role'), /店商/);
  assert.equal(await text(holder.page, 'team-size'), '4');
  const levels = await holder.page.getByTestId('team-level').allInnerTexts();
  assert.deepEqual(levels.map((said) => said.split('\n').slice(0, 2)), [['1 级', '2'], ['2 级', '1'], ['3 级', '1']]);
  const month = await text(holder.page, 'team-month');
  assert.ok(month.includes('¥60.50') && month.includes(team.months.at(-1).points), month);
  const direct = await holder.page.getByTestId('direct-member').allInnerTexts();
  assert.deepEqual(direct.map((said) => said.split('\n')[0]), ['mp-one', 'mp-two']);
  await looksRight(holder.page, 'team');

  const partner = await phone('written');
  await partner.enter('mp-partner');
  await partner.tab('account');
  await partner.tap('to-city');
  await partner.page.getByTestId('city-code').waitFor();
  assert.equal(await text(partner.page, 'city-code'), '630200');
  assert.match(await text(partner.page, 'city-state'), /到期前复购/);
  const city = await gathered('/v1/members/mp-partner/city', ({ days }) => days.length > 0);
  await partner.open('/pages/city/index');
  await partner.page.getByTestId('city-day').first().waitFor();
  const days = await partner.page.getByTestId('city-day').allInnerTexts();
  assert.deepEqual(days.map((said) => said.slice(0, 10)), city.days.slice(-14).map(({ day }) => day));
  assert.match(await text(partner.page, 'city-shop'), /¥60\.50/);
  await looksRight(partner.page, 'city');
  await partner.open('/pages/team/index');
  await partner.page.getByText('暂无团队成员').waitFor();
  await holder.open('/pages/city/index');
  await holder.page.getByTestId('no-city').waitFor();
  for (const { complaints, close } of [holder, partner]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});
