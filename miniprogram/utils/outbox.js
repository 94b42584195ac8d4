// Sends each command until it has an outcome. The command and its idempotency key are in the phone's storage before it is first sent. So it is
// settled once, whatever is lost: an answer, the network or the app.
const { command } = require('./api');
const { session } = require('./session');

/** The storage key of a member's command. */
const place = (member) => `gongxiang.outbox.${member}`;
const KEY_BYTES = 16;
/** Seconds before each repetition. After the last, the command waits until the page is opened again. */
const PAUSES = [1, 2, 4];
const PAUSE_MAX = 30;

/** A random key: 128 bits in hexadecimal digits. */
const newKey = () => new Promise((resolve, reject) => {
  if (!wx.getRandomValues) return reject({ code: 'old_wechat', field: '', status: 0 });
  return wx.getRandomValues({
    length: KEY_BYTES,
    success: ({ randomValues }) => resolve(Array.from(new Uint8Array(randomValues), (byte) => (256 + byte).toString(16).slice(1)).join('')),
    fail: () => reject({ code: 'old_wechat', field: '', status: 0 }),
  });
});

/** Whether the outcome is unknown: no answer, a busy server, a first request that is still being settled, or an ended session or
 * another member's, before which the command may have been settled. */
const isOpen = ({ code, status }) => !status || status === 401 || status === 408 || status === 429 || status >= 500
  || code === 'in_flight' || code === 'pending' || code === 'wrong_member';

const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, Math.min(seconds, PAUSE_MAX) * 1000));

/** The command of the signed-in member that has no outcome yet. */
function waiting() {
  const signedIn = session();
  return (signedIn && wx.getStorageSync(place(signedIn.member))) || null;
}

/** Sends a stored command with its key, and forgets it once it has an outcome. */
function settle(kept, repeated = 0) {
  return command(kept.path, kept.data, kept.key, kept.member).then(
    (receipt) => {
      wx.removeStorageSync(place(kept.member));
      return receipt;
    },
    (failure) => {
      if (!isOpen(failure)) {
        wx.removeStorageSync(place(kept.member));
        throw failure;
      }
      if (failure.status === 401 || failure.code === 'wrong_member') throw failure;
      if (repeated === PAUSES.length) throw Object.assign({}, failure, { code: 'pending' });
      return wait(failure.after || PAUSES[repeated]).then(() => settle(kept, repeated + 1));
    },
  );
}

/** The command that is being sent. Only one at a time, so that a double tap does not make two keys. */
let sending = null;

function alone(what, work) {
  const done = Promise.resolve().then(work);
  const free = () => {
    sending = null;
  };
  sending = { what, done };
  done.then(free, free);
  return done;
}

/** Sends a command and returns its receipt. A stored command without an outcome is sent first; its refusal is not shown, because nobody waits
 * for it. */
function send(path, data) {
  const what = JSON.stringify([path, data]);
  if (sending) {
    const { what: other, done } = sending;
    const again = () => send(path, data);
    return other === what ? done : done.then(again, again);
  }
  return alone(what, () => {
    const before = waiting();
    if (before && JSON.stringify([before.path, before.data]) === what) return settle(before);
    const first = before ? settle(before).catch((failure) => {
      if (isOpen(failure)) throw failure;
    }) : Promise.resolve();
    return first.then(newKey).then((key) => {
      const kept = { member: session().member, path, data, key };
      wx.setStorageSync(place(kept.member), kept);
      return settle(kept);
    });
  });
}

/** Sends the stored command, if there is one. */
function resume() {
  if (sending) return sending.done;
  const kept = waiting();
  return kept ? alone(JSON.stringify([kept.path, kept.data]), () => settle(kept)) : Promise.resolve(null);
}

module.exports = { resume, send, waiting };
