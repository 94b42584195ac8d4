// The two components in WeChat's own simulator (the older framework, in jsdom), from the package as WeChat's tool packed it. Numbers are
// worked out by hand from RULES.md section 5.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync } from 'node:zlib';
import { preset } from '../../pkg/node.mjs';
import { project, root, tool } from './project.mjs';

const { JSDOM } = tool('jsdom');
let made;
let simulate;

before(async () => {
  made = await project();
  const { window } = new JSDOM('<body></body>', { pretendToBeVisual: true });
  for (const name of ['document', 'HTMLElement', 'Element', 'Node', 'Event', 'CustomEvent', 'MutationObserver', 'DocumentFragment', 'Text', 'Comment']) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
  }
  globalThis.window = window;
  globalThis.WXWebAssembly = {
    instantiate: (path, imports) => WebAssembly.instantiate(brotliDecompressSync(readFileSync(join(made.directory, path))), imports),
  };
  simulate = tool('miniprogram-simulate');
});
after(() => made?.remove());

const day = (name, numbers) => ({ day: name, price: '2', released: '100', total: '1000', units: '1000', era: 0, ...numbers });

/** Half of all 1000 units; two days released a tenth of a point and of a share value a unit each. */
const snapshot = () => ({
  member: {
    member: 'ann', day: '2026-01-03',
    account: {
      referrer: null, activated: true, locked: '0', points: '5', holding: { units: '500', acc: '0', era: 0, fraction: '0' }, role: null,
      merchant_pack: false, shop: null, area_pack: null, city: null, frozen: false,
    },
    state: { share_value: '400', locked: '0', points: '105', units: '500' },
  },
  days: [day('2026-01-01', { nav: '0.9', acc: '0.1' }), day('2026-01-02', { nav: '0.8', acc: '0.2' })],
  supply: {
    day: '2026-01-03', price: '0.5',
    supply: { issued: '1000', held: '905', burned: '0', treasury: '0', escrow: '0', pool: '95' },
    release: { era: 0, units: '1000', nav: '0.8', acc: '0.2', carry_points: '0', carry_value: '0', returned: '0' },
    turnover_days: 30,
  },
  rules: preset('seed'),
});

async function shown(name, properties) {
  const id = simulate.load(join(made.directory, `miniprogram_npm/gongxiang/${name}/index`), { compiler: 'official', rootPath: made.directory });
  const component = simulate.render(id, properties);
  const heard = [];
  for (const event of ['balance', 'preview', 'error']) component.addEventListener(event, ({ detail }) => heard.push([event, detail]));
  const parent = document.createElement('div');
  component.attach(parent);
  return { component, parent, heard, text: () => parent.textContent.replace(/\s+/g, ' ') };
}

/** Waits until it is so, because the rules load in the background. */
async function until(check) {
  for (let i = 0; i < 200 && !check(); i += 1) await sleep(10);
  assert.ok(check(), String(check));
}

test('the wallet card brings a snapshot up to date and says that it matches the server', async () => {
  const { heard, text } = await shown('wallet-card', { language: 'en', snapshot: snapshot() });
  await until(() => heard.length);
  const [[event, wallet]] = heard;
  assert.equal(event, 'balance');
  assert.deepEqual(wallet.balance, { share_value: '400', locked: '0', points: '105', units: '500' });
  assert.equal(wallet.equal, true);
  // 105 points at 0.5 yuan; the next close gives half of the daily 888 points.
  for (const words of ['105', '¥52.50', 'Share value', '400', '≈ 444', '¥222.00', 'account changes before the close', 'matches the server', 'can fall']) {
    assert.ok(text().includes(words), `${words}: ${text()}`);
  }
  // Without the postings nobody knows since when the account is as it is, so no day is listed.
  for (const words of ['Yesterday', 'Recent daily releases', 'Earned each day']) assert.ok(!text().includes(words), words);
});

test('the next release includes the orders that fall due tonight, and no later ones', async () => {
  const pending = (...rewards) => ({ member: 'ann', day: '2026-01-03', rewards });
  const due = (day, shareValue, points) => ({ due: day, kind: points === '0' ? 'consumption' : 'service', orders: 1, share_value: shareValue, points });
  const next = async (told) => {
    const card = await shown('wallet-card', { language: 'en', snapshot: { ...snapshot(), pending: told } });
    await until(() => card.heard.length);
    return { ...card, next: card.heard[0][1].next };
  };
  // 800 share value at 0.8 are 1000 units more: 1500 of 2000 units, three quarters of 888 points.
  const tonight = await next(pending(due('2026-01-03', '800', '0'), due('2026-01-03', '0', '3.25')));
  assert.equal(tonight.next, '669.25');
  assert.match(tonight.text(), /Includes orders that arrive tonight/);
  const later = await next(pending(due('2026-01-04', '800', '0')));
  assert.equal(later.next, '444');
  assert.doesNotMatch(later.text(), /Includes orders/);
  // What is said of another day says nothing of tonight.
  assert.equal((await next({ ...pending(due('2026-01-03', '800', '0')), day: '2026-01-02' })).next, '444');
});

