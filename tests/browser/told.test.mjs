// What a member is told: it subscribes on the screen of notices, and what happens is shown by its browser. The push service and the gateway
// are servers of this test: the browser's own service is on the internet.
import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { links } from './controls.mjs';
import { phone } from './desk.mjs';
import { go, sticksOut, stage } from './stage.mjs';

/** A push service and a gateway: what was sent to it, and what it answers. */
const courier = { sent: [], status: 201 };
const listener = createServer((request, answer) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    courier.sent.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts) });
    answer.writeHead(courier.status).end();
  });
}).listen(0, '127.0.0.1');
await once(listener, 'listening');
after(() => listener.close());
const address = `http://127.0.0.1:${listener.address().port}`;

const house = stage({
  isClosed: true, isWhole: true,
  environment: {
    GONGXIANG_ALLOW_PRIVATE_WEBHOOKS: 'true', GONGXIANG_NOTICE_GATEWAY: `${address}/gateway`,
    GONGXIANG_NOTICE_GATEWAY_SECRET: `whsec_${randomBytes(24).toString('base64')}`,
  },
});

/** The keys of a browser's subscription. */
const browser = { pair: createECDH('prime256v1'), auth: randomBytes(16) };
browser.pair.generateKeys();

/** Reads a message as a browser does (RFC 8291, RFC 8188). */
function decrypt(body) {
  const derive = (key, salt, info, length) => Buffer.from(hkdfSync('sha256', key, salt, info, length));
  const [salt, length] = [body.subarray(0, 16), body[20]];
  const [sender, sealed] = [body.subarray(21, 21 + length), body.subarray(21 + length)];
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.pair.getPublicKey(), sender]);
  const key = derive(browser.pair.computeSecret(sender), browser.auth, info, 32);
  const aes = createDecipheriv(
    'aes-128-gcm', derive(key, salt, 'Content-Encoding: aes128gcm\0', 16), derive(key, salt, 'Content-Encoding: nonce\0', 12),
  );
  aes.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([aes.update(sealed.subarray(0, -16)), aes.final()]);
  return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString());
}

/** Waits for the next message to a path, and takes it. */
async function arrived(path) {
  for (let tried = 0; tried < 200; tried += 1) {
    const at = courier.sent.findIndex((message) => message.path === path);
    if (at >= 0) return courier.sent.splice(at, 1)[0];
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`nothing came to ${path}`);
}

/** The browser's push service is this test's. `permission` is what the person answers. */
const pushes = (permission = 'granted') => (page) => page.addInitScript(({ endpoint, p256dh, auth, permission }) => {
  Object.defineProperty(Notification, 'permission', { get: () => permission });
  const subscription = {
    toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
    unsubscribe: async () => { localStorage.removeItem('test.push'); return true; },
  };
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (permission !== 'granted') throw new DOMException('refused', 'NotAllowedError');
    if (!userVisibleOnly || applicationServerKey.length !== 65) throw new TypeError('not as browsers want it');
    localStorage.setItem('test.push', 'on');
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem('test.push') ? subscription : null);
}, {
  endpoint: `${address}/push`, p256dh: browser.pair.getPublicKey('base64url'), auth: browser.auth.toString('base64url'), permission,
});

/** A member who entered by the operator's code, on the screen of its notices. */
async function member(id, options) {
  await house.operate('/v1/members', { member: id });
  await house.operate('/v1/treasury/grants', { member: id, points: '100' });
  const { enrolment } = await house.operate(`/v1/members/${id}/enrolments`, {});
  const opened = await phone(house, `#/enrol/${enrolment}`, { permissions: ['notifications'], ...options });
  await opened.page.getByTestId('enrol-passkey').click();
  await opened.page.getByTestId('home').waitFor();
  await opened.page.evaluate(() => navigator.serviceWorker.ready);
  await go(opened.page, `#/m/${id}/move`);
  await opened.page.getByTestId('to-notices').click();
  await opened.page.getByTestId('push-here').or(opened.page.getByTestId('subscription')).first().waitFor();
  return opened;
}

