// Notices (通知): how many messages WeChat may still send, and what the member was told.
const { get, post, request } = require('../../utils/api');
const { page } = require('../../utils/page');
const { moment } = require('../../utils/time');

/** What a notice is about, in the order in which it is shown. */
const AMOUNTS = ['share_value', 'points', 'worth', 'until'];

const amounts = (about) => AMOUNTS.filter((name) => about[name] && about[name] !== '0').map((name) => ({ name, value: about[name] }));

/** Asks the user for one message. WeChat shows its question on a tap only. */
const consented = (template) => new Promise((resolve) => {
  wx.requestSubscribeMessage({
    tmplIds: [template], success: (answer) => resolve(answer[template] === 'accept'), fail: () => resolve(false),
  });
});

const code = () => new Promise((resolve, reject) => {
  wx.login({ success: (answer) => resolve(answer.code), fail: () => reject({ code: 'wx_login' }) });
});

page('notices', {
  data: { kinds: [], choices: [], template: '', mine: null, notices: [] },
  load(member) {
    const answers = [get('/v1/notices'), get(`/v1/members/${member}/subscriptions`), get(`/v1/members/${member}/notices?limit=50`)];
    return Promise.all(answers).then(([{ kinds, wechat_template: template }, { subscriptions }, { notices }]) => {
      const mine = subscriptions.filter(({ channel }) => channel === 'wechat')[0] || null;
      this.setData({
        kinds, template: template || '', mine,
        // Templates call no functions.
        choices: mine ? kinds.map((kind) => ({ kind, chosen: mine.kinds.indexOf(kind) >= 0 })) : [],
        notices: notices.map((row) => Object.assign({}, row, { when: moment(row.at), amounts: amounts(row.about) })),
      });
    });
  },
  consent() {
    return consented(this.data.template).then((agreed) => {
      if (!agreed) return this.fail({ code: 'no_consent' });
      const { mine, member, kinds, language } = this.data;
      const counted = () => (mine ? post(`/v1/subscriptions/${mine.subscription}/consents`) : code().then((signIn) => (
        post(`/v1/members/${member}/subscriptions`, { channel: 'wechat', kinds, language, code: signIn, consent: true }))));
      return this.work(() => counted().then(() => this.load(member)));
    });
  },
  /** Adds a kind, or takes it away. Without any the subscription ends. */
  choose({ currentTarget }) {
    const { kind } = currentTarget.dataset;
    const { mine, member, language } = this.data;
    const others = mine.kinds.filter((chosen) => chosen !== kind);
    const kinds = others.length < mine.kinds.length ? others : mine.kinds.concat(kind);
    if (!kinds.length) return this.end();
    return this.work(() => request('PUT', `/v1/subscriptions/${mine.subscription}`, { kinds, language }).then(() => this.load(member)));
  },
  end() {
    const { mine, member } = this.data;
    return this.work(() => request('DELETE', `/v1/subscriptions/${mine.subscription}`).then(() => this.load(member)));
  },
});
