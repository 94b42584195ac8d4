const { forgetDays, get, snapshot } = require('../../utils/api');
const { page } = require('../../utils/page');
const { noticeOf, tradeOf } = require('../../utils/trades');

/** What the member's living trades ask of it now, as keys of `tradeNotices`. Without an answer there is nothing. */
function noticesOf(member) {
  return get(`/v1/members/${member}/trades?limit=20`).then(({ trades }) => (
    trades.map((row) => noticeOf(tradeOf(row, member, {}, 0))).filter((notice) => notice)
  ), () => []);
}

page('wallet', {
  data: { trades: [] },
  load(member) {
    const card = this.selectComponent('#card');
    this.doubted = false;
    return Promise.all([snapshot(member).then((known) => card.show(known)), noticesOf(member).then((trades) => this.setData({ trades }))]);
  },
  market() {
    wx.switchTab({ url: '/pages/market/index' });
  },
  /** If the figures differ, asks once more without the stored days: the server may have started over. */
  checked({ detail }) {
    if (detail.equal || this.doubted) return;
    this.doubted = true;
    forgetDays();
    this.work(() => snapshot(detail.member).then((known) => this.selectComponent('#card').show(known)));
  },
  onPullDownRefresh() {
    this.onShow().then(() => wx.stopPullDownRefresh());
  },
});
