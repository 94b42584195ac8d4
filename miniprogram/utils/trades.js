// A trade as a page shows it to one of its two sides.
const { yuanOf } = require('./money');

const HOUR = 3600;
const whole = (seconds, unit) => (seconds - (seconds % unit)) / unit;

/** How long the buyer still has, in hours or minutes; null without a time limit. */
function timeLeft(until, now) {
  if (!until) return null;
  const left = until - now;
  if (left <= 0) return { unit: 'over', count: '' };
  return left < HOUR ? { unit: 'minutes', count: whole(left, 60) || 1 } : { unit: 'hours', count: whole(left, HOUR) };
}

/** Whether a trade still has to be paid or confirmed. */
const lives = ({ state }) => state === 'taken' || state === 'paid';

/** A line of `/v1/members/ID/trades` for this member, at this time in seconds since 1970. */
function tradeOf(row, member, names, now) {
  const { terms, buyer, seller, notes, dispute, state } = row;
  const buys = buyer === member;
  const { until, payee = '', payment = '' } = notes || {};
  const isPaid = state === 'paid';
  return {
    id: row.id, state, buys, payee, payment, day: row.day, points: row.points, sum: yuanOf(row.sum), price: terms.unit_price,
    who: (names[buys ? seller : buyer] || {}).person || '',
    lives: lives(row),
    left: state === 'taken' ? timeLeft(until, now) : null,
    dispute: dispute || null,
    // The seller has until the deadline to look; the server holds the same.
    mayDispute: isPaid && (Boolean(dispute) || !buys || !until || until <= now),
    mayConfirm: lives(row) && !buys,
    mayCancel: lives(row) && (buys || !isPaid),
  };
}

/** What a living trade asks of this member now: a key of `tradeNotices`; empty if it is the other side's turn. */
function noticeOf({ state, buys, payee, dispute }) {
  if (state === 'paid') return dispute ? 'disputed' : (!buys && 'confirm') || '';
  if (state !== 'taken') return '';
  return buys ? 'pay' : (!payee && 'payee') || '';
}

module.exports = { noticeOf, timeLeft, tradeOf };
