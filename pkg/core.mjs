// @ts-check
// What all loaders share: one instance of each binary, started once, and a plain word where it has not been started.
import generated from './dist/presets.js';

/** @type {Record<string, unknown>} */
const presets = generated;

/** An error as the rules give it.
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

/** A binary from a server.
 * @param {string | URL} source
 * @returns {(imports: WebAssembly.Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>} */
export const fetched = (source) => async (imports) => {
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // A server that does not know application/wasm still serves the bytes.
  if (response.headers.get('Content-Type')?.startsWith('application/wasm')) {
    return WebAssembly.instantiateStreaming(response, imports);
  }
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
};

/** What both binaries answer, on the glue of one of them.
 * @template {typeof import('./dist/gongxiang_bg.js')} Glue
 * @param {Glue} glue @param {string} name what the binary calls its glue */
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
    /** Starts the rules once, however often it is called. A start that failed can be tried again.
     * @param {(imports: WebAssembly.Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>} instantiate */
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
