// What the phone keeps so that a code can be shown and an order taken without a network: a member's number, the codes of the next minutes, its
// shop's region, the concession that was used last, and where a member's orders are delivered.

const place = (what, member) => `gongxiang.${what}.${member}`;
const keep = (what) => (member, value) => (value ? wx.setStorageSync(place(what, member), value) : wx.removeStorageSync(place(what, member)));
const kept = (what, otherwise) => (member) => wx.getStorageSync(place(what, member)) || otherwise;

module.exports = {
  keepNumber: keep('number'),
  numberOf: kept('number', ''),
  keepCodes: keep('codes'),
  codesOf: kept('codes', null),
  keepShop: keep('shop'),
  shopOf: kept('shop', ''),
  keepPreset: keep('preset'),
  keepPlace: keep('place'),
  placeOf: kept('place', null),
  presetOf: kept('preset', { kind: 'percent', value: '10' }),
};
