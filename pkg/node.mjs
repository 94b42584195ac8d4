// @ts-check
// The loader for Node: the binary is read from the disk.
import { binary } from './core.mjs';
import { ownBinary, readBinary } from './read.mjs';
import { start } from './rules.mjs';

export { openBook, preset, replay, version } from './rules.mjs';

/** Loads the rules; every call after the first waits for the same load.
 * @param {import('./index.d.ts').Binary} [source] the binary or its address, if it is not beside this file */
export const init = (source) => start(binary(
  async () => source ?? ownBinary(() => new URL('./dist/gongxiang_bg.wasm', import.meta.url), () => import('./dist/gongxiang_bg.br.mjs')), readBinary,
));
