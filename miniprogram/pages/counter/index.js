// The counter of a member who has a shop: who buys, how much, one look at the result, done. Without a network the order waits in the outbox.
const { openExcerpt, init } = require('gongxiang');
const { get, post } = require('../../utils/api');
const { isId, readCode } = require('../../utils/code');
const { WALLET } = require('../../utils/landing');
const { cents, share, yuan, yuanOf } = require('../../utils/money');
const { brief, namesOf } = require('../../utils/names');
const { gain } = require('../../utils/orders');
const { isOpen, queue } = require('../../utils/outbox');
const { page } = require('../../utils/page');
const { keepPreset, keepShop, presetOf, shopOf } = require('../../utils/till');

const START = { stage: 'buyer', who: '', buyer: '', buyerName: '', amount: '', field: 'amount', order: null, sums: null, preview: null, result: null };
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', '⌫'];

/** A text of digits after a key of the keypad. A key that would make it longer than an amount may be does nothing. */
function pressed(text, key) {
  if (key === '⌫') return text.slice(0, -1);
  const next = key === '.' && !text ? '0.' : text === '0' && key !== '.' ? key : text + key;
  return /^\d{1,12}(\.\d{0,2})?$/.test(next) ? next : text;
}

/** The concession in cents, by the preset; a failure if there is none. */
function concessionIn(amount, { kind, value }) {
  const typed = cents(value);
  if (kind === 'yuan') return typed === null ? { code: 'bad_money' } : typed;
  // A percentage has two places, as money has: 100 % are 10,000 of them.
  return typed === null || typed > 10000 ? { code: 'bad_percent' } : share(amount, typed, 10000);
}

/** What an order brings its buyer; null if nothing. */
function gainOf(buyer, rewards) {
  const own = rewards.filter(({ member }) => member === buyer)[0];
  return own ? gain(own) : null;
}

/** Whether the buyer is not activated, so that orders bring it nothing. */
const isNotActivated = ({ accounts }, buyer) => Boolean(accounts[buyer]) && !accounts[buyer].activated;

/** Whether a settled order takes and gives what was previewed. */
const isSame = (settled, previewed) => settled.points === previewed.points && JSON.stringify(settled.gets) === JSON.stringify(previewed.gets);

page('counter', {
  data: Object.assign({ keys: KEYS, shop: '', preset: { kind: 'percent', value: '' }, concession: '' }, START),
  load(member) {
    this.setData({ shop: shopOf(member), preset: this.data.preset.value ? this.data.preset : presetOf(member) });
    // Without an answer the phone knows the shop from before.
    return get(`/v1/members/${member}`).then(({ account }) => {
      keepShop(member, account.shop);
      this.setData({ shop: account.shop || '', known: true });
    }, (failure) => {
      if (failure.status || !this.data.shop) throw failure;
    });
  },
  scan() {
    return this.camera().then((text) => text && this.found(readCode(text), 'bad_qr'));
  },
  /** A short number of eight digits, a code that was read elsewhere, or an id. */
  type() {
    const typed = this.data.who.trim();
    if (!/^\d{8}$/.test(typed)) return this.found(readCode(typed) || (isId(typed) ? { member: typed } : null), 'bad_input');
    return this.work(() => get(`/v1/numbers/${typed}`).then(({ member, name }) => this.buys(member, name), (failure) => {
      throw failure.status ? failure : { code: 'number_offline' };
    }));
  },
  found(code, otherwise) {
    if (!code) return this.fail({ code: otherwise });
    return this.work(() => this.check(code).then(() => {
      this.buys(code.member);
      return namesOf([code.member]).then((names) => this.setData({ buyerName: names[code.member].person }));
    }));
  },
  /** Asks the server whether a code of a minute holds. Without a network, and at a server that has no such codes, the id counts. */
  check({ text, isOfMinute }) {
    if (!isOfMinute) return Promise.resolve();
    return post('/v1/codes/check', { code: text }).catch((failure) => {
      if (failure.status && failure.status !== 404) throw failure;
    });
  },
  buys(member, name) {
    this.setData({ buyer: member, buyerName: name || brief(member), stage: 'amount', who: '' });
  },
  choose({ currentTarget }) {
    const { kind } = currentTarget.dataset;
    if (kind !== this.data.preset.kind) this.setData({ preset: { kind, value: '' }, field: 'preset' });
    this.reckon();
  },
  select({ currentTarget }) {
    this.setData({ field: currentTarget.dataset.field });
  },
  press({ currentTarget }) {
    const { key } = currentTarget.dataset;
    const { field, amount, preset } = this.data;
    if (field === 'amount') this.setData({ amount: pressed(amount, key) });
    else this.setData({ preset: { kind: preset.kind, value: pressed(preset.value, key) } });
    this.reckon();
  },
  /** Shows the concession while the amount is typed. */
  reckon() {
    const { amount, preset } = this.data;
    const all = cents(amount);
    const concession = all ? concessionIn(all, preset) : null;
    this.setData({ concession: typeof concession === 'number' ? yuanOf(yuan(concession)) : '' });
    return concession;
  },
  look() {
    const concession = this.reckon();
    if (concession === null) return this.fail({ code: 'bad_money' });
    if (concession.code) return this.fail(concession);
    const { buyer, amount, shop, member, preset } = this.data;
    keepPreset(member, preset);
    // The till's own number tells two equal orders apart.
    const order = { buyer, merchant: member, channel: 'offline', region: shop, amount: yuan(cents(amount)), concession: yuan(concession), reference: `till-${Date.now()}` };
    const sums = { amount: yuanOf(order.amount), concession: yuanOf(order.concession) };
    return this.work(() => this.preview(order).then((preview) => this.setData({ stage: 'sheet', order, sums, preview })));
  },
  /** What the rules say, computed here from the server's excerpt; nothing without a network. */
  preview(order) {
    const { reference, ...terms } = order;
    const address = ['buyer', 'merchant', 'channel', 'region'].map((name) => `${name}=${encodeURIComponent(terms[name])}`).join('&');
    return Promise.all([get(`/v1/excerpt?${address}`), init()]).then(([excerpt]) => {
      const book = openExcerpt(excerpt);
      try {
        const { points, rewards } = book.preview(Object.assign({ type: 'order.placed', order: 'preview' }, terms));
        return { points, gets: gainOf(terms.buyer, rewards), isNotActivated: isNotActivated(excerpt, terms.buyer) };
      } finally {
        book.free();
      }
    }, (failure) => {
      if (failure.status) throw failure;
      return null;
    });
  },
  again() {
    this.setData({ stage: 'amount' });
  },
  place() {
    const { order, preview } = this.data;
    const queued = () => {
      this.setData({ stage: 'done', result: null });
      this.count();
    };
    // Without a network nobody stands and waits.
    if (!preview) return this.work(() => queue('/v1/orders', order).then(queued));
    return this.work(() => this.give('/v1/orders', order).then(({ receipt }) => {
      const gets = gainOf(order.buyer, receipt.rewards);
      this.setData({ stage: 'done', result: { points: receipt.points, gets, equal: isSame({ points: receipt.points, gets }, preview) } });
    }, (failure) => {
      if (!isOpen(failure) || failure.status === 401) throw failure;
      queued();
    }));
  },
  wallet() {
    wx.switchTab({ url: WALLET });
  },
  next() {
    this.setData(Object.assign({ concession: '' }, START));
  },
});
