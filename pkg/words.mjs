// @ts-check
// From the words of the catalogue to what people read.

/** A template, filled: each name in braces becomes what `show` makes of its value.
 * @param {string} template @param {Record<string, string>} values @param {(value: string) => string} show */
const filled = (template, values, show) => template.replace(/\{(\w+)\}/g, (_, name) => show(values[name]));

/** Why an amount is what it is. A reason that these templates do not have is of a newer server, which says it in English.
 * @param {Record<string, string>} templates by tag
 * @param {{ why: { of: string }, reason?: string }} what @param {(value: string) => string} [show] how a value is shown */
export const reasonOf = (templates, { why, reason = why.of }, show = String) =>
  (templates[why.of] ? filled(templates[why.of], /** @type {any} */ (why), show) : reason);

/** A word of the catalogue as a sentence of a screen.
 * @param {string} words @param {string} [stop] */
export const sentence = (words, stop = '') => words[0].toUpperCase() + words.slice(1).replace(/`/g, '') + stop;
