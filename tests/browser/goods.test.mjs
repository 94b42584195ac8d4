// Goods for points, from the desk to the counter: the operator writes the catalogue, members redeem points for pieces, a shop scans the
// vouchers and hands out, and the operator sends the rest.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { camera } from './camera.mjs';
import { go, raw8, stage, sticksOut, value } from './stage.mjs';

const lens = camera();
const house = stage({ args: lens.args });
const SHOP = 'shop9';

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** A page of a member who is signed in, at its screen of goods. */
async function asMember(member, options) {
  const opened = await house.open('#/shops', options);
  await opened.page.evaluate((body) => fetch('/v1/sessions/demo', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body,
  }), JSON.stringify({ member }));
  await opened.page.goto(`${house.url}/#/m/${member}/redeem`);
  return opened;
}

const points = async (member) => raw8((await house.get(`/v1/members/${member}`)).state.points);

const item = (page, id) => page.locator(`[data-testid="item"][data-item="${id}"]`);

const FIELDS = ['id', 'name', 'description', 'points', 'money', 'stock', 'limit', 'last-day', 'shops'];

/** Writes an item with the form of the desk. */
async function write(page, fields, { file, sent } = {}) {
  for (const name of FIELDS) if (name in fields) await page.getByTestId(`goods-${name}`).fill(fields[name]);
  if (sent) await page.getByTestId('goods-sent').check();
  if (file) await page.getByTestId('goods-picture').setInputFiles(file);
  await page.getByTestId('goods-save').click();
}

async function confirm(page) {
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  await page.getByTestId('sheet').getByRole('button', { name: /Close|关闭/ }).click();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
}

