// The mini-program with a server of members who sign in: no demo, and no registration.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handsets, looksRight } from './handset.mjs';

const house = handsets({ isClosed: true });
const { ask, phone } = house;
const session = (page) => page.evaluate(() => globalThis.wx.getStorageSync('gongxiang.session'));

/** Registers a member as the operator, and makes a code for it. */
async function codeFor(member) {
  await ask('/v1/members', { member });
  return (await ask(`/v1/members/${member}/enrolments`, {})).enrolment;
}

test('only what the server offers is shown, and an account of nobody is led to the code', async () => {
  const { page, tap, complaints, close } = await phone('written', { locale: 'en-US' });
  await page.getByTestId('wechat').waitFor();
  assert.deepEqual([await page.getByTestId('register').count(), await page.getByTestId('enter').count()], [0, 0]);
  await tap('wechat');
  await page.getByText('belongs to no member yet: enter your code').waitFor();
  await looksRight(page, 'closed-sign-in-en');
  // A code is read from its picture, too: the link that the wallet shows.
  const enrolment = await codeFor('ann');
  await page.evaluate((code) => globalThis.device.see(`https://wallet.example/#/enrol/${code}`), enrolment);
  await tap('scan');
  await page.waitForFunction((code) => document.querySelector('[data-testid=enrolment]').value === code, enrolment);
  await tap('enrol');
  await page.getByText('Checked: matches the server').waitFor();
  assert.equal((await session(page)).member, 'ann');
  assert.deepEqual(complaints, []);
  await close();
});

test('a code of another member moves the WeChat account only if its user agrees', async () => {
  const { page, tap, complaints, close } = await phone('written', { user: '-moves' });
  const [first, second] = [await codeFor('bob'), await codeFor('eve')];
  const enrol = async (code) => {
    await page.getByTestId('have-code').waitFor();
    if (!await page.getByTestId('enrolment').count()) await tap('have-code');
    await page.getByTestId('enrolment').fill(code);
    await tap('enrol');
  };
  await enrol(first);
  await page.getByText('已核对：与服务器一致').waitFor();
  await page.evaluate(() => globalThis.device.open('/pages/account/index'));
  await page.getByTestId('session').waitFor();
  await tap('sign-out');
  await enrol(second);
  await page.getByText('此微信账号已绑定另一位会员').waitFor();
  await tap('modal-cancel');
  await tap('wechat');
  await page.getByText('已核对：与服务器一致').waitFor();
  assert.equal((await session(page)).member, 'bob');
  assert.deepEqual(complaints, []);
  await close();
});

test('a member whom the operator shut out is told that it is not signed in, on any page', async () => {
  const { page, tap, open, close } = await phone('written', { user: '-out', locale: 'en-US' });
  const enrolment = await codeFor('dan');
  await tap('have-code');
  await page.getByTestId('enrolment').fill(enrolment);
  await tap('enrol');
  await page.getByText('Checked: matches the server').waitFor();
  await ask('/v1/members/dan/access', undefined, 'DELETE');
  await open('/pages/orders/index');
  await page.getByText('You are not signed in').waitFor();
  assert.equal(await session(page), '');
  // WeChat's account is nobody's any more.
  await tap('wechat');
  await page.getByText('belongs to no member yet').waitFor();
  await close();
});

test('WeChat sends a message for each consent, of the kinds that the member chose', async () => {
  const { page, tap, open, complaints, close } = await phone('written', { user: '-told' });
  const enrolment = await codeFor('fay');
  await ask('/v1/treasury/grants', { member: 'fay', points: '100' });
  await ask('/v1/members', { member: 'taker' });
  const take = (offer) => ask('/v1/events', [
    { type: 'offer.placed', offer, member: 'fay', side: 'sell', points: '5', unit_price: '1' },
    { type: 'offer.taken', offer, trade: `${offer}-t`, member: 'taker', points: '5' },
  ]);
  await tap('have-code');
  await page.getByTestId('enrolment').fill(enrolment);
  await tap('enrol');
  await page.getByText('已核对：与服务器一致').waitFor();
  await page.evaluate(() => globalThis.device.open('/pages/account/index'));
  await tap('to-notices');
  const consents = () => page.getByTestId('consents').innerText();
  await page.getByTestId('consent').waitFor();
  assert.equal(await consents(), '0');

  await page.evaluate(() => globalThis.device.answer('reject'));
  await tap('consent');
  await page.getByText('未授权，本次不会发送消息').waitFor();
  assert.equal(await consents(), '0');
  await page.evaluate(() => globalThis.device.answer('accept'));
  await tap('consent');
  await page.locator('[data-testid=kind]').first().waitFor();
  assert.equal(await consents(), '1');
  await tap('consent');
  await page.waitForFunction(() => document.querySelector('[data-testid=consents]').textContent === '2');
  await looksRight(page, 'notices');

  await take('w1');
  for (let tried = 0; house.messages.length < 1; tried += 1) {
    assert.ok(tried < 200, 'WeChat was sent nothing');
    await page.waitForTimeout(50);
  }
  const [message] = house.messages;
  assert.deepEqual([message.touser, message.template_id, message.lang], ['somebody-told', 'a-template', 'zh_CN']);
  assert.ok(message.data.thing1.value.length <= 20 && message.data.time2.value, JSON.stringify(message));
  const rows = page.getByTestId('notice-row');
  // The server counts a consent as used once WeChat has answered.
  for (let tried = 0, left = ''; left !== '1'; tried += 1) {
    assert.ok(tried < 20, `${left} consents are left`);
    await open('/pages/notices/index');
    await rows.first().waitFor();
    left = await consents();
  }
  assert.match(await rows.first().innerText(), /挂单成交[\s\S]*5 积分/);

  // A kind that is not wanted costs no consent.
  const taken = page.getByTestId('kind').filter({ hasText: '挂单成交' });
  const chosen = page.getByTestId('kind').filter({ hasText: '✓' });
  const all = await chosen.count();
  await taken.tap();
  await taken.filter({ hasNotText: '✓' }).waitFor();
  assert.equal(await chosen.count(), all - 1);
  await take('w2');
  await page.waitForTimeout(1500);
  assert.equal(house.messages.length, 1);
  await tap('end-notices');
  await page.locator('[data-testid=kind]').first().waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await close();
});
