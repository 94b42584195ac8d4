// The mini-program's pages in WeChat's component framework, at the size of a phone, against the real server: from the sources, and from the ES5
// of WeChat's compiler. `SCREENSHOTS=directory` keeps the pictures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buyers, handsets, looksRight } from './handset.mjs';
import { catalogue } from '../../tools/words.mjs';

const chinese = await catalogue('zh');
const house = handsets({ compiles: true });
const { ask, everybody, phone, richestMerchant } = house;

/** Chooses a place as WeChat's picker does. */
async function choosePlace(page) {
  await page.evaluate(() => globalThis.device.pick('region', { value: ['青海省', '西宁市', '城东区'], code: ['630000', '630100', '630102'] }));
  await page.getByText('青海省 西宁市 城东区').waitFor();
}

/** Types one order into the calculator. */
async function preview(page, { merchant, channel, amount, concession }) {
  await page.getByTestId('merchant').fill(merchant);
  await page.getByTestId(channel).tap();
  if (channel === 'online') await choosePlace(page);
  await page.getByTestId('open').tap();
  await page.getByTestId('reward').first().waitFor();
  await page.getByTestId('amount').fill(amount);
  await page.getByTestId('concession').fill(concession);
}

for (const kind of ['written', 'compiled']) {
  test(`${kind}: a member's wallet, preview and statement are the server's`, async () => {
    const list = await everybody();
    const buyer = buyers(list)[kind === 'written' ? 3 : 7];
    const merchant = await richestMerchant(list);
    const { page, complaints, tab, enter, close } = await phone(kind);
    await looksRight(page, `${kind}-sign-in`);
    await enter(buyer);
    const { state } = await ask(`/v1/members/${buyer}`);
    const digits = (text) => text.replace(/,/g, '');
    const shownPoints = () => page.getByTestId('points').innerText().then(digits);
    assert.equal(await shownPoints(), state.points.replace(/(\.\d{4})\d+$/, '$1'));
    // All places are one tap away.
    await page.getByTestId('points').tap();
    await page.waitForFunction((all) => document.querySelector('[data-testid=points]').textContent.replace(/,/g, '') === all, state.points);
    await page.getByTestId('points').tap();
    await page.getByText('已核对：与服务器一致').waitFor();
    await looksRight(page, `${kind}-wallet`);

    await tab('calculator');
    const order = { merchant, channel: 'offline', amount: '88.80', concession: '8.88' };
    await preview(page, order);
    const { rewards, points } = await ask('/v1/quotes', { ...order, amount: '88.8', buyer, region: '110101' });
    await page.getByText('商家付出积分').filter({ hasText: points.replace(/^(\d+)(\d{3})(?=\.|$)/, '$1,$2') }).waitFor();
    const rows = await page.getByTestId('reward').allInnerTexts();
    assert.equal(rows.length, rewards.length);
    rows.forEach((row, at) => {
      const { why } = rewards[at];
      const reason = chinese.reasons[why.of].replace(/\{(\w+)\}/g, (all, name) => why[name]);
      for (const part of [rewards[at].member, reason]) assert.ok(row.includes(part), `${part}: ${row}`);
      for (const key of ['points', 'share_value']) if (rewards[at][key] !== '0') assert.ok(digits(row).includes(rewards[at][key]), row);
    });
    await looksRight(page, `${kind}-calculator`);
    // The forecast: a band for each of three horizons, with its assumptions.
    await page.getByTestId('band').nth(2).scrollIntoViewIfNeeded();
    assert.match(await page.getByTestId('band').first().innerText(), /30 天后[\s\S]* – [\s\S]*¥/);
    await page.getByText(/假设: −15% \/ \+0% \/ \+15% 每30天/).scrollIntoViewIfNeeded();
    await looksRight(page, `${kind}-forecast`);
    await page.getByTestId('concession').fill('88.81');
    await page.getByText('让利额必须大于 0，且不超过订单金额').waitFor();
    assert.equal(await page.getByTestId('reward').count(), 0);

    await tab('statement');
    await page.getByTestId('posting').first().waitFor();
    const { postings } = await ask(`/v1/members/${buyer}/statement?limit=20`);
    assert.equal(await page.getByTestId('posting').count(), postings.length);
    assert.ok(digits(await page.getByTestId('posting').first().innerText()).includes(postings[0].amount));
    await looksRight(page, `${kind}-statement`);
    const released = page.getByTestId('posting').filter({ hasText: '每日释放' }).first();
    assert.match(await released.innerText(), /份额[\s\S]*累计释放至[\s\S]*积分\/份/);
    await page.getByTestId('language').tap();
    assert.match(await page.getByTestId('posting').filter({ hasText: 'Daily release' }).first().innerText(), /units[\s\S]*points per unit/);
    assert.deepEqual(complaints, []);
    await close();
  });

  test(`${kind}: points are offered, taken, paid for and handed over`, async () => {
    const list = await everybody();
    const { price } = await ask('/v1/supply');
    const [seller, buyer] = [await richestMerchant(list), buyers(list)[kind === 'written' ? 11 : 13]];
    const [sells, buys] = [await phone(kind), await phone(kind, { locale: 'en-US' })];
    await sells.enter(seller);
    await sells.tab('market');
    await sells.page.getByTestId('points').fill('1.5');
    await sells.page.getByTestId('unit-price').fill('99');
    await sells.page.getByTestId('place').tap();
    await sells.page.getByText('单价超出当日价格允许的范围').waitFor();
    await sells.page.getByTestId('unit-price').fill(price);
    await sells.page.getByTestId('place').tap();
    await sells.page.getByTestId('cancel').first().waitFor();
    await sells.page.waitForFunction(() => document.querySelector('[data-testid=points]').value === '');

    const before = (await ask(`/v1/members/${buyer}`)).state.points;
    await buys.enter(buyer);
    await buys.tab('market');
    await buys.tap('take');
    await buys.page.getByText(`You buy 1.5 Points · Price per point (yuan) ${price}`).waitFor();
    await buys.tap('modal-confirm');
    const trade = buys.page.getByTestId('trade').filter({ hasText: 'awaiting payment' }).first();
    await trade.getByText('You have to pay').waitFor();
    await trade.tap();
    await buys.page.getByText('The seller has not said where to pay yet.').waitFor();
    assert.match(await buys.page.getByTestId('time-left').innerText(), /^\d+ (h|min)$/);

    // The seller's home says what is to do.
    await sells.tab('wallet');
    await sells.page.getByTestId('trade-notice').getByText('请填写收款方式').tap();
    await sells.page.getByTestId('trade').filter({ hasText: '待付款' }).first().tap();
    await sells.page.getByTestId('payee-field').fill('支付宝 138 0013 8000');
    await sells.tap('save-payee');
    await sells.page.getByTestId('payee').getByText('支付宝 138 0013 8000').waitFor();
    await looksRight(sells.page, `${kind}-market-payee`);

    await buys.tap('back');
    await buys.tab('wallet');
    await buys.tab('market');
    await trade.tap();
    await buys.tap('copy-payee');
    assert.equal(await buys.page.evaluate(() => globalThis.device.copied()), '支付宝 138 0013 8000');
    const sum = (await ask(`/v1/members/${buyer}/trades?limit=1`)).trades[0].sum;
    assert.equal(await buys.page.getByTestId('trade-sum').innerText(), `¥${Number(sum).toFixed(2)}`);
    await buys.page.getByTestId('payment-field').fill('尾号 6543');
    await looksRight(buys.page, `${kind}-market-pay-en`);
    await buys.tap('pay');
    await buys.page.getByTestId('trade-page').getByText('paid', { exact: true }).waitFor();
    await looksRight(buys.page, `${kind}-market-en`);

    await sells.tab('wallet');
    await sells.page.getByTestId('trade-notice').getByText('买方已付款，请核实').tap();
    await sells.page.getByTestId('trade').filter({ hasText: '已付款' }).first().tap();
    await sells.page.getByTestId('payment').getByText('尾号 6543').waitFor();
    await sells.tap('confirm');
    await sells.tap('modal-confirm');
    await sells.page.getByTestId('trade-page').getByText('已完成').waitFor();
    await looksRight(sells.page, `${kind}-market`);
    await sells.tap('back');
    await sells.page.getByTestId('trade').filter({ hasText: '已完成' }).first().waitFor();
    await sells.tab('wallet');
    await sells.page.waitForFunction(() => !document.querySelector('[data-testid=trade-notice]'));
    const raw = (text) => Math.round(Number(text) * 1e8);
    assert.equal(raw((await ask(`/v1/members/${buyer}`)).state.points) - raw(before), 150_000_000);
    for (const { complaints, close } of [sells, buys]) {
      assert.deepEqual(complaints, []);
      await close();
    }
  });
}

