// @ts-check
// The binary from the disk, for the loaders in Node; or from a module of its own, where a bundler left the file behind.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** A URL may be another realm's, or a bundler's stand-in for one: only its text says where the file is.
 * @param {string | URL} source
 * @returns {Promise<Response | Uint8Array<ArrayBuffer>>} */
export const readBinary = async (source) => {
  const place = String(source);
  if (/^https?:/.test(place)) return fetch(place);
  return readFile(place.startsWith('file:') ? fileURLToPath(place) : place);
};

/** The package's own binary. A bundle for a server may not know where it is, or think that it is where pages find it.
 * @param {() => URL} place @param {() => Promise<{ default: string }>} packed the binary as brotli in base64
 * @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function ownBinary(place, packed) {
  try {
    return await readFile(fileURLToPath(String(place())));
  } catch {
    return new Uint8Array(brotliDecompressSync(Buffer.from((await packed()).default, 'base64')));
  }
}
