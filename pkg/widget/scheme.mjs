// @ts-check
// The book behind a preview: the parties that the page assumes, under its rules and at its price.
import { openBook, preset } from '../rules.mjs';

/** The most points that a rule set allows. The preview shows who gets what, not whether a merchant has enough points. */
const PLENTY = '1000000000000';
const CITY = '110100';
const SHOP = '110101';

/** @typedef {import('../index.d.ts').RuleSet} RuleSet
 * @typedef {import('../index.d.ts').JournalEvent} JournalEvent
 * @typedef {import('../wallet.d.ts').SupplyNow} SupplyNow
 * @typedef {{ rules: RuleSet, price: string, supply?: SupplyNow }} Terms with what a server said, if it was asked */

/** Fetches a rule set or a price.
 * @param {string} url @param {'rules' | 'price'} field */
async function fetched(url, field) {
  try {
    const response = await fetch(new URL(url, document.baseURI), { signal: AbortSignal.timeout?.(10_000) });
    if (!response.ok) throw new Error(String(response.status));
    return await response.json();
  } catch (cause) {
    throw Object.assign(new Error(`${url}: ${/** @type {Error} */ (cause).message}`), { code: 'not_loaded', field });
  }
}

/** Reads the attributes `rules` and `price`.
 * @param {string} rules a preset's name, a rule set as JSON, or the address of one
 * @param {string} price a decimal, or the address of a server's supply; empty for the price at which the rules start
 * @returns {Promise<Terms>} */
export async function terms(rules, price) {
  const fixed = /^[\d.]*$/.test(price);
  const [set, supply] = await Promise.all([
    /^\s*\{/.test(rules) ? parsed(rules) : /^[\w-]+$/.test(rules) ? preset(/** @type {any} */ (rules)) : fetched(rules, 'rules'),
    fixed ? { price } : fetched(price, 'price'),
  ]);
  return { rules: set, price: supply?.price || (fixed ? set?.price?.initial : supply), supply };
}

/** @param {string} json */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw Object.assign(/** @type {Error} */ (cause), { code: 'bad_rules', field: 'rules' });
  }
}

/** The pack that gives a right, if there is one.
 * @param {RuleSet} rules @param {'merchant' | 'area_partner'} right */
export const packFor = (rules, right) => Object.keys(rules.packs).find((name) => rules.packs[name][right]);

/** Opens a book in which these parties are ready for an order, as far as the rules have such parties.
 * @param {Terms} terms @param {Set<string>} present @param {string} role the service role above the buyer's referrer, or none */
export function open({ rules, price }, present, role) {
  // Refuses invalid rules before anything of them is read here.
  const book = openBook({ ...rules, supply: { cap: PLENTY, treasury: PLENTY } });
  const [first = 'none'] = Object.keys(rules.packs);
  /** @param {JournalEvent[]} events */
  const settle = (...events) => events.forEach((event) => book.apply(event));
  /** @param {string} member @param {string | false} by @param {string} [pack] */
  const join = (member, by, pack = first) => settle(
    by ? { type: 'member.registered', member, referrer: by } : { type: 'member.registered', member },
    { type: 'pack.purchased', member, pack },
  );
  const referrer = present.has('referrer');
  const service = referrer && rules.service.roles.some(({ name }) => name === role);
  const area = present.has('partner') && packFor(rules, 'area_partner');
  try {
    if (service) {
      join('service', false);
      settle({ type: 'role.assigned', member: 'service', role });
    }
    if (referrer) join('referrer', service && 'service');
    join('buyer', referrer && 'referrer');
    const bySomebody = present.has('merchant_referrer');
    if (bySomebody) join('merchant_referrer', false);
    join('merchant', bySomebody && 'merchant_referrer', packFor(rules, 'merchant'));
    settle(
      { type: 'treasury.granted', member: 'merchant', points: PLENTY },
      { type: 'merchant.opened', member: 'merchant', region: SHOP },
    );
    if (area) {
      join('partner', false, area);
      settle({ type: 'partner.appointed', member: 'partner', region: CITY });
    }
    settle({ type: 'price.set', price });
  } catch (refusal) {
    book.free();
    throw refusal;
  }
  return book;
}

/** @param {import('../index.d.ts').Book} book
 * @param {import('../index.d.ts').Channel} channel @param {string} amount @param {string} concession */
export const preview = (book, channel, amount, concession) => book.preview({
  type: 'order.placed', order: 'preview', buyer: 'buyer', merchant: 'merchant', channel, amount, concession, region: SHOP,
});
