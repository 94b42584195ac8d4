// The widget on a shop's page with rules and price from the real server, at another origin, shows what that server quotes and settles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouped } from '../../pkg/widget/reading.mjs';
import { headline, shop, shown, type } from './shop.mjs';
import { raw8, stage } from './stage.mjs';

const server = stage();
const house = shop();

test('what it shows is what the server quotes and settles, to the last digit', async () => {
  const { price, day } = await server.get('/v1/supply');
  const { accounts } = await server.get('/v1/state');
  const lines = await server.members();
  const [merchant] = lines.filter((line) => line.merchant).map((line) => line.member).sort((a, b) => Number(raw8(accounts[b].points) - raw8(accounts[a].points)));
  const buyer = lines.find((line) => line.activated && !line.merchant).member;
  const { page, complaints, said, close } = await house.open(
    `<earnings-preview rules="${server.url}/v1/rules" price="${server.url}/v1/supply"></earnings-preview>`);
  await headline(page).waitFor();
  const widget = page.locator('earnings-preview');
  assert.match(await widget.locator('[part=price]').innerText(), new RegExp(`1 point = ${price.replace('.', '\\.')} yuan · ${day}`));
  await widget.getByRole('radio', { name: 'yuan' }).check();
  for (const [place, [channel, amount, concession]] of [
    ['online', '100', '10'], ['offline', '88.8', '0.88'], ['online', '19.99', '0.07'], ['offline', '1234.5', '1.23'],
  ].entries()) {
    await widget.getByRole('radio', { name: channel === 'online' ? 'Delivered' : 'In the shop' }).check();
    await type(page, 'amount', amount);
    await type(page, 'concession', concession);
    const order = { buyer, merchant, channel, amount, concession, region: '110101' };
    const quote = await server.post('/v1/quotes', order);
    const { receipt: settled } = await server.post('/v1/events', { type: 'order.placed', order: `widget-${place}`, ...order });
    assert.deepEqual([quote.points, quote.rewards], [settled.points, settled.rewards], JSON.stringify(quote));
    const { sums, headline: gains, rewards } = await shown(widget);
    assert.equal(sums[0], grouped(settled.points));
    const preview = said.findLast(({ what }) => what === 'preview');
    assert.deepEqual([preview.amount, preview.concession, preview.price], [amount, concession, price]);
    let compared = 0;
    for (const { kind, share_value, points, reason } of settled.rewards.filter((reward) => reward.kind !== 'service')) {
      const at = preview.receipt.rewards.findIndex((reward) => reward.kind === kind);
      assert.equal(preview.receipt.rewards[at].reason, reason, kind);
      assert.equal([...gains, ...rewards][at], grouped(points === '0' ? share_value : points), kind);
      compared += 1;
    }
    assert.ok(compared >= 2, String(compared));
  }
  assert.deepEqual(complaints, []);
  await close();
});
