// Controls that no test of a whole task uses: each is used here, and what it changes is seen. `controls.txt` lists which those are.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { links } from './controls.mjs';
import { go, raw8, stage, value, worth } from './stage.mjs';

const house = stage({ environment: { GONGXIANG_DEMO_PEOPLE: 'xtask/demo/people.json' } });
const DESK = { width: 1280, height: 800 };
const COPIES = { viewport: DESK, permissions: ['clipboard-read', 'clipboard-write'] };

const copied = (page) => page.evaluate(() => navigator.clipboard.readText());
const hashOf = (page) => page.evaluate(() => location.hash);
const pressed = (page, id) => page.locator(`[data-testid="${id}"][aria-pressed="true"]`).waitFor();

/** Follows a link, and waits until what it leads to is there. */
async function follows(page, from, to, ready) {
  await from.first().click();
  await page.waitForFunction((hash) => location.hash === hash, to);
  await page.getByTestId(ready).first().waitFor();
}

/** Closes the sheet by its cross. */
async function closeSheet(page) {
  await page.getByTestId('sheet').getByRole('button', { name: 'Close' }).click();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
}

/** Signs in to the demo as a member, at the entry. */
async function signIn(page, member) {
  await page.getByTestId('search').fill(member);
  await page.getByTestId('open').click();
  await page.locator(`[data-testid="home"][data-member="${member}"]`).waitFor();
}

/** Settles events. */
async function settle(...events) {
  for (const event of events) {
    const answer = await house.post('/v1/events', event);
    assert.ok(answer.receipt, JSON.stringify(answer));
  }
}

/** The shop that has the most points. */
async function richShop() {
  const { accounts } = await house.get('/v1/state');
  const shops = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  return shops.sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points)))[0];
}

const regionOf = async (shop) => (await house.get(`/v1/members/${shop}`)).account.shop;

/** An order in a shop. */
const order = (id, buyer, merchant, region) => (
  { type: 'order.placed', order: id, buyer, merchant, channel: 'offline', amount: '10', concession: '0.5', region }
);

test('the frame: skip link, name, languages, and the ways of a member, a shop and the desk', async () => {
  const shop = await richShop();
  const [buyer] = await house.rich(1);
  await settle(order('uses-frame', buyer, shop, await regionOf(shop)));
  const { page, complaints, close } = await house.open(`#/m/${shop}/statement`, { viewport: DESK });
  await page.getByTestId('statement').waitFor();
  await links(page, '#main').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.getByTestId('lang-zh-CN').click();
  await page.getByTestId('filter-all').getByText('全部').waitFor();
  await page.getByTestId('lang-en').click();
  await page.getByTestId('filter-all').getByText('All').waitFor();
  await page.locator('.brand').click();
  await page.getByTestId('members').waitFor();
  for (const [start, ways] of [
    [`#/m/${shop}/move`, [
      ['#/m/ID', 'past'], ['#/m/ID/statement', 'statement'], ['#/m/ID/order', 'order-points'], ['#/m/ID/forecast', 'horizon'],
      ['#/m/ID/move', 'to-market'],
    ]],
    [`#/shop/${shop}`, [['#/shop/ID/orders', 'orders'], ['#/shop/ID/manage', 'to-poster'], ['#/shop/ID', 'charge']]],
    ['#/operator/rules', [
      ['#/operator', 'close-day'], ['#/operator/members', 'find-member'], ['#/operator/rules', 'rule-group'], ['#/operator/economy', 'scenario'],
      ['#/operator/staff', 'staff-add'], ['#/operator/disputes', 'no-disputes'], ['#/operator/actions', 'actions'],
    ]],
  ]) {
    await go(page, start);
    for (const [way, ready] of ways) {
      const to = page.locator('nav.ways').locator(links(page, way, shop));
      await follows(page, to, way.replace('ID', shop), ready);
      assert.equal(await to.getAttribute('aria-current'), 'page', way);
    }
  }
  await go(page, `#/m/${shop}/move`);
  await follows(page, page.locator('nav.ways').locator(links(page, '#/shop/ID', shop)), `#/shop/${shop}`, 'charge');
  assert.deepEqual(complaints.filter((text) => !text.includes('preloaded')), []);
  await close();
});

