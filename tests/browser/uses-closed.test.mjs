// Controls of a closed server that no test of a whole task uses: devices and codes of a member, the staff, the desk, the camera of a till.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, command, hashOf, operatorLink, phone } from './desk.mjs';
import { go, stage } from './stage.mjs';

const house = stage({ isClosed: true, args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] });
const LOOKS = { viewport: PHONE };

let chief;

/** Commands of the operator, each of which must be carried out. */
async function operate(...commands) {
  let answer;
  for (const [path, body] of commands) {
    answer = await command(chief.page, path, body);
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer)}`);
  }
  return answer;
}

/** Somebody of the staff at what its link leads to. */
async function staff(link, ready) {
  const opened = await phone(house, hashOf(link), LOOKS);
  await opened.page.getByTestId('enrol').click();
  await opened.page.getByTestId(ready).waitFor();
  return opened;
}

/** A device of a member, at its home, by a new code of the operator. */
async function device(member, way = 'enrol') {
  const { enrolment } = await operate([`/v1/members/${member}/enrolments`, {}]);
  const opened = await phone(house, `#/enrol/${enrolment}`, LOOKS);
  await opened.page.getByTestId(way).click();
  await opened.page.locator(`[data-testid="home"][data-member="${member}"]`).waitFor();
  return opened;
}

const status = (page) => page.evaluate(async () => (await fetch('/v1/session')).json().then((session) => session.member ?? null, () => null));

test('the entry leads staff to the desk, and what staff did is shown page by page', async () => {
  chief = await staff(await operatorLink(house, '王芳'), 'close-day');
  const { page } = chief;
  await operate(
    ['/v1/members', { member: 'ann' }], ['/v1/members/ann/packs', { pack: 'merchant' }], ['/v1/treasury/grants', { member: 'ann', points: '1000' }],
    ['/v1/merchants', { member: 'ann', region: '440106' }], ['/v1/members', { member: 'bob' }], ['/v1/members/bob/packs', { pack: 'member' }],
    ['/v1/treasury/grants', { member: 'bob', points: '100' }],
  );
  for (let at = 0; at < 50; at += 1) await operate(['/v1/members', { member: `m${at}` }]);
  await go(page, '#/');
  await page.getByTestId('go-on').click();
  await page.getByTestId('close-day').waitFor();
  await go(page, '#/operator/actions');
  const lines = page.getByTestId('action');
  await lines.nth(49).waitFor();
  const before = await lines.count();
  await page.getByTestId('more').click();
  await lines.nth(before).waitFor();
});

test('what waits says that it goes on after signing in again, once the session has ended', async () => {
  const { page, close } = await device('bob');
  await page.route('**/v1/transfers', (route) => route.abort());
  await go(page, '#/m/bob/transfer');
  await page.getByTestId('to').fill('m0');
  await page.getByTestId('points').fill('0.25');
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('waiting').filter({ hasText: /back online/ }).waitFor();
  await page.context().clearCookies();
  await page.unroute('**/v1/transfers');
  await page.reload();
  await go(page, '#/');
  await page.getByText('The operator registers members here').waitFor();
  const waiting = page.getByTestId('waiting');
  await waiting.filter({ hasText: /sign in again/ }).waitFor();
  assert.equal(await waiting.getByRole('button').count(), 0, 'nobody could send it now');
  assert.equal(await page.getByTestId('waiting-action').count(), 0, 'others do not read it');
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/waits-signed-out.png`, fullPage: true });
  const { enrolment } = await operate(['/v1/members/bob/enrolments', {}]);
  await go(page, `#/enrol/${enrolment}`);
  await page.getByTestId('enrol').click();
  await waiting.waitFor({ state: 'detached' });
  // The account of whoever enrolled is shown before what waits has its outcome.
  await page.getByText('99.75', { exact: true }).first().waitFor();
  const { postings } = await page.evaluate(async () => (await fetch('/v1/members/bob/statement?limit=5')).json());
  assert.equal(postings.filter(({ rule, amount }) => rule === 'transfer' && amount === '0.25').length, 1, 'it went once');
  await close();
});

