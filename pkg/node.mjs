// @ts-check
// The loader for Node: the binary is read from the disk.
import { binary } from './core.mjs';
import { atOnce, guard } from './error.mjs';
import { ownBinary, readBinary } from './read.mjs';
import { openBook as open, start, startNow } from './rules.mjs';

export { GongxiangError } from './error.mjs';
export { preset, replay, version } from './rules.mjs';

/** Loads the rules; every call after the first waits for the same load.
 * @param {import('./index.d.ts').Binary} [source] the binary or its address, if it is not beside this file */
export const init = (source) => start(binary(
  async () => source ?? ownBinary(() => new URL('./dist/gongxiang_bg.wasm', import.meta.url), () => import('./dist/gongxiang_bg.br.mjs')), readBinary,
), source);

/** The same at once. @param {import('./index.d.ts').BinaryNow} source */
export const initSync = (source) => startNow(atOnce(source), source);

/** @param {unknown} rules */
export const openBook = (rules) => guard(open(rules));
