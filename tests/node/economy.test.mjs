// What a scheme's numbers do, as the package answers it: simulate, forecast, review.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecast, init, openBook, review, simulate } from '../../pkg/node.mjs';

await init();
const refuses = (code, field) => (error) => {
  assert.deepEqual([error.name, error.code, error.field], ['GongxiangError', code, field]);
  return true;
};

test('a scenario is worked out with decimals as strings, and refused by its field', () => {
  const run = simulate('seed', { name: 'flat', days: 40, probes: [1] });
  assert.equal(run.days.length, 40);
  assert.equal(run.days[30].price, '11.26126126');
  // 1000 share value of day 1 after 30 days: 232.8 yuan, as the reference results have it.
  assert.ok(Math.abs(Number(run.probes[0].worth) / 232.8 - 1) < 0.01);
  assert.throws(() => simulate('seed', { members: 0 }), refuses('bad_scenario', 'members'));
  assert.throws(() => simulate('seed', { nonsense: 1 }), refuses('bad_scenario', 'nonsense'));
  assert.throws(() => simulate('seed', { name: 'none' }), refuses('bad_scenario', 'name'));
  assert.throws(() => simulate('seed', {}, (day) => day < 5), refuses('cancelled', ''));
});

test('the first day of a forecast is the close that follows', () => {
  const book = openBook('seed');
  for (const event of [{ type: 'member.registered', member: 'ann' }, { type: 'pack.purchased', member: 'ann', pack: 'member' }]) book.apply(event);
  const { first, paths } = forecast(book, 'ann');
  assert.equal(paths.length, 3);
  book.apply({ type: 'day.closed', day: '2026-01-01' });
  const after = book.account('ann');
  assert.deepEqual([first.points, first.share_value], [after.points, after.share_value]);
  assert.throws(() => forecast(book, 'ghost'), refuses('unknown_member', 'member'));
  book.free();
});

test('the seed is red and the single-level preset is not', () => {
  const severities = (name) => review(name).map((finding) => finding.severity);
  assert.ok(severities('seed').includes('red'));
  assert.ok(!severities('single-level').includes('red'));
  assert.throws(() => review('seed', { concession_rate: '2' }), refuses('bad_scenario', 'concession_rate'));
});
