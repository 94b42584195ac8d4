// What all pages share: the language, the session, the place for failures, and what waits to be sent.
const { starts } = require('./landing');
const { brief } = require('./names');
const { isOpen, note, notices, resume, send, waiting } = require('./outbox');
const { language, session, speak } = require('./session');
const { said, wordsOf } = require('./words');

/** The tabs of app.json, whose words are Chinese there. */
const TABS = ['wallet', 'tabPreview', 'tabStatement', 'tabMarket', 'account'];

/** What every page knows and does, a signed-in member's or not. */
const SPEAKS = {
  speakAgain(title) {
    const chosen = language();
    const words = wordsOf(chosen);
    this.setData({ language: chosen, words, title });
    wx.setNavigationBarTitle({ title: words[title] });
    // Only a page with tabs can set them; on others this does nothing.
    TABS.forEach((name, index) => wx.setTabBarItem({ index, text: words[name], fail() {} }));
  },
  otherLanguage() {
    speak(this.data.language === 'en' ? 'zh' : 'en');
    this.speakAgain(this.data.title);
  },
  typed({ currentTarget, detail }) {
    this.setData({ [currentTarget.dataset.field]: detail.value });
  },
  /** Shows a failure. */
  fail(failure) {
    this.setData({ failure: said(this.data.language, failure) });
  },
  /** Asks before something is done. */
  sure(content) {
    return new Promise((resolve) => {
      wx.showModal({ content, success: ({ confirm }) => resolve(confirm), fail: () => resolve(false) });
    });
  },
  /** Opens the camera, and returns what a code says; nothing if the user closes it. */
  camera() {
    return new Promise((resolve) => {
      const fail = ({ errMsg = '' }) => {
        if (!/cancel/.test(errMsg)) this.fail({ code: 'no_camera' });
        resolve('');
      };
      wx.scanCode({ success: ({ result }) => resolve(result), fail });
    });
  },
  copy({ currentTarget }) {
    wx.setClipboardData({ data: currentTarget.dataset.text });
  },
  open({ currentTarget }) {
    wx.navigateTo({ url: currentTarget.dataset.url });
  },
};

const START = { words: wordsOf('zh'), language: 'zh', failure: '', busy: false };

/** A page that needs no member. */
function openPage(title, definition) {
  const { data, onShow, ...methods } = definition;
  Page(Object.assign({ data: Object.assign({ title }, START, data) }, SPEAKS, {
    onShow() {
      starts();
      this.speakAgain(title);
      return onShow.call(this);
    },
  }, methods));
}

/** A page for a signed-in member. `load()` is called whenever it is shown, and again when something that waited was settled;
 * `left()` when it is no longer shown. If the app starts with it, `start()` may open another page, and says so. */
function page(title, definition) {
  const { data, ...methods } = definition;
  Page(Object.assign({
    data: Object.assign({ title, member: '', short: '', waits: 0, refusals: 0 }, START, data),
  }, SPEAKS, {
    onShow() {
      this.away = false;
      const isFirst = starts();
      this.speakAgain(title);
      const signedIn = session();
      if (!signedIn) return wx.reLaunch({ url: '/pages/sign-in/index' });
      const { member } = signedIn;
      this.setData({ member, short: brief(member) });
      if (isFirst && this.start && this.start(member)) return Promise.resolve();
      this.count();
      if (waiting().length) this.sendOn(member);
      return this.work(() => this.load(member));
    },
    /** Sends what waits, and loads again if that changed something. */
    sendOn(member) {
      resume().catch(() => 0).then((count) => {
        this.count();
        if (count && !this.away) this.work(() => this.load(member));
      });
    },
    onHide() {
      this.away = true;
      if (this.left) this.left();
    },
    onUnload() {
      this.away = true;
      if (this.left) this.left();
    },
    /** Says what waits, and what was refused. */
    count() {
      this.setData({ waits: waiting().length, refusals: notices().length });
    },
    /** Runs a task, and shows its failure. */
    work(task) {
      this.setData({ busy: true, failure: '' });
      return Promise.resolve().then(task).then(() => this.setData({ busy: false }), (failure) => {
        this.setData({ busy: false });
        this.fail(failure);
        if (failure && failure.status === 401) wx.reLaunch({ url: '/pages/sign-in/index?ended=1' });
      });
    },
    /** Gives a command and returns its receipt. Its refusal becomes a notice if this page is no longer shown. */
    give(path, data) {
      const { member } = this.data;
      const answer = send(path, data);
      this.count();
      return answer.then((receipt) => {
        this.count();
        return receipt;
      }, (failure) => {
        if (this.away && !isOpen(failure) && failure.code !== 'cancelled') note({ key: `${Date.now()}`, member, path, data }, failure);
        this.count();
        throw failure;
      });
    },
    retry() {
      return this.onShow();
    },
  }, methods));
}

module.exports = { openPage, page };
