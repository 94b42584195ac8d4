// The package's second binary: simulate, forecast, review.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as core from '../../pkg/node.mjs';
import { forecast, init, newcomer, openBook, openEve, preset, review, simulate, version } from '../../pkg/economy-node.mjs';

const refuses = (code, field) => (error) => {
  assert.deepEqual([error.name, error.code, error.field], ['GongxiangError', code, field]);
  // The code, then a sentence for people.
  assert.match(error.message, new RegExp(`^${code}: .*[a-z]{2,} [a-z]{2,}`));
  return true;
};

test('before init every call says in plain words what to do, and each binary is started by itself', async () => {
  for (const call of [version, () => simulate('seed'), () => forecast({}), () => review('seed')]) {
    assert.throws(call, refuses('not_initialised', ''));
  }
  await init();
  assert.match(version(), /^\d+\.\d+\.\d+$/);
  assert.throws(core.version, refuses('not_initialised', ''));
  await core.init();
  assert.equal(core.version(), version());
});

function annsBook() {
  const book = openBook('seed');
  for (const event of [
    { type: 'member.registered', member: 'shop' }, { type: 'pack.purchased', member: 'shop', pack: 'merchant' },
    { type: 'treasury.granted', member: 'shop', points: '1000' }, { type: 'merchant.opened', member: 'shop', region: '440106' },
    { type: 'member.registered', member: 'ann', referrer: 'shop' }, { type: 'pack.purchased', member: 'ann', pack: 'member' },
    { type: 'order.placed', order: 'o', buyer: 'ann', merchant: 'shop', channel: 'offline', amount: '100', concession: '10', region: '440106' },
    { type: 'day.closed', day: '2026-01-01' },
  ]) book.apply(event);
  return book;
}

/** What a forecast assumes about a network that is too young to say it. */
const assumed = { turnover: '100', inflow: '1600' };

test('a scenario is computed with decimals as strings, and refused by its field', () => {
  const run = simulate('seed', { name: 'flat', days: 40, probes: [1] });
  assert.equal(run.days.length, 40);
  assert.equal(run.days[30].price, '11.26126126');
  // 1000 share value of day 1 after 30 days: 232.8 yuan, as the reference results have it.
  assert.ok(Math.abs(Number(run.probes[0].worth) / 232.8 - 1) < 0.01);
  assert.throws(() => simulate('seed', { members: 0 }), refuses('bad_scenario', 'members'));
  assert.throws(() => simulate('seed', { nonsense: 1 }), refuses('bad_scenario', 'nonsense'));
  assert.throws(() => simulate('seed', { name: 'none' }), refuses('bad_scenario', 'name'));
  assert.throws(() => simulate('none'), refuses('bad_rules', 'rules'));
  assert.throws(() => simulate('seed', {}, (day) => day < 5), refuses('cancelled', ''));
});

test('the first day of a forecast is the close that follows, also from an eve that travelled as JSON', () => {
  const book = annsBook();
  for (const day of ['2026-01-02', '2026-01-03']) {
    const eve = book.eve('ann');
    const { first, paths, so_far: soFar } = forecast(JSON.parse(JSON.stringify(eve)), assumed);
    assert.equal(paths.length, 3);
    assert.equal(soFar.since, '2026-01-01');
    book.apply({ type: 'day.closed', day });
    const after = book.account('ann');
    assert.deepEqual([first.points, first.share_value, first.price], [after.points, after.share_value, book.state().price]);
  }
  assert.throws(() => book.eve('ghost'), refuses('unknown_member', 'member'));
  assert.throws(() => book.eve(7), refuses('unknown_member', 'member'));
  book.free();
});

test('an eve that was read once forecasts as often as it is asked', () => {
  const book = annsBook();
  const eve = book.eve('ann');
  book.free();
  const open = openEve(eve);
  for (const growth of ['-0.1', '0', '0.1']) {
    const assumptions = { ...assumed, growth_30d: [growth], horizons: [1, 365] };
    assert.deepEqual(open.forecast(assumptions), forecast(eve, assumptions));
  }
  assert.throws(() => open.forecast({ horizons: [0] }), refuses('bad_scenario', 'horizons'));
  assert.throws(() => open.forecast({}), refuses('too_young', 'turnovers'));
  assert.throws(() => open.forecast(assumed, () => false), refuses('cancelled', ''));
  open.free();
});

