// @ts-check
// One instance of the rules, whichever loader starts it. So a test in Node can start the rules for an element that was made for pages.
import * as glue from './dist/gongxiang_bg.js';
import { surface } from './core.mjs';

export const { start, openBook, replay, version } = surface(glue, './gongxiang_bg.js');
export { preset } from './core.mjs';
