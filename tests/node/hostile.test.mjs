// The reader of JavaScript values with made-up ones: plain data means what its JSON means, and anything else is refused with a
// code, changes nothing, and the next call works. The suite begins at the same seed each time; `GONGXIANG_FUZZ_SECONDS=300` is a
// long run from a seed of the clock. A failure names its seed.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { init, openBook, preset } from '../../pkg/node.mjs';

await init();

const SEEDS = new URL('../../fuzz/seeds/', import.meta.url);
const LONG = process.env.GONGXIANG_FUZZ_SECONDS;
const SECONDS = Number(LONG ?? 2);
const FIRST = Number(process.env.GONGXIANG_FUZZ_SEED ?? (LONG ? Date.now() % 2 ** 31 : 1));

const lines = (directory) => readdirSync(new URL(directory, SEEDS)).flatMap((name) =>
  readFileSync(new URL(`${directory}${name}`, SEEDS), 'utf8').split('\n').flatMap((line) => {
    try { return [JSON.parse(line)]; } catch { return []; }
  }));

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What JSON does not have, each made anew. */
const FOREIGN = [
  () => undefined, () => () => 1, () => Symbol('x'), () => 10n, () => new Map([['type', 'day.closed']]), () => new Date(0), () => NaN, () => -Infinity,
  () => new Proxy({}, { ownKeys() { throw new Error('boom'); } }), () => Object.defineProperty({}, 'x', { enumerable: true, get() { throw new Error('boom'); } }),
  () => { const cyclic = {}; cyclic.self = cyclic; return cyclic; }, () => new String('ann'), () => '\ud800', () => new Array(5), () => new Uint8Array(3),
  () => Object.create({ type: 'member.registered' }), () => new Proxy(function f() {}, {}),
];
/** What JSON has. */
const PLAIN = [
  null, true, 0, -0, 1.5, 1e300, 2 ** 53, -7, '', '0', '1', '-1', '0.00000001', '1000000000000', '1000000000001', '1e3', '١', 'ann', 'shop', 'o1', '2026-01-01',
  '440106', 'x'.repeat(65), 'x'.repeat(1025), '\u0000', '😀', [], {}, [[]], { type: 'member.registered' }, Array(20).fill(0).reduce((inner) => [inner], 0),
];

function pick(next, list) { return list[Math.floor(next() * list.length)]; }

/** Changes one place of a value that it owns; what is not plain data stays, or goes as a whole. */
function change(next, value, events) {
  const other = () => (next() < 0.3 ? pick(next, FOREIGN)() : structuredClone(pick(next, PLAIN)));
  if (typeof value !== 'object' || value === null || next() < 0.05) return other();
  if (![Object.prototype, Array.prototype].includes(prototypeOf(value))) return value;
  const keys = Object.keys(value);
  const key = pick(next, keys);
  const action = next();
  if (keys.length === 0 || action < 0.15) value[pick(next, ['type', 'id', 'extra', 'points', 'member', '__proto__', 'toString'])] = other();
  else if (action < 0.3) delete value[key];
  else if (action < 0.45) value[key] = structuredClone(Object.entries(pick(next, events)).find(([name]) => name === key)?.[1]) ?? other();
  else value[key] = change(next, value[key], events);
  return value;
}

/** `plain` is what JSON has, `foreign` what no JSON stands for; `exotic` is in between: NaN, or a list with a JSON of its own. */
function kind(value, depth = 0) {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return 'plain';
  if (typeof value === 'number') return Number.isFinite(value) ? 'plain' : 'exotic';
  if (typeof value !== 'object' || depth > 64) return 'foreign';
  try {
    // A property that is undefined is left out, as in JSON; an item is not.
    const entries = Object.entries(value).filter(([, one]) => one !== undefined || Array.isArray(value));
    const inner = entries.map(([, one]) => kind(one, depth + 1));
    if (inner.includes('foreign')) return 'foreign';
    const proto = Object.getPrototypeOf(value);
    // `Object.prototype` of any realm, or none. Of an array its items count.
    const own = Array.isArray(value) ? Object.keys(value).every((key, at) => key === `${at}`) && inner.length === value.length
      : proto === null || Object.getPrototypeOf(proto) === null;
    if (!own) return 'foreign';
    return inner.includes('exotic') || 'toJSON' in value ? 'exotic' : 'plain';
  } catch {
    return 'foreign';
  }
}

/** Nothing where the value does not say. */
function prototypeOf(value) {
  try {
    Object.entries(value);
    return Object.getPrototypeOf(value);
  } catch {
    return undefined;
  }
}

function outcome(call) {
  try {
    return { receipt: call() };
  } catch (error) {
    assert.ok(error instanceof Error, `threw ${typeof error}`);
    assert.equal(error.name, 'GongxiangError', `${error.stack}`);
    assert.match(error.code, /^[a-z_]+$/);
    assert.equal(typeof error.field, 'string');
    assert.ok(error.message.length > 0);
    return { code: error.code, field: error.field };
  }
}

test('whatever is called an event is applied as its JSON would be, or refused without a trace', () => {
  const events = [...lines('event/'), ...lines('journal/')].filter((event) => event?.type);
  assert.ok(events.length > 100);
  const begun = Date.now();
  let count = 0;
  for (let seed = FIRST; Date.now() - begun < SECONDS * 1000; seed += 1) {
    const next = random(seed);
    const [book, twin] = [openBook('seed'), openBook('seed')];
    for (let n = 0; n < 60; n += 1, count += 1) {
      let value = structuredClone(next() < 0.5 ? events[(Math.floor(seed * 7) + n) % events.length] : pick(next, events));
      while (next() < 0.5) value = change(next, value, events);
      const before = JSON.stringify(book.state());
      const name = `GONGXIANG_FUZZ_SEED=${seed}, value ${n}`;
      const previewed = outcome(() => book.preview(value));
      const applied = outcome(() => book.apply(value));
      if (applied.code) assert.equal(JSON.stringify(book.state()), before, name);
      const what = kind(value);
      const same = what === 'plain' ? JSON.parse(JSON.stringify(value)) : value;
      assert.deepEqual(outcome(() => twin.apply(same)), applied, name);
      if (what === 'foreign') assert.equal(applied.code, 'bad_event', name);
      else if (!value?.id) assert.deepEqual(previewed, applied, name);
    }
    assert.deepEqual(twin.state(), book.state(), `seed ${seed}`);
    book.free();
    twin.free();
  }
  console.log(`${count} values in ${SECONDS} s`);
});

test('whatever is called a rule set opens a book or is refused by its key', () => {
  const begun = Date.now();
  const seed = preset('seed');
  for (let n = FIRST; Date.now() - begun < (SECONDS * 1000) / 4; n += 1) {
    const next = random(n);
    let rules = structuredClone(seed);
    do rules = change(next, rules, [seed]); while (next() < 0.5);
    const opened = outcome(() => openBook(rules));
    if (opened.code) assert.equal(opened.code, 'bad_rules', `GONGXIANG_FUZZ_SEED=${n}`);
    else opened.receipt.free();
  }
});
