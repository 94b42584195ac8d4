// What an order would bring, to whom and why, computed on the phone from an excerpt of the server's book. If the app passes a forecast of the
// server, it is shown as a band with its assumptions, never as one number.
import { init, openExcerpt } from '../index.mjs';
import { grouped, order, plain, yuan } from '../figures.mjs';
import { reasonIn, said, wordsOf } from '../text.mjs';

function rows(receipt, buyer, words, language) {
  return receipt.rewards.map((reward, at) => {
    const { member, kind, share_value, points } = reward;
    return {
      at, who: member === buyer ? `${member} · ${words.you}` : member, kind: words.kinds[kind] || kind, reason: reasonIn(language, reward),
      gets: [points !== '0' && `${grouped(points)} ${words.assets.points}`, share_value !== '0' && `${grouped(share_value)} ${words.assets.share_value}`]
        .filter(Boolean).join(' + '),
    };
  });
}

const percent = (rate) => `${rate.startsWith('-') ? '−' : '+'}${Number((Math.abs(Number(rate)) * 100).toFixed(2))}%`;

/** Why there is no band. */
const withoutBand = ({ code, turnover_days: days }, words, language) => `${said(language, { code })}${words.stop}${words.soFar(days)}`;

/** The lowest and the highest value of all paths, for each horizon. */
function band({ inputs, paths }, words) {
  const horizons = paths.length ? paths[0].outlooks : [];
  const ends = (at, key, show) => {
    const all = paths.map(({ outlooks }) => outlooks[at][key]).sort(order);
    return [all[0], all[all.length - 1]].map(show).join(' – ');
  };
  // More places would pretend to know more than an assumption can.
  const points = (decimal) => grouped(decimal.replace(/(\.\d\d)\d+$/, '$1'));
  return {
    growth: paths.map(({ growth_30d }) => growth_30d).filter((rate) => typeof rate === 'string').map(percent).join(' / '),
    turnover: yuan(inputs.turnover), inflow: grouped(inputs.inflow),
    rows: horizons.map(({ days }, at) => ({ days, points: ends(at, 'earned', points), worth: ends(at, 'worth', yuan) })),
    words: words.band,
  };
}

Component({
  properties: {
    /** The answer of `GET /v1/excerpt` for these parties. */
    excerpt: { type: Object, value: null, observer: 'opened' },
    buyer: { type: String, value: '', observer: 'changed' },
    merchant: { type: String, value: '', observer: 'changed' },
    channel: { type: String, value: 'online', observer: 'changed' },
    region: { type: String, value: '', observer: 'changed' },
    amount: { type: String, value: '', observer: 'given' },
    concession: { type: String, value: '', observer: 'given' },
    language: { type: String, value: 'zh', observer: 'changed' },
    /** The answer of `POST /v1/forecast`, if it is to be shown; or, of a network too young for one, `code` and `turnover_days`. */
    forecast: { type: Object, value: null, observer: 'changed' },
    /** Where the binary is, if the package is in a sub-package. */
    path: { type: String, value: '' },
  },
  data: { words: wordsOf('zh'), typed: { amount: '', concession: '' }, result: null, failure: '', field: '', band: null, withoutBand: '' },
  lifetimes: {
    attached() {
      this.here = true;
      this.given();
      this.opened();
    },
    detached() {
      this.here = false;
      this.close();
    },
  },
  methods: {
    given() {
      if (!this.here) return;
      const { amount, concession } = this.data;
      this.setData({ typed: { amount, concession } });
      this.changed();
    },
    type({ currentTarget, detail }) {
      this.setData({ [`typed.${currentTarget.dataset.field}`]: detail.value });
      this.changed();
    },
    close() {
      if (this.book) this.book.free();
      this.book = null;
    },
    opened() {
      if (!this.here) return;
      this.close();
      const { excerpt, path } = this.data;
      if (!excerpt) return this.changed();
      init(path ? { path } : {}).then(() => {
        // Meanwhile the element may have left the page or got another excerpt.
        if (!this.here || this.data.excerpt !== excerpt) return;
        this.close();
        this.book = openExcerpt(excerpt);
        this.changed();
      }).catch((error) => this.fail(error));
    },
    changed() {
      if (!this.here) return;
      const { language, forecast } = this.data;
      const words = wordsOf(language);
      const refused = forecast && forecast.code;
      this.setData({
        words, band: forecast && !refused ? band(forecast, words) : null, withoutBand: refused ? withoutBand(forecast, words, language) : '',
      });
      if (this.book) this.preview();
    },
    preview() {
      const { buyer, merchant, channel, region, typed, words, language } = this.data;
      const [amount, concession] = [plain(typed.amount), plain(typed.concession)];
      try {
        const receipt = this.book.preview({ type: 'order.placed', order: 'preview', buyer, merchant, channel, region, amount, concession });
        this.setData({
          failure: '', field: '', result: {
            points: grouped(receipt.points), due: receipt.due, rows: rows(receipt, buyer, words, language), isNotActivated: this.isNotActivated(buyer),
          },
        });
        this.triggerEvent('preview', { amount, concession, receipt });
      } catch (error) {
        this.fail(error);
      }
    },
    /** Whether the buyer is known and not activated, so that the order brings it nothing. */
    isNotActivated(buyer) {
      const { accounts } = this.data.excerpt;
      return Boolean(accounts && accounts[buyer] && accounts[buyer].activated === false);
    },
    fail(error) {
      const field = error.field === 'amount' || error.field === 'concession' ? error.field : '';
      this.setData({ result: null, field, failure: said(this.data.language, error) });
      this.triggerEvent('error', { code: error.code || 'failed', field: error.field || '', message: error.message });
    },
  },
});
