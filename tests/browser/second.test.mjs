// A second person: what one operator proposes on the desk, another one sees there, approves or declines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { links } from './controls.mjs';
import { closeSheet, command, get, operatorAtDesk, seen, settle } from './desk.mjs';
import { go, stage } from './stage.mjs';

const house = stage({ isClosed: true, environment: { GONGXIANG_SECOND_PERSON: 'price,rules,treasury=100' } });

/** Two operators, each with a phone. */
let fang;
let li;

const price = async () => (await house.get('/v1/supply')).price;

/** The overview, as the server has it now. */
async function overview({ page }) {
  await go(page, '#/operator');
  await page.reload();
  await page.getByTestId('operator').waitFor();
}

/** Proposes a price on the desk. */
async function propose({ page }, typed) {
  await page.getByTestId('new-price').fill(typed);
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('proposed').waitFor();
  await closeSheet(page);
}

test('what one operator proposes waits on the desk, and the other one approves it', async () => {
  fang = await operatorAtDesk(house, '王芳');
  li = await operatorAtDesk(house, 'Li Na');
  const before = await price();
  await propose(fang, '1.25');
  assert.equal(await price(), before, 'nothing is settled');
  const own = fang.page.getByTestId('proposal');
  await own.getByTestId('own-proposal').waitFor();
  assert.equal(await own.getByTestId('approve').count(), 0, 'nobody approves what he proposed');

  await overview(li);
  const waits = li.page.getByTestId('proposal');
  assert.equal(await waits.getAttribute('data-kind'), 'price.set');
  const text = await waits.innerText();
  assert.match(text, /王芳/);
  assert.match(text.replace(/\s+/g, ' '), new RegExp(`${before} → 1\\.25`));
  await waits.getByTestId('approve').click();
  await settle(li.page);
  await closeSheet(li.page);
  assert.equal(await price(), '1.25');
  await li.page.getByTestId('proposals').waitFor({ state: 'detached' });
});

test('a proposal is declined with a reason, and taken back by who made it', async () => {
  await overview(fang);
  await propose(fang, '9');
  await overview(li);
  await li.page.getByTestId('decline').click();
  assert.equal(await li.page.getByTestId('decline-now').isDisabled(), true, 'a reason is needed');
  await li.page.getByTestId('decline-reason').fill('ten times too much');
  await li.page.getByTestId('decline-now').click();
  await li.page.getByTestId('confirm').click();
  await li.page.getByTestId('declined').waitFor();
  await closeSheet(li.page);
  await li.page.getByTestId('proposals').waitFor({ state: 'detached' });
  const [declined] = (await get(li.page, '/v1/proposals')).proposals;
  assert.deepEqual([declined.state, declined.reason], ['declined', 'ten times too much']);

  await overview(fang);
  await propose(fang, '8');
  await fang.page.getByTestId('proposal').getByTestId('decline').click();
  await fang.page.getByTestId('decline-reason').fill('a typing error');
  await fang.page.getByTestId('decline-now').click();
  await fang.page.getByTestId('confirm').click();
  await fang.page.getByTestId('declined').waitFor();
  await closeSheet(fang.page);
  assert.equal((await get(li.page, '/v1/proposals?open=true')).proposals.length, 0);
  assert.equal(await price(), '1.25');
});

test('new rules and grants say what would change', async () => {
  const rules = { rules: { market: { price_band: '0.2' } }, accept_flags: (await house.get('/v1/rules/review')).red };
  assert.equal((await command(fang.page, '/v1/members', { member: 'ann' })).status, 200);
  for (const [path, body] of [['/v1/rules', rules], ['/v1/treasury/grants', { member: 'ann', points: '250' }]]) {
    const answer = await command(fang.page, path, body);
    assert.equal(answer.status, 202, `${path} ${JSON.stringify(answer)}`);
  }
  await overview(li);
  const [grant, adoption] = ['treasury.granted', 'rules.adopted'].map((kind) => li.page.locator(`[data-testid="proposal"][data-kind="${kind}"]`));
  await adoption.locator('[data-testid="difference"][data-key="market.price_band"]').waitFor();
  assert.match((await grant.innerText()).replace(/\s+/g, ' '), /250 points → ann/);
  await grant.getByTestId('approve').click();
  await settle(li.page);
  await closeSheet(li.page);
  await adoption.getByTestId('approve').click();
  const facts = await seen(li.page);
  assert.ok(facts.some((fact) => /^Market · How far an offer may lie from the day’s price: \S+ → 0\.2$/.test(fact)), facts.join('; '));
  assert.equal(await li.page.getByTestId('no-postings').count(), 0);
  await settle(li.page);
  await closeSheet(li.page);
  assert.equal((await house.get('/v1/rules')).market.price_band, '0.2');
  assert.equal((await get(li.page, '/v1/members/ann')).state.points, '250');
});

