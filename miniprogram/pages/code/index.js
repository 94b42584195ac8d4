// A member's code: new each minute if the server has such codes, and the id alone if it has none. It is there without a network.
const { get } = require('../../utils/api');
const { codeText, picture } = require('../../utils/code');
const { spaced } = require('../../utils/names');
const { page } = require('../../utils/page');
const { codesOf, keepCodes, keepNumber, numberOf } = require('../../utils/till');

const seconds = () => Math.floor(Date.now() / 1000);

/** Goes on without the network; other failures are shown. */
const offline = (failure) => {
  if (failure.status) throw failure;
};

page('code', {
  data: { image: '', number: '', text: '' },
  load(member) {
    this.setData({ number: spaced(numberOf(member)) });
    this.show();
    return Promise.all([this.fetchNumber(member), this.fetchCodes(member)]);
  },
  fetchNumber(member) {
    return get(`/v1/members/${member}/profile`).then(({ number }) => {
      keepNumber(member, number);
      this.setData({ number: spaced(number || '') });
    }, offline);
  },
  fetchCodes(member) {
    return get(`/v1/members/${member}/codes`).then(({ now, minute, codes }) => {
      // The phone's clock may be wrong.
      keepCodes(member, { ahead: now - seconds(), minute, codes });
      this.show();
    }, (failure) => {
      // This server has no such codes.
      if (failure.status === 404) keepCodes(member, null);
      else offline(failure);
    });
  },
  /** Shows the code of this minute, and the next one when it is over. */
  show() {
    const { member } = this.data;
    const kept = codesOf(member);
    const now = seconds() + (kept ? kept.ahead : 0);
    const minute = Math.floor(now / 60);
    const text = codeText(member, minute, kept && kept.codes[minute - kept.minute]);
    if (text !== this.data.text) this.setData({ text, image: picture(text) });
    clearTimeout(this.timer);
    if (kept && !this.away) this.timer = setTimeout(() => this.show(), (60 - (now % 60)) * 1000);
  },
  left() {
    clearTimeout(this.timer);
  },
});
