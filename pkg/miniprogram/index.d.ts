/** The package in a WeChat mini-program. Only the way to load it differs. */
export type * from '../index.js';
export { openBook, preset, replay, version } from '../index.js';
export * from '../wallet.js';

/** Loads the rules. Call it once before anything else; calling it again is harmless. Rejects with `not_loaded` if the binary cannot be
 * read, or if WeChat's base library is older than 2.14.0. `path` is the place of `gongxiang.wasm.br` in the code package, if it is not
 * `/miniprogram_npm/gongxiang/gongxiang.wasm.br`. */
export function init(options?: { path?: string }): Promise<void>;
