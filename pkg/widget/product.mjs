// @ts-check
// The layouts for a product page, which have no form and show nothing of the shop's books: `line`, one line that opens its details, and `card`.
// And the amount that is read from the page. Loaded only if an element asks for them. Share value never stands without its worth or the sentence
// that it is no money: it reads as money beside a price.
import { amount, money, whole } from './reading.mjs';
import { bones, h, number, slot } from './view.mjs';

/** @typedef {import('./text.mjs').Text} Text */

const en = {
  heading: 'What this purchase earns',
  /** Around the number. */
  line: ['This purchase earns ≈ ', ' share value'],
  earns: 'This purchase earns',
  worth: (/** @type {string} */ band, /** @type {number} */ days) => `worth about ${band} yuan in ${days} days`,
  worthAlone: (/** @type {string} */ band, /** @type {number} */ days) => `Worth about ${band} yuan in ${days} days`,
  comma: ', ', stop: '. ',
  more: 'How this works',
  changes: 'What can change',
  changing: [
    'The shop may give more or less, and the rules may change, until you order.',
    'A refund takes the share value back.',
    'Share value turns into points day by day. How many depends on the turnover of the whole network.',
    'The price of a point can fall.',
  ],
  unreadable: { amount: 'The price can’t be read, so no numbers are shown.', concession: 'The concession can’t be read, so no numbers are shown.' },
};

/** @type {typeof en} */
const zh = {
  heading: '本单可得',
  line: ['本单约得 ', ' 共享值'],
  earns: '本单约得',
  worth: (band, days) => `${days} 天约值 ${band} 元`,
  worthAlone: (band, days) => `${days} 天约值 ${band} 元`,
  comma: '，', stop: '。',
  more: '说明',
  changes: '可能的变化',
  changing: [
    '下单前，商家让利和规则都可能调整。',
    '退款后，共享值将收回。',
    '共享值每天分得共享积分，分得多少取决于全网让利额。',
    '共享积分的价格可能下跌。',
  ],
  unreadable: { amount: '无法识别价格，因此不显示数字。', concession: '无法识别商家让利，因此不显示数字。' },
};

/** @param {string} language */
const wordsOf = (language) => (language === 'en' ? en : zh);

/** What stands in place of the numbers if a value of the page cannot be read.
 * @param {string} language @param {'amount' | 'concession'} name */
export const unreadable = (language, name) => wordsOf(language).unreadable[name];

/** Follows the element's own styles. The line has the page's colour: it stands on the page, whatever that looks like. */
export const style = `
.result:not(:empty)~*{display:none}
.plain .result:empty{display:none}
.plain .bone{height:1.5em}
.plain .bone+.bone{display:none}
.line{padding:0;border:0;border-radius:0;background:none;display:block;color:var(--gongxiang-color,inherit)}
.first{display:flex;align-items:baseline}
.toggle{flex:none;min-width:32px;min-height:32px;margin:-6px 0;padding:0;background:none;color:inherit}
.details{display:grid;gap:14px;align-content:start}
.line .details{margin-top:8px;padding:16px;border:1px solid var(--line);border-radius:var(--radius);background:var(--card);color:var(--ink)}
.hero{align-self:start}
.hero [part=worth]{margin-top:4px;font-weight:600}
.changing{padding-inline-start:1.25em;list-style:disc}
.changing li{display:list-item;padding:2px 0;border:0;font-size:.875rem}
.line [part=forecast]:empty,.plain [part=forecast]:empty{display:none}
@media print{.line .details{background:none}}
`;

/** The frame. Its live texts are filled in later.
 * @param {Text} text @param {string} layout @param {string} heading */
export function frame(text, layout, heading) {
  const own = wordsOf(text.lang);
  const header = h('header', {}, h('h2', { part: 'heading' }, slot('heading', heading || own.heading)));
  const details = [
    h('dl', { part: 'sums' }, h('div', {}, h('dt', {}, text.when), h('dd', { class: 'arrives' }))),
    h('div', {}, h('h3', {}, own.changes), h('ul', { class: 'changing', part: 'changes' }, ...own.changing.map((what) => h('li', {}, what)))),
    h('p', { class: 'quiet', part: 'forecast' }),
    h('footer', {}, h('p', { class: 'quiet', part: 'caution' }, `${text.notMoney} ${text.caution}`), slot('note')),
  ];
  const result = h('section', { class: 'result', part: 'result', 'aria-busy': 'true' }, ...bones());
  const line = layout === 'line';
  return h('article', { class: `card plain ${layout}`, part: 'card', lang: text.lang, dir: 'ltr' }, ...(line
    ? [result, ...disclosure(own.more, h('section', { id: 'details', class: 'details', part: 'details', hidden: true }, header, ...details))]
    : [header, result, h('div', { class: 'hero', part: 'headline', role: 'status' }), h('section', { class: 'details', part: 'details' }, ...details)]));
}

