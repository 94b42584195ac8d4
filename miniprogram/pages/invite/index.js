const { server } = require('../../config');
const { invitationOf, picture, sharedPath } = require('../../utils/code');
const { page } = require('../../utils/page');

page('invite', {
  data: { image: '', link: '' },
  load(member) {
    const link = invitationOf(server, member);
    this.setData({ link, image: picture(link) });
  },
  /** What WeChat sends when the member shares: it opens the sign-in page, which registers with this referrer. */
  onShareAppMessage() {
    return { title: this.data.words.shareTitle, path: sharedPath(this.data.member) };
  },
});
