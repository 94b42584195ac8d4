// The first days of a new scheme on a closed server, as its people live them, each on a phone of their own: the operator sets up a shop and members,
// a customer buys and earns, goods come back, strangers trade, and the operator reads the figures. Nothing is done beside the screens but the first
// command of the operator. On SQLite in Chinese, on PostgreSQL in English. `SCREENSHOTS=directory` keeps a picture of each step.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { camera } from './camera.mjs';
import { choose, confirm, get, hashOf, operatorAtDesk, phone, press, preview, settle } from './desk.mjs';
import { NO_POSTGRES, raw8, stage, sticksOut, value, worth } from './stage.mjs';

const SHOP = { id: 'shop1', region: '440106', name: '转角面包店', merchant: '周明', address: '天河路 1 号' };
/** What the customer pays, what the shop gives up of it (10 %), and the goods that come back. */
const ORDER = { amount: '128.5', concession: '12.85', goods: '28.55' };

const tap = (page, id) => page.getByTestId(id).click();
const way = (page, icon) => page.locator(`.ways .way.${icon}`).first().click();
/** How the wallet shows the long id of a member without a name. */
const short = (id) => `${id.slice(0, 4)}…${id.slice(-4)}`;
const hidden = (page, id) => page.getByTestId(id).waitFor({ state: 'detached' });

/** A walk on one engine: its server, its camera, and its people. */
class Walk {
  #pictures = 0;

  constructor(engine, locale) {
    this.camera = camera();
    this.locale = locale;
    const environment = { GONGXIANG_OPEN_REGISTRATION: 'true' };
    this.house = stage({ isClosed: true, engine, environment, args: this.camera.args });
  }

  /** Somebody's phone, with a camera and a clipboard. */
  phone(hash) {
    return phone(this.house, hash, { locale: this.locale, permissions: ['camera', 'clipboard-read', 'clipboard-write'] });
  }

  /** A picture of the step, if pictures are wanted; and nothing sticks out of the screen. */
  async look({ page }, name) {
    await page.waitForFunction(() => !document.querySelector('[data-testid="loading"]'));
    assert.deepEqual(await sticksOut(page), [], name);
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    this.#pictures += 1;
    const file = `walk-${this.locale}-${String(this.#pictures).padStart(2, '0')}-${name}.png`;
    await page.screenshot({ path: join(folder, file), fullPage: true, animations: 'disabled' });
  }
}

/** Registers a member at the desk, and returns the link on the card with its code. */
async function register(walk, id, referrer) {
  const { page } = walk.operator;
  await way(page, 'people');
  await page.getByTestId('find-member').waitFor();
  if (!await page.getByTestId('new-id').isVisible()) await tap(page, 'register-member');
  await page.getByTestId('new-id').fill(id);
  if (referrer) await page.getByTestId('referrer').fill(referrer);
  await tap(page, 'preview');
  await confirm(page);
  const card = page.locator(`[data-testid="member-code"][data-member="${id}"]`);
  await card.waitFor();
  await printed(page);
  await walk.look(walk.operator, `code-${id}`);
  return card.getByTestId('code-link').inputValue();
}

/** Prints what the screen hands out: the browser is asked once. */
async function printed(page) {
  await page.evaluate(() => { globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; }; });
  await tap(page, 'print');
  assert.equal(await page.evaluate(() => globalThis.printed), 1);
}

/** Opens a member at the desk by typing its id. */
async function find({ operator: { page } }, id) {
  await way(page, 'people');
  await page.getByTestId('find-member').fill(id);
  await tap(page, 'open-member');
  await page.getByTestId('desk-member').filter({ hasText: id }).waitFor();
  await page.getByTestId('desk-account').waitFor();
}

/** Does something for the member that the desk shows. */
async function act({ operator: { page } }, kind, fields) {
  await choose(page, kind);
  await preview(page, fields);
  await confirm(page);
  await hidden(page, 'member-form');
}

const sellPack = (walk, pack) => act(walk, 'pack.purchased', { pack, 'return-days': '' });

