// axe-core finds nothing on any screen, in both themes, on a phone and on a desk.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stage } from './stage.mjs';

const house = stage();
const tools = createRequire(fileURLToPath(new URL('../../tools/package.json', import.meta.url)));
const AXE = readFileSync(tools.resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 375, height: 667 };
const DESK = { width: 1280, height: 800 };

test('no screen has a violation', async () => {
  const all = await house.members();
  const member = all.filter((line) => line.activated && !line.merchant)[5].member;
  const shop = all.find((line) => line.merchant).member;
  const screens = {
    '#/': 'members', [`#/m/${member}`]: 'income-static', [`#/m/${member}/statement`]: 'statement',
    [`#/m/${member}/order`]: 'order-points', [`#/m/${member}/forecast`]: 'horizon', [`#/m/${member}/move`]: 'to-market',
    [`#/m/${member}/transfer`]: 'available', [`#/m/${member}/redeem`]: 'available', [`#/m/${member}/market`]: 'board',
    [`#/m/${member}/invite`]: 'qr', [`#/join/${member}`]: 'register', [`#/shop/${shop}/manage`]: 'working', [`#/shop/${shop}/online`]: 'buyer',
    [`#/shop/${shop}`]: 'till', [`#/shop/${shop}/poster`]: 'qr',
    '#/operator/applications': 'no-applications',
    [`#/shop/${member}`]: 'no-shop', '#/operator': 'close-day', '#/operator/rules': 'same-flags',
    '#/operator/economy': 'scenario-price', '#/nowhere': 'fault', '#/shops': 'shops', '#/operator/members': 'members',
    [`#/operator/members/${member}`]: 'desk-posting', [`#/operator/members/${shop}`]: 'sold',
    '#/rules': 'article', [`#/shop/${shop}/orders`]: 'find', [`#/shop/${shop}/goods`]: 'check-voucher',
    '#/operator/staff': 'staff-role', '#/operator/disputes': 'no-disputes', '#/operator/actions': 'csv', '#/operator/goods': 'goods-form',
  };
  // What only the member itself sees, or sees otherwise.
  const own = {
    '#/account': 'make-code', [`#/m/${member}/code`]: 'my-code', [`#/m/${member}/profile`]: 'save', [`#/m/${member}/orders`]: 'order',
    [`#/m/${member}/team`]: 'own-role', [`#/m/${member}/city`]: 'no-city', [`#/m/${member}/notices`]: 'push-here',
    [`#/pay/${shop}`]: 'show-code', [`#/pay/${shop}/10/1`]: 'agree',
  };
  const found = [];
  for (const [colorScheme, viewport, locale] of [['light', PHONE, 'zh-CN'], ['dark', DESK, 'en-US']]) {
    // Through the developer tools, which no policy of the page binds.
    const { page, close } = await house.open('#/', { colorScheme, viewport, locale, bypassCSP: true, reducedMotion: 'reduce' });
    const check = async (where) => {
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const { id, nodes } of violations) found.push(`${where} ${colorScheme}: ${id} ${nodes.map((node) => node.html).slice(0, 3)}`);
    };
    const visit = async (all) => {
      for (const [hash, ready] of Object.entries(all)) {
        await page.goto(`${house.url}/${hash}`);
        await page.getByTestId(ready).first().waitFor();
        await check(hash);
      }
    };
    await visit(screens);
    await page.goto(`${house.url}/#/m/${member}/transfer`);
    await page.getByTestId('to').fill(shop);
    await page.getByTestId('points').fill('1');
    await page.getByTestId('preview').click();
    await page.getByTestId('summary').waitFor();
    await check('the sheet');
    await page.evaluate(async (body) => fetch('/v1/sessions/demo', { method: 'POST', headers: { 'content-type': 'application/json' }, body }), JSON.stringify({ member }));
    await page.goto('about:blank');
    await visit(own);
    await close();
  }
  assert.deepEqual(found, []);
});