test('the operator adds an owner with a shop, makes a new link, and thinks better of ending', async () => {
  const { page } = chief;
  await go(page, '#/operator/staff');
  await page.getByTestId('staff-role').selectOption('owner');
  await page.getByTestId('staff-name').fill('Mei');
  await page.getByTestId('staff-shop').fill('ann');
  await page.getByTestId('staff-add').click();
  const first = await page.getByTestId('staff-link').inputValue();
  const row = page.locator('[data-testid="staff-row"][data-name="Mei"]');
  assert.match(await row.innerText(), /ann/);
  await row.getByTestId('new-code').click();
  await page.waitForFunction((old) => ![undefined, old].includes(document.querySelector('[data-testid="staff-link"]')?.value), first);
  const second = await page.getByTestId('staff-link').inputValue();
  await row.getByTestId('end').click();
  await row.getByTestId('end-now').waitFor();
  await row.getByTestId('keep').click();
  await row.getByTestId('end-now').waitFor({ state: 'detached' });
  const owner = await staff(second, 'till');
  assert.equal(await owner.page.evaluate(() => location.hash), '#/shop/ann', 'still there, at its shop');

  // The camera is switched on and off again.
  await owner.page.getByTestId('scan').click();
  await owner.page.getByTestId('camera').waitFor();
  await owner.page.getByTestId('scan-stop').click();
  await owner.page.getByTestId('camera').waitFor({ state: 'detached' });
  await owner.page.getByTestId('scan').waitFor();

  await go(owner.page, '#/shop/ann/manage');
  await owner.page.getByTestId('to-staff').click();
  await owner.page.getByTestId('staff-add').waitFor();
  await owner.page.locator('[data-testid="staff-row"][data-name="Mei"]').waitFor();
  assert.equal(await owner.page.getByTestId('staff-shop').count(), 0, 'an owner’s staff is of its own shop');
  await go(owner.page, '#/shop/ann');
  await owner.page.getByTestId('sign-out').click();
  await owner.page.getByTestId('passkey').waitFor();
  await owner.close();
});

test('a member’s new code opens by its link and as a text, a code is cancelled, and all other devices are signed out', async () => {
  const first = await device('bob', 'enrol-passkey');
  const second = await device('bob');
  const { page } = first;
  await go(page, '#/account');
  await page.getByTestId('make-code').click();
  const code = await page.locator('#code-text').inputValue();
  assert.equal(code, await page.getByTestId('new-code').getAttribute('data-code'));
  assert.equal(hashOf(await page.locator('#code-link').inputValue()), `#/enrol/${code}`);
  await page.getByTestId('end-code').click();
  await page.getByTestId('end-code').waitFor({ state: 'detached' });
  const late = await phone(house, `#/enrol/${code}`, LOOKS);
  await late.page.getByTestId('enrol').click();
  await late.page.getByTestId('passkey-error').filter({ hasText: /code/ }).waitFor();
  await late.close();

  assert.equal(await status(second.page), 'bob');
  await page.getByTestId('end-others').click();
  assert.equal(await status(second.page), 'bob', 'it asks first');
  await page.getByTestId('end-others').click();
  await page.getByTestId('end-others').waitFor({ state: 'detached' });
  assert.equal(await status(second.page), null);
  assert.equal(await status(page), 'bob');
  await second.close();

  // A server with WeChat says which of its accounts are bound.
  let bound = [{ id: 'w-1', made: 1_770_000_000 }];
  await page.route('**/v1/access', async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, wechat: bound } });
  });
  await page.route('**/v1/access/wechat/w-1', (route) => {
    assert.equal(route.request().method(), 'DELETE');
    bound = [];
    return route.fulfill({ status: 204 });
  });
  await page.reload();
  await page.getByTestId('unbind').click();
  assert.equal(bound.length, 1, 'it asks first');
  await page.getByTestId('unbind').click();
  await page.getByTestId('wechat-account').waitFor({ state: 'detached' });
  assert.equal(bound.length, 0);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('passkey').waitFor();
  await first.close();
});

test('the desk completes a disputed trade, and the buyer has the points', async () => {
  await operate(
    ['/v1/events', { type: 'offer.placed', offer: 'o', member: 'bob', side: 'sell', points: '9', unit_price: '1' }],
    ['/v1/events', { type: 'offer.taken', offer: 'o', trade: 't', member: 'ann', points: '2' }], ['/v1/events', { type: 'trade.paid', trade: 't' }],
  );
  const bob = await device('bob');
  await go(bob.page, '#/m/bob/market');
  await bob.page.getByTestId('dispute').click();
  await bob.page.getByTestId('statement-field').fill('No money came.');
  await bob.page.getByTestId('write').click();
  await bob.page.getByTestId('of-seller').waitFor();
  const { page } = chief;
  await go(page, '#/operator/disputes');
  assert.ok(await page.getByTestId('complete').isDisabled(), 'a decision has a reason');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByTestId('id').first().click();
  await page.locator('[data-testid="id"][data-copied="true"]').first().waitFor();
  await page.getByTestId('reason').fill('The bank shows the payment.');
  await page.getByTestId('complete').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  await page.getByTestId('sheet').getByRole('button', { name: 'Close' }).click();
  await page.getByTestId('no-disputes').waitFor();
  assert.equal((await page.evaluate(async () => (await fetch('/v1/members/ann')).json())).state.points, '1002');
  await bob.close();
  await chief.close();
});

