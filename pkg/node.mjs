// @ts-check
// The loader for Node: the binary is read from the disk.
import { readFile } from 'node:fs/promises';
import * as glue from './dist/gongxiang_bg.js';
import { surface } from './core.mjs';

const { start, openBook, replay, version } = surface(glue, './gongxiang_bg.js');
export { openBook, replay, version };
export { preset } from './core.mjs';

/** Loads the rules; every call after the first waits for the same load.
 * @param {string | URL} [source] where the .wasm is, if not beside this file */
export const init = (source = new URL('./dist/gongxiang_bg.wasm', import.meta.url)) =>
  start(async (imports) => WebAssembly.instantiate(await readFile(source), imports));