/** Adds somebody of the staff of the shop at the desk, and returns that person's phone with a passkey. */
async function hire(walk, name, role) {
  const { page } = walk.operator;
  await way(page, 'move');
  await page.getByTestId('staff-name').fill(name);
  await page.getByTestId('staff-role').selectOption(role);
  await page.getByTestId('staff-shop').fill(SHOP.id);
  await tap(page, 'staff-add');
  await page.getByTestId('staff-code').filter({ hasText: name }).waitFor();
  await printed(page);
  await walk.look(walk.operator, `staff-${role}`);
  const person = await walk.phone(hashOf(await page.getByTestId('staff-link').inputValue()));
  await walk.look(person, `${role}-enters`);
  await tap(person.page, 'enrol');
  await person.page.getByTestId('till').waitFor();
  return person;
}

/** A member gets in by the code that the desk printed, and begins at its home, or at what is ready there. */
async function enter(walk, link, id, ready = 'home') {
  const person = { ...await walk.phone(hashOf(link)), id };
  await person.page.getByTestId('enrol-passkey').waitFor();
  await walk.look(person, `${id}-enters`);
  await tap(person.page, 'enrol-passkey');
  await person.page.getByTestId(ready).waitFor();
  return person;
}

/** Opens a member's home anew, whose figures are the server's to the last digit, and says what the server has. */
async function home({ page, id }) {
  if (await page.getByTestId('home').count() === 0) {
    await way(page, 'home');
    await page.getByTestId('home').waitFor();
  }
  await page.reload();
  await page.getByTestId('past').waitFor();
  const { state, price } = await get(page, `/v1/members/${id}`);
  for (const [shown, expected] of [['points', state.points], ['share-value', state.share_value], ['locked', state.locked]]) {
    assert.equal(await value(page, shown), expected, `${id} ${shown}`);
  }
  assert.equal(await value(page, 'check'), 'equal', 'the phone computes the same');
  return { ...state, price };
}

/** What is to come, as the home shows it, which the server says too. */
async function pending({ page, id }) {
  const shown = await page.getByTestId('pending-day').evaluateAll((lines) => lines.map(({ dataset }) => [dataset.due, dataset.shareValue, dataset.points]));
  const answer = await get(page, `/v1/members/${id}/pending`);
  assert.ok(answer.rewards, JSON.stringify(answer));
  assert.deepEqual(shown, answer.rewards.map(({ due, share_value: shareValue, points }) => [due, shareValue, points]));
  return shown;
}

async function closeDay(walk) {
  const { page } = walk.operator;
  await way(page, 'home');
  const day = await page.getByTestId('operator').getAttribute('data-day');
  await tap(page, 'close-day');
  await page.getByTestId('confirm').waitFor();
  await walk.look(walk.operator, `close-${day}`);
  await confirm(page);
  await page.locator(`[data-testid="operator"]:not([data-day="${day}"])`).waitFor();
}

/** The operator gets in, registers the shop and its people. */
async function setUp(walk) {
  walk.operator = await operatorAtDesk(walk.house, '王芳', { locale: walk.locale });
  await walk.look(walk.operator, 'desk');
  const ofShop = await register(walk, SHOP.id);
  await find(walk, SHOP.id);
  await sellPack(walk, 'merchant');
  await act(walk, 'treasury.granted', { points: '2000.5' });
  await act(walk, 'merchant.opened', { region: SHOP.region });
  await walk.operator.page.getByTestId('sold').waitFor();
  await walk.look(walk.operator, 'shop-opened');

  walk.merchant = await enter(walk, ofShop, SHOP.id, 'till');
  const { page } = walk.merchant;
  await tap(page, 'menu');
  await tap(page, 'menu-profile');
  await page.getByTestId('name').fill(SHOP.merchant);
  await page.getByTestId('shop_name').fill(SHOP.name);
  await tap(page, 'save');
  await page.getByTestId('saved').filter({ hasText: /./ }).waitFor();
  await walk.look(walk.merchant, 'merchant-profile');

  walk.owner = await hire(walk, 'Mei', 'owner');
  await way(walk.owner.page, 'manage');
  await walk.owner.page.getByTestId('preset').fill('10');
  await tap(walk.owner.page, 'save-preset');
  await walk.owner.page.getByTestId('preset-saved').filter({ hasText: /./ }).waitFor();
  // What the public sees of the shop is the owner's to write, too; the merchant's own name stays.
  await walk.owner.page.getByTestId('address').fill(SHOP.address);
  await walk.owner.page.getByTestId('category').selectOption('food');
  await tap(walk.owner.page, 'save-shop');
  await walk.owner.page.getByTestId('shop-saved').filter({ hasText: /./ }).waitFor();
  const { profile } = await get(walk.operator.page, `/v1/members/${SHOP.id}/profile`);
  assert.deepEqual(profile, { name: SHOP.merchant, shop_name: SHOP.name, address: SHOP.address, category: 'food' });
  await walk.look(walk.owner, 'owner-preset');
  walk.cashier = await hire(walk, 'Li', 'cashier');
  assert.equal(await walk.cashier.page.locator('h1').innerText(), SHOP.name);
}

