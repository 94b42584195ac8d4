// Members at the desk of a closed server: the operator registers them and uses everything that is offered for one; a clerk is offered
// its own work only. `SCREENSHOTS=directory` keeps pictures.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PHONE, choose, command, confirm, get, operatorAtDesk, phone, preview, register, seen, visit } from './desk.mjs';
import { go, stage, sticksOut } from './stage.mjs';

const house = stage({ isClosed: true });
const LANGUAGES = { 'zh-CN': /会员/, en: /member/i };
const SIZES = { phone: PHONE, desk: { width: 1280, height: 900 } };

const points = (page, value) => page.locator(`[data-testid="desk-points"][data-value="${value}"]`).waitFor();

/** An operator who is signed in. */
const operator = (name, options) => operatorAtDesk(house, name, options);

test('the operator registers members, with a code to sign in that can be printed', async () => {
  const { page, complaints, close } = await operator('王芳');
  await go(page, '#/operator/members');
  await page.getByTestId('no-members').waitFor();
  assert.equal(await register(page, { 'new-id': 'shop1' }), 'shop1');
  assert.equal(await page.getByTestId('member-code').count(), 0, 'no code was asked for');

  await page.getByTestId('new-id').fill('not an id');
  assert.ok(await page.getByTestId('preview').isDisabled());
  assert.equal(await register(page, { 'new-id': 'ann', referrer: 'shop1' }, true), 'ann');
  const card = page.getByTestId('member-code');
  await card.waitFor();
  const code = await page.getByTestId('code').innerText();
  assert.match(code, /^gxe_/);
  assert.ok((await page.getByTestId('code-link').inputValue()).endsWith(`/#/enrol/${code}`));
  await card.getByTestId('qr').waitFor();
  await page.evaluate(() => { globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; }; });
  await page.getByTestId('print').click();
  assert.equal(await page.evaluate(() => globalThis.printed), 1);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await card.isVisible());
  for (const hidden of ['find-member', 'new-id', 'print', 'members']) {
    assert.ok(!await page.getByTestId(hidden).isVisible(), `${hidden} is not printed`);
  }
  await page.emulateMedia({ media: 'screen' });

  assert.match(await register(page, { referrer: 'ann' }), /^m-[0-9a-f]{32}$/);
  await page.getByTestId('find-member').fill('an');
  await page.locator('[data-testid="members"] a').filter({ hasText: /^ann/ }).waitFor();
  await page.locator('[data-testid="members"] a').filter({ hasText: /^m-/ }).waitFor({ state: 'detached' });
  await page.getByTestId('find-member').fill('ann');
  await page.getByTestId('open-member').click();
  await page.getByTestId('desk-account').waitFor();
  assert.equal(await page.getByTestId('desk-member').innerText(), 'ann');

  // A name and a short number lead there, too.
  const number = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/v1/members/ann/profile', { method: 'PUT', headers, body: JSON.stringify({ name: '安娜' }) });
    return (await answer.json()).number;
  });
  assert.match(number, /^\d{8}$/);
  // Names are asked for once.
  await page.reload();
  // As screens show it: with a space.
  for (const typed of ['安', number, `${number.slice(0, 4)} ${number.slice(4)}`]) {
    await go(page, '#/operator/members');
    await page.getByTestId('find-member').fill(typed);
    const lines = page.locator('[data-testid="members"] a');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="members"] a').length === 1);
    assert.match(await lines.first().innerText(), /^ann/, typed);
    await page.getByTestId('open-member').click();
    await page.getByTestId('desk-account').waitFor();
    assert.equal(await page.getByTestId('desk-member').innerText(), 'ann', typed);
    await page.getByTestId('named').first().getByText('安娜').waitFor();
  }

  // Who refers a newcomer is found by it, too.
  await go(page, '#/operator/members');
  await page.getByTestId('register-member').click();
  await page.getByTestId('referrer').fill(number);
  await page.locator('[data-testid="meant"][data-member="ann"]').filter({ hasText: '安娜' }).waitFor();
  const mistyped = number.slice(0, -1) + (Number(number.at(-1)) + 1) % 10;
  await page.getByTestId('referrer').fill(mistyped);
  await page.getByTestId('referrer-error').filter({ hasText: /mistyped/ }).waitFor();
  assert.ok(await page.getByTestId('preview').isDisabled());
  await go(page, '#/operator/members/nobody');
  await page.getByTestId('fault').first().waitFor();
  assert.deepEqual(complaints.filter((text) => !/404/.test(text)), []);
  await close();
});

