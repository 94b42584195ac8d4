const { get, post } = require('../../utils/api');
const { enrolmentIn, referrerIn } = require('../../utils/code');
const { land } = require('../../utils/landing');
const { openPage } = require('../../utils/page');
const { keepReferrer, referrer } = require('../../utils/referrer');
const { session, signIn } = require('../../utils/session');
const { keepShop } = require('../../utils/till');
const { said } = require('../../utils/words');

/** A code of `wx.login`. It works once, so each attempt gets a new one. */
const login = () => new Promise((resolve, reject) => {
  wx.login({ success: ({ code }) => (code ? resolve(code) : reject({ code: 'wx_login' })), fail: () => reject({ code: 'wx_login' }) });
});

openPage('signIn', {
  data: { offers: null, byCode: false, enrolment: '', name: '', referrer: '' },
  /** `ended`: a page found that nobody is signed in any more. The other options say who invited. */
  onLoad(options) {
    this.ended = Boolean(options.ended);
    const found = referrerIn(options);
    if (found) keepReferrer(found);
  },
  onShow() {
    if (session()) return land(session().member);
    this.setData({ referrer: referrer() });
    if (this.ended) this.fail({ status: 401 });
    return this.ask();
  },
  /** Only what this server offers is shown. */
  ask() {
    return get('/v1/session').then(({ ways, open_registration: registers }) => {
      const has = (way) => ways.indexOf(way) >= 0;
      this.setData({ offers: { wechat: has('wechat'), register: has('wechat') && registers, demo: has('demo') } });
    }, (failure) => this.fail(failure));
  },
  retry() {
    this.setData({ failure: '' });
    this.ended = false;
    return this.ask();
  },
  wechat() {
    return this.attempt({});
  },
  register() {
    const by = this.data.referrer;
    return this.attempt({ register: by ? { referrer: by } : {} });
  },
  withoutReferrer() {
    keepReferrer('');
    this.setData({ referrer: '' });
  },
  haveCode() {
    this.setData({ byCode: !this.data.byCode, failure: '' });
  },
  scan() {
    return this.camera().then((text) => text && this.setData({ enrolment: enrolmentIn(text) }));
  },
  enrol() {
    const enrolment = enrolmentIn(this.data.enrolment);
    return enrolment ? this.attempt({ enrolment }) : this.fail({ code: 'bad_enrolment' });
  },
  attempt(more) {
    this.setData({ failure: '', busy: true });
    return login().then((code) => post('/v1/sessions/wechat', Object.assign({ code }, more))).then(
      (opened) => this.signedIn(opened),
      (failure) => {
        this.setData({ busy: false });
        if (failure.code === 'account_bound') return this.confirmMove(failure, more);
        if (failure.code !== 'unknown_account') return this.fail(failure);
        const registers = this.data.offers && this.data.offers.register;
        this.setData({ byCode: true });
        return this.fail(registers ? { code: 'unknown_account_register' } : failure);
      },
    );
  },
  /** The account is another member's: only its user moves it. */
  confirmMove(failure, more) {
    return this.sure(said(this.data.language, failure)).then((confirms) => (confirms ? this.attempt(Object.assign({ rebind: true }, more)) : null));
  },
  enter() {
    this.setData({ failure: '' });
    return post('/v1/sessions/demo', { member: this.data.name.trim() }).then((opened) => this.signedIn(opened), (failure) => this.fail(failure));
  },
  /** Who has a shop lands at its counter. Without an answer the wallet finds out. */
  signedIn(opened) {
    signIn(opened);
    keepReferrer('');
    const { member } = opened;
    return get(`/v1/members/${member}`).then(({ account }) => keepShop(member, account.shop), () => {}).then(() => land(member));
  },
});
