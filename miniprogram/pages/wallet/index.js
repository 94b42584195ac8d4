const { forgetPast, get, snapshot } = require('../../utils/api');
const { toCounter } = require('../../utils/landing');
const { yuanOf } = require('../../utils/money');
const { ownPacks, packsOnOffer } = require('../../utils/packs');
const { page } = require('../../utils/page');
const { keepShop } = require('../../utils/till');
const { noticeOf, tradeOf } = require('../../utils/trades');

/** What the member's living trades ask of it now, as keys of `tradeNotices`. Without an answer there is nothing. */
function noticesOf(member) {
  return get(`/v1/members/${member}/trades?limit=20`).then(({ trades }) => (
    trades.map((row) => noticeOf(tradeOf(row, member, {}, 0))).filter((notice) => notice)
  ), () => []);
}

page('wallet', {
  data: { trades: [], packs: [], onOffer: [] },
  /** Who has a shop begins at its counter. */
  start: toCounter,
  load(member) {
    this.doubted = false;
    return Promise.all([this.fetch(member), noticesOf(member).then((trades) => this.setData({ trades }))]);
  },
  fetch(member) {
    return snapshot(member).then((known) => {
      const { account } = known.member;
      keepShop(member, account.shop);
      const onOffer = account.activated ? [] : packsOnOffer(known).map((pack) => Object.assign(pack, { price: yuanOf(pack.price) }));
      this.setData({ packs: ownPacks(known), onOffer });
      return this.selectComponent('#card').show(known);
    });
  },
  market() {
    wx.switchTab({ url: '/pages/market/index' });
  },
  checked({ detail }) {
    if (!detail.equal) this.doubt();
  },
  /** Answers that contradict each other: what is stored belongs to another book, or the account moved between them. */
  failed({ detail }) {
    if (detail.code === 'out_of_range') this.doubt();
  },
  /** If the figures differ or cannot be computed, asks once more without what is stored: the server may have started over. */
  doubt() {
    if (this.doubted) return;
    this.doubted = true;
    forgetPast();
    this.work(() => this.fetch(this.data.member));
  },
  onPullDownRefresh() {
    this.onShow().then(() => wx.stopPullDownRefresh());
  },
});