test('the menu opens and closes, and leads to home, profile and account', async () => {
  const [me] = await house.rich(1);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  const menu = page.getByTestId('menu');
  await menu.click();
  await page.getByTestId('menu-profile').waitFor();
  await menu.click();
  await page.getByTestId('menu-profile').waitFor({ state: 'hidden' });
  assert.equal(await menu.getAttribute('aria-expanded'), 'false');
  await menu.click();
  await follows(page, page.getByTestId('menu-profile'), `#/m/${me}/profile`, 'save');
  await menu.click();
  await follows(page, page.locator('#menu').locator(links(page, '#/m/ID', me)), `#/m/${me}`, 'home');
  await go(page, '#/');
  await page.getByTestId('signed-in').waitFor();
  await follows(page, page.getByTestId('go-on'), `#/m/${me}`, 'home');
  await close();
});

test('a tap on a number shows all of its places, and the next one the first of them', async () => {
  const [me] = await house.rich(1);
  const { points } = (await house.get(`/v1/members/${me}`)).state;
  const { page, close } = await house.open(`#/m/${me}`);
  const number = page.locator('[data-testid=points]').locator('.num');
  const plain = async () => (await number.innerText()).replaceAll(',', '');
  const short = await plain();
  assert.ok(points.startsWith(short) && short.length < points.length, `${short} of ${points}`);
  await number.click();
  assert.equal(await plain(), points);
  await number.click();
  assert.equal(await plain(), short);
  await close();
});

test('home: the chart shows what and how long one chooses, and links lead on', async () => {
  const shop = await richShop();
  const { page, complaints, close } = await house.open(`#/m/${shop}`, { viewport: DESK });
  const summary = () => page.getByTestId('course').getAttribute('aria-label');
  const along = async () => JSON.parse(await page.getByTestId('course').getAttribute('data-chart')).along.length;
  await page.getByTestId('course').waitFor();
  const all = await along();
  const courses = [
    ['course-share-value', /^Share value:/], ['course-total', /^Share value of all:/], ['course-part', /^My part, %:/], ['course-points', /^Points:/],
  ];
  for (const [id, words] of courses) {
    await page.getByTestId(id).click();
    await pressed(page, id);
    assert.match(await summary(), words);
  }
  const part = page.getByTestId('part');
  const [, mine, total] = await part.locator('[data-value]').evaluateAll((numbers) => numbers.map((number) => number.dataset.value));
  const raw = (decimal) => BigInt(decimal.replace(/(\.\d*)?$/, (rest) => rest.slice(1).padEnd(8, '0')));
  const millionths = (raw(mine) * 100_000_000n) / raw(total);
  const percent = await part.getAttribute('data-value');
  assert.ok(millionths > 0n);
  assert.equal(raw(percent) / 100n, millionths, `${mine} of ${total} is ${percent} %`);
  await page.getByTestId('part-then').waitFor();
  assert.ok(all > 90);
  for (const [id, days] of [['range-30', 30], ['range-90', 90], ['range-all', all]]) {
    await page.getByTestId(id).click();
    await pressed(page, id);
    assert.equal(await along(), days);
  }
  await follows(page, page.locator('main').locator(links(page, '#/m/ID/statement', shop)), `#/m/${shop}/statement`, 'statement');
  await go(page, `#/m/${shop}`);
  await follows(page, page.getByTestId('to-shop'), `#/shop/${shop}`, 'till');
  await go(page, `#/m/${shop}/move`);
  for (const [id, page_, ready] of [['to-transfer', 'transfer', 'to'], ['to-redeem', 'redeem', 'redeem-other'], ['to-invite', 'invite', 'link']]) {
    await follows(page, page.getByTestId(id), `#/m/${shop}/${page_}`, ready);
    await page.goBack();
    await page.getByTestId(id).waitFor();
  }
  assert.deepEqual(complaints.filter((text) => !text.includes('preloaded')), []);
  await close();
});

