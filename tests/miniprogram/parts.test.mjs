// The mini-program's own computations: money, codes, and what failures are called.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import * as figures from '../../pkg/miniprogram/figures.mjs';
import { phone } from './phone.mjs';
import { root } from './project.mjs';

const plain = (value) => JSON.parse(JSON.stringify(value));
const { require, put } = phone('android', { '/utils': join(root, 'miniprogram/utils') }, { wx: {} });
put('/config.js', 'module.exports = { server: "https://server" };');
const money = require('/utils/money.js');
const { said, wordsOf, deedOf } = require('/utils/words.js');

test('a text is money only with at most two places and at most 10^12 yuan', () => {
  for (const [text, cents] of [['0', 0], ['88.8', 8880], ['88.80', 8880], ['0.01', 1], ['5.', 500], [' 7 ', 700], ['1000000000000', 1e14]]) {
    assert.equal(money.cents(text), cents, text);
  }
  for (const text of ['', '.', '.5', '-1', '1e3', '1.234', '1000000000000.01', '10000000000000', '1,000', 'NaN', '１']) assert.equal(money.cents(text), null, text);
});

test('cents become a canonical decimal', () => {
  for (const [cents, text] of [[0, '0'], [1, '0.01'], [10, '0.1'], [100, '1'], [8880, '88.8'], [8888, '88.88'], [1e14, '1000000000000']]) {
    assert.equal(money.yuan(cents), text);
  }
});

