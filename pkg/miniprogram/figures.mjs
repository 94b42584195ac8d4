// @ts-check
// Exact decimals as texts, only for showing. They use no floats, and no BigInt, which old phones lack.

/** The digits of a decimal at 8 places, the last first. @param {string} decimal */
function digits(decimal) {
  const [whole, part = ''] = decimal.split('.');
  return (whole + (part + '00000000').slice(0, 8)).split('').reverse().map(Number);
}

/** Points times price, rounded down to the cent: yuan with their two places.
 * @param {string} points @param {string} price */
export function worth(points, price) {
  const [a, b] = [digits(points), digits(price)];
  const sums = new Array(a.length + b.length).fill(0);
  a.forEach((x, i) => b.forEach((y, j) => {
    sums[i + j] += x * y;
    // Carries at once, so that nothing comes near 2^53.
    sums[i + j + 1] += Math.floor(sums[i + j] / 10);
    sums[i + j] %= 10;
  }));
  // 16 places, of which 2 stay.
  const text = sums.reverse().join('');
  const cents = text.slice(0, -14).replace(/^0+/, '') || '0';
  return grouped(`${cents.length > 2 ? cents.slice(0, -2) : '0'}.${`00${cents}`.slice(-2)}`);
}

/** Decimals of at most 8 places, added up. @param {string[]} decimals */
export function sum(decimals) {
  // 8 places, and a digit before them.
  const sums = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  decimals.forEach((decimal) => digits(decimal).forEach((x, i) => { sums[i] = (sums[i] || 0) + x; }));
  for (let i = 0; i < sums.length; i += 1) {
    if (sums[i] > 9) sums[i + 1] = (sums[i + 1] || 0) + Math.floor(sums[i] / 10);
    sums[i] %= 10;
  }
  const text = sums.reverse().join('');
  return `${text.slice(0, -8).replace(/^0+(?=\d)/, '')}.${text.slice(-8)}`.replace(/\.?0+$/, '');
}

/** Yuan with their two places: `1234.5` as `1,234.50`. Further places are cut. @param {string} decimal */
export function yuan(decimal) {
  const [whole, part = ''] = String(decimal).split('.');
  return grouped(`${whole}.${`${part}00`.slice(0, 2)}`);
}

/** Places of a fraction that are shown at first. */
const PLACES = 4;

/** A decimal cut to its first places; of a number below 1 at least two digits stay. A tap shows all of them.
 * @param {string} decimal */
export function brief(decimal) {
  const point = decimal.indexOf('.');
  if (point < 0) return grouped(decimal);
  const zeros = decimal.search(/[1-9]/);
  return grouped(decimal.slice(0, Math.max(point + 1 + PLACES, zeros + 2)));
}

/** `1234567.5` as `1,234,567.5`. @param {string} decimal */
export function grouped(decimal) {
  const [whole, part] = String(decimal).split('.');
  const figures = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return part ? `${figures}.${part}` : figures;
}

/** Turns what a person typed into a plain decimal: full-width digits become digits; spaces and grouping commas go.
 * @param {string} typed */
export const plain = (typed) => String(typed).trim()
  .replace(/[\uff0c-\uff0e\uff10-\uff19]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
  .replace(/^(\d{1,3})((?:,\d{3})+)(?=\.|$)/, (text) => text.replace(/,/g, ''))
  .replace(/^0+(?=\d)/, '');

/** The lower of two decimals comes first. @param {string} a @param {string} b */
export function order(a, b) {
  const [x, y] = [a, b].map((text) => {
    const [whole, part = ''] = text.split('.');
    return [whole.length, whole, part];
  });
  for (let i = 0; i < 3; i += 1) if (x[i] !== y[i]) return x[i] < y[i] ? -1 : 1;
  return 0;
}
