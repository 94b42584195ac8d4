const { yuanOf } = require('../../utils/money');
const { cancel, dismiss, notices, resume, waiting } = require('../../utils/outbox');
const { page } = require('../../utils/page');
const { deedOf, said, wordsOf } = require('../../utils/words');

/** What a command was about, in numbers. */
const about = ({ amount, points, concession }) => (amount ? `¥${yuanOf(amount)}` : points || (concession ? `¥${yuanOf(concession)}` : ''));

page('outbox', {
  data: { rows: [], refused: [] },
  load() {
    this.show();
  },
  show() {
    const line = (row) => Object.assign({}, row, { deed: deedOf(row.path), about: about(row.data) });
    const refused = notices().map((row) => Object.assign(line(row), { why: { zh: said('zh', row), en: said('en', row) } }));
    this.setData({ rows: waiting().map(line), refused });
    this.count();
  },
  sendNow() {
    return this.work(() => {
      const show = () => this.show();
      return resume().then(show, (failure) => {
        show();
        throw failure;
      });
    });
  },
  cancel({ currentTarget }) {
    const { key, tried } = currentTarget.dataset;
    const words = wordsOf(this.data.language);
    return this.sure(tried ? words.cancelTried : words.cancelNote).then((agrees) => {
      if (agrees) cancel(key);
      this.show();
    });
  },
  dismiss({ currentTarget }) {
    dismiss(currentTarget.dataset.key);
    this.show();
  },
});
