// The wallet shows the server's figures, for members from the whole list, and notices if the server's are wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { go, raw8, stage, value, worth } from './stage.mjs';

const house = stage();

/** Everything on a member's home, in one call: what waits in the page costs no way there and back. */
const home = (page, id) => page.evaluate(async (member) => {
  const of = (name) => document.querySelector(`[data-testid="${name}"]`);
  const value = (name) => of(name)?.dataset.value;
  // The days follow once the member's past is known; a fault stands there instead.
  const isThere = () => of('home')?.dataset.member === member && (of('past') ?? of('fault'));
  for (const start = performance.now(); !isThere();) {
    if (performance.now() - start > 20_000) throw new Error(`the home of ${member} does not come`);
    await new Promise(requestAnimationFrame);
  }
  return {
    day: of('home').dataset.day,
    shown: {
      share_value: value('share-value'), locked: value('locked'), points: value('points'), worth: value('worth'),
    },
    price: value('price'),
    check: value('check'),
    // The number as it stands there, and all of its places, which a tap shows.
    short: of('share-value').textContent.trim(),
    whole: of('share-value').querySelector('.num').dataset.other ?? of('share-value').textContent.trim(),
    days: [...document.querySelectorAll('[data-testid="statement-day"]')].map((line) => ({
      ...line.dataset, formula: line.querySelector('[data-testid="formula"]')?.textContent,
    })),
  };
}, id);

/** All members take a quarter of an hour: `EVERY_MEMBER=1` asks for them. Otherwise every seventh. */
const STRIDE = process.env.EVERY_MEMBER ? 1 : 7;

test("members from the whole list: every figure equals the server's", async () => {
  const all = await house.members();
  const { day, price } = await house.get('/v1/supply');
  assert.ok(all.length > 2_000, `only ${all.length} members`);
  const chosen = all.filter((_, at) => at % STRIDE === 0);
  const { page, complaints, close } = await house.open(`#/m/${all[0].member}`);
  let listed = 0;
  for (const { member } of chosen) {
    // All of them are of one program, so the page stays.
    await page.evaluate((to) => { location.hash = to; }, `#/m/${member}`);
    const seen = await home(page, member);
    const { state } = await house.get(`/v1/members/${member}`);
    const { share_value, locked, points } = state;
    assert.deepEqual(seen.shown, { share_value, locked, points, worth: worth(points, price) }, member);
    assert.deepEqual([seen.day, seen.price, seen.check], [day, price, 'equal'], member);
    assert.equal(seen.whole.replaceAll(',', ''), share_value, member);
    assert.ok(seen.whole.startsWith(seen.short), `${member}: ${seen.short} of ${seen.whole}`);
    listed += seen.days.length;
  }
  assert.ok(listed > chosen.length, 'the members have days to list');
  assert.deepEqual(complaints, []);
  await close();
});

test('the days of a statement follow from the day records, and each formula gives its result', async () => {
  const records = new Map();
  for (let after = ''; ;) {
    const { days } = await house.get(`/v1/days?limit=100${after && `&after=${after}`}`);
    if (days.length === 0) break;
    for (const record of days) records.set(record.day, record);
    after = days.at(-1).day;
  }
  const all = await house.members();
  const { page, close } = await house.open();
  let formulas = 0;
  for (const { member } of all.filter((_, at) => at % 100 === 0)) {
    await go(page, `#/m/${member}`);
    const { days } = await home(page, member);
    assert.ok(days.length <= 5);
    assert.deepEqual(days.map((line) => line.day), days.map((line) => line.day).sort().reverse());
    for (const line of days) {
      const record = records.get(line.day);
      assert.equal(line.worth, worth(line.earned, record.price), `${member} ${line.day}`);
      if (!line.formula) continue;
      const numbers = line.formula.replaceAll(',', '').match(/([0-9.]+) × ([0-9.]+) ÷ ([0-9.]+) ([=≈]) ([0-9.]+)/);
      const [, released, before, total, sign, earned] = numbers;
      assert.deepEqual([released, total, earned], [record.released, record.total, line.earned]);
      const off = raw8(earned) - (raw8(released) * raw8(before)) / raw8(total);
      const distance = off < 0n ? -off : off;
      assert.ok(sign === '=' ? distance === 0n : distance < 100n, `${member} ${line.day}: ${line.formula}`);
      formulas += 1;
    }
  }
  assert.ok(formulas > 20, `${formulas} formulas`);
  await close();
});

test('a server that answers a wrong balance is noticed', async () => {
  const [{ member }] = await house.members();
  const { state } = await house.get(`/v1/members/${member}`);
  const prepare = (page) => page.route(`**/v1/members/${member}`, async (route) => {
    const answer = await (await route.fetch()).json();
    answer.state.points = `${BigInt(answer.state.points.split('.')[0]) + 1n}`;
    await route.fulfill({ json: answer });
  });
  const { page, close } = await house.open(`#/m/${member}`, { prepare });
  const seen = await home(page, member);
  assert.equal(seen.check, 'differs');
  assert.equal(seen.shown.points, state.points, 'the figure above stays the wallet’s own');
  await close();
});

test('a server that changes a day record is noticed', async () => {
  const [{ member }] = (await house.members()).filter((line) => line.activated);
  const prepare = (page) => page.route('**/v1/days?**', async (route) => {
    const answer = await (await route.fetch()).json();
    for (const record of answer.days) record.nav = `${record.nav}`.replace(/[1-8]/, (digit) => `${Number(digit) + 1}`);
    await route.fulfill({ json: answer });
  });
  const { page, close } = await house.open(`#/m/${member}`, { prepare });
  assert.equal((await home(page, member)).check, 'differs');
  await close();
});

test('the list finds ids by their beginning, and a typed id opens its account', async () => {
  const all = await house.members();
  const { member } = all[Math.floor(all.length / 2)];
  const { page, complaints, close } = await house.open();
  const ids = () => page.locator('[data-testid="members"] a').evaluateAll((links) => links.map((a) => a.dataset.member));
  await page.getByTestId('members').waitFor();
  assert.deepEqual(await ids(), all.slice(0, 50).map((line) => line.member));
  await page.getByTestId('more').click();
  await page.locator(`[data-member="${all[99].member}"]`).waitFor();
  assert.deepEqual(await ids(), all.slice(0, 100).map((line) => line.member));
  for (const start of [member, member.slice(0, -1)]) {
    await page.getByTestId('search').fill(start);
    await page.locator(`[data-member="${member}"]`).waitFor();
    const expected = all.map((line) => line.member).filter((id) => id.startsWith(start)).slice(0, 50);
    await page.waitForFunction((count) => document.querySelectorAll('[data-testid="members"] a').length === count, expected.length);
    assert.deepEqual(await ids(), expected);
  }
  await page.getByTestId('search').fill(member);
  await page.getByTestId('open').click();
  // The account is in another program, so the page loads again.
  await page.getByTestId('home').waitFor();
  await home(page, member);
  assert.equal(await value(page, 'check'), 'equal');
  assert.deepEqual(complaints, []);
  await close();
});