/** A posting to ann, or from her. */
const posting = (place, day, asset, amount, rule, why, isGain = true) => ({
  place, line: 0, day, giver: isGain ? 'treasury' : 'member ann', receiver: isGain ? 'member ann' : 'burned', asset, amount, rule, reason: 'unused', why,
});
/** What makes the account of the snapshot: 5 points, and 500 share value before the first close, when a unit was 1. */
const granted = posting(1, '2026-01-01', 'points', '5', 'treasury', { of: 'grant' });
const bought = posting(2, '2026-01-01', 'share_value', '500', 'pack', { of: 'pack', rate: '1', price: '500.00' });
const released = (place, day, points, acc) => posting(place, day, 'points', points, 'release', { of: 'release', units: '500', acc });

/** The snapshot with these postings, and the account that they left. The server gives the newest first. */
function past(postings, { points = '5', acc = '0' } = {}) {
  const known = snapshot();
  Object.assign(known.member.account, { points, holding: { units: '500', acc, era: 0, fraction: '0' } });
  return { ...known, postings: [...postings].reverse() };
}

async function pastShown(known, language = 'en') {
  const card = await shown('wallet-card', { language, snapshot: known });
  await until(() => card.heard.length);
  assert.equal(card.heard[0][0], 'balance', JSON.stringify(card.heard[0]));
  return { ...card, wallet: card.heard[0][1] };
}

test('the last days, yesterday and the month are those of the statement', async () => {
  const { wallet, text, component } = await pastShown(past([granted, bought]));
  assert.deepEqual(wallet.past.bars, [{ day: '2026-01-01', income: '50' }, { day: '2026-01-02', income: '50' }]);
  assert.equal(wallet.past.monthSum, '100');
  for (const words of ['Yesterday+50', 'Earned each day', '2026-01 in total+100 Points', '2026-01-02+50', '¥100.00', 'Each day’s points at that day’s price']) {
    assert.ok(text().includes(words), `${words}: ${text()}`);
  }
  // A tap on a bar shows its day.
  assert.match(text(), /total\+100 Points ?2026-01-02\+50 Points/);
  component.instance.pick({ currentTarget: { dataset: { at: 0 } } });
  assert.match(text(), /total\+100 Points ?2026-01-01\+50 Points/);
});

test('after a movement of the account the last days stay as they were', async () => {
  // On the open day the release was settled, and a point was redeemed.
  const moved = [granted, bought, released(3, '2026-01-03', '100', '0.2'), posting(4, '2026-01-03', 'points', '1', 'redemption', { of: 'redemption' }, false)];
  const { wallet, text } = await pastShown(past(moved, { points: '104', acc: '0.2' }));
  assert.equal(wallet.balance.points, '104');
  assert.deepEqual(wallet.past.entries.map(({ day, earned }) => [day, earned]), [['2026-01-02', '50'], ['2026-01-01', '50']]);
  assert.equal(wallet.past.yesterday, '50');
  assert.ok(text().includes('Yesterday+50'), text());
});

test('a reward counts for the day that brought it', async () => {
  const rewarded = [granted, bought, released(3, '2026-01-02', '50', '0.1'), posting(4, '2026-01-02', 'points', '7', 'service', { of: 'order_points', rate: '0.1', points: '70' })];
  const { wallet } = await pastShown(past(rewarded, { points: '62', acc: '0.1' }));
  assert.equal(wallet.balance.points, '112');
  assert.deepEqual(wallet.past.bars.map(({ income }) => income), ['50', '57']);
  assert.deepEqual([wallet.past.yesterday, wallet.past.monthSum], ['57', '107']);
  // The list has the releases alone.
  assert.deepEqual(wallet.past.entries.map(({ earned }) => earned), ['50', '50']);
});