/** The line with its button, and what the button opens below it. @param {string} name @param {HTMLElement} details */
function disclosure(name, details) {
  const button = h('button', { type: 'button', class: 'toggle', part: 'toggle', 'aria-label': name, 'aria-expanded': 'false', 'aria-controls': details.id }, 'ⓘ');
  button.addEventListener('click', () => {
    details.hidden = !details.hidden;
    button.setAttribute('aria-expanded', String(!details.hidden));
  });
  return [h('p', { class: 'first', part: 'line' }, h('span', { part: 'headline', role: 'status' }), button), details];
}

/** Fills a frame with what the buyer gets.
 * @param {HTMLElement} card @param {Text} text @param {import('../index.d.ts').OrderReceipt} receipt
 * @param {import('./scheme.mjs').Terms} terms @param {import('../index.d.ts').Channel} channel @param {number | undefined} days of the forecast, if there is one */
export function fill(card, text, { rewards }, terms, channel, days) {
  const own = wordsOf(text.lang);
  const line = card.classList.contains('line');
  const place = /** @type {HTMLElement} */ (card.querySelector('[part=headline]'));
  const basis = /** @type {HTMLElement} */ (card.querySelector('[part=forecast]'));
  /** @type {HTMLElement} */ (card.querySelector('.arrives')).textContent = text.vests(terms.rules.order.vesting_days[channel]);
  basis.textContent = '';
  const value = rewards.find(({ member }) => member === 'buyer')?.share_value ?? '0';
  if (value === '0') return place.replaceChildren(text.nobody);
  const worth = h(line ? 'span' : 'div', { part: 'worth' }, (line ? own.stop : '') + text.notMoney);
  const figure = number(amount(value));
  place.replaceChildren(...(line ? [own.line[0], figure, own.line[1], worth]
    : [h('small', {}, own.earns), h('div', { class: 'big' }, '≈ ', figure, ' ', h('small', {}, text.assets.share_value)), worth]));
  // Without the state of the network there is no forecast, so the second binary is not loaded.
  if (days === undefined || !terms.supply?.release) return;
  estimate(text.lang, terms, value, days).then((found) => {
    // Another amount may have come meanwhile.
    if (!worth.isConnected) return;
    worth.textContent = line ? own.comma + own.worth(found.band, days) : own.worthAlone(found.band, days);
    basis.textContent = found.basis;
  }).catch((cause) => console.debug(cause));
}

/** The least and the most yuan that share value comes to, and what that rests on.
 * @param {string} language @param {import('./scheme.mjs').Terms} terms @param {string} value @param {number} days */
async function estimate(language, terms, value, days) {
  const { outlook } = await import('./forecast.mjs');
  const { outlooks, basis } = await outlook(language, terms, value, days);
  const order = outlooks.map(({ worth }) => worth).sort((a, b) => (whole(a, PLACES) < whole(b, PLACES) ? -1 : 1));
  const [least, most] = [money(order[0]), money(order[order.length - 1])];
  // A word joiner keeps both ends on one line.
  return { band: least === most ? least : `${least}–\u2060${most}`, basis };
}

/** The most decimal places that an amount has. */
const PLACES = 8;

/** Tells the text of an element of the page, now and after each change; an empty text if there is none. Returns what ends that.
 * The whole tree is observed, because frameworks replace an element rather than change its text.
 * @param {HTMLElement} widget @param {string} selector @param {(text: string) => void} tell */
export function follow(widget, selector, tell) {
  const root = widget.getRootNode();
  /** @type {string | undefined} */
  let last;
  const look = () => {
    const text = textAt(/** @type {ParentNode} */ (/** @type {unknown} */ (root)), selector);
    if (text !== last) tell(last = text);
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['value'] });
  root.addEventListener('input', look);
  root.addEventListener('change', look);
  look();
  return () => {
    observer.disconnect();
    root.removeEventListener('input', look);
    root.removeEventListener('change', look);
  };
}

/** @param {ParentNode} root @param {string} selector */
function textAt(root, selector) {
  try {
    const element = root.querySelector(selector);
    const text = element?.matches('input,select,textarea,output,data') ? /** @type {HTMLInputElement} */ (element).value : element?.textContent ?? '';
    // The codes of the currency that stand before a sum; what else a sum may have around it, the widget reads anywhere.
    return text.replace(/^\s*(CNY|RMB|CN(?=[¥￥])|人民币)\s*/i, '').trim();
  } catch {
    // No selector: nothing is there to be read.
    return '';
  }
}
