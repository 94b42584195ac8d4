const { forgetDays, request, snapshot } = require('../../utils/api');
const { page } = require('../../utils/page');
const { forget } = require('../../utils/session');

page('wallet', {
  load(member) {
    const card = this.selectComponent('#card');
    this.doubted = false;
    return snapshot(member).then((known) => card.show(known));
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
  signOut() {
    const leave = () => {
      forget();
      wx.reLaunch({ url: '/pages/sign-in/index' });
    };
    // The phone forgets the session even if the server does not answer.
    request('DELETE', '/v1/session').then(leave, leave);
  },
});