test('a statement shows the kind of entry one chooses, finds a text, shows more, and saves what it shows', async () => {
  const [me, to] = await house.rich(2);
  await settle({ type: 'points.transferred', from: me, to, points: '0.01' });
  const { page, close } = await house.open(`#/m/${me}/statement`, { viewport: DESK });
  await page.getByTestId('statement').waitFor();
  const rows = () => page.getByTestId('statement').locator('li.entry');
  /** Opens the months that are closed, until so many lines are there: a month that was just opened may not have drawn its own yet. */
  const open = async (lines) => {
    const closed = page.locator('[data-testid="statement-month"]:not([open]) > summary');
    // A month shows 60 lines at first.
    const more = page.getByTestId('more-rows');
    for (let tried = 0; await rows().count() !== lines; tried += 1) {
      assert.ok(tried < 400, `${lines} lines`);
      if (await closed.count()) await closed.first().click();
      else if (await more.count()) await more.first().click();
      else await page.waitForTimeout(50);
    }
  };
  const total = async () => Number((await page.getByTestId('adds-up').innerText()).match(/^[\d,]+/)[0].replace(',', ''));
  const all = await total();
  assert.ok(await rows().count() < all, 'the months before are closed');
  await open(all);
  const counts = {};
  for (const [id, fits] of [
    ['filter-release', (row) => row.testid === 'statement-day'],
    ['filter-orders', (row) => row.testid === 'entry' && row.rule !== 'transfer'],
    ['filter-moves', (row) => row.testid === 'entry' && !['consumption', 'sale', 'concession'].includes(row.rule)],
  ]) {
    await page.getByTestId(id).click();
    await pressed(page, id);
    counts[id] = await total();
    await open(counts[id]);
    const shown = await rows().evaluateAll((lines) => lines.map(({ dataset }) => ({ ...dataset })));
    assert.ok(shown.length > 0 && shown.every(fits), `${id}: ${JSON.stringify(shown.filter((row) => !fits(row)))}`);
  }
  assert.equal(counts['filter-release'] + counts['filter-orders'] + counts['filter-moves'], all);
  await page.getByTestId('filter-all').click();
  await pressed(page, 'filter-all');
  assert.equal(await total(), all);
  await page.getByTestId('statement-search').fill('Transfer');
  const found = await total();
  assert.ok(found > 0 && found < all);
  const saved = page.waitForEvent('download');
  await page.getByTestId('export').click();
  const file = await readFile(await (await saved).path(), 'utf8');
  assert.equal(file.trim().split('\r\n').length, found + 1, 'a head, and what was found');
  assert.match(file, new RegExp(`"member ${to}"`));
  await page.getByTestId('statement-search').fill('no such text');
  await page.getByTestId('statement-none').waitFor();
  await close();
});

test('a tap on somebody’s name copies the whole id, on every screen that shows names', async () => {
  const shop = await richShop();
  const [friend] = await house.rich(1);
  const { price } = await house.get('/v1/supply');
  await settle(
    order('uses-id', friend, shop, await regionOf(shop)),
    { type: 'points.transferred', from: friend, to: shop, points: '2' },
    { type: 'offer.placed', offer: 'uses-id', member: friend, side: 'sell', points: '2', unit_price: price },
  );
  const { page, close } = await house.open('#/', COPIES);
  for (const hash of [
    `#/m/${shop}`, `#/m/${shop}/statement`, `#/m/${shop}/market`, `#/shop/${shop}/orders`, `#/shop/${shop}/orders/uses-id`,
    '#/operator',
  ]) {
    await go(page, hash);
    const name = page.getByTestId('id').first();
    await name.waitFor();
    const whole = await name.getAttribute('title');
    await page.evaluate(() => navigator.clipboard.writeText('nothing'));
    await name.click();
    await page.locator('[data-testid="id"][data-copied="true"]').first().waitFor();
    assert.ok(whole && await copied(page) === whole, hash);
  }
  await go(page, `#/m/${shop}/invite`);
  await page.getByTestId('copy').click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes('#/join/'));
  assert.equal(await copied(page), await page.getByTestId('link').inputValue());
  await close();
});

