const { get, request } = require('../../utils/api');
const { page } = require('../../utils/page');
const { forget } = require('../../utils/session');
const { moment } = require('../../utils/time');
const { keepNumber, keepShop } = require('../../utils/till');

page('account', {
  data: { profile: null, sessions: [], shop: '', isPartner: false, name: '' },
  load(member) {
    return Promise.all([get(`/v1/members/${member}/profile`), get('/v1/access'), get(`/v1/members/${member}`)]).then(([profile, access, now]) => {
      keepNumber(member, profile.number);
      keepShop(member, now.account.shop);
      const sessions = access.sessions.map((row) => Object.assign({}, row, { seen: moment(row.seen) }));
      this.setData({ profile, sessions, shop: now.account.shop || '', isPartner: Boolean(now.account.city) });
    });
  },
  /** A member without a profile has no number; its first name brings one. */
  saveName() {
    const { member, name } = this.data;
    return this.work(() => request('PUT', `/v1/members/${member}/profile`, { name: name.trim() }).then(() => this.load(member)));
  },
  endSession({ currentTarget }) {
    const { id } = currentTarget.dataset;
    return this.work(() => request('DELETE', `/v1/access/sessions/${id}`).then(() => this.load(this.data.member)));
  },
  endOthers() {
    return this.work(() => request('DELETE', '/v1/access/sessions').then(() => this.load(this.data.member)));
  },
  /** What waits stays on the phone, for the next session of its member. */
  signOut() {
    const { waits, words } = this.data;
    const agreed = waits ? this.sure(words.signOutWaits) : Promise.resolve(true);
    return agreed.then((agrees) => {
      if (!agrees) return null;
      const leave = () => {
        forget();
        wx.reLaunch({ url: '/pages/sign-in/index' });
      };
      // The phone forgets the session even if the server does not answer.
      return request('DELETE', '/v1/session').then(leave, leave);
    });
  },
});
