const { get, post } = require('../../utils/api');
const { language, signIn, speak } = require('../../utils/session');
const { said, wordsOf } = require('../../utils/words');

Page({
  data: { words: wordsOf('zh'), language: 'zh', failure: '', demo: false, enrols: false, enrolment: '', name: '' },
  onShow() {
    this.speakAgain();
    // The server says whether it is a demo, where anybody may sign in as any member.
    return get('/v1/session').then(({ demo }) => this.setData({ demo }), (failure) => this.fail(failure));
  },
  speakAgain() {
    const chosen = language();
    this.setData({ language: chosen, words: wordsOf(chosen) });
    wx.setNavigationBarTitle({ title: wordsOf(chosen).signIn });
  },
  otherLanguage() {
    speak(this.data.language === 'en' ? 'zh' : 'en');
    this.speakAgain();
  },
  typed({ currentTarget, detail }) {
    this.setData({ [currentTarget.dataset.field]: detail.value });
  },
  /** A WeChat code works once, so each attempt gets a new one. */
  wechat() {
    this.setData({ failure: '' });
    return this.enrol({});
  },
  enrol(more) {
    const enrolment = this.data.enrolment.trim();
    return new Promise((resolve, reject) => {
      wx.login({ success: ({ code }) => (code ? resolve(code) : reject({ code: 'wx_login' })), fail: () => reject({ code: 'wx_login' }) });
    }).then((code) => post('/v1/sessions/wechat', enrolment ? { code, enrolment, ...more } : { code })).then(
      (session) => this.signedIn(session),
      (failure) => {
        if (failure.code === 'account_bound') return this.confirmMove(failure);
        if (failure.code === 'unknown_account') this.setData({ enrols: true });
        return this.fail(failure);
      },
    );
  },
  /** The account is another member's: only its user moves it. */
  confirmMove(failure) {
    const content = said(this.data.language, failure);
    return new Promise((resolve) => {
      wx.showModal({ content, success: ({ confirm }) => resolve(confirm), fail: () => resolve(false) });
    }).then((confirm) => (confirm ? this.enrol({ rebind: true }) : null));
  },
  enter() {
    this.setData({ failure: '' });
    return post('/v1/sessions/demo', { member: this.data.name.trim() }).then((session) => this.signedIn(session), (failure) => this.fail(failure));
  },
  signedIn(session) {
    signIn(session);
    wx.switchTab({ url: '/pages/wallet/index' });
  },
  fail(failure) {
    this.setData({ failure: said(this.data.language, failure) });
  },
});
