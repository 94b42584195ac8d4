// @ts-check
// What all loaders share: one instance of each binary, started once, and a clear error if it is used before.
import generated from './dist/presets.js';

/** @type {Record<string, unknown>} */
const presets = generated;

/** The version of this package, 0.2.0, as a number. A binary of another one has another surface. */
const RELEASE = 2_000;

/** An error of the same form as those of the rules.
 * @param {string} code @param {string} field @param {string} message */
export function failure(code, field, message) {
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
  const imports = { [name]: /** @type {any} */ (glue) };
  /** @type {Promise<void> | undefined} */
  let starting;
  /** What the rules were started from, if it is known. @type {unknown} */
  let from;
  let ready = false;

  function loaded() {
    if (!ready) throw failure('not_initialised', '', 'call `await init()` before anything else');
    return glue;
  }

  /** @param {any} cause */
  const notLoaded = (cause) => failure('not_loaded', '', `the rules could not be loaded: ${cause?.message ?? cause}`);

  /** @param {WebAssembly.Instance} instance */
  function use({ exports }) {
    if (ready) return;
    // Asked without the glue, which holds on to the memory of the first instance that it sees.
    const release = /** @type {any} */ (exports).release?.();
    if (release !== RELEASE) throw new Error(`this is the binary of another package: release ${release}, not ${RELEASE}`);
    glue.__wbg_set_wasm(exports);
    ready = true;
  }

  /** Whether the rules were started before. Throws if that was from another address, module or bytes; two responses cannot be compared.
   * @param {any} source */
  function begun(source) {
    const place = source?.then || source?.arrayBuffer ? undefined : source?.href ?? source;
    if (!starting) from = place;
    else if (place !== undefined && place !== from) throw notLoaded('they were loaded already, from somewhere else');
    return starting;
  }

  return {
    loaded,
    /** Starts the rules once, however often it is called. A failed start can be tried again; another source than the first is an error.
     * @param {(imports: WebAssembly.Imports) => Promise<{ instance: WebAssembly.Instance }>} instantiate
     * @param {unknown} [source] where the binary comes from, if it is not the package's own
     * @returns {Promise<void>} */
    start(instantiate, source) {
      // Not `async`: WeChat's compiler turns that into a function which not every app has.
      if (starting) return starting.then(() => void begun(source));
      begun(source);
      return starting = instantiate(imports).then(({ instance }) => use(instance)).catch((cause) => {
        starting = undefined;
        throw notLoaded(cause);
      });
    },
    /** The same with an instance that is made at once.
     * @param {(imports: WebAssembly.Imports) => WebAssembly.Instance} instantiate @param {unknown} source */
    startNow(instantiate, source) {
      if (begun(source) && ready) return;
      try {
        use(instantiate(imports));
      } catch (cause) {
        throw notLoaded(cause);
      }
      starting ??= Promise.resolve();
    },
    version: () => loaded().version(),
    /** @param {unknown} rules @param {unknown} events */
    replay: (rules, events) => loaded().replay(ruleSet(rules), events),
    /** @param {unknown} rules */
    openBook: (rules) => loaded().openBook(ruleSet(rules)),
  };
}
