// @ts-check
// The loader for browsers, with and without a bundler: the binary lies beside this file.
import { start } from './core.mjs';

export { balance, nextRelease, openBook, openExcerpt, preset, replay, statement, version } from './core.mjs';

/** Loads the rules; every call after the first waits for the same load.
 * @param {string | URL} [source] where the .wasm is, if not beside this file
 * @returns {Promise<void>} */
export function init(source = new URL('./dist/gongxiang_bg.wasm', import.meta.url)) {
  return start(async (imports) => {
    const response = await fetch(source);
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    // A server that does not know application/wasm still serves the bytes.
    if (response.headers.get('Content-Type')?.startsWith('application/wasm')) {
      return WebAssembly.instantiateStreaming(response, imports);
    }
    return WebAssembly.instantiate(await response.arrayBuffer(), imports);
  });
}
