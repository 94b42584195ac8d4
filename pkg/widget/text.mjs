// @ts-check
// Every word that the widget shows, in both languages.

/** @typedef {typeof en} Text */

const en = {
  lang: 'en',
  heading: 'What an order brings',
  amount: 'Order amount (yuan)',
  concession: 'The merchant’s concession',
  yuan: 'yuan',
  channel: 'Channel',
  online: 'Delivered',
  offline: 'In the shop',
  parties: {
    buyer: 'Buyer', merchant: 'Merchant', referrer: 'Buyer’s referrer', merchant_referrer: 'Merchant’s referrer', service: 'Service team',
    partner: 'Area partner',
  },
  classes: { static: 'static', own: 'own trade', dynamic: 'from others' },
  share_value: 'share value',
  points: 'points',
  gets: (/** @type {string} */ who) => `${who} gets`,
  nobody: 'Nobody gets anything from this order.',
  pays: 'The merchant pays',
  burned: 'of which burned',
  when: 'Arrives',
  vests: (/** @type {number} */ days) =>
    (days ? `at the close of the ${days === 1 ? 'next day' : `day ${days} days later`}, unless refunded` : 'at once'),
  assumed: 'Assumed',
  with: {
    referrer: 'The buyer was referred by a member', merchant_referrer: 'The merchant was referred by a member',
    partner: 'The city has an area partner',
  },
  service: 'Service role above the buyer’s referrer',
  none: 'none',
  price: '1 point =',
  active: 'All of them are activated, and the merchant has the points it pays.',
  caution: 'A preview at these rules and this price; it promises nothing. Share value is a weight in the daily release, not money, and a '
    + 'point’s price can fall.',
  understood: 'Understood as',
  retry: 'Try again',
  troubles: {
    empty: 'Enter a number.',
    shape: 'Enter a plain number such as 1,234.50.',
    places: 'At most two decimal places.',
    negative: 'It must be above 0.',
    large: 'At most 999,999,999,999.99.',
  },
  codes: {
    bad_amount: 'It must be above 0.',
    bad_concession: 'The concession must be above 0 and at most the order amount.',
    out_of_range: 'The result is too large to be kept exactly.',
    not_loaded: 'The numbers could not be loaded, so none are shown.',
    bad_rules: 'The rules of this preview are not sound, so no numbers are shown.',
    bad_price: 'The price of this preview is not sound, so no numbers are shown.',
    other: 'This order would be refused.',
  },
  words: /** @type {Record<string, string>} */ ({
    'buyer’s share value': 'the buyer’s share value', vip: 'VIP',
  }),
};

/** @type {Text} */
const zh = {
  lang: 'zh-CN',
  heading: '订单收益预览',
  amount: '订单金额（元）',
  concession: '商家让利',
  yuan: '元',
  channel: '渠道',
  online: '到家（线上）',
  offline: '到店（线下）',
  parties: {
    buyer: '买家', merchant: '商家', referrer: '买家推荐人', merchant_referrer: '商家推荐人', service: '服务团队', partner: '区域合伙人',
  },
  classes: { static: '静态', own: '自身', dynamic: '动态' },
  share_value: '共享值',
  points: '共享积分',
  gets: (who) => `${who}可得`,
  nobody: '此订单不给任何人带来收益。',
  pays: '商家支付',
  burned: '其中销毁',
  when: '到账',
  vests: (days) => (days ? `${days === 1 ? '次日' : `${days} 日后`}日结时，退款除外` : '即时'),
  assumed: '假设',
  with: { referrer: '买家由会员推荐', merchant_referrer: '商家由会员推荐', partner: '该城市有区域合伙人' },
  service: '推荐人之上的服务角色',
  none: '无',
  price: '1 共享积分 =',
  active: '以上各方均已激活，且商家有足够的共享积分。',
  caution: '只按此处的规则和价格预览，不作任何承诺。共享值是每日释放的权重，不是钱；共享积分的价格可能下跌。',
  understood: '理解为',
  retry: '重试',
  troubles: {
    empty: '请输入数字。',
    shape: '请输入普通数字，例如 1,234.50。',
    places: '最多两位小数。',
    negative: '必须大于 0。',
    large: '最大为 999,999,999,999.99。',
  },
  codes: {
    bad_amount: '必须大于 0。',
    bad_concession: '让利额必须大于 0，且不超过订单金额。',
    out_of_range: '结果过大，无法精确保存。',
    not_loaded: '数据无法加载，因此不显示数字。',
    bad_rules: '此预览的规则有误，因此不显示数字。',
    bad_price: '此预览的价格有误，因此不显示数字。',
    other: '此订单会被拒绝。',
  },
  words: {
    concession: '让利额', 'buyer’s share value': '买家共享值', 'order points': '订单积分', vip: 'VIP', shopkeeper: '店主', dealer: '店商',
    provider: '服务商',
  },
};

/** @param {string} language a BCP 47 tag */
export const textFor = (language) => (/^zh\b/i.test(language) ? zh : en);

/** The words of a text that have one in this language: names of roles, the quantities of a formula.
 * @param {Text} text @param {string} sentence */
export const worded = ({ words }, sentence) => sentence.replace(/order points|buyer’s share value|[a-z_]+/g, (word) => (Object.hasOwn(words, word) ? words[word] : word));
