// The pages' words in both languages: those of the catalogue, which `cargo xtask build` writes, and the pages' own. The components have theirs.
const catalogue = require('./catalogue');
const { byStatus } = require('./status');
const text = require('./text');

/** One language of a table of pairs, which may have tables in it. */
const pick = (table, at) => Object.keys(table).reduce((words, key) => {
  words[key] = Array.isArray(table[key]) ? table[key][at] : pick(table[key], at);
  return words;
}, {});

/** The catalogue's words that templates show, and the pages' own. */
const of = ({ assets, roles, rules, notice_kinds: noticeKinds }, at) => Object.assign({ assets, noticeKinds, roles, rules }, pick(text, at));

const words = { zh: of(catalogue.zh, 0), en: of(catalogue.en, 1) };

const wordsOf = (language) => words[language] || words.zh;

const capital = (sentence) => sentence[0].toUpperCase() + sentence.slice(1).replace(/`/g, '');

/** A failure in words: what it is, and no more than that. */
function said(language, failure) {
  const { code, status, after, limit } = failure || {};
  const own = wordsOf(language).codes;
  const { codes, failures } = catalogue[language] || catalogue.zh;
  const wordOf = (name) => own[name] || (codes[name] || failures[name] ? capital(codes[name] || failures[name]) : '');
  // A code of a newer server is told by its status.
  const sentence = wordOf(code) || (status || !code ? wordOf(byStatus(status)) : code);
  const rest = [limit, status === 429 && after ? `${after} s` : ''].filter(Boolean);
  return rest.length ? `${sentence} (${rest.join(', ')})` : sentence;
}

/** The reason of a posting. If the catalogue has no template, the reason comes from a newer server, which says it in English. */
function reasonIn(language, { why, reason }) {
  const template = catalogue[language].reasons[why.of];
  return template ? template.replace(/\{(\w+)\}/g, (all, name) => why[name]) : reason || why.of;
}

const DEEDS = [
  [/^\/v1\/orders$/, 'order'], [/^\/v1\/orders\/.*\/refund$/, 'refund'], [/^\/v1\/offers$/, 'offer'], [/^\/v1\/offers\/.*\/trades$/, 'take'],
  [/^\/v1\/offers\/.*\/cancel$/, 'withdraw'], [/^\/v1\/trades\/.*\/pay$/, 'pay'], [/^\/v1\/trades\/.*\/confirm$/, 'confirm'],
  [/^\/v1\/trades\/.*\/cancel$/, 'cancel'], [/^\/v1\/goods\/.*\/redemptions$/, 'redeem'],
];

/** What a command is: a key of `deeds`. */
function deedOf(path) {
  const found = DEEDS.filter(([pattern]) => pattern.test(path))[0];
  return found ? found[1] : 'other';
}

module.exports = { deedOf, reasonIn, said, wordsOf };
