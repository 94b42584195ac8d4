// Two pictures: where the points and the share value of an order go, before and after its refunds, and what earlier forecasts said against what
// came. `SCREENSHOTS=directory` keeps the pictures.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hashOf, phone, staffLink } from './desk.mjs';
import { go, raw8, stage, sticksOut } from './stage.mjs';

const tools = createRequire(fileURLToPath(new URL('../../tools/package.json', import.meta.url)));
const AXE = readFileSync(tools.resolve('axe-core/axe.min.js'), 'utf8');
/** The smallest phone in Chinese and dark, a desk in English and light. */
const LOOKS = {
  'zh-CN': { locale: 'zh-CN', viewport: { width: 320, height: 640 }, colorScheme: 'dark', deviceScaleFactor: 2 },
  en: { locale: 'en-US', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
};

/** Nothing sticks out, axe finds nothing, and a picture is kept. */
async function looks(page, name) {
  assert.deepEqual(await sticksOut(page), [], name);
  const small = await page.locator('main *').evaluateAll((all) => all
    .filter((element) => element.innerText && element.checkVisibility() && Number.parseFloat(getComputedStyle(element).fontSize) < 12)
    .map((element) => element.innerText));
  assert.deepEqual(small, [], `${name}: small`);
  assert.equal(await page.locator('main [style]:not(gx-chart *)').count(), 0, `${name}: inline style`);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`), [], name);
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `parts-${name}.png`), fullPage: true, animations: 'disabled' });
}

/** The parts under a picture, and the sum above it. */
async function shown(page, id) {
  const figure = page.getByTestId(id);
  const parts = await figure.getByTestId('part').evaluateAll((all) => all.map(({ dataset: { to, value, back } }) => ({ to, value, back })));
  return { sum: await figure.getAttribute('data-value'), parts };
}

/** The dates: each stage with what follows its name. */
const stages = (page) => page.getByTestId('stage').evaluateAll((all) => all.map((line) => `${line.dataset.stage} ${[...line.querySelectorAll('time')].map((time) => time.textContent)}`.trim()));

const text8 = (raw) => `${raw / 10n ** 8n}.${String(raw % 10n ** 8n).padStart(8, '0')}`.replace(/\.?0+$/, '');
const floor = (amount, part, whole) => (amount * part) / whole;
const ceil = (amount, part, whole) => (amount * part + whole - 1n) / whole;

/** The parts of an order's points by section 6 of the rules, from the server's answer to who sees everything. */
function expected({ points, concession, left, left_at_vesting, burned_back, state, rewards }) {
  const [all, whole, rest] = [points, concession, left].map(raw8);
  const vested = raw8(left_at_vesting) > 0n;
  const base = vested ? raw8(left_at_vesting) : rest;
  assert.ok(vested || state !== 'vested');
  const parts = [];
  let burned = ceil(all, base, whole);
  for (const { reward: { member, points: reward } } of rewards) {
    const amount = floor(raw8(reward), base, whole);
    burned -= amount;
    if (amount > 0n) parts.push({ to: member, value: text8(amount), back: text8(amount - floor(raw8(reward), rest, whole)) });
  }
  if (burned > 0n) parts.push({ to: 'burned', value: text8(burned), back: burned_back });
  const returned = all - ceil(all, base, whole);
  if (returned > 0n) parts.push({ to: 'shop', value: text8(returned), back: text8(returned) });
  return parts;
}

describe('where everybody sees everything', () => {
  const house = stage();
  const settle = async (event) => {
    const answer = await house.post('/v1/events', event);
    assert.ok(answer.receipt, JSON.stringify(answer));
    return answer.receipt;
  };
  const today = async () => (await house.get('/v1/supply')).day;
  const closeDay = async () => settle({ type: 'day.closed', day: await today() });

  /** The shop with most points, and a buyer whose referrer is activated. */
  async function parties() {
    const { accounts } = await house.get('/v1/state');
    const all = await house.members();
    const [{ member: shop }] = all.filter((line) => line.merchant).sort((a, b) => Number(raw8(accounts[b.member].points) - raw8(accounts[a.member].points)));
    for (const { member: buyer, activated } of all.slice(40)) {
      if (!activated || buyer === shop) continue;
      const { account: { referrer } } = await house.get(`/v1/members/${buyer}`);
      if (referrer && all.find((line) => line.member === referrer)?.activated) return { shop, buyer, referrer };
    }
    throw new Error('nobody has a referrer');
  }

  for (const [language, options] of Object.entries(LOOKS)) {
    test(`${language}: an order’s parts sum to what the shop paid, and refunds take theirs back`, async () => {
      const { shop, buyer, referrer } = await parties();
      const { account: { shop: region } } = await house.get(`/v1/members/${shop}`);
      const order = `parts-${language}`;
      const placed = await today();
      await settle({ type: 'order.placed', order, buyer, merchant: shop, channel: 'offline', amount: '88.8', concession: '7', region });
      const { due } = await house.get(`/v1/orders/${order}`);
      const buys = await house.open(`#/m/${buyer}/orders/${order}`, { ...options, bypassCSP: true });
      const sells = await house.open(`#/shop/${shop}/orders/${order}`, { ...options, bypassCSP: true });
      const check = async (name, dates) => {
        const answer = await house.get(`/v1/orders/${order}`);
        for (const [who, { page }] of Object.entries({ buyer: buys, shop: sells })) {
          await page.reload();
          await page.getByTestId('order-parts').waitFor();
          const points = await shown(page, 'parts-points');
          assert.equal(points.sum, answer.points, `${name}, ${who}`);
          assert.deepEqual(points.parts, expected(answer), `${name}, ${who}`);
          assert.equal(points.parts.reduce((sum, part) => sum + raw8(part.value), 0n), raw8(answer.points));
          const value = await shown(page, 'parts-share-value');
          const rewards = answer.rewards.map(({ reward }) => reward).filter((reward) => raw8(reward.share_value) > 0n);
          assert.deepEqual(value.parts.map((part) => [part.to, part.value]), rewards.map((reward) => [reward.member, reward.share_value]));
          for (const [at, { back }] of value.parts.entries()) {
            const all = raw8(rewards[at].share_value);
            assert.equal(raw8(back), all - floor(all, raw8(answer.left), raw8(answer.concession)), `${name}, ${who}`);
          }
          if (/\d$/.test(dates[who].at(-1))) await page.getByTestId('stage').last().locator('time').first().waitFor();
          assert.deepEqual(await stages(page), dates[who], `${name}, ${who}`);
          await looks(page, `${who}-${name}-${language}`);
        }
        return answer;
      };
      const both = (dates) => ({ buyer: dates, shop: dates });

      const whole = await check('pending', both([`placed ${placed}`, `due ${due}`]));
      assert.ok(whole.rewards.some(({ reward }) => reward.member === referrer && raw8(reward.points) > 0n), 'the referrer gets points');
      await settle({ type: 'order.refunded', order, concession: '2' });
      // A buyer has no posting of that: nothing was paid out.
      const dates = [`placed ${placed}`, `due ${due}`];
      await check('part-back', { buyer: [...dates, 'refunded'], shop: [...dates, `refunded ${placed}`] });
      while (await today() <= due) await closeDay();
      const late = await today();
      await settle({ type: 'order.refunded', order, concession: '2.5' });
      const vested = [`placed ${placed}`, `vested ${due}`];
      await check('late', { buyer: [...vested, `refunded ${late}`], shop: [...vested, `refunded ${placed},${late}`] });
      await settle({ type: 'order.refunded', order });
      await check('all-back', { buyer: [...vested, `refunded ${late}`], shop: [...vested, `refunded ${placed},${late}`] });
      for (const { complaints, close } of [buys, sells]) {
        assert.deepEqual(complaints, []);
        await close();
      }
    });

    test(`${language}: what came equals the released days of the statement, and what else changed is named`, async () => {
      const [member] = await house.rich(1);
      // What happens today is on no closed day.
      await settle({ type: 'pack.purchased', member, pack: 'member' });
      const today = (await house.get('/v1/supply')).day;
      const { page, complaints, close } = await house.open(`#/m/${member}/forecast`, { ...options, bypassCSP: true });
      await page.getByTestId('earlier').waitFor();
      const said = await page.getByTestId('earlier-said').evaluateAll((all) => all.map((one) => ({
        ...one.dataset, changes: [...one.querySelectorAll('[data-testid=earlier-change]')].map(({ dataset: { rule, value } }) => `${rule} ${value}`),
      })));
      assert.deepEqual(said.map(({ days }) => days), ['30', '90']);
      await looks(page, `earlier-${language}`);

      await go(page, `#/m/${member}/statement`);
      await page.getByTestId('statement').waitFor();
      const rows = async (filter, id) => {
        await page.getByTestId(filter).click();
        // All months are open while one searches.
        await page.getByTestId('statement-search').fill('-');
        await page.getByTestId(id).first().waitFor();
        return page.getByTestId(id).evaluateAll((all) => all.map((row) => ({ ...row.dataset })));
      };
      const days = await rows('filter-release', 'statement-day');
      const entries = [...await rows('filter-orders', 'entry'), ...await rows('filter-moves', 'entry')];
      for (const { days: count, from, low, high, came, changes } of said) {
        const over = days.filter(({ day }) => day >= from);
        assert.equal(over.length, Number(count), 'the days that are over');
        assert.equal(over.reduce((sum, { earned }) => sum + raw8(earned), 0n), raw8(came));
        assert.ok(raw8(low) > 0n && raw8(low) < raw8(high), `${low} – ${high}`);
        const sums = new Map();
        for (const { rule, asset, amount, day, gain } of entries) {
          if (asset === 'share_value' && day >= from && day < today) sums.set(`${rule} ${gain}`, (sums.get(`${rule} ${gain}`) ?? 0n) + raw8(amount));
        }
        assert.deepEqual(changes.sort(), [...sums].map(([key, sum]) => `${key.split(' ')[0]} ${text8(sum)}`).sort());
      }
      assert.deepEqual(complaints, []);
      await close();
    });
  }

  test('who had no account then reads that there is nothing to compare', async () => {
    await settle({ type: 'member.registered', member: 'of-today' });
    await settle({ type: 'pack.purchased', member: 'of-today', pack: 'member' });
    await closeDay();
    const { page, complaints, close } = await house.open('#/m/of-today/forecast');
    await page.locator('[data-testid="earlier-none"][data-why="records"]').waitFor();
    assert.match(await page.getByTestId('earlier-none').innerText(), /^30 days ago there was no closed day/);
    assert.equal(await page.getByTestId('earlier-said').count(), 0);
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('where a buyer and a shop see their own parts', () => {
  const house = stage({ isClosed: true });
  const operator = async (path, body) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${house.operator}`, 'idempotency-key': crypto.randomUUID() };
    const answer = await fetch(house.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
    return answer.json();
  };

  test('the rest of the points is one part, which names nobody', async () => {
    const member = (id, pack, referrer) => [{ type: 'member.registered', member: id, referrer }, { type: 'pack.purchased', member: id, pack }];
    const { answers } = await operator('/v1/events', [
      ...member('kiosk', 'merchant'), { type: 'treasury.granted', member: 'kiosk', points: '2000' },
      { type: 'merchant.opened', member: 'kiosk', region: '440106' },
      ...member('secret-friend', 'member'), ...member('ann', 'member', 'secret-friend'),
      { type: 'order.placed', order: 'o-1', buyer: 'ann', merchant: 'kiosk', channel: 'offline', amount: '100', concession: '10', region: '440106' },
    ]);
    assert.ok(answers.every((answer) => answer.receipt), JSON.stringify(answers));
    const { points, rewards } = answers.at(-1).receipt;
    assert.ok(rewards.some((reward) => reward.member === 'secret-friend' && raw8(reward.points) > 0n));

    const { enrolment } = await operator('/v1/members/ann/enrolments');
    const ann = await phone(house, `#/enrol/${enrolment}`);
    await ann.page.getByTestId('enrol-passkey').click();
    await ann.page.getByTestId('home').waitFor();
    await go(ann.page, '#/m/ann/orders/o-1');
    const till = await phone(house, hashOf(await staffLink(house, 'Li', 'cashier', 'kiosk')));
    await till.page.getByTestId('enrol').click();
    await till.page.getByTestId('till').waitFor();
    await go(till.page, '#/shop/kiosk/orders/o-1');
    for (const [{ page, complaints, close }, seen] of [[ann, ['ann']], [till, ['ann', 'kiosk']]]) {
      await page.locator('[data-testid="order-parts"][data-whole="false"]').waitFor();
      assert.deepEqual(await shown(page, 'parts-points'), { sum: points, parts: [{ to: 'others', value: points, back: '0' }] });
      const { parts } = await shown(page, 'parts-share-value');
      assert.deepEqual(parts.map((part) => part.to), seen);
      for (const { to, value } of parts) assert.equal(value, rewards.find((reward) => reward.member === to && raw8(reward.share_value) > 0n).share_value);
      assert.doesNotMatch(await page.locator('body').innerHTML(), /secret/);
      if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `parts-closed-${seen.length}.png`), fullPage: true });
      assert.deepEqual(complaints, []);
      await close();
    }
  });
});
