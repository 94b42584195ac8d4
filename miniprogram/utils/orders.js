// An order as lists show it: to its buyer, and to its shop.
const { yuanOf } = require('./money');

/** The part of a reward that one sees first: points, or share value. */
const gain = ({ points, share_value: shareValue }) => (points === '0' ? { amount: shareValue, asset: 'share_value' } : { amount: points, asset: 'points' });

/** A line: `who` is the name of the other side. What the buyer gets is left out once a part was refunded, because it is less then. */
function lineOf(order, who) {
  const { id, day, amount, concession, points, left, due, buyer } = order;
  const state = order.state.vested ? 'vested' : order.state;
  const isPart = state !== 'refunded' && left !== concession;
  const own = order.rewards.map((row) => (row.reward ? row.reward : row)).filter(({ member }) => member === buyer)[0];
  const gets = own && state !== 'refunded' && !isPart ? gain(own) : null;
  const shown = { amount: yuanOf(amount), concession: yuanOf(concession), left: yuanOf(left) };
  return { id, day, amount, concession, points, left, shown, who, state, isPart, gets, due: state === 'pending' ? due : order.state.vested };
}

module.exports = { gain, lineOf };
