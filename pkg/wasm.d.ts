import type { Binary } from './index.js';

/** The binary, in the form in which the bundler gives it: its address, its bytes, or a compiled module. `init` takes each of them. */
declare const binary: Binary;
export default binary;
