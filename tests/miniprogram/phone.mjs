// A context with only what a mini-program finds on a phone: no WebAssembly, text codecs, BigInt or code from texts, a `require` for the files of
// a code package, and `WXWebAssembly` as phones have it (docs/wechat.md).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The package that `cargo xtask build` makes, as 构建 npm copies it. */
export const DIST = join(root, 'pkg/miniprogram_dist');

/** Globals of a Node context that phones lack, and younger methods that old ones lack. */
const MISSING = [
  'WebAssembly', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'FinalizationRegistry', 'WeakRef', 'SharedArrayBuffer', 'Atomics',
  'globalThis', 'escape', 'unescape', 'Iterator',
];
const YOUNG = {
  Object: ['fromEntries', 'hasOwn', 'groupBy'],
  Array: ['fromAsync'],
  Promise: ['allSettled', 'any', 'withResolvers'],
  'Array.prototype': ['flat', 'flatMap', 'at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'with'],
  'String.prototype': ['replaceAll', 'at', 'matchAll', 'isWellFormed', 'toWellFormed'],
  'ArrayBuffer.prototype': ['detached', 'transfer', 'resize'],
  'Promise.prototype': ['finally'],
};

export const PROFILES = {
  /** `{ instance, module }`, memory that detaches. */
  android: { answer: 'both' },
  /** No Globals, a function under at most three names. */
  ios: { answer: 'both', namesMax: 3, globals: false },
  /** The answer is the instance itself. */
  'bare-instance': { answer: 'instance' },
  /** Views of a memory that has grown keep their old length. */
  'non-detaching': { answer: 'both', detaches: false },
};

/** Fails for anything newer than WebAssembly 1.0, as old phones do. */
function validate(bytes) {
  const directory = mkdtempSync(join(tmpdir(), 'gongxiang-phone-'));
  try {
    const file = join(directory, 'module.wasm');
    writeFileSync(file, bytes);
    const tool = join(root, 'tools/node_modules/binaryen/bin/wasm-opt');
    execFileSync(process.execPath, [tool, '--mvp-features', file, '-o', join(directory, 'out.wasm')], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error(`CompileError: ${cause.stderr}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
const validated = new Map();

/** An engine whose memory does not detach: views of shared memory keep their length when it grows. The flag of the module's one memory
 * is set to shared, with the largest maximum. */
function withSharedMemory(bytes) {
  const out = [...bytes.subarray(0, 8)];
  const number = (at) => {
    let value = 0;
    let shift = 0;
    for (;; at += 1, shift += 7) {
      value += (bytes[at] & 0x7f) * 2 ** shift;
      if (bytes[at] < 0x80) return [value, at + 1];
    }
  };
  for (let at = 8; at < bytes.length;) {
    const [size, start] = number(at + 1);
    if (bytes[at] === 5) {
      const least = [...bytes.subarray(start + 2, start + size)];
      if (bytes[start] !== 1 || bytes[start + 1] !== 0) throw new Error('one memory without a maximum was expected');
      // 65536 pages as LEB128.
      const section = [1, 3, ...least, 0x80, 0x80, 0x04];
      out.push(5, section.length, ...section);
    } else {
      for (let i = at; i < start + size; i += 1) out.push(bytes[i]);
    }
    at = start + size;
  }
  return Uint8Array.from(out);
}

async function instantiate(files, { answer, namesMax = Infinity, globals = true, detaches = true }, path, imports) {
  if (typeof path !== 'string' || !/^\/.*\.wasm(\.br)?$/.test(path)) throw new TypeError('a path in the code package was expected');
  if (typeof imports !== 'object' || imports === null) throw new TypeError('imports were expected');
  const file = files(path);
  if (!file) throw new Error(`file not found: ${path}`);
  let bytes = path.endsWith('.br') ? brotliDecompressSync(file) : file;
  const key = bytes.toString('base64');
  if (!validated.has(key)) {
    validate(bytes);
    validated.set(key, true);
  }
  if (!detaches) bytes = withSharedMemory(bytes);
  const module = await WebAssembly.compile(bytes);
  const instance = await WebAssembly.instantiate(module, imports);
  const kinds = WebAssembly.Module.exports(module);
  if (!globals && kinds.some(({ kind }) => kind === 'global')) throw new Error('an exported Global cannot be converted');
  const exports = {};
  const names = new Map();
  for (const [name, value] of Object.entries(instance.exports)) {
    names.set(value, (names.get(value) ?? 0) + 1);
    // Further names are lost.
    if (names.get(value) <= namesMax) exports[name] = value;
  }
  return answer === 'both' ? { instance: { exports }, module } : { exports };
}

/** A phone with a code package.
 * @param {keyof typeof PROFILES | object} profile
 * @param {Record<string, string>} mounts directories by where they are in the code package */
export function phone(profile, mounts = { '/miniprogram_npm/gongxiang': DIST }, globals = {}) {
  const traits = typeof profile === 'string' ? PROFILES[profile] : profile;
  if (!traits) throw new Error(`no such phone: ${profile}`);
  const overlay = new Map();
  const place = (path) => {
    const mount = Object.keys(mounts).filter((mount) => path.startsWith(`${mount}/`)).sort((a, b) => b.length - a.length)[0];
    return mount && join(mounts[mount], path.slice(mount.length));
  };
  const files = (path) => {
    if (overlay.has(path)) return overlay.get(path);
    const file = place(path);
    return file && existsSync(file) ? readFileSync(file) : undefined;
  };
  const context = createContext({ console }, { codeGeneration: { strings: false, wasm: false } });
  const strip = { MISSING, YOUNG };
  context.strip = strip;
  runInContext(`{
    const { MISSING, YOUNG } = strip;
    const all = globalThis;
    for (const [owner, names] of Object.entries(YOUNG)) {
      const place = owner.split('.').reduce((at, key) => at && at[key], all);
      for (const name of names) if (place) delete place[name];
    }
    delete all.strip;
    for (const name of MISSING) delete all[name];
  }`, context);
  Object.assign(context, { setTimeout, clearTimeout }, globals);
  if (traits.webAssembly !== false) {
    context.WXWebAssembly = {
      // A promise of the app's own realm.
      instantiate: (path, imports) => runInContext('(work) => new Promise((resolve, reject) => work(resolve, reject))', context)(
        (resolve, reject) => instantiate(files, traits, path, imports).then(resolve, reject),
      ),
    };
  }
  const modules = new Map();
  const load = (path) => {
    if (modules.has(path)) return modules.get(path).exports;
    const code = files(path);
    if (!code) throw new Error(`no module ${path}`);
    const module = { exports: runInContext('({})', context) };
    modules.set(path, module);
    const wrapped = `(function (module, exports, require) {${code}\n})`;
    runInContext(wrapped, context, { filename: path })(module, module.exports, (name) => load(resolved(name, dirname(path))));
    return module.exports;
  };
  const resolved = (name, from) => {
    const base = name.startsWith('.') ? normalize(join(from, name)) : name.startsWith('/') ? name : `/miniprogram_npm/${name}`;
    const found = [base, `${base}.js`, `${base}/index.js`].find((path) => path.endsWith('.js') && files(path));
    if (!found) throw new Error(`no module ${name} from ${from}`);
    return found;
  };
  return {
    context,
    require: (name) => load(resolved(name, '/')),
    /** Replaces the bytes of a file. */
    put: (path, bytes) => overlay.set(path, Buffer.from(bytes)),
    run: (code) => runInContext(code, context),
  };
}