test('the operator sells packs, takes one back, and moves points', async () => {
  const { page, complaints, close } = await operator('李强');
  await visit(page, 'ann');
  await choose(page, 'pack.purchased');
  await page.getByTestId('return-days').fill('31');
  assert.ok(await page.getByTestId('preview').isDisabled());
  const purchase = await page.getByTestId('purchase').inputValue();
  assert.match(purchase, /^p-[0-9a-f]{12}$/);
  assert.deepEqual(await preview(page, { pack: 'member', 'return-days': '7' }), ['Member pack (member) · ¥299.00', '2026-01-08', purchase]);
  await confirm(page);
  await page.getByTestId('member-form').waitFor({ state: 'detached' });
  assert.equal(await page.getByTestId('desk-account').getAttribute('data-activated'), 'false', 'it takes effect later');
  await page.getByTestId('desk-account').getByText(/Pack not yet in effect/).waitFor();
  // Its buyer sees it, too, and when it takes effect.
  const { enrolment } = await house.operate('/v1/members/ann/enrolments');
  const buyer = await phone(house, `#/enrol/${enrolment}`);
  await buyer.page.getByTestId('enrol-passkey').click();
  const bought = buyer.page.getByTestId('pack-bought');
  await bought.waitFor();
  assert.deepEqual([await bought.getAttribute('data-due'), await bought.getAttribute('data-share-value')], ['2026-01-08', '299']);
  for (const language of Object.keys(LANGUAGES)) {
    await buyer.page.getByTestId(`lang-${language}`).click();
    await bought.waitFor();
    if (process.env.SCREENSHOTS) {
      await buyer.page.screenshot({ path: join(process.env.SCREENSHOTS, `people-bought-${language}.png`), fullPage: true });
    }
  }
  await choose(page, 'pack.refunded');
  const packs = page.getByTestId('purchase');
  assert.equal(await packs.inputValue(), purchase, 'the pack that may come back is proposed');
  assert.match(await packs.innerText(), /^¥299\.00 · returnable until 2026-01-08 · Member pack/);
  assert.deepEqual(await preview(page), [purchase]);
  await confirm(page);
  await page.getByTestId('do-pack.refunded').waitFor({ state: 'detached' });
  await buyer.page.reload();
  await buyer.page.getByTestId('packs').waitFor();
  await bought.waitFor({ state: 'detached' });
  await buyer.close();

  // What somebody else took back meanwhile is refused, and the form keeps what was chosen. The newer of two packs comes first.
  const both = [];
  for (let count = 0; count < 2; count += 1) {
    await choose(page, 'pack.purchased');
    both.unshift(await page.getByTestId('purchase').inputValue());
    await preview(page, { pack: 'member', 'return-days': '7' });
    await confirm(page);
    await page.getByTestId('member-form').waitFor({ state: 'detached' });
  }
  await choose(page, 'pack.refunded');
  assert.deepEqual(await packs.locator('option').evaluateAll((all) => all.map((each) => each.value)), both);
  await packs.selectOption(both[1]);
  assert.equal((await command(page, `/v1/purchases/${both[1]}/refund`, {})).status, 200);
  await page.getByTestId('preview').click();
  await page.locator('[data-testid="action-refused"][data-code="purchase_refunded"]').waitFor();
  await page.getByTestId('sheet').getByRole('button', { name: /^Close$/ }).click();
  assert.equal(await packs.inputValue(), both[1]);
  await packs.selectOption(both[0]);
  assert.deepEqual(await preview(page), [both[0]]);
  await confirm(page);
  await page.getByTestId('do-pack.refunded').waitFor({ state: 'detached' });

  await choose(page, 'pack.purchased');
  await preview(page, { pack: 'member', 'return-days': '' });
  await confirm(page);
  await page.locator('[data-testid="desk-account"][data-activated="true"]').waitFor();

  await visit(page, 'shop1');
  await choose(page, 'treasury.granted');
  assert.deepEqual(await preview(page, { points: '600' }), ['0 → 600']);
  await confirm(page);
  await points(page, '600');
  await choose(page, 'treasury.reclaimed');
  assert.deepEqual(await preview(page, { points: '10' }), ['600 → 590']);
  await confirm(page);
  await points(page, '590');
  await choose(page, 'balance.opened');
  assert.deepEqual(await preview(page, { 'share-value': '5', points: '2.5' }), ['590 → 592.5']);
  await confirm(page);
  await points(page, '592.5');
  await choose(page, 'points.redeemed');
  const redemption = await page.getByTestId('redemption').inputValue();
  assert.deepEqual(await preview(page, { points: '2.5', item: 'cup' }), ['592.5 → 590', redemption]);
  await confirm(page);
  await points(page, '590');
  await choose(page, 'redemption.cancelled');
  assert.deepEqual(await preview(page), [redemption]);
  await confirm(page);
  await points(page, '592.5');
  await page.locator('[data-testid="desk-posting"][data-rule="redemption"]').first().waitFor();
  assert.deepEqual(complaints.filter((text) => !/422/.test(text)), []);
  await close();
});

