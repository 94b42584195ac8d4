// What all pages share: the language, the session, and one place for failures.
const { language, session, speak } = require('./session');
const { said, wordsOf } = require('./words');

/** A page for a signed-in member. `load()` is called whenever it is shown. */
function page(title, definition) {
  const { data, ...methods } = definition;
  Page(Object.assign({
    data: Object.assign({ words: wordsOf('zh'), language: 'zh', failure: '', busy: false }, data),
    onShow() {
      this.speakAgain();
      const signedIn = session();
      if (!signedIn) return wx.reLaunch({ url: '/pages/sign-in/index' });
      this.setData({ member: signedIn.member });
      return this.work(() => this.load(signedIn.member));
    },
    speakAgain() {
      const chosen = language();
      const words = wordsOf(chosen);
      this.setData({ language: chosen, words });
      wx.setNavigationBarTitle({ title: words[title] });
    },
    otherLanguage() {
      speak(this.data.language === 'en' ? 'zh' : 'en');
      this.speakAgain();
    },
    /** Runs a task, and shows its failure. */
    work(task) {
      this.setData({ busy: true, failure: '' });
      return Promise.resolve().then(task).then(() => this.setData({ busy: false }), (failure) => {
        this.setData({ busy: false, failure: said(this.data.language, failure) });
        if (failure && failure.status === 401) wx.reLaunch({ url: '/pages/sign-in/index' });
      });
    },
    retry() {
      return this.onShow();
    },
    typed({ currentTarget, detail }) {
      this.setData({ [currentTarget.dataset.field]: detail.value });
    },
  }, methods));
}

module.exports = { page };
