// The packs of a member, from its account and its postings; and those that would activate it.
const { cents } = require('./money');

/** What a pack of the rules is: it allows a shop, or a city, or only activates. */
const kindOf = (pack) => (pack.area_partner ? 'area' : (pack.merchant && 'merchant') || 'member');

/** The pack that a posting belongs to: its price and rate are in the reason. Rules that were replaced may have had another. */
function kindIn(packs, { rate, price }) {
  const found = packs.filter((pack) => cents(pack.price) === cents(price) && pack.share_value_rate === rate)[0];
  return found ? kindOf(found) : 'other';
}

/** What a pack does for the member now: a key of `packStates`. */
function stateOf(kind, { shop, city }) {
  if (kind === 'merchant') return shop ? 'shop' : 'mayOpen';
  if (kind === 'area') return city ? 'partner' : 'mayPartner';
  return 'active';
}

/** The packs that have taken effect, one row for each kind: since when, and how often it was bought. */
function ownPacks({ member: { account }, rules, postings = [] }) {
  const packs = Object.keys(rules.packs).map((name) => rules.packs[name]);
  const rows = {};
  const add = (kind, since, count) => {
    if (!rows[kind]) rows[kind] = { kind, since, count: 0, state: stateOf(kind, account) };
    rows[kind].count += count;
  };
  // Postings are newest first; the oldest says since when.
  postings.filter(({ rule, why }) => rule === 'pack' && why.of === 'pack').reverse()
    .forEach(({ day, why }) => add(kindIn(packs, why), day, 1));
  // A pack without share value, or one from before the books, has no posting.
  if (account.merchant_pack) add('merchant', '', 0);
  if (account.area_pack) add('area', account.area_pack, 0);
  if (account.activated && !Object.keys(rows).length) add('member', '', 0);
  return ['member', 'merchant', 'area', 'other'].map((kind) => rows[kind]).filter((row) => row);
}

/** The packs of the rules, cheapest first: each activates. */
const packsOnOffer = ({ rules }) => Object.keys(rules.packs).map((name) => ({ name, kind: kindOf(rules.packs[name]), price: rules.packs[name].price }))
  .sort((a, b) => cents(a.price) - cents(b.price));

module.exports = { ownPacks, packsOnOffer };
