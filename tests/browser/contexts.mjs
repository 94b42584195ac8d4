// What all tests with a browser share.
import { setTimeout as sleep } from 'node:timers/promises';

/** Longest wait for a context that is closed, in milliseconds. */
const CLOSES_WITHIN = 10_000;

/** Closes a visitor's context. Chromium sometimes never says that it has disposed of one (seen once in some hundred runs, with a service
 * worker): the test goes on, and the end of the browser ends it, too. */
export const closeContext = (context) => Promise.race([context.close(), sleep(CLOSES_WITHIN, undefined, { ref: false })]);
