// Requests to the settlement server. An answer is plain data. A failure is an object with `code` and `field`: the server's own, or
// `unreachable` if it did not answer, or one for its status if the answer comes from something between.
const { server } = require('../config');
const { forget, session } = require('./session');
const { byStatus } = require('./status');

const TIMEOUT = 15000;
const DAYS_PER_PAGE = 200;
/** The form of the server's codes; a newer one has codes that are not known here. */
const OUR_CODE = /^[a-z_]+$/;

function request(method, path, data, header = {}) {
  const signedIn = session();
  if (signedIn) header.Authorization = `Bearer ${signedIn.token}`;
  return new Promise((resolve, reject) => {
    wx.request({
      url: server + path, method, data, timeout: TIMEOUT, header: Object.assign({ 'content-type': 'application/json' }, header),
      success: ({ statusCode, data: body, header: said = {} }) => {
        if (statusCode < 400) return resolve(body);
        // A proxy answers without a code of ours.
        const isOurs = Boolean(body) && OUR_CODE.test(body.code || '');
        const problem = isOurs ? body : { code: byStatus(statusCode) };
        // The session has ended: the next page asks to sign in again.
        if (statusCode === 401) forget();
        // Some phones keep the case of header names, others change it.
        const after = Number(said['Retry-After'] || said['retry-after']) || 0;
        return reject({ code: problem.code, field: problem.field || '', status: statusCode, after, limit: problem.limit || '', isOurs });
      },
      fail: () => reject({ code: 'unreachable', field: '', status: 0 }),
    });
  });
}

const get = (path) => request('GET', path);

const post = (path, data = {}) => request('POST', path, data);

/** Sends a command under its idempotency key, so that a repetition does not settle it twice. The server refuses it if another member than
 * this one is signed in. */
const command = (path, data, key, member) => request('POST', path, data, { 'Idempotency-Key': key, 'gongxiang-member': member })
  // What is no receipt comes from something between, such as the page of a captive portal.
  .then((answer) => (answer && answer.receipt ? answer : Promise.reject({ code: 'unreachable', field: '', status: 0 })));

/** The closed days. They never change, so only later ones are fetched. */
let days = [];

function closedDays() {
  const last = days.length ? `&after=${days[days.length - 1].day}` : '';
  return get(`/v1/days?limit=${DAYS_PER_PAGE}${last}`).then((page) => {
    days = days.concat(page.days);
    return page.days.length < DAYS_PER_PAGE ? days : closedDays();
  });
}

const POSTINGS_PER_PAGE = 500;
const POSTING_PAGES_MAX = 40;

/** The postings of a member's statement, newest first. They never change, so only later ones are fetched. */
let booked = { member: '', postings: [] };

/** All postings of a member; nothing if there are more than a phone should hold. */
function allPostings(member) {
  if (booked.member !== member) booked = { member, postings: [] };
  const known = booked.postings;
  const isKnown = ({ place, line }) => known.length > 0 && (place < known[0].place || (place === known[0].place && line <= known[0].line));
  const fetch = (fresh, before, pages) => get(`/v1/members/${member}/statement?limit=${POSTINGS_PER_PAGE}${before}`).then((page) => {
    const all = fresh.concat(page.postings.filter((row) => !isKnown(row)));
    if (page.next && !page.postings.some(isKnown)) return pages < POSTING_PAGES_MAX ? fetch(all, `&before=${page.next}`, pages + 1) : undefined;
    booked = { member, postings: all.concat(known) };
    return booked.postings;
  });
  return fetch([], '', 1);
}

/** Forgets days and postings, because the server may have started over. */
function forgetPast() {
  days = [];
  booked = { member: '', postings: [] };
}

/** The answers that the wallet card needs, all of the same day. */
function snapshot(member, again = 2) {
  const answers = [get(`/v1/members/${member}`), get('/v1/supply'), get('/v1/rules'), get(`/v1/members/${member}/pending`), allPostings(member)];
  return Promise.all(answers).then(([now, supply, rules, pending, postings]) => {
    if (now.day !== supply.day && again) return snapshot(member, again - 1);
    return closedDays().then((closed) => ({ member: now, supply, rules, pending, postings, days: closed }));
  });
}

module.exports = { command, forgetPast, get, post, request, snapshot };
