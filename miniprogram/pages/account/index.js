const { get, request } = require('../../utils/api');
const { page } = require('../../utils/page');
const { forget } = require('../../utils/session');
const { moment } = require('../../utils/time');
const { keepNumber, keepShop } = require('../../utils/till');

page('account', {
  data: { profile: null, sessions: [], shop: '', isPartner: false, naming: false, name: '' },
  load(member) {
    return Promise.all([get(`/v1/members/${member}/profile`), get('/v1/access'), get(`/v1/members/${member}`)]).then(([profile, access, now]) => {
      keepNumber(member, profile.number);
      keepShop(member, now.account.shop);
      const sessions = access.sessions.map((row) => Object.assign({}, row, { seen: moment(row.seen) }));
      this.setData({ profile, sessions, shop: now.account.shop || '', isPartner: Boolean(now.account.city) });
    });
  },
  changeName() {
    this.setData({ naming: true, name: this.data.profile.profile.name || '' });
  },
  /** The server replaces the whole profile, so all of it is sent. An empty field erases the name. */
  saveName() {
    const { member, name, profile } = this.data;
    const renamed = Object.assign({}, profile.profile, { name: name.trim() });
    if (!renamed.name) delete renamed.name;
    return this.work(() => request('PUT', `/v1/members/${member}/profile`, renamed).then(() => {
      this.setData({ naming: false });
      return this.load(member);
    }));
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
