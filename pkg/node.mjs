// @ts-check
// The loader for Node: the binary is read from the disk.
import { readFile } from 'node:fs/promises';
import { start } from './core.mjs';

export { balance, nextRelease, openBook, openExcerpt, preset, replay, statement, version } from './core.mjs';

/** Loads the rules; every call after the first waits for the same load.
 * @param {string | URL} [source] where the .wasm is, if not beside this file
 * @returns {Promise<void>} */
export function init(source = new URL('./dist/gongxiang_bg.wasm', import.meta.url)) {
  return start(async (imports) => WebAssembly.instantiate(await readFile(source), imports));
}
