// Handing out goods at the counter: a voucher's code is looked up, and used once. It needs the server, so nothing of it waits in the outbox.
const { post, request } = require('../../utils/api');
const { yuanOf } = require('../../utils/money');
const { newKey } = require('../../utils/outbox');
const { page } = require('../../utils/page');

const START = { code: '', piece: null, key: '', isDone: false };

page('handOut', {
  data: Object.assign({}, START),
  load() {},
  scan() {
    return this.camera().then((text) => {
      if (!text) return null;
      this.setData({ code: text });
      return this.check();
    });
  },
  /** What the code is good for, and what is to be taken for it. */
  check() {
    const code = this.data.code.trim();
    if (!code) return null;
    this.setData({ piece: null });
    return this.work(() => post('/v1/voucher-codes/check', { code }).then((found) => newKey().then((key) => {
      this.setData({ key, piece: Object.assign({ isPaid: found.money !== '0', sum: yuanOf(found.money) }, found) });
    })));
  },
  /** Repeated after a lost answer, it has the same key, and so the same outcome. */
  handOut() {
    const { code, key, member } = this.data;
    return this.work(() => request('POST', '/v1/voucher-codes/hand-out', { code: code.trim() }, { 'Idempotency-Key': key, 'gongxiang-member': member })
      .then(() => this.setData({ isDone: true })));
  },
  next() {
    this.setData(Object.assign({ failure: '' }, START));
  },
});
