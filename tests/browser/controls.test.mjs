// Every control of every screen is used by a test that sees its effect. `controls.txt` lists them: screen, role, what finds the control,
// and the test that uses it. This test opens each screen, compares what is there with the list, and uses what no other test does.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { controls } from './controls.mjs';
import { command, hashOf, operatorLink, phone } from './desk.mjs';
import { go, stage } from './stage.mjs';

const demo = stage({ isWhole: true, environment: { GONGXIANG_DEMO_PEOPLE: 'xtask/demo/people.json' } });
const house = stage({
  isClosed: true,
  environment: {
    GONGXIANG_SECOND_PERSON: 'price', GONGXIANG_SHOP_APPROVAL: 'true',
    // Notices by e-mail and text message. Nobody is there to take them.
    GONGXIANG_ALLOW_PRIVATE_WEBHOOKS: 'true', GONGXIANG_NOTICE_GATEWAY: 'http://127.0.0.1:9/gateway',
    GONGXIANG_NOTICE_GATEWAY_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
  },
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
});
const DESK = { width: 1280, height: 800 };
const LIST = new URL('controls.txt', import.meta.url);

/** What the desk does for a member without a form. */
const AT_ONCE = ['do-role.withdrawn', 'do-partner.withdrawn', 'do-merchant.closed', 'do-member.frozen', 'do-member.unfrozen'];

/** What was seen: `screen | role | key`, with the names that the control had. */
const seen = new Map();

/** Notes the controls of the page as those of a screen. */
async function see(page, screen) {
  for (const { frame, role, key, name } of await controls(page)) {
    // The form of the rules has a field for each value. One test moves all of them.
    const named = /^rule-[a-z]+($|-)/.test(key) && key !== 'rule-group' ? 'rule-field' : key;
    const line = [frame || screen, role, named].join(' | ');
    if (!seen.has(line)) seen.set(line, new Set());
    seen.get(line).add(name.trim());
  }
}

/** Goes to a screen, waits for what it shows, and notes its controls. */
async function visit(page, screen, hash, ready) {
  await go(page, hash);
  await page.getByTestId(ready).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('[data-testid="loading"]'));
  await see(page, screen);
}

/** Presses a button, and notes what is there once `ready` is. */
async function open(page, screen, button, ready) {
  await page.getByTestId(button).first().click();
  await page.getByTestId(ready).first().waitFor();
  await see(page, screen);
}

const closeSheet = async (page) => {
  await page.getByTestId('sheet').getByRole('button', { name: 'Close' }).click();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
};

/** Settles events of the demo. */
async function settle(...events) {
  for (const event of events) {
    const answer = await demo.post('/v1/events', event);
    assert.ok(answer.receipt, JSON.stringify(answer));
  }
}

/** Signs in to the demo as a member. */
async function signIn(page, member) {
  await go(page, '#/');
  await page.getByTestId('search').fill(member);
  await page.getByTestId('open').click();
  await page.locator(`[data-testid="home"][data-member="${member}"]`).waitFor();
}

/** A member of the demo with a shop, a role, an offer, trades in each state, and a code that others may join by. */
async function memberWithAll() {
  const me = 'shop9';
  const [friend] = await demo.rich(1);
  const { price } = await demo.get('/v1/supply');
  const offer = (offer, member) => ({ type: 'offer.placed', offer, member, side: 'sell', points: '4', unit_price: price });
  const take = (offer, trade, member) => ({ type: 'offer.taken', offer, trade, member, points: '1' });
  await settle(
    { type: 'order.placed', order: 'all-order', buyer: friend, merchant: me, channel: 'offline', amount: '10', concession: '0.5', region: (await demo.get(`/v1/members/${me}`)).account.shop },
    { type: 'points.transferred', from: friend, to: me, points: '4' }, { type: 'role.assigned', member: me, role: 'dealer' },
    offer('all-mine', me), offer('all-theirs', friend), take('all-mine', 'all-asked', friend), take('all-theirs', 'all-taken', me),
    take('all-mine', 'all-sold', friend), { type: 'trade.paid', trade: 'all-sold' },
    take('all-theirs', 'all-bought', me), { type: 'trade.paid', trade: 'all-bought' },
    take('all-theirs', 'all-done', me), { type: 'trade.cancelled', trade: 'all-done' },
  );
  return { me, friend };
}

