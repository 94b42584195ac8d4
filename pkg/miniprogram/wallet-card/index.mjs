// A member's wallet: the rules bring a server's snapshot up to date on the phone, and check it.
import { balance, history, init, nextRelease } from '../index.mjs';
import { brief, grouped, sum, worth } from '../figures.mjs';
import { said, wordsOf } from '../text.mjs';

/** Number of days that have a bar. */
const BARS = 30;
/** The height of the highest, in pixels; the look has the same. */
const BAR_HEIGHT = 72;
/** With turnover on fewer of the last 30 days, the price says too little for a worth (RULES.md, the limits). */
const TURNOVER_DAYS_MIN = 7;

/** What orders are to bring: a row for each day and kind. */
const comingRows = ({ rewards }) => rewards.map(({ due, kind, share_value, points }) => (
  points === '0' ? { due, kind, amount: share_value, asset: 'share_value' } : { due, kind, amount: points, asset: 'points' }
));

/** What the close of the open day is expected to bring: the release, and what falls due by then. */
function tonight({ member, supply, rules }, closed, due) {
  const of = (asset) => due.map((reward) => reward[asset]);
  return sum([nextRelease(member.account, closed, supply, rules, sum(of('share_value')))].concat(of('points')));
}

/** The closed days of a member since its first posting: the bars of the last ones, the sum of the month, yesterday, and the last releases. */
function pastOf({ member, postings }, closed, count) {
  const days = history(member.member, member.account, postings, closed);
  const last = days[days.length - 1];
  const isYesterday = last && last.day === closed[closed.length - 1].day;
  const month = last ? last.day.slice(0, 7) : '';
  return {
    bars: days.slice(-BARS).map(({ day, income }) => ({ day, income })),
    month, monthSum: sum(days.filter(({ day }) => day.slice(0, 7) === month).map(({ income }) => income)),
    yesterday: isYesterday ? last.income : undefined,
    entries: days.filter(({ earned }) => earned !== '0').slice(-count).map(({ day, earned, price }) => ({ day, earned, price })).reverse(),
  };
}

function computed(snapshot, count) {
  const { member, days, supply, rules, pending, postings } = snapshot;
  // Days that were closed after the snapshot do not count.
  const closed = days.filter(({ day }) => day < member.day);
  const mine = balance(member.account, closed);
  const same = supply && supply.day === member.day;
  const price = same ? supply.price : undefined;
  const isYoung = Boolean(same && supply.turnover_days < TURNOVER_DAYS_MIN);
  const due = pending && pending.day === member.day ? pending.rewards.filter((reward) => reward.due <= member.day) : [];
  const past = postings ? pastOf(snapshot, closed, count) : undefined;
  return {
    member: member.member, day: member.day, price, isYoung, balance: mine,
    worth: price && !isYoung ? worth(mine.points, price) : undefined,
    policy: rules && rules.price ? rules.price.policy : undefined,
    next: same && rules ? tonight(snapshot, closed, due) : undefined,
    nextHasOrders: due.length > 0,
    past, pending: pending ? comingRows(pending) : [],
    equal: !member.state || Object.keys(mine).every((key) => mine[key] === member.state[key]),
    said: member.state,
  };
}

Component({
  properties: {
    /** `{ member, days, supply, rules, pending, postings }`: the answers of `/v1/members/{member}`, `/v1/days` (all), `/v1/supply` and
     * `/v1/rules`; if what is to come is shown, of `/v1/members/{member}/pending`; if the past is shown, all postings of
     * `/v1/members/{member}/statement`, newest first. */
    snapshot: { type: Object, value: null, observer: 'changed' },
    language: { type: String, value: 'zh', observer: 'changed' },
    /** How many of the last days are listed. */
    count: { type: Number, value: 5, observer: 'changed' },
    /** Where the binary is, if the package is in a sub-package. */
    path: { type: String, value: '' },
  },
  data: { words: wordsOf('zh'), wallet: null, picked: null, failure: '' },
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
          this.wallet = wallet;
          this.draw();
          this.triggerEvent('balance', wallet);
        },
        (error) => {
          this.wallet = null;
          this.setData({ failure: said(language, error), wallet: null });
          this.triggerEvent('error', { code: error.code || 'failed', field: error.field || '', message: error.message });
        },
      );
    },
    /** Numbers have their first places, or all of them after a tap on one. */
    draw() {
      const { wallet } = this;
      const number = this.hasAllPlaces ? grouped : brief;
      const bars = wallet.past ? wallet.past.bars : [];
      const at = bars.length - 1;
      this.setData({ failure: '', wallet: shown(wallet, number), picked: at < 0 ? null : picked(bars, at, number) });
    },
    swap() {
      this.hasAllPlaces = !this.hasAllPlaces;
      const { picked: before } = this.data;
      this.draw();
      if (before) this.pickAt(before.at);
    },
    pick({ currentTarget }) {
      this.pickAt(Number(currentTarget.dataset.at));
    },
    pickAt(at) {
      this.setData({ picked: picked(this.wallet.past.bars, at, this.hasAllPlaces ? grouped : brief) });
    },
  },
});

/** The day of a bar, and what it brought. */
const picked = (bars, at, number) => ({ at, day: bars[at].day, income: number(bars[at].income) });

/** The height of each bar in pixels; at least 1 if there is anything. Only drawn, so it need not be exact. */
function heights(bars) {
  const most = bars.reduce((top, { income }) => Math.max(top, Number(income)), 0);
  return bars.map(({ day, income }) => ({ day, height: income === '0' ? 0 : Math.max(1, Math.round((Number(income) / most) * BAR_HEIGHT)) }));
}

function shown(wallet, number) {
  const { points, share_value, locked } = wallet.balance;
  const { past, price, isYoung } = wallet;
  return Object.assign({}, wallet, {
    points: number(points), shareValue: number(share_value), locked: locked === '0' ? '' : number(locked),
    price: price && number(price),
    next: wallet.next && number(wallet.next), nextWorth: wallet.next && price && !isYoung ? worth(wallet.next, price) : '',
    pending: wallet.pending.map((row) => Object.assign({}, row, { id: `${row.due} ${row.kind}`, amount: number(row.amount) })),
    past: past && {
      bars: heights(past.bars).map((bar, at) => Object.assign(bar, { income: number(past.bars[at].income) })),
      month: past.month, monthSum: number(past.monthSum), yesterday: past.yesterday && number(past.yesterday),
      entries: past.entries.map((row) => ({ day: row.day, earned: number(row.earned), worth: isYoung ? '' : worth(row.earned, row.price) })),
    },
  });
}