test('a member with a merchant pack opens its shop', async () => {
  chief = await staff(await operatorLink(house, '李强'), 'close-day');
  await operate(['/v1/members', { member: 'eve' }], ['/v1/members/eve/packs', { pack: 'merchant' }], ['/v1/treasury/grants', { member: 'eve', points: '1000' }]);
  const { page, close } = await device('eve');
  await go(page, '#/m/eve/shop');
  await page.getByTestId('no-shop').waitFor();
  await page.getByTestId('region').fill('44010');
  assert.ok(await page.getByTestId('preview').isDisabled());
  await page.getByTestId('regions').click();
  await page.getByTestId('region-province').selectOption({ label: '广东省' });
  await page.getByTestId('region-city').selectOption({ label: '广州市' });
  await page.getByTestId('region-district').selectOption({ label: '天河区' });
  assert.equal(await page.getByTestId('region').inputValue(), '440106');
  await page.getByTestId('preview').click();
  // Nobody knows six digits: the sheet names the place.
  await page.getByTestId('summary').filter({ hasText: '广东省 广州市 天河区 (440106)' }).waitFor();
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  await page.getByTestId('sheet').getByRole('button', { name: 'Close' }).click();
  await page.getByTestId('till').waitFor();
  assert.equal((await page.evaluate(async () => (await fetch('/v1/members/eve')).json())).account.shop, '440106');

  // From now on it begins at its counter, from which one tap leads to the account.
  await page.goto(page.url().replace(/#.*/, ''));
  await page.getByTestId('till').waitFor();
  for (const language of ['zh-CN', 'en']) {
    await page.getByTestId(`lang-${language}`).click();
    await page.locator('.ways .home').filter({ hasText: language === 'en' ? 'Account' : '账户' }).waitFor();
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/merchant-till-${language}.png` });
  }
  await page.locator('.ways .home').click();
  await page.locator('[data-testid="home"][data-member="eve"]').waitFor();
  await page.locator('a.brand').click();
  await page.getByTestId('till').waitFor();
  await close();
  // Also on a phone that never saw it.
  const { enrolment } = await operate(['/v1/members/eve/enrolments', {}]);
  const other = await phone(house, `#/enrol/${enrolment}`, LOOKS);
  await other.page.getByTestId('enrol').click();
  await other.page.getByTestId('till').waitFor();
  assert.equal(await other.page.evaluate(() => location.hash), '#/shop/eve');
  await go(other.page, '#/');
  await other.page.getByTestId('go-on').click();
  await other.page.getByTestId('till').waitFor();
  await other.close();
  await chief.close();
});

test('a sheet that moves points says that there is no fee, and the field of an item what it takes', async () => {
  chief = await staff(await operatorLink(house, '赵敏'), 'close-day');
  const { page, close } = await device('bob');
  const sheet = async (hash, fields) => {
    await go(page, hash);
    if (hash.endsWith('/redeem')) await page.getByTestId('redeem-other').click();
    for (const [name, typed] of Object.entries(fields)) await page.locator(`#${name}`).fill(typed);
    await page.getByTestId('preview').click();
    await page.getByTestId('confirm').waitFor();
    const fee = page.getByTestId('summary-fee');
    assert.match((await fee.innerText()).replace(/\s+/g, ' '), /^Fee None$/);
    await page.getByTestId('sheet').getByRole('button', { name: 'Close' }).click();
    await page.getByTestId('sheet').waitFor({ state: 'hidden' });
  };
  await sheet('#/m/bob/transfer', { to: 'ann', points: '1.5' });
  await sheet('#/m/bob/redeem', { points: '1', item: 'coffee-voucher' });
  await page.getByText('letters, digits, and _ . : -, no Chinese').waitFor();
  await page.locator('#item').fill('咖啡券');
  await page.getByTestId('item-error').filter({ hasText: /1 to 64 letters/ }).waitFor();
  assert.ok(await page.getByTestId('preview').isDisabled());
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/redeem-item.png`, fullPage: true });
  await sheet('#/m/bob/market', { points: '2' });
  await close();
  await chief.close();
});
