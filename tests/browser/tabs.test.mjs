// A tab that somebody comes back to, or that stood open while a day closed or another tab did something, shows what is; and a screen begins with
// what the one before it showed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { go, stage, value } from './stage.mjs';

const house = stage();

/** Settles an event. */
async function settle(event) {
  const answer = await house.post('/v1/events', event);
  assert.ok(answer.receipt, JSON.stringify(answer));
}

const closeDay = async () => settle({ type: 'day.closed', day: (await house.get('/v1/supply')).day });

/** A tab of a member who signed in to the demo, at its home. */
async function signedIn(member, options) {
  const opened = await house.open('#/', options);
  await opened.page.getByTestId('search').fill(member);
  // Who signs in before the search has answered may be refused (in the console only).
  await opened.page.getByTestId('members').locator(`[data-member="${member}"]`).waitFor();
  await opened.page.getByTestId('open').click();
  await opened.page.locator(`[data-testid="home"][data-member="${member}"]`).waitFor();
  await opened.page.getByTestId('past').waitFor();
  return opened;
}

/** Somebody comes back to the tab after so many seconds. */
const comeBack = (page, seconds) => page.evaluate((later) => {
  const { now } = Date;
  Date.now = () => now() + later * 1000;
  dispatchEvent(new Event('focus'));
}, seconds);

test('after midnight, who comes back to the tab sees the new day on the home, the statement and the orders', async () => {
  const [me, other] = await house.rich(2);
  const { page, complaints, close } = await signedIn(me);
  const shows = async () => {
    const { day, state } = await house.get(`/v1/members/${me}`);
    await page.locator(`[data-testid="home"][data-day="${day}"]`).waitFor();
    await page.locator(`[data-testid="points"][data-value="${state.points}"]`).waitFor();
    assert.equal(await value(page, 'check'), 'equal');
  };
  await shows();
  await closeDay();
  let asked = 0;
  page.on('request', (request) => { if (request.url().endsWith('/v1/supply')) asked += 1; });
  await comeBack(page, 5);
  await page.waitForTimeout(300);
  assert.equal(asked, 0, 'within half a minute nothing is asked again');
  await comeBack(page, 31);
  await shows();

  await go(page, `#/m/${me}/statement`);
  await page.getByTestId('statement').waitFor();
  await page.getByTestId('statement-search').fill('0.0625');
  await page.getByTestId('statement-none').waitFor();
  await settle({ type: 'points.transferred', from: other, to: me, points: '0.0625' });
  await comeBack(page, 31);
  await page.getByTestId('statement').locator('.entry').filter({ hasText: '0.0625' }).waitFor();
  assert.equal(await page.getByTestId('statement-search').inputValue(), '0.0625', 'what is typed stays');

  const shop = (await house.members()).find((line) => line.merchant).member;
  const { shop: region } = (await house.get(`/v1/members/${shop}`)).account;
  await settle({ type: 'points.transferred', from: other, to: shop, points: '5' });
  await go(page, `#/m/${me}/orders`);
  await page.locator('[data-testid="orders"], [data-testid="no-orders"]').first().waitFor();
  await settle({ type: 'order.placed', order: 'after-midnight', buyer: me, merchant: shop, channel: 'offline', amount: '10', concession: '1', region });
  await comeBack(page, 31);
  await page.locator('[data-testid="order"][data-order="after-midnight"]').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('a counter’s list has what another till entered, and what is being typed to find an order stays', async () => {
  const [buyer, other] = await house.rich(2);
  const shop = (await house.members()).find((line) => line.merchant).member;
  const { shop: region } = (await house.get(`/v1/members/${shop}`)).account;
  await settle({ type: 'points.transferred', from: other, to: shop, points: '5' });
  const { page, complaints, close } = await signedIn(shop);
  await go(page, `#/shop/${shop}/orders`);
  await page.getByTestId('order-id').fill('till');
  await settle({ type: 'order.placed', order: 'of-another-till', buyer, merchant: shop, channel: 'offline', amount: '10', concession: '1', region });
  await comeBack(page, 31);
  await page.locator('[data-testid="orders"] [data-order="of-another-till"]').waitFor();
  assert.equal(await page.getByTestId('order-id').inputValue(), 'till');
  assert.deepEqual(complaints, []);
  await close();
});

test('what one tab settles, another shows at once; a form keeps what is typed', async () => {
  const [me, to] = await house.rich(2);
  const { page, complaints, close } = await signedIn(me);
  const form = await page.context().newPage();
  await form.goto(`${house.url}/#/m/${me}/redeem`);
  await form.getByTestId('redeem-other').click();
  await form.getByTestId('points').fill('3');
  const beside = await page.context().newPage();
  await beside.goto(`${house.url}/#/m/${me}/transfer`);
  await beside.getByTestId('to').fill(to);
  await beside.getByTestId('points').fill('0.75');
  const second = await page.context().newPage();
  await second.goto(`${house.url}/#/m/${me}/transfer`);
  await second.getByTestId('to').fill(to);
  await second.getByTestId('points').fill('0.5');
  await second.getByTestId('preview').click();
  await second.getByTestId('confirm').click();
  await second.getByTestId('settled').waitFor();
  const { state } = await house.get(`/v1/members/${me}`);
  await page.locator(`[data-testid="points"][data-value="${state.points}"]`).waitFor();
  await beside.locator(`[data-testid="available"][data-value="${state.points}"]`).waitFor();
  assert.deepEqual([await beside.getByTestId('to').inputValue(), await beside.getByTestId('points').inputValue()], [to, '0.75']);
  assert.ok(await form.getByTestId('points').isVisible(), 'it stays unfolded');
  assert.equal(await form.getByTestId('points').inputValue(), '3');
  assert.deepEqual(complaints, []);
  await close();
});

test('a screen begins with the figures of the one before, while the server is asked', async () => {
  const [me] = await house.rich(1);
  const { page, complaints, close } = await signedIn(me);
  // Once each, so that both have something to begin with.
  await go(page, `#/m/${me}/statement`);
  await page.getByTestId('statement').waitFor();
  await go(page, `#/m/${me}`);
  await page.locator(`[data-testid="home"][data-member="${me}"]`).waitFor();
  await page.getByTestId('past').waitFor();
  await page.evaluate(() => {
    globalThis.skeletons = 0;
    new MutationObserver(() => {
      if (document.querySelector('[data-testid="loading"]')) globalThis.skeletons += 1;
    }).observe(document.getElementById('main'), { childList: true, subtree: true });
  });
  const held = [];
  await page.route('**/v1/supply', (route) => { held.push(route); });
  await go(page, `#/m/${me}/statement`);
  await page.getByTestId('statement').waitFor();
  await go(page, `#/m/${me}`);
  await page.locator(`[data-testid="home"][data-member="${me}"]`).waitFor();
  await go(page, `#/m/${me}/statement`);
  await page.getByTestId('statement').waitFor();
  // An equal answer draws nothing anew: a search that was typed stays.
  await page.getByTestId('statement-search').fill('30');
  for (const route of held.splice(0)) await route.continue();
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => globalThis.skeletons), 0);
  assert.equal(await page.getByTestId('statement-search').inputValue(), '30');
  assert.deepEqual(complaints, []);
  await close();
});