test('the sheet: its details unfold, Back and the cross close it, and nothing moves', async () => {
  const [me, to] = await house.rich(2);
  const before = (await house.get(`/v1/members/${me}`)).state.points;
  const { page, close } = await house.open(`#/m/${me}/transfer`, COPIES);
  await page.getByTestId('to').fill(to);
  await page.getByTestId('points').fill('1');
  await page.getByTestId('preview').click();
  const receipt = page.getByTestId('receipt');
  await receipt.waitFor({ state: 'attached' });
  assert.equal(await receipt.isVisible(), false);
  await page.getByText('Details', { exact: true }).click();
  await receipt.waitFor();
  const name = page.getByTestId('sheet').getByTestId('id').first();
  await name.click();
  await page.locator('[data-testid="sheet"] [data-testid="id"][data-copied="true"]').waitFor();
  assert.equal(await copied(page), to);
  await page.getByTestId('sheet').getByRole('button', { name: 'Back' }).click();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').waitFor();
  await closeSheet(page);
  assert.equal(await hashOf(page), `#/m/${me}/transfer`);
  assert.equal((await house.get(`/v1/members/${me}`)).state.points, before);
  await close();
});

test('what waits is submitted at once on request', async () => {
  const [me, to] = await house.rich(2);
  const { page, close } = await house.open(`#/m/${me}/transfer`);
  let tries = 0;
  await page.route('**/v1/transfers', (route) => { tries += 1; return tries === 1 ? route.fulfill({ status: 503, body: '' }) : route.continue(); });
  const before = raw8((await house.get(`/v1/members/${to}`)).state.points);
  await page.getByTestId('to').fill(to);
  await page.getByTestId('points').fill('0.5');
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('waiting').waitFor();
  await closeSheet(page);
  await page.getByTestId('waiting').getByRole('button', { name: 'Submit now' }).click();
  await page.getByTestId('waiting').waitFor({ state: 'detached' });
  assert.equal(tries, 2);
  assert.equal(raw8((await house.get(`/v1/members/${to}`)).state.points), before + raw8('0.5'));
  await close();
});

test('a calculation is refreshed, and in a shop no place is asked', async () => {
  const [me] = await house.rich(1);
  const shop = await richShop();
  const { page, close } = await house.open(`#/m/${me}/order`);
  await page.getByTestId('merchant').fill(shop);
  await page.getByTestId('merchant').press('Tab');
  await page.locator(`[data-testid="outcome"][data-parties*=" ${shop} "]`).waitFor();
  const region = page.getByTestId('region');
  await page.getByTestId('offline').click();
  await region.waitFor({ state: 'hidden' });
  await page.getByTestId('online').click();
  await region.waitFor();
  await page.getByTestId('order-points').waitFor();
  const due = await value(page, 'due');
  await settle({ type: 'day.closed', day: (await house.get('/v1/supply')).day });
  await page.getByTestId('refresh').click();
  await page.waitForFunction((old) => ![undefined, old].includes(document.querySelector('[data-testid="due"]')?.dataset.value), due);
  assert.ok(await value(page, 'due') > due, 'a day later');
  await close();
});

test('the entry leads to a member of the list, to a guest’s screen and to the operator’s', async () => {
  const { page, close } = await house.open('#/');
  await follows(page, links(page, '#/m/ID', 'c0002'), '#/m/c0002', 'home');
  await go(page, '#/');
  await page.getByTestId('sign-out').click();
  await page.locator('[data-testid="guest"][data-kind="shop"]').click();
  await page.getByTestId('till').waitFor();
  await go(page, '#/');
  await page.getByTestId('sign-out').click();
  await page.getByTestId('members').waitFor();
  await follows(page, page.getByTestId('operator-view'), '#/operator', 'close-day');
  await close();
});

