// Rules that are announced: with a day at the desk, read by a member before, withdrawn, and in force when the day before is closed.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { closeSheet, operatorAtDesk, seen } from './desk.mjs';
import { go, stage, sticksOut } from './stage.mjs';

const house = stage({ isClosed: true });

let desk;

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

const today = async () => (await house.get('/v1/supply')).day;
const band = async () => (await house.get('/v1/rules')).market.price_band;

async function closeDay() {
  const headers = { authorization: `Bearer ${house.operator}`, 'idempotency-key': crypto.randomUUID(), 'content-type': 'application/json' };
  const closed = await fetch(`${house.url}/v1/days/${await today()}/close`, { method: 'POST', headers, body: '{}' });
  assert.equal(closed.status, 200);
}

function plus(day, days) {
  const then = new Date(`${day}T00:00:00Z`);
  then.setUTCDate(then.getUTCDate() + days);
  return then.toISOString().slice(0, 10);
}

/** Changes a value in the form of the rules. */
async function change({ page }, typed) {
  await go(page, '#/operator/rules');
  const group = page.locator('[data-testid="rule-group"][data-key="market"]');
  if (await group.getAttribute('open') === null) await group.locator('> summary').click();
  await page.getByTestId('rule-market-price_band').fill(typed);
  await page.locator('[data-testid="difference"][data-key="market.price_band"]:not([data-testid="announced"] *)').waitFor();
  // A price from a turnover is a severe risk, whatever the band is.
  await page.getByRole('checkbox', { name: /CASH_OUT/ }).check();
}

/** Announces the changes in the form for this day. */
async function announce({ page }, day) {
  await page.getByTestId('rules-from').fill(day);
  await page.getByTestId('preview').click();
  const facts = await seen(page);
  await page.getByTestId('confirm').click();
  await page.getByTestId('announced-now').waitFor();
  await closeSheet(page);
  return facts;
}

test('an operator announces rules for a day, which has to be after today', async () => {
  desk = await operatorAtDesk(house, '王芳');
  const { page } = desk;
  const [day, before] = [await today(), await band()];
  await change(desk, '0.2');
  for (const wrong of [day, plus(day, 366)]) {
    await page.getByTestId('rules-from').fill(wrong);
    await page.locator('#rules-from-error').filter({ hasText: 'Must be after today' }).waitFor();
    assert.ok(await page.getByTestId('preview').isDisabled(), wrong);
  }
  await picture(page, 'announcing-en');
  const facts = await announce(desk, plus(day, 1));
  assert.ok(facts.some((fact) => fact.includes(plus(day, 1))), facts.join('; '));
  const card = page.getByTestId('announced');
  await card.locator('[data-testid="difference"][data-key="market.price_band"]').waitFor();
  assert.equal(await page.getByTestId('rules-from').count(), 0, 'one at a time');
  assert.equal(await band(), before, 'nothing holds yet');
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'announced-desk-en');
});

test('a member reads beforehand what changes and from which day, in both languages', async () => {
  const from = plus(await today(), 1);
  for (const [locale, words] of [['en-US', `From ${from} other rules hold`], ['zh-CN', `自 ${from} 起执行新规则`]]) {
    const { page, complaints, close } = await house.open('#/rules', { locale });
    const card = page.getByTestId('announced');
    await card.waitFor();
    assert.equal((await card.locator('h2').first().innerText()).replace(/\s+/g, ' '), words);
    const row = card.locator('[data-testid="difference"][data-key="market.price_band"]');
    assert.match(await row.innerText(), /0\.2/);
    // It stands above the rules in force.
    const [top, below] = await Promise.all(['announced', 'rulebook'].map(async (id) => (await page.getByTestId(id).boundingBox()).y));
    assert.ok(top < below);
    assert.deepEqual([await sticksOut(page), complaints], [[], []]);
    await picture(page, `announced-member-${locale.slice(0, 2)}`);
    await close();
  }
  const chinese = await operatorAtDesk(house, 'Li Na', { locale: 'zh-CN' });
  await go(chinese.page, '#/operator/rules');
  await chinese.page.getByTestId('announced').waitFor();
  await picture(chinese.page, 'announced-desk-zh');
  await chinese.close();
});

test('what is withdrawn is said until its day has passed, and holds never', async () => {
  const { page } = desk;
  await page.getByTestId('withdraw-rules').click();
  await page.getByTestId('announced').waitFor({ state: 'detached' });
  const member = await house.open('#/rules');
  const said = member.page.getByTestId('announced');
  await said.waitFor();
  assert.equal(await said.getAttribute('data-state'), 'withdrawn');
  assert.match(await said.innerText(), /withdrawn/);
  await member.close();
});

test('the rules hold once the day before is closed', async () => {
  const day = await today();
  await change(desk, '0.25');
  await announce(desk, plus(day, 1));
  await closeDay();
  assert.equal(await band(), '0.25');
  const { page, close } = await house.open('#/rules');
  await page.getByTestId('since').waitFor();
  assert.equal(await page.getByTestId('since').innerText(), plus(day, 1));
  assert.equal(await page.getByTestId('announced').count(), 0);
  await close();
});

test('announced rules that others overtook are said to come never, to members and at the desk', async () => {
  const { page } = desk;
  const day = await today();
  // The day was closed without this page.
  await page.reload();
  await change(desk, '0.3');
  await announce(desk, plus(day, 1));
  await change(desk, '0.35');
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  await closeSheet(page);
  // At the desk, too, they can still be withdrawn.
  await go(page, '#/operator/rules');
  await page.reload();
  await page.getByTestId('announced').filter({ hasText: 'will not take effect' }).getByTestId('withdraw-rules').waitFor();
  await picture(page, 'announced-overtaken-rules-desk');
  const member = await house.open('#/rules');
  const told = member.page.getByTestId('announced');
  const warned = async () => {
    await go(page, '#/operator');
    await page.reload();
    return (await page.getByTestId('warning-announced_rules_fail').innerText()).replace(/\s+/g, ' ');
  };
  for (const state of ['waiting', 'refused']) {
    await told.and(member.page.locator(`[data-state="${state}"]`)).waitFor();
    assert.match(await told.innerText(), new RegExp(`will not take effect.*${plus(day, 1)}`, 's'));
    assert.equal(await told.getByTestId('difference').count(), 0, 'nothing is promised');
    assert.equal(await warned(), `The announced rules will not take effect: ${plus(day, 1)} · other rules were adopted since`);
    await picture(page, `announced-overtaken-${state}-desk`);
    await picture(member.page, `announced-overtaken-${state}`);
    if (state === 'refused') break;
    await closeDay();
    await member.page.reload();
  }
  assert.equal(await band(), '0.35');
  await member.close();
});
