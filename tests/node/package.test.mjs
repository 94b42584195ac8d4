// The package in Node: its answers and refusals, and that the next call works after a refusal.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import vm from 'node:vm';
import { init, openBook, preset, replay, version } from '../../pkg/node.mjs';

const refuses = (code, field) => (error) => {
  assert.ok(error instanceof Error);
  assert.deepEqual([error.name, error.code, error.field], ['GongxiangError', code, field]);
  // The code, then a sentence for people.
  assert.match(error.message, new RegExp(`^${code}: .*[a-z]{2,} [a-z]{2,}`));
  return true;
};

test('before init every call says in plain words what to do', () => {
  for (const call of [version, () => openBook('seed'), () => replay('seed', [])]) {
    assert.throws(call, refuses('not_initialised', ''));
  }
});

test('init can fail and be tried again, and is idempotent', async () => {
  await assert.rejects(init(new URL('./missing.wasm', import.meta.url)), refuses('not_loaded', ''));
  await assert.rejects(init(new URL(import.meta.url)), refuses('not_loaded', ''));
  await Promise.all([init(), init()]);
  await init();
  const { version: packaged } = JSON.parse(await readFile(new URL('../../pkg/package.json', import.meta.url), 'utf8'));
  assert.equal(version(), packaged);
});

const member = { type: 'member.registered', member: 'ann' };

function shopAndBuyer(rules = 'seed') {
  const book = openBook(rules);
  for (const event of [
    { type: 'member.registered', member: 'shop' },
    { type: 'pack.purchased', member: 'shop', pack: 'merchant' },
    { type: 'treasury.granted', member: 'shop', points: '1000' },
    { type: 'merchant.opened', member: 'shop', region: '440106' },
    { type: 'member.registered', member: 'ann', referrer: 'shop' },
    { type: 'pack.purchased', member: 'ann', pack: 'member' },
  ]) book.apply(event);
  return book;
}
const order = {
  type: 'order.placed', order: 'o1', buyer: 'ann', merchant: 'shop', channel: 'online', amount: '1000', concession: '100', region: '440106',
};

test('a preview gives what apply gives, and changes nothing', () => {
  const book = shopAndBuyer();
  const before = book.state();
  const preview = book.preview(order);
  assert.deepEqual(book.state(), before);
  assert.deepEqual(book.apply(order), preview);
  assert.notDeepEqual(book.state(), before);
  assert.equal(preview.points, '100');
  assert.deepEqual(preview.rewards[0], {
    member: 'ann', kind: 'consumption', share_value: '1000', points: '0', class: 'own', reason: '10 × concession 100.00',
    why: { of: 'concession', rate: '10', concession: '100.00' },
  });
  assert.equal(preview.due, '2026-01-08');
  book.free();
});

test('answers are plain objects with decimals as strings', () => {
  const book = shopAndBuyer();
  const account = book.account('ann');
  assert.deepEqual(account, { share_value: '499', locked: '0', points: '0', units: '499' });
  assert.equal(Object.getPrototypeOf(account), Object.prototype);
  assert.deepEqual(JSON.parse(JSON.stringify(book.state())), book.state());
  assert.throws(() => book.account('ghost'), refuses('unknown_member', 'id'));
  assert.throws(() => book.account(7), refuses('bad_event', 'id'));
});

test('values that JSON does not have are refused, and the next call works', () => {
  const book = openBook('seed');
  const cyclic = { ...member };
  cyclic.self = cyclic;
  const hostile = Object.defineProperty({ ...member }, 'boom', { enumerable: true, get() { throw new Error('boom'); } });
  const proxy = new Proxy({}, { ownKeys() { throw new Error('boom'); } });
  let deep = 1;
  for (let i = 0; i < 10_000; i += 1) deep = [deep];
  const before = book.state();
  for (const bad of [
    undefined, null, 1, 'member.registered', true, [], () => member, Symbol('x'), 10n, cyclic, hostile, proxy,
    { ...member, member: undefined }, { ...member, referrer: 10n }, { ...member, at: new Date() }, { ...member, extra: deep },
    { ...member, extra: 'x'.repeat(3_000_000) }, { ...member, list: new Array(100_000).fill(1) }, new Map(Object.entries(member)),
    { ...member, member: '\ud800' }, { ...member, member: 1 }, { ...member, colour: 'red' }, {},
  ]) {
    for (const call of ['apply', 'preview']) {
      assert.throws(() => book[call](bad), (error) => error.code === 'bad_event', String(typeof bad));
    }
    assert.deepEqual(book.state(), before);
  }
  book.apply(member);
  assert.equal(book.account('ann').locked, '200');
});

