// @ts-check
// The loader of the second binary for browsers, with and without a bundler.
import { binary } from './core.mjs';
import { atOnce } from './error.mjs';
import { start, startNow } from './economy.mjs';

export {
  GongxiangError, balance, forecast, newcomer, nextRelease, openBook, openEve, openExcerpt,
  preset, replay, review, simulate, statement, version,
} from './economy.mjs';

/** Loads the binary; every call after the first waits for the same load.
 * @param {import('./index.d.ts').Binary} [source] the binary or its address, if it is not beside this file */
export const init = (source) => start(binary(() => source ?? new URL('./dist/economy/economy_bg.wasm', import.meta.url)), source);

/** The same at once. @param {import('./index.d.ts').BinaryNow} source */
export const initSync = (source) => startNow(atOnce(source), source);
