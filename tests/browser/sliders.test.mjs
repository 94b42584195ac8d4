// Each slider of the forecast and the simulator changes figures and charts, by mouse, keyboard and touch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { stage } from './stage.mjs';

const house = stage();
const DESK = { width: 1280, height: 800 };

/** Each screen with sliders: its address, the part that shows the outcome, its sliders. */
const SCREENS = {
  forecast: {
    hash: async () => `#/m/${(await house.rich(1))[0]}/forecast`,
    outcome: 'forecast',
    sliders: ['turnover', 'inflow', 'spread'],
  },
  simulator: {
    hash: async () => '#/operator/economy',
    outcome: 'scenario',
    sliders: ['daily', 'growth', 'online-part', 'hold', 'redeem', 'joining', 'days'],
  },
};

/** A slider and its outcome as a person sees them: its number, the figures, the pixels of the charts. */
async function look(page, outcome, slider) {
  const figures = await page.getByTestId(outcome).innerText();
  const charts = await page.getByTestId(outcome).locator('canvas').evaluateAll((all) => all.map((canvas) => canvas.toDataURL()));
  return { number: await page.locator(`output[for="${slider}"]`).innerText(), figures, charts: charts.join() };
}

/** The browser's errors, without the one that the desk does not use the wallet's preloaded binary. */
const serious = (complaints) => complaints.filter((text) => !text.includes('preloaded using link preload'));

/** Opens the screen and scrolls to its charts, which are drawn when they come into view. */
async function open({ hash, outcome }, options) {
  const opened = await house.open(await hash(), options);
  const charts = opened.page.getByTestId(outcome).locator('gx-chart');
  await charts.first().waitFor();
  for (const chart of await charts.all()) {
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('canvas').waitFor();
  }
  return opened;
}

/** Moves the slider. Its number, the figures and the charts must change. */
async function moves(page, { outcome }, slider, move) {
  const input = page.getByTestId(slider);
  await input.scrollIntoViewIfNeeded();
  const before = await look(page, outcome, slider);
  await move(input);
  let after;
  for (let waited = 0; waited < 50; waited += 1) {
    after = await look(page, outcome, slider);
    if (Object.keys(before).every((part) => after[part] !== before[part])) break;
    await sleep(100);
  }
  for (const part of Object.keys(before)) assert.notEqual(after[part], before[part], `${slider} does not move the ${part}`);
}

/** The thumb's position between the slider's ends, from 0 to 1. */
async function placeOn(input, part) {
  const { x, y, width, height } = await input.boundingBox();
  return { x: x + width * part, y: y + height / 2 };
}

/** Two positions at which no slider starts. */
const PATH = [0.6, 0.8];

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`${name}: every slider moves figures and charts by mouse`, async () => {
    const { page, complaints, close } = await open(screen, { viewport: DESK });
    for (const slider of screen.sliders) {
      await moves(page, screen, slider, async (input) => {
        const [from, to] = await Promise.all(PATH.map((part) => placeOn(input, part)));
        await page.mouse.move(from.x, from.y);
        await page.mouse.down();
        await page.mouse.move(to.x, to.y, { steps: 4 });
        await page.mouse.up();
      });
    }
    assert.deepEqual(serious(complaints), []);
    await close();
  });

  test(`${name}: every slider moves figures and charts by keyboard`, async () => {
    const { page, complaints, close } = await open(screen, { viewport: DESK });
    for (const slider of screen.sliders) {
      await moves(page, screen, slider, async (input) => {
        await input.focus();
        for (let pressed = 0; pressed < 4; pressed += 1) await page.keyboard.press('ArrowRight');
      });
    }
    assert.deepEqual(serious(complaints), []);
    await close();
  });

  test(`${name}: every slider moves figures and charts by touch`, async () => {
    const { page, complaints, close } = await open(screen, { hasTouch: true, isMobile: true });
    const session = await page.context().newCDPSession(page);
    const touch = (type, points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
    for (const slider of screen.sliders) {
      await moves(page, screen, slider, async (input) => {
        const [from, to] = await Promise.all(PATH.map((part) => placeOn(input, part)));
        await touch('touchStart', [from]);
        await touch('touchMove', [{ x: (from.x + to.x) / 2, y: to.y }]);
        await touch('touchMove', [to]);
        await touch('touchEnd', []);
      });
    }
    assert.deepEqual(serious(complaints), []);
    await close();
  });
}
