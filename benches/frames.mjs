// How long the wallet takes from a dragged slider or a typed figure to a page that is up to date; a frame is 16 ms.
// `node --test benches/frames.mjs`, after `cargo xtask build` and with a server built.
import { test } from 'node:test';
import { stage } from '../tests/browser/stage.mjs';

const house = stage();
const MOVES = 60;

/** Moves a field through many values; how long each took until the page was up to date, the slowest twentieth left out. */
const moved = (page, id, values) => page.evaluate(async ([id, values]) => {
  const field = document.querySelector(`[data-testid="${id}"]`);
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const times = [];
  for (const value of values) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const started = performance.now();
    set.call(field, value);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    // Effects run in microtasks; a task comes after all of them.
    await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(0);
    });
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1];
}, [id, values]);

const range = (from, step) => Array.from({ length: MOVES }, (_, at) => String(from + at * step));

test('a forecast, a scenario of 365 days and an order follow what is dragged', async (t) => {
  const { member } = (await house.members()).filter((line) => line.activated && !line.merchant)[3];
  for (const [hash, ready, id, values] of [
    [`#/m/${member}/forecast`, 'horizon', 'turnover', range(5, 4)],
    ['#/operator/economy', 'scenario-price', 'growth', range(-29, 1)],
    [`#/m/${member}/order`, 'order-points', 'amount', range(10, 3)],
  ]) {
    const { page, close } = await house.open(hash);
    await page.getByTestId(ready).first().waitFor();
    const ms = await moved(page, id, values);
    t.diagnostic(`${id}: p95 ${ms.toFixed(1)} ms`);
    await close();
  }
});
