// @ts-check
// The widget's words in both languages: those of the catalogue, and its own.
import words from '../dist/words.js';
import { reasonOf, sentence } from '../words.mjs';
import { grouped } from './reading.mjs';

/** @typedef {typeof en} Text */

/** The catalogue's words. @param {'en' | 'zh'} language */
const shared = (language) => {
  const { assets, classes, codes, reasons, roles, units } = words[language];
  return { assets, classes, refusals: codes, reasons, roles: /** @type {Record<string, string>} */ (roles), yuan: units.yuan };
};

const en = {
  ...shared('en'),
  lang: 'en',
  heading: 'What an order brings',
  amount: 'Order amount (yuan)',
  concession: 'The merchant’s concession',
  channel: 'Channel',
  online: 'Delivered',
  offline: 'In the shop',
  parties: {
    buyer: 'Buyer', merchant: 'Merchant', referrer: 'Buyer’s referrer', merchant_referrer: 'Merchant’s referrer', service: 'Service team',
    partner: 'Area partner',
  },
  gets: (/** @type {string} */ who) => `${who} gets`,
  nobody: 'This order brings no rewards.',
  pays: 'The merchant pays',
  burned: 'of which burned',
  when: 'Arrives',
  vests: (/** @type {number} */ days) =>
    (days ? `${days} day${days === 1 ? '' : 's'} after the purchase, unless refunded` : 'at once'),
  assumed: 'Assumed',
  with: {
    referrer: 'The buyer was referred by a member', merchant_referrer: 'The merchant was referred by a member',
    partner: 'The city has an area partner',
  },
  service: 'Service role above the buyer’s referrer',
  none: 'none',
  price: '1 point =',
  active: 'All parties are activated, and the merchant has enough points.',
  notMoney: 'Share value is not money.',
  caution: 'A preview under these rules and at this price; it promises nothing. A point’s price can fall.',
  understood: 'Read as',
  retry: 'Try again',
  troubles: {
    empty: 'Enter a number.',
    shape: 'Enter a plain number such as 1,234.50.',
    places: 'At most two decimal places.',
    negative: 'It must be above 0.',
    large: 'At most 999,999,999,999.99.',
  },
  stop: '.',
  /** Follows a refusal of the rules or the price. */
  without: ', so no numbers are shown.',
  codes: {
    not_loaded: 'The numbers could not be loaded, so none are shown.',
    other: 'This order can’t be placed.',
  },
};

/** @type {Text} */
const zh = {
  ...shared('zh'),
  lang: 'zh-CN',
  heading: '订单收益预览',
  amount: '订单金额（元）',
  concession: '商家让利',
  channel: '渠道',
  online: '到家（线上）',
  offline: '到店（线下）',
  parties: {
    buyer: '买家', merchant: '商家', referrer: '买家推荐人', merchant_referrer: '商家推荐人', service: '服务团队', partner: '区域合伙人',
  },
  gets: (who) => `${who}可得`,
  nobody: '此订单没有奖励。',
  pays: '商家支付',
  burned: '其中销毁',
  when: '到账',
  vests: (days) => (days ? `下单 ${days} 天后到账，退款则不发放` : '即时'),
  assumed: '假设',
  with: { referrer: '买家由会员推荐', merchant_referrer: '商家由会员推荐', partner: '该城市有区域合伙人' },
  service: '推荐人上级的服务身份',
  none: '无',
  price: '1 共享积分 =',
  active: '以上各方均已激活，且商家有足够的共享积分。',
  notMoney: '共享值不是货币。',
  caution: '预览仅按当前规则和价格计算，不作任何承诺。共享积分的价格可能下跌。',
  understood: '识别为',
  retry: '重试',
  troubles: {
    empty: '请输入数字。',
    shape: '请输入普通数字，例如 1,234.50。',
    places: '最多两位小数。',
    negative: '必须大于 0。',
    large: '最大为 999,999,999,999.99。',
  },
  stop: '。',
  without: '，因此不显示数字。',
  codes: {
    not_loaded: '数据无法加载，因此不显示数字。',
    other: '无法提交此订单。',
  },
};

/** @param {string} language a BCP 47 tag */
export const textFor = (language) => (/^zh\b/i.test(language) ? zh : en);

/** The reason of a reward. @param {Text} text @param {import('../index.d.ts').Reward} reward */
export const reasonIn = ({ reasons }, reward) => reasonOf(reasons, reward, grouped);

/** The name of a role; a role that only these rules have is shown as it is named. @param {Text} text @param {string} role */
export const roleIn = ({ roles }, role) => (Object.hasOwn(roles, role) ? roles[role] : role);

/** A refusal in words. @param {Text} text @param {string} code */
export function refusalIn({ codes, refusals, stop, without }, code) {
  if (Object.hasOwn(codes, code)) return codes[/** @type {keyof typeof codes} */ (code)];
  if (!Object.hasOwn(refusals, code)) return codes.other;
  const words = refusals[/** @type {keyof typeof refusals} */ (code)];
  return sentence(words, code === 'bad_rules' || code === 'bad_price' ? without : stop);
}
