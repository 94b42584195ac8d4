// @ts-check
// The rules on their glue: one instance, whichever loader starts it. So a test that runs in Node starts them for an element that was
// made for pages.
import * as glue from './dist/gongxiang_bg.js';
import { surface } from './core.mjs';

export const { start, openBook, replay, version } = surface(glue, './gongxiang_bg.js');
export { preset } from './core.mjs';
