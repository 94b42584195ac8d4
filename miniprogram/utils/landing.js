// Where the app begins: who has a shop at its counter, and everybody else in the wallet.
const { shopOf } = require('./till');

const COUNTER = '/pages/counter/index';
const WALLET = '/pages/wallet/index';

let isFresh = true;

/** Whether no page was shown yet since the app started. */
function starts() {
  const was = isFresh;
  isFresh = false;
  return was;
}

/** Opens the member's first page after signing in. */
const land = (member) => (shopOf(member) ? wx.reLaunch({ url: COUNTER }) : wx.switchTab({ url: WALLET }));

/** Opens the counter above the wallet, so that the way back leads there. Returns whether the member has one. */
function toCounter(member) {
  const hasShop = Boolean(shopOf(member));
  if (hasShop) wx.navigateTo({ url: COUNTER });
  return hasShop;
}

module.exports = { WALLET, land, starts, toCounter };