/** A member without a pack reads what there is, what it costs and gives, and what to show. */
async function newcomer(walk) {
  const { page } = walk.bob;
  const { packs } = await get(page, '/v1/rules');
  const shown = await page.getByTestId('pack').evaluateAll((all) => all.map(({ dataset }) => [dataset.pack, dataset.shareValue]));
  assert.deepEqual(Object.fromEntries(shown), { member: '299', merchant: '599', area: '4999' }, 'one share value a yuan');
  for (const [name, { price }] of Object.entries(packs)) {
    const line = page.locator(`[data-testid="pack"][data-pack="${name}"]`);
    assert.match(await line.innerText(), new RegExp(`${Number(price).toLocaleString('en')}\\.00`));
  }
  assert.match(await page.getByTestId('packs').innerText(), /\b200\b/, 'what is unlocked');
  await tap(page, 'packs-rules');
  await page.getByTestId('rulebook').waitFor();
  await page.goBack();
  await tap(page, 'packs-code');
  await page.getByTestId('my-code').waitFor();
  await tap(page, 'menu');
  await page.locator(`#menu a[href="#/m/${walk.bob.id}"]`).click();
  await page.getByTestId('packs').waitFor();
}

/** One member comes by a code, another by the first one's invitation, a third by a code. */
async function members(walk) {
  walk.ann = await enter(walk, await register(walk, 'ann'), 'ann');
  await find(walk, 'ann');
  await sellPack(walk, 'member');
  assert.equal((await home(walk.ann)).share_value, '499', 'what registering gives, and the pack');
  await walk.look(walk.ann, 'ann-home');
  await way(walk.ann.page, 'move');
  await tap(walk.ann.page, 'to-invite');
  const link = await walk.ann.page.getByTestId('link').inputValue();
  await walk.look(walk.ann, 'ann-invites');

  walk.bob = await walk.phone(hashOf(link));
  assert.equal(await walk.bob.page.getByTestId('referrer').innerText(), 'ann');
  await walk.look(walk.bob, 'bob-joins');
  await tap(walk.bob.page, 'passkey-register');
  await walk.bob.page.getByTestId('home').waitFor();
  walk.bob.id = await walk.bob.page.getByTestId('home').getAttribute('data-member');
  await home(walk.bob);
  await newcomer(walk);
  await walk.look(walk.bob, 'bob-home');
  await find(walk, walk.bob.id);
  await sellPack(walk, 'member');
  await walk.look(walk.operator, 'bob-at-desk');
  await home(walk.bob);
  assert.equal(await walk.bob.page.getByTestId('packs').count(), 0, 'who has a pack reads nothing of it');
  assert.equal((await home(walk.ann)).share_value, '519', 'the invited member is active');

  walk.cat = await enter(walk, await register(walk, 'cat'), 'cat');
  await find(walk, 'cat');
  await sellPack(walk, 'member');
}

