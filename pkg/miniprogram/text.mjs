// @ts-check
// The components' words, in both languages.

const ZH = {
  day: '日', points: '共享积分', shareValue: '共享值', locked: '锁定', worth: '今日价值', price: '单价', yuan: '元',
  next: '下次释放', nextNote: '若之前无变动，到期订单除外', entries: '最近每日释放', none: '上次变动后尚无日结',
  equal: '已核对：与服务器一致', differs: '与服务器不一致', mine: '本机', server: '服务器',
  caution: '价值可能下跌；预览只对此刻有效，不作承诺。', loading: '正在计算…',
  amount: '消费金额', concession: '让利金额', merchantPays: '商家付出积分', due: '到账日', you: '您', nobody: '此单无人获益',
  band: '您账户的预测（两位小数）', days: '天后', assumes: '假设', turnover: '日让利额', inflow: '日新增共享值', monthly: '每30天', worthThen: '届时价值',
  kinds: {
    consumption: '消费', sale: '销售', share_online: '线上分享', share_offline: '线下分享', merchant_share: '推荐门店', service: '服务团队', area: '区域合伙人',
  },
  terms: { 'order points': '订单积分', concession: '让利额', 'buyer’s share value': '买家所得共享值', rewards: '奖励' },
  codes: {
    bad_event: '请填写数字，如 12.50，最多两位小数', bad_amount: '金额须大于0', bad_concession: '让利须大于0且不超过金额',
    merchant_points_short: '商家积分不足', self_dealing: '不能与自己交易', not_a_merchant: '对方不是商家', unknown_member: '没有此会员',
    bad_snapshot: '服务器与本程序版本不同', not_loaded: '无法加载规则，请升级微信', other: '无法计算',
  },
};

/** @type {typeof ZH} */
const EN = {
  day: 'Day', points: 'Points', shareValue: 'Share value', locked: 'Locked', worth: 'Worth today', price: 'Price', yuan: 'yuan',
  next: 'Next release', nextNote: 'if nothing happens before it; orders that fall due not counted', entries: 'Released on the last days',
  none: 'No day was closed since the last change', equal: 'Checked: equals the server', differs: 'Differs from the server', mine: 'here',
  server: 'server', caution: 'The value can fall. A preview holds for this moment; it promises nothing.', loading: 'Computing …',
  amount: 'Amount', concession: 'Concession', merchantPays: 'The merchant pays, points', due: 'Due', you: 'you', nobody: 'Nobody gets anything',
  band: 'Forecast of your account (two places)', days: 'days on', assumes: 'Assumes', turnover: 'concessions a day', inflow: 'new share value a day',
  monthly: 'in 30 days', worthThen: 'worth then',
  kinds: {
    consumption: 'Purchase', sale: 'Sale', share_online: 'Shared online', share_offline: 'Shared in the shop',
    merchant_share: 'Merchant brought', service: 'Service team', area: 'Area partner',
  },
  terms: { 'order points': 'order points', concession: 'concession', 'buyer’s share value': 'buyer’s share value', rewards: 'rewards' },
  codes: {
    bad_event: 'Digits such as 12.50, at most two places', bad_amount: 'Must be above 0', bad_concession: 'Above 0 and at most the amount',
    merchant_points_short: 'The merchant has too few points', self_dealing: 'Nobody buys from themselves',
    not_a_merchant: 'This member has no shop', unknown_member: 'No such member', bad_snapshot: 'Server and program are of different versions',
    not_loaded: 'The rules cannot be loaded: update WeChat', other: 'Cannot be computed',
  },
};

/** @param {string} language */
export const wordsOf = (language) => (/^en/i.test(language) ? EN : ZH);

/** A reward's formula in words. @param {typeof ZH} words @param {string} formula */
export const worded = ({ terms }, formula) => formula.replace(/order points|concession|buyer’s share value|rewards/g, (term) => terms[/** @type {keyof typeof terms} */ (term)]);

/** A failure in words. @param {string} language @param {any} error */
export function said(language, error) {
  const { codes } = wordsOf(language);
  const code = String((error && error.code) || '');
  const known = Object.keys(codes).includes(code) ? codes[/** @type {keyof typeof codes} */ (code)] : codes.other;
  return known === codes.other && code ? `${known} (${code})` : known;
}
