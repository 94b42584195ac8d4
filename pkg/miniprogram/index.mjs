// @ts-check
// The loader for WeChat mini-programs: the binary is a file of the code package, and `WXWebAssembly` reads it.
import * as glue from '../dist/phone/phone_bg.js';
import { surface } from '../core.mjs';
import { forWallets } from '../wallet.mjs';
import { watch } from './platform.mjs';

const { start, loaded, openBook, replay, version } = surface(glue, './phone_bg.js');
export { openBook, replay, version };
export const { balance, nextRelease, openExcerpt, statement } = forWallets(loaded);
export { preset } from '../core.mjs';

/** @param {unknown} member @param {unknown} account @param {unknown} postings @param {unknown} days */
export const history = (member, account, postings, days) => loaded().history(member, account, postings, days);

/** Where 构建 npm puts the binary in the main package. */
const PATH = '/miniprogram_npm/gongxiang/gongxiang.wasm.br';

/** @typedef {{ exports: WebAssembly.Exports }} Instance */

/** Loads the rules; every call after the first waits for the same load.
 * @param {{ path?: string }} [options] `path`: where the .wasm.br is, from the root of the code package; for sub-packages
 * @returns {Promise<void>} */
export function init({ path = PATH } = {}) {
  // No `async`: WeChat's compiler turns it into ES5 that calls a function which not every app has.
  return start((imports) => Promise.resolve().then(() => {
    // @ts-ignore: WeChat's own global
    const engine = typeof WXWebAssembly === 'undefined' ? undefined : WXWebAssembly;
    if (!engine) throw new Error('this WeChat has no WXWebAssembly; base library 2.14.0 or newer is needed');
    return engine.instantiate(path, imports);
  }).then((/** @type {Instance & { instance?: Instance }} */ answer) => {
    // Some versions answer with the instance, others with the instance and its module.
    const instance = /** @type {WebAssembly.Instance} */ (answer.instance || answer);
    if (!instance.exports || !instance.exports.memory) throw new Error(`${path} is not the binary of this package`);
    watch(/** @type {any} */ (instance.exports.memory));
    return { instance, module: /** @type {any} */ (undefined) };
  }));
}
