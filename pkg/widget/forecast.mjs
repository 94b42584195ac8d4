// @ts-check
// The forecast of the buyer's share value: a band over falling, steady and rising turnover with its assumptions, never one number.
// Loaded with the second binary, and only if a page asks for it.
import { forecast, init, newcomer } from '../economy-browser.mjs';
import { amount, money } from './reading.mjs';
import { textFor } from './text.mjs';
import { h } from './view.mjs';

/** @typedef {import('./scheme.mjs').Terms} Terms */

const en = {
  heading: (/** @type {string} */ days) => `What it may come to in ${days} days`,
  falling: 'Turnover falls', steady: 'Turnover stays', rising: 'Turnover rises', each: 'in 30 days',
  left: 'share value left',
  assumed: (/** @type {string} */ daily, /** @type {string} */ minted) =>
    `Assumed: ${daily} yuan of concessions a day, as today’s price implies, ${minted} share value made by each yuan, nothing sold or spent.`,
  caution: 'Another turnover gives another result: for a real network such forecasts were more than twice too high, and no band is a promise.',
  needs: 'A forecast needs the state of the network: a price from a server.',
  failed: 'There is no forecast now.',
  young: (/** @type {number} */ days) => `Orders vested on fewer than 7 of the last 30 days, so there is no forecast yet. ${days} so far.`,
};

/** @type {typeof en} */
const zh = {
  heading: (days) => `${days} 天后可能的结果`,
  falling: '让利额下降', steady: '让利额不变', rising: '让利额上升', each: '每 30 天',
  left: '剩余共享值',
  assumed: (daily, minted) => `假设：全网每日让利额 ${daily} 元（由当日价格推算），每元让利产生 ${minted} 共享值，期间不出售、不兑换。`,
  caution: '让利额不同，结果就不同：对一个真实网络，此类预测曾高出一倍以上。任何区间都不是承诺。',
  needs: '预测需要全网状态：价格须取自服务器。',
  failed: '目前无法预测。',
  young: (days) => `近 30 天有订单到账的天数不足 7 天，暂不提供预测。目前为 ${days} 天。`,
};

const PATHS = /** @type {const} */ ([['-0.15', 'falling', '−15 %'], ['0', 'steady', ''], ['0.15', 'rising', '+15 %']]);

/** @param {string} language */
const wordsOf = (language) => (language === 'en' ? en : zh);

/** What newly earned share value comes to, for falling, steady and rising turnover; and what that rests on, in a sentence.
 * Throws a refusal if the server does not say how its network stands.
 * @param {string} language @param {Terms} terms @param {string} shareValue @param {number} days */
export async function outlook(language, { rules, supply }, shareValue, days) {
  await init();
  /** @type {import('../economy.js').Newcomer} */
  const { eve, turnover, minted } = newcomer(rules, supply, shareValue);
  /** @type {import('../economy.js').Forecast} */
  const { paths } = forecast(eve, { growth_30d: PATHS.map(([growth]) => growth), horizons: [days] });
  const { assumed, caution } = wordsOf(language);
  return { outlooks: paths.map(({ outlooks: [only] }) => only), basis: `${assumed(money(turnover), minted)} ${caution}` };
}

/** Shows the band in `place`.
 * @param {HTMLElement} place @param {string} language @param {Terms} terms @param {string} shareValue @param {number} days */
export async function show(place, language, terms, shareValue, days) {
  const text = wordsOf(language);
  const { assets, yuan } = textFor(language);
  try {
    const { outlooks, basis } = await outlook(language, terms, shareValue, days);
    place.replaceChildren(
      h('h3', {}, text.heading(String(days))),
      h('ul', {}, ...outlooks.map(({ earned, worth, share_value }, path) => {
        const [, name, rate] = PATHS[path];
        return h('li', { part: 'path' },
          h('div', {}, h('b', {}, text[name]), h('small', {}, rate && `${rate} ${text.each}`)),
          h('div', { class: 'gets' }, h('span', { part: 'number' }, money(worth)), ' ', h('small', {}, yuan)),
          h('div', { class: 'why' }, `${amount(earned)} ${assets.points} · ${amount(share_value)} ${text.left}`));
      })),
      h('p', { class: 'quiet' }, basis),
    );
  } catch (cause) {
    console.debug(cause);
    const { supply } = terms;
    const why = () => {
      if (!supply?.release) return text.needs;
      const isYoung = /** @type {{ code?: string }} */ (cause).code === 'too_young';
      return isYoung ? text.young(supply.turnover_days) : text.failed;
    };
    place.replaceChildren(h('p', { class: 'quiet', role: 'status' }, why()));
  }
}
