const { forgetDays, request, snapshot } = require('../../utils/api');
const { page } = require('../../utils/page');
const { forget } = require('../../utils/session');

page('wallet', {
  load(member) {
    const card = this.selectComponent('#card');
    this.doubted = false;
    return snapshot(member).then((known) => card.show(known));
  },
  /** Before the server is doubted: it may have begun anew, with other days than those that are kept. */
  checked({ detail }) {
    if (detail.equal || this.doubted) return;
    this.doubted = true;
    forgetDays();
    this.work(() => snapshot(detail.member).then((known) => this.selectComponent('#card').show(known)));
  },
  onPullDownRefresh() {
    this.onShow().then(() => wx.stopPullDownRefresh());
  },
  signOut() {
    const leave = () => {
      forget();
      wx.reLaunch({ url: '/pages/sign-in/index' });
    };
    // Whether or not the server hears of it, the phone forgets the session.
    request('DELETE', '/v1/session').then(leave, leave);
  },
});