test('the activity says who proposed, who approved, and whom an event concerned', async () => {
  const { page } = li;
  await go(page, '#/operator/actions');
  const lines = page.getByTestId('action');
  await lines.first().waitFor();
  const whats = await lines.evaluateAll((all) => all.map((line) => line.dataset.what));
  assert.deepEqual(whats.slice(0, 4), ['rules.adopted', 'proposal.approved', 'treasury.granted', 'proposal.approved']);
  const grant = page.locator('[data-testid="action"][data-what="treasury.granted"]');
  const text = await grant.innerText();
  assert.match(text, /王芳/);
  assert.match(text, /Approved by Li Na/);
  await links(grant, '#/operator/members/ID', 'ann').click();
  await page.getByTestId('desk-account').waitFor();
  assert.equal(await page.evaluate(() => location.hash), '#/operator/members/ann');
});

test('rules with a day are announced once a second person approves them', async () => {
  const from = new Date(Date.parse((await house.get('/v1/supply')).day) + 3 * 86_400_000).toISOString().slice(0, 10);
  const rules = { rules: { market: { price_band: '0.3' } }, from, accept_flags: (await house.get('/v1/rules/review')).red };
  assert.equal((await command(fang.page, '/v1/rules', rules)).status, 202);
  await overview(li);
  const { page } = li;
  const waits = page.getByTestId('proposal');
  assert.match((await waits.innerText()).replace(/\s+/g, ' '), new RegExp(`First day ${from}`));
  await waits.getByTestId('approve').click();
  const facts = await seen(page);
  assert.ok(facts.some((fact) => fact.includes(from)), facts.join('; '));
  await page.getByTestId('confirm').click();
  await page.getByTestId('announced-now').waitFor();
  await closeSheet(page);
  await go(page, '#/operator/rules');
  await page.getByTestId('announced').locator('[data-testid="difference"][data-key="market.price_band"]').waitFor();
  assert.equal(await page.getByTestId('announced-from').innerText(), from);
  assert.equal((await house.get('/v1/rules')).market.price_band, '0.2');
});

test('signing out of the desk asks while an action waits, and keeps it for who confirmed it', async () => {
  await overview(fang);
  const { page } = fang;
  let fails = true;
  await page.route('**/v1/prices', (route) => (fails ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await page.getByTestId('new-price').fill('1.5');
  await page.getByTestId('preview').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('sending').waitFor();
  await page.getByTestId('waiting').waitFor();
  await closeSheet(page);
  await page.getByTestId('staff').getByTestId('sign-out').click();
  await page.getByTestId('sign-out-waits').waitFor();
  assert.equal((await get(page, '/v1/session')).role, 'operator', 'still there');
  await page.getByTestId('sign-out-anyway').click();
  await page.getByTestId('passkey').waitFor();
  // The screen locks at once; the server hears of it as soon as it can.
  await page.waitForFunction(async () => (await (await fetch('/v1/session')).json()).role === 'nobody');
  fails = false;
  await page.getByTestId('passkey').click();
  await page.getByTestId('proposal').waitFor();
  const { proposals } = await get(page, '/v1/proposals?open=true');
  assert.deepEqual(proposals.map(({ kind, event }) => [kind, event.price]), [['price.set', '1.5']]);
  assert.deepEqual(li.complaints, []);
  await fang.close();
  await li.close();
});
