// Codes that people show: a member's own for the counter, and an invitation. Also their pictures.
const qrcode = require('qrcode-generator');

const ID = '[A-Za-z0-9_.:-]{1,64}';
const CODE = new RegExp(`^GX1\\.(${ID}?)(?:\\.(\\d{1,12})\\.(\\d{8}))?$`);

/** What a member's code says: the id; if its server has codes for each minute, the minute since 1970 and the code's eight digits, too. */
const codeText = (member, minute, digits) => (digits ? `GX1.${member}.${minute}.${digits}` : `GX1.${member}`);

/** The member of a code, and whether its server can check it; null if it is a code of another kind. */
function readCode(text) {
  const read = CODE.exec(String(text).trim());
  return read && { member: read[1], text: read[0], isOfMinute: Boolean(read[3]) };
}

/** The address that an invitation's code has: the browser wallet's page for it. A link rule of WeChat sees what is before the `#`. */
const invitationOf = (server, member) => `${server}/?join=${encodeURIComponent(member)}#/join/${member}`;

/** The path of the page to which a shared invitation leads. */
const sharedPath = (member) => `/pages/sign-in/index?referrer=${encodeURIComponent(member)}`;

const isId = (text) => new RegExp(`^${ID}$`).test(text);

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    return '';
  }
}

/** Who invited, by how the page was opened: shared in WeChat (`referrer`), by a mini-program code (`scene`, at most 32 characters, which
 * leaves no room for the `m-` of a member's id), or by the code of an ordinary link (`q`). Empty if nobody did. */
function referrerIn({ referrer = '', scene = '', q = '' }) {
  const named = decoded(scene);
  const link = /(?:[?&]join=|#\/join\/)([^&#]+)/.exec(decoded(q));
  const found = decoded(referrer) || (/^[0-9a-f]{32}$/.test(named) ? `m-${named}` : named) || (link ? decoded(link[1]) : '');
  return isId(found) ? found : '';
}

/** A sign-in code, typed or scanned: the code itself or the link that has it. */
const enrolmentIn = (text) => decoded(String(text).trim().split('#/enrol/').pop());

const CELL = 8;
/** Readers need a quiet zone of four modules around the code. */
const MARGIN = 4 * CELL;

/** A QR code as the address of a picture. */
function picture(text) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  return code.createDataURL(CELL, MARGIN);
}

module.exports = { codeText, enrolmentIn, invitationOf, isId, picture, readCode, referrerIn, sharedPath };
