const { get } = require('../../utils/api');
const { page } = require('../../utils/page');
const { reasonIn } = require('../../utils/words');

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
    const from = cursor ? `&before=${encodeURIComponent(cursor)}` : '';
    return get(`/v1/members/${member}/statement?limit=${PER_PAGE}${from}`).then(({ postings, next }) => {
      const lines = postings.map((posting) => {
        const { place, line, day, receiver, asset, amount, rule } = posting;
        return {
          key: `${place}-${line}`, day, amount, asset, rule, gets: receiver === `member ${member}`,
          reason: { zh: reasonIn('zh', posting), en: reasonIn('en', posting) },
        };
      });
      this.setData({ postings: before.concat(lines), next });
    });
  },
});
