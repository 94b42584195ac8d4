// @ts-check
// What all loaders share: one instance of each binary, started once, and a clear error if it is used before.
import generated from './dist/presets.js';

/** @type {Record<string, unknown>} */
const presets = generated;

/** An error of the same form as those of the rules.
 * @param {string} code @param {string} field @param {string} message */
function failure(code, field, message) {
  const error = new Error(`${code}: ${message}`);
  error.name = 'GongxiangError';
  return Object.assign(error, { code, field });
}

/** A rule set: itself, or a preset by its name.
 * @param {unknown} rules */
export function ruleSet(rules) {
  if (typeof rules !== 'string') return rules;
  if (Object.keys(presets).includes(rules)) return presets[rules];
  throw failure('bad_rules', 'rules', `there is no preset \`${rules}\`, only ${Object.keys(presets).join(', ')}`);
}

/** A copy of a preset.
 * @param {string} name */
export const preset = (name) => structuredClone(ruleSet(String(name)));

/** The class of a value, even if it comes from another realm. @param {unknown} value */
const kindOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** @param {Response} response @param {WebAssembly.Imports} imports */
export async function streamed(response, imports) {
  if (response.ok === false) throw new Error(`${response.url} answered ${response.status}`);
  // Streaming accepts only this type without parameters, and only a response of this realm. Anything else is read as bytes.
  if (response.headers?.get('Content-Type') === 'application/wasm' && response instanceof Response && WebAssembly.instantiateStreaming) {
    return WebAssembly.instantiateStreaming(response, imports);
  }
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
}

/** Instantiates a binary, given as an address, bytes, a response or a compiled module.
 * @param {() => import('./index.d.ts').Binary | Promise<import('./index.d.ts').Binary>} source called when the binary is needed
 * @param {(place: string | URL) => Promise<Response | Uint8Array<ArrayBuffer>>} [read] reads an address
 * @returns {(imports: WebAssembly.Imports) => Promise<{ instance: WebAssembly.Instance }>} */
export const binary = (source, read = (place) => fetch(place)) => async (imports) => {
  /** @type {any} */
  let found = await source();
  if (typeof found === 'string' || typeof found?.href === 'string') found = await read(found);
  if (kindOf(found) === 'WebAssembly.Module') return { instance: await WebAssembly.instantiate(/** @type {WebAssembly.Module} */ (found), imports) };
  if (typeof found?.arrayBuffer === 'function') return streamed(found, imports);
  if (ArrayBuffer.isView(found) || kindOf(found) === 'ArrayBuffer') return WebAssembly.instantiate(/** @type {BufferSource} */ (found), imports);
  throw new Error('neither an address, nor bytes, nor a response, nor a WebAssembly.Module');
};

/** The functions that every binary has.
 * @template {typeof import('./dist/gongxiang_bg.js')} Glue
 * @param {Glue} glue @param {string} name the name under which the binary imports its glue */
export function surface(glue, name) {
  /** @type {Promise<void> | undefined} */
  let starting;
  let ready = false;

  function loaded() {
    if (!ready) throw failure('not_initialised', '', 'call `await init()` before anything else');
    return glue;
  }

  return {
    loaded,
    /** Starts the rules once, however often it is called. A failed start can be tried again.
     * @param {(imports: WebAssembly.Imports) => Promise<{ instance: WebAssembly.Instance }>} instantiate */
    start: (instantiate) => starting ??= instantiate({ [name]: /** @type {any} */ (glue) }).then(
      ({ instance }) => {
        glue.__wbg_set_wasm(instance.exports);
        ready = true;
      },
      (cause) => {
        starting = undefined;
        throw failure('not_loaded', '', `the rules could not be loaded: ${cause?.message ?? cause}`);
      },
    ),
    version: () => loaded().version(),
    /** @param {unknown} rules @param {unknown} events */
    replay: (rules, events) => loaded().replay(ruleSet(rules), events),
    /** @param {unknown} rules */
    openBook: (rules) => loaded().openBook(ruleSet(rules)),
  };
}
