// @ts-check
// The components' words in both languages: those of the catalogue, and their own.
import words from '../dist/phone/words.js';
import { reasonOf, sentence } from '../words.mjs';

/** The catalogue's words that templates show. @param {'en' | 'zh'} language */
const shared = (language) => {
  const { assets: { points, share_value, locked }, rules } = words[language];
  return {
    assets: { points: sentence(points), share_value: sentence(share_value), locked: sentence(locked) },
    kinds: /** @type {Record<string, string>} */ (rules),
  };
};

// Not spread: for old phones that becomes half a kilobyte of helpers.
const ZH = Object.assign(shared('zh'), {
  day: '日', worth: '今日价值', atPrice: '按今日价格', aPoint: '元/积分。',
  falls: {
    turnover: '价格按近期到账订单的让利额计算，让利额减少，价格就下跌。', market: '价格跟随会员间的成交价，成交价走低，价格就下跌。',
    operator: '价格由平台设定，可以随时下调。', then: '按每日当日价格计算。价格会下跌，今日卖出或兑换所得可能更少。',
  },
  young: '近 30 天有订单到账的天数不足 7 天，价格缺少订单支撑，可能大幅下跌。',
  yesterday: '昨日收益', earned: '每日收益', month: '合计',
  next: '今晚预计到账', nextNote: '以日结时为准，订单到账或账户变动会影响金额。', nextWithOrders: '已含今晚到账的订单，以日结时为准。',
  entries: '最近每日释放', none: '暂无每日释放',
  pending: '待到账', pendingNote: '到账日日结时发放，订单退款则不发放。',
  equal: '已核对：与服务器一致', differs: '与服务器不一致', mine: '本机', server: '服务器',
  caution: '积分价值可能下跌。预览仅反映当前状态，不构成承诺。', loading: '正在计算…',
  amount: '消费金额', concession: '让利金额', merchantPays: '商家付出积分', due: '到账日', you: '您', nobody: '此订单没有奖励', notActivated: '您尚未激活，此订单没有奖励。购买首个礼包即可激活。',
  band: '账户收益预测（两位小数）', days: '天后', assumes: '假设', turnover: '日让利额', inflow: '日新增共享值', monthly: '每30天', worthThen: '届时价值', stop: '。', soFar: (/** @type {number} */ days) => `目前为 ${days} 天。`,
  codes: {
    bad_event: '请填写数字，如 12.50，最多两位小数', not_loaded: '规则加载失败，请升级微信', other: '无法计算',
  },
});

/** @type {typeof ZH} */
const EN = Object.assign(shared('en'), {
  day: 'Day', worth: 'Worth today', atPrice: 'At today’s price', aPoint: ' yuan a point. ',
  falls: {
    turnover: 'The price follows the concessions of recent orders, and falls when they fall.',
    market: 'The price follows the trades between members, and falls when they pay less.',
    operator: 'The operator sets the price, and can lower it at any time.',
    then: 'Each day’s points at that day’s price. The price can fall, and they can bring less today.',
  },
  young: 'Orders were paid out on fewer than 7 of the last 30 days. The price has little behind it and can fall sharply.',
  yesterday: 'Yesterday', earned: 'Earned each day', month: 'in total',
  next: 'Expected tonight', nextNote: 'Orders and account changes before the close affect this.',
  nextWithOrders: 'Includes orders that arrive tonight. The close decides.', entries: 'Recent daily releases',
  pending: 'Pending', pendingNote: 'Paid at that day’s close. A refund cancels it.',
  none: 'No daily release yet', equal: 'Checked: matches the server', differs: 'Differs from the server', mine: 'this phone',
  server: 'server', caution: 'The value of points can fall. Previews reflect the current state and are not a promise.', loading: 'Computing …',
  amount: 'Amount', concession: 'Concession', merchantPays: 'The merchant pays (points)', due: 'Due', you: 'you', nobody: 'This order brings no rewards',
  notActivated: 'You aren’t activated, so this order brings you nothing. Your first pack activates you.',
  band: 'Forecast for your account (two decimals)', days: 'days later', assumes: 'Assumes', turnover: 'concessions a day', inflow: 'new share value a day',
  monthly: 'in 30 days', worthThen: 'worth then', stop: '. ', soFar: (/** @type {number} */ days) => `${days} so far.`,
  codes: {
    bad_event: 'Enter a number such as 12.50, at most two decimals', not_loaded: 'The rules could not be loaded. Update WeChat.', other: 'This can’t be computed',
  },
});

/** @param {string} language */
const catalogue = (language) => words[/^en/i.test(language) ? 'en' : 'zh'];

/** @param {string} language */
export const wordsOf = (language) => (/^en/i.test(language) ? EN : ZH);

/** The reason of a reward. @param {string} language @param {{ why: { of: string }, reason: string }} reward */
export const reasonIn = (language, reward) => reasonOf(catalogue(language).reasons, reward);

/** A failure in words. @param {string} language @param {any} error */
export function said(language, error) {
  const code = String((error && error.code) || '');
  /** @type {Record<string, string>} */
  const own = wordsOf(language).codes;
  /** @type {Record<string, string>} */
  const { [code]: words } = catalogue(language).codes;
  if (Object.keys(own).includes(code)) return own[code];
  if (words) return sentence(words);
  return code ? `${own.other} (${code})` : own.other;
}
