// @ts-check
// Makes elements of values. Nothing is parsed as markup, so no name can be markup.
import { grouped, left, parts } from './reading.mjs';
import { reasonIn, roleIn } from './text.mjs';

/** @typedef {import('./text.mjs').Text} Text
 * @typedef {import('../index.d.ts').OrderReceipt} Receipt
 * @typedef {import('../index.d.ts').Channel} Channel
 * @typedef {'buyer' | 'merchant' | 'referrer' | 'merchant_referrer' | 'service' | 'partner'} Party */

/** @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string | boolean>} attributes @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]} */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** @param {string} decimal */
export function number(decimal) {
  const [whole, part] = parts(decimal);
  // Below 1 the fraction is what counts, so it stays large.
  return h('span', { part: 'number' }, whole, part && (whole === '0' ? part : h('i', {}, part)));
}

/** @param {string} name @param {string} label @param {string} value @param {Node[]} beside */
function field(name, label, value, ...beside) {
  return h('div', { class: 'field', part: 'field' },
    h('label', { for: name }, label),
    h('div', { class: 'box' },
      h('input', {
        id: name, name, value, type: 'text', part: 'input', inputmode: 'decimal', autocomplete: 'off', 'aria-describedby': `${name}-hint ${name}-error`,
      }),
      ...beside),
    h('p', { id: `${name}-hint`, class: 'hint quiet' }),
    h('p', { id: `${name}-error`, class: 'error', part: 'error', 'aria-live': 'polite' }));
}

/** A choice of two, as radio buttons, so that arrow keys work.
 * @param {string} name @param {string} chosen @param {[string, string][]} choices */
const segments = (name, chosen, choices) => h('div', { class: 'seg', part: 'choice' }, ...choices.map(([value, label]) =>
  h('label', {}, h('input', { type: 'radio', name, value, checked: value === chosen }), h('span', {}, label))));

/** The frame around the numbers.
 * @param {Text} text @param {Record<string, string>} given what the fields hold @param {string} heading @param {boolean} readonly */
export function frame(text, given, heading, readonly) {
  const unit = segments('unit', given.unit, [['percent', '%'], ['yuan', text.yuan]]);
  unit.setAttribute('role', 'group');
  unit.setAttribute('aria-label', text.concession);
  return h('article', { class: 'card', part: 'card', lang: text.lang, dir: 'ltr' },
    h('header', {}, h('h2', { part: 'heading' }, slot('heading', heading || text.heading))),
    h('fieldset', { class: 'form', part: 'form', disabled: readonly },
      field('amount', text.amount, given.amount),
      field('concession', text.concession, given.concession, unit),
      h('fieldset', {}, h('legend', {}, text.channel),
        segments('channel', given.channel, [['online', text.online], ['offline', text.offline]]))),
    h('section', { class: 'result', part: 'result', 'aria-busy': 'true' }, ...bones()),
    h('fieldset', { class: 'assumed', part: 'assumptions', disabled: readonly }),
    h('footer', {}, h('p', { class: 'quiet', part: 'caution' }, text.caution), slot('note')));
}

/** @param {string} name @param {string} [otherwise] */
export const slot = (name, otherwise = '') => h('slot', { name }, otherwise);

/** What stands in place of all numbers. @param {string} message @param {(Node | string)[]} more */
export const fault = (message, ...more) => h('div', { class: 'fault', part: 'fault', role: 'alert' }, h('p', {}, message), ...more);

export const bones = () => [h('div', { class: 'bone' }), h('div', { class: 'bone' })];

/** The assumptions: the price, and the parties that a reader may switch.
 * @param {Text} text @param {import('./scheme.mjs').Terms} terms
 * @param {Set<string>} present @param {string} service @param {boolean} partners whether the rules have partners */
export function assumptions(text, { rules, price, supply }, present, service, partners) {
  /** @param {keyof Text['with']} party */
  const tick = (party) => h('label', { class: 'tick' },
    h('input', { type: 'checkbox', name: 'party', value: party, checked: present.has(party) }), text.with[party]);
  const roles = rules.service.roles.map(({ name }) => name);
  return [
    h('legend', {}, text.assumed),
    tick('referrer'), tick('merchant_referrer'), partners ? tick('partner') : '',
    roles.length ? h('div', { class: 'field' },
      h('label', { for: 'service' }, text.service),
      h('select', { id: 'service', name: 'service' }, h('option', { value: '' }, text.none),
        ...roles.map((role) => h('option', { value: role, selected: role === service }, roleIn(text, role))))) : '',
    h('p', { part: 'price' }, `${text.price} `, number(price), ` ${text.yuan}`, supply?.day ? h('small', {}, ` · ${supply.day}`) : ''),
    h('p', { class: 'quiet' }, text.active),
  ];
}

/** @param {Text} text @param {Receipt} receipt @param {(party: Party) => string} called
 * @param {import('./scheme.mjs').Terms} terms @param {Channel} channel @param {string} concession */
export function result(text, receipt, called, { rules, price }, channel, concession) {
  const { rewards, points } = receipt;
  const [first, ...rest] = rewards;
  /** @param {import('../index.d.ts').Reward} reward */
  const gain = (reward) => {
    const [value, asset] = reward.points === '0' ? [reward.share_value, text.assets.share_value] : [reward.points, text.assets.points];
    return [number(value), ' ', h('small', {}, asset)];
  };
  /** @param {import('../index.d.ts').Reward} reward */
  const why = (reward) => h('div', { class: 'why' }, `= ${reasonIn(text, reward)}`);
  /** @param {string} term @param {(Node | string)[]} what */
  const line = (term, ...what) => h('div', {}, h('dt', {}, term), h('dd', {}, ...what));
  const burned = left(points, rewards.map((reward) => reward.points));
  return [
    first ? h('div', { class: 'hero', part: 'headline', role: 'status' },
      h('small', {}, text.gets(called(/** @type {Party} */ (first.member)))),
      h('div', { class: 'big' }, ...gain(first)), h('small', {}, first.points === '0' ? text.notMoney : ''), why(first)) : h('p', { role: 'status' }, text.nobody),
    h('ul', { part: 'rewards' }, ...rest.map((reward) => h('li', { part: 'reward' },
      h('div', {}, h('b', {}, h('bdi', {}, called(/** @type {Party} */ (reward.member)))),
        h('span', { class: `tag ${reward.class}` }, text.classes[reward.class])),
      h('div', { class: 'gets' }, ...gain(reward)), why(reward)))),
    h('dl', { part: 'sums' },
      line(text.pays, number(points), ' ', h('small', {}, text.assets.points),
        h('div', { class: 'why' }, `= ${grouped(`${concession} ${text.yuan} ÷ ${price}`)}`)),
      line(text.burned, number(burned), ' ', h('small', {}, text.assets.points)),
      line(text.when, text.vests(rules.order.vesting_days[channel]))),
  ];
}
