// Without a network the wallet opens, says how old its numbers are, and keeps confirmed actions until it can send them, once each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { go, raw8, stage, value } from './stage.mjs';

const house = stage();

const transfers = async (member) => {
  const { postings } = await house.get(`/v1/members/${member}/statement?limit=50`);
  return postings.filter((posting) => posting.rule === 'transfer').length;
};

/** Visits once, and waits until the wallet's files are stored. */
async function visit(hash) {
  const opened = await house.open(hash);
  await opened.page.evaluate(() => navigator.serviceWorker.ready);
  await opened.page.reload();
  await opened.page.getByTestId('check').waitFor();
  return opened;
}

async function transfer(page, me, to, points) {
  await page.evaluate((hash) => { location.hash = hash; }, `#/m/${me}/transfer`);
  await page.getByTestId('to').fill(to);
  await page.getByTestId('points').fill(points);
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
}

test('without a network it reloads, shows the age of its data, queues a transfer, and settles it once', async () => {
  const [me, to] = await house.rich(2);
  const before = await transfers(to);
  const { page, close } = await visit(`#/m/${me}`);
  const points = await value(page, 'points');
  await page.context().setOffline(true);
  await page.reload();
  await page.getByTestId('offline').waitFor();
  assert.equal(await value(page, 'points'), points);
  const since = Date.parse(await page.getByTestId('offline').getAttribute('data-since'));
  assert.ok(Date.now() - since < 120_000 && since <= Date.now());
  await transfer(page, me, to, '1');
  await page.getByTestId('waiting').waitFor();
  // The transfer still waits after the wallet was closed and opened again.
  await page.reload();
  await page.getByTestId('waiting').waitFor();
  assert.equal(await transfers(to), before);
  await page.context().setOffline(false);
  await page.getByTestId('waiting').waitFor({ state: 'detached' });
  assert.equal(await transfers(to), before + 1);
  await page.reload();
  await page.getByTestId('available').waitFor();
  assert.equal(await transfers(to), before + 1);
  await close();
});

test('day records alone bring a stored account up to date', async () => {
  const [me] = await house.rich(1);
  const { page, close } = await visit(`#/m/${me}`);
  const { day } = await house.get('/v1/supply');
  await house.post('/v1/events', { type: 'day.closed', day });
  await page.route('**/v1/members/**', (route) => route.abort());
  await page.reload();
  await page.locator('[data-testid="check"][data-value="caught-up"]').waitFor();
  const { state } = await house.get(`/v1/members/${me}`);
  assert.equal(await value(page, 'points'), state.points);
  assert.equal(await value(page, 'share-value'), state.share_value);
  await close();
});

test('notices, team and city open without a network as they were, and say since when', async () => {
  const [friend] = await house.rich(1);
  const member = (id, pack, referrer) => [
    { type: 'member.registered', member: id, ...(referrer && { referrer }) }, { type: 'pack.purchased', member: id, pack },
  ];
  for (const event of [
    ...member('far-partner', 'area'), ...member('far-friend', 'member', 'far-partner'), { type: 'partner.appointed', member: 'far-partner', region: '630200' },
    { type: 'points.transferred', from: friend, to: 'far-partner', points: '0.1' },
  ]) assert.ok((await house.post('/v1/events', event)).receipt, JSON.stringify(event));
  const { page, close } = await house.open('#/shops');
  const headers = { 'content-type': 'application/json' };
  await page.evaluate((init) => fetch('/v1/sessions/demo', init), { method: 'POST', headers, body: JSON.stringify({ member: 'far-partner' }) });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto(`${house.url}/#/m/far-partner`);
  await page.reload();
  await page.getByTestId('check').waitFor();
  const screens = [['notices', 'no-notices'], ['team', 'direct-member'], ['city', 'city-until']];
  for (const [screen, ready] of screens) {
    await go(page, `#/m/far-partner/${screen}`);
    await page.getByTestId(ready).waitFor();
    assert.equal(await page.getByTestId('offline').count(), 0);
  }
  await page.context().setOffline(true);
  for (const [screen, ready] of screens) {
    await page.goto(`${house.url}/#/m/far-partner/${screen}`);
    await page.reload();
    await page.getByTestId(ready).waitFor();
    const since = Date.parse(await page.getByTestId('offline').getAttribute('data-since'));
    assert.ok(Date.now() - since < 120_000 && since <= Date.now(), screen);
  }
  await close();
});

test('two tabs send a waiting action once', async () => {
  const [me, to] = await house.rich(2);
  const before = await transfers(to);
  const first = await visit(`#/m/${me}`);
  const second = await first.page.context().newPage();
  await second.goto(`${house.url}/#/m/${me}`);
  await second.getByTestId('check').waitFor();
  const sent = [];
  for (const page of [first.page, second]) {
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.headers()['idempotency-key']);
    });
  }
  await first.page.context().setOffline(true);
  await transfer(first.page, me, to, '0.25');
  await first.page.getByTestId('waiting').waitFor();
  sent.length = 0;
  await first.page.context().setOffline(false);
  await first.page.getByTestId('waiting').waitFor({ state: 'detached' });
  await second.waitForTimeout(500);
  assert.equal(await transfers(to), before + 1);
  assert.equal(new Set(sent).size, sent.length, 'no key is sent twice');
  await first.close();
});

test('a server that fails gets the same key again, and settles once', async () => {
  const [me, to] = await house.rich(2);
  const before = await transfers(to);
  const { page, close } = await house.open(`#/m/${me}/transfer`);
  let failures = 0;
  const keys = new Set();
  await page.route('**/v1/transfers', async (route) => {
    keys.add(route.request().headers()['idempotency-key']);
    failures += 1;
    // Settled, but the answer is lost.
    if (failures === 1) {
      await route.fetch();
      await route.abort();
    } else if (failures === 2) {
      await route.fulfill({ status: 500, body: 'no' });
    } else {
      await route.continue();
    }
  });
  await transfer(page, me, to, '0.75');
  await page.getByTestId('waiting').waitFor();
  // While the action is being sent, a network that comes back starts no second attempt.
  for (let said = 0; said < 200 && !(await page.getByTestId('settled').isVisible()); said += 1) {
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.waitForTimeout(100);
  }
  await page.getByTestId('settled').waitFor();
  assert.equal(failures, 3);
  assert.equal(keys.size, 1);
  assert.equal(await transfers(to), before + 1);
  await close();
});

test('where the browser stores nothing, the wallet still works and says so', async () => {
  const [me, to] = await house.rich(2);
  const before = await transfers(to);
  const prepare = (page) => page.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: { open() { throw new DOMException('full', 'QuotaExceededError'); } } });
  });
  const { page, close } = await house.open(`#/m/${me}/transfer`, { prepare });
  await transfer(page, me, to, '0.5');
  await page.getByTestId('settled').waitFor();
  await page.getByTestId('storage-fails').waitFor();
  assert.equal(await transfers(to), before + 1);
  await close();
});
