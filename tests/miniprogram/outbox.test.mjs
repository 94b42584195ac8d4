// The mini-program sends each command with one random key until it has an outcome, whatever network and server do.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { phone } from './phone.mjs';
import { root } from './project.mjs';

const OFFER = ['/v1/offers', { side: 'sell', points: '1', unit_price: '1' }];
const plain = (value) => JSON.parse(JSON.stringify(value));

/** A phone with the app's modules. Its server gives these answers in turn: a status with a body, or none. */
function app(answers, { storage = {}, random = true, full = false } = {}) {
  storage['gongxiang.session'] ??= { member: 'ann', token: 't' };
  const asked = [];
  const waited = [];
  const wx = {
    getStorageSync: (key) => storage[key] ?? '',
    setStorageSync: (key, value) => {
      if (full) throw new Error('setStorageSync:fail the storage is full');
      storage[key] = plain(value);
    },
    removeStorageSync: (key) => { delete storage[key]; },
    request({ url, method, header, data, success, fail }) {
      asked.push({ url, method, key: header['Idempotency-Key'], member: header['gongxiang-member'], data: plain(data) });
      const answer = answers.shift();
      // Later, as on a phone.
      setImmediate(() => (answer ? success({ statusCode: answer[0], data: answer[1], header: answer[2] ?? {} }) : fail({ errMsg: 'request:fail' })));
    },
  };
  if (random) wx.getRandomValues = ({ length, success }) => setImmediate(() => success({ randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer }));
  const { require, put } = phone('android', { '/utils': join(root, 'miniprogram/utils') }, {
    wx, setTimeout: (work, milliseconds) => { waited.push(milliseconds / 1000); setImmediate(work); },
  });
  put('/config.js', 'module.exports = { server: "https://server" };');
  return { outbox: require('/utils/outbox.js'), asked, waited, storage };
}
const settled = [200, { receipt: {} }];
const keys = ({ asked }) => asked.map(({ key }) => key);

for (const [name, ...open] of [
  ['no network', undefined], ['408', [408, { code: 'timeout' }]], ['409 in flight', [409, { code: 'in_flight' }]],
  ['429', [429, { code: 'rate_limited' }]], ['503', [503, { code: 'unavailable' }]], ['500 without a body', [500, '']],
  ['502 of a proxy, then no network', [502, '<html>'], undefined],
  ['404 of a proxy', [404, '<html>']], ['403 of a proxy', [403, '<html>']], ['405 without a body', [405, '']], ['413 of a proxy', [413, { code: 413 }]],
  ['403 of a gateway', [403, { code: 'AccessDenied' }]], ['200 of a captive portal', [200, '<html>']], ['204', [204, '']], ['200 without a receipt', [200, {}]],
]) {
  test(`${name} is no outcome: the same is sent again with the same key`, async () => {
    const phone = app([...open, settled]);
    await phone.outbox.send(...OFFER);
    assert.equal(phone.asked.length, open.length + 1);
    assert.equal(new Set(keys(phone)).size, 1);
    assert.deepEqual(phone.waited, [1, 2].slice(0, open.length));
    assert.deepEqual(phone.asked.at(-1).data, OFFER[1]);
    assert.deepEqual(plain(phone.outbox.waiting()), []);
  });
}

test('keys are 128 random bits, one for each command', async () => {
  const phone = app([settled, settled]);
  await phone.outbox.send(...OFFER);
  await phone.outbox.send(...OFFER);
  for (const key of keys(phone)) assert.match(key, /^[0-9a-f]{32}$/);
  assert.equal(new Set(keys(phone)).size, 2);
});

test('a phone without random numbers sends nothing', async () => {
  const phone = app([], { random: false });
  await assert.rejects(phone.outbox.send(...OFFER), { code: 'old_wechat' });
  assert.deepEqual([phone.asked, plain(phone.outbox.waiting())], [[], []]);
});

