// @ts-check
// Reads a decimal as people type it. It is accepted only if it can mean one thing. Decimals stay texts.

/** Nothing of the rules is larger than 10^12. */
const DIGITS_MAX = 12;
/** Spaces of every kind, full-width ones included. */
const SPACE = '[\\s\\u00a0\\u2000-\\u200b\\u202f\\u3000]';
const BEFORE = new RegExp(`^${SPACE}*[¥￥]?${SPACE}*`);
const AFTER = new RegExp(`${SPACE}*(元|yuan|CNY|RMB)?${SPACE}*$`, 'i');
/** `1,000,000` or `1 000 000`: groups of three with one separator throughout. Anything else could be a decimal comma. */
const GROUPED = new RegExp(`^\\d{1,3}(?:(,|${SPACE})\\d{3})(?:\\1\\d{3})*(?=\\.|$)`);

/** @typedef {'empty' | 'shape' | 'places' | 'negative' | 'large'} Trouble
 * @typedef {{ value: string, trouble?: undefined } | { value?: undefined, trouble: Trouble }} Reading */

/** Money, or a percentage: at most 2 decimal places.
 * @param {string} typed
 * @returns {Reading} */
export function read(typed) {
  let text = typed
    // Full-width digits, comma, point, minus and percent sign lie together, 0xfee0 above the plain ones.
    .replace(/[\uff05\uff0b-\uff0e\uff10-\uff19]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(BEFORE, '')
    .replace(AFTER, '');
  if (!text) return { trouble: 'empty' };
  if (/^[-−]/.test(text)) return { trouble: 'negative' };
  const grouped = GROUPED.exec(text)?.[0];
  if (grouped) text = grouped.replace(/\D/g, '') + text.slice(grouped.length);
  const [, whole, part = ''] = /^(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined || !(whole || part)) return { trouble: 'shape' };
  const figures = whole.replace(/^0+/, '') || '0';
  const rest = part.replace(/0+$/, '');
  if (rest.length > 2) return { trouble: 'places' };
  if (figures.length > DIGITS_MAX) return { trouble: 'large' };
  return { value: rest ? `${figures}.${rest}` : figures };
}

/** A percentage of an amount, rounded down to the cent. It is no rule; it only fills in the concession.
 * @param {string} amount @param {string} percent */
export const percentOf = (amount, percent) => decimal((whole(amount, 2) * whole(percent, 2)) / 10_000n, 2);

/** Points minus those taken.
 * @param {string} points @param {string[]} taken */
export const left = (points, taken) => decimal(taken.reduce((rest, part) => rest - whole(part, 8), whole(points, 8)), 8);

/** A decimal as a whole number of its smallest unit.
 * @param {string} decimal @param {number} places */
export function whole(decimal, places) {
  const [figures, part = ''] = decimal.split('.');
  return BigInt(figures + part.padEnd(places, '0'));
}

/** @param {bigint} whole @param {number} places */
export function decimal(whole, places) {
  const figures = String(whole).padStart(places + 1, '0');
  return `${figures.slice(0, -places)}.${figures.slice(-places)}`.replace(/\.?0+$/, '');
}

/** Yuan with two places, rounded down. @param {string} decimal */
export function money(decimal) {
  const [whole, part = ''] = decimal.split('.');
  return grouped(`${whole}.${part.padEnd(2, '0').slice(0, 2)}`);
}

/** Points or share value with at most four places, rounded down. @param {string} decimal */
export const amount = (decimal) => grouped(decimal.replace(/(\.\d{4})\d+$/, '$1').replace(/\.?0+$/, (zeros) => (decimal.includes('.') ? '' : zeros)));

/** `1234567.5` as `1,234,567` and `.5`.
 * @param {string} decimal @returns {[string, string]} */
export function parts(decimal) {
  const [whole, part] = decimal.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), part ? `.${part}` : ''];
}

/** Groups the digits of every decimal in a text.
 * @param {string} text */
export const grouped = (text) => text.replace(/\d+(\.\d+)?/g, (decimal) => parts(decimal).join(''));
