// @ts-check
// One instance of the rules, whichever loader starts it.
import * as glue from './dist/gongxiang_bg.js';
import { streamed, surface } from './core.mjs';

export const { start, openBook, replay, version } = surface(glue, './gongxiang_bg.js');
export { preset } from './core.mjs';

/** Starts the rules from the binary beside this file. */
export const load = () => start(async (imports) => streamed(await fetch(new URL('./dist/gongxiang_bg.wasm', import.meta.url)), imports));