test('a screen that is not there, or somebody else’s, leads back to the entry', async () => {
  const [me, other] = await house.rich(2);
  const { page, close } = await house.open('#/nowhere');
  await follows(page, page.getByTestId('fault').locator(links(page, '#/')), '#/', 'search');
  await signIn(page, me);
  await go(page, `#/m/${other}`);
  await follows(page, page.getByTestId('fault').locator(links(page, '#/')), '#/', 'signed-in');
  await page.route('**/v1/members/*', (route) => route.fulfill({ status: 500, body: '' }));
  await go(page, `#/m/${me}`);
  await follows(page, page.getByTestId('fault').locator(links(page, '#/')), '#/', 'signed-in');
  await close();
});

test('a buyer’s orders: more of them, one of them, and back; a code without a short number leads to the profile', async () => {
  const [buyer] = await house.rich(1);
  const shop = await richShop();
  const region = await regionOf(shop);
  for (let at = 0; at < 41; at += 1) await settle({ ...order(`uses-${at}`, buyer, shop, region), amount: '1', concession: '0.1' });
  const { page, close } = await house.open(`#/m/${buyer}/orders`);
  const shown = page.getByTestId('order');
  await shown.first().waitFor();
  const before = await shown.count();
  await page.getByTestId('more-orders').click();
  await shown.nth(before).waitFor();
  await follows(page, links(page, '#/m/ID/orders/ORDER', buyer, 'uses-7'), `#/m/${buyer}/orders/uses-7`, 'order-page');
  await follows(page, links(page, '#/m/ID/orders', buyer), `#/m/${buyer}/orders`, 'order');
  await go(page, '#/');
  await signIn(page, buyer);
  const profile = `/v1/members/${buyer}/profile`;
  assert.match((await house.get(profile)).number, /^\d{8}$/, 'who signs in has one');
  assert.equal(await page.evaluate(async (path) => (await fetch(path, { method: 'DELETE' })).status, profile), 204);
  assert.equal((await house.get(profile)).number, null);
  await go(page, `#/m/${buyer}/code`);
  await page.getByTestId('my-code').waitFor();
  await follows(page, page.locator('main').locator(links(page, '#/m/ID/profile', buyer)), `#/m/${buyer}/profile`, 'save');
  await close();
});

test('the market: to buy or to sell, at one’s own price, and older trades', async () => {
  const [me, friend] = await house.rich(2);
  const { price } = await house.get('/v1/supply');
  await settle({ type: 'offer.placed', offer: 'uses-many', member: me, side: 'sell', points: '60', unit_price: price });
  for (let at = 0; at < 51; at += 1) {
    await settle(
      { type: 'offer.taken', offer: 'uses-many', trade: `uses-${at}`, member: friend, points: '1' }, { type: 'trade.cancelled', trade: `uses-${at}` },
    );
  }
  const { page, close } = await house.open(`#/m/${me}/market`);
  const ended = page.getByTestId('ended-trade');
  await ended.nth(49).waitFor();
  assert.equal(await ended.count(), 50);
  await page.getByTestId('more-trades').click();
  await ended.nth(50).waitFor();
  await page.getByTestId('more-trades').waitFor({ state: 'detached' });
  for (const [side, from] of [['buy', null], ['sell', `member ${me}`]]) {
    await page.getByTestId(side).click();
    await pressed(page, side);
    await page.getByTestId('points').fill('10');
    // The lowest price that the rules allow is 10 % below the price of the day.
    const cheaper = (raw8(price) * 95n) / 100n;
    const typed = `${cheaper / 10n ** 8n}.${String(cheaper % 10n ** 8n).padStart(8, '0').slice(0, 4)}`;
    await page.getByTestId('unit-price').fill(typed);
    await page.getByTestId('preview').last().click();
    await page.getByTestId('confirm').waitFor();
    assert.equal(raw8(await value(page, 'deal-sum')) / 10n ** 6n, (raw8(typed) * 10n) / 10n ** 6n, side);
    assert.equal(await page.locator(`[data-testid="posting"][data-from="${from}"]`).count(), from ? 1 : 0, 'only a seller’s points are held');
    await closeSheet(page);
  }
  await close();
});

