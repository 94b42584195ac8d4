// Sends each command until it has an outcome, in the order in which they were given. A command and its idempotency key are in the phone's
// storage before it is first sent. So it is settled once, whatever is lost: an answer, the network or the app. A refusal that nobody waits for
// becomes a notice, which stays until it was read.
const { command } = require('./api');
const { session } = require('./session');

const KEY_BYTES = 16;
/** Seconds before each repetition. After the last, the command waits until a page is opened again. */
const PAUSES = [1, 2, 4];
const PAUSE_MAX = 30;
const NOTICES_MAX = 50;

/** A list of one member in the phone's storage. */
const list = (name) => {
  const place = (member) => `gongxiang.${name}.${member}`;
  const of = (member) => [].concat(wx.getStorageSync(place(member)) || []);
  const write = (member, rows) => (rows.length ? wx.setStorageSync(place(member), rows) : wx.removeStorageSync(place(member)));
  return {
    of,
    add: (member, row) => write(member, of(member).concat(row)),
    remove: (member, key) => write(member, of(member).filter((row) => row.key !== key)),
    change: (member, key, more) => write(member, of(member).map((row) => (row.key === key ? Object.assign({}, row, more) : row))),
    has: (member, key) => of(member).some((row) => row.key === key),
  };
};
const commands = list('outbox');
const refusals = list('notices');

/** The signed-in member's commands without an outcome, oldest first. */
const waiting = () => (session() ? commands.of(session().member) : []);

/** The refusals that the signed-in member has not read, oldest first. */
const notices = () => (session() ? refusals.of(session().member) : []);

/** Forgets a notice that was read. */
const dismiss = (key) => refusals.remove(session().member, key);

/** Keeps a refusal until it was read. */
function note({ key, member, path, data }, { code, status, limit }) {
  const last = refusals.of(member).slice(1 - NOTICES_MAX);
  wx.setStorageSync(`gongxiang.notices.${member}`, last.concat({ key, path, data, code, status, limit, at: Date.now() }));
}

/** A random key: 128 bits in hexadecimal digits. */
const newKey = () => new Promise((resolve, reject) => {
  if (!wx.getRandomValues) return reject({ code: 'old_wechat', field: '', status: 0 });
  return wx.getRandomValues({
    length: KEY_BYTES,
    success: ({ randomValues }) => resolve(Array.from(new Uint8Array(randomValues), (byte) => (256 + byte).toString(16).slice(1)).join('')),
    fail: () => reject({ code: 'old_wechat', field: '', status: 0 }),
  });
});

/** Whether the outcome is unknown: no answer, none of the server's own, a busy server, a first request that is still being settled, or an ended
 * session or another member's, before which the command may have been settled. */
const isOpen = ({ code, status, isOurs }) => !status || isOurs === false || status === 401 || status === 408 || status === 429 || status >= 500
  || code === 'in_flight' || code === 'pending' || code === 'wrong_member';

const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, Math.min(seconds, PAUSE_MAX) * 1000));

/** Sends a stored command with its key until it has an outcome or the pauses are used up. */
function settle(kept, repeated = 0) {
  if (!commands.has(kept.member, kept.key)) return Promise.reject({ code: 'cancelled', field: '', status: 422 });
  commands.change(kept.member, kept.key, { tried: true });
  return command(kept.path, kept.data, kept.key, kept.member).catch((failure) => {
    if (!isOpen(failure) || failure.status === 401 || failure.code === 'wrong_member') throw failure;
    if (repeated === PAUSES.length) throw Object.assign({}, failure, { code: 'pending' });
    return wait(failure.after || PAUSES[repeated]).then(() => settle(kept, repeated + 1));
  });
}

/** Who waits for the outcome of a command: key → `resolve` and `reject`. */
const awaited = {};

/** Tells who waits for a command. Returns whether somebody does. */
function tell(key, how, what) {
  const waits = awaited[key];
  delete awaited[key];
  if (waits) waits[how](what);
  return Boolean(waits);
}

/** Sends what waits, one after the other. Stops at the first command that has no outcome yet. Returns how many have one now. */
function sendAll(count = 0) {
  const kept = waiting()[0];
  if (!kept) return Promise.resolve(count);
  return settle(kept).then((receipt) => {
    commands.remove(kept.member, kept.key);
    tell(kept.key, 'resolve', receipt);
  }, (failure) => {
    if (isOpen(failure)) throw failure;
    commands.remove(kept.member, kept.key);
    if (!tell(kept.key, 'reject', failure) && failure.code !== 'cancelled') note(kept, failure);
  }).then(() => sendAll(count + 1));
}

/** The run that is sending. Only one at a time, so that no command overtakes another. */
let sending = null;

/** Tells all who wait that there is no outcome yet. */
const abandon = (failure) => Object.keys(awaited).forEach((key) => tell(key, 'reject', failure));

/** Sends what waits, and returns how many have an outcome after it. */
function resume() {
  if (sending) return sending;
  sending = Promise.resolve().then(() => sendAll()).then((count) => {
    sending = null;
    // A command that was stored while the last one was answered.
    if (waiting().length) return resume().then((more) => count + more);
    abandon({ code: 'pending', field: '', status: 0 });
    return count;
  }, (failure) => {
    sending = null;
    abandon(failure);
    throw failure;
  });
  return sending;
}

function store(path, data, what) {
  const before = waiting().filter((kept) => JSON.stringify([kept.path, kept.data]) === what)[0];
  if (before) return Promise.resolve(before);
  return newKey().then((key) => {
    const { member } = session();
    const kept = { member, path, data, key, at: Date.now() };
    try {
      commands.add(member, kept);
    } catch (cause) {
      throw { code: 'storage', field: '', status: 0 };
    }
    return kept;
  });
}

/** The commands that were given and are not answered: a double tap gives none twice. */
const given = {};

/** Stores a command and returns its receipt. What was stored before it is sent first. The same command without an outcome is that command. */
function send(path, data) {
  const what = JSON.stringify([path, data]);
  if (!given[what]) {
    const free = () => {
      delete given[what];
    };
    given[what] = store(path, data, what).then(({ key }) => new Promise((resolve, reject) => {
      awaited[key] = { resolve, reject };
      resume().catch(() => {});
    }));
    given[what].then(free, free);
  }
  return given[what];
}

/** Stores a command, and sends it without anybody who waits for its outcome. */
const queue = (path, data) => store(path, data, JSON.stringify([path, data])).then(() => {
  resume().catch(() => {});
});

/** Drops a command: it is not sent again. If it was sent before, it may have been settled. */
const cancel = (key) => commands.remove(session().member, key);

module.exports = { cancel, dismiss, isOpen, newKey, note, notices, queue, resume, send, waiting };