/** A picture for whoever looks, and that nothing sticks out of the page. */
async function look(page, name) {
  assert.deepEqual(await sticksOut(page), [], name);
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** The member's subscriptions, as the server has them. */
const subscriptions = async (page, id) => (
  await page.evaluate(async (id) => (await fetch(`/v1/members/${id}/subscriptions`)).json(), id)).subscriptions;

/** Somebody takes an offer of the member. */
async function takeOffer(id, name) {
  await house.operate('/v1/events', [
    { type: 'offer.placed', offer: name, member: id, side: 'sell', points: '5', unit_price: '1' },
    { type: 'offer.taken', offer: name, trade: `${name}-t`, member: 'taker', points: '5' },
  ]);
}

test('a member turns notices on, and its browser shows what happens', async () => {
  await house.operate('/v1/members', { member: 'taker' });
  const { page, complaints, close } = await member('ann', { prepare: pushes() });
  await look(page, 'notices-off-en');
  await page.getByTestId('push-on').click();
  const own = page.getByTestId('subscription');
  await own.waitFor();
  const first = decrypt((await arrived('/push')).body);
  assert.deepEqual([first.tag, first.body, first.notices], ['begun', 'You will be told here.', []]);
  assert.equal(await page.getByTestId('push-here').count(), 0);
  const kinds = own.getByTestId('kind');
  const all = await kinds.count();
  assert.ok(all >= 10);
  assert.equal(await own.locator('[data-testid=kind]:checked').count(), all);

  await own.locator('[data-kind=rules_changed]').click();
  await page.waitForFunction((count) => document.querySelectorAll('[data-testid=kind]:checked').length === count, all - 1);
  const [stored] = await subscriptions(page, 'ann');
  assert.deepEqual([stored.channel, stored.language, stored.kinds.includes('rules_changed')], ['push', 'en', false]);
  assert.equal(stored.kinds.length, all - 1);

  await takeOffer('ann', 'f1');
  const message = await arrived('/push');
  const told = decrypt(message.body);
  assert.deepEqual([told.body, told.notices], ['Somebody took your offer', [{ kind: 'trade_taken', count: 1 }]]);
  assert.doesNotMatch(JSON.stringify(told), /ann|taker|f1/, 'nothing personal for a locked screen');
  const tools = await page.context().newCDPSession(page);
  const registrationId = await new Promise((resolve) => {
    tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations.length > 0) resolve(registrations[0].registrationId);
    });
    tools.send('ServiceWorker.enable');
  });
  const { origin } = new URL(page.url());
  await tools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: JSON.stringify(told) });
  const shown = () => page.evaluate(async () => (
    await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body }) => [title, body]));
  let notes = [];
  for (let tried = 0; tried < 100 && notes.length === 0; tried += 1) notes = await shown();
  assert.deepEqual(notes, [[told.title, 'Somebody took your offer']]);

  await page.reload();
  const line = page.locator('[data-testid=notice][data-kind=trade_taken]');
  await line.waitFor();
  assert.match((await line.innerText()).replace(/\s+/g, ' '), /Your offer is taken 5 points/);
  await look(page, 'notices-en');
  await links(line, '#/m/ID/market', 'ann').click();
  await page.waitForFunction(() => location.hash === '#/m/ann/market');
  assert.deepEqual(complaints, []);
  await close();
});

test('whoever signs out is told nothing more in this browser', async () => {
  const { page, close } = await member('ben', { prepare: pushes(), locale: 'zh-CN' });
  await page.getByTestId('push-on').click();
  await page.getByTestId('subscription').waitFor();
  await arrived('/push');
  await look(page, 'notices-zh');
  assert.equal(await page.evaluate(() => localStorage.getItem('test.push')), 'on');
  await go(page, '#/account');
  await page.getByTestId('sign-out').first().click();
  await page.getByTestId('passkey').waitFor();
  await page.waitForFunction(() => !localStorage.getItem('test.push') && !localStorage.getItem('gongxiang.push'));
  courier.status = 410;
  await takeOffer('ben', 'f2');
  await arrived('/push');
  courier.status = 201;
  await page.getByTestId('passkey').click();
  await page.getByTestId('home').waitFor();
  for (let tried = 0; (await subscriptions(page, 'ben')).length > 0; tried += 1) {
    assert.ok(tried < 100, 'the server learns from the push service that nobody is there');
    await page.waitForTimeout(50);
  }
  await go(page, '#/m/ben/notices');
  await page.getByTestId('push-on').waitFor();
  await close();
});

