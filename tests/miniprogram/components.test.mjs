// The two components in WeChat's own simulator (the older framework, in jsdom), from the package as WeChat's tool packed it. Numbers are
// worked out by hand from RULES.md section 5.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync } from 'node:zlib';
import { preset } from '../../pkg/node.mjs';
import { project, tool } from './project.mjs';

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
  for (const words of ['105', '¥52.5', 'Share value', '400', '+444', '+50', '2026-01-02', 'matches the server', 'can fall']) {
    assert.ok(text().includes(words), `${words}: ${text()}`);
  }
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
  for (const words of ['30 days later', '75 – 100', '¥9.5 – 11', '−15% / +0% / +15% in 30 days', '¥1,234.5', '777']) assert.ok(text().includes(words), `${words}: ${text()}`);
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

test('an unreadable excerpt is reported, and the next is shown', async () => {
  const { component, heard, text } = await shown('earnings-preview', { ...parties, excerpt: { rules: preset('seed'), head: 7 } });
  await until(() => heard.length);
  assert.equal(heard[0][1].code, 'bad_snapshot');
  component.setData({ excerpt: excerpt() });
  await until(() => heard.at(-1)[0] === 'preview');
  assert.match(text(), /100 Share value/);
});
