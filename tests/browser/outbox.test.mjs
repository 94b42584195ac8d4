// A confirmed action is sent until the server decides it, and only in the session of the member who confirmed it.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { go, raw8, stage, value, worth } from './stage.mjs';

const house = stage();

const transfers = async (member) => {
  const { postings } = await house.get(`/v1/members/${member}/statement?limit=50`);
  return postings.filter((posting) => posting.rule === 'transfer').length;
};

async function transfer(page, me, to, points) {
  await go(page, `#/m/${me}/transfer`);
  await page.getByTestId('to').fill(to);
  await page.getByTestId('points').fill(points);
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
}

const signIn = async (page, member) => {
  await go(page, '#/');
  const search = page.getByTestId('search');
  // After a sign-out the list is drawn again when the server has heard of it, and a text that was typed before that is lost.
  do {
    await search.fill(member);
    await page.waitForTimeout(200);
  } while ((await search.inputValue()) !== member);
  await page.getByTestId('open').click();
  await page.locator(`[data-testid="home"][data-member="${member}"]`).waitFor();
};

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}

const sendNow = (page) => page.getByTestId('waiting').getByRole('button').click();

test('an answer that decides nothing leaves the action waiting under its key', async () => {
  const [me, to] = await house.rich(2);
  const before = await transfers(to);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  const keys = [];
  const undecided = [
    [408, 'timeout'], [409, 'in_flight'], [429, 'rate_limited'], [503, 'unavailable'], [401, 'unauthorized'],
    // Pages of a proxy, a captive portal, a maintenance page.
    [404], [403], [405], [413], [200], [204],
  ];
  await page.route('**/v1/transfers', async (route) => {
    const headers = route.request().headers();
    keys.push(headers['idempotency-key']);
    assert.equal(headers['gongxiang-member'], me);
    const [status, code] = undecided[keys.length - 1] ?? [];
    if (!status) return route.continue();
    // The first request is settled anyway, as by a server that answers too late.
    if (keys.length === 1) await route.fetch();
    if (!code) return route.fulfill({ status, contentType: 'text/html', body: status === 204 ? '' : '<html>' });
    return route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ status, code }) });
  });
  await transfer(page, me, to, '0.5');
  for (const [at, [status]] of undecided.entries()) {
    while (keys.length <= at) await page.waitForTimeout(50);
    await page.getByTestId('waiting').waitFor();
    assert.equal(await value(page, 'waiting'), '1', `${status}`);
    assert.equal(await page.getByTestId('action-refused').count(), 0, `${status}`);
    await page.evaluate(() => dispatchEvent(new Event('online')));
  }
  await page.getByTestId('settled').waitFor();
  assert.equal(new Set(keys).size, 1);
  assert.match(keys[0], /^[0-9a-f]{32}$/);
  assert.equal(await transfers(to), before + 1);
  await close();
});

