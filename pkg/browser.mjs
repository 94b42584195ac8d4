// @ts-check
// The loader for browsers and other runtimes of the web, with and without a bundler.
import { binary } from './core.mjs';
import { load, start } from './rules.mjs';

export { openBook, preset, replay, version } from './rules.mjs';

/** Loads the rules; every call after the first waits for the same load.
 * @param {import('./index.d.ts').Binary} [source] the binary or its address, if it is not beside this file */
export const init = (source) => (source ? start(binary(() => source)) : load());
