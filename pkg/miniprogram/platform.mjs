// The globals that the generated glue needs and a mini-program lacks. The build puts these in their place, in the glue alone, so the app's own
// globals are not patched.

/** @type {{ buffer: ArrayBuffer } | undefined} */
let memory;

/** The memory of the instance that was started.
 * @param {{ buffer: ArrayBuffer }} of */
export const watch = (of) => {
  memory = of;
};

const Bytes = Uint8Array;
const View = DataView;

/** The glue keeps a view of the memory until the view is detached. Some phones do not detach it when the memory grows. So this view reports
 * that it is detached as soon as the memory has another buffer.
 * @param {ArrayBuffer} buffer */
function WatchedBytes(buffer) {
  return Object.defineProperty(new Bytes(buffer), 'byteLength', {
    get: () => (memory && memory.buffer === buffer ? buffer.byteLength : 0),
  });
}

/** @param {ArrayBuffer} buffer */
function WatchedView(buffer) {
  return Object.defineProperty(new View(buffer), 'buffer', {
    get: () => ({ detached: !memory || memory.buffer !== buffer }),
  });
}

/** Arguments of one call that every engine accepts. */
const CHUNK = 4096;
const REPLACEMENT = 0xfffd;

/** The code point at `i`; half a surrogate pair is the replacement character, as in the platform's own encoders.
 * @param {string} text @param {number} i */
function codePoint(text, i) {
  const point = /** @type {number} */ (text.codePointAt(i));
  return point >= 0xd800 && point < 0xe000 ? REPLACEMENT : point;
}

class Utf8Encoder {
  /** @param {string} text @param {Uint8Array} into at least three bytes a UTF-16 unit */
  encodeInto(text, into) {
    let at = 0;
    for (let i = 0; i < text.length; i += 1) {
      const point = codePoint(text, i);
      if (point < 0x80) {
        into[at++] = point;
        continue;
      }
      if (point < 0x800) {
        into[at++] = 0xc0 | (point >> 6);
      } else {
        if (point < 0x10000) {
          into[at++] = 0xe0 | (point >> 12);
        } else {
          // Two UTF-16 units.
          i += 1;
          into[at++] = 0xf0 | (point >> 18);
          into[at++] = 0x80 | ((point >> 12) & 0x3f);
        }
        into[at++] = 0x80 | ((point >> 6) & 0x3f);
      }
      into[at++] = 0x80 | (point & 0x3f);
    }
    return { read: text.length, written: at };
  }

  /** @param {string} text */
  encode(text) {
    const bytes = new Bytes(text.length * 3);
    return bytes.subarray(0, this.encodeInto(text, bytes).written);
  }
}

/** How many bytes a character has, by its first. @param {number} byte */
const lengthOf = (byte) => (byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);

class Utf8Decoder {
  /** The texts of the rules are sound UTF-8: Rust has no others.
   * @param {Uint8Array} [bytes] */
  decode(bytes = new Bytes(0)) {
    let text = '';
    let units = [];
    for (let i = 0; i < bytes.length;) {
      const length = lengthOf(bytes[i]);
      let point = length === 1 ? bytes[i] : bytes[i] & (0x7f >> length);
      for (const end = i + length; ++i < end;) point = (point << 6) | (bytes[i] & 0x3f);
      if (point < 0x10000) units.push(point);
      else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
      if (units.length >= CHUNK) {
        text += String.fromCharCode.apply(null, units);
        units = [];
      }
    }
    return text + String.fromCharCode.apply(null, units);
  }
}

/** Old phones have no BigInt, and no answer of the rules needs one: whole numbers are below 2^53. */
const NoBigInt = {
  asUintN() {
    throw new Error('a whole number beyond 2^53');
  },
};

/** Copies plain data. @param {unknown} value */
const copy = (value) => JSON.parse(JSON.stringify(value));

export {
  NoBigInt as BigInt, WatchedView as DataView, Utf8Decoder as TextDecoder, Utf8Encoder as TextEncoder, WatchedBytes as Uint8Array,
  copy as structuredClone,
};
