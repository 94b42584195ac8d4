// What a role holder, an area partner and the operator see of the whole: the team by level and month, the city with its right, and the
// overview with its trends. Every figure is what the server's own list of events gives.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { go, raw8, stage, sticksOut, value } from './stage.mjs';

const house = stage();

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** Settles events of a journal; all must be accepted. */
async function settle(events) {
  const { answers } = await house.post('/v1/events', events);
  for (const [at, { receipt, refusal }] of answers.entries()) assert.ok(receipt, `${at}: ${JSON.stringify(refusal)}`);
}

/** Waits until the server's sums have taken in what was settled. */
async function gathered(path, done) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await house.get(path);
    if (done(answer)) return answer;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`${path} does not take it in`);
}

const member = (id, referrer) => ({ type: 'member.registered', member: id, ...(referrer && { referrer }) });
const pack = (id, name = 'member') => ({ type: 'pack.purchased', member: id, pack: name });
const placed = (order, buyer, concession) => ({
  type: 'order.placed', order, buyer, merchant: 'team-shop', channel: 'offline', amount: '1000', concession, region: '630202',
});

let founded;

/** Settles the team's story, once. */
const found = () => (founded ??= (async () => {
  const [giver] = await house.rich(1);
  // holder ← one, two ← three ← four, who is not activated; the partner has the shop's city.
  await settle([
    member('team-holder'), pack('team-holder'), { type: 'role.assigned', member: 'team-holder', role: 'shopkeeper' },
    member('team-one', 'team-holder'), pack('team-one'), member('team-two', 'team-holder'), pack('team-two'),
    member('team-three', 'team-two'), pack('team-three'), member('team-four', 'team-three'),
    member('team-partner'), pack('team-partner', 'area'), { type: 'partner.appointed', member: 'team-partner', region: '630200' },
    // At this price the deposit is half a point.
    member('team-shop'), pack('team-shop', 'merchant'), { type: 'price.set', price: '1000' },
    { type: 'points.transferred', from: giver, to: 'team-shop', points: '5' },
    { type: 'merchant.opened', member: 'team-shop', region: '630202' },
    placed('team-1', 'team-one', '10'), placed('team-2', 'team-three', '20.5'), placed('team-3', 'team-three', '30'),
  ]);
  const { day } = await house.get('/v1/supply');
  await settle([{ type: 'day.closed', day }]);
  // Offline orders vest at the close of the day after.
  await settle([{ type: 'day.closed', day: (await house.get('/v1/supply')).day }]);
})());

test('a holder sees its role, the next one, the team by level and month, and what each branch brought: its own postings', async () => {
  await found();
  const team = await gathered('/v1/members/team-holder/team', ({ months }) => months.length > 0 && raw8(months.at(-1).points) > 0n);
  const { page, complaints, close } = await house.open('#/m/team-holder/move', { locale: 'zh-CN' });
  await page.getByTestId('to-team').click();
  await page.getByTestId('team-size').waitFor();
  assert.match(await page.getByTestId('own-role').innerText(), /店主/);
  assert.match(await page.getByTestId('next-role').innerText(), /店商/);
  assert.equal(await page.getByTestId('team-size').getAttribute('data-members'), '4');
  const levels = await page.getByTestId('team-level').evaluateAll((all) => all.map(({ dataset }) => [dataset.level, dataset.members]));
  assert.deepEqual(levels, [['1', '2'], ['2', '1'], ['3', '1']]);
  assert.equal(await value(page, 'team-turnover'), '60.5');
  const months = await page.getByTestId('month-level').evaluateAll((all) => all.map(({ dataset }) => [dataset.level, dataset.concession]));
  assert.deepEqual(months, [['1', '10'], ['2', '50.5']]);
  // Tied to the holder's own postings of these rules.
  const { postings } = await house.get('/v1/members/team-holder/statement?limit=500');
  const rules = ['share_online', 'share_offline', 'merchant_share', 'service', 'sign_up_referrer'];
  const sum = (asset) => postings
    .filter(({ rule, asset: of, receiver }) => rules.includes(rule) && of === asset && receiver === 'member team-holder')
    .reduce((all, { amount }) => all + raw8(amount), 0n);
  const { points, share_value } = team.months.at(-1);
  assert.deepEqual([raw8(points), raw8(share_value)], [sum('points'), sum('share_value')]);
  const { members } = await house.get('/v1/members/team-holder/team/members');
  assert.deepEqual(members.map(({ member }) => member), ['team-one', 'team-two']);
  assert.equal(members.reduce((all, { points }) => all + raw8(points), 0n), sum('points'));
  assert.equal(await page.getByTestId('direct-member').count(), 2);
  assert.ok(!(await page.getByTestId('direct').innerText()).includes('team-three'), 'only those whom the holder brought itself');
  const chart = page.getByTestId('team-months');
  await chart.scrollIntoViewIfNeeded();
  await chart.locator('.u-legend').waitFor();
  assert.match((await chart.locator('.u-value').allInnerTexts())[0], /^\d{4}-\d{2}$/);
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'team-zh');
  assert.deepEqual(complaints, []);
  await close();
});