test('a piece goes from the catalogue over a voucher to the counter, once', async () => {
  const [me, other] = await house.rich(2);
  const desk = await house.open('#/operator', { locale: 'zh-CN' });
  await desk.page.getByTestId('to-desk-goods').click();
  await desk.page.getByTestId('goods-form').waitFor();
  assert.equal(await desk.page.getByTestId('goods-save').isDisabled(), true, 'an empty form is not sent');
  await write(desk.page, { id: 'mug', name: '马克杯', description: '蓝色', points: '0.5', money: '5', stock: '2', limit: '1', shops: SHOP }, {
    file: { name: 'mug.png', mimeType: 'image/png', buffer: await desk.page.screenshot({ clip: { x: 0, y: 0, width: 320, height: 240 } }) },
  });
  const row = desk.page.locator('[data-testid="desk-item"][data-item="mug"]');
  await row.locator('img').waitFor();
  assert.match(await row.innerText(), /剩余 2/);
  assert.equal(await desk.page.getByTestId('goods-id').inputValue(), '', 'what is saved is not typed any more');
  assert.deepEqual(await sticksOut(desk.page), []);
  await picture(desk.page, 'goods-desk');

  const before = await points(me);
  const mine = await asMember(me, { locale: 'zh-CN' });
  const { page } = mine;
  await item(page, 'mug').waitFor();
  assert.ok(await item(page, 'mug').locator('img').evaluate(async (image) => (await image.decode(), image.naturalWidth === 320)));
  assert.match(await item(page, 'mug').innerText(), /马克杯[\s\S]*0\.5[\s\S]*5\.00[\s\S]*剩余 2/);
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'goods-zh');
  await item(page, 'mug').getByTestId('pick').click();
  await page.getByTestId('summary').waitFor();
  assert.match(await page.getByTestId('facts').innerText(), /马克杯[\s\S]*5/);
  await picture(page, 'goods-sheet');
  await confirm(page);
  assert.equal(before - await points(me), raw8('0.5'));
  const voucher = page.locator('[data-testid="voucher"][data-state="open"]');
  await voucher.waitFor();
  assert.equal(await item(page, 'mug').getAttribute('data-left'), '1');
  await voucher.getByTestId('show-voucher').click();
  const first = await page.getByTestId('voucher-code').getAttribute('data-code');
  assert.match(first, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
  await page.getByTestId('qr').waitFor();
  await picture(page, 'goods-voucher');
  // Shown again it is another one, and only that is good.
  await voucher.getByTestId('show-voucher').click();
  await page.locator(`[data-testid="voucher-code"]:not([data-code="${first}"])`).waitFor();
  const qr = await page.getByTestId('voucher-code').getAttribute('data-qr');

  // One is all that a member may have.
  await item(page, 'mug').getByTestId('pick').click();
  await page.getByTestId('confirm').click();
  await page.locator('[data-testid="action-refused"][data-code="too_many_of_item"]').filter({ hasText: /每人限兑/ }).waitFor();
  await page.goBack();
  assert.equal(before - await points(me), raw8('0.5'), 'a refusal takes nothing');

  const shop = await house.open(`#/shop/${SHOP}/manage`, { permissions: ['camera'] });
  await shop.page.getByTestId('to-goods').click();
  await shop.page.getByTestId('voucher').fill(first);
  await shop.page.getByTestId('check-voucher').click();
  await shop.page.locator('[data-testid="voucher-refused"][data-code="bad_voucher_code"]').filter({ hasText: /not the code of a voucher/ }).waitFor();
  await lens.hold(qr);
  await shop.page.getByTestId('voucher').fill('');
  await shop.page.getByTestId('scan').click();
  await shop.page.getByTestId('piece').waitFor();
  assert.equal(await value(shop.page, 'take-money'), '5');
  assert.match(await shop.page.getByTestId('piece').innerText(), /马克杯/);
  await picture(shop.page, 'goods-counter');
  await shop.page.getByTestId('hand-out').click();
  await shop.page.getByTestId('handed-out').waitFor();
  await shop.page.getByTestId('next-voucher').click();
  await shop.page.getByTestId('voucher').fill(qr);
  await shop.page.locator('[data-testid="voucher-refused"][data-code="voucher_used"]').waitFor();
  // A voucher is nobody's member code: the till says where it belongs.
  await go(shop.page, `#/shop/${SHOP}`);
  await shop.page.getByTestId('till-customer').fill(qr);
  await shop.page.getByTestId('customer-error').filter({ hasText: /voucher/ }).waitFor();

  await page.reload();
  await page.locator('[data-testid="voucher"][data-state="used"]').waitFor();
  assert.equal(await page.getByTestId('show-voucher').count(), 0);

  // Another member sees what is left, cancels, and has its points again.
  const had = await points(other);
  const theirs = await asMember(other);
  assert.equal(await item(theirs.page, 'mug').getAttribute('data-left'), '1');
  await item(theirs.page, 'mug').getByTestId('pick').click();
  await theirs.page.getByTestId('summary').waitFor();
  await confirm(theirs.page);
  await theirs.page.locator('[data-testid="item"][data-left="0"]').waitFor();
  assert.equal(await item(theirs.page, 'mug').getByTestId('pick').isDisabled(), true, 'none is left');
  await theirs.page.getByTestId('cancel-voucher').click();
  assert.equal(had - await points(other), raw8('0.5'), 'asked first');
  await theirs.page.getByTestId('cancel-voucher').click();
  await theirs.page.locator('[data-testid="voucher"][data-state="cancelled"]').waitFor();
  assert.equal(await points(other), had);
  await theirs.page.locator('[data-testid="item"][data-left="1"]').waitFor();
  // What is in no catalogue is behind a fold.
  await theirs.page.getByTestId('redeem-other').click();
  await theirs.page.getByTestId('item').and(theirs.page.locator('input')).waitFor();
  await picture(theirs.page, 'goods-en');

  for (const { complaints } of [mine, shop, theirs, desk]) assert.deepEqual(complaints.filter((text) => !/40[49]|422|400/.test(text)), []);
  for (const { close } of [mine, shop, theirs, desk]) await close();
});

