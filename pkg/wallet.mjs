// @ts-check
// What a wallet computes from a server's answers: functions of the binaries `phone` and `economy`.
import { ruleSet } from './core.mjs';

/** @template {Pick<typeof import('./dist/phone/phone_bg.js'), 'openExcerpt' | 'balance' | 'statement' | 'nextRelease'>} Glue
 * @param {() => Glue} loaded returns the glue once its binary is loaded */
export const forWallets = (loaded) => ({
  /** @param {unknown} excerpt */
  openExcerpt: (excerpt) => loaded().openExcerpt(excerpt),
  /** @param {unknown} account @param {unknown} days */
  balance: (account, days) => loaded().balance(account, days),
  /** @param {unknown} account @param {unknown} days @param {number} count */
  statement: (account, days, count) => loaded().statement(account, days, count),
  /** @param {unknown} account @param {unknown} days @param {unknown} supply @param {unknown} rules @param {string} [vesting] */
  nextRelease: (account, days, supply, rules, vesting) => loaded().nextRelease(account, days, supply, ruleSet(rules), vesting),
});
