// A member's wallet: the rules bring a server's snapshot up to date on the phone, and check it.
import { balance, init, nextRelease, statement } from '../index.mjs';
import { grouped, worth } from '../figures.mjs';
import { said, wordsOf } from '../text.mjs';

/** The last days that can be listed. The account is known from its last settlement on. */
function lastDays(account, days, count) {
  for (let n = Math.min(count, days.length); n > 0; n -= 1) {
    try {
      const first = days.length - n;
      return statement(account, days, n).map(({ earned }, i) => ({ day: days[first + i].day, earned, price: days[first + i].price })).reverse();
    } catch (error) {
      if (error.code !== 'out_of_range') throw error;
    }
  }
  return [];
}

/** What orders are to bring: a row for each day and kind. */
const comingRows = ({ rewards }) => rewards.map(({ due, kind, share_value, points }) => (
  points === '0' ? { due, kind, amount: share_value, asset: 'share_value' } : { due, kind, amount: points, asset: 'points' }
));

function computed({ member, days, supply, rules, pending }, count) {
  // Days that were closed after the snapshot do not count.
  const closed = days.filter(({ day }) => day < member.day);
  const mine = balance(member.account, closed);
  const same = supply && supply.day === member.day;
  const price = same ? supply.price : undefined;
  return {
    member: member.member, day: member.day, price, balance: mine,
    worth: price && worth(mine.points, price),
    next: same && rules ? nextRelease(member.account, closed, supply, rules) : undefined,
    entries: lastDays(member.account, closed, count),
    pending: pending ? comingRows(pending) : [],
    equal: !member.state || Object.keys(mine).every((key) => mine[key] === member.state[key]),
    said: member.state,
  };
}

Component({
  properties: {
    /** `{ member, days, supply, rules, pending }`: the answers of `/v1/members/{member}`, `/v1/days` (all), `/v1/supply`, `/v1/rules` and,
     * if what is to come is shown, `/v1/members/{member}/pending`. */
    snapshot: { type: Object, value: null, observer: 'changed' },
    language: { type: String, value: 'zh', observer: 'changed' },
    /** How many of the last days are listed. */
    count: { type: Number, value: 5, observer: 'changed' },
    /** Where the binary is, if the package is in a sub-package. */
    path: { type: String, value: '' },
  },
  data: { words: wordsOf('zh'), wallet: null, failure: '' },
  lifetimes: {
    attached() {
      this.here = true;
      this.changed();
    },
    detached() {
      this.here = false;
    },
  },
  methods: {
    changed() {
      if (this.here) this.compute(this.shown || this.data.snapshot);
    },
    /** Sets the snapshot without passing it through the view, which is slow for long histories. */
    show(snapshot) {
      this.shown = snapshot;
      return this.compute(snapshot);
    },
    compute(snapshot) {
      const { language, path, count } = this.data;
      this.setData({ words: wordsOf(language) });
      if (!snapshot) return Promise.resolve();
      return init(path ? { path } : {}).then(() => computed(snapshot, count)).then(
        (wallet) => {
          this.setData({ failure: '', wallet: shown(wallet) });
          this.triggerEvent('balance', wallet);
        },
        (error) => {
          this.setData({ failure: said(language, error), wallet: null });
          this.triggerEvent('error', { code: error.code || 'failed', field: error.field || '', message: error.message });
        },
      );
    },
  },
});

function shown(wallet) {
  const { points, share_value, locked } = wallet.balance;
  return Object.assign({}, wallet, {
    points: grouped(points), shareValue: grouped(share_value), locked: locked === '0' ? '' : grouped(locked),
    next: wallet.next && grouped(wallet.next),
    pending: wallet.pending.map((row) => Object.assign({}, row, { id: `${row.due} ${row.kind}`, amount: grouped(row.amount) })),
    entries: wallet.entries.map(({ day, earned, price }) => ({ day, earned: grouped(earned), worth: worth(earned, price) })),
  });
}