test('signing out asks while an action waits, and keeps it for its member', async () => {
  const [me, to, third] = await house.rich(3);
  const before = await transfers(to);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  let fails = true;
  await page.route('**/v1/transfers', (route) => (fails ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await transfer(page, me, to, '0.25');
  await page.getByTestId('waiting').waitFor();
  await page.reload();
  await page.getByTestId('available').waitFor();
  await go(page, '#/');
  await page.getByTestId('sign-out').click();
  await page.getByTestId('sign-out-waits').waitFor();
  await page.getByTestId('sign-out-anyway').click();
  await page.getByTestId('members').waitFor();
  await signIn(page, third);
  await page.getByTestId('waiting').waitFor();
  // Only now: a try that was under way when its member signed out may still have been answered.
  fails = false;
  assert.equal(await page.getByTestId('waiting-action').count(), 0, 'nobody reads what another confirmed');
  await sendNow(page);
  await page.waitForTimeout(500);
  assert.equal(await transfers(to), before, 'not as somebody else');
  await go(page, '#/');
  await page.getByTestId('sign-out').click();
  await page.getByTestId('members').waitFor();
  await signIn(page, me);
  await page.getByTestId('waiting').waitFor({ state: 'detached' });
  assert.equal(await transfers(to), before + 1);
  await close();
});

test('another tab that signs in somebody else locks this one, and its actions wait', async () => {
  const [me, to, other] = await house.rich(3);
  const before = await transfers(to);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  const context = page.context();
  await context.route('**/v1/transfers', (route) => route.abort());
  await transfer(page, me, to, '0.125');
  await page.getByTestId('waiting').waitFor();
  const second = await context.newPage();
  await second.goto(`${house.url}/#/`);
  await second.getByTestId('sign-out').click();
  await second.getByTestId('sign-out-anyway').click();
  await second.getByTestId('members').waitFor();
  await page.getByTestId('available').waitFor({ state: 'detached' });
  await signIn(second, other);
  await page.locator(`[data-testid="home"][data-member="${other}"]`).waitFor();
  assert.equal(await page.getByTestId('waiting-action').count(), 0, 'nobody reads what another confirmed');
  await context.unroute('**/v1/transfers');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForTimeout(500);
  assert.equal(await transfers(to), before);
  assert.equal(await value(page, 'waiting'), '1');
  await close();
});

/** Everything that the browser stores of this origin, as one text. */
const storedText = (page) => page.evaluate(async () => {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('gongxiang');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const all = await Promise.all(['answers', 'done'].map((name) => new Promise((resolve) => {
    const asked = database.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => resolve(asked.result);
  })));
  database.close();
  return JSON.stringify(all);
});

test('signing out without a network clears this device, and the server hears of it later', async () => {
  const [me] = await house.rich(1);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await go(page, '#/');
  await page.getByTestId('signed-in').waitFor();
  assert.ok((await storedText(page)).includes(me));
  await page.context().setOffline(true);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('signed-in').waitFor({ state: 'detached' });
  assert.equal((await storedText(page)).includes(me), false);
  await go(page, `#/m/${me}`);
  await page.waitForTimeout(500);
  assert.equal(await page.locator('.num').count(), 0, 'no number of a member');
  await page.context().setOffline(false);
  const cached = await page.evaluate(async (path) => {
    const answer = await fetch(path, { cache: 'only-if-cached', mode: 'same-origin' }).catch(() => null);
    return answer?.ok ?? false;
  }, `/v1/members/${me}`);
  assert.equal(cached, false, 'nothing is left in the HTTP cache');
  await page.reload();
  await page.waitForFunction(() => localStorage.getItem('gongxiang.signed-out') === null);
  const session = await page.evaluate(async () => (await fetch('/v1/session')).json());
  assert.equal(session.member, null);
  await close();
});

test('signing out locks and clears this device at once, however long the server takes', async () => {
  const [me] = await house.rich(1);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  const other = await page.context().newPage();
  await other.goto(`${house.url}/#/m/${me}`);
  await other.locator('.num').first().waitFor();
  let hangs = true;
  await page.context().route('**/v1/session', async (route) => {
    while (hangs && route.request().method() === 'DELETE') await new Promise((resolve) => setTimeout(resolve, 50));
    return route.continue().catch(() => {});
  });
  await go(page, '#/');
  await page.getByTestId('sign-out').click();
  await page.getByTestId('signed-in').waitFor({ state: 'detached', timeout: 2000 });
  await page.waitForTimeout(300);
  assert.equal((await storedText(page)).includes(me), false);
  await go(page, `#/m/${me}`);
  await page.waitForTimeout(300);
  for (const tab of [page, other]) assert.equal(await tab.locator('.num').count(), 0, 'no number of a member');
  hangs = false;
  await page.waitForFunction(() => localStorage.getItem('gongxiang.signed-out') === null);
  const session = await page.evaluate(async () => (await fetch('/v1/session')).json());
  assert.equal(session.member, null);
  await close();
});

test('where a sign-out without a network cannot be stored, the page says so and tells the server when it can', async () => {
  const [me] = await house.rich(1);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  await go(page, '#/');
  await page.evaluate(() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; });
  await page.context().setOffline(true);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('signed-in').waitFor({ state: 'detached' });
  await page.getByTestId('storage-fails').waitFor();
  await page.context().setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByTestId('storage-fails').waitFor({ state: 'detached' });
  const session = await page.evaluate(async () => (await fetch('/v1/session')).json());
  assert.equal(session.member, null);
  await close();
});

test('who signs in after another finds nothing of the other, also where no page saw the change', async () => {
  // Two members who had nothing to do with each other: the account of each would name the other.
  const [, , , , me, other] = await house.rich(6);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  await page.locator('.num').first().waitFor();
  assert.ok((await storedText(page)).includes(me));
  // Nobody looks while the session changes.
  await page.goto(`${house.url}/v1/rules`);
  await page.evaluate((member) => fetch('/v1/sessions/demo', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ member }),
  }), other);
  await page.goto(`${house.url}/#/m/${other}`);
  await page.locator(`[data-testid="home"][data-member="${other}"] .num`).first().waitFor();
  assert.equal((await storedText(page)).includes(`/members/${me}`), false);
  assert.equal((await storedText(page)).includes(me), false);
  await close();
});