test('a member of a demo who has everything', async () => {
  const { me, friend } = await memberWithAll();
  // As the browser of a phone.
  const prepare = (page) => page.addInitScript(() => { navigator.share = async () => {}; });
  const { page, close } = await demo.open('#/', { viewport: DESK, prepare });
  await page.getByTestId('guest').first().waitFor();
  await visit(page, 'entry', '#/', 'members');
  await visit(page, 'code', '#/enrol/gxe_0f', 'enrol');
  await visit(page, 'join', `#/join/${me}`, 'register');
  await visit(page, 'rules', '#/rules', 'rulebook');
  await visit(page, 'shops', '#/shops', 'shops');
  await visit(page, 'nowhere', '#/nowhere', 'fault');

  await signIn(page, me);
  await visit(page, 'home', `#/m/${me}`, 'past');
  await open(page, 'home', 'menu', 'menu-sign-out');
  await visit(page, 'entry, signed in', '#/', 'signed-in');
  const { rows } = await demo.get(`/v1/orders?merchant=${me}&limit=1`);
  const order = rows[0].id;
  for (const [screen, hash, ready] of [
    ['statement', 'statement', 'statement'], ['calculator', 'order', 'order-points'], ['forecast', 'forecast', 'horizon'],
    ['move', 'move', 'to-market'], ['transfer', 'transfer', 'available'], ['redeem', 'redeem', 'available'],
    ['invite', 'invite', 'link'], ['profile', 'profile', 'save'], ['member’s code', 'code', 'my-code'],
    ['notices', 'notices', 'push-here'],
  ]) await visit(page, screen, `#/m/${me}/${hash}`, ready);
  await go(page, `#/m/${me}/redeem`);
  await open(page, 'redeem', 'redeem-other', 'preview');
  await settle(...Array.from({ length: 51 }, (_, at) => ({ type: 'member.registered', member: `all-friend-${at}`, referrer: me })));
  await visit(page, 'team', `#/m/${me}/team`, 'more-members');
  await visit(page, 'account', '#/account', 'make-code');
  const seller = await demo.open('#/');
  await signIn(seller.page, friend);
  assert.ok(await seller.page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/v1/trades/all-taken/payee', { method: 'PUT', headers, body })).ok;
  }, JSON.stringify({ payee: 'Bank 1' })));
  await seller.close();
  await visit(page, 'market', `#/m/${me}/market`, 'copy-payee');
  await open(page, 'market', 'take', 'take-points');
  await page.getByTestId('dispute').first().click();
  await see(page, 'market');
  await visit(page, 'till', `#/shop/${me}`, 'charge');
  await visit(page, 'manage', `#/shop/${me}/manage`, 'to-poster');
  await visit(page, 'poster', `#/shop/${me}/poster`, 'poster');
  await visit(page, 'online order', `#/shop/${me}/online`, 'buyer');
  await visit(page, 'day’s orders', `#/shop/${me}/orders`, 'day-total');
  await visit(page, 'counter’s order', `#/shop/${me}/orders/${order}`, 'order-page');
  await visit(page, 'till', `#/shop/${me}`, 'till-customer');
  await page.getByTestId('till-customer').fill(friend);
  await page.getByTestId('take').click();
  await page.getByTestId('till-amount').fill('10');
  await open(page, 'till', 'change-concession', 'till-concession');
  await page.getByTestId('till-concession').fill('0.5');
  await open(page, 'till', 'show-order', 'order-code');
  await open(page, 'sheet', 'charge', 'confirm');
  // Before the answer is there, the sheet has less on it.
  await open(page, 'sheet, at the till', 'confirm', 'settled');
  await page.getByTestId('next-customer').click();
  await  visit(page, 'somebody else’s', `#/m/${friend}`, 'fault');
  await close();
});

