// Who invited this phone's user, until a member is signed in.
const KEY = 'gongxiang.referrer';

const referrer = () => wx.getStorageSync(KEY) || '';

const keepReferrer = (member) => (member ? wx.setStorageSync(KEY, member) : wx.removeStorageSync(KEY));

module.exports = { keepReferrer, referrer };