test('the operator gives and withdraws a role, a city and a shop, and freezes and unfreezes', async () => {
  const { page, complaints, close } = await operator('赵敏');
  await visit(page, 'shop1');
  const done = async (kind, facts, fields) => {
    await choose(page, kind);
    assert.deepEqual(fields ? await preview(page, fields) : await seen(page), facts);
    await confirm(page);
  };
  for (const pack of ['merchant', 'area']) {
    await done('pack.purchased', [{ merchant: 'Merchant pack (merchant) · ¥599.00', area: 'Area pack (area) · ¥4,999.00' }[pack], 'at once'], { pack, 'return-days': '' });
    await page.getByTestId('member-form').waitFor({ state: 'detached' });
  }
  await done('role.assigned', ['None → dealer'], { role: 'dealer' });
  await page.getByTestId('do-role.withdrawn').waitFor();
  await done('role.assigned', ['dealer → provider'], { role: 'provider' });
  await page.getByTestId('desk-account').filter({ hasText: 'provider' }).waitFor();
  await done('role.withdrawn', ['provider → None']);
  await page.getByTestId('do-role.withdrawn').waitFor({ state: 'detached' });

  await choose(page, 'partner.appointed');
  await page.getByTestId('city').fill('440106');
  assert.match(await page.getByTestId('city-error').innerText(), /440100/);
  assert.deepEqual(await preview(page, { city: '440100' }), ['None → 440100']);
  await confirm(page);
  await done('partner.withdrawn', ['440100 → None']);
  await done('merchant.opened', ['None → 440106'], { region: '440106' });
  await page.getByTestId('sold').waitFor();
  await done('member.frozen', ['Normal → Frozen']);
  await page.locator('[data-testid="desk-account"][data-frozen="true"]').waitFor();
  assert.equal(await page.getByTestId('do-member.frozen').count(), 0);
  await done('member.unfrozen', ['Frozen → Normal']);
  await page.locator('[data-testid="desk-account"][data-frozen="false"]').waitFor();
  const { account } = await get(page, '/v1/members/shop1');
  assert.deepEqual([account.role, account.city, account.shop, account.frozen], [null, null, '440106', false]);
  assert.deepEqual(complaints, []);
  await close();
});

test('an order is refunded in part by the goods that come back, and then the rest', async () => {
  const { page, complaints, close } = await operator('周杰');
  const order = { buyer: 'ann', merchant: 'shop1', channel: 'offline', amount: '100', concession: '10', region: '440106' };
  const placed = await command(page, '/v1/orders', order);
  assert.equal(placed.status, 200);
  await visit(page, 'ann');
  const line = page.locator(`[data-testid="bought"] [data-order="${placed.order}"]`);
  await line.getByTestId('refund').click();
  await page.getByTestId('goods').fill('100.01');
  assert.ok(await page.getByTestId('preview').isDisabled());
  await page.getByTestId('goods').fill('33.33');
  assert.match(await page.getByTestId('returned').innerText(), /^3\.34/);
  const facts = await preview(page);
  assert.deepEqual(facts.slice(-2), ['¥3.34', '¥10.00 → ¥6.66']);
  await confirm(page);
  await page.locator(`[data-order="${placed.order}"][data-left="6.66"]`).waitFor();

  await visit(page, 'shop1');
  const sold = page.locator(`[data-testid="sold"] [data-order="${placed.order}"]`);
  await sold.getByTestId('refund').click();
  assert.deepEqual((await preview(page)).slice(-2), ['¥6.66', '¥6.66 → ¥0.00']);
  await confirm(page);
  await page.locator(`[data-order="${placed.order}"][data-stage="refunded"]`).waitFor();
  assert.equal(await sold.getByTestId('refund').count(), 0);
  assert.equal((await get(page, `/v1/orders/${placed.order}`)).state, 'refunded');
  await choose(page, 'merchant.closed');
  assert.deepEqual(await seen(page), ['440106 → None']);
  await confirm(page);
  await page.getByTestId('sold').waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await close();
});