test('those whom a member brought come page by page', async () => {
  await found();
  await settle([member('team-many'), ...Array.from({ length: 51 }, (_, at) => member(`team-many-${at}`, 'team-many'))]);
  const { page, complaints, close } = await house.open('#/m/team-many/team', { permissions: ['clipboard-read', 'clipboard-write'] });
  const lines = page.getByTestId('direct-member');
  await lines.nth(49).waitFor();
  assert.equal(await lines.count(), 50);
  await page.getByTestId('more-members').click();
  await lines.nth(50).waitFor();
  await page.getByTestId('more-members').waitFor({ state: 'detached' });
  await lines.last().getByTestId('id').click();
  await page.locator('[data-testid=id][data-copied=true]').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await lines.last().getAttribute('data-member'));
  assert.equal(new Set(await lines.evaluateAll((all) => all.map(({ dataset }) => dataset.member))).size, 51, 'each once');
  assert.deepEqual(complaints, []);
  await close();
});

test('a partner sees until when the city is its own, its days and its shops; who is none is told so', async () => {
  await found();
  await gathered('/v1/members/team-partner/city', ({ days }) => days?.length > 0);
  const { page, complaints, close } = await house.open('#/m/team-partner/move');
  await page.getByTestId('to-city').click();
  await page.getByTestId('city-until').waitFor();
  assert.equal(await page.getByTestId('city-until').getAttribute('data-eligible'), 'true');
  // The names of places are loaded after the screen.
  await page.locator('h2', { hasText: '630200' }).filter({ hasText: /海东市/ }).waitFor();
  assert.equal(await page.getByTestId('city-trade').getAttribute('data-orders'), '3');
  const shops = await page.getByTestId('city-shop').evaluateAll((all) => all.map(({ dataset }) => [dataset.member, dataset.concession]));
  assert.deepEqual(shops, [['team-shop', '60.5']]);
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'city-en');
  await go(page, '#/m/team-one/city');
  await page.getByTestId('no-city').waitFor();
  await go(page, '#/m/team-four/team');
  await page.getByTestId('no-team').waitFor();
  await page.getByTestId('team-invite').click();
  await page.getByTestId('link').waitFor();
  // What the page of a member who is no partner asks is answered with 404, which the browser says too.
  assert.deepEqual(complaints.filter((text) => !/404/.test(text)), []);
  await close();
});

test('the overview has the figures of the day, bars for each trend, and the way to a grant for shops that run dry', async () => {
  await found();
  const answer = await house.get('/v1/overview');
  const { page, complaints, close } = await house.open('#/operator', { locale: 'zh-CN' });
  await page.getByTestId('operator').waitFor();
  assert.equal(await value(page, 'members'), String(answer.total.registered));
  assert.equal(await value(page, 'concessions'), answer.today.concession);
  assert.equal(await value(page, 'owed'), answer.liabilities.held_worth);
  assert.equal(await page.getByTestId('member-packs').getAttribute('data-value'), answer.total.member_packs);
  assert.equal(await page.getByTestId('order-points').getAttribute('data-value'), answer.total.order_points);
  for (const name of answer.warnings.map(({ of }) => `warning-${of}`)) await page.getByTestId(name).waitFor();
  const chart = page.getByTestId('trend');
  await chart.scrollIntoViewIfNeeded();
  const seen = new Set();
  for (const trend of ['released', 'burned', 'goods', 'joined', 'income', 'turnover']) {
    await page.getByTestId(`trend-${trend}`).click();
    await page.locator(`[data-testid="trend-${trend}"][aria-pressed="true"]`).waitFor();
    await chart.locator('.u-legend').waitFor();
    seen.add(await chart.getAttribute('data-chart'));
  }
  assert.equal(seen.size, 6, 'each trend has its own bars');
  assert.match(await chart.getAttribute('aria-label'), new RegExp(answer.days.at(-1).turnover));
  const dry = page.getByTestId('running-dry');
  assert.equal(await dry.count(), answer.running_dry.filter((shop) => shop.dry).length);
  assert.deepEqual(await sticksOut(page), []);
  await picture(page, 'overview-zh');
  if (await dry.count()) {
    const shop = await dry.first().getAttribute('data-member');
    await dry.first().getByTestId('grant-shop').click();
    await page.waitForFunction((id) => location.hash === `#/operator/members/${id}`, shop);
  }
  assert.deepEqual(complaints, []);
  await close();
});
