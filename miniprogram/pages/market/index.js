const { command, get, newKey } = require('../../utils/api');
const { page } = require('../../utils/page');

page('market', {
  data: { side: 'sell', points: '', unitPrice: '', offers: [], trades: [] },
  load(member) {
    return Promise.all([get('/v1/offers?limit=50'), get('/v1/trades?limit=50')]).then(([offers, trades]) => {
      // A trade names its offer, and whether its taker buys is the offer's side; an offer that is done is asked for by its id.
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
  /** The same again after a lost answer is sent with the same key, and settled once. */
  send(path, data) {
    const what = JSON.stringify([path, data]);
    if (!this.attempt || this.attempt.what !== what) this.attempt = { what, key: newKey() };
    let done = false;
    return this.work(() => command(path, data, this.attempt.key).then(
      () => {
        done = true;
        this.attempt = null;
        wx.showToast({ title: this.data.words.done, icon: 'success' });
        return this.load(this.data.member);
      },
      (failure) => {
        // What was refused was answered: another try is another attempt.
        if (failure.status) this.attempt = null;
        throw failure;
      },
    )).then(() => done);
  },
});
