// The pages' words, in both languages. The components bring their own.

const zh = {
  wallet: '钱包', calculator: '订单试算', statement: '积分明细', market: '积分市场', signIn: '登录', signOut: '退出', other: 'English',
  retry: '重试', loading: '加载中…', more: '更多', nothing: '暂无记录', member: '会员', merchant: '商家会员号', region: '收货地区（六位）',
  online: '线上', offline: '到店', open: '试算', wechat: '微信登录', enrolment: '开户码（首次登录）', demo: '演示登录（会员号）', enter: '进入',
  demoNote: '此服务器为演示：任何人可以任何会员身份进入。', welcome: '共享购', welcomeNote: '钱包自行计算，并与服务器核对。',
  offers: '挂单', sell: '出售', buy: '求购', take: '接单', points: '积分', price: '单价（元）', place: '挂单', trades: '我的成交', cancel: '撤销',
  pay: '我已付款', confirm: '我已收款', mine: '我的', done: '已完成', caution: '价值可能下跌；买卖款项在平台外支付。',
  states: { taken: '待付款', paid: '已付款', confirmed: '已完成', cancelled: '已撤销' },
  rules: {
    release: '每日释放', share_online: '线上分享', share_offline: '线下分享', merchant_share: '推荐门店', consumption: '消费', sale: '销售', service: '服务团队',
    area: '区域', concession: '让利', burn: '销毁', refund: '退款', transfer: '转让', redemption: '兑换', offer: '挂单', trade: '成交', pack: '礼包',
    activation: '激活', sign_up: '注册', sign_up_referrer: '推荐激活', treasury: '平台',
  },
  assets: { points: '积分', share_value: '共享值', locked: '锁定' },
  codes: {
    unreachable: '网络不通，请稍后再试', unauthorized: '登录已过期，请重新登录', forbidden: '无权查看', unknown_member: '没有此会员', failed: '服务器出错，请稍后再试',
    unknown_account: '此微信尚未绑定会员，请填写开户码', bad_enrolment: '开户码无效或已使用', sign_in_off: '此服务器未开通微信登录', bad_code: '微信登录失效，请再试',
    account_at_risk: '微信暂不允许此账号登录', points_short: '积分不足', price_outside_band: '单价偏离当日价格过多', same_member: '不能与自己交易',
    self_dealing: '不能与自己交易', bad_event: '请检查输入', bad_query: '请检查输入', offer_short: '挂单剩余不足', offer_closed: '挂单已撤销', not_found: '没有找到',
    rate_limited: '操作过于频繁，请稍后再试', wx_login: '微信登录失败',
  },
};

const en = {
  wallet: 'Wallet', calculator: 'Preview an order', statement: 'Statement', market: 'Market', signIn: 'Sign in', signOut: 'Sign out', other: '中文',
  retry: 'Try again', loading: 'Loading …', more: 'More', nothing: 'Nothing yet', member: 'Member', merchant: 'Merchant’s member id',
  region: 'Delivery region (six digits)', online: 'Online', offline: 'In the shop', open: 'Preview', wechat: 'Sign in with WeChat',
  enrolment: 'Enrolment code (first time)', demo: 'Demo: as member', enter: 'Enter', demoNote: 'A demo server: anybody enters as any member.',
  welcome: 'Gongxiang', welcomeNote: 'The wallet computes by itself, and checks the server.', offers: 'Offers', sell: 'Sell', buy: 'Buy', take: 'Take',
  points: 'Points', price: 'Price each, yuan', place: 'Place the offer', trades: 'My trades', cancel: 'Cancel', pay: 'I have paid',
  confirm: 'Money has arrived', mine: 'mine', done: 'Done', caution: 'The value can fall. Money for trades is paid outside.',
  states: { taken: 'to be paid', paid: 'paid', confirmed: 'done', cancelled: 'cancelled' },
  rules: {
    release: 'Daily release', share_online: 'Shared online', share_offline: 'Shared in the shop', merchant_share: 'Merchant brought',
    consumption: 'Purchase', sale: 'Sale', service: 'Service team', area: 'Area', concession: 'Concession', burn: 'Burned', refund: 'Refund',
    transfer: 'Transfer', redemption: 'Redemption', offer: 'Offer', trade: 'Trade', pack: 'Pack', activation: 'Activation', sign_up: 'Sign-up',
    sign_up_referrer: 'A recommended member activated', treasury: 'Platform',
  },
  assets: { points: 'points', share_value: 'share value', locked: 'locked' },
  codes: {
    unreachable: 'No network; try again', unauthorized: 'Your session has ended; sign in again', forbidden: 'Not yours to see',
    unknown_member: 'No such member', failed: 'The server failed; try again in a while',
    unknown_account: 'This WeChat account is no member’s yet: enter your enrolment code', bad_enrolment: 'This enrolment code is none, or was used',
    sign_in_off: 'This server has no WeChat sign-in', bad_code: 'WeChat’s code has ended; try again',
    account_at_risk: 'WeChat does not let this account sign in now', points_short: 'Too few points',
    price_outside_band: 'Too far from the price of the day', same_member: 'Nobody trades with themselves', self_dealing: 'Nobody trades with themselves',
    bad_event: 'Check what you typed', bad_query: 'Check what you typed', offer_short: 'The offer has fewer points left',
    offer_closed: 'The offer was cancelled', not_found: 'Not found', rate_limited: 'Too many requests; wait a little', wx_login: 'WeChat did not sign in',
  },
};

const words = { zh, en };

const wordsOf = (language) => words[language] || zh;

/** A failure in words; one without is shown by its code. */
function said(language, failure) {
  const code = (failure && failure.code) || 'failed';
  return wordsOf(language).codes[code] || code;
}

/** Phrases of formulas, longest first where one is part of another. */
const phrases = [
  ['gift for signing up, until the first pack', '注册赠送，首个礼包前锁定'], ['sold or given by the platform', '平台出售或发放'],
  ['unlocked by the first pack', '首个礼包解锁'], ['refund before vesting of', '到账前退款'], ['points per unit', '积分/份'],
  ["the day's release", '当日释放'], ['released until', '累计释放至'], ['cancelled offer', '撤销挂单'], ['cancelled trade', '取消成交'],
  ['activation of', '激活会员'], ['refund of', '退款'], ['order points', '订单积分'], ['pack price', '礼包价'], ['buyer’s share value', '买家所得共享值'],
  ['concession', '让利额'], ['transferred', '转让'], ['redeemed', '兑换'], ['rewards', '奖励'], ['units', '份额'], ['price', '价格'],
  ['offer', '挂单'], ['trade', '成交'],
];

/** Why something moved, in Chinese. What is about an offer, a trade, an order or a member ends in its id, which may look like any word. */
function reasonInChinese(formula) {
  const [, text, id] = /^(.*?(?:activation of |offer |trade |refund of |vesting of ))(.*)$/.exec(formula) || ['', formula, ''];
  return phrases.reduce((said, [english, chinese]) => said.split(english).join(chinese), text) + id;
}

module.exports = { reasonInChinese, said, wordsOf };
