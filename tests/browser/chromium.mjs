// The browser of the tests: Chromium without windows, in which a page starts sooner. It has neither a camera nor Web Push, so tests of these ask
// for the whole one. `CHROMIUM` and `CHROMIUM_SHELL` name other ones.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { chromium } = createRequire(fileURLToPath(new URL('../../tools/package.json', import.meta.url)))('playwright-core');
const WHOLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Starts one. `args` are settings beside those of all tests. */
export const launch = ({ args = [], isWhole = false } = {}) => chromium.launch({
  executablePath: isWhole ? WHOLE : process.env.CHROMIUM_SHELL ?? WHOLE,
  args: [...ARGUMENTS, ...args],
});
