// On a phone: balances, the next release and previews are the server's, to the last digit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from './stage.mjs';
import { phone } from '../miniprogram/phone.mjs';

const COUNT = 200;
let server;
let rules;
let days;
let members;

const ask = async (path, body) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, body && { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
};

/** The server's answers, parsed by the phone's own `JSON.parse`. */
const onPhone = (value) => rules.phone.run(`(${JSON.stringify(value)})`);

before(async () => {
  server = await startServer();
  const device = phone('ios');
  rules = { phone: device, ...device.require('gongxiang') };
  await rules.init();
  members = [];
  for (let next = ''; next !== null;) {
    const page = await ask(`/v1/members?limit=500${next && `&after=${next}`}`);
    members.push(...page.members);
    next = page.next ?? null;
  }
});
after(() => server?.stop());

async function closedDays() {
  const all = [];
  for (;;) {
    const page = (await ask(`/v1/days?limit=500${all.length ? `&after=${all.at(-1).day}` : ''}`)).days;
    if (!page.length) return onPhone(all);
    all.push(...page);
  }
}

const someMembers = () => members.filter((_, at) => at % Math.floor(members.length / COUNT) === 0).slice(0, COUNT).map(({ member }) => member);

async function closeDay() {
  const { day } = await ask('/v1/supply');
  const answer = await fetch(`${server.url}/v1/days/${day}/close`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': `close-${day}` }, body: '{}',
  });
  assert.ok(answer.ok, await answer.text());
}

test(`the balances of ${COUNT} members are the server's`, async () => {
  days = await closedDays();
  const chosen = someMembers();
  assert.equal(chosen.length, COUNT);
  let moved = 0;
  for (const member of chosen) {
    const { account, state } = await ask(`/v1/members/${member}`);
    const mine = rules.balance(onPhone(account), days);
    assert.deepEqual({ ...mine }, state, member);
    if (state.points !== account.points) moved += 1;
  }
  assert.ok(moved > COUNT / 2, 'most were brought up to date by days');
});

test(`the next release of ${COUNT} members is what the close brings`, async () => {
  // Closes days until no order is due.
  const ruleSet = onPhone(await ask('/v1/rules'));
  for (let i = 0; i <= ruleSet.order.vesting_days.online; i += 1) await closeDay();
  days = await closedDays();
  const supply = onPhone(await ask('/v1/supply'));
  const chosen = someMembers();
  const before = new Map();
  for (const member of chosen) {
    const { account, state } = await ask(`/v1/members/${member}`);
    before.set(member, [state.points, rules.nextRelease(onPhone(account), days, supply, ruleSet)]);
  }
  await closeDay();
  let some = 0;
  for (const [member, [points, next]] of before) {
    const { state } = await ask(`/v1/members/${member}`);
    const raw = (text) => {
      const [whole, part = ''] = text.split('.');
      return BigInt(whole + part.padEnd(8, '0'));
    };
    assert.equal(raw(state.points), raw(points) + raw(next), member);
    if (next !== '0') some += 1;
  }
  assert.ok(some > COUNT / 2);
});

test('a day by day list adds up to the balance', async () => {
  const all = await closedDays();
  for (const member of someMembers().slice(0, 20)) {
    const { account, state } = await ask(`/v1/members/${member}`);
    const lines = rules.statement(onPhone(account), all, 3);
    assert.equal(lines.length, 3);
    assert.deepEqual({ ...lines[2].state }, state);
  }
});

test('the past of a member is the server’s, day by day', async () => {
  const all = await closedDays();
  let some = 0;
  for (const member of someMembers().slice(0, 20)) {
    const { account, state } = await ask(`/v1/members/${member}`);
    const postings = [];
    for (let before = ''; before !== null;) {
      const page = await ask(`/v1/members/${member}/statement?limit=100${before && `&before=${before}`}`);
      postings.push(...page.postings);
      before = page.next;
    }
    const lines = rules.history(member, onPhone(account), onPhone(postings), all);
    assert.deepEqual({ ...lines[lines.length - 1].state }, state);
    assert.equal(lines[lines.length - 1].day, all[all.length - 1].day);
    // No day before the first posting, and none is left out.
    assert.ok(lines[0].day >= postings[postings.length - 1].day, member);
    assert.equal(all.length - all.findIndex(({ day }) => day === lines[0].day), lines.length);
    some += lines.some(({ earned, income }) => earned !== income) ? 1 : 0;
  }
  assert.ok(some > 0, 'somebody was rewarded in points');
});

test(`${COUNT} previews are the server's quotes, refusals included`, async () => {
  const merchants = members.filter(({ merchant }) => merchant).map(({ member }) => member);
  const buyers = members.filter(({ merchant }) => !merchant).map(({ member }) => member);
  const kinds = new Set();
  const refusals = new Set();
  for (let i = 0; i < COUNT; i += 1) {
    const order = {
      buyer: i % 25 === 3 ? merchants[i % merchants.length] : buyers[(i * 37) % buyers.length], merchant: merchants[i % merchants.length],
      channel: i % 2 ? 'online' : 'offline', region: i % 3 ? '110101' : '310104',
      amount: ['100', '88.8', '19.99', '1234.5', '0.5', '66', '100000000', '0'][i % 8],
      concession: ['10', '8.88', '0.07', '12.34', '0.5', '6.6', '99999999.99', '1'][i % 8],
    };
    const { buyer, merchant, channel, region } = order;
    const [quote, excerpt] = await Promise.all([
      ask('/v1/quotes', order), ask(`/v1/excerpt?buyer=${buyer}&merchant=${merchant}&channel=${channel}&region=${region}`),
    ]);
    const book = rules.openExcerpt(onPhone(excerpt));
    try {
      const receipt = book.preview(onPhone({ type: 'order.placed', order: 'preview', ...order }));
      const { day, points, due, rewards } = JSON.parse(JSON.stringify(receipt));
      assert.deepEqual({ day, points, due, rewards }, quote, JSON.stringify(order));
      rewards.forEach(({ kind }) => kinds.add(kind));
    } catch (error) {
      if (error.name !== 'GongxiangError') throw error;
      assert.deepEqual([error.code, error.field], [quote.code, quote.field], JSON.stringify(order));
      refusals.add(error.code);
    } finally {
      book.free();
    }
  }
  for (const kind of ['consumption', 'sale', 'share_online', 'share_offline']) assert.ok(kinds.has(kind), `${kind} was seen`);
  for (const code of ['merchant_points_short', 'bad_amount', 'self_dealing']) assert.ok(refusals.has(code), `${code} was seen`);
});
