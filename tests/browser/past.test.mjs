// A member's past as pictures and months: what each day earned and how the price went, read by keyboard and by tap, what a worth rests on,
// what would be absorbed if it ended today, and the statement folded by month.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { go, raw8, stage, sticksOut, value, worth } from './stage.mjs';

const house = stage();

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** What the legend of a chart says: the place on the axis, then a value for each line. */
const legend = (chart) => chart.locator('.u-value').allInnerTexts();

async function focused(page, id) {
  const chart = page.getByTestId(id);
  await chart.scrollIntoViewIfNeeded();
  await chart.locator('.u-legend').waitFor();
  await chart.focus();
  return chart;
}

test('a bar for each day: its values are read by keyboard, and those of the month sum to what the home says', async () => {
  const [member] = await house.rich(1);
  const { page, complaints, close } = await house.open(`#/m/${member}`, { locale: 'zh-CN' });
  const chart = await focused(page, 'earned');
  const month = await page.getByTestId('month').getAttribute('data-month');
  assert.match(month, /^\d{4}-\d{2}$/);
  const [last] = await legend(chart);
  assert.ok(last.startsWith(month), 'before anybody points, the last day is read');
  let sum = 0;
  let days = 0;
  for (let [day, earned] = await legend(chart); ; [day, earned] = await legend(chart)) {
    if (day.startsWith(month)) sum += Number(earned.replaceAll(',', ''));
    days += 1;
    await page.keyboard.press('ArrowLeft');
    if ((await legend(chart))[0] === day) break;
  }
  assert.equal(days, 30);
  const said = Number(await value(page, 'month'));
  // The legend has four places.
  assert.ok(Math.abs(sum - said) < days * 0.00005, `${sum} of the bars, ${said} of the month`);
  await page.keyboard.press('End');
  assert.equal((await legend(chart))[0], last);
  await page.keyboard.press('Home');
  assert.notEqual((await legend(chart))[0], last);
  await picture(page, 'past-home-zh');
  assert.deepEqual(complaints, []);
  await close();
});

