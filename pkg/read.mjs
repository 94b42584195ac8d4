// @ts-check
// Reads a binary from the disk, for the loaders in Node; or from a module, if a bundler left the file behind.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** Reads an address. It may be a URL of another realm or a bundler's stand-in for one, so only its text counts.
 * @param {string | URL} source
 * @returns {Promise<Response | Uint8Array<ArrayBuffer>>} */
export const readBinary = async (source) => {
  const place = String(source);
  if (/^https?:/.test(place)) return fetch(place);
  return readFile(place.startsWith('file:') ? fileURLToPath(place) : place);
};

/** The package's own binary. A server's bundle may not know its file, or name the place where pages find it.
 * @param {() => URL} place @param {() => Promise<{ default: string }>} packed the binary as brotli in base64
 * @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function ownBinary(place, packed) {
  try {
    return await readFile(fileURLToPath(String(place())));
  } catch {
    return new Uint8Array(brotliDecompressSync(Buffer.from((await packed()).default, 'base64')));
  }
}
