const { get, post } = require('../../utils/api');
const { page } = require('../../utils/page');
const { keepPlace, placeOf } = require('../../utils/till');

/** An order in a shop counts for the shop's own region, whatever its own says. */
const ANYWHERE = '110101';

page('calculator', {
  data: { merchant: '', channel: 'online', place: null, excerpt: null, asked: {}, forecast: null },
  load(member) {
    this.setData({ place: placeOf(member) });
    return this.data.excerpt ? this.excerptOf(this.data.asked) : undefined;
  },
  choose({ currentTarget }) {
    this.setData({ channel: currentTarget.dataset.channel });
  },
  /** A place that was chosen: the names of province, city and district, and their codes (GB/T 2260). The last is the smallest. */
  locate({ detail: { value, code } }) {
    const codes = code.filter((part) => part);
    const place = { names: value, text: value.filter((name, at) => value.indexOf(name) === at).join(' '), code: codes[codes.length - 1] };
    keepPlace(this.data.member, place);
    this.setData({ place });
  },
  ask() {
    const { merchant, channel, place } = this.data;
    if (channel === 'online' && !place) return this.fail({ code: 'no_region' });
    const region = channel === 'online' ? place.code : ANYWHERE;
    return this.work(() => this.excerptOf({ merchant: merchant.trim(), channel, region }));
  },
  // What a network that is too young for a forecast says instead of one.
  without({ code }) {
    if (code !== 'too_young') return null;
    return get('/v1/supply').then((supply) => ({ code, turnover_days: supply.turnover_days }), () => null);
  },
  excerptOf(asked) {
    const { merchant, channel, region } = asked;
    const address = [['buyer', this.data.member], ['merchant', merchant], ['channel', channel], ['region', region]]
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return get(`/v1/excerpt?${address}`).then((excerpt) => {
      this.setData({ excerpt, asked });
      // The forecast comes later than the preview. If the server has none, the page works without it.
      return post('/v1/forecast').catch((refusal) => this.without(refusal)).then((forecast) => this.setData({ forecast }));
    });
  },
});
