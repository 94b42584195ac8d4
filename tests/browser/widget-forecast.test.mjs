// The widget's forecast.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headline, shop, shown, type, until } from './shop.mjs';

const house = shop();

test('a forecast is a band with its assumptions, loaded only if the page asks for one', async () => {
  const supply = {
    day: '2026-06-01', price: '2', supply: { issued: '160000', held: '0', burned: '0', treasury: '0', escrow: '0', pool: '0' },
    release: { era: 0, units: '2000000', nav: '0.5', acc: '0.1', carry_points: '0', carry_value: '0', returned: '0' },
    turnover_days: 7,
  };
  const prepare = (page) => page.route('**/v1/supply', (route) => route.fulfill({ json: supply }));
  const economy = '/gongxiang/dist/economy/economy_bg.wasm';
  const { page, asked, complaints, close } = await house.open('<earnings-preview price="/v1/supply"></earnings-preview>', { prepare });
  await headline(page).waitFor();
  assert.ok(!asked.includes(economy));
  const widget = page.locator('earnings-preview');
  await widget.evaluate((element) => element.setAttribute('forecast', '30'));
  const paths = widget.locator('[part=path]');
  await paths.nth(2).waitFor();
  const worths = async () => (await paths.locator('[part=number]').allTextContents()).map((text) => Number(text.replaceAll(',', '')));
  const [falling, steady, rising] = await worths();
  // The steady path, day by day in plain numbers: price 2, so 1,776 yuan and 16 times as much new share value a day.
  let [own, all, points] = [1000, 1_001_000, 0];
  for (let day = 0; day < 30; day += 1) {
    const earned = 888 * (own / all);
    points += earned;
    own -= earned * 2;
    all += 1776 * 16 - 1776;
  }
  assert.ok(Math.abs(steady / (points * 2) - 1) < 0.001 && falling < steady && steady < rising, `${falling} ${steady} ${rising}, not ${points * 2}`);
  assert.match(await widget.locator('[part=forecast]').innerText(), /What it may come to in 30 days[^]*1,776\.00 yuan of concessions a day[^]*16 share value[^]*no band is a promise/);
  await type(page, 'amount', '2000');
  await until(async () => (await worths())[1] > 1.9 * steady, 'twice as much');
  assert.equal(asked.filter((path) => path === economy).length, 1);
  await widget.evaluate((element) => element.setAttribute('price', '2'));
  await widget.getByText('A forecast needs the state of the network').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('on a network with turnover on 6 days there is no figure, and why is said in both languages', async () => {
  const supply = {
    day: '2026-06-01', price: '1', supply: { issued: '16000', held: '0', burned: '0', treasury: '0', escrow: '0', pool: '0' },
    release: { era: 0, units: '2000', nav: '1', acc: '0', carry_points: '0', carry_value: '0', returned: '0' },
    turnover_days: 6,
  };
  const { page, close } = await house.open('<earnings-preview forecast="30" price="/v1/supply"></earnings-preview>', {
    prepare: (opened) => opened.route('**/v1/supply', (route) => route.fulfill({ json: supply })),
  });
  await page.getByText('Orders vested on fewer than 7 of the last 30 days, so there is no forecast yet. 6 so far.').waitFor();
  const widget = page.locator('earnings-preview');
  await widget.evaluate((element) => element.setAttribute('lang', 'zh'));
  await page.getByText('近 30 天有订单到账的天数不足 7 天，暂不提供预测。目前为 6 天。').waitFor();
  assert.equal(await widget.locator('[part=path]').count(), 0);
  await close();
});

test('without the second binary the preview still works', async () => {
  const { page, close } = await house.open('<earnings-preview forecast="365" price="/v1/supply"></earnings-preview>', {
    prepare: async (page) => {
      await page.route('**/economy_bg.wasm', (route) => route.abort());
      await page.route('**/v1/supply', (route) => route.fulfill({
        json: { day: '2026-06-01', price: '2', supply: { issued: '1' }, release: { units: '1', nav: '1', returned: '0' } },
      }));
    },
  });
  await page.getByText('There is no forecast now.').waitFor();
  assert.deepEqual((await shown(page.locator('earnings-preview'))).headline, ['1,000']);
  await close();
});
