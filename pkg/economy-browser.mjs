// @ts-check
// The loader of the second binary for browsers, with and without a bundler.
import { fetched } from './core.mjs';
import { start } from './economy.mjs';

export {
  balance, forecast, newcomer, nextRelease, openBook, openEve, openExcerpt,
  preset, replay, review, simulate, statement, version,
} from './economy.mjs';

/** Loads it; every call after the first waits for the same load.
 * @param {string | URL} [source] where the .wasm is, if not beside this file */
export const init = (source = new URL('./dist/economy/economy_bg.wasm', import.meta.url)) => start(fetched(source));
