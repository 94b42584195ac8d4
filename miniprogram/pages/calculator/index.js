const { get, post } = require('../../utils/api');
const { page } = require('../../utils/page');

page('calculator', {
  data: { merchant: '', channel: 'online', region: '110101', excerpt: null, asked: {}, forecast: null },
  load() {
    return this.data.excerpt ? this.excerptOf(this.data.asked) : undefined;
  },
  choose({ currentTarget }) {
    this.setData({ channel: currentTarget.dataset.channel });
  },
  ask() {
    const { merchant, channel, region } = this.data;
    return this.work(() => this.excerptOf({ merchant: merchant.trim(), channel, region: region.trim() }));
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
