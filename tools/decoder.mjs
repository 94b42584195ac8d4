// node tools/decoder.mjs FILE: bundles npm's decoder of QR codes as one module, for browsers without `BarcodeDetector`.
import { build } from 'esbuild';

await build({
  stdin: { contents: "export { BarcodeDetector } from 'qr/decode.js';", resolveDir: import.meta.dirname },
  outfile: process.argv[2], bundle: true, minify: true, format: 'esm', charset: 'utf8', legalComments: 'eof', logLevel: 'warning',
  target: ['chrome105', 'safari16', 'firefox110'],
});