test('a buyer’s screens, a member without a shop, and what waits', async () => {
  const [me, friend] = ['shop9', (await demo.get('/v1/orders/all-order')).buyer];
  const { page, close } = await demo.open('#/');
  await signIn(page, friend);
  await visit(page, 'my orders', `#/m/${friend}/orders`, 'order');
  await page.getByTestId('order').first().getByRole('link').click();
  await page.getByTestId('order-page').waitFor();
  await see(page, 'my order');
  await visit(page, 'no shop', `#/shop/${friend}`, 'no-shop');
  await visit(page, 'pay', `#/pay/${me}`, 'show-code');
  await visit(page, 'pay, an order', `#/pay/${me}/10/1`, 'agree');
  await visit(page, 'transfer', `#/m/${friend}/transfer`, 'available');
  let answer = { status: 503, body: '' };
  await page.route('**/v1/transfers', (route) => route.fulfill(answer));
  await page.getByTestId('to').fill(me);
  await page.getByTestId('points').fill('0.5');
  await open(page, 'sheet', 'preview', 'confirm');
  await page.getByTestId('confirm').click();
  await page.getByTestId('waiting-action').waitFor();
  await closeSheet(page);
  await see(page, 'transfer');
  await visit(page, 'entry, signed in', '#/', 'sign-out');
  await open(page, 'entry, signed in', 'sign-out', 'sign-out-anyway');
  answer = { status: 422, body: JSON.stringify({ code: 'points_short', field: 'points' }), contentType: 'application/json' };
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByTestId('refused').waitFor();
  await see(page, 'entry, signed in');
  await settle({ type: 'member.registered', member: 'fresh' });
  const fresh = await demo.open('#/');
  await signIn(fresh.page, 'fresh');
  await visit(fresh.page, 'home', '#/m/fresh', 'packs');
  await fresh.close();
  await page.route('**/v1/members/*', (route) => route.abort());
  await page.evaluate(() => indexedDB.deleteDatabase('gongxiang'));
  await go(page, `#/m/${friend}`);
  await page.getByTestId('fault').or(page.getByTestId('home')).first().waitFor();
  await see(page, 'fault');
  await close();
});

/** Places so many orders in a shop that their day's close has more lines than the sheet shows at first. */
async function busyDay() {
  const { buyer, merchant } = await demo.get('/v1/orders/all-order');
  const region = (await demo.get(`/v1/members/${merchant}`)).account.shop;
  for (let at = 0; at < 60; at += 1) {
    await settle({ type: 'order.placed', order: `all-${at}`, buyer, merchant, channel: 'offline', amount: '1', concession: '0.1', region });
  }
  const { due } = await demo.get('/v1/orders/all-59');
  for (let { day } = await demo.get('/v1/supply'); day < due; ({ day } = await demo.get('/v1/supply'))) await settle({ type: 'day.closed', day });
}

test('the desk of a demo', async () => {
  await busyDay();
  const { page, close } = await demo.open('#/operator');
  await visit(page, 'overview', '#/operator', 'close-day');
  await visit(page, 'economy', '#/operator/economy', 'scenario');
  await visit(page, 'rules to be', '#/operator/rules', 'rule-group');
  for (const group of await page.locator('details.rule-group > summary').all()) await group.click();
  await page.getByTestId('rule-signup-referrer').fill('30');
  await page.getByTestId('accept').first().waitFor();
  await see(page, 'rules to be');
  const [{ day }, { red }] = await Promise.all([demo.get('/v1/supply'), demo.get('/v1/rules/review')]);
  const from = new Date(Date.parse(day) + 200 * 86_400_000).toISOString().slice(0, 10);
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'all-announced' };
  const body = JSON.stringify({ rules: { market: { price_band: '0.2' } }, accept_flags: red, from });
  assert.equal((await fetch(`${demo.url}/v1/rules`, { method: 'POST', headers, body })).status, 202);
  await page.reload();
  await page.getByTestId('withdraw-rules').waitFor();
  await see(page, 'rules to be');
  await visit(page, 'members', '#/operator/members', 'members');
  await page.getByTestId('register-member').click();
  await see(page, 'members');
  await visit(page, 'member', '#/operator/members/shop9', 'sold');
  await page.getByTestId('refund').first().click();
  await see(page, 'member');
  await visit(page, 'overview', '#/operator', 'close-day');
  await open(page, 'sheet', 'close-day', 'confirm');
  await page.getByTestId('confirm').click();
  await page.getByTestId('all-that-moves').locator('summary').click();
  await page.getByTestId('more-postings').waitFor();
  await see(page, 'sheet');
  await close();
});