test('the till’s keys type an amount and delete it, and a fixed concession in yuan is kept', async () => {
  const shop = await richShop();
  const [buyer] = await house.rich(1);
  await settle(order('uses-till', buyer, shop, await regionOf(shop)));
  const { page, close } = await house.open(`#/shop/${shop}/manage`, COPIES);
  await page.getByTestId('to-poster').waitFor();
  await page.getByTestId('yuan').click();
  await pressed(page, 'yuan');
  await page.getByTestId('preset').fill('3.5');
  await page.getByTestId('save-preset').click();
  await page.getByTestId('preset-saved').filter({ hasText: 'Saved' }).waitFor();
  await go(page, `#/shop/${shop}`);
  for (const key of ['key-9', 'key-8', 'key-7', 'key-6', 'key-.', 'key-5', 'key-4', 'key-delete', 'key-3']) await page.getByTestId(key).click();
  assert.equal(await page.getByTestId('till-amount').inputValue(), '9876.53');
  assert.equal(await value(page, 'concession'), '3.5');
  for (let deleted = 0; deleted < 7; deleted += 1) await page.getByTestId('key-delete').click();
  for (const key of ['key-2', 'key-1', 'key-0']) await page.getByTestId(key).click();
  assert.equal(await page.getByTestId('till-amount').inputValue(), '210');
  await go(page, `#/shop/${shop}/manage`);
  await page.getByTestId('percent').click();
  await pressed(page, 'percent');
  await page.getByTestId('preset').fill('10');
  await page.getByTestId('save-preset').click();
  await page.getByTestId('preset-saved').filter({ hasText: 'Saved' }).waitFor();
  await go(page, `#/shop/${shop}`);
  for (const key of ['key-5', 'key-0']) await page.getByTestId(key).click();
  assert.equal(await value(page, 'concession'), '5');
  await page.getByTestId('till-customer').fill(buyer);
  await page.getByTestId('take').click();
  await page.getByTestId('customer').getByTestId('id').click();
  await page.locator('[data-testid="id"][data-copied="true"]').waitFor();
  assert.equal(await copied(page), buyer);
  await go(page, `#/shop/${shop}/poster`);
  await page.evaluate(() => { globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; }; });
  await page.getByTestId('print').click();
  assert.equal(await page.evaluate(() => globalThis.printed), 1);
  await go(page, `#/shop/${shop}/orders/uses-till`);
  await page.getByTestId('order-page').waitFor();
  await follows(page, page.locator('main').locator(links(page, '#/shop/ID/orders', shop)), `#/shop/${shop}/orders`, 'orders');
  await close();
});

test('a shop’s own member goes from the menu to the counter, from there to the market, and sends goods to a place', async () => {
  const shop = await richShop();
  const [buyer] = await house.rich(1);
  const { page, close } = await house.open('#/');
  await signIn(page, shop);
  await page.getByTestId('menu').click();
  await follows(page, page.getByTestId('menu-shop'), `#/shop/${shop}`, 'till');
  await go(page, `#/shop/${shop}/manage`);
  await page.getByTestId('working').waitFor();
  const { state } = await house.get(`/v1/members/${shop}`);
  const has = raw8(worth(state.points, (await house.get('/v1/supply')).price));
  const isBelow = has < raw8((await house.get('/v1/rules')).merchant.deposit);
  assert.equal(await page.getByTestId('below-deposit').count(), Number(isBelow), 'it is told only to a shop that is below');
  await follows(page, page.getByTestId('buy-points'), `#/m/${shop}/market`, 'board');
  await go(page, `#/shop/${shop}/manage`);
  await follows(page, page.getByTestId('to-online'), `#/shop/${shop}/online`, 'buyer');
  await page.getByTestId('buyer').fill(buyer);
  await page.getByTestId('amount').fill('10');
  await page.getByTestId('concession').fill('0.5');
  await page.getByTestId('regions').click();
  await page.getByTestId('region-province').selectOption({ label: '北京市' });
  await page.getByTestId('region-city').selectOption({ label: '朝阳区' });
  assert.equal(await page.getByTestId('region').inputValue(), '110105');
  await page.getByTestId('preview').click();
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/orders'));
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  await closeSheet(page);
  const { channel, region } = (await sent).postDataJSON();
  assert.deepEqual([channel, region], ['online', '110105']);
  await close();
});

