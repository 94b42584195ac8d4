// The names of other members: their own, their shops', their short numbers, or the beginning and the end of their ids.
const { get } = require('./api');

const PER_REQUEST = 50;
const known = {};

/** An id as lists show it. */
const brief = (id) => (id.length > 12 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id);

/** A short number as one reads it out. */
const spaced = (number) => number.replace(/^(\d{4})(\d{4})$/, '$1 $2');

/** The names of these members as id → name. Without an answer the ids stand for them. */
function namesOf(members) {
  const missing = members.filter((id, at) => !known[id] && members.indexOf(id) === at).slice(0, PER_REQUEST);
  const asked = missing.length ? get(`/v1/names?members=${missing.join(',')}`).then(({ names }) => {
    names.forEach((name) => { known[name.member] = name; });
  }, () => {}) : Promise.resolve();
  return asked.then(() => members.reduce((names, id) => {
    const { name, shop_name: shop, number } = known[id] || {};
    const person = name || (number ? spaced(number) : brief(id));
    names[id] = { person, shop: shop || person };
    return names;
  }, {}));
}

module.exports = { brief, namesOf, spaced };
