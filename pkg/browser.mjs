// @ts-check
// The loader for browsers, with and without a bundler.
import * as glue from './dist/gongxiang_bg.js';
import { fetched, surface } from './core.mjs';

const { start, openBook, replay, version } = surface(glue, './gongxiang_bg.js');
export { openBook, replay, version };
export { preset } from './core.mjs';

/** @param {string | URL} [source] where the .wasm is, if not beside this file */
export const init = (source = new URL('./dist/gongxiang_bg.wasm', import.meta.url)) => start(fetched(source));