test('wx.login signs in: first with an enrolment code, then without', async () => {
  const member = buyers(await everybody())[20];
  const { page, complaints, tab, close } = await phone('written', { locale: 'en-US' });
  await page.getByTestId('wechat').tap();
  await page.getByText('belongs to no member yet: register, or enter your code').waitFor();
  await page.getByTestId('enrolment').fill('gxe_nonsense');
  await page.getByTestId('enrol').tap();
  await page.getByText('The code is wrong, was used, has expired').waitFor();
  await looksRight(page, 'enrolment-en');
  const { enrolment } = await ask(`/v1/members/${member}/enrolments`, {});
  await page.getByTestId('enrolment').fill(enrolment);
  await page.getByTestId('enrol').tap();
  await page.getByText('Checked: matches the server').waitFor();
  assert.ok((await page.locator('wallet-card').innerText()).includes(member));
  await looksRight(page, 'wallet-en');
  await tab('account');
  await page.getByTestId('sign-out').tap();
  await page.getByTestId('wechat').tap();
  await page.getByText('Checked: matches the server').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('a lost network and an ended session are shown, and the next try works', async () => {
  const member = buyers(await everybody())[2];
  const { page, complaints, tab, enter, close } = await phone('written');
  await enter(member);
  await page.route('**/v1/**', (route) => route.abort());
  await tab('statement');
  await page.getByText('网络不通，请稍后再试').waitFor();
  await looksRight(page, 'unreachable');
  await page.unroute('**/v1/**');
  await page.getByText('重试').tap();
  await page.getByTestId('posting').first().waitFor();

  const token = await page.evaluate(() => globalThis.wx.getStorageSync('gongxiang.session').token);
  await fetch(`${house.server.url}/v1/session`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
  await tab('market');
  await page.getByText('您尚未登录，或登录已失效，请登录').waitFor();
  await looksRight(page, 'signed-out');
  await page.getByTestId('wechat').waitFor();
  assert.equal(await page.evaluate(() => globalThis.wx.getStorageSync('gongxiang.session')), '');
  await enter(member);
  assert.deepEqual(complaints, []);
  await close();
});

test('a server with other rules or other answers is noticed, and nothing wrong is shown', async () => {
  const member = buyers(await everybody())[2];
  const { page, enter, tab, close } = await phone('written');
  await enter(member);
  const change = (alter) => page.route(`**/v1/members/${member}`, async (route) => {
    const json = await (await route.fetch()).json();
    await route.fulfill({ json: alter(json) });
  });
  await change((answer) => ({ ...answer, state: { ...answer.state, points: '999999' } }));
  await tab('wallet');
  await page.getByText('与服务器不一致').waitFor();
  await looksRight(page, 'differs');
  // What is on its way is answered first: a route is answered once.
  await page.unrouteAll({ behavior: 'wait' });
  await change((answer) => ({ ...answer, account: { balance: 1 } }));
  await tab('wallet');
  await page.getByText('版本与服务器不一致，请更新后重试').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await tab('wallet');
  await page.getByText('已核对：与服务器一致').waitFor();
  await close();
});

test('both languages and both colour schemes', async () => {
  const list = await everybody();
  for (const [locale, colorScheme] of [['zh-CN', 'dark'], ['en-US', 'dark']]) {
    const { page, complaints, tab, enter, close } = await phone('written', { locale, colorScheme });
    const name = (screen) => `${screen}-${locale.slice(0, 2)}-${colorScheme}`;
    await enter(buyers(list)[3]);
    await looksRight(page, name('wallet'));
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(17, 17, 17)');
    await tab('calculator');
    await preview(page, { merchant: await richestMerchant(list), channel: 'online', amount: '100', concession: '10' });
    await looksRight(page, name('calculator'));
    await page.getByTestId('language').tap();
    await page.getByText(locale === 'en-US' ? '商家付出积分' : 'The merchant pays').first().waitFor();
    await tab('market');
    await page.getByText(locale === 'en-US' ? '积分市场' : 'Market', { exact: true }).first().waitFor();
    assert.deepEqual(complaints, []);
    await close();
  }
});
