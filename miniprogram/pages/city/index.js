// The city of an area partner: until when its right holds, and what was bought there.
const { get } = require('../../utils/api');
const { cents, share, yuanOf } = require('../../utils/money');
const { namesOf } = require('../../utils/names');
const { page } = require('../../utils/page');

/** A right that lapses within so many days is a warning. */
const SOON = 5;
const DAY = 86400000;
const DAYS_SHOWN = 14;

const isSoon = (today, until) => (Date.parse(until) - Date.parse(today)) / DAY <= SOON;

page('city', {
  data: { city: null, isNone: false },
  load(member) {
    return Promise.all([get(`/v1/members/${member}/city`), get('/v1/supply')]).then(([city, { day: today }]) => (
      namesOf(city.shops.map(({ shop }) => shop)).then((names) => this.showCity(city, today, names))
    ), (failure) => {
      if (failure.status !== 404) throw failure;
      this.setData({ isNone: true });
    });
  },
  showCity({ city, until, eligible, days, month, shops }, today, names) {
    const lately = days.slice(-DAYS_SHOWN);
    const most = lately.reduce((top, { concession }) => Math.max(top, cents(concession)), 0);
    this.setData({
      city: {
        code: city, until, eligible, month, isSoon: Boolean(eligible && until && isSoon(today, until)),
        days: lately.map((row) => Object.assign({ bar: most ? share(100, cents(row.concession), most) : 0, sum: yuanOf(row.concession) }, row)),
        shops: shops.map((row) => Object.assign({ name: names[row.shop].shop, sum: yuanOf(row.concession) }, row)),
      },
    });
  },
});