test('no day is shown before the member existed', async () => {
  // 450 share value on the second day, at 0.9 a unit.
  const joined = posting(9, '2026-01-02', 'share_value', '450', 'pack', { of: 'pack', rate: '1', price: '450.00' });
  const { wallet, text } = await pastShown(past([joined], { points: '0', acc: '0.1' }));
  assert.equal(wallet.balance.points, '50');
  assert.deepEqual(wallet.past.bars.map(({ day }) => day), ['2026-01-02']);
  assert.ok(!text().includes('2026-01-01'), text());
  // On the day of joining there is nothing yet, and no yesterday.
  const today = posting(9, '2026-01-03', 'share_value', '400', 'pack', { of: 'pack', rate: '1', price: '400.00' });
  const first = await pastShown(past([today], { points: '0', acc: '0.2' }), 'zh');
  assert.deepEqual([first.wallet.past.bars, first.wallet.past.yesterday], [[], undefined]);
  assert.match(first.text(), /暂无每日释放/);
  assert.doesNotMatch(first.text(), /昨日收益/);
});

test('a rule that this version does not know asks for an update', async () => {
  const card = await shown('wallet-card', { language: 'en', snapshot: past([granted, { ...bought, rule: 'lottery' }]) });
  await until(() => card.heard.length);
  assert.deepEqual([card.heard[0][0], card.heard[0][1].code, card.heard[0][1].field], ['error', 'bad_snapshot', 'rule']);
});

test('points have four places at most until they are tapped, and yuan always two', async () => {
  const known = snapshot();
  known.member.account.points = '1234.56789012';
  known.member.state.points = '1334.56789012';
  known.supply.price = '0.00123456';
  const { component, text } = await shown('wallet-card', { language: 'zh', snapshot: known });
  await until(() => text().includes('1,334'));
  // 1334.56789012 × 0.00123456 is 1.6476…
  for (const words of ['1,334.5678', '¥1.64', '按今日价格 0.0012元/积分。价格按近期到账订单的让利额计算']) assert.ok(text().includes(words), `${words}: ${text()}`);
  assert.ok(!text().includes('1,334.56789012'));
  component.instance.swap();
  for (const words of ['1,334.56789012', '0.00123456元/积分']) assert.ok(text().includes(words), `${words}: ${text()}`);
  component.instance.swap();
  assert.ok(!text().includes('1,334.56789012'));
});

test('a young network names no worth, and says why in the words of the browser wallet', async () => {
  const home = readFileSync(join(root, 'www/src/text/home.rs'), 'utf8');
  const [, zh, en] = /YOUNG "([^"]+)" "([^"]+)"/.exec(home);
  for (const [language, sentence] of [['zh', zh], ['en', en]]) {
    const known = past([granted, bought]);
    known.supply.turnover_days = 6;
    const { text, wallet } = await pastShown(known, language);
    assert.ok(text().includes(sentence), text());
    assert.ok(!text().includes('¥'), text());
    assert.equal(wallet.worth, undefined);
    assert.equal(wallet.next, '444');
  }
  const known = snapshot();
  known.supply.turnover_days = 7;
  const old = await pastShown(known);
  assert.ok(old.text().includes('¥52.50') && !old.text().includes(en), old.text());
});

test('the wallet card lists what orders are to bring, if it is told', async () => {
  const told = await shown('wallet-card', { language: 'zh', snapshot: {
    ...snapshot(), pending: { member: 'ann', day: '2026-01-03', rewards: [
      { due: '2026-01-04', kind: 'consumption', orders: 2, share_value: '1234.5', points: '0' },
      { due: '2026-01-08', kind: 'service', orders: 1, share_value: '0', points: '3.25' },
    ] },
  } });
  await until(() => told.heard.length);
  assert.match(told.text(), /待到账[^]*2026-01-04[^]*\+1,234\.5[^]*共享值[^]*2026-01-08[^]*\+3\.25[^]*共享积分/);
  const untold = await shown('wallet-card', { language: 'zh', snapshot: snapshot() });
  await until(() => untold.heard.length);
  assert.doesNotMatch(untold.text(), /待到账/);
});

test('the wallet card says where the server differs, and what it cannot read', async () => {
  const wrong = snapshot();
  wrong.member.state.points = '106';
  const differs = await shown('wallet-card', { language: 'en', snapshot: wrong });
  await until(() => differs.heard.length);
  assert.match(differs.text(), /Differs from the server: this phone 105, server 106/);
  const newer = snapshot();
  newer.member.account = { balance: 'of another version' };
  const unread = await shown('wallet-card', { language: 'zh', snapshot: newer });
  await until(() => unread.heard.length);
  assert.deepEqual(unread.heard[0].slice(0, 1), ['error']);
  assert.equal(unread.heard[0][1].code, 'bad_snapshot');
  assert.match(unread.text(), /版本与服务器不一致，请更新后重试/);
  // The next one is shown.
  await unread.component.instance.show(snapshot());
  assert.match(unread.text(), /105/);
});

