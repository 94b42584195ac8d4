// @ts-check
// What the buyer's share value may come to: a band over falling, steady and rising turnover, never one number, with what it assumes
// beside it. Loaded with the second binary when a page asks for it, and only then.
import { forecast, init } from '../economy-browser.mjs';
import { decimal, grouped, whole } from './reading.mjs';
import { h } from './view.mjs';

/** @typedef {import('./scheme.mjs').Terms} Terms */

const en = {
  heading: (/** @type {string} */ days) => `What it may come to in ${days} days`,
  falling: 'Turnover falls', steady: 'Turnover stays', rising: 'Turnover rises', each: 'in 30 days',
  points: 'points', yuan: 'yuan', left: 'share value left',
  assumed: (/** @type {string} */ daily, /** @type {string} */ minted) =>
    `Assumed: ${daily} yuan of concessions a day, as today’s price implies, ${minted} share value made by each yuan, nothing sold or spent.`,
  caution: 'Another turnover gives another result: for a real network such forecasts were more than twice too high, and no band is a promise.',
  needs: 'A forecast needs the state of the network: a price from a server.',
  failed: 'There is no forecast now.',
};

/** @type {typeof en} */
const zh = {
  heading: (days) => `${days} 天后可能的结果`,
  falling: '让利额下降', steady: '让利额不变', rising: '让利额上升', each: '每 30 天',
  points: '共享积分', yuan: '元', left: '剩余共享值',
  assumed: (daily, minted) => `假设：全网每日让利额 ${daily} 元（由当日价格推算），每元让利产生 ${minted} 共享值，期间不转让、不兑换。`,
  caution: '让利额不同，结果就不同：对一个真实网络，此类预测曾高出一倍以上。任何区间都不是承诺。',
  needs: '预测需要全网状态：价格须取自服务器。',
  failed: '目前无法预测。',
};

const PATHS = /** @type {const} */ ([['-0.15', 'falling', '−15 %'], ['0', 'steady', ''], ['0.15', 'rising', '+15 %']]);

/** The product of two decimals with 8 places, rounded down.
 * @param {string} a @param {string} b */
const times = (a, b) => decimal((whole(a, 8) * whole(b, 8)) / 10n ** 8n, 8);

/** The open day of the network as its server tells it, with the buyer's new share value already in it.
 * @param {Terms} terms @param {string} shareValue */
function eve({ rules, price, supply }, shareValue) {
  if (!supply) throw new Error('no server was asked');
  const { units, nav, returned } = supply.release;
  const own = (whole(shareValue, 8) * 10n ** 18n + whole(nav, 18) - 1n) / whole(nav, 18);
  const { buyer_multiple: buyer, merchant_multiple: merchant } = rules.order;
  const minted = decimal(whole(buyer, 8) + whole(merchant, 8) + whole(times(buyer, rules.share.online_share_value_rate), 8), 8);
  const daily = times(price, rules.release.daily).replace(/(\.\d\d)\d+$/, '$1');
  return {
    daily,
    minted,
    open: {
      rules, day: supply.day, price, issued: supply.supply.issued, total_units: decimal(whole(units, 8) + own, 8), nav, returned, units: decimal(own, 8),
      carry_points: '0', carry_value: '0', fraction: '0', points: '0', so_far: null,
      turnovers: Array(rules.price.window_days).fill(daily), inflow: times(daily, minted),
    },
  };
}

/** Fills the place with the band.
 * @param {HTMLElement} place @param {string} language @param {Terms} terms @param {string} shareValue @param {number} days */
export async function show(place, language, terms, shareValue, days) {
  const text = language === 'en' ? en : zh;
  try {
    await init();
    const { daily, minted, open } = eve(terms, shareValue);
    /** @type {import('../economy.js').Forecast} */
    const { paths } = forecast(open, { growth_30d: PATHS.map(([growth]) => growth), horizons: [days] });
    place.replaceChildren(
      h('h3', {}, text.heading(String(days))),
      h('ul', {}, ...paths.map(({ outlooks: [{ earned, worth, share_value }] }, path) => {
        const [, name, rate] = PATHS[path];
        return h('li', { part: 'path' },
          h('div', {}, h('b', {}, text[name]), h('small', {}, rate && `${rate} ${text.each}`)),
          h('div', { class: 'gets' }, h('span', { part: 'number' }, grouped(worth)), ' ', h('small', {}, text.yuan)),
          h('div', { class: 'why' }, `${grouped(earned)} ${text.points} · ${grouped(share_value)} ${text.left}`));
      })),
      h('p', { class: 'quiet' }, text.assumed(grouped(daily), minted), ' ', text.caution),
    );
  } catch (cause) {
    console.debug(cause);
    place.replaceChildren(h('p', { class: 'quiet', role: 'status' }, terms.supply?.release ? text.failed : text.needs));
  }
}
