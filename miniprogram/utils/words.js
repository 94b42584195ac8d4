// The pages' words in both languages: those of the catalogue, which `cargo xtask build` writes, and the pages' own. The components have theirs.
const catalogue = require('./catalogue');

/** The catalogue's words that templates show. */
const shared = ({ assets, rules }) => ({ assets, rules });

const zh = Object.assign(shared(catalogue.zh), {
  wallet: '钱包', calculator: '订单试算', statement: '积分明细', market: '积分市场', signIn: '登录', signOut: '退出', other: 'English',
  retry: '重试', loading: '加载中…', more: '更多', nothing: '暂无记录', member: '会员', merchant: '商家会员编号', region: '收货地区（六位）',
  online: '线上', offline: '到店', open: '试算', wechat: '微信登录', enrolment: '开户码（首次登录）', demo: '演示登录（会员编号）', enter: '登录',
  demoNote: '演示环境：可选择任一会员登录。', welcome: '共享购', welcomeNote: '余额由本机计算，并与服务器核对。',
  offers: '挂单', sell: '出售', buy: '求购', take: '接单', points: '积分', price: '单价（元）', place: '挂单', trades: '我的交易', cancel: '撤单',
  pay: '我已付款', confirm: '我已收款', mine: '我的', done: '已完成', caution: '积分价值可能下跌。款项由买卖双方线下支付。',
  states: { taken: '待付款', paid: '已付款', confirmed: '已完成', cancelled: '已取消' },
  codes: {
    unreachable: '网络不通，请稍后再试', failed: '服务器出错，请稍后再试', pending: '暂未收到结果。请稍后返回此页查看，不会重复提交', wx_login: '微信登录失败',
    old_wechat: '微信版本过低，请升级后重试',
    account_bound: '此微信账号已绑定另一位会员。确定换绑到此开户码的会员吗？若开户码是他人发给您的，请取消',
    unauthorized: '登录已过期，请重新登录', bad_event: '请检查输入', bad_query: '请检查输入',
  },
});

const en = Object.assign(shared(catalogue.en), {
  wallet: 'Wallet', calculator: 'Preview an order', statement: 'Statement', market: 'Market', signIn: 'Sign in', signOut: 'Sign out', other: '中文',
  retry: 'Try again', loading: 'Loading …', more: 'More', nothing: 'Nothing yet', member: 'Member', merchant: 'Merchant’s member ID',
  region: 'Delivery region (six digits)', online: 'Online', offline: 'In the shop', open: 'Preview', wechat: 'Sign in with WeChat',
  enrolment: 'Enrolment code (first time)', demo: 'Demo sign-in (member ID)', enter: 'Sign in', demoNote: 'This is a demo. Sign in as any member.',
  welcome: 'Gongxiang', welcomeNote: 'Your balance is calculated on this phone and checked against the server.', offers: 'Offers', sell: 'Sell', buy: 'Buy', take: 'Take',
  points: 'Points', price: 'Price per point (yuan)', place: 'Place the offer', trades: 'My trades', cancel: 'Cancel', pay: 'I have paid',
  confirm: 'Payment received', mine: 'mine', done: 'Done', caution: 'The value of points can fall. Buyers pay sellers outside the app.',
  states: { taken: 'awaiting payment', paid: 'paid', confirmed: 'done', cancelled: 'cancelled' },
  codes: {
    unreachable: 'No network. Try again.', failed: 'Something went wrong. Try again later.',
    pending: 'No result yet. Come back to this page later. Nothing is submitted twice.',
    wx_login: 'WeChat sign-in failed', old_wechat: 'Update WeChat, then try again',
    unauthorized: 'Your session has expired. Sign in again.', bad_event: 'Check what you typed', bad_query: 'Check what you typed',
    unknown_account: 'This WeChat account belongs to no member yet: enter your enrolment code', bad_code: 'The WeChat sign-in has expired. Try again.',
    account_bound: 'This WeChat account belongs to another member. Move it to the member of this code? If somebody else sent you the code, cancel.',
    account_at_risk: 'WeChat does not let this account sign in now',
  },
});

const words = { zh, en };

const wordsOf = (language) => words[language] || zh;

const capital = (text) => text[0].toUpperCase() + text.slice(1).replace(/`/g, '');

/** A failure in words; its code if there are none. */
function said(language, failure) {
  const code = (failure && failure.code) || 'failed';
  const own = wordsOf(language).codes;
  const { codes, failures } = catalogue[language] || catalogue.zh;
  const word = codes[code] || failures[code];
  return own[code] || (word ? capital(word) : code);
}

/** The reason of a posting. If the catalogue has no template, the reason comes from a newer server, which says it in English. */
function reasonIn(language, { why, reason }) {
  const template = catalogue[language].reasons[why.of];
  return template ? template.replace(/\{(\w+)\}/g, (all, name) => why[name]) : reason || why.of;
}

module.exports = { reasonIn, said, wordsOf };
