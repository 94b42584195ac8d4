// The counter of a shop on a closed server: an owner and a cashier with passkeys of their own, a customer who shows a code to a camera, orders
// of the day with their refunds, no network, and whatever goes wrong at a counter.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { camera } from './camera.mjs';
import { closeSheet, codeOf, hashOf, phone, press, settle, staffLink } from './desk.mjs';
import { go, stage, value } from './stage.mjs';

const { args, hold } = camera();
const house = stage({ isClosed: true, args });

/** A phone that may use its camera. */
const withCamera = (hash, options) => phone(house, hash, { permissions: ['camera'], ...options });

/** The phone of somebody of the staff of a shop, at its till. */
async function staff(name, role, shop, options) {
  const opened = await withCamera(hashOf(await staffLink(house, name, role, shop)), options);
  await opened.page.getByTestId('enrol').click();
  await opened.page.getByTestId('till').waitFor();
  return opened;
}

/** The phone of a member, at its home or at what is ready there. */
async function member(id, { ready = 'home', ...options } = {}) {
  const { enrolment } = await house.operate(`/v1/members/${id}/enrolments`);
  const opened = await withCamera(`#/enrol/${enrolment}`, options);
  await opened.page.getByTestId('enrol-passkey').click();
  await opened.page.getByTestId(ready).waitFor();
  return opened;
}

/** A picture of the screen, if pictures are wanted. */
async function picture(page, name) {
  const into = process.env.SCREENSHOTS;
  if (into) await page.screenshot({ path: join(into, `counter${name}.png`), animations: 'disabled' });
}

/** Types a customer whom the till knows, or not. */
async function customer(page, text) {
  await page.getByTestId('till-customer').fill(text);
  await page.getByTestId('take').click();
}

/** Two shops and two buyers. */
async function prepare() {
  const shop = (id) => [
    { type: 'member.registered', member: id },
    { type: 'pack.purchased', member: id, pack: 'merchant' },
    { type: 'treasury.granted', member: id, points: '2000.5' },
    { type: 'merchant.opened', member: id, region: '440106' },
  ];
  const buyer = (id) => [{ type: 'member.registered', member: id }, { type: 'pack.purchased', member: id, pack: 'member' }];
  const { answers } = await house.operate('/v1/events', [...shop('kiosk'), ...shop('bakery'), ...buyer('ann'), ...buyer('bob')]);
  assert.ok(answers.every((answer) => answer.receipt), JSON.stringify(answers));
  await house.operate('/v1/members/kiosk/profile', { shop_name: 'Corner Kiosk', address: 'Road 1' }, 'PUT');
  await house.operate('/v1/members/ann/profile', { name: 'Ann' }, 'PUT');
}

let till;
let ann;

