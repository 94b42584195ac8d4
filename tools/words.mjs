// words/*.json → a module with the words that a client shows. A client's own words stay in the client.
import { readFile, writeFile } from 'node:fs/promises';

const LANGUAGES = ['en', 'zh'];
/** The kinds of an order's rewards, and their reasons. */
const REWARDS = {
  rules: ['consumption', 'sale', 'share_online', 'share_offline', 'merchant_share', 'service', 'area'],
  reasons: ['concession', 'consumption', 'consumption_step', 'order_points', 'order_points_step'],
};

/** For each client the sections of the catalogue that it shows: `true` for all of a section, or a list of keys. */
export const SHOWN = {
  widget: {
    assets: ['points', 'share_value'], classes: true, codes: ['bad_amount', 'bad_concession', 'bad_price', 'bad_rules', 'out_of_range'],
    reasons: REWARDS.reasons, roles: true, units: true,
  },
  /** The components of the package's part for mini-programs. */
  components: {
    assets: true, codes: ['bad_amount', 'bad_concession', 'bad_snapshot', 'merchant_points_short', 'not_a_merchant', 'out_of_range', 'self_dealing', 'too_young', 'unknown_member'],
    ...REWARDS,
  },
  /** The mini-program shows statements and every refusal of the server. */
  miniprogram: { assets: true, codes: true, failures: true, notice_kinds: true, reasons: true, roles: true, rules: true },
};

/** A catalogue: section → key → word. */
export const catalogue = async (language) => JSON.parse(await readFile(new URL(`../words/${language}.json`, import.meta.url), 'utf8'));

/** The part of a catalogue that a client shows. A key without a word is an error. */
export function selected(words, shown) {
  return Object.fromEntries(Object.entries(shown).map(([section, keys]) => [section, Object.fromEntries(
    (keys === true ? Object.keys(words[section]) : keys).map((key) => {
      if (!Object.hasOwn(words[section], key)) throw new Error(`words/*.json has no ${section}.${key}`);
      return [key, words[section][key]];
    }),
  )]));
}

/** Writes a client's words as a module, for `import` or for `require`. */
export async function writeWords(client, file, format = 'esm') {
  const words = await Promise.all(LANGUAGES.map(async (language) => [language, selected(await catalogue(language), SHOWN[client])]));
  const start = format === 'esm' ? 'export default' : 'module.exports =';
  await writeFile(file, `// From words/*.json.\n${start} ${JSON.stringify(Object.fromEntries(words))};\n`);
}