test('a refusal is an outcome', async () => {
  for (const [status, code] of [[422, 'points_short'], [403, 'forbidden'], [409, 'id_conflict'], [422, 'key_reused'], [404, 'unknown_offer']]) {
    const phone = app([[status, { code }]]);
    await assert.rejects(phone.outbox.send(...OFFER), { code, status });
    assert.deepEqual([phone.asked.length, plain(phone.outbox.waiting())], [1, []]);
    // Who gave it was told, so it is no notice.
    assert.deepEqual(plain(phone.outbox.notices()), []);
  }
});

test('the server says how long to wait, within reason', async () => {
  const phone = app([[429, { code: 'rate_limited' }, { 'Retry-After': '7' }], [503, { code: 'unavailable' }, { 'retry-after': '86400' }], settled]);
  await phone.outbox.send(...OFFER);
  assert.deepEqual(phone.waited, [7, 30]);
});

test('without an answer the command stays in the storage, and the next start of the app sends it with its key', async () => {
  const storage = {};
  const first = app([undefined, undefined, undefined, undefined], { storage });
  await assert.rejects(first.outbox.send(...OFFER), { code: 'pending' });
  assert.equal(first.asked.length, 4);
  const second = app([settled], { storage });
  assert.deepEqual(plain(second.outbox.waiting()[0].data), OFFER[1]);
  await second.outbox.resume();
  assert.deepEqual(keys(second), keys(first).slice(0, 1));
  assert.deepEqual(plain(second.outbox.waiting()), []);
  assert.equal(await second.outbox.resume(), 0);
});

test('a repeated command is the stored one; another command comes after it', async () => {
  const storage = {};
  const first = app([[503, {}], [503, {}], [503, {}], [409, { code: 'in_flight' }]], { storage });
  await assert.rejects(first.outbox.send(...OFFER), { code: 'pending' });
  const again = app([settled], { storage: plain(storage) });
  await again.outbox.send(...OFFER);
  assert.deepEqual(keys(again), keys(first).slice(0, 1));
  // The stored command is refused, and the other one is sent.
  const other = app([[422, { code: 'points_short' }], settled], { storage: plain(storage) });
  await other.outbox.send('/v1/trades/t/pay', {});
  assert.equal(keys(other)[0], keys(first)[0]);
  assert.notEqual(keys(other)[1], keys(first)[0]);
  assert.deepEqual(plain(other.outbox.notices()).map(({ key, code }) => [key, code]), [[keys(first)[0], 'points_short']]);
  // The stored command still has no outcome, so the other one is not sent.
  const later = app([undefined, undefined, undefined, undefined], { storage: plain(storage) });
  await assert.rejects(later.outbox.send('/v1/trades/t/pay', {}), { code: 'pending' });
  assert.ok(keys(later).every((key) => key === keys(first)[0]));
});

test('two taps are one command; two different commands are sent one after the other', async () => {
  const phone = app([[503, {}], settled, settled]);
  await Promise.all([phone.outbox.send(...OFFER), phone.outbox.send(...OFFER), phone.outbox.send('/v1/trades/t/pay', {})]);
  assert.deepEqual(phone.asked.map(({ url }) => url.slice('https://server'.length)), ['/v1/offers', '/v1/offers', '/v1/trades/t/pay']);
  assert.deepEqual(new Set(keys(phone)).size, 2);
});

test('a command says whose it is, and waits while another member is signed in at the server', async () => {
  const storage = {};
  const first = app([[403, { code: 'wrong_member' }]], { storage });
  await assert.rejects(first.outbox.send(...OFFER), { code: 'wrong_member' });
  assert.equal(first.asked[0].member, 'ann');
  const second = app([settled], { storage });
  await second.outbox.resume();
  assert.deepEqual(keys(second), keys(first));
  assert.deepEqual(plain(second.outbox.waiting()), []);
});

