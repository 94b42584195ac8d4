// Trades between strangers on a closed server, each with a phone of their own: one that both sides finish, and one that the operator
// decides at the desk.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { confirm, hashOf, operatorLink, phone } from './desk.mjs';
import { go, stage, value } from './stage.mjs';

const house = stage({ isClosed: true });
/** A server whose operator switched the market off. */
const still = stage({ isClosed: true, environment: { GONGXIANG_MARKET: 'false' } });

/** A phone that may use its clipboard. */
const withClipboard = (hash, locale) => phone(house, hash, { locale, permissions: ['clipboard-read', 'clipboard-write'] });

/** A member with points, signed in on a phone by a passkey that the operator's code allowed. */
async function member(id, locale) {
  await house.operate('/v1/members', { member: id });
  await house.operate(`/v1/members/${id}/packs`, { pack: 'member' });
  await house.operate('/v1/treasury/grants', { member: id, points: '100' });
  const { enrolment } = await house.operate(`/v1/members/${id}/enrolments`, {});
  const opened = await withClipboard('#/', locale);
  await opened.page.getByTestId('passkey').waitFor();
  const signedIn = await opened.page.evaluate(async (code) => {
    const post = async (path, body) => {
      const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      return answer.json();
    };
    const begun = await post('/v1/passkeys/begin', { enrolment: code });
    const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(begun.options) });
    return post('/v1/passkeys', { ceremony: begun.ceremony, credential: credential.toJSON() });
  }, enrolment);
  assert.equal(signedIn.member, id, JSON.stringify(signedIn));
  await opened.page.reload();
  await go(opened.page, `#/m/${id}`);
  await opened.page.getByTestId('home').waitFor();
  return opened;
}

/** A picture for whoever looks, and that nothing sticks out of the page. */
async function look(page, name) {
  await page.waitForFunction(() => !document.querySelector('[data-testid="loading"]'));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${name} is too wide`);
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** Opens a member's market anew: another phone has changed something. */
async function market(page, id) {
  await go(page, `#/m/${id}/market`);
  await page.reload();
  await page.getByTestId('board').waitFor();
}

/** What a member without a name is called: its short number, as one reads it out. */
async function called(page, member) {
  const { names } = await page.evaluate(async (of) => (await fetch(`/v1/names?members=${of}`)).json(), member);
  return names[0].number.replace(/^(....)/, '$1 ');
}

/** The seller offers points, and the buyer takes them all. Returns the trade's card of the buyer. */
async function begin(sells, buys, seller, buyer, points, name) {
  await market(sells.page, seller);
  await sells.page.getByTestId('points').fill(points);
  await sells.page.getByTestId('preview').click();
  await sells.page.getByTestId('confirm').waitFor();
  const offered = sells.page.getByTestId('sheet');
  assert.equal(await value(sells.page, 'deal-sum'), points);
  assert.doesNotMatch(await offered.getByTestId('receipt').innerText(), /preview/, 'no placeholder of an id');
  await look(sells.page, `${name}-offer`);
  await confirm(sells.page);
  const offer = await sells.page.getByTestId('my-offer').first().getAttribute('data-offer');
  await go(sells.page, `#/m/${seller}`);
  await sells.page.locator(`[data-testid="escrow"][data-value="${points}"]`).waitFor();
  await look(sells.page, `${name}-escrow`);
  await market(buys.page, buyer);
  const line = buys.page.locator(`[data-testid="offer"][data-offer="${offer}"]`);
  await line.getByTestId('take').click();
  await line.getByTestId('preview').click();
  await buys.page.getByTestId('confirm').waitFor();
  assert.equal(await value(buys.page, 'deal-sum'), points, 'the price is 1 yuan');
  await buys.page.getByTestId('deal').filter({ hasText: await called(buys.page, seller) }).waitFor();
  await look(buys.page, `${name}-take`);
  await confirm(buys.page);
  const card = buys.page.getByTestId('trade');
  await card.waitFor();
  assert.equal(await card.getAttribute('data-state'), 'taken');
  return card;
}

