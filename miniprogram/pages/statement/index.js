const { get } = require('../../utils/api');
const { page } = require('../../utils/page');

const PER_PAGE = 20;

page('statement', {
  data: { postings: [], next: null },
  load(member) {
    return this.fetch(member, [], null);
  },
  more() {
    const { member, postings, next } = this.data;
    return this.work(() => this.fetch(member, postings, next));
  },
  fetch(member, before, cursor) {
    const { words } = this.data;
    const from = cursor ? `&before=${encodeURIComponent(cursor)}` : '';
    return get(`/v1/members/${member}/statement?limit=${PER_PAGE}${from}`).then(({ postings, next }) => {
      const lines = postings.map(({ place, line, day, receiver, asset, amount, rule, reason }) => ({
        key: `${place}-${line}`, day, amount, reason, gets: receiver === `member ${member}`, asset: words.assets[asset] || asset,
        rule: words.rules[rule] || rule,
      }));
      this.setData({ postings: before.concat(lines), next });
    });
  },
});