/** The cashier scans the customer's code and enters the order; the customer sees what is to come. */
async function order(walk) {
  const { bob, cashier: { page } } = walk;
  await home(bob);
  await tap(bob.page, 'to-code');
  const code = await bob.page.getByTestId('my-code').getAttribute('data-code');
  await walk.look(bob, 'bob-code');
  await walk.camera.hold(code);
  await way(page, 'till');
  await tap(page, 'scan');
  await page.locator(`[data-testid="customer"][data-member="${bob.id}"][data-checked="true"]`).waitFor();
  await press(page, ORDER.amount);
  assert.equal(await value(page, 'concession'), ORDER.concession);
  await walk.look(walk.cashier, 'till');
  await tap(page, 'charge');
  await page.getByTestId('confirm').waitFor();
  await walk.look(walk.cashier, 'till-sheet');
  await settle(page);
  await walk.look(walk.cashier, 'till-receipt');
  await tap(page, 'next-customer');
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });

  await way(bob.page, 'home');
  await home(bob);
  assert.deepEqual(await pending(bob), [['2026-01-02', '128.5', '0']], 'ten times the concession');
  await walk.look(bob, 'bob-to-come');
  await tap(bob.page, 'to-orders');
  await bob.page.locator('[data-testid="order"][data-state="pending"]').filter({ hasText: SHOP.name }).waitFor();
  await walk.look(bob, 'bob-orders');
  await home(walk.ann);
  assert.deepEqual(await pending(walk.ann), [['2026-01-02', '0', '0.6425']], 'five percent for who invited the customer');
  await walk.look(walk.ann, 'ann-to-come');
}

/** Two days close, and the order arrives: the home shows what the last one brought. */
async function earn(walk) {
  const { bob } = walk;
  await closeDay(walk);
  const before = raw8((await home(bob)).points);
  await walk.look(bob, 'bob-first-day');
  await closeDay(walk);
  const after = await home(bob);
  assert.equal(raw8(await value(bob.page, 'yesterday')), raw8(after.points) - before);
  assert.deepEqual(await pending(bob), []);
  const { postings } = await get(bob.page, `/v1/members/${bob.id}/statement`);
  assert.ok(postings.some(({ rule, amount }) => rule === 'consumption' && amount === '128.5'), JSON.stringify(postings));
  await walk.look(bob, 'bob-earned');
  await tap(bob.page, 'to-orders');
  await bob.page.locator('[data-testid="order"][data-state="vested"]').waitFor();
  await way(bob.page, 'home');
  await bob.page.getByTestId('past').waitFor();
}

/** Goods come back two days later: the till finds the order by the number on the customer's phone, and says beforehand what is lost. */
async function refund(walk) {
  const { page } = walk.cashier;
  const pointsOfShop = async () => raw8((await get(walk.operator.page, `/v1/members/${SHOP.id}`)).state.points);
  const before = await pointsOfShop();
  await way(walk.owner.page, 'statement');
  await walk.owner.page.getByTestId('earlier').locator('[data-state="vested"]').waitFor();
  await walk.look(walk.owner, 'owner-orders');
  await tap(walk.bob.page, 'to-orders');
  await walk.bob.page.getByTestId('order').getByRole('link').click();
  await walk.look(walk.bob, 'bob-order');
  // What bob says at the counter: the end of a long id.
  const number = await value(walk.bob.page, 'order-number');
  await walk.bob.page.getByTestId('order-page').getByText(number).waitFor();
  await way(page, 'statement');
  await page.getByTestId('order-id').fill(number);
  await walk.look(walk.cashier, 'till-orders');
  await tap(page, 'find');
  await page.getByTestId('goods').fill(ORDER.goods);
  const loss = page.getByTestId('loss');
  await loss.waitFor();
  const { part, back, lost, taken } = await loss.evaluate((all) => ({ ...all.dataset }));
  // 28.55 × 12.85 / 128.5 is 2.855, rounded up.
  assert.equal(part, '2.86');
  await walk.look(walk.cashier, 'till-refund');
  await tap(page, 'refund-part');
  await page.getByTestId('confirm').waitFor();
  await walk.look(walk.cashier, 'till-refund-sheet');
  await confirm(page);
  await page.locator('[data-testid="order-page"][data-left="9.99"]').waitFor();
  assert.deepEqual([raw8(back) + raw8(lost), await pointsOfShop() - before], [raw8(part), raw8(back) - raw8(taken)], 'as it was said before');

  await walk.bob.page.reload();
  await walk.bob.page.getByTestId('order-page').filter({ hasText: '9.99' }).waitFor();
  await walk.look(walk.bob, 'bob-refunded');
  await way(walk.bob.page, 'home');
  await home(walk.bob);
}

