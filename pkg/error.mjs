// @ts-check
// What the loaders for pages and Node add to the rules: the class of their errors, a start at once, and books that say so when they are used
// after `free()`.
import { failure } from './core.mjs';

/** A refusal or a failure. Those of the rules are made in the binary, so an error is one by its name, whoever made it. */
export class GongxiangError extends Error {
  /** @param {string} code @param {string} field @param {string} message */
  constructor(code, field, message) {
    super();
    Object.assign(this, failure(code, field, message), { message: `${code}: ${message}`, name: 'GongxiangError' });
  }

  /** @param {any} error */
  static [Symbol.hasInstance](error) {
    return error?.name === 'GongxiangError';
  }
}

/** The classes of books whose methods look first. @type {WeakSet<object>} */
const guarded = new WeakSet();

/** A book whose methods say so after `free()`: without that, the binary would speak of a null pointer.
 * @template {object} Book @param {Book} book @returns {Book} */
export function guard(book) {
  const methods = Object.getPrototypeOf(book);
  if (guarded.has(methods)) return book;
  guarded.add(methods);
  for (const name of Object.getOwnPropertyNames(methods)) {
    const method = methods[name];
    if (name === 'constructor' || name.startsWith('__') || typeof method !== 'function') continue;
    /** @this {any} @param {...unknown} values */
    methods[name] = function checked(...values) {
      // Freeing twice is harmless.
      if (this.__wbg_ptr) return method.apply(this, values);
      if (name === 'free') return undefined;
      throw failure('not_initialised', '', 'this book was freed; open another one');
    };
  }
  return book;
}

/** Makes an instance at once, of bytes or of a compiled module.
 * @param {any} source @returns {(imports: WebAssembly.Imports) => WebAssembly.Instance} */
export const atOnce = (source) => (imports) => {
  // By its name: it may come from another realm.
  const isModule = Object.prototype.toString.call(source) === '[object WebAssembly.Module]';
  return new WebAssembly.Instance(isModule ? source : new WebAssembly.Module(source), imports);
};
