const { get } = require('../../utils/api');
const { resume, send, waiting } = require('../../utils/outbox');
const { page } = require('../../utils/page');

page('market', {
  data: { side: 'sell', points: '', unitPrice: '', offers: [], trades: [] },
  load(member) {
    // A command without an outcome is sent first, so that the lists show its result.
    return waiting() ? this.settled(resume()) : this.lists(member);
  },
  lists(member) {
    return Promise.all([get('/v1/offers?limit=50'), get('/v1/trades?limit=50')]).then(([offers, trades]) => {
      // Who buys in a trade follows from its offer's side. An offer that is no longer open is fetched by its id.
      const known = {};
      offers.rows.forEach((offer) => { known[offer.id] = offer; });
      const missing = trades.rows.map(({ offer }) => offer).filter((id, at, all) => !known[id] && all.indexOf(id) === at);
      return Promise.all(missing.map((id) => get(`/v1/offers/${id}`).then((offer) => { known[id] = offer; }))).then(() => {
        this.setData({
          offers: offers.rows,
          trades: trades.rows.map((trade) => Object.assign({ buys: (trade.taker === member) === (known[trade.offer].side === 'sell') }, trade)),
        });
      });
    });
  },
  choose({ currentTarget }) {
    this.setData({ side: currentTarget.dataset.side });
  },
  place() {
    const { side, points, unitPrice } = this.data;
    return this.send('/v1/offers', { side, points: points.trim(), unit_price: unitPrice.trim() })
      .then((done) => done && this.setData({ points: '', unitPrice: '' }));
  },
  act({ currentTarget }) {
    const { path, points } = currentTarget.dataset;
    return this.send(path, points ? { points } : {});
  },
  send(path, data) {
    let done = false;
    return this.work(() => this.settled(send(path, data)).then(() => {
      done = true;
    })).then(() => done);
  },
  /** Shows the outcome of a command and the new lists, even if it was refused. */
  settled(outcome) {
    return outcome.then(
      () => {
        wx.showToast({ title: this.data.words.done, icon: 'success' });
        return this.lists(this.data.member);
      },
      (failure) => {
        const say = () => {
          throw failure;
        };
        return this.lists(this.data.member).then(say, say);
      },
    );
  },
});
