// @ts-check
// One instance of the rules, whichever loader starts it.
import * as glue from './dist/gongxiang_bg.js';
import { streamed, surface } from './core.mjs';

export const { start, startNow, openBook, replay, version } = surface(glue, './gongxiang_bg.js');
export { preset } from './core.mjs';

/** Starts the rules from the binary beside this file, or at an address. @param {string} [place] */
export const load = (place) => start(async (imports) => streamed(await fetch(place ?? new URL('./dist/gongxiang_bg.wasm', import.meta.url)), imports), place);
