/** The package with its binary inside: it needs neither files nor the network, and is a third larger. */
export * from './index.js';

/** Loads the rules. Call it once before anything else; calling it again is harmless. */
export function init(): Promise<void>;
/** The same at once. */
export function initSync(): void;
