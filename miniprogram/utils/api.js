// The settlement server's HTTP. An answer is its plain data; a failure is an object with `code` and `field`, the server's own where it
// answered, `unreachable` where it did not.
const { server } = require('../config');
const { forget, session } = require('./session');

const TIMEOUT = 15000;
const DAYS_PER_PAGE = 200;

function request(method, path, data, header = {}) {
  const signedIn = session();
  if (signedIn) header.Authorization = `Bearer ${signedIn.token}`;
  return new Promise((resolve, reject) => {
    wx.request({
      url: server + path, method, data, timeout: TIMEOUT, header: Object.assign({ 'content-type': 'application/json' }, header),
      success: ({ statusCode, data: body, header: said = {} }) => {
        if (statusCode < 400) return resolve(body);
        const problem = body && body.code ? body : { code: 'failed', field: '' };
        // A session that has ended: the next page shown asks to sign in again.
        if (statusCode === 401) forget();
        // Some phones write the names of headers as the server does, some in their own way.
        const after = Number(said['Retry-After'] || said['retry-after']) || 0;
        return reject({ code: problem.code, field: problem.field || '', status: statusCode, after });
      },
      fail: () => reject({ code: 'unreachable', field: '', status: 0 }),
    });
  });
}

const get = (path) => request('GET', path);

const post = (path, data = {}) => request('POST', path, data);

/** A command under its key: an answer that got lost must not settle it twice. */
const command = (path, data, key) => request('POST', path, data, { 'Idempotency-Key': key });

/** Closed days never change: they are kept, and only continued. */
let days = [];

function closedDays() {
  const last = days.length ? `&after=${days[days.length - 1].day}` : '';
  return get(`/v1/days?limit=${DAYS_PER_PAGE}${last}`).then((page) => {
    days = days.concat(page.days);
    return page.days.length < DAYS_PER_PAGE ? days : closedDays();
  });
}

/** Forgets the days: the server may have begun anew. */
function forgetDays() {
  days = [];
}

/** What the wallet card computes from, all of one moment. */
function snapshot(member, again = 2) {
  return Promise.all([get(`/v1/members/${member}`), get('/v1/supply'), get('/v1/rules')]).then(([now, supply, rules]) => {
    if (now.day !== supply.day && again) return snapshot(member, again - 1);
    return closedDays().then((closed) => ({ member: now, supply, rules, days: closed }));
  });
}

module.exports = { command, forgetDays, get, post, request, snapshot };