/** Opens a member's market: from the home, as it may have been open elsewhere. */
async function market(person) {
  const { page, id } = person;
  await way(page, 'home');
  await home(person);
  await way(page, 'move');
  await tap(page, 'to-market');
  await page.getByTestId('board').waitFor();
  assert.equal(await value(page, 'available'), (await get(page, `/v1/members/${id}`)).state.points);
}

/** Offers points at the day's price, and another member takes them. */
async function trade(walk, seller, buyer, points) {
  await market(seller);
  const { price } = await get(seller.page, '/v1/supply');
  const sum = worth(points, price);
  await seller.page.getByTestId('points').fill(points);
  await tap(seller.page, 'preview');
  await seller.page.getByTestId('confirm').waitFor();
  assert.equal(await value(seller.page, 'deal-sum'), sum);
  await walk.look(seller, 'trade-offer');
  await confirm(seller.page);
  const offer = await seller.page.getByTestId('my-offer').first().getAttribute('data-offer');
  await market(buyer);
  const line = buyer.page.locator(`[data-testid="offer"][data-offer="${offer}"]`);
  await line.getByTestId('take').click();
  await line.getByTestId('preview').click();
  await buyer.page.getByTestId('confirm').waitFor();
  assert.equal(await value(buyer.page, 'deal-sum'), sum);
  await walk.look(buyer, 'trade-take');
  await confirm(buyer.page);
  await buyer.page.locator('[data-testid="trade"][data-state="taken"]').waitFor();
  return sum;
}

/** The buyer says that the money is on its way. */
async function pay(walk, buyer, note) {
  await buyer.page.getByTestId('payment-field').fill(note);
  await walk.look(buyer, 'trade-pay');
  await tap(buyer.page, 'pay');
  await confirm(buyer.page);
  await buyer.page.locator('[data-testid="trade"][data-state="paid"]').waitFor();
}

const points = async (person) => raw8((await home(person)).points);

/** Strangers finish a trade: where to pay, paid, received. */
async function finished(walk) {
  const { ann, cat } = walk;
  const [had, got] = [await points(ann), await points(cat)];
  await trade(walk, ann, cat, '4.1');
  await way(ann.page, 'home');
  await home(ann);
  await tap(ann.page, 'trade-notice');
  await ann.page.getByTestId('payee-field').fill('支付宝 138 0013 8000');
  await walk.look(ann, 'trade-payee');
  await tap(ann.page, 'write');
  await ann.page.getByTestId('payee').waitFor();
  await way(cat.page, 'home');
  await home(cat);
  await walk.look(cat, 'trade-notice-buyer');
  await tap(cat.page, 'trade-notice');
  await tap(cat.page, 'copy-payee');
  assert.equal(await cat.page.evaluate(() => navigator.clipboard.readText()), '支付宝 138 0013 8000');
  await pay(walk, cat, '尾号 6543');
  await way(ann.page, 'home');
  await home(ann);
  await walk.look(ann, 'trade-notice-seller');
  await tap(ann.page, 'trade-notice');
  assert.equal(await ann.page.getByTestId('payment').innerText(), '尾号 6543');
  await tap(ann.page, 'confirm-trade');
  await confirm(ann.page);
  await ann.page.locator('[data-testid="ended-trade"][data-state="confirmed"]').waitFor();
  await walk.look(ann, 'trade-ended');
  await way(ann.page, 'home');
  await way(cat.page, 'home');
  assert.deepEqual([await points(ann), await points(cat)], [had - raw8('4.1'), got + raw8('4.1')]);
}

