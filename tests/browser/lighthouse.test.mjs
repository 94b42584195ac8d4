// Lighthouse on the demo, except for what depends on time: benches/lighthouse.mjs measures that.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lighthouseStage } from './lighthouse.mjs';

const house = await lighthouseStage();

test('sign-in and home are perfect in accessibility and best practices', async () => {
  const faults = [];
  for (const { where, categories, audits } of await house.reports(['accessibility', 'best-practices'])) {
    assert.deepEqual(Object.keys(categories).sort(), ['accessibility', 'best-practices']);
    for (const { id, score, auditRefs } of Object.values(categories)) {
      if (score === 1) continue;
      const failed = auditRefs.map((audit) => audits[audit.id]).filter((audit) => audit.score !== null && audit.score < 1);
      faults.push(`${where}: ${id} ${score}, ${failed.map((audit) => `${audit.id} (${audit.title})`)}`);
    }
  }
  assert.deepEqual(faults, []);
});

test('every text and the binary are sent compressed', async () => {
  const index = await fetch(house.url, { headers: { 'accept-encoding': 'br' } });
  const named = [...(await index.text()).matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, name]) => name);
  const build = named.find((name) => name.endsWith('/boot.js'))?.split('/')[0];
  assert.ok(build && named.includes(`${build}/styles.css`), `${named}`);
  const programs = ['account', 'wallet', 'points', 'news', 'shop', 'people', 'desk', 'goods', 'rules', 'ahead'].flatMap((name) => [`${name}/${name}.js`, `${name}/${name}_bg.wasm`]);
  const lazy = ['chart.js', 'uplot.js', 'uplot.css', ...programs].map((name) => `${build}/${name}`);
  for (const name of ['', 'sw.js', ...lazy, ...named].filter((name) => !name.endsWith('.png'))) {
    const answer = await fetch(`${house.url}/${name}`, { headers: { 'accept-encoding': 'br' } });
    assert.deepEqual([answer.status, answer.headers.get('content-encoding')], [200, 'br'], name);
    const plain = await fetch(`${house.url}/${name}`, { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), new Uint8Array(await plain.arrayBuffer()), name);
  }
});
