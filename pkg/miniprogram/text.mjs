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
  day: '日', worth: '今日价值', price: '单价',
  next: '下次释放', nextNote: '以日结时为准，未计入到期订单', entries: '最近每日释放', none: '账户变动后暂无日结',
  pending: '待到账', pendingNote: '到账日日结时发放，订单退款则不发放。',
  equal: '已核对：与服务器一致', differs: '与服务器不一致', mine: '本机', server: '服务器',
  caution: '积分价值可能下跌。预览仅反映当前状态，不构成承诺。', loading: '正在计算…',
  amount: '消费金额', concession: '让利金额', merchantPays: '商家付出积分', due: '到账日', you: '您', nobody: '此订单没有奖励',
  band: '账户收益预测（两位小数）', days: '天后', assumes: '假设', turnover: '日让利额', inflow: '日新增共享值', monthly: '每30天', worthThen: '届时价值', stop: '。', soFar: (/** @type {number} */ days) => `目前为 ${days} 天。`,
  codes: {
    bad_event: '请填写数字，如 12.50，最多两位小数', not_loaded: '规则加载失败，请升级微信', other: '无法计算',
  },
});

/** @type {typeof ZH} */
const EN = Object.assign(shared('en'), {
  day: 'Day', worth: 'Worth today', price: 'Price',
  next: 'Next release', nextNote: 'if the account does not change; without orders that fall due', entries: 'Recent daily releases',
  pending: 'Pending', pendingNote: 'Paid at that day’s close. A refund cancels it.',
  none: 'No day has closed since the last change', equal: 'Checked: matches the server', differs: 'Differs from the server', mine: 'this phone',
  server: 'server', caution: 'The value of points can fall. Previews reflect the current state and are not a promise.', loading: 'Computing …',
  amount: 'Amount', concession: 'Concession', merchantPays: 'The merchant pays (points)', due: 'Due', you: 'you', nobody: 'This order brings no rewards',
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