test('after a session ends, only the same member’s next session sends the command', async () => {
  const storage = {};
  const first = app([undefined, [401, { code: 'unauthorized' }]], { storage });
  await assert.rejects(first.outbox.send(...OFFER), { code: 'unauthorized', status: 401 });
  assert.deepEqual(plain(first.outbox.waiting()), []);
  storage['gongxiang.session'] = { member: 'bob', token: 'u' };
  const other = app([settled], { storage });
  assert.deepEqual(plain(other.outbox.waiting()), []);
  await other.outbox.send('/v1/trades/t/pay', {});
  storage['gongxiang.session'] = { member: 'ann', token: 'v' };
  const second = app([settled], { storage });
  await second.outbox.resume();
  assert.deepEqual(keys(second), keys(first).slice(0, 1));
});

const ORDER = (amount) => ['/v1/orders', { buyer: 'bob', amount, concession: '1' }];

test('without a network commands queue up, and go out in their order, each with its own key', async () => {
  const storage = {};
  const first = app(Array(8).fill(undefined), { storage });
  await first.outbox.queue(...ORDER('10'));
  await first.outbox.queue(...ORDER('20'));
  await assert.rejects(first.outbox.resume());
  assert.deepEqual(plain(first.outbox.waiting()).map(({ data, tried }) => [data.amount, Boolean(tried)]), [['10', true], ['20', false]]);
  const second = app([settled, settled], { storage });
  assert.equal(await second.outbox.resume(), 2);
  assert.deepEqual(second.asked.map(({ data }) => data.amount), ['10', '20']);
  assert.equal(new Set(keys(second)).size, 2);
});

test('a refusal that nobody waits for stays as a notice until it was read', async () => {
  const storage = {};
  const phone = app([[422, { code: 'merchant_points_short' }], settled], { storage });
  await phone.outbox.queue(...ORDER('10'));
  await phone.outbox.queue(...ORDER('20'));
  await phone.outbox.resume();
  assert.deepEqual(plain(phone.outbox.waiting()), []);
  const again = app([], { storage });
  const [notice] = plain(again.outbox.notices());
  assert.deepEqual([notice.code, notice.data.amount], ['merchant_points_short', '10']);
  again.outbox.dismiss(notice.key);
  assert.deepEqual(plain(app([], { storage }).outbox.notices()), []);
});

test('a cancelled command is not sent again, and the next one goes on', async () => {
  const storage = {};
  const first = app(Array(8).fill(undefined), { storage });
  await first.outbox.queue(...ORDER('10'));
  await first.outbox.queue(...ORDER('20'));
  await assert.rejects(first.outbox.resume());
  const second = app([settled], { storage });
  second.outbox.cancel(plain(second.outbox.waiting())[0].key);
  assert.equal(await second.outbox.resume(), 1);
  assert.deepEqual(second.asked.map(({ data }) => data.amount), ['20']);
});

test('a command that is cancelled between two attempts is not repeated', async () => {
  const phone = app([undefined, settled]);
  const sent = phone.outbox.send(...OFFER);
  while (!phone.waited.length) await new Promise(setImmediate);
  phone.outbox.cancel(phone.outbox.waiting()[0].key);
  await assert.rejects(sent, { code: 'cancelled' });
  assert.deepEqual([phone.asked.length, plain(phone.outbox.notices())], [1, []]);
});

test('a full phone sends nothing, and says so', async () => {
  const phone = app([settled], { full: true });
  await assert.rejects(phone.outbox.send(...OFFER), { code: 'storage' });
  assert.deepEqual(phone.asked, []);
});

test('the one command that an older version of the app kept is sent', async () => {
  const [path, data] = OFFER;
  const phone = app([settled], { storage: { 'gongxiang.outbox.ann': { member: 'ann', path, data, key: 'k' } } });
  assert.equal(await phone.outbox.resume(), 1);
  assert.deepEqual(keys(phone), ['k']);
});