test('an eve that no book gives is refused, and the next call works', () => {
  const book = annsBook();
  const eve = book.eve('ann');
  book.free();
  for (const [change, code, field] of [
    [{ price: '0' }, 'bad_scenario', 'price'],
    [{ price: 1 }, 'bad_scenario', 'price'],
    [{ nav: '-1' }, 'bad_scenario', 'nav'],
    [{ turnovers: [1] }, 'bad_scenario', 'turnovers'],
    [{ carry_points: '1.5' }, 'bad_scenario', 'carry_points'],
    [{ fraction: '99999999999999999999999' }, 'bad_scenario', 'fraction'],
    [{ day: 'today' }, 'bad_scenario', 'day'],
    [{ colour: 'red' }, 'bad_scenario', 'colour'],
    [{ so_far: {} }, 'bad_scenario', 'since'],
    [{ rules: {} }, 'bad_rules', 'genesis_day'],
    [{ nav: '0' }, 'out_of_range', ''],
    [{ issued: '1000000000001' }, 'out_of_range', ''],
    [{ carry_value: '-1' }, 'out_of_range', ''],
    [{ total_units: '9'.repeat(38) }, 'bad_scenario', 'total_units'],
    [{ total_units: '9'.repeat(30), nav: '9'.repeat(20) }, 'out_of_range', ''],
  ]) {
    assert.throws(() => forecast({ ...eve, ...change }, assumed), refuses(code, field), JSON.stringify(change));
  }
  for (const nonsense of [undefined, null, 1, 'eve', [], () => {}]) assert.throws(() => forecast(nonsense), { code: 'bad_scenario' });
  assert.equal(forecast(eve, assumed).paths.length, 3);
});

const supply = {
  day: '2026-06-01', price: '2', supply: { issued: '160000', held: '0', burned: '0', treasury: '0', escrow: '0', pool: '0' },
  release: { era: 3, units: '2000000', nav: '0.5', acc: '0.1', carry_points: '5', carry_value: '7', returned: '0' },
  turnover_days: 7,
};

test('a newcomer has its share value in the network, and the turnover that keeps the price', () => {
  const { eve, turnover, minted } = newcomer('seed', supply, '1000.00000001');
  // 888 points a day at 2 yuan; 10 + 2 + 0.4 × 10 share value a yuan.
  assert.deepEqual([turnover, minted, eve.inflow], ['1776', '16', '28416']);
  assert.deepEqual([eve.units, eve.total_units], ['2000.00000002', '2002000.00000002']);
  assert.deepEqual([eve.price, eve.issued, eve.carry_points, eve.carry_value], ['2', '160000', '5', '7']);
  const { first, paths } = forecast(eve, { growth_30d: ['0'], horizons: [365] });
  assert.deepEqual([first.price, paths[0].outlooks[0].price], ['2', '2']);
});

test('a bad newcomer is refused by its field', () => {
  const long = preset('seed');
  long.price.window_days = 1_000_000;
  for (const [rules, now, shareValue, code, field] of [
    ['none', supply, '1', 'bad_rules', 'rules'],
    [long, supply, '1', 'bad_scenario', 'rules'],
    ['seed', undefined, '1', 'bad_snapshot', 'supply'],
    ['seed', { price: '2' }, '1', 'bad_snapshot', 'supply'],
    ['seed', { ...supply, release: { ...supply.release, nav: 0.5 } }, '1', 'bad_snapshot', 'nav'],
    ['seed', { ...supply, release: { ...supply.release, nav: '0' } }, '1', 'out_of_range', ''],
    ['seed', { ...supply, turnover_days: '7' }, '1', 'bad_snapshot', 'turnover_days'],
    ['seed', { ...supply, turnover_days: 6 }, '1', 'too_young', 'turnover_days'],
    ['seed', supply, 1, 'bad_scenario', 'share_value'],
    ['seed', supply, '-1', 'bad_scenario', 'share_value'],
  ]) assert.throws(() => newcomer(rules, now, shareValue), refuses(code, field), JSON.stringify([now, shareValue]));
});

test('the seed is red and the single-level preset is not', () => {
  const severities = (name) => review(name).map((finding) => finding.severity);
  assert.ok(severities('seed').includes('red'));
  assert.ok(!severities('single-level').includes('red'));
  assert.throws(() => review('seed', { concession_rate: '2' }), refuses('bad_scenario', 'concession_rate'));
});
