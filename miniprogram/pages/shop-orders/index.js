// A shop's orders of the open day, their sums, and the refund of one: of goods that are taken back, or of the whole rest.
const { get, post } = require('../../utils/api');
const { cents, concessionOf, sum, yuan, yuanOf } = require('../../utils/money');
const { namesOf } = require('../../utils/names');
const { lineOf } = require('../../utils/orders');
const { page } = require('../../utils/page');

const PER_PAGE = 100;
const LIST = { chosen: null, goods: '', preview: null };

/** The shop's orders of a day, newest first. */
function ordersOf(shop, day, before = null) {
  const from = before === null ? '' : `&before=${before}`;
  return get(`/v1/orders?merchant=${shop}&limit=${PER_PAGE}${from}`).then(({ rows, next }) => {
    const today = rows.filter((row) => row.day === day);
    return next === null || today.length < rows.length ? today : ordersOf(shop, day, next).then((older) => today.concat(older));
  });
}

/** The day's sums without what was refunded in whole: how many, yuan, concession left. */
function totalsOf(orders) {
  const live = orders.filter(({ state }) => state !== 'refunded');
  const money = (name) => yuanOf(yuan(live.reduce((all, order) => all + cents(order[name]), 0)));
  return { count: live.length, amount: money('amount'), concession: money('left') };
}

page('shopOrders', {
  data: Object.assign({ orders: [], totals: null, day: '' }, LIST),
  load(member) {
    return get('/v1/supply').then(({ day }) => ordersOf(member, day).then((rows) => namesOf(rows.map(({ buyer }) => buyer)).then((names) => {
      const orders = rows.map((row) => lineOf(row, names[row.buyer].person));
      this.setData({ orders, totals: totalsOf(orders), day });
    })));
  },
  choose({ currentTarget }) {
    const chosen = this.data.orders.filter(({ id }) => id === currentTarget.dataset.id)[0];
    this.setData(Object.assign({}, LIST, { chosen, failure: '' }));
  },
  list() {
    this.setData(Object.assign({ failure: '' }, LIST));
  },
  /** The concession that comes back with these goods: a part, or everything that is left. */
  part() {
    const { chosen, goods } = this.data;
    const back = cents(goods);
    if (!back) return this.fail({ code: 'bad_money' });
    const [amount, concession, left] = [chosen.amount, chosen.concession, chosen.left].map(cents);
    if (back > amount) return this.fail({ code: 'more_than_left' });
    const taken = concessionOf(back, { amount, concession, left });
    return this.look(taken === left ? {} : { concession: yuan(taken) });
  },
  rest() {
    return this.look({});
  },
  /** What would come back, and what would not. The server computes it, because it concerns other members. */
  look(refund) {
    const { chosen, member } = this.data;
    const event = Object.assign({ type: 'order.refunded', order: chosen.id }, refund);
    return this.work(() => post('/v1/previews', event).then(({ receipt }) => {
      const own = receipt.postings.filter(({ to, asset }) => to === `member ${member}` && asset === 'points');
      const lost = receipt.unrecovered && receipt.unrecovered !== '0' ? receipt.unrecovered : '';
      this.setData({ preview: { refund, concession: yuanOf(refund.concession || chosen.left), points: sum(own.map(({ amount }) => amount)), lost } });
    }));
  },
  refund() {
    const { chosen, preview, words } = this.data;
    return this.work(() => this.give(`/v1/orders/${chosen.id}/refund`, preview.refund).then(() => {
      wx.showToast({ title: words.done, icon: 'success' });
      this.list();
      return this.load(this.data.member);
    }));
  },
});
