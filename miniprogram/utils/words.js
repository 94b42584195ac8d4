// The pages' words, in both languages: those of the catalogue (`cargo xtask build` writes it), and what only the pages say. The
// components bring their own.
const catalogue = require('./catalogue');

/** The catalogue's words that templates show. */
const shared = ({ assets, rules }) => ({ assets, rules });

const zh = Object.assign(shared(catalogue.zh), {
  wallet: '钱包', calculator: '订单试算', statement: '积分明细', market: '积分市场', signIn: '登录', signOut: '退出', other: 'English',
  retry: '重试', loading: '加载中…', more: '更多', nothing: '暂无记录', member: '会员', merchant: '商家会员号', region: '收货地区（六位）',
  online: '线上', offline: '到店', open: '试算', wechat: '微信登录', enrolment: '开户码（首次登录）', demo: '演示登录（会员号）', enter: '进入',
  demoNote: '此服务器为演示：任何人可以任何会员身份进入。', welcome: '共享购', welcomeNote: '钱包自行计算，并与服务器核对。',
  offers: '挂单', sell: '出售', buy: '求购', take: '接单', points: '积分', price: '单价（元）', place: '挂单', trades: '我的成交', cancel: '撤销',
  pay: '我已付款', confirm: '我已收款', mine: '我的', done: '已完成', caution: '价值可能下跌；买卖款项在平台外支付。',
  states: { taken: '待付款', paid: '已付款', confirmed: '已完成', cancelled: '已撤销' },
  codes: {
    unreachable: '网络不通，请稍后再试', failed: '服务器出错，请稍后再试', pending: '暂未收到结果。请稍后回到此页，系统会继续查询，不会重复提交', wx_login: '微信登录失败',
    old_wechat: '微信版本过低，请升级微信',
    unauthorized: '登录已过期，请重新登录', bad_event: '请检查输入', bad_query: '请检查输入',
  },
});

const en = Object.assign(shared(catalogue.en), {
  wallet: 'Wallet', calculator: 'Preview an order', statement: 'Statement', market: 'Market', signIn: 'Sign in', signOut: 'Sign out', other: '中文',
  retry: 'Try again', loading: 'Loading …', more: 'More', nothing: 'Nothing yet', member: 'Member', merchant: 'Merchant’s member id',
  region: 'Delivery region (six digits)', online: 'Online', offline: 'In the shop', open: 'Preview', wechat: 'Sign in with WeChat',
  enrolment: 'Enrolment code (first time)', demo: 'Demo: as member', enter: 'Enter', demoNote: 'A demo server: anybody enters as any member.',
  welcome: 'Gongxiang', welcomeNote: 'The wallet computes by itself, and checks the server.', offers: 'Offers', sell: 'Sell', buy: 'Buy', take: 'Take',
  points: 'Points', price: 'Price each, yuan', place: 'Place the offer', trades: 'My trades', cancel: 'Cancel', pay: 'I have paid',
  confirm: 'Money has arrived', mine: 'mine', done: 'Done', caution: 'The value can fall. Money for trades is paid outside.',
  states: { taken: 'to be paid', paid: 'paid', confirmed: 'done', cancelled: 'cancelled' },
  codes: {
    unreachable: 'No network; try again', failed: 'The server failed; try again in a while',
    pending: 'No result yet. Come back to this page later to see it; it will not be submitted twice.',
    wx_login: 'WeChat did not sign in', old_wechat: 'This WeChat is too old: update it',
    unauthorized: 'Your session has ended; sign in again', bad_event: 'Check what you typed', bad_query: 'Check what you typed',
    unknown_account: 'This WeChat account is no member’s yet: enter your enrolment code', bad_code: 'WeChat’s code has ended; try again',
    account_at_risk: 'WeChat does not let this account sign in now',
  },
});

const words = { zh, en };

const wordsOf = (language) => words[language] || zh;

const capital = (text) => text[0].toUpperCase() + text.slice(1).replace(/`/g, '');

/** A failure in words; one without is shown by its code. */
function said(language, failure) {
  const code = (failure && failure.code) || 'failed';
  const own = wordsOf(language).codes;
  const { codes, failures } = catalogue[language] || catalogue.zh;
  const word = codes[code] || failures[code];
  return own[code] || (word ? capital(word) : code);
}

/** Why something moved: its template, filled. A reason that is not in the catalogue is of a newer server, which says it in English. */
function reasonIn(language, { why, reason }) {
  const template = catalogue[language].reasons[why.of];
  return template ? template.replace(/\{(\w+)\}/g, (all, name) => why[name]) : reason || why.of;
}

module.exports = { reasonIn, said, wordsOf };
