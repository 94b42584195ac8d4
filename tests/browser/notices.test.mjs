// A message that arrives is shown once, and a tap opens the page that it is about: in a real browser, whose developer tools stand in for the
// push service.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './stage.mjs';

const house = stage({ isWhole: true });

/** What the browser shows. */
const shown = (page) => page.evaluate(async () => {
  const notes = await (await navigator.serviceWorker.ready).getNotifications();
  return notes.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
});

/** Waits until `count` are shown. */
async function waitFor(page, count) {
  for (let tried = 0; tried < 100; tried += 1) {
    const notes = await shown(page);
    if (notes.length === count) return notes;
    await page.waitForTimeout(50);
  }
  return shown(page);
}

test('a message is shown once with its words, and one that cannot be read is shown without', async () => {
  const { page, close } = await house.open('#/');
  await page.context().grantPermissions(['notifications']);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const tools = await page.context().newCDPSession(page);
  const registrationId = await new Promise((resolve) => {
    tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations.length > 0) resolve(registrations[0].registrationId);
    });
    tools.send('ServiceWorker.enable');
  });
  const { origin } = new URL(page.url());
  const push = (data) => tools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
  const message = JSON.stringify({
    tag: 'n1', title: '共享购', body: '昨日收益已到账', notices: [{ kind: 'earned', count: 1 }],
  });
  await push(message);
  const once = [{ title: '共享购', body: '昨日收益已到账', tag: 'n1', data: ['earned'] }];
  assert.deepEqual(await waitFor(page, 1), once);
  await push(message);
  await page.waitForTimeout(300);
  assert.deepEqual(await shown(page), once, 'a message that comes again takes its own place');
  await push('nonsense');
  const notes = await waitFor(page, 2);
  assert.deepEqual(notes.find(({ tag }) => tag === ''), { title: '共享购', body: '', tag: '', data: [] });
  await close();
});

test('a tap opens the page of what happened, for whoever is signed in', async () => {
  const { page, close } = await house.open('#/');
  await page.evaluate(() => navigator.serviceWorker.ready);
  const [worker] = page.context().serviceWorkers();
  const pages = await worker.evaluate(() => [
    pageOf('m-1', ['earned']), pageOf('m-1', ['trade_paid']), pageOf('m-1', ['deposit_short']), pageOf(undefined, ['earned']),
    pageOf(undefined, ['rules_changed']), pageOf('m-1', ['earned', 'vested']), pageOf('m-1', []), pageOf('m-1', ['something new']),
  ]);
  assert.deepEqual(pages.map((address) => new URL(address).hash), [
    '#/m/m-1/statement', '#/m/m-1/market', '#/shop/m-1/manage', '', '#/rules', '', '', '#/m/m-1/',
  ]);
  await close();
});
