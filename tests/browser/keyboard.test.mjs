// The keyboard alone moves points: these tests never click, and move the focus only by Tab.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw8, stage } from './stage.mjs';

const house = stage();
const TABS_MAX = 120;

const pointsOf = async (member) => raw8((await house.get(`/v1/members/${member}`)).state.points);
const named = (id) => `[data-testid="${id}"]`;

/** Presses Tab until the element has the focus. */
async function tabTo(page, selector) {
  await page.locator(selector).first().waitFor();
  for (let pressed = 0; pressed < TABS_MAX; pressed += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never reaches ${selector}`);
}

async function press(page, selector, key) {
  await tabTo(page, selector);
  await page.keyboard.press(key);
}

async function write(page, id, text) {
  await press(page, named(id), 'Control+a');
  await page.keyboard.type(text);
}

/** Confirms what the sheet shows, and closes it. */
async function confirm(page) {
  await press(page, named('confirm'), 'Enter');
  await page.getByTestId('settled').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
}

test('the keyboard alone completes a transfer', async () => {
  const [me, to] = await house.rich(2);
  const before = await pointsOf(to);
  const { page, close } = await house.open(`#/m/${me}/transfer`);
  await write(page, 'to', to);
  await write(page, 'points', '0.5');
  await page.keyboard.press('Enter');
  await confirm(page);
  assert.equal(await pointsOf(to), before + raw8('0.5'));
  await close();
});

test('the keyboard alone completes a trade, from the offer to the money that arrived', async () => {
  const [seller, buyer] = await house.rich(2);
  const before = [await pointsOf(seller), await pointsOf(buyer)];
  const sells = await house.open(`#/m/${seller}`);
  await press(sells.page, `.ways a[href="#/m/${seller}/move"]`, 'Enter');
  await press(sells.page, named('to-market'), 'Enter');
  // A choice follows the space bar: to buy, and back again to sell.
  await press(sells.page, named('buy'), 'Space');
  await sells.page.locator(`${named('buy')}[aria-pressed="true"]`).waitFor();
  await sells.page.keyboard.press('Shift+Tab');
  await sells.page.keyboard.press('Space');
  await write(sells.page, 'points', '2');
  await press(sells.page, named('preview'), 'Space');
  await confirm(sells.page);
  const offer = await sells.page.getByTestId('my-offer').first().getAttribute('data-offer');

  const buys = await house.open(`#/m/${buyer}/market`);
  const line = `[data-offer="${offer}"]`;
  await press(buys.page, `${line} ${named('take')}`, 'Space');
  await write(buys.page, 'take-points', '2');
  await press(buys.page, `${line} ${named('preview')}`, 'Enter');
  await confirm(buys.page);
  await press(buys.page, named('pay'), 'Enter');
  await confirm(buys.page);

  await press(sells.page, `.ways a[href="#/m/${seller}/move"]`, 'Enter');
  await press(sells.page, named('to-market'), 'Enter');
  await press(sells.page, named('confirm-trade'), 'Enter');
  await confirm(sells.page);
  assert.deepEqual([await pointsOf(seller), await pointsOf(buyer)], [before[0] - raw8('2'), before[1] + raw8('2')]);
  for (const { complaints, close } of [sells, buys]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});
