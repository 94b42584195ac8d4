// The session and the language. Both survive a restart. The token is sent to the settlement server only.

const KEY = 'gongxiang.session';
const LANGUAGE = 'gongxiang.language';

function session() {
  return wx.getStorageSync(KEY) || null;
}

function signIn({ member, token }) {
  wx.setStorageSync(KEY, { member, token });
}

function forget() {
  wx.removeStorageSync(KEY);
}

function language() {
  const chosen = wx.getStorageSync(LANGUAGE);
  if (chosen) return chosen;
  const { language: system } = wx.getSystemInfoSync();
  return /^en/i.test(system) ? 'en' : 'zh';
}

function speak(chosen) {
  wx.setStorageSync(LANGUAGE, chosen);
}

module.exports = { forget, language, session, signIn, speak };