test('the home says how many points there are, and where they are up to the cap', async () => {
  const [member] = await house.rich(1);
  const { supply } = await house.get('/v1/supply');
  const { supply: { cap } } = await house.get('/v1/rules');
  const { page, complaints, close } = await house.open(`#/m/${member}`);
  for (const language of ['zh-CN', 'en']) {
    await page.getByTestId(`lang-${language}`).click();
    const card = page.getByTestId('supply');
    await card.filter({ hasText: language === 'en' ? /All points[\s\S]*Issued[\s\S]*Burned[\s\S]*Cap/ : /全部积分[\s\S]*已产生[\s\S]*已销毁[\s\S]*上限/ }).waitFor();
    const held = raw8(supply.held) + raw8(supply.pool);
    const shown = Object.fromEntries(await Promise.all(['issued', 'held', 'burned', 'cap'].map(async (name) => [name, raw8(await value(page, `supply-${name}`))])));
    assert.deepEqual(shown, { issued: raw8(supply.issued), held, burned: raw8(supply.burned), cap: raw8(cap) });
    const parts = await card.getByTestId('whereabouts-part').evaluateAll((all) => all.map(({ dataset }) => dataset.value));
    assert.equal(parts.reduce((all, points) => all + raw8(points), 0n), raw8(cap), 'the bar ends at the cap');
    await card.scrollIntoViewIfNeeded();
    if (process.env.SCREENSHOTS) await card.screenshot({ path: join(process.env.SCREENSHOTS, `past-supply-${language}.png`) });
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('a tap on the forecast says the day and the three values there; its band has named edges', async () => {
  const [member] = await house.rich(1);
  const { page, complaints, close } = await house.open(`#/m/${member}/forecast`, { hasTouch: true, isMobile: true });
  const chart = await focused(page, 'band');
  const [end, ...values] = await legend(chart);
  assert.equal(end, '365 days');
  const year = await page.getByTestId('in-a-year').evaluate(({ dataset, textContent }) => ({ ...dataset, textContent }));
  const yuan = (text) => Number(text).toFixed(2);
  assert.deepEqual([year.low, year.value, year.high].map(yuan), values.map((text) => yuan(text.replaceAll(',', ''))), 'the sentence says what the chart shows');
  assert.match(year.textContent, new RegExp(`brings about ${yuan(year.value)} yuan in a year \\(${yuan(year.low)}–${yuan(year.high)}\\)`));
  const top = async (place) => (await place.boundingBox()).y;
  assert.ok(await top(chart) < await top(page.getByTestId('turnover')), 'on a phone the chart comes before the sliders');
  assert.equal(values.length, 3);
  for (const value of values) assert.match(value, /\.\d\d$/, 'yuan with two places');
  for (const name of await chart.locator('.u-label').allInnerTexts().then((all) => all.slice(1))) assert.match(name, /\S/);
  const { width, height } = await chart.locator('.u-over').boundingBox();
  await chart.locator('.u-over').tap({ position: { x: width / 3, y: height / 2 } });
  const [days, ...then] = await legend(chart);
  assert.ok(Number(/^(\d+) days$/.exec(days)?.[1]) < 365, days);
  assert.notDeepEqual(then, values);
  await picture(page, 'past-forecast-en');
  assert.deepEqual(complaints, []);
  await close();
});

test('the statement is folded by month: its sums are the balance, and a month opens by a click', async () => {
  const [member] = await house.rich(1);
  const { page, complaints, close } = await house.open(`#/m/${member}/statement`);
  const months = page.getByTestId('statement-month');
  await months.first().waitFor();
  const sums = await months.evaluateAll((all) => all.map(({ dataset }) => dataset));
  assert.ok(sums.length > 2, `${sums.length} months`);
  const names = sums.map(({ month }) => month);
  assert.deepEqual(names, [...new Set(names)].sort().reverse(), 'each month once, the newest first');
  const balance = sums.reduce((sum, { gained, given }) => sum + raw8(gained) - raw8(given), 0n);
  const { state } = await house.get(`/v1/members/${member}`);
  assert.equal(balance, raw8(state.points));

  const lines = (month) => month.locator('.entry');
  assert.ok(await lines(months.first()).count() > 0, 'the newest month is open');
  assert.equal(await lines(months.nth(1)).count(), 0);
  await months.nth(1).locator('summary').click();
  await lines(months.nth(1)).first().waitFor();
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'past-statement-en');
  await months.nth(1).locator('summary').press('Enter');
  await lines(months.nth(1)).first().waitFor({ state: 'hidden' });

  // What is searched for is shown in whatever month it is.
  await page.getByTestId('statement-search').fill(`${names[1]}-1`);
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="statement-month"]').length === 1);
  assert.ok(await lines(months.first()).count() > 0);
  await go(page, `#/m/${member}`);
  assert.deepEqual(complaints, []);
  await close();
});

test('an entry is as wide as its month, also beside what came and what went', async () => {
  const { page, complaints, close } = await house.open('#/m/shop14/statement');
  const month = page.locator('[data-testid="statement-month"][open]').first();
  await month.locator('.entry').first().waitFor();
  const { gained, given } = await month.evaluate(({ dataset }) => ({ ...dataset }));
  assert.ok(Number(gained) > 0 && Number(given) > 0, `${gained} and ${given}`);
  const [whole, ...entries] = await month.locator('summary, .entry').evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
  assert.deepEqual(entries.filter((width) => width < whole - 1), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('an entry says in a person’s words where an amount came from or went, in both languages', async () => {
  const [member, other] = await house.rich(2);
  const { price } = await house.get('/v1/supply');
  for (const event of [
    { type: 'offer.placed', offer: 'phrase', member, side: 'sell', points: '1', unit_price: price },
    { type: 'offer.cancelled', offer: 'phrase' }, { type: 'points.redeemed', member, points: '1' },
    { type: 'points.transferred', from: member, to: other, points: '1' },
  ]) assert.ok((await house.post('/v1/events', event)).receipt, event.type);
  for (const [locale, phrases, searches] of [
    ['zh-CN', ['转入托管', '托管转出', '已销毁', '已解锁'], '激活'],
    ['en-US', ['Into escrow', 'Out of escrow', 'Burned', 'Unlocked'], 'activation'],
  ]) {
    const { page, complaints, close } = await house.open(`#/m/${member}`, { locale });
    await page.getByTestId('past').waitFor();
    const says = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
    const home = await says();
    for (const phrase of phrases.slice(0, 3)) assert.ok(home.includes(phrase), `${phrase} on the home`);
    assert.doesNotMatch(home, /发行|issuance/i);
    await go(page, `#/m/${member}/statement`);
    await page.getByTestId('entry').first().waitFor();
    assert.doesNotMatch(await says(), /发行|issuance/i);
    const seen = new Set(await page.getByTestId('entry-phrase').allInnerTexts());
    await page.getByTestId('statement-search').fill(searches);
    await page.waitForFunction(() => document.querySelector('[data-testid="entry"][data-rule="activation"]'));
    for (const phrase of await page.getByTestId('entry-phrase').allInnerTexts()) seen.add(phrase);
    for (const phrase of phrases) assert.ok(seen.has(phrase), `${phrase} in the statement: ${[...seen]}`);
    assert.doesNotMatch(await says(), /发行|issuance/i);
    await picture(page, `phrases-${locale}`);
    assert.deepEqual(complaints, []);
    await close();
  }
});

/** All closed days of the server. */
async function closedDays() {
  const all = [];
  for (let page; page?.length !== 0; all.push(...page)) {
    page = (await house.get(`/v1/days?limit=200${all.length ? `&after=${all.at(-1).day}` : ''}`)).days;
  }
  return all;
}

/** The change from one price to another, in percent with two places, rounded towards 0. */
function changeOf(then, now) {
  const hundredths = (raw8(now) - raw8(then)) * 10_000n / raw8(then);
  const size = hundredths < 0n ? -hundredths : hundredths;
  return `${hundredths < 0n ? '−' : hundredths > 0n ? '+' : ''}${size / 100n}.${String(size % 100n).padStart(2, '0')}%`;
}

for (const [screen, locale] of [['', 'zh-CN'], ['/market', 'en-US']]) {
  test(`the price history at “${screen}”: its days and its change, by choice, by keyboard and by tap`, async () => {
    const [member] = await house.rich(1);
    const days = await closedDays();
    const { day: today, price: now } = await house.get('/v1/supply');
    const { page, complaints, close } = await house.open(`#/m/${member}${screen}`, { locale, hasTouch: true, isMobile: true });
    const chart = await focused(page, 'prices');
    const change = page.getByTestId('price-change');
    const says = async (first) => {
      await change.and(page.locator(`[data-since="${first.day}"]`)).waitFor();
      assert.equal(await change.getAttribute('data-from'), first.price);
      assert.equal(await page.getByTestId('change').innerText(), changeOf(first.price, now));
    };
    await says(days.at(-30));
    const [last] = await legend(chart);
    assert.equal(last, today, 'before anybody points, today is read');
    await page.keyboard.press('ArrowLeft');
    const [yesterday, price] = await legend(chart);
    assert.deepEqual([yesterday, Number(price)], [days.at(-1).day, Number(Number(days.at(-1).price).toFixed(4))]);
    await page.keyboard.press('Home');
    assert.equal((await legend(chart))[0], days.at(-30).day);

    const before = await chart.locator('.uplot').elementHandle();
    // Not by a mouse: it would leave the chart after the tap, and a phone has none.
    await page.getByTestId('prices-all').tap();
    await says(days[0]);
    // A tap on the chart that is being replaced would be forgotten.
    await before.waitForElementState('hidden');
    await chart.locator('.u-legend').waitFor();
    const { height } = await chart.locator('.u-over').boundingBox();
    await chart.locator('.u-over').tap({ position: { x: 8, y: height / 2 } });
    // At the very edge, a fraction of a pixel decides whether it is on the chart; some days lie before it.
    const first = days.slice(0, 20).map(({ day }) => day);
    await page.waitForFunction((days) => days.includes(document.querySelector('[data-testid="prices"] .u-value')?.textContent), first);
    assert.deepEqual(await sticksOut(page), []);
    await picture(page, `prices${screen.replace('/', '-')}-${locale}`);
    await page.getByTestId('prices-30').click();
    await says(days.at(-30));
    assert.deepEqual(complaints, []);
    await close();
  });
}

test('the price history of the market shows what the member itself bought and sold, and at which price', async () => {
  const [me, friend] = await house.rich(2);
  const { price, day } = await house.get('/v1/supply');
  const bargain = (name, seller, buyer) => [
    { type: 'offer.placed', offer: `past-${name}`, member: seller, side: 'sell', points: '1', unit_price: price },
    { type: 'offer.taken', offer: `past-${name}`, trade: `past-${name}-t`, member: buyer, points: '1' },
    { type: 'trade.paid', trade: `past-${name}-t` }, { type: 'trade.confirmed', trade: `past-${name}-t` },
  ];
  const { answers } = await house.post('/v1/events', [...bargain('bought', friend, me), ...bargain('sold', me, friend)]);
  for (const { receipt, refusal } of answers) assert.ok(receipt, JSON.stringify(refusal));
  const { page, complaints, close } = await house.open(`#/m/${me}/market`);
  const chart = await focused(page, 'prices');
  assert.match(await chart.locator('.u-legend').innerText(), /Bought[\s\S]*Sold/);
  const shown = Number(Number(price).toFixed(4));
  await page.keyboard.press('End');
  const [at, line, bought, sold] = await legend(chart);
  assert.deepEqual([at, Number(line), Number(bought), Number(sold)], [day, shown, shown, shown]);
  await page.keyboard.press('ArrowLeft');
  assert.deepEqual((await legend(chart)).slice(2), ['–', '–'], 'nothing was traded the day before');
  await picture(page, 'prices-own');
  assert.deepEqual(complaints, []);
  await close();
});

test('if it ended today: the figures follow from the closed days and the supply that the server publishes', async () => {
  const [member] = await house.rich(1);
  const { page, complaints, close } = await house.open(`#/m/${member}`, { locale: 'zh-CN' });
  const fold = page.getByTestId('ended-open');
  await fold.waitFor();
  assert.equal(await page.getByTestId('ended-soon').count(), 0, 'nothing is asked before somebody opens it');
  await fold.focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('ended-soon').waitFor();
  const last = (await closedDays()).slice(-8);
  const { supply, price } = await house.get('/v1/supply');
  const { state } = await house.get(`/v1/members/${member}`);
  const burned = last.map((day) => raw8(day.burned));
  const week = burned.at(-1) - burned[0];
  assert.ok(week > 0n, 'the last week burned something');
  assert.equal(raw8(await value(page, 'ended-daily')), week / 7n);
  const yuan = last.slice(1).reduce((sum, day, at) => sum + (burned[at + 1] - burned[at]) * raw8(day.price), 0n);
  assert.equal(BigInt(Math.round(Number(await value(page, 'ended-worth')) * 100)), yuan / 7n / 10n ** 14n);
  const held = raw8(supply.held) + raw8(supply.pool) + raw8(supply.escrow);
  assert.equal(raw8(await value(page, 'ended-held')), held);
  assert.equal(BigInt(await value(page, 'ended-days')), (held * 7n + week - 1n) / week);
  const [mine, all] = [raw8(state.points), raw8(price)];
  const soon = week * 30n >= held * 7n ? mine * all / 10n ** 14n : mine * all * week * 30n / (held * 7n * 10n ** 14n);
  assert.equal(BigInt(Math.round(Number(await value(page, 'ended-soon')) * 100)), soon);
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'ended-zh');
  await fold.press('Enter');
  await page.getByTestId('ended-soon').waitFor({ state: 'hidden' });
  assert.deepEqual(complaints, []);
  await close();
});

test('if it ended today: without the figures of seven days it names none and says why', async () => {
  const [member] = await house.rich(1);
  const { days } = await house.get('/v1/days?limit=8');
  for (const [answer, said] of [
    [days.slice(0, 6), /fewer than 7/],
    [days.map(({ burned, ...day }) => day), /fewer than 7/],
    [days.map((day) => ({ ...day, burned: '5' })), /burned no points/],
  ]) {
    const { page, close } = await house.open(`#/m/${member}`, {
      prepare: (page) => page.route('**/v1/days?limit=8&*', (route) => route.fulfill({ json: { days: answer } })),
    });
    await page.getByTestId('ended-open').click();
    await page.getByTestId('ended-none').filter({ hasText: said }).waitFor();
    assert.equal(await page.getByTestId('ended-soon').count(), 0);
    await close();
  }
});

test('every worth in yuan says what it rests on, by a tap or by keyboard', async () => {
  const [member, other] = await house.rich(2);
  const { price } = await house.get('/v1/supply');
  const { page, complaints, close } = await house.open(`#/m/${member}`);
  const opens = async (part, says) => {
    const basis = part.getByTestId('basis').first();
    await basis.locator('summary').focus();
    await page.keyboard.press('Enter');
    await basis.locator('.note').filter({ hasText: says }).waitFor();
    assert.equal(await basis.getAttribute('data-price'), price);
    await basis.locator('summary').click();
    await basis.locator('.note').waitFor({ state: 'hidden' });
  };
  await opens(page.locator('.chief'), /falls when/);
  await opens(page.getByTestId('next'), /falls when/);
  await go(page, `#/m/${member}/statement`);
  await opens(page.locator('main'), /that day’s price/);
  await go(page, `#/m/${member}/transfer`);
  await page.getByTestId('to').fill(other);
  await page.getByTestId('points').fill('1');
  await page.getByTestId('preview').click();
  const sheet = page.getByTestId('summary');
  await sheet.getByTestId('summary-worth').waitFor();
  assert.match(await sheet.getByTestId('summary-worth').innerText(), new RegExp(`${Number(worth('1', price)).toFixed(2)}`));
  await opens(sheet, /falls when/);
  await picture(page, 'basis-sheet-en');
  await page.getByTestId('sheet').getByRole('button', { name: 'Close' }).click();
  const { member: shop } = (await house.members()).find((line) => line.merchant);
  await go(page, `#/shop/${shop}/manage`);
  await opens(page.getByTestId('shop'), /falls when/);
  assert.deepEqual(complaints, []);
  await close();
});
