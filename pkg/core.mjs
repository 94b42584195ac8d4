// @ts-check
// What all loaders share: one instance, started once, and a plain word where it has not been started.
import * as glue from './dist/gongxiang_bg.js';
import generated from './dist/presets.js';

/** @type {Record<string, unknown>} */
const presets = generated;

/** @type {Promise<void> | undefined} */
let starting;
let ready = false;

/** An error as the rules give it: with a stable `code` and the `field`.
 * @param {string} code @param {string} field @param {string} message */
function failure(code, field, message) {
  const error = new Error(`${code}: ${message}`);
  error.name = 'GongxiangError';
  return Object.assign(error, { code, field });
}

/** Starts the rules once, however often and however concurrently it is called. A start that failed can be tried again.
 * @param {(imports: WebAssembly.Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>} instantiate
 * @returns {Promise<void>} */
export function start(instantiate) {
  starting ??= instantiate({ './gongxiang_bg.js': /** @type {any} */ (glue) }).then(
    ({ instance }) => {
      glue.__wbg_set_wasm(instance.exports);
      ready = true;
    },
    (cause) => {
      starting = undefined;
      throw failure('not_loaded', '', `the rules could not be loaded: ${cause?.message ?? cause}`);
    },
  );
  return starting;
}

function mustBeReady() {
  if (!ready) throw failure('not_initialised', '', 'call `await init()` before anything else');
}

/** A rule set: itself, or a preset by its name.
 * @param {unknown} rules */
function ruleSet(rules) {
  if (typeof rules !== 'string') return rules;
  if (Object.keys(presets).includes(rules)) return presets[rules];
  throw failure('bad_rules', 'rules', `there is no preset \`${rules}\`, only ${Object.keys(presets).join(', ')}`);
}

export function version() {
  mustBeReady();
  return glue.version();
}

/** @param {unknown} rules @param {unknown} events */
export function replay(rules, events) {
  mustBeReady();
  return glue.replay(ruleSet(rules), events);
}

/** @param {unknown} rules */
export function openBook(rules) {
  mustBeReady();
  return glue.openBook(ruleSet(rules));
}

/** @param {unknown} excerpt */
export function openExcerpt(excerpt) {
  mustBeReady();
  return glue.openExcerpt(excerpt);
}

/** @param {unknown} account @param {unknown} days */
export function balance(account, days) {
  mustBeReady();
  return glue.balance(account, days);
}

/** @param {unknown} account @param {unknown} days @param {number} count */
export function statement(account, days, count) {
  mustBeReady();
  return glue.statement(account, days, count);
}

/** @param {unknown} account @param {unknown} days @param {unknown} supply @param {unknown} rules */
export function nextRelease(account, days, supply, rules) {
  mustBeReady();
  return glue.nextRelease(account, days, supply, ruleSet(rules));
}

/** A copy of a preset, to start a rule set of one's own from.
 * @param {string} name */
export function preset(name) {
  return structuredClone(ruleSet(String(name)));
}
