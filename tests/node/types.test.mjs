// The type declarations: equal to what the package exports, and strict about money. tests/types compares their fields with Rust.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as economy from '../../pkg/economy-node.mjs';
import * as scheme from '../../pkg/node.mjs';

const read = (name) => readFile(new URL(`../../pkg/${name}`, import.meta.url), 'utf8');
const code = (text) => text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '');

/** Counts, which may be numbers. Everything else is a text: a decimal, a day or a name. */
const COUNTED = ['window_days', 'max_depth', 'repurchase_days', 'online', 'offline', 'era', 'order_count', 'trade_count', 'purchase_count', 'return_days', 'most', 'place', 'line'];

test('index.d.ts declares what the package exports, no more and no less', async () => {
  const declared = [...code(await read('index.d.ts')).matchAll(/export (?:function|class) (\w+)/g)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(scheme).sort());
});

test('economy.d.ts and wallet.d.ts declare what the second binary exports, no more and no less', async () => {
  const text = code(await read('economy.d.ts') + await read('wallet.d.ts'));
  const declared = [...text.matchAll(/export (?:function (\w+)|\{ (\w+) \})/g)].map(([, name, again]) => name ?? again);
  assert.deepEqual(declared.sort(), Object.keys(economy).sort());
});

test('a declared Book has the methods of a real one', async () => {
  const declared = /interface Book \{([^]*?)\n\}/.exec(code(await read('index.d.ts')))[1].matchAll(/^ {2}(\w+)\(/gm);
  await scheme.init();
  const book = scheme.openBook('seed');
  for (const [, name] of declared) assert.equal(typeof book[name], 'function', name);
  book.free();
});

test('a declared day of a statement has the fields of a real one', async () => {
  const [, fields] = /interface StatementDay \{([^]*?)\n\}/.exec(code(await read('wallet.d.ts')));
  await economy.init();
  const account = {
    referrer: null, activated: true, locked: '0', points: '0', holding: { units: '1', acc: '0', era: 0, fraction: '0' }, role: null, merchant_pack: false,
    shop: null, area_pack: null, city: null, frozen: false,
  };
  const day = { day: '2026-01-01', price: '1', released: '1', total: '1', units: '1', nav: '1', acc: '0.1', era: 0 };
  const [line] = economy.statement(account, [day], 1);
  assert.deepEqual(Object.keys(line).sort(), [...fields.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).sort());
});

test('no `any`, and no number where money could be', async () => {
  for (const name of ['index.d.ts', 'wallet.d.ts', 'widget.d.ts']) {
    const text = code(await read(name));
    assert.doesNotMatch(text, /\bany\b/, name);
    const numbers = [...text.matchAll(/(\w+)\??: [^;{}]*\bnumber\b/g)].map(([, field]) => field).filter((field) => !COUNTED.includes(field));
    // A refused event's place in the journal; of how many days a statement is (in the line that begins with the account); days with turnover; the days of a forecast.
    const others = { 'index.d.ts': ['refused'], 'wallet.d.ts': ['account', 'turnover_days'], 'widget.d.ts': ['forecast'] };
    assert.deepEqual(numbers, others[name] ?? [], name);
  }
});