test('what is sent needs an address, waits at the desk, and loses the address when it is sent; an item is changed and withdrawn', async () => {
  const [, , me] = await house.rich(3);
  const desk = await house.open('#/operator/goods');
  await desk.page.getByTestId('goods-form').waitFor();
  await write(desk.page, { id: 'book', name: 'Book', points: '0.25', stock: '3' }, { sent: true });
  await desk.page.locator('[data-testid="desk-item"][data-item="book"]').waitFor();

  const { page, close } = await asMember(me);
  await item(page, 'book').waitFor();
  assert.equal(await item(page, 'book').getByTestId('pick').isDisabled(), true, 'not without an address');
  await item(page, 'book').getByTestId('address').fill('王小明 13800000000 西宁市城东区 1 号');
  await item(page, 'book').getByTestId('pick').click();
  assert.match(await page.getByTestId('facts').innerText(), /王小明/);
  await page.getByTestId('summary').waitFor();
  await confirm(page);
  const voucher = page.locator('[data-testid="voucher"][data-state="open"]');
  assert.match(await voucher.innerText(), /To be sent[\s\S]*王小明/);
  assert.equal(await voucher.getByTestId('show-voucher').count(), 0, 'nothing to show at a counter');

  await desk.page.reload();
  const waits = desk.page.getByTestId('to-send');
  assert.match(await waits.innerText(), /Book[\s\S]*王小明/);
  // Fewer than members wait for cannot be.
  await desk.page.locator('[data-testid="desk-item"][data-item="book"]').getByTestId('edit-item').click();
  assert.equal(await desk.page.getByTestId('goods-name').inputValue(), 'Book');
  await desk.page.getByTestId('goods-stock').fill('0');
  await desk.page.getByTestId('goods-save').click();
  await desk.page.getByTestId('goods-error').filter({ hasText: /no lower/ }).waitFor();
  // A file that only says that it is a picture.
  await desk.page.getByTestId('goods-stock').fill('4');
  await desk.page.getByTestId('goods-last-day').fill('2099-12-31');
  await desk.page.getByTestId('goods-picture').setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('<svg><script/></svg>') });
  await desk.page.getByTestId('goods-save').click();
  await desk.page.getByTestId('goods-error').filter({ hasText: /PNG, JPEG or WebP/ }).waitFor();
  await desk.page.getByTestId('send-item').click();
  await desk.page.getByTestId('none-to-send').waitFor();
  await page.reload();
  await page.locator('[data-testid="voucher"][data-state="used"]').waitFor();
  assert.ok(!(await page.getByTestId('vouchers').innerText()).includes('王小明'), 'the address is gone');

  await desk.page.locator('[data-testid="desk-item"][data-item="book"]').getByTestId('withdraw-item').click();
  await desk.page.locator('[data-testid="desk-item"][data-item="book"][data-withdrawn="true"]').waitFor();
  await page.reload();
  await page.getByTestId('vouchers').waitFor();
  assert.equal(await item(page, 'book').count(), 0);
  assert.match(await page.getByTestId('vouchers').innerText(), /Book/, 'the name of what is no longer offered');
  await desk.close();
  await close();
});

test('more vouchers than fit on a page, and more that wait to be sent, come page by page', async () => {
  const [, , , me] = await house.rich(4);
  const headers = { 'content-type': 'application/json' };
  const leaf = JSON.stringify({ name: 'Leaf', points: '0.0001', stock: 200, delivery: true });
  assert.ok((await fetch(`${house.url}/v1/goods/leaf`, { method: 'PUT', headers, body: leaf })).ok);
  const { page, close } = await asMember(me);
  await item(page, 'leaf').waitFor();
  const refused = await page.evaluate(async () => {
    for (let at = 1; at <= 101; at += 1) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
      const body = JSON.stringify({ points: '0.0001', deliver_to: `${at} High Road` });
      const answer = await fetch('/v1/goods/leaf/redemptions', { method: 'POST', headers, body });
      if (!answer.ok) return answer.text();
    }
    return '';
  });
  assert.equal(refused, '');
  await page.reload();
  const vouchers = page.getByTestId('voucher');
  await vouchers.nth(49).waitFor();
  assert.equal(await vouchers.count(), 50);
  await page.getByTestId('more-vouchers').click();
  await vouchers.nth(99).waitFor();
  await page.getByTestId('more-vouchers').click();
  await vouchers.nth(100).waitFor();
  await page.getByTestId('more-vouchers').waitFor({ state: 'detached' });
  assert.match(await vouchers.last().innerText(), /\b1 High Road/, 'the oldest is the last');
  await close();

  const desk = await house.open('#/operator/goods');
  const waits = desk.page.getByTestId('send-item');
  await waits.first().waitFor();
  const first = await waits.count();
  assert.ok(first < 101);
  for (let before = first; before < 101; before = await waits.count()) {
    await desk.page.getByTestId('more-to-send').click();
    await waits.nth(before).waitFor();
  }
  assert.equal(await waits.count(), 101);
  await desk.page.getByTestId('more-to-send').waitFor({ state: 'detached' });
  await desk.close();
});
