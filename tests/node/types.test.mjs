// The declarations: checked in, equal to what there is, and strict where money is.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as economy from '../../pkg/economy-node.mjs';
import * as scheme from '../../pkg/node.mjs';

const read = (name) => readFile(new URL(`../../pkg/${name}`, import.meta.url), 'utf8');
const code = (text) => text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '');

/** What is counted, and may be a number: everything else is a decimal, a day or a name, and a text. */
const COUNTED = ['window_days', 'max_depth', 'repurchase_days', 'online', 'offline', 'era'];

test('index.d.ts declares what the package exports, no more and no less', async () => {
  const declared = [...code(await read('index.d.ts')).matchAll(/export function (\w+)/g)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(scheme).sort());
});

test('economy.d.ts and wallet.d.ts declare what the second binary exports, no more and no less', async () => {
  const text = code(await read('economy.d.ts') + await read('wallet.d.ts'));
  const declared = [...text.matchAll(/export function (\w+)/g)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(economy).sort());
});

test('a declared Book has the methods of a real one', async () => {
  const declared = /interface Book \{([^]*?)\n\}/.exec(code(await read('index.d.ts')))[1].matchAll(/^ {2}(\w+)\(/gm);
  await scheme.init();
  const book = scheme.openBook('seed');
  for (const [, name] of declared) assert.equal(typeof book[name], 'function', name);
  book.free();
});

test('no `any`, and no number where money could be', async () => {
  for (const name of ['index.d.ts', 'wallet.d.ts', 'widget.d.ts']) {
    const text = code(await read(name));
    assert.doesNotMatch(text, /\bany\b/, name);
    const numbers = [...text.matchAll(/(\w+)\??: [^;{}]*\bnumber\b/g)].map(([, field]) => field).filter((field) => !COUNTED.includes(field));
    // A refused event's place in the journal; of how many days a statement is (in the line that begins with the account).
    const others = { 'index.d.ts': ['refused'], 'wallet.d.ts': ['account'] };
    assert.deepEqual(numbers, others[name] ?? [], name);
  }
});
