// The performance that Lighthouse gives the demo, and what it is made of: simulated on a slow phone and on a desk.
// `node --test benches/lighthouse.mjs`, after `cargo xtask build wallet` and with a server built. No test depends on the times.
import { test } from 'node:test';
import { lighthouseStage } from '../tests/browser/lighthouse.mjs';

const house = await lighthouseStage();

test('sign-in and home', async (t) => {
  for (const { where, categories, audits } of await house.reports(['performance', 'accessibility', 'best-practices'])) {
    const scores = Object.values(categories).map(({ id, score }) => `${id} ${Math.round(score * 100)}`);
    const parts = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];
    t.diagnostic(`${where}: ${scores.join(', ')}; ${parts.map((id) => `${id} ${audits[id].displayValue}`).join(', ')}`);
  }
});