test('a share is the exact quotient rounded up, up to 28 digits of product', () => {
  // Chance with a seed, so that a failure comes again.
  let seed = 20261128n;
  const next = () => {
    seed = (seed * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return Number((seed >> 17n) % (10n ** BigInt(1 + Number(seed >> 60n))));
  };
  for (let round = 0; round < 5000; round += 1) {
    const [of, whole] = [next() % 1e14, 1 + (next() % 1e14)];
    const part = next() % (whole + 1);
    const product = BigInt(of) * BigInt(part);
    const exact = product / BigInt(whole) + (product % BigInt(whole) ? 1n : 0n);
    assert.equal(money.share(of, part, whole), Number(exact), `${of} × ${part} / ${whole}`);
  }
  assert.equal(money.share(1e14, 1e14, 1e14), 1e14);
});

test('a refund of goods takes the order’s rate of them, rounded up, and at most what is left', () => {
  // 10.00 of 30.00 at a concession of 1.00: a third of 1.00 is 0.333…, so 0.34.
  assert.equal(money.concessionOf(1000, { amount: 3000, concession: 100, left: 100 }), 34);
  assert.equal(money.concessionOf(1000, { amount: 3000, concession: 100, left: 32 }), 32);
  assert.equal(money.concessionOf(3000, { amount: 3000, concession: 100, left: 66 }), 66);
  assert.equal(money.concessionOf(1, { amount: 3000, concession: 1, left: 1 }), 1);
});

test('yuan are shown with two places, and grouped', () => {
  for (const [decimal, text] of [['0', '0.00'], ['1.1', '1.10'], ['88.88', '88.88'], ['1234.5', '1,234.50'], ['1000000000000', '1,000,000,000,000.00']]) {
    assert.equal(money.yuanOf(decimal), text);
    assert.equal(figures.yuan(decimal), text);
  }
  // A worth is rounded down to the cent.
  assert.equal(figures.yuan('9.999'), '9.99');
  for (const [points, price, text] of [['2.2', '0.5', '1.10'], ['105', '0.5', '52.50'], ['0', '1', '0.00'], ['0.00000001', '0.00000001', '0.00'], ['123456.789', '10', '1,234,567.89']]) {
    assert.equal(figures.worth(points, price), text);
  }
});

test('a number shows four places; below 1 at least two digits', () => {
  for (const [decimal, text] of [
    ['0', '0'], ['105', '105'], ['1.5', '1.5'], ['1234.56789012', '1,234.5678'], ['0.31650912', '0.3165'], ['0.00001234', '0.000012'], ['0.00000001', '0.00000001'],
  ]) assert.equal(figures.brief(decimal), text);
});

test('the components add up exactly, too', () => {
  assert.equal(figures.sum([]), '0');
  assert.equal(figures.sum(['0', '0']), '0');
  assert.equal(figures.sum(['0.1', '0.2']), '0.3');
  assert.equal(figures.sum(['0.00000001', '999999999999.99999999']), '1000000000000');
  assert.equal(figures.sum(Array.from({ length: 31 }, () => '99.99999999')), '3099.99999969');
  assert.equal(figures.sum(['100', '20.5']), '120.5');
});

test('the packs of a member: name, state and since when', () => {
  const { ownPacks, packsOnOffer } = require('/utils/packs.js');
  const rules = { packs: {
    member: { price: '299', share_value_rate: '1' }, merchant: { price: '599.5', share_value_rate: '1', merchant: true },
    area: { price: '4999', share_value_rate: '1', area_partner: true },
  } };
  const account = { activated: true, merchant_pack: false, shop: null, area_pack: null, city: null };
  const pack = (day, price, rate = '1') => ({ day, rule: 'pack', why: { of: 'pack', rate, price } });
  const packs = (more, postings) => plain(ownPacks({ member: { account: { ...account, ...more } }, rules, postings }));
  // Newest first, as a statement has them.
  assert.deepEqual(packs({}, [pack('2026-03-01', '299.00'), { day: '2026-02-02', rule: 'release', why: { of: 'release' } }, pack('2026-01-01', '299.00')]), [
    { kind: 'member', since: '2026-01-01', count: 2, state: 'active' },
  ]);
  assert.deepEqual(packs({ merchant_pack: true }, [pack('2026-01-05', '599.50'), pack('2026-01-01', '299.00')]), [
    { kind: 'member', since: '2026-01-01', count: 1, state: 'active' }, { kind: 'merchant', since: '2026-01-05', count: 1, state: 'mayOpen' },
  ]);
  assert.equal(packs({ merchant_pack: true, shop: '110101' }, [pack('2026-01-05', '599.50')])[0].state, 'shop');
  assert.equal(packs({ area_pack: '2026-01-05' }, [pack('2026-01-05', '4999.00')])[0].state, 'mayPartner');
  assert.equal(packs({ area_pack: '2026-01-05', city: '630200' }, [pack('2026-01-05', '4999.00')])[0].state, 'partner');
  // A price that the rules had before; a pack without share value; an account that was brought over.
  assert.equal(packs({}, [pack('2026-01-01', '199.00')])[0].kind, 'other');
  assert.equal(packs({}, [pack('2026-01-01', '299.00', '2')])[0].kind, 'other');
  assert.deepEqual(packs({ merchant_pack: true, area_pack: '2026-01-09' }, []), [
    { kind: 'merchant', since: '', count: 0, state: 'mayOpen' }, { kind: 'area', since: '2026-01-09', count: 0, state: 'mayPartner' },
  ]);
  assert.deepEqual(packs({}, undefined), [{ kind: 'member', since: '', count: 0, state: 'active' }]);
  assert.deepEqual(packs({ activated: false }, []), []);
  assert.deepEqual(plain(packsOnOffer({ rules })).map(({ kind, price }) => [kind, price]), [['member', '299'], ['merchant', '599.5'], ['area', '4999']]);
});

test('points are added exactly', () => {
  assert.equal(money.sum([]), '0');
  assert.equal(money.sum(['0.1', '0.2']), '0.3');
  assert.equal(money.sum(['0.00000001', '999999999999.99999999']), '1000000000000');
  assert.equal(money.sum(['100', '20.5']), '120.5');
});

/** The codes need the library for their pictures. */
const codes = (() => {
  const files = { '/utils': join(root, 'miniprogram/utils'), '/miniprogram_npm/qrcode-generator': join(root, 'tools/miniprogram/node_modules/qrcode-generator/dist') };
  const device = phone('android', files, { wx: {} });
  device.put('/miniprogram_npm/qrcode-generator/index.js', 'module.exports = require("./qrcode.js");');
  return device.require('/utils/code.js');
})();

test('a member’s code says its id, with or without a minute and its check', () => {
  assert.equal(codes.codeText('m-1'), 'GX1.m-1');
  assert.equal(codes.codeText('m-1', 29000000, '01234567'), 'GX1.m-1.29000000.01234567');
  assert.deepEqual(plain(codes.readCode('GX1.a.b.29000000.01234567')), { member: 'a.b', text: 'GX1.a.b.29000000.01234567', isOfMinute: true });
  assert.equal(codes.readCode('GX1.a.b').isOfMinute, false);
  for (const [text, member] of [
    ['GX1.m-1', 'm-1'], [' GX1.m-1 ', 'm-1'], ['GX1.m-1.29000000.12345678', 'm-1'], ['GX1.a.b', 'a.b'],
    ['https://example.com', null], ['GX1.', null], ['GX2.m-1', null], ['GX1.a b', null], [`GX1.${'a'.repeat(65)}`, null], ['m-1', null],
  ]) assert.equal(codes.readCode(text)?.member ?? null, member, text);
});

test('who invited is in what WeChat shared, in a mini-program code, or in the code of a link', () => {
  const hex = '0123456789abcdef0123456789abcdef';
  for (const [options, member] of [
    [{}, ''], [{ referrer: 'ann' }, 'ann'], [{ scene: hex }, `m-${hex}`], [{ scene: 'ann' }, 'ann'],
    [{ q: encodeURIComponent(codes.invitationOf('https://server', 'ann')) }, 'ann'],
    [{ q: encodeURIComponent('https://server/?join=ann') }, 'ann'], [{ q: encodeURIComponent('https://server/#/join/ann') }, 'ann'],
    [{ referrer: '<b>' }, ''], [{ scene: '%E0%A4%A' }, ''], [{ q: encodeURIComponent('https://server/') }, ''],
    [{ referrer: codes.sharedPath('a.b:c').split('referrer=')[1] }, 'a.b:c'],
  ]) assert.equal(codes.referrerIn(options), member, JSON.stringify(options));
});

test('a sign-in code is read from its link, too', () => {
  for (const text of ['gxe_abc', ' gxe_abc ', 'https://server/#/enrol/gxe_abc']) assert.equal(codes.enrolmentIn(text), 'gxe_abc');
});

test('a failure is told as what it is', () => {
  const en = (failure) => said('en', failure);
  assert.match(en({ code: 'unauthorized', status: 401 }), /^You are not signed in/);
  assert.match(en({ code: 'forbidden', status: 403 }), /needs the member whose it is, or the operator/);
  assert.match(en({ code: 'needs_role', status: 403 }), /^Your role does not allow this/);
  assert.match(en({ code: 'registration_closed', status: 403 }), /^Only the operator registers members/);
  assert.match(en({ code: 'not_found', status: 404 }), /^Nothing was found/);
  assert.match(en({ code: 'in_flight', status: 409 }), /still being processed/);
  assert.match(en({ code: 'rate_limited', status: 429, after: 7 }), /^Too many requests.*\(7 s\)$/);
  assert.match(en({ code: 'unavailable', status: 503 }), /cannot answer now/);
  assert.match(en({ code: 'unreachable', status: 0 }), /^No network/);
  assert.match(en({ code: 'too_small', status: 422, limit: '0.01' }), /\(0\.01\)$/);
});

test('a code that is unknown here is told by its status, and never as another failure', () => {
  const of = (status) => said('en', { code: 'from_a_newer_server', status });
  const { codes: own } = wordsOf('en');
  assert.equal(of(401), own.unauthorized);
  assert.equal(of(403), own.forbidden);
  assert.equal(of(404), own.not_found);
  assert.equal(of(409), own.conflict);
  assert.equal(of(422), own.bad_input);
  assert.equal(of(500), own.failed);
  assert.equal(of(502), own.failed);
});

test('every failure of the catalogue has words of its own here, and none speaks of another member without need', () => {
  const catalogue = plain(require('/utils/catalogue.js'));
  for (const language of ['zh', 'en']) {
    // A status that no code below has: an unknown code would be told as the server's failure.
    const unknown = said(language, { code: 'from_a_newer_server', status: 599 });
    for (const code of [...Object.keys(catalogue[language].codes), ...Object.keys(catalogue[language].failures)]) {
      const sentence = said(language, { code, status: 599 });
      assert.notEqual(sentence, unknown, `${language} ${code}`);
      if (code !== 'wrong_member' && code !== 'account_bound') assert.doesNotMatch(sentence, /another member than|另一位会员/, code);
    }
  }
});

test('every command of the pages has a name', () => {
  for (const path of ['/v1/orders', '/v1/orders/o/refund', '/v1/offers', '/v1/offers/o/trades', '/v1/offers/o/cancel', '/v1/trades/t/pay', '/v1/trades/t/confirm']) {
    assert.notEqual(deedOf(path), 'other', path);
  }
});

test('both languages have the same words', () => {
  const keys = (table) => Object.entries(table).flatMap(([key, value]) => (typeof value === 'string' ? [key] : keys(value).map((below) => `${key}.${below}`)));
  const own = require('/utils/text.js');
  const leaves = (table) => Object.values(table).flatMap((value) => (Array.isArray(value) ? [value] : leaves(value)));
  for (const pair of leaves(own)) assert.ok(pair.length === 2 && pair.every((text) => typeof text === 'string' && text), JSON.stringify(pair));
  assert.deepEqual(keys(plain(wordsOf('zh'))), keys(plain(wordsOf('en'))));
});