test('a shop below its deposit reads that it can still take orders, and how much is missing', async () => {
  const { accounts } = await house.get('/v1/state');
  const shops = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  const [poor] = shops.sort((a, b) => Number(raw8(accounts[a].points) - raw8(accounts[b].points)));
  const { price } = await house.get('/v1/supply');
  const { state } = await house.get(`/v1/members/${poor}`);
  const deposit = (await house.get('/v1/rules')).merchant.deposit;
  const missing = raw8(deposit) - raw8(worth(state.points, price));
  assert.ok(missing > 0n);
  for (const [locale, words] of [['zh-CN', /不影响接单/], ['en-US', /can still take orders/]]) {
    const { page, close } = await house.open(`#/shop/${poor}/manage`, { locale });
    assert.match(await page.getByTestId('below-deposit').innerText(), words);
    assert.equal(raw8(await value(page, 'missing')), missing);
    assert.match(await page.getByTestId('missing').innerText(), /\.\d\d\s+(元|yuan)/);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/below-deposit-${locale}.png`, fullPage: true });
    await close();
  }
});

test('the desk: a scenario’s course, the pages of members and rows, and the way back to the list', async () => {
  const { page, close } = await house.open('#/operator/economy', { viewport: DESK });
  const scenario = page.getByTestId('scenario');
  await scenario.locator('gx-chart').first().waitFor();
  const figures = new Set();
  for (const course of ['crashing', 'swinging', 'flat']) {
    await page.getByTestId(course).click();
    await pressed(page, course);
    figures.add(await scenario.locator('gx-chart').first().getAttribute('data-chart'));
  }
  assert.equal(figures.size, 3, 'each course has its own chart');
  // From today, one chart has what was and what the scenario makes of it.
  const { day: today } = await house.get('/v1/supply');
  const { along, series: [past, ahead, ...more] } = JSON.parse(await page.getByTestId('scenario-price').getAttribute('data-chart'));
  assert.deepEqual([past.name, ahead.name, more], ['So far', 'Scenario', []]);
  const begins = along.findIndex((day) => day >= today);
  assert.ok(begins > 0 && begins < along.length - 1, 'days before today and after it');
  for (const [at, day] of along.entries()) {
    assert.deepEqual([past.values[at] !== '', ahead.values[at] !== ''], [at < begins, at >= begins], day);
  }
  assert.match(await page.getByTestId('join-income').innerText(), /\d\.\d\d%$/);
  const turnovers = await page.getByTestId('last-days').locator('tbody td:nth-child(3)').allInnerTexts();
  assert.ok(turnovers.length > 0 && turnovers.every((turnover) => /\.\d\d$/.test(turnover)), turnovers.join());
  await go(page, '#/operator/members');
  const lines = page.locator('[data-testid="members"] a');
  await lines.nth(49).waitFor();
  await page.getByTestId('more').click();
  await lines.nth(99).waitFor();
  await follows(page, links(page, '#/operator/members/ID', 'c0001'), '#/operator/members/c0001', 'desk-posting');
  const rows = page.getByTestId('desk-posting');
  const before = await rows.count();
  await page.getByTestId('more-rows').first().click();
  await rows.nth(before).waitFor();
  await follows(page, page.locator('main').locator(links(page, '#/operator/members')), '#/operator/members', 'find-member');
  await close();
});
