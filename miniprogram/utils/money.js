// Money as whole numbers of cents, and points as decimal texts. Nothing here is a fraction: every number is whole and below 2^53.

/** Yuan, at most 10^12, with at most two places, as cents; null if the text is no such amount. */
function cents(text) {
  const parts = /^(\d{1,13})(?:\.(\d{0,2}))?$/.exec(String(text).trim());
  if (!parts) return null;
  const all = Number(parts[1]) * 100 + Number(`${parts[2] || ''}00`.slice(0, 2));
  return all <= 1e14 ? all : null;
}

/** Cents as a canonical decimal of yuan. */
function yuan(all) {
  const part = all % 100;
  const places = part ? `.${part % 10 ? `0${part}`.slice(-2) : part / 10}` : '';
  return `${(all - part) / 100}${places}`;
}

/** A canonical decimal of yuan as people read it: grouped, with its two places. */
function yuanOf(decimal) {
  const [whole, part = ''] = String(decimal).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${`${part}00`.slice(0, 2)}`;
}

/** ceil(`of` × `part` / `whole`), for whole numbers from 0 to 10^14 with `part` at most `whole`. The product may have 28 digits, so it is
 * divided while it is made, bit by bit of `of`. */
function share(of, part, whole) {
  let quotient = 0;
  let rest = 0;
  const bits = of.toString(2);
  for (let at = 0; at < bits.length; at += 1) {
    rest = rest * 2 + (bits[at] === '1' ? part : 0);
    const over = rest % whole;
    quotient = quotient * 2 + (rest - over) / whole;
    rest = over;
  }
  return rest ? quotient + 1 : quotient;
}

/** The concession of a part of an order that comes back: the order's rate of it, rounded up to the cent, and at most what is left.
 * All in cents. */
const concessionOf = (back, { amount, concession, left }) => Math.min(share(concession, back, amount), left);

const PLACES = 8;

/** Decimals of at most 8 places, above 0, added up. */
function sum(decimals) {
  const [whole, part] = decimals.reduce(([wholes, parts], text) => {
    const [before, after = ''] = text.split('.');
    return [wholes + Number(before), parts + Number(`${after}00000000`.slice(0, PLACES))];
  }, [0, 0]);
  const over = Math.floor(part / 1e8);
  const rest = `00000000${part - over * 1e8}`.slice(-PLACES).replace(/0+$/, '');
  return `${whole + over}${rest && `.${rest}`}`;
}

module.exports = { cents, concessionOf, share, sum, yuan, yuanOf };
