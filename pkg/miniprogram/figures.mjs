// @ts-check
// Exact decimals as texts, only for showing. They use no floats, and no BigInt, which old phones lack.

/** The digits of a decimal at 8 places, the last first. @param {string} decimal */
function digits(decimal) {
  const [whole, part = ''] = decimal.split('.');
  return (whole + (part + '00000000').slice(0, 8)).split('').reverse().map(Number);
}

/** Points times price, rounded down to the cent: yuan.
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
  return grouped(places(`${cents.length > 2 ? cents.slice(0, -2) : '0'}.${`00${cents}`.slice(-2)}`));
}

/** Drops trailing zeros. @param {string} decimal */
const places = (decimal) => decimal.replace(/\.?0+$/, '');

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