test('a clerk registers, sells packs and makes codes, and is offered nothing of the treasury, the price, the rules or the close', async () => {
  const chief = await operator('孙丽');
  const { enrolment } = await command(chief.page, '/v1/staff', { name: 'Li Na', role: 'clerk' });
  const { page, complaints, close } = await phone(house, `#/operator/enrol/${enrolment}`);
  await page.getByTestId('enrol').click();
  await page.getByTestId('find-member').waitFor();
  assert.ok(page.url().endsWith('#/operator/members'), 'the address of the desk leads on');
  assert.equal(await page.locator('.way').count(), 1, 'one screen');
  assert.equal(await register(page, { 'new-id': 'bob', referrer: 'ann' }), 'bob');
  await visit(page, 'bob');
  const offered = await page.getByTestId('member-actions').locator('.buttons button').evaluateAll((all) => all.map((each) => each.dataset.testid));
  assert.deepEqual(offered, ['do-pack.purchased'], 'there is no pack to take back');
  assert.equal(await page.getByTestId('end-access').count(), 0);
  await choose(page, 'pack.purchased');
  await preview(page, { pack: 'member', 'return-days': '7' });
  await confirm(page);
  await choose(page, 'pack.refunded');
  await preview(page);
  await confirm(page);
  await page.getByTestId('new-code').click();
  await page.locator('[data-testid="member-code"][data-member="bob"]').waitFor();
  for (const [path, body] of [
    ['/v1/members/bob/freeze', {}], ['/v1/treasury/grants', { member: 'bob', points: '1' }], ['/v1/prices', { price: '2' }],
    ['/v1/days/2026-01-01/close', {}], ['/v1/rules', { rules: {} }],
  ]) {
    const refused = await command(page, path, body);
    assert.deepEqual([refused.status, refused.code], [403, 'needs_role'], path);
  }
  for (const desk of ['rules', 'economy', 'staff', 'actions']) {
    await go(page, `#/operator/${desk}`);
    await page.getByTestId('not-allowed').waitFor();
  }
  assert.deepEqual(complaints.filter((text) => !/403/.test(text)), []);

  // The operator ends every way in of a member, after being asked.
  await visit(chief.page, 'bob');
  await chief.page.getByTestId('end-access').click();
  await chief.page.getByTestId('keep').click();
  await chief.page.getByTestId('end-access').click();
  await chief.page.getByTestId('end-access-now').click();
  await chief.page.getByTestId('access-ended').filter({ hasText: /code/ }).waitFor();
  await close();
  await chief.close();
});

test('the screens fit a phone and a desktop in both languages', async () => {
  const folder = process.env.SCREENSHOTS;
  if (folder) await mkdir(folder, { recursive: true });
  for (const [language, words] of Object.entries(LANGUAGES)) {
    const { page, complaints, close } = await operator(`looks-${language}`, { locale: language });
    const look = async (name) => {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        assert.deepEqual(await sticksOut(page), [], `${name} ${language} ${size}`);
        if (folder) await page.screenshot({ path: join(folder, `people-${name}-${language}-${size}.png`), fullPage: true });
      }
    };
    await go(page, '#/operator/members');
    await page.getByTestId('members').waitFor();
    assert.match(await page.locator('main').innerText(), words);
    await look('list');
    await visit(page, 'shop1');
    await page.getByTestId('desk-posting').first().waitFor();
    await look('member');
    await page.getByTestId('new-code').click();
    await page.getByTestId('member-code').waitFor();
    await choose(page, 'pack.purchased');
    await page.getByTestId('member-form').waitFor();
    await look('form');
    await preview(page);
    await look('sheet');
    assert.deepEqual(complaints, []);
    await close();
  }
});
