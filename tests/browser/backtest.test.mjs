// The operator's backtest: the live book's last days under other rules, replayed by the browser. Its totals equal two replays by the server's
// own program.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { preset } from '../../pkg/node.mjs';
import { program, raw8, stage, sticksOut } from './stage.mjs';

const house = stage();
const root = fileURLToPath(new URL('../../', import.meta.url));
const DESK = { width: 1280, height: 800 };
const DAYS = 90;
const FIXED = ['genesis_day', 'supply'];

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

async function journal() {
  const all = [];
  for (let after = ''; ;) {
    const { events, next } = await house.get(`/v1/events?limit=500${after}`);
    all.push(...events.map(({ event }) => event));
    if (events.length < 500) return all;
    after = `&after=${next}`;
  }
}

/** The state after a journal, by the server's program. */
async function native(rules, events) {
  const directory = await mkdtemp(join(tmpdir(), 'gongxiang-backtest-'));
  try {
    const [book, lines] = [join(directory, 'rules.json'), join(directory, 'journal.jsonl')];
    await writeFile(book, JSON.stringify(rules));
    await writeFile(lines, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return JSON.parse(execFileSync(program(), ['replay', '--rules', book, lines], { cwd: root, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })).state;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Types changes as text, and replays. */
async function replay(page, changes) {
  await page.getByTestId('rules-as-text').locator('summary').click();
  await page.getByTestId('changes').fill(JSON.stringify(changes));
  await page.getByTestId('changes').blur();
  await page.getByTestId('backtest').click();
  await page.getByTestId('backtest-result').waitFor({ timeout: 180_000 });
  return JSON.parse(await page.getByTestId('backtest-result').getAttribute('data-result'));
}

test('seed → single level over the last 90 days: the totals are those of two native replays', async () => {
  const now = await house.get('/v1/rules');
  const single = preset('single-level');
  const changes = Object.fromEntries(Object.entries(single).filter(([key, value]) => !FIXED.includes(key) && JSON.stringify(value) !== JSON.stringify(now[key])));
  const { page, complaints, close } = await house.open('#/operator/rules', { viewport: DESK });
  const begun = Date.now();
  const result = await replay(page, changes);
  const seconds = (Date.now() - begun) / 1000;
  const events = await journal();
  assert.equal(result.events, events.length);

  const { day: today } = await house.get('/v1/supply');
  const from = new Date(Date.parse(today) - DAYS * 86_400_000).toISOString().slice(0, 10);
  assert.equal(result.from, from);
  const before = new Date(Date.parse(from) - 86_400_000).toISOString().slice(0, 10);
  const fork = events.findIndex(({ type, day }) => type === 'day.closed' && day === before) + 1;
  const { rules: [{ rules: first }] } = await house.get('/v1/rules/history');
  const at = await native(first, events.slice(0, fork));
  const asItWas = await native(first, events);
  const other = await native(first, [...events.slice(0, fork), { type: 'rules.adopted', rules: changes }, ...events.slice(fork).filter(({ type }) => type !== 'rules.adopted')]);
  for (const [name, state] of [['now', asItWas], ['then', other]]) {
    const told = result[name];
    assert.equal(told.price, state.price, name);
    assert.equal(told.treasury, state.supply.treasury, name);
    for (const [figure, of] of [['released', 'issued'], ['burned', 'burned']]) assert.equal(raw8(told[figure]), raw8(state.supply[of]) - raw8(at.supply[of]), `${name} ${figure}`);
  }
  // The members' points, in tenths, sum to what the states have, but for the roundings of ten means.
  const points = (state) => Object.values(state.accounts).reduce((sum, { points: held }) => sum + raw8(held), 0n);
  for (const [name, state] of [['now', asItWas], ['then', other]]) {
    const sum = result.groups.reduce((all, group) => all + raw8(group[name]) * BigInt(group.members), 0n);
    const lost = points(state) - sum;
    assert.ok(lost >= 0n && lost < BigInt(Object.keys(state.accounts).length), `${name}: ${lost}`);
  }
  assert.ok(result.refused['order.placed'] > 0, 'under other rules some shops have too few points');
  assert.match(await page.getByTestId('backtest-result').innerText(), /Refused under the changed rules: .*Order placed \d+/);
  const { gain, lose, same } = result;
  assert.equal(gain + lose + same, Object.keys(asItWas.accounts).length);
  assert.ok(lose > 0, 'somebody has less under other rules');
  assert.equal((await house.get('/v1/rules')).order.buyer_multiple, now.order.buyer_multiple, 'nothing was adopted');
  console.log(`${events.length} events under two rule sets in ${seconds.toFixed(1)} s`);
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'backtest-en');
  assert.deepEqual(complaints, []);
  await close();
});

test('the same rules would have been the same, other changes clear the result, and it can be stopped', async () => {
  const { page, complaints, close } = await house.open('#/operator/rules', { locale: 'zh-CN' });
  await page.locator('[data-testid="rule-group"][data-key="release"] > summary').click();
  await page.getByTestId('rule-release-daily').fill('900');
  await page.getByTestId('backtest').click();
  await page.getByTestId('backtest').filter({ hasText: '停止' }).click();
  await page.getByTestId('backtest').filter({ hasText: '对比' }).waitFor();
  assert.equal(await page.getByTestId('backtest-result').count(), 0);
  // A market's width changes nothing in a book without offers out of it.
  await page.getByTestId('rule-release-daily').fill('888');
  await page.locator('[data-testid="rule-group"][data-key="service"] > summary').click();
  await page.getByTestId('rule-service-max_depth').fill('63');
  await page.getByTestId('backtest').click();
  await page.getByTestId('backtest-result').waitFor({ timeout: 180_000 });
  const result = JSON.parse(await page.getByTestId('backtest-result').getAttribute('data-result'));
  assert.deepEqual(result.then, result.now);
  assert.deepEqual([result.gain, result.lose], [0, 0]);
  await picture(page, 'backtest-zh');
  await page.getByTestId('rule-service-max_depth').fill('62');
  await page.getByTestId('backtest-result').waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await close();
});

test('a server that fails is said, and the replay can be tried again', async () => {
  const { page, close } = await house.open('#/operator/rules');
  await page.context().route('**/v1/events?*', (route) => route.fulfill({ status: 503, json: { code: 'unavailable' } }));
  await page.locator('[data-testid="rule-group"][data-key="release"] > summary').click();
  await page.getByTestId('rule-release-daily').fill('900');
  await page.getByTestId('backtest').click();
  await page.getByTestId('backtest-status').filter({ hasText: 'failed: unavailable' }).waitFor();
  await page.context().unrouteAll();
  await page.getByTestId('backtest').click();
  await page.getByTestId('backtest-result').waitFor({ timeout: 180_000 });
  await close();
});