test('goods for points, of a member, at the counter and at the desk', async () => {
  const { buyer } = await demo.get('/v1/orders/all-order');
  for (const [id, terms] of [['all-mug', { shops: ['shop9'] }], ['all-book', { delivery: true }]]) {
    const body = JSON.stringify({ name: id, points: '0.001', stock: 200, ...terms });
    const answer = await fetch(`${demo.url}/v1/goods/${id}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
    assert.ok(answer.ok, `${id} ${answer.status}`);
  }
  const { page, close } = await demo.open('#/');
  await signIn(page, buyer);
  const redeem = (id, terms) => page.evaluate(async ([path, body]) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    return (await fetch(path, { method: 'POST', headers, body })).json();
  }, [`/v1/goods/${id}/redemptions`, JSON.stringify({ points: '0.001', ...terms })]);
  const { code } = await redeem('all-mug', {});
  assert.ok(code.code);
  // More than the pages of the member and of the desk have.
  for (let at = 0; at < 101; at += 1) await redeem('all-book', { deliver_to: 'Ann, 1 High Road' });
  await visit(page, 'redeem', `#/m/${buyer}/redeem`, 'more-vouchers');
  await page.getByTestId('more-vouchers').click();
  await page.getByTestId('voucher').nth(99).waitFor();
  await page.getByTestId('more-vouchers').click();
  // The last one is to be fetched.
  await page.getByTestId('show-voucher').waitFor();
  await see(page, 'redeem');
  await close();
  const counter = await demo.open('#/shop/shop9/goods');
  await visit(counter.page, 'hand out', '#/shop/shop9/goods', 'check-voucher');
  await counter.page.getByTestId('voucher').fill(code.code);
  await open(counter.page, 'hand out', 'check-voucher', 'piece');
  await open(counter.page, 'hand out', 'hand-out', 'handed-out');
  await counter.close();
  const desk = await demo.open('#/operator/goods');
  await visit(desk.page, 'desk’s goods', '#/operator/goods', 'more-to-send');
  await desk.close();
});

let chief;

test('the operator of a closed server, who has members in each state', async () => {
  chief = await phone(house, '#/operator', { viewport: DESK });
  const { page } = chief;
  await visit(page, 'desk, signed out', '#/operator', 'passkey');
  await visit(page, 'staff’s link', hashOf(await operatorLink(house, '王芳')), 'enrol');
  await page.getByTestId('enrol').click();
  await page.getByTestId('staff').waitFor();
  for (const [path, body] of [
    ['/v1/members', { member: 'ann' }], ['/v1/members/ann/packs', { pack: 'merchant' }], ['/v1/treasury/grants', { member: 'ann', points: '1000' }],
    ['/v1/members/ann/packs', { pack: 'member', purchase: 'may-come-back', return_days: 7 }], ['/v1/redemptions', { member: 'ann', points: '1' }],
    ['/v1/merchants', { member: 'ann', region: '440106' }], ['/v1/members', { member: 'bob' }], ['/v1/members/bob/packs', { pack: 'member' }],
    ['/v1/treasury/grants', { member: 'bob', points: '100' }], ['/v1/members', { member: 'cat' }],
    ['/v1/members/cat/packs', { pack: 'area' }], ['/v1/partners', { member: 'cat', region: '440100' }],
    ['/v1/members/cat/role', { role: 'dealer' }], ['/v1/members/cat/freeze', {}],
    ['/v1/events', { type: 'offer.placed', offer: 'o', member: 'bob', side: 'sell', points: '9', unit_price: '1' }],
    ['/v1/events', { type: 'offer.taken', offer: 'o', trade: 't', member: 'ann', points: '2' }],
    ['/v1/events', { type: 'trade.paid', trade: 't' }],
    ...Array.from({ length: 50 }, (_, at) => ['/v1/members', { member: `m${at}` }]),
  ]) {
    const answer = await command(page, path, body);
    assert.equal(answer.status, 200, `${path} ${JSON.stringify(answer)}`);
  }
  await visit(page, 'entry, staff', '#/', 'go-on');
  const headers = { authorization: `Bearer ${house.operator}`, 'idempotency-key': 'a', 'content-type': 'application/json' };
  const proposed = await fetch(`${house.url}/v1/prices`, { method: 'POST', headers, body: JSON.stringify({ price: '1.5' }) });
  assert.equal(proposed.status, 202);
  await visit(page, 'overview', '#/operator', 'approve');
  await open(page, 'overview', 'decline', 'decline-now');
  await page.route('**/v1/prices', (route) => route.fulfill({ status: 503, body: '' }));
  await page.getByTestId('new-price').fill('1.6');
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('waiting').waitFor();
  await closeSheet(page);
  await open(page, 'overview', 'sign-out', 'sign-out-waits');
  await page.unroute('**/v1/prices');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByTestId('waiting').waitFor({ state: 'detached' });
  await visit(page, 'activity', '#/operator/actions', 'more');
});

test('a member at the desk', async () => {
  const { page } = chief;
  await visit(page, 'member', '#/operator/members/ann', 'desk-account');
  const forms = await page.getByTestId('member-actions').locator('.buttons button').evaluateAll((all) => all.map((each) => each.dataset.testid));
  for (const form of forms) {
    await page.getByTestId(form).click();
    if (AT_ONCE.includes(form)) {
      await page.getByTestId('confirm').waitFor();
      await see(page, 'sheet');
      await closeSheet(page);
    } else {
      await page.getByTestId('member-form').waitFor();
      await see(page, 'member');
    }
  }
  await visit(page, 'member', '#/operator/members/cat', 'do-member.unfrozen');
  await open(page, 'member', 'new-code', 'member-code');
  await open(page, 'member', 'end-access', 'end-access-now');
});

test('the staff, and an owner at the counter', async () => {
  const { page } = chief;
  await visit(page, 'staff', '#/operator/staff', 'staff-role');
  await page.getByTestId('staff-role').selectOption('owner');
  await page.getByTestId('staff-name').fill('Mei');
  await page.getByTestId('staff-shop').fill('ann');
  await open(page, 'staff', 'staff-add', 'staff-link');
  const link = await page.getByTestId('staff-link').inputValue();
  await page.locator('[data-testid="staff-row"][data-name="Mei"]').getByTestId('end').click();
  await page.getByTestId('end-now').waitFor();
  await see(page, 'staff');
  const owner = await phone(house, hashOf(link));
  await owner.page.getByTestId('enrol').click();
  await owner.page.getByTestId('till').waitFor();
  await visit(owner.page, 'till', '#/shop/ann', 'charge');
  await open(owner.page, 'till', 'scan', 'camera');
  await visit(owner.page, 'manage', '#/shop/ann/manage', 'to-staff');
  await owner.close();
});

test('a member of a closed server, and a dispute', async () => {
  const { page } = chief;
  const { enrolment } = await command(page, '/v1/members/bob/enrolments', {});
  const bob = await phone(house, `#/enrol/${enrolment}`);
  await bob.page.getByTestId('enrol-passkey').waitFor();
  await see(bob.page, 'code');
  await bob.page.getByTestId('enrol-passkey').click();
  await bob.page.getByTestId('home').waitFor();
  const disputed = await bob.page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    return (await fetch('/v1/trades/t/dispute', { method: 'POST', headers, body })).ok;
  }, JSON.stringify({ statement: 'No money came.' }));
  assert.ok(disputed);
  await visit(page, 'disputes', '#/operator/disputes', 'dispute');
  const again = await command(page, '/v1/members/bob/enrolments', {});
  const other = await phone(house, `#/enrol/${again.enrolment}`);
  await other.page.getByTestId('enrol').click();
  await other.page.getByTestId('home').waitFor();
  await bob.page.route('**/v1/access', async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, wechat: [{ id: 'w-1', made: 1_770_000_000 }] } });
  });
  await visit(bob.page, 'account', '#/account', 'end-others');
  await open(bob.page, 'account', 'make-code', 'end-code');
  // Who has erased the profile has no short number, and is led to where one is given.
  assert.equal(await bob.page.evaluate(async () => (await fetch('/v1/members/bob/profile', { method: 'DELETE' })).status), 204);
  await visit(bob.page, 'member’s code', '#/m/bob/code', 'my-code');
  await visit(bob.page, 'notices', '#/m/bob/notices', 'email-on');
  await bob.page.getByTestId('email').fill('bob@shop.example');
  await open(bob.page, 'notices', 'email-on', 'end');
  const takes = Array.from({ length: 21 }, (_, at) => ({ type: 'offer.taken', offer: 'many', trade: `many-${at}`, member: 'ann', points: '1' }));
  for (const event of [{ type: 'offer.placed', offer: 'many', member: 'bob', side: 'sell', points: '30', unit_price: '1' }, ...takes]) {
    const settled = await command(page, '/v1/events', event);
    assert.equal(settled.status, 200, JSON.stringify(settled));
  }
  for (let tried = 0; !(await bob.page.getByTestId('more-notices').isVisible()); tried += 1) {
    assert.ok(tried < 40, 'more than a page of notices');
    await bob.page.waitForTimeout(250);
    await bob.page.reload();
    await bob.page.getByTestId('subscription').waitFor();
  }
  await see(bob.page, 'notices');
  const { enrolment: partner } = await command(page, '/v1/members/cat/enrolments', {});
  const cat = await phone(house, `#/enrol/${partner}`);
  await cat.page.getByTestId('enrol').click();
  await cat.page.getByTestId('home').waitFor();
  await visit(cat.page, 'move', '#/m/cat/move', 'to-city');
  await visit(cat.page, 'city', '#/m/cat/city', 'city-until');
  await cat.close();
  await visit(bob.page, 'applying', '#/shop/bob', 'application-form');
  const application = {
    region: '440106', shop_name: 'Corner', address: '1 High Road', category: 'food', contact: 'Bob', phone: '13800138000',
    licence: '91350100M000100Y43',
  };
  assert.equal((await command(bob.page, '/v1/applications', application)).state, 'waiting');
  await bob.page.reload();
  await open(bob.page, 'applying', 'change-application', 'apply');
  await visit(page, 'applications', '#/operator/applications', 'approve-application');
  await open(page, 'applications', 'decline-application', 'decline-now');
  for (const each of [bob, other, chief]) await each.close();
});

