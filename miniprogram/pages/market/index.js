// The market: offers, one's own trades, and the page of one trade, where its two sides finish it.
const { get, post, request } = require('../../utils/api');
const { namesOf } = require('../../utils/names');
const { page } = require('../../utils/page');
const { noticeOf, tradeOf } = require('../../utils/trades');

const now = () => Math.floor(Date.now() / 1000);

/** A text of one line: the server refuses what is not shown. */
const line = (text) => text.trim().replace(/\s+/g, ' ');

page('market', {
  data: { isOff: false, side: 'sell', points: '', unitPrice: '', offers: [], trades: [], chosen: null, text: '' },
  load(member) {
    return get('/v1/session').then(({ market }) => {
      this.setData({ isOff: !market });
      return market ? this.lists(member) : undefined;
    });
  },
  lists(member) {
    const lists = [`owner=${member}`, 'side=sell', 'side=buy'].map((which) => get(`/v1/offers?${which}&limit=20`));
    return Promise.all([get(`/v1/members/${member}/trades?limit=50`)].concat(lists)).then(([{ trades }, own, asks, bids]) => {
      // One's own first, because those can be withdrawn; then the best prices of each side.
      const rows = own.rows.concat(asks.rows.concat(bids.rows).filter(({ owner }) => owner !== member));
      const people = rows.map(({ owner }) => owner).concat(trades.map(({ buyer }) => buyer), trades.map(({ seller }) => seller));
      return namesOf(people).then((names) => {
        const mine = trades.map((row) => tradeOf(row, member, names, now()));
        mine.forEach((trade) => { trade.notice = noticeOf(trade); });
        const { chosen } = this.data;
        this.setData({
          offers: rows.map((offer) => Object.assign({ who: names[offer.owner].person }, offer)),
          trades: mine,
          chosen: (chosen && mine.filter(({ id }) => id === chosen.id)[0]) || null,
        });
      });
    });
  },
  side({ currentTarget }) {
    this.setData({ side: currentTarget.dataset.side });
  },
  place() {
    const { side, points, unitPrice } = this.data;
    return this.send('/v1/offers', { side, points: points.trim(), unit_price: unitPrice.trim() })
      .then((done) => done && this.setData({ points: '', unitPrice: '' }));
  },
  /** Takes all that is left of an offer, after the user has seen once more what it is. */
  take({ currentTarget }) {
    const { offers, words } = this.data;
    const { id, side, remaining, unit_price: price, who } = offers.filter((offer) => offer.id === currentTarget.dataset.id)[0];
    const deed = side === 'sell' ? words.youBuy : words.youSell;
    return this.sure(`${deed} ${remaining} ${words.points} · ${words.price} ${price} · ${who}`).then((isSure) => (
      isSure ? this.send(`/v1/offers/${id}/trades`, { points: remaining }) : false
    ));
  },
  withdraw({ currentTarget }) {
    return this.send(`/v1/offers/${currentTarget.dataset.id}/cancel`, {});
  },
  choose({ currentTarget }) {
    const chosen = this.data.trades.filter(({ id }) => id === currentTarget.dataset.id)[0];
    this.setData({ chosen, text: '', failure: '' });
  },
  /** A tab shows its list again when it is come back to. */
  left() {
    this.list();
  },
  list() {
    this.setData({ chosen: null, text: '', failure: '' });
  },
  /** Tells the other side where to pay. */
  payee() {
    return this.write((path, text) => request('PUT', `${path}/payee`, { payee: text }));
  },
  /** A statement for the operator, who decides the trade. */
  state() {
    return this.write((path, text) => post(`${path}/dispute`, { statement: text }));
  },
  write(give) {
    const { chosen, text, member } = this.data;
    return this.work(() => give(`/v1/trades/${chosen.id}`, line(text)).then(() => {
      this.setData({ text: '' });
      return this.load(member);
    }));
  },
  /** Reports the payment. Its note goes first, so that the seller has it with the report. */
  pay() {
    const { chosen, text } = this.data;
    const path = `/v1/trades/${chosen.id}`;
    const note = line(text);
    const told = note ? request('PUT', `${path}/payment-note`, { note }) : Promise.resolve();
    return this.work(() => told.then(() => this.settled(this.give(`${path}/pay`, {}))));
  },
  confirm() {
    return this.step('confirm', this.data.words.confirmSure);
  },
  cancel() {
    return this.step('cancel', this.data.words.cancelSure);
  },
  /** A step that cannot be undone. */
  step(name, question) {
    const { chosen } = this.data;
    return this.sure(question).then((isSure) => (isSure ? this.send(`/v1/trades/${chosen.id}/${name}`, {}) : false));
  },
  send(path, data) {
    let done = false;
    return this.work(() => this.settled(this.give(path, data)).then(() => {
      done = true;
    })).then(() => done);
  },
  /** Shows the outcome of a command and the new lists, even if it was refused. */
  settled(outcome) {
    return outcome.then(
      () => {
        wx.showToast({ title: this.data.words.done, icon: 'success' });
        this.setData({ text: '' });
        return this.load(this.data.member);
      },
      (failure) => {
        const say = () => {
          throw failure;
        };
        return this.load(this.data.member).then(say, say);
      },
    );
  },
});
