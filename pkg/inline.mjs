// @ts-check
// The loader with the binary inside, for places that have neither files nor addresses. It is a third larger.
import { atOnce, guard } from './error.mjs';
import packed from './dist/gongxiang_bg.inline.js';
import { openBook as open, startNow } from './rules.mjs';

export { GongxiangError } from './error.mjs';
export { preset, replay, version } from './rules.mjs';

/** @type {Uint8Array<ArrayBuffer> | undefined} */
let unpacked;

/** Loads the rules at once. */
export function initSync() {
  unpacked ??= Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  startNow(atOnce(unpacked), 'inline');
}

/** Loads the rules. */
export const init = async () => initSync();

/** @param {unknown} rules */
export const openBook = (rules) => guard(open(rules));
