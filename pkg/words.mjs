// @ts-check
// Makes texts of the words of the catalogue.

/** Fills a template: each name in braces becomes its value as `show` writes it.
 * @param {string} template @param {Record<string, string>} values @param {(value: string) => string} show */
const filled = (template, values, show) => template.replace(/\{(\w+)\}/g, (_, name) => show(values[name]));

/** The reason of an amount. If there is no template, the reason comes from a newer server, which says it in English.
 * @param {Record<string, string>} templates by tag
 * @param {{ why: { of: string }, reason?: string }} what @param {(value: string) => string} [show] writes a value */
export const reasonOf = (templates, { why, reason = why.of }, show = String) =>
  (templates[why.of] ? filled(templates[why.of], /** @type {any} */ (why), show) : reason);

/** Words of the catalogue as a sentence.
 * @param {string} words @param {string} [stop] */
export const sentence = (words, stop = '') => words[0].toUpperCase() + words.slice(1).replace(/`/g, '') + stop;