/** A trade whose sides disagree is decided at the desk, and both read why. */
async function disputed(walk) {
  const { bob, cat, operator: { page } } = walk;
  await way(bob.page, 'home');
  const [had, got] = [await points(bob), await points(cat)];
  const sum = await trade(walk, bob, cat, '2.5');
  await pay(walk, cat, '尾号 6543');
  await market(bob);
  await tap(bob.page, 'dispute');
  await bob.page.getByTestId('statement-field').fill('No money came until noon.');
  await walk.look(bob, 'dispute-seller');
  await tap(bob.page, 'write');
  await bob.page.getByTestId('of-seller').waitFor();
  await way(cat.page, 'home');
  await home(cat);
  await tap(cat.page, 'trade-notice');
  await cat.page.getByTestId('statement-field').fill('已于上午十点付款，附银行回单。');
  await tap(cat.page, 'write');
  await cat.page.getByTestId('of-buyer').waitFor();
  await walk.look(cat, 'dispute-buyer');

  await page.locator('.ways a[href$="/disputes"]').click();
  const dispute = page.getByTestId('dispute');
  await dispute.waitFor();
  // Without names they are their short numbers.
  const { names } = await get(page, `/v1/names?members=${bob.id},${cat.id}`);
  for (const { number } of names) await dispute.filter({ hasText: number.replace(/^(....)/, '$1 ') }).waitFor();
  assert.equal(names.length, 2);
  const said = await dispute.innerText();
  for (const text of [sum, 'No money came until noon.', '已于上午十点付款，附银行回单。']) assert.ok(said.includes(text), text);
  await dispute.getByTestId('reason').fill('银行回单证明已付款。');
  await walk.look(walk.operator, 'dispute-desk');
  await dispute.getByTestId('complete').click();
  await page.getByTestId('confirm').waitFor();
  await walk.look(walk.operator, 'dispute-decision');
  await confirm(page);
  await page.getByTestId('no-disputes').waitFor();
  for (const person of [bob, cat]) {
    await market(person);
    assert.match(await person.page.locator('[data-testid="ended-trade"][data-state="confirmed"]').first().innerText(), /银行回单证明已付款。/);
  }
  await walk.look(bob, 'dispute-ended');
  for (const person of [bob, cat]) await way(person.page, 'home');
  assert.deepEqual([await points(bob), await points(cat)], [had - raw8('2.5'), got + raw8('2.5')]);
}

/** The operator reads the figures of the evening. */
async function figures(walk) {
  const { page } = walk.operator;
  await way(page, 'home');
  await page.reload();
  await page.getByTestId('none-dry').or(page.getByTestId('running-dry')).first().waitFor();
  const now = await get(page, '/v1/supply');
  assert.equal(await value(page, 'price'), now.price);
  const parts = ['held', 'pool', 'escrow', 'treasury', 'burned'];
  for (const name of ['issued', ...parts]) assert.equal(await value(page, name), now.supply[name], name);
  const sum = parts.reduce((all, name) => all + raw8(now.supply[name]), 0n);
  assert.equal(sum, raw8(now.supply.issued), 'every point is somewhere');
  const bar = await page.getByTestId('whereabouts-part').evaluateAll((all) => Object.fromEntries(all.map((part) => [part.dataset.part, part.dataset.value])));
  for (const name of parts) assert.equal(bar[name], now.supply[name], `the bar’s ${name}`);
  const whole = Object.values(bar).reduce((all, points) => all + raw8(points), 0n);
  assert.equal(whole, raw8((await get(page, '/v1/rules')).supply.cap), 'the bar ends at the cap');
  const closed = (await get(page, '/v1/days?limit=100')).days.at(-1);
  await page.getByTestId('last-close').waitFor();
  assert.deepEqual(
    [await page.getByTestId('last-close').getAttribute('data-day'), await value(page, 'last-turnover'), await value(page, 'last-released')],
    [closed.day, closed.turnover ?? '0', closed.released],
  );
  await walk.look(walk.operator, 'evening');
  await way(page, 'calculator');
  await page.locator('[data-testid="action"][data-what="trade.decided"]').waitFor();
  await walk.look(walk.operator, 'actions');
}

for (const [engine, locale, skip] of [['sqlite', 'zh-CN', false], ['postgres', 'en-US', NO_POSTGRES]]) {
  describe(`${engine}, ${locale}`, { skip }, () => {
    const walk = new Walk(engine, locale);
    test('from the operator’s first passkey to the figures of the third evening', async () => {
      for (const step of [setUp, members, order, earn, refund, finished, disputed, figures]) await step(walk);
      for (const name of ['operator', 'merchant', 'owner', 'cashier', 'ann', 'bob', 'cat']) {
        assert.deepEqual(walk[name].complaints, [], name);
        await walk[name].close();
      }
    });
  });
}