test('what does not arrive is not subscribed, and the screen says why', async () => {
  const { page, close } = await member('cas', { prepare: pushes() });
  courier.status = 403;
  await page.getByTestId('push-on').click();
  await page.getByTestId('notices-error').filter({ hasText: 'Not turned on' }).waitFor();
  courier.status = 201;
  await arrived('/push');
  assert.deepEqual(await subscriptions(page, 'cas'), []);
  assert.equal(await page.evaluate(() => localStorage.getItem('test.push')), null);
  await close();

  const refused = await member('dan', { prepare: pushes('default') });
  await refused.page.getByTestId('push-on').click();
  await refused.page.getByTestId('notices-error').filter({ hasText: 'Not turned on' }).waitFor();
  await refused.close();

  const denied = await member('eve', { prepare: pushes('denied') });
  await denied.page.getByTestId('push-here').filter({ hasText: 'blocked' }).waitFor();
  assert.equal(await denied.page.getByTestId('push-on').count(), 0);
  await denied.close();

  const unable = await member('fay', { prepare: (page) => page.addInitScript(() => { delete ServiceWorkerRegistration.prototype.pushManager; }) });
  await unable.page.getByTestId('push-here').filter({ hasText: 'Home Screen' }).waitFor();
  await unable.close();
});

test('older notices come page by page', async () => {
  const { page, close } = await member('hal', { prepare: pushes('denied') });
  await page.getByTestId('email').fill('hal@shop.example');
  await page.getByTestId('email-on').click();
  await page.getByTestId('subscription').waitFor();
  const takes = Array.from({ length: 21 }, (_, at) => ({ type: 'offer.taken', offer: 'many', trade: `many-${at}`, member: 'taker', points: '1' }));
  await house.operate('/v1/events', [{ type: 'offer.placed', offer: 'many', member: 'hal', side: 'sell', points: '30', unit_price: '1' }, ...takes]);
  const notices = page.getByTestId('notice');
  for (let tried = 0; !(await page.getByTestId('more-notices').isVisible()); tried += 1) {
    assert.ok(tried < 40, 'more than a page of notices');
    await page.waitForTimeout(250);
    await page.reload();
    await page.getByTestId('subscription').waitFor();
  }
  assert.equal(await notices.count(), 20);
  await page.getByTestId('more-notices').click();
  await notices.nth(20).waitFor();
  await page.getByTestId('more-notices').waitFor({ state: 'detached' });
  assert.equal(await notices.count(), 21, 'each once');
  // The mail about them is put off and gathered: it belongs to this test, not to the next one.
  for (let told = 0; told < 21;) {
    const { data } = JSON.parse((await arrived('/gateway')).body);
    assert.equal(data.to, 'hal@shop.example');
    told += Number(/\((\d+)\)/.exec(data.text)?.[1] ?? 1);
  }
  await close();
});

test('e-mail and text messages go to the operator’s gateway', async () => {
  const { page, close } = await member('gus', { prepare: pushes('denied') });
  await page.getByTestId('email').fill('no address');
  await page.getByTestId('email-on').click();
  await page.getByTestId('notices-error').filter({ hasText: 'Enter an e-mail address.' }).waitFor();
  assert.equal(await page.getByTestId('email').inputValue(), 'no address', 'what was typed stays');
  await page.getByTestId('email').fill('gus@shop.example');
  await page.getByTestId('email-on').click();
  const mail = page.locator('[data-testid=subscription][data-channel=email]');
  await mail.filter({ hasText: 'gus@shop.example' }).waitFor();
  await page.getByTestId('sms-on').click();
  await page.getByTestId('notices-error').filter({ hasText: 'Add a phone number' }).waitFor();

  await takeOffer('gus', 'f3');
  const { headers, body } = await arrived('/gateway');
  const { data } = JSON.parse(body);
  assert.ok(headers['webhook-signature'].startsWith('v1,'));
  assert.deepEqual([data.channel, data.to, data.text], ['email', 'gus@shop.example', 'Somebody took your offer']);

  // Fast clicks lose nothing. The last kind that is taken away ends the subscription.
  const kinds = mail.getByTestId('kind');
  const first = await kinds.first().getAttribute('data-kind');
  await kinds.evaluateAll((boxes) => boxes.slice(1).forEach((box) => box.click()));
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=kind]:checked').length === 1);
  for (let tried = 0; (await subscriptions(page, 'gus'))[0].kinds.length > 1; tried += 1) {
    assert.ok(tried < 100, 'the server has the last choice');
    await page.waitForTimeout(50);
  }
  assert.deepEqual((await subscriptions(page, 'gus'))[0].kinds, [first]);
  await mail.locator('[data-testid=kind]:checked').click();
  await mail.waitFor({ state: 'detached' });
  assert.deepEqual(await subscriptions(page, 'gus'), []);

  await page.getByTestId('email-on').click();
  await mail.waitFor();
  await mail.getByTestId('end').click();
  await mail.waitFor({ state: 'detached' });
  assert.deepEqual(await subscriptions(page, 'gus'), []);
  await close();
});
