const { get } = require('../../utils/api');
const { namesOf } = require('../../utils/names');
const { lineOf } = require('../../utils/orders');
const { page } = require('../../utils/page');

const PER_PAGE = 20;

page('orders', {
  data: { orders: [], next: null },
  load(member) {
    return this.fetch(member, [], null);
  },
  more() {
    const { member, orders, next } = this.data;
    return this.work(() => this.fetch(member, orders, next));
  },
  fetch(member, before, cursor) {
    const from = cursor === null ? '' : `&before=${cursor}`;
    return get(`/v1/members/${member}/orders?limit=${PER_PAGE}${from}`).then(({ rows, next }) => namesOf(rows.map(({ merchant }) => merchant)).then((names) => {
      this.setData({ orders: before.concat(rows.map((row) => lineOf(row, names[row.merchant].shop))), next });
    }));
  },
});