test('an owner sets the usual concession, and a cashier lands at the till', async () => {
  await prepare();
  const owner = await staff('Mei', 'owner', 'kiosk');
  await owner.page.locator('.ways .manage').click();
  await owner.page.getByTestId('preset').fill('101');
  await owner.page.getByTestId('preset-error').filter({ hasText: /100/ }).waitFor();
  assert.ok(await owner.page.getByTestId('save-preset').isDisabled());
  await owner.page.getByTestId('preset').fill('10');
  await owner.page.getByTestId('save-preset').click();
  await owner.page.getByTestId('preset-saved').filter({ hasText: 'Saved' }).waitFor();
  await owner.page.getByTestId('to-staff').waitFor();
  await owner.page.getByTestId('to-poster').click();
  const link = await owner.page.getByTestId('poster').getAttribute('data-link');
  assert.match(link, /\/#\/pay\/kiosk$/);
  assert.match(await owner.page.getByTestId('poster').innerText(), /Corner Kiosk\s+Road 1/);
  assert.deepEqual(owner.complaints, []);
  await owner.close();

  till = await staff('Li', 'cashier', 'kiosk');
  assert.match(await till.page.evaluate(() => location.hash), /^#\/shop\/kiosk$/);
  assert.equal(await value(till.page, 'points-left'), '2000', 'whole points');
  await go(till.page, '#/shop/kiosk/manage');
  await till.page.getByTestId('to-poster').waitFor();
  assert.equal(await till.page.getByTestId('preset').count(), 0, 'a cashier does not decide');
  await go(till.page, '#/operator');
  await till.page.getByTestId('till').waitFor();
});

test('a customer shows a code, the till scans it, and the order is done in three taps and fifteen seconds', async () => {
  ann = await member('ann');
  const { page } = till;
  await ann.page.getByTestId('to-code').click();
  await ann.page.getByTestId('short-number').waitFor();
  await hold(await codeOf(ann, 'ann'));
  await page.getByTestId('scan').click();
  const known = page.getByTestId('customer');
  await known.waitFor();
  const scanned = Date.now();
  assert.deepEqual([await known.getAttribute('data-member'), await known.getAttribute('data-checked')], ['ann', 'true']);
  await known.getByText('Ann').waitFor();

  let taps = 0;
  const tap = async (id) => { taps += 1; await page.getByTestId(id).click(); };
  await press(page, '128.50');
  assert.equal(await value(page, 'concession'), '12.85', 'ten percent');
  await tap('charge');
  await tap('confirm');
  await page.getByTestId('settled').waitFor();
  const seconds = (Date.now() - scanned) / 1000;
  assert.equal(await page.getByTestId('settled').getAttribute('data-as-seen'), 'true');
  await tap('next-customer');
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
  assert.ok(taps <= 3 && seconds <= 15, `${taps} taps, ${seconds} s`);
  assert.equal(await page.getByTestId('till-amount').inputValue(), '', 'ready for the next customer');
  // The camera is on again by itself.
  await page.getByTestId('camera').or(page.getByTestId('customer')).waitFor();
  // Without the code before it.
  await page.reload();
  await page.getByTestId('scan').waitFor();
});

test('the order is in the day’s list, and goods are taken back with the loss named before', async () => {
  const { page } = till;
  await page.locator('.ways .statement').click();
  const line = page.getByTestId('shop-order');
  await line.getByText('Ann').waitFor();
  assert.deepEqual([await value(page, 'day-orders'), await value(page, 'day-amount'), await value(page, 'day-concession')], ['1', '128.5', '12.85']);
  assert.match(await page.getByTestId('day-amount').innerText(), /128\.50\s+yuan/, 'yuan have two places');
  const saved = page.waitForEvent('download');
  await page.getByTestId('save-csv').click();
  const table = await readFile(await (await saved).path(), 'utf8');
  assert.match(table, /^\ufefforder,day,buyer,amount,concession,concession_left,points,state\r\n.+,ann,128\.5,12\.85,12\.85,12\.85,pending\r\n$/);

  await page.getByTestId('to-order').click();
  const order = page.getByTestId('order-page');
  await order.waitFor();
  for (const [typed, error] of [['128.51', /more than/], ['10000000000000', /1,000,000,000,000/], ['1.001', /two decimal/]]) {
    await page.getByTestId('goods').fill(typed);
    await page.getByTestId('goods-error').filter({ hasText: error }).waitFor();
    assert.ok(await page.getByTestId('refund-part').isDisabled(), typed);
  }
  await page.getByTestId('goods').fill('28.55');
  const loss = page.getByTestId('loss');
  await loss.waitFor();
  // 28.55 × 12.85 / 128.5 is 2.855, rounded up; before vesting all of it comes back.
  assert.deepEqual(await loss.evaluate((all) => [all.dataset.part, all.dataset.back, all.dataset.lost]), ['2.86', '2.86', '0']);
  await page.getByTestId('refund-part').click();
  await settle(page);
  await closeSheet(page);
  await page.locator('[data-testid=order-page][data-left="9.99"]').waitFor();

  await page.getByTestId('refund-whole').click();
  await settle(page);
  await closeSheet(page);
  await page.locator('[data-testid=order-page][data-state=refunded]').waitFor();
  assert.equal(await page.getByTestId('refund-part').count(), 0);
});

test('two tills that refund the same order at once refund it once', async () => {
  const second = await staff('Xu', 'cashier', 'kiosk');
  const placed = await till.page.evaluate(async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    const body = { buyer: 'bob', channel: 'offline', amount: '100', concession: '10', region: '440106' };
    return (await fetch('/v1/orders', { method: 'POST', headers, body: JSON.stringify(body) })).json();
  });
  assert.ok(placed.order, JSON.stringify(placed));
  const pages = [till.page, second.page];
  for (const page of pages) {
    await go(page, `#/shop/kiosk/orders/${placed.order}`);
    await page.getByTestId('refund-whole').click();
    await page.getByTestId('confirm').waitFor();
  }
  await Promise.all(pages.map((page) => page.getByTestId('confirm').click()));
  const outcome = (page) => page.getByTestId('settled').or(page.getByTestId('action-refused'));
  await Promise.all(pages.map((page) => outcome(page).waitFor()));
  const outcomes = await Promise.all(pages.map((page) => outcome(page).getAttribute('data-testid')));
  assert.deepEqual(outcomes.sort(), ['action-refused', 'settled']);
  for (const page of pages) await closeSheet(page);
  await second.close();
});

test('what is wrong at the counter is said in a sentence, and nothing is lost', async () => {
  const { page } = till;
  await go(page, '#/shop/kiosk');
  const fresh = await codeOf(ann, 'ann');
  const minute = Number(fresh.split('.')[2]);
  const forged = fresh.replace(/\d{8}$/, (digits) => String((Number(digits) + 1) % 1e8).padStart(8, '0'));
  const say = page.getByTestId('customer-error');
  await press(page, '12');
  for (const [text, words] of [
    [`${house.url}/#/pay/bakery`, /shop’s code/], ['https://example.com/', /not a member’s code/], ['张三', /not a member’s code/],
    [forged, /not the code of a member here/], [`GX1.ann.${minute - 5}.00000000`, /not the code of a member here/],
  ]) {
    await page.getByTestId('till-customer').fill(text);
    await page.getByTestId('take').click();
    await say.filter({ hasText: words }).waitFor();
  }
  await page.getByTestId('lang-zh-CN').click();
  await say.filter({ hasText: '这不是本平台的会员码' }).waitFor();
  await page.getByTestId('lang-en').click();
  assert.equal(await page.getByTestId('till-amount').inputValue(), '12', 'the amount stays');

  // The phone of the customer shows a code of an hour to come.
  const ahead = await ann.page.evaluate(async () => {
    const { member, minute, codes } = await (await fetch('/v1/members/ann/codes')).json();
    return `GX1.${member}.${minute + 60}.${codes[60]}`;
  });
  await page.getByTestId('till-customer').fill(ahead);
  await say.filter({ hasText: /clock of the customer’s phone is wrong/ }).waitFor();

  for (const nothing of ['0', '-5', '0.00']) {
    await page.getByTestId('till-amount').fill(nothing);
    await page.getByTestId('till-amount-error').filter({ hasText: /more than 0/ }).waitFor();
    await page.getByTestId('till-amount').fill('');
  }
  await page.getByTestId('till-amount').fill('10000000000000');
  await page.getByTestId('till-amount-error').filter({ hasText: /1,000,000,000,000/ }).waitFor();
  await customer(page, 'nobody-at-all');
  await page.getByTestId('customer').waitFor();
  assert.ok(await page.getByTestId('charge').isDisabled(), 'no such amount');
  await page.getByTestId('till-amount').fill('100');
  await page.getByTestId('change-concession').click();
  await page.getByTestId('till-concession').fill('0');
  await page.getByTestId('till-concession-error').filter({ hasText: /more than 0/ }).waitFor();
  await page.getByTestId('till-concession').fill('100.01');
  await page.getByTestId('till-concession-error').filter({ hasText: /more than the amount/ }).waitFor();
  assert.ok(await page.getByTestId('charge').isDisabled());
  await page.getByTestId('till-concession').fill('8');
  await page.getByTestId('charge').click();
  await page.locator('[data-testid=action-refused][data-code=unknown_member]').waitFor();
  await closeSheet(page);
  assert.equal(await page.getByTestId('till-amount').inputValue(), '100', 'a refusal clears nothing');
  await page.getByTestId('change-customer').click();
});

test('an order whose customer gets nothing says so before it is confirmed and after, at the till and online, in both languages', async () => {
  const { page } = till;
  await house.operate('/v1/members', { member: 'cold' });
  const nothing = page.getByTestId('nothing-for-buyer');
  const said = async () => {
    for (const [language, words] of [['zh-CN', /不给顾客带来奖励：未激活的会员没有奖励/], ['en', /brings the customer nothing: a member who isn’t activated/]]) {
      await page.getByTestId(`lang-${language}`).evaluate((button) => button.click());
      await nothing.filter({ hasText: words }).waitFor();
      await picture(page, `-nothing-${language}`);
    }
  };
  const finish = async () => {
    await said();
    await settle(page);
    await said();
    await closeSheet(page);
  };
  await go(page, '#/shop/kiosk');
  await customer(page, 'ann');
  await press(page, '50');
  await page.getByTestId('charge').click();
  await page.getByTestId('confirm').waitFor();
  assert.equal(await nothing.count(), 0, 'Ann is activated');
  await closeSheet(page);
  await page.getByTestId('change-customer').click();
  await customer(page, 'cold');
  await page.getByTestId('charge').click();
  await finish();

  await go(page, '#/shop/kiosk/online');
  for (const [field, typed] of [['buyer', 'cold'], ['amount', '60'], ['concession', '6']]) await page.getByTestId(field).fill(typed);
  await page.getByTestId('preview').click();
  await finish();
  // The merchant's own phone computes it itself.
  const merchant = await member('kiosk', { ready: 'till' });
  await customer(merchant.page, 'cold');
  await press(merchant.page, '7');
  await merchant.page.getByTestId('charge').click();
  await merchant.page.getByTestId('nothing-for-buyer').waitFor();
  await merchant.close();
});

test('a code that is over is not taken, and the till says what to ask for', async () => {
  const { page } = till;
  const fresh = await codeOf(ann, 'ann');
  await go(page, '#/shop/kiosk');
  await press(page, '12');
  // In the words of the server, which would need two minutes for them.
  await page.route('**/v1/codes/check', (route) => route.fulfill({
    status: 422, contentType: 'application/json', body: JSON.stringify({ code: 'member_code_expired', field: 'code', message: 'the code is older than a minute' }),
  }));
  await page.getByTestId('till-customer').fill(fresh);
  for (const [language, words] of [['zh-CN', '会员码已过期，请顾客出示最新的会员码'], ['en', 'The code has expired. Ask the customer to show the present one.']]) {
    await page.getByTestId(`lang-${language}`).click();
    await page.getByTestId('customer-error').filter({ hasText: words }).waitFor();
    await picture(page, `-expired-${language}`);
  }
  assert.equal(await page.getByTestId('till-amount').inputValue(), '12', 'the amount stays');
  await page.unroute('**/v1/codes/check');
  await page.getByTestId('till-customer').fill('');
  await page.getByTestId('till-customer').fill(fresh);
  await page.locator('[data-testid=customer][data-member=ann]').waitFor();
  await page.getByTestId('change-customer').click();
  await page.getByTestId('till-amount').fill('');
});

test('a cashier of another shop sees nothing of this one', async () => {
  const other = await staff('Wu', 'cashier', 'bakery');
  await go(other.page, '#/shop/kiosk');
  await other.page.locator('[data-fault=forbidden]').waitFor();
  await other.close();
});

test('an order is found by what its customer says or shows, and what is wrong is said in one sentence', async () => {
  const id = (start, end) => `o-${start.repeat(24)}${end}`;
  const placed = (order, merchant) => (
    { type: 'order.placed', order, buyer: 'ann', merchant, channel: 'offline', amount: '10', concession: '1', region: '440106' });
  const [one, two, theirs] = [id('0', '1234abcd'), id('1', '9934abcd'), id('2', '5534abcd')];
  const { answers } = await house.operate('/v1/events', [placed(one, 'kiosk'), placed(two, 'kiosk'), placed(theirs, 'bakery')]);
  assert.ok(answers.every((answer) => answer.receipt), JSON.stringify(answers));

  await go(ann.page, `#/m/ann/orders/${one}`);
  assert.equal(await value(ann.page, 'order-number'), '1234abcd');
  const number = ann.page.getByTestId('order-number').getByTestId('id');
  assert.deepEqual([await number.innerText(), await number.getAttribute('title')], ['1234abcd', one], 'a tap copies all of it');
  await ann.page.getByTestId('show-code').click();
  await ann.page.getByTestId('order-code').getByTestId('qr').waitFor();
  const link = await ann.page.getByTestId('order-code').getAttribute('data-link');
  assert.equal(link, `${await ann.page.evaluate(() => location.origin)}/#/shop/kiosk/orders/${one}`);
  await picture(ann.page, '-order-code');
  await ann.page.getByTestId('show-code').press('Enter');
  await ann.page.getByTestId('order-code').getByTestId('qr').waitFor({ state: 'hidden' });

  const { page } = till;
  const orders = () => page.locator('.ways .statement').click();
  const found = (order) => page.locator(`[data-testid=order-page][data-order="${order}"]`).waitFor();
  await go(page, '#/shop/kiosk/orders');
  for (const typed of ['1234abcd', ' 1234ABCD ', one]) {
    await page.getByTestId('order-id').fill(typed);
    await page.getByTestId('find').click();
    await found(one);
    await orders();
  }
  await page.getByTestId('order-id').fill('34abcd');
  await page.getByTestId('order-id').press('Enter');
  const list = page.getByTestId('found');
  await list.waitFor();
  assert.deepEqual(await list.getByTestId('shop-order').evaluateAll((all) => all.map(({ dataset }) => dataset.order)), [two, one]);
  await picture(page, '-order-found');
  await list.locator(`[data-order="${two}"]`).getByTestId('to-order').click();
  await found(two);
  await orders();

  const error = page.getByTestId('find-error');
  for (const typed of ['ffff0000', '5534abcd', theirs, 'abc', '订单', `${house.url}/#/shop/bakery/orders/${theirs}`, `${house.url}/#/pay/kiosk`]) {
    await page.getByTestId('order-id').fill('');
    await error.filter({ hasNotText: /./ }).waitFor({ state: 'attached' });
    await page.getByTestId('order-id').fill(typed);
    await page.getByTestId('find').click();
    await error.filter({ hasText: 'This shop has no such order. Check the number.' }).waitFor();
  }
  const memberCode = await ann.page.evaluate(async () => {
    const { member, minute, codes } = await (await fetch('/v1/members/ann/codes')).json();
    return `GX1.${member}.${minute}.${codes[0]}`;
  });
  await page.getByTestId('order-id').fill(memberCode);
  await page.getByTestId('find').click();
  await error.filter({ hasText: /member’s code/ }).waitFor();
  await page.getByTestId('order-id').fill('abc');
  await page.getByTestId('find').click();
  await page.getByTestId('lang-zh-CN').click();
  await error.filter({ hasText: '本店没有此订单，请核对订单号' }).waitFor();
  await picture(page, '-order-unknown-zh');
  await page.getByTestId('lang-en').click();

  await hold(link);
  await page.getByTestId('scan').click();
  await found(one);
  await go(page, '#/shop/kiosk');
  // The camera goes on by itself, and reads the code before anybody types. Typed, it is the same.
  const refused = page.getByTestId('customer-error');
  await refused.filter({ hasText: /code of an order/ }).waitFor();
  await page.getByTestId('till-customer').fill('');
  await refused.filter({ hasNotText: /./ }).waitFor({ state: 'attached' });
  await page.getByTestId('till-customer').fill(link);
  await refused.filter({ hasText: /code of an order/ }).waitFor();
  await page.getByTestId('till-customer').fill('');
  await page.reload();
  await page.getByTestId('scan').waitFor();
  await go(ann.page, '#/m/ann');
});

test('without a network an order waits, is said to wait, and is sent once', async () => {
  const { page } = till;
  await page.reload();
  await page.getByTestId('till').waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  const code = await codeOf(ann, 'ann');
  await ann.page.context().setOffline(true);
  await go(ann.page, '#/m/ann');
  assert.match(await codeOf(ann, 'ann'), /^GX1\.ann\./, 'the code needs no network');
  await page.context().setOffline(true);
  await page.getByTestId('till-customer').fill(code);
  const known = page.getByTestId('customer');
  await known.waitFor();
  assert.equal(await known.getAttribute('data-checked'), 'false');
  await page.getByText(/checked when the network is back/).waitFor();
  await press(page, '20');
  await page.getByTestId('charge').click();
  await page.getByTestId('no-preview').waitFor();
  await page.getByTestId('confirm').click();
  await page.getByText(/submitted once you’re back online/).waitFor();
  await page.getByTestId('next-customer').click();
  await page.context().setOffline(false);
  await ann.page.context().setOffline(false);
  await page.waitForFunction(async () => {
    const { rows } = await (await fetch('/v1/orders?merchant=kiosk')).json();
    return rows.filter((row) => row.amount === '20').length === 1;
  });
  await page.waitForFunction(() => !localStorage.getItem('gongxiang.late-codes'));
  assert.equal(await page.getByTestId('late-codes').count(), 0, 'the code held when it was scanned');
});

test('the customer’s phone computes the order first, and both phones say that the receipt is the same', async () => {
  const { page } = till;
  await go(page, '#/shop/kiosk/orders');
  await page.getByTestId('day-total').waitFor();
  await go(page, '#/shop/kiosk');
  await press(page, '66.6');
  await page.getByTestId('show-order').click();
  const link = await page.getByTestId('order-code').getAttribute('data-link');
  assert.match(link, /#\/pay\/kiosk\/66\.6\/6\.66$/);
  await go(ann.page, link.slice(link.indexOf('#')));
  await ann.page.getByTestId('pay').getByText('Corner Kiosk').waitFor();
  const proposal = ann.page.getByTestId('proposal');
  await proposal.waitFor();
  // Ten times the concession at the counter, by the rules of the seed.
  assert.ok(Number(await proposal.getAttribute('data-share-value')) > 0);
  await ann.page.getByTestId('agree').click();
  const agreed = await ann.page.getByTestId('my-code').getAttribute('data-code');
  assert.match(agreed, /^GX1\.ann\.\d+\.\d{8}\/[\d.]+\/[\d.]+$/);
  await page.getByTestId('till-customer').fill(agreed);
  await page.getByTestId('customer').waitFor();
  await page.getByTestId('charge').click();
  await settle(page);
  await page.getByTestId('next-customer').click();
  for (const each of [page, ann.page]) {
    await each.getByTestId('compared').waitFor();
    assert.equal(await each.getByTestId('compared').getAttribute('data-same'), 'true');
  }

  // The till settles another sum than the customer agreed to: both phones say so.
  await go(page, '#/shop/kiosk');
  await go(ann.page, '#/pay/kiosk/50/5');
  await ann.page.getByTestId('agree').click();
  const other = await ann.page.getByTestId('my-code').getAttribute('data-code');
  await press(page, '41');
  await page.getByTestId('till-customer').fill(other);
  await page.getByTestId('customer').waitFor();
  await page.getByTestId('charge').click();
  await settle(page);
  await page.getByTestId('next-customer').click();
  for (const each of [page, ann.page]) await each.locator('[data-testid=compared][data-same=false]').waitFor();
  await picture(ann.page, '-different');

  // An order that cannot be is no proposal.
  for (const wrong of ['0/0', '-1/-1', '1/2', '10000000000000/1']) {
    await go(ann.page, `#/pay/kiosk/${wrong}`);
    await ann.page.getByTestId('show-code').waitFor();
    assert.equal(await ann.page.getByTestId('proposal').count(), 0, wrong);
  }

  // The poster leads to the shop and one's own code.
  await go(ann.page, '#/pay/kiosk');
  await ann.page.getByTestId('show-code').click();
  await ann.page.getByTestId('my-code').waitFor();
  await go(ann.page, '#/pay/nobody');
  await ann.page.getByTestId('no-shop').waitFor();
});

test('each screen fits a phone in both languages', async () => {
  const { page } = till;
  const screens = [
    [page, '#/shop/kiosk', 'points-left'], [page, '#/shop/kiosk/orders', 'day-total'], [page, '#/shop/kiosk/manage', 'to-poster'],
    [page, '#/shop/kiosk/poster', 'poster'], [ann.page, '#/m/ann/code', 'my-code'], [ann.page, '#/pay/kiosk', 'show-code'],
    [ann.page, '#/pay/kiosk/100/10', 'proposal'],
  ];
  for (const language of ['zh-CN', 'en']) {
    for (const [at, hash, ready] of screens) {
      await go(at, hash);
      await at.getByTestId(`lang-${language}`).click();
      await at.getByTestId(ready).waitFor();
      const beyond = await at.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(beyond <= 0, `${hash} in ${language} is ${beyond} px too wide`);
      await picture(at, `${hash.replace(/\W+/g, '-')}-${language}`);
    }
    const order = await page.evaluate(async () => (await (await fetch('/v1/orders?merchant=kiosk')).json()).rows[0].id);
    await go(page, `#/shop/kiosk/orders/${order}`);
    await page.getByTestId('goods').fill('1.5');
    await page.getByTestId('loss').waitFor();
    await picture(page, `order-${language}`);
    await go(page, '#/shop/kiosk');
    await customer(page, 'ann');
    await press(page, '88');
    await page.getByTestId('customer').waitFor();
    await picture(page, `till-full-${language}`);
    await page.getByTestId('charge').click();
    await page.getByTestId('confirm').waitFor();
    await picture(page, `sheet-${language}`);
    await closeSheet(page);
  }
});

test('a refused camera leaves typing', async () => {
  const { page, close: leave } = await staff('Qi', 'cashier', 'kiosk', { permissions: [] });
  // As somebody who answers the browser’s question with no.
  const devtools = await page.context().browser().newBrowserCDPSession();
  const { targetInfo } = await (await page.context().newCDPSession(page)).send('Target.getTargetInfo');
  await devtools.send('Browser.setPermission', {
    origin: new URL(page.url()).origin, permission: { name: 'camera' }, setting: 'denied', browserContextId: targetInfo.browserContextId,
  });
  await page.getByTestId('scan').click();
  for (const [language, words] of [['en', /camera is not allowed.*type the number/], ['zh-CN', /未获得摄像头权限.*手动输入/]]) {
    await page.getByTestId(`lang-${language}`).click();
    await page.getByTestId('scan-error').filter({ hasText: words }).waitFor();
    assert.equal(await page.getByTestId('camera').count(), 0);
    await picture(page, `-no-camera-${language}`);
  }
  // A whole number is taken without OK.
  const { number } = await house.operate('/v1/members/ann/profile', undefined, 'GET');
  await page.getByTestId('till-customer').fill(number);
  await page.locator('[data-testid=customer][data-member=ann]').waitFor();
  // As the phone shows it, and with full-width digits. A wrong digit is a wrong number, and what a payment app shows is nobody's.
  const fullWidth = number.replace(/\d/g, (digit) => String.fromCodePoint(digit.codePointAt(0) + 0xfee0));
  for (const typed of [`${number.slice(0, 4)} ${number.slice(4)}`, fullWidth]) {
    await page.getByTestId('change-customer').click();
    await page.getByTestId('till-customer').fill(typed);
    await page.locator('[data-testid=customer][data-member=ann]').waitFor();
  }
  await page.getByTestId('change-customer').click();
  await customer(page, `${number.slice(0, 7)}${(Number(number[7]) + 1) % 10}`);
  await page.getByTestId('customer-error').filter({ hasText: /短号有误/ }).waitFor();
  await customer(page, '281234567890123456');
  await page.getByTestId('customer-error').filter({ hasText: /这不是会员码/ }).waitFor();
  await leave();
});

test('a wrong clock is said on the phone that has it, and its short number still works', async () => {
  const { page } = ann;
  await page.getByTestId('lang-en').click();
  await go(page, '#/m/ann/code');
  await page.getByTestId('short-number').waitFor();
  assert.equal(await page.getByTestId('clock-wrong').count(), 0, 'this clock is right');
  await page.clock.install({ time: Date.now() + 24 * 3_600_000 });
  await page.reload();
  for (const [language, words] of [['en', /clock is wrong/], ['zh-CN', /手机时间不准/]]) {
    await page.getByTestId(`lang-${language}`).click();
    await page.getByTestId('clock-wrong').filter({ hasText: words }).waitFor();
    await picture(page, `-clock-${language}`);
  }
  const number = await page.getByTestId('short-number').getAttribute('data-value');
  await till.page.reload();
  await till.page.getByTestId('till-customer').fill(number);
  await till.page.locator('[data-testid=customer][data-member=ann]').waitFor();
  await till.close();
  await ann.close();
});
