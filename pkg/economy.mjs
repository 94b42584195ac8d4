// @ts-check
// The second binary: all functions of the rules, and forecasts, simulations and reviews. Only pages that need these load it.
import * as glue from './dist/economy/economy_bg.js';
import { ruleSet, surface } from './core.mjs';
import { guard } from './error.mjs';
import { forWallets } from './wallet.mjs';

const { start, startNow, loaded, openBook: open, replay, version } = surface(glue, './economy_bg.js');
export { replay, start, startNow, version };
export const { balance, nextRelease, openExcerpt, statement } = forWallets(loaded);
export { preset } from './core.mjs';
export { GongxiangError } from './error.mjs';

/** @param {unknown} rules */
export const openBook = (rules) => guard(open(rules));

/** @param {unknown} rules @param {unknown} [scenario] @param {unknown} [goOn] */
export const simulate = (rules, scenario, goOn) => loaded().simulate(ruleSet(rules), scenario, goOn);

/** @param {unknown} eve */
export const openEve = (eve) => loaded().openEve(eve);

/** @param {unknown} eve @param {unknown} [assumptions] @param {unknown} [goOn] */
export function forecast(eve, assumptions, goOn) {
  const open = openEve(eve);
  try {
    return open.forecast(assumptions, goOn);
  } finally {
    open.free();
  }
}

/** @param {unknown} rules @param {unknown} supply @param {unknown} shareValue */
export const newcomer = (rules, supply, shareValue) => loaded().newcomer(ruleSet(rules), supply, shareValue);

/** @param {unknown} rules @param {unknown} [declared] */
export const review = (rules, declared) => loaded().review(ruleSet(rules), declared);