test('a session that ended elsewhere locks the screen before a balance is shown', async () => {
  const [me] = await house.rich(1);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  await page.route('**/v1/session', (route) => route.fulfill({ json: { role: 'nobody', member: null, demo: false, ways: ['passkey'], open_registration: false } }));
  let shown = 0;
  await page.exposeFunction('sawNumber', () => { shown += 1; });
  await page.addInitScript(() => {
    new MutationObserver(() => document.querySelector('.num') && globalThis.sawNumber()).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  await page.getByTestId('passkey').waitFor();
  assert.equal(shown, 0);
  assert.equal((await storedText(page)).includes(me), false);
  await close();
});

test('what waits counts in the balance, is listed and can be cancelled; a refusal stays until it is read', async () => {
  // A member of whom no action was settled yet: all its points are earned and not settled.
  const [, , me, to] = await house.rich(4);
  const before = await transfers(to);
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  await go(page, `#/m/${me}/transfer`);
  await page.getByTestId('available').waitFor();
  const all = await value(page, 'available');
  let answer = { status: 503, body: '' };
  await page.route('**/v1/transfers', (route) => route.fulfill(answer));
  await transfer(page, me, to, all);
  await page.getByTestId('waiting-action').waitFor();
  await page.goBack();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
  // To whom, and what was confirmed.
  const more = page.getByTestId('waiting-more');
  await more.locator('summary').filter({ hasText: `→ ${to}` }).click();
  assert.match(await more.locator('.sums').innerText(), new RegExp(`To\\s+${to}\\s+Points\\s+${all.replace('.', '\\.')}`, 'i'));
  await picture(page, 'waiting');
  assert.match(page.url(), /transfer$/, 'Back closes the sheet and stays on the screen');
  assert.equal(await value(page, 'available'), '0');
  // A second one of the same points is refused before it is sent.
  await page.getByTestId('points').fill('1');
  await page.getByTestId('preview').click();
  await page.locator('[data-testid="action-refused"][data-code="points_short"]').waitFor();
  await page.goBack();
  await page.getByTestId('cancel-waiting').click();
  await page.getByTestId('waiting').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByTestId('available').waitFor();
  assert.equal(await value(page, 'available'), all);
  assert.equal(await page.getByTestId('waiting').count(), 0);
  // The sheet is closed when the refusal comes.
  await transfer(page, me, to, '0.1');
  await page.getByTestId('waiting-action').waitFor();
  await page.goBack();
  answer = { status: 422, body: JSON.stringify({ code: 'points_short', field: 'points' }), contentType: 'application/json' };
  // What waits is sent again by itself, too: then the button is gone before it is pressed.
  await Promise.race([sendNow(page), page.getByTestId('waiting').waitFor({ state: 'detached' })]);
  await page.locator('[data-testid="refused"][data-code="points_short"]').waitFor();
  await page.reload();
  await page.getByTestId('refused').waitFor();
  const said = await page.getByTestId('refused').innerText();
  assert.ok(said.includes(to) && /Points\s+0\.1/i.test(said), `whom and how much: ${said}`);
  await page.context().grantPermissions(['clipboard-write']);
  await page.getByTestId('refused').getByTestId('id').click();
  await page.getByTestId('refused').locator('[data-testid=id][data-copied=true]').waitFor();
  await picture(page, 'refused');
  await page.getByTestId('read-refusal').click();
  await page.getByTestId('refused').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByTestId('available').waitFor();
  assert.equal(await page.getByTestId('refused').count(), 0);
  assert.equal(await transfers(to), before);
  await close();
});

test('the sheet says first how much, to whom, what it is worth and what remains', async () => {
  const [me, to] = await house.rich(2);
  const { price } = await house.get('/v1/supply');
  const { page, close } = await house.open('#/');
  await signIn(page, me);
  await go(page, `#/m/${me}/transfer`);
  await page.getByTestId('to').fill(to);
  await page.getByTestId('points').fill('1.5');
  await page.getByTestId('preview').click();
  const summary = page.getByTestId('summary');
  await summary.waitFor();
  const figure = (id) => page.getByTestId(`summary-${id}`).locator('.num').getAttribute('data-value');
  assert.equal(await summary.locator('.big .num').getAttribute('data-value'), '1.5');
  assert.match(await page.getByTestId('summary-to').innerText(), new RegExp(to));
  assert.equal(await figure('worth'), worth('1.5', price));
  const balance = (await house.get(`/v1/members/${me}`)).state.points;
  assert.equal(raw8(await figure('after')), raw8(balance) - raw8('1.5'));
  assert.equal(await page.getByTestId('receipt').isVisible(), false, 'the postings are folded');
  await close();
});