const excerpt = () => {
  const account = { ...snapshot().member.account, holding: { units: '0', acc: '0.2', era: 0, fraction: '0' } };
  return {
    rules: preset('seed'), head: snapshot().supply, ended: [], partners: {},
    accounts: { ann: { ...account, points: '0' }, shop: { ...account, points: '500', merchant_pack: true, shop: '110101' } },
  };
};
const parties = { buyer: 'ann', merchant: 'shop', channel: 'online', region: '110101', amount: '100', concession: '10', language: 'en' };

test('the preview says who gets what and why, and follows what is typed', async () => {
  const { component, heard, text } = await shown('earnings-preview', { ...parties, excerpt: excerpt() });
  await until(() => heard.length);
  // A concession of 10 yuan is 20 points at 0.5; the buyer gets ten times the concession as share value, the merchant twice.
  assert.equal(heard[0][1].receipt.points, '20');
  for (const words of ['ann · you', '100 Share value', '10 × concession 10.00', 'shop', '20 Share value', 'can fall']) assert.ok(text().includes(words), `${words}: ${text()}`);
  const type = (field, value) => component.instance.type({ currentTarget: { dataset: { field } }, detail: { value } });
  type('concession', ' ２０．５０ ');
  assert.equal(heard.at(-1)[1].receipt.points, '41');
  for (const [typed, code, field] of [
    ['0', 'bad_concession', 'concession'], ['100.01', 'bad_concession', 'concession'], ['1e3', 'bad_event', 'concession'],
    ['', 'bad_event', 'concession'], ['\ud800', 'bad_event', 'concession'], ['9'.repeat(3_000_000), 'bad_event', 'concession'],
  ]) {
    type('concession', typed);
    const [event, said] = heard.at(-1);
    assert.deepEqual([event, said.code, said.field], ['error', code, field]);
    assert.ok(!text().includes('Share value'), 'no preview of something else');
  }
  type('concession', '10');
  assert.equal(heard.at(-1)[1].receipt.points, '20');
});

test('the forecast is a band with its assumptions', async () => {
  const outlook = (earned, worth) => ({ days: 30, earned, points: earned, share_value: '1', price: '1', worth, concession_back: '0', closed_law: '0' });
  const forecast = {
    inputs: { day: '2026-01-03', price: '0.5', share_value: '400', total: '800', release_daily: '888', turnover: '1234.5', inflow: '777', buyer_multiple: '10' },
    so_far: null, first: outlook('1', '1'),
    paths: [['-0.15', '80', '9.5'], ['0', '75', '10'], ['0.15', '100', '11']].map(([growth_30d, earned, worth]) => ({ growth_30d, outlooks: [outlook(earned, worth)] })),
  };
  const { heard, text } = await shown('earnings-preview', { ...parties, excerpt: excerpt(), forecast });
  await until(() => heard.length);
  for (const words of ['30 days later', '75 – 100', '¥9.50 – 11.00', '−15% / +0% / +15% in 30 days', '¥1,234.50', '777']) assert.ok(text().includes(words), `${words}: ${text()}`);
});

test('a network that is too young for a forecast shows why instead of a band', async () => {
  const forecast = { code: 'too_young', turnover_days: 6 };
  const { component, heard, text } = await shown('earnings-preview', { ...parties, excerpt: excerpt(), forecast });
  await until(() => heard.length);
  assert.ok(text().includes('Orders vested on fewer than 7 of the last 30 days, so there is no forecast yet. 6 so far.'), text());
  assert.ok(!text().includes('days later'));
  component.setData({ language: 'zh' });
  assert.ok(text().includes('近 30 天有订单到账的天数不足 7 天，暂不提供预测。目前为 6 天。'), text());
});

test('a buyer who is not activated reads that the order brings nothing', async () => {
  const unactivated = excerpt();
  unactivated.accounts.ann.activated = false;
  const { component, heard, text } = await shown('earnings-preview', { ...parties, excerpt: unactivated });
  await until(() => heard.length);
  assert.match(text(), /You aren’t activated, so this order brings you nothing/);
  assert.doesNotMatch(text(), /ann · you/);
  component.setData({ language: 'zh' });
  assert.match(text(), /您尚未激活，此订单没有奖励/);
  component.setData({ excerpt: excerpt() });
  await until(() => !text().includes('尚未激活'));
});

test('an unreadable excerpt is reported, and the next is shown', async () => {
  const { component, heard, text } = await shown('earnings-preview', { ...parties, excerpt: { rules: preset('seed'), head: 7 } });
  await until(() => heard.length);
  assert.equal(heard[0][1].code, 'bad_snapshot');
  component.setData({ excerpt: excerpt() });
  await until(() => heard.at(-1)[0] === 'preview');
  assert.match(text(), /100 Share value/);
});