test('strangers finish a trade: where to pay, paid, received', async () => {
  const [sells, buys] = [await member('ann', 'zh-CN'), await member('bob', 'en-US')];
  const card = await begin(sells, buys, 'ann', 'bob', '4.1', 'trade');
  await card.getByTestId('no-payee').waitFor();
  assert.match(await card.innerText(), /Time left to pay\s*2[34] h/);
  await look(buys.page, 'trade-taken');

  await go(sells.page, '#/m/ann');
  await sells.page.reload();
  assert.equal(await value(sells.page, 'escrow'), '4.1', 'taken, not paid');
  await sells.page.getByTestId('trade-notice').click();
  const hers = sells.page.getByTestId('trade');
  await hers.getByTestId('payee-field').fill('支付宝\n138 0013 8000');
  await look(sells.page, 'trade-payee');
  await hers.getByTestId('write').click();
  await sells.page.getByTestId('trade').getByTestId('payee').waitFor();

  await go(buys.page, '#/m/bob');
  await buys.page.reload();
  const told = buys.page.getByTestId('trade-notice');
  await told.waitFor();
  assert.equal(await buys.page.getByTestId('escrow').count(), 0, 'they are the seller’s until they are paid');
  assert.match(await told.innerText(), /^You have to pay 4\.10 yuan$/);
  await told.click();
  assert.equal(await card.getByTestId('payee').innerText(), '支付宝 138 0013 8000');
  await card.getByTestId('copy-payee').click();
  await card.getByText('Copied').waitFor();
  assert.equal(await buys.page.evaluate(() => navigator.clipboard.readText()), '支付宝 138 0013 8000');
  await card.getByTestId('payment-field').fill('from Bob, 6543');
  await look(buys.page, 'trade-pay');
  await card.getByTestId('pay').click();
  await confirm(buys.page);
  await buys.page.locator('[data-testid="trade"][data-state="paid"]').waitFor();
  await look(buys.page, 'trade-paid');

  await go(sells.page, '#/m/ann');
  await sells.page.reload();
  const paid = sells.page.getByTestId('trade-notice');
  assert.match(await paid.innerText(), /^买方已付款 4\.10 元，请核实后确认收款$/);
  await look(sells.page, 'trade-notice');
  await paid.click();
  assert.equal(await sells.page.getByTestId('payment').innerText(), 'from Bob, 6543');
  await look(sells.page, 'trade-confirm');
  await sells.page.getByTestId('confirm-trade').click();
  await confirm(sells.page);
  const sold = sells.page.getByTestId('ended-trade');
  await sold.waitFor();
  await sold.filter({ hasText: await called(sells.page, 'bob') }).waitFor();
  assert.match(await sold.innerText(), /卖出 4\.1[\s\S]*4\.10 元[\s\S]*已完成/);

  await go(sells.page, '#/m/ann');
  await sells.page.getByTestId('past').waitFor();
  assert.equal(await sells.page.getByTestId('escrow').count(), 0);

  await market(buys.page, 'bob');
  const bought = buys.page.getByTestId('ended-trade');
  await bought.filter({ hasText: await called(buys.page, 'ann') }).waitFor();
  assert.match(await bought.innerText(), /Bought 4\.1[\s\S]*4\.10 yuan[\s\S]*completed/);
  await look(buys.page, 'trade-ended');
  assert.equal(await value(buys.page, 'available'), '104.1');

  // The statement of each says what the points cost: the buyer's entry of the trade, and the seller's entry of its offer.
  for (const [{ page }, id, rule, words] of [
    [buys, 'bob', 'trade', /Price per point 1 yuan · Total 4\.10 yuan/], [sells, 'ann', 'offer', /卖出 4\.1 · 2026-01-01 · 单价 1 元 · 金额 4\.10 元/],
  ]) {
    await go(page, `#/m/${id}/statement`);
    const terms = page.locator(`[data-testid=entry][data-rule=${rule}]`).getByTestId('entry-terms');
    await terms.waitFor();
    assert.deepEqual(await terms.evaluateAll((all) => all.map(({ dataset }) => [dataset.price, dataset.sum])), [['1', '4.1']]);
    assert.match((await terms.innerText()).replace(/\s+/g, ' '), words);
    await look(page, `trade-statement-${id}`);
  }
  for (const { complaints, close } of [sells, buys]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('the charts of the home mark by what the balance fell, and the member’s own trades', async () => {
  await house.operate('/v1/events', [
    { type: 'points.transferred', from: 'ann', to: 'bob', points: '2.5' }, { type: 'points.redeemed', member: 'ann', points: '1.25' },
    { type: 'day.closed', day: '2026-01-01' }, { type: 'day.closed', day: '2026-01-02' },
  ]);
  const charts = async (page, id) => Object.fromEntries(JSON.parse(await page.getByTestId(id).getAttribute('data-chart')).series.map((line) => [line.name, line]));
  for (const [id, locale, course, prices] of [
    ['ann', 'zh-CN', { 挂单或卖出: '-4.1', 转赠: '-2.5', 兑换: '-1.25' }, '卖出'], ['bob', 'en-US', {}, 'Bought'],
  ]) {
    const { enrolment } = await house.operate(`/v1/members/${id}/enrolments`, {});
    const { page, complaints, close } = await phone(house, `#/enrol/${enrolment}`, { locale });
    await page.getByTestId('enrol').click();
    await page.getByTestId('course').waitFor();
    const { [id === 'ann' ? '共享积分' : 'Points']: line, ...marks } = await charts(page, 'course');
    assert.deepEqual(Object.fromEntries(Object.entries(marks).map(([name, { says }]) => [name, says[0]])), course);
    for (const { values, says } of Object.values(marks)) {
      assert.equal(values[0], line.values[0], 'a mark stands on the line');
      assert.deepEqual([values[1], says[1]], ['', ''], 'nothing fell on the second day');
    }
    await page.getByTestId('course').scrollIntoViewIfNeeded();
    await page.getByTestId('course').locator('.u-legend').waitFor();
    await page.getByTestId('course').press('Home');
    const legend = await page.getByTestId('course').locator('.u-value').allInnerTexts();
    assert.deepEqual(legend.slice(2), Object.values(course), 'the legend says by how many points');
    // The chart of another line has no falls.
    await page.getByTestId('course-share-value').click();
    await page.waitForFunction(() => JSON.parse(document.querySelector('[data-testid="course"]').dataset.chart).series.length === 1);
    await page.getByTestId('course-points').click();
    const own = (await charts(page, 'prices'))[prices];
    assert.deepEqual(own.values, ['1', '', '']);
    await page.getByTestId('prices').scrollIntoViewIfNeeded();
    await page.getByTestId('prices').locator('.u-legend').waitFor();
    await look(page, `trade-charts-${locale}`);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('without a market, no way leads to it and its address says why', async () => {
  await still.operate('/v1/members', { member: 'ann' });
  const { enrolment } = await still.operate('/v1/members/ann/enrolments', {});
  const { page, complaints, close } = await phone(still, `#/enrol/${enrolment}`);
  await page.getByTestId('enrol').click();
  await page.getByTestId('home').waitFor();
  await go(page, '#/m/ann/move');
  await page.getByTestId('to-transfer').waitFor();
  assert.equal(await page.getByTestId('to-market').count(), 0);
  await go(page, '#/m/ann/market');
  for (const [language, words] of [['zh-CN', '本平台未开放会员间的积分交易。'], ['en', 'Members don’t trade points here.']]) {
    await page.getByTestId(`lang-${language}`).click();
    await page.getByTestId('market-off').filter({ hasText: words }).waitFor();
    await look(page, `market-off-${language}`);
  }
  assert.equal(await page.getByTestId('board').count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('a trade whose sides disagree is decided at the desk, and both read why', async () => {
  const [sells, buys] = [await member('cat', 'en-US'), await member('dan', 'zh-CN')];
  const card = await begin(sells, buys, 'cat', 'dan', '2', 'dispute');
  await card.getByTestId('pay').click();
  await confirm(buys.page);
  await buys.page.locator('[data-testid="trade"][data-state="paid"]').waitFor();
  assert.equal(await card.getByTestId('dispute').count(), 0, 'the seller has until the deadline to look');

  await market(sells.page, 'cat');
  await sells.page.getByTestId('dispute').click();
  await sells.page.getByTestId('statement-field').fill('No money came until noon.');
  await look(sells.page, 'dispute-seller');
  await sells.page.getByTestId('write').click();
  await sells.page.getByTestId('of-seller').waitFor();

  await market(buys.page, 'dan');
  assert.equal(await buys.page.getByTestId('of-seller').innerText(), 'No money came until noon.');
  await buys.page.getByTestId('statement-field').fill('已于上午十点付款。');
  await buys.page.getByTestId('write').click();
  await buys.page.getByTestId('of-buyer').waitFor();
  await look(buys.page, 'dispute-buyer');

  const desk = await phone(house, hashOf(await operatorLink(house, '王芳')), { locale: 'zh-CN' });
  await desk.page.getByTestId('enrol').click();
  await desk.page.getByTestId('staff').waitFor();
  await go(desk.page, '#/operator/disputes');
  const dispute = desk.page.getByTestId('dispute');
  await dispute.waitFor();
  for (const side of ['cat', 'dan']) await dispute.filter({ hasText: await called(desk.page, side) }).waitFor();
  const said = await dispute.innerText();
  for (const text of ['2.00 元', 'No money came until noon.', '已于上午十点付款。']) {
    assert.ok(said.includes(text), `${text} is not in ${said}`);
  }
  assert.equal(await dispute.getByTestId('cancel').isDisabled(), true, 'a decision has a reason');
  await dispute.getByTestId('reason').fill('付款凭证的收款人不是卖方。');
  await look(desk.page, 'dispute-desk');
  await dispute.getByTestId('cancel').click();
  await desk.page.getByTestId('confirm').waitFor();
  await look(desk.page, 'dispute-decision');
  await confirm(desk.page);
  await desk.page.getByTestId('no-disputes').waitFor();
  await go(desk.page, '#/operator/actions');
  await desk.page.locator('[data-testid="action"][data-what="trade.decided"]').waitFor();

  await market(buys.page, 'dan');
  const ended = buys.page.getByTestId('ended-trade');
  assert.equal(await ended.getAttribute('data-state'), 'cancelled');
  assert.match(await ended.innerText(), /付款凭证的收款人不是卖方。/);
  await look(buys.page, 'dispute-ended');
  for (const { complaints, close } of [sells, buys, desk]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});
