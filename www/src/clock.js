// The clock for `clock.rs`, in whole seconds, so that the binary has no floats.

/** Seconds since 1970. */
export const seconds = () => Math.floor(Date.now() / 1000);
