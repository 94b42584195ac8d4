// Goods for points: what is offered, one's own vouchers, and the code of one.
const { server } = require('../../config');
const { get, post, request } = require('../../utils/api');
const { picture } = require('../../utils/code');
const { yuanOf } = require('../../utils/money');
const { namesOf } = require('../../utils/names');
const { newKey } = require('../../utils/outbox');
const { page } = require('../../utils/page');

const PER_PAGE = 20;

const line = (text) => text.trim().replace(/\s+/g, ' ');

/** How far a voucher is: a key of `vouchers`. */
const stateOf = ({ state, deliver_to: to }) => (state === 'open' && to ? 'toSend' : state);

page('goods', {
  data: { items: [], after: null, vouchers: [], before: null, address: '', shown: null },
  load(member) {
    return Promise.all([this.fetchItems([], ''), this.fetchVouchers(member, [], '')]);
  },
  fetchItems(known, from) {
    return get(`/v1/goods?limit=${PER_PAGE}${from}`).then(({ items, next }) => (
      namesOf(items.reduce((shops, item) => shops.concat(item.shops), [])).then((names) => {
        const rows = items.map((item) => Object.assign({}, item, {
          image: item.picture ? `${server}/v1/pictures/${item.picture}` : '',
          at: item.shops.map((shop) => names[shop].shop).join(' · '),
          isPaid: item.money !== '0', sum: yuanOf(item.money),
        }));
        this.setData({ items: known.concat(rows), after: next });
      })
    ));
  },
  moreItems() {
    const { items, after } = this.data;
    return this.work(() => this.fetchItems(items, `&after=${after}`));
  },
  /** A voucher names its item. One that is no longer offered is looked up by itself. */
  fetchVouchers(member, known, from) {
    return get(`/v1/vouchers?member=${member}&limit=${PER_PAGE}${from}`).then(({ vouchers, next }) => {
      const names = {};
      const ids = vouchers.map(({ item }) => item).filter((id, at, all) => all.indexOf(id) === at);
      return Promise.all(ids.map((id) => get(`/v1/goods/${id}`).then(({ name }) => { names[id] = name; }, () => {}))).then(() => {
        const rows = vouchers.map((row) => Object.assign({}, row, {
          name: names[row.item] || row.item, progress: stateOf(row), isFetched: row.state === 'open' && !row.deliver_to, isPaid: row.money !== '0', sum: yuanOf(row.money),
        }));
        this.setData({ vouchers: known.concat(rows), before: next });
      });
    });
  },
  moreVouchers() {
    const { member, vouchers, before } = this.data;
    return this.work(() => this.fetchVouchers(member, vouchers, `&before=${before}`));
  },
  /** Takes a piece, after the member has seen once more what it costs. */
  redeem({ currentTarget }) {
    const { items, words, address } = this.data;
    const item = items.filter(({ item: id }) => id === currentTarget.dataset.item)[0];
    const to = line(address);
    if (item.delivery && !item.shops.length && !to) return this.fail({ code: 'no_address' });
    const money = item.isPaid ? ` + ¥${item.sum}` : '';
    const where = item.delivery && to ? ` · ${to}` : '';
    return this.sure(`${item.name} · ${item.points} ${words.points}${money}${where}`).then((isSure) => {
      if (!isSure) return null;
      const agreed = { points: item.points, money: item.money };
      if (item.delivery && to) agreed.deliver_to = to;
      return this.work(() => this.give(`/v1/goods/${item.item}/redemptions`, agreed).then(({ voucher, code }) => {
        this.setData({ address: '' });
        if (code) this.show(voucher.voucher, item.name, code);
        return this.load(this.data.member);
      }));
    });
  },
  show(voucher, name, { code, qr }) {
    this.setData({ shown: { voucher, name, code, qr, image: picture(qr) } });
  },
  /** Each showing makes a new code: the one before is no longer valid. */
  showAgain({ currentTarget }) {
    const { voucher, name } = currentTarget.dataset;
    return this.work(() => post(`/v1/vouchers/${voucher}/code`).then((code) => this.show(voucher, name, code)));
  },
  hide() {
    this.setData({ shown: null });
    return this.work(() => this.load(this.data.member));
  },
  /** Points and piece come back. */
  cancel({ currentTarget }) {
    const { words, member } = this.data;
    return this.sure(words.cancelVoucher).then((isSure) => (isSure ? this.work(() => newKey().then((key) => (
      request('POST', `/v1/vouchers/${currentTarget.dataset.voucher}/cancel`, {}, { 'Idempotency-Key': key, 'gongxiang-member': member })
    )).then(() => this.load(member))) : null));
  },
});
