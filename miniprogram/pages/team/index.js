// A member's team: its role and the next one, how many are at each level, what they bought by month, and whom the member brought.
const { get } = require('../../utils/api');
const { cents, share, yuan, yuanOf } = require('../../utils/money');
const { namesOf } = require('../../utils/names');
const { page } = require('../../utils/page');

const PER_PAGE = 50;
const MONTHS = 6;

/** The server tells this many levels apart; the last stands for all below it. */
const LAST_LEVEL = 10;

/** The length of a bar in percent of the longest; at least 1 if there is anything. */
const barOf = (amount, most) => (amount ? share(100, amount, most) : 0);

/** A rate as a percentage: whole numbers only. */
const percent = (rate) => {
  const [whole, part = ''] = rate.split('.');
  const digits = `${part}00`;
  const rest = digits.slice(2).replace(/0+$/, '');
  return `${Number(whole + digits.slice(0, 2))}${rest && `.${rest}`}%`;
};

const termsOf = (terms, words) => terms && {
  name: words.roles[terms.role] || terms.role, online: percent(terms.share_value_rate), offline: percent(terms.points_rate),
};

page('team', {
  data: { team: null, members: [], after: '' },
  load(member) {
    return Promise.all([get(`/v1/members/${member}/team`).then((team) => this.showTeam(team)), this.fetch(member, [], '')]);
  },
  showTeam({ role, next, levels, months }) {
    const { words } = this.data;
    const most = levels.reduce((top, level) => Math.max(top, level.members), 0);
    const totals = months.slice(-MONTHS).map(({ month, levels: rows, share_value: shareValue, points }) => ({
      month, shareValue, points, turnover: rows.reduce((sum, { concession }) => sum + cents(concession), 0),
    }));
    const highest = totals.reduce((top, { turnover }) => Math.max(top, turnover), 0);
    this.setData({
      team: {
        role: termsOf(role, words), next: termsOf(next, words),
        count: levels.reduce((sum, level) => sum + level.members, 0),
        levels: levels.map((level) => Object.assign({ isLast: level.level === LAST_LEVEL, bar: barOf(level.members, most) }, level)),
        months: totals.map((row) => Object.assign({}, row, { bar: barOf(row.turnover, highest), turnover: yuanOf(yuan(row.turnover)) })),
      },
    });
  },
  more() {
    const { member, members, after } = this.data;
    return this.work(() => this.fetch(member, members, `&after=${after}`));
  },
  fetch(member, known, from) {
    return get(`/v1/members/${member}/team/members?limit=${PER_PAGE}${from}`).then(({ members: rows }) => namesOf(rows.map((row) => row.member)).then((names) => {
      const named = rows.map((row) => Object.assign({ name: names[row.member].person }, row));
      this.setData({ members: known.concat(named), after: rows.length === PER_PAGE ? rows[rows.length - 1].member : '' });
    }));
  },
});