const read = (file) => readFile(new URL(file, import.meta.url), 'utf8').catch(() => '');

/** A test's text, with what it shares with other tests of the desk. */
async function textOf(file) {
  const text = await read(file);
  return text.includes("'./desk.mjs'") ? text + await read('desk.mjs') : text;
}

/** Whether a test's text names a control: by its key, also as the name of a field or put together of two parts, or by its words. */
function names(text, key) {
  if (/^[A-Z]/.test(key)) return text.includes(key);
  // The forms of the desk are chosen by the kind of their event.
  if (key.startsWith('do-')) return text.includes(`'${key.slice(3)}'`);
  const [start, ...rest] = key.split('-');
  return [`'${key}'`, `"${key}"`, ` ${key}: '`].some((named) => text.includes(named))
    || (text.includes(`\`${start}-\${`) && text.includes(`'${rest.join('-')}'`));
}

test('the list has every control that was seen and no other, each with a test that names it', async () => {
  const lines = (await readFile(LIST, 'utf8')).trim().split('\n').filter((line) => !line.startsWith('#'));
  const listed = new Map(lines.map((line) => {
    const [screen, role, key, file] = line.split(' | ');
    return [[screen, role, key].join(' | '), file];
  }));
  if (process.env.CONTROLS) await writeFile(process.env.CONTROLS, [...seen.keys()].sort().join('\n'));
  const wrong = [];
  for (const line of seen.keys()) if (!listed.has(line)) wrong.push(`not listed: ${line}`);
  for (const [line, file] of listed) {
    if (!seen.has(line)) wrong.push(`not seen: ${line}`);
    const text = file ? await textOf(`${file}.test.mjs`) : '';
    if (!names(text, line.split(' | ')[2])) wrong.push(`not named in ${file}: ${line}`);
  }
  for (const [line, all] of seen) if (all.has('')) wrong.push(`without a name: ${line}`);
  assert.deepEqual(wrong, []);
});