test('only plain data is read: what shows few of its values as properties is refused by its field, not read as empty', () => {
  class Order { type = 'day.closed'; }
  const sparse = []; sparse[1] = 'seed';
  const named = ['seed']; named.day = 1; delete named[0];
  const throwing = new Proxy({}, { getPrototypeOf() { throw new Error('boom'); } });
  const odd = [
    new Map([['a', 1]]), new Map(), new Set(['a']), new Date(0), new Uint8Array(2), new ArrayBuffer(2), new Order(), /x/, new Error('x'), Promise.resolve(1),
    new String('ann'), new Number(1), sparse, named, new Array(2), Object.create({ a: 1 }), throwing, 10n, Symbol('x'), () => 1, [undefined],
  ];
  for (const value of odd) {
    const name = Object.prototype.toString.call(value === throwing ? null : value);
    assert.throws(() => openBook('seed').apply({ ...member, referrer: value }), refuses('bad_event', 'referrer'), name);
    assert.throws(() => openBook({ ...preset('seed'), price: value }), refuses('bad_rules', 'price'), name);
    assert.throws(() => openBook({ ...preset('seed'), price: { ...preset('seed').price, policy: value } }), refuses('bad_rules', 'price.policy'), name);
  }
  assert.throws(() => openBook('seed').apply(new Map(Object.entries(member))), refuses('bad_event', ''));
});

test('plain data of another realm, without a prototype, frozen or behind a proxy that hides nothing is read', () => {
  const plain = [vm.runInNewContext(`(${JSON.stringify(member)})`), Object.assign(Object.create(null), member), Object.freeze({ ...member }), new Proxy({ ...member }, {})];
  for (const value of plain) {
    const book = openBook('seed');
    book.apply(value);
    assert.equal(book.account('ann').locked, '200');
  }
});

test('an id may be a name that JavaScript gives a meaning', () => {
  const ids = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'];
  const book = openBook('seed');
  const journal = ids.map((id) => ({ type: 'member.registered', member: id }));
  journal.forEach((event) => book.apply(event));
  for (const state of [book.state(), replay('seed', journal).state]) {
    assert.deepEqual(Object.keys(state.accounts).sort(), [...ids].sort());
    assert.equal(Object.getPrototypeOf(state.accounts), Object.prototype);
    for (const id of ids) assert.deepEqual(Object.getOwnPropertyDescriptor(state.accounts, id).value, book.account(id), id);
    assert.match(JSON.stringify(state), /"__proto__":\{"share_value":"0"/);
  }
  assert.throws(() => book.apply(JSON.parse('{"type":"member.registered","member":"eve","__proto__":{"member":"bob"}}')), refuses('bad_event', '__proto__'));
});

test('decimals are strict and numbers are no decimals', () => {
  const book = shopAndBuyer();
  for (const amount of ['1e3', '.5', '+1', '1_0', 'NaN', '1.000', '1000000000001', '１', 100, 1.5, NaN, Infinity, null]) {
    assert.throws(() => book.apply({ ...order, amount }), refuses('bad_event', 'amount'));
  }
  assert.throws(() => book.apply({ ...order, amount: '0' }), refuses('bad_amount', 'amount'));
  assert.throws(() => book.apply({ ...order, concession: '1000.01' }), refuses('bad_concession', 'concession'));
  assert.equal(book.apply(order).points, '100');
});

test('an unsound rule set is refused by its key', () => {
  assert.throws(() => openBook('none'), refuses('bad_rules', 'rules'));
  assert.throws(() => openBook('toString'), refuses('bad_rules', 'rules'));
  for (const [change, key] of [
    [(rules) => { rules.release.daily = '0'; }, 'release.daily'],
    [(rules) => { rules.release.daily = 888; }, 'release.daily'],
    [(rules) => { rules.price.window_days = 1.5; }, 'price.window_days'],
    [(rules) => { rules.colour = 'red'; }, 'colour'],
    [(rules) => { delete rules.area; }, 'area.offline_points_rate'],
  ]) {
    const rules = preset('seed');
    change(rules);
    assert.throws(() => openBook(rules), refuses('bad_rules', key));
    assert.throws(() => replay(rules, []), refuses('bad_rules', key));
  }
  for (const nonsense of [undefined, null, 1, [], () => {}]) assert.throws(() => openBook(nonsense), { code: 'bad_rules' });
});

test('every preset opens a book', () => {
  for (const name of ['seed', 'single-level']) {
    const book = shopAndBuyer(name);
    assert.ok(book.apply(order).rewards.length > 0);
  }
});

test('replay lists what is refused, in its place, and goes on', () => {
  const { refused, state, days } = replay('seed', [
    member, member, 7, { type: 'day.closed', day: '2026-01-01' }, { ...member, member: 'b', id: 'e1' }, { ...member, member: 'b', id: 'e1' },
    { ...member, member: 'c', id: 'e1' },
  ]);
  assert.deepEqual(refused, [[1, 'member_exists'], [2, 'bad_event'], [6, 'id_conflict']]);
  assert.deepEqual(Object.keys(state.accounts), ['ann', 'b']);
  assert.equal(days.length, 1);
  assert.throws(() => replay('seed', 'events'), refuses('bad_event', 'events'));
});

test('a repeated id is answered with the first outcome', () => {
  const book = shopAndBuyer();
  const event = { type: 'points.transferred', from: 'shop', to: 'ann', points: '1', id: 't1' };
  const receipt = book.apply(event);
  assert.deepEqual(book.apply(event), receipt);
  assert.equal(book.account('ann').points, '1');
  assert.throws(() => book.apply({ ...event, points: '2' }), refuses('id_conflict', 'id'));
});
