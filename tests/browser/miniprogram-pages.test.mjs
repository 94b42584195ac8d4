// The mini-program's pages for its own member and for the counter of a shop: what people do with them, on phones, against the real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buyers, handsets, looksRight } from './handset.mjs';
import { tool } from '../miniprogram/project.mjs';

const QrReader = tool('qrcode-reader');
const house = handsets({ compiles: true });
const { ask, everybody, phone, richestMerchant } = house;
const text = (page, id) => page.getByTestId(id).first().innerText();

/** What the picture of a code says to a reader that shares nothing with its writer. */
async function scanned(page) {
  const image = await page.getByTestId('qr').evaluate(async (element) => {
    await element.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [element.naturalWidth, element.naturalHeight];
    const context = canvas.getContext('2d');
    context.drawImage(element, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { data: [...data], width, height };
  });
  return new Promise((resolve, reject) => {
    const reader = new QrReader();
    reader.callback = (error, value) => (error ? reject(error) : resolve(value.result));
    reader.decode(image);
  });
}

/** Waits until the page's QR code is this member's, of whichever minute. The page draws it again when the server's codes arrive. */
async function showsCodeOf(page, member) {
  let seen;
  for (let tries = 0; tries < 50; tries += 1) {
    // A code that is half drawn cannot be read.
    seen = await scanned(page).catch(() => '');
    if (new RegExp(`^GX1\\.${member}(\\.\\d+\\.\\d{8})?$`).test(seen)) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`no code of ${member}: ${seen}`);
}

test('a newcomer registers with the member who shared an invitation, and the referral is in the books', async () => {
  const referrer = buyers(await everybody())[30];
  const host = await phone('written');
  await host.enter(referrer);
  await host.tab('account');
  await host.tap('to-invite');
  await host.page.getByTestId('qr').waitFor();
  await looksRight(host.page, 'invite');
  const link = await scanned(host.page);
  assert.ok(link.endsWith(`/?join=${referrer}#/join/${referrer}`), link);
  const shared = await host.page.evaluate(() => globalThis.device.current().onShareAppMessage().path);
  await host.tap('copy');
  assert.equal(await host.page.evaluate(() => globalThis.device.copied()), link);

  const guest = await phone('written', { user: '-new' });
  await guest.open(shared);
  assert.equal(await text(guest.page, 'referrer'), referrer);
  await looksRight(guest.page, 'register');
  await guest.tap('register');
  await guest.page.getByText('已核对：与服务器一致').waitFor();
  const { member } = await guest.page.evaluate(() => globalThis.wx.getStorageSync('gongxiang.session'));
  assert.equal((await ask(`/v1/members/${member}`)).account.referrer, referrer);
  assert.equal(await guest.page.evaluate(() => globalThis.wx.getStorageSync('gongxiang.referrer')), '');
  for (const { complaints, close } of [host, guest]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('the code of an invitation brings its referrer, who can be taken off before registering', async () => {
  const referrer = buyers(await everybody())[31];
  const { page, open, tap, complaints, close } = await phone('written', { user: '-alone', locale: 'en-US' });
  await open(`/pages/sign-in/index?q=${encodeURIComponent(`https://wallet.example/?join=${referrer}#/join/${referrer}`)}`);
  assert.equal(await text(page, 'referrer'), referrer);
  await tap('without-referrer');
  await page.getByText('You can register without an invitation').waitFor();
  await tap('register');
  await page.getByText('Checked: matches the server').waitFor();
  const { member } = await page.evaluate(() => globalThis.wx.getStorageSync('gongxiang.session'));
  assert.equal((await ask(`/v1/members/${member}`)).account.referrer, null);
  assert.deepEqual(complaints, []);
  await close();
});

test('a referrer whom nobody knows is refused in words, and the newcomer stays where it was', async () => {
  const { page, open, tap, close } = await phone('written', { user: '-lost', locale: 'en-US' });
  await open('/pages/sign-in/index?referrer=nobody-at-all');
  await tap('register');
  await page.getByText('No member has this id').waitFor();
  await page.getByTestId('register').waitFor();
  await close();
});

test('the account: a name is written and corrected, sessions are seen and ended, and signing out ends one’s own', async () => {
  const member = buyers(await everybody())[40];
  const [here, there] = [await phone('written'), await phone('written')];
  await here.enter(member);
  await there.enter(member);
  await here.tab('account');
  await here.page.getByTestId('number').waitFor();
  assert.match(await text(here.page, 'number'), /^\d{8}$/, 'whoever gets in has a short number');
  for (const name of ['李四', '李思']) {
    await here.tap('change-name');
    await looksRight(here.page, 'account-naming');
    await here.page.getByTestId('new-name').fill(name);
    await here.tap('save-name');
    await here.page.getByTestId('name').getByText(name).waitFor();
  }
  assert.equal(await here.page.getByTestId('session').count(), 2);
  await looksRight(here.page, 'account');
  await here.tap('end-session');
  await here.page.waitForFunction(() => document.querySelectorAll('[data-testid=session]').length === 1);
  await there.tab('statement');
  await there.page.getByText('您尚未登录，或登录已失效，请登录').waitFor();

  await here.tap('to-code');
  await here.page.getByTestId('number').waitFor();
  await looksRight(here.page, 'code');
  await showsCodeOf(here.page, member);
  // The code needs no network, and keeps its number.
  const number = await text(here.page, 'number');
  await here.page.route('**/v1/**', (route) => route.abort());
  await here.open('/pages/code/index');
  await here.page.getByTestId('number').waitFor();
  assert.equal(await text(here.page, 'number'), number);
  await showsCodeOf(here.page, member);
  assert.equal(await here.page.getByTestId('failure').count(), 0);
  await here.page.unrouteAll();

  await here.open('/pages/account/index');
  await here.page.getByTestId('session').waitFor();
  const token = await here.page.evaluate(() => globalThis.wx.getStorageSync('gongxiang.session').token);
  await here.tap('sign-out');
  await here.page.getByTestId('wechat').waitFor();
  assert.equal((await fetch(`${house.server.url}/v1/access`, { headers: { authorization: `Bearer ${token}` } })).status, 401);
  for (const { complaints, close } of [here, there]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('where the server has codes for each minute, the code is new each minute, without a network too', async () => {
  const member = buyers(await everybody())[41];
  const { page, enter, open, complaints, close } = await phone('written');
  await enter(member);
  // The phone's clock is an hour behind the server's.
  const [minute, codes] = [29_000_000, ['01234567', '12345678', '23456789']];
  await page.clock.install({ time: (minute * 60 - 3600 + 10) * 1000 });
  const route = (handler) => page.route('**/codes', handler);
  await route((asked) => asked.fulfill({ json: { member, number: null, now: minute * 60 + 10, minute, codes } }));
  await open('/pages/code/index');
  const shows = (text) => page.waitForFunction((expected) => globalThis.device.current().data.text === expected, text);
  await shows(`GX1.${member}.${minute}.01234567`);
  assert.equal(await scanned(page), `GX1.${member}.${minute}.01234567`);
  await page.route('**/v1/**', (asked) => asked.abort());
  await page.clock.fastForward('00:50');
  await shows(`GX1.${member}.${minute + 1}.12345678`);
  await open('/pages/code/index');
  await shows(`GX1.${member}.${minute + 1}.12345678`);
  await page.clock.fastForward('01:00');
  await shows(`GX1.${member}.${minute + 2}.23456789`);
  // No more codes: the id is what is left.
  await page.clock.fastForward('01:00');
  await shows(`GX1.${member}`);
  assert.deepEqual(complaints, []);
  await close();
});

/** Types digits on the counter's keypad. */
const press = async (page, digits) => {
  for (const digit of digits) await page.getByTestId(`key-${digit}`).tap();
};

test('the counter: three taps after the scan, the settled order is the previewed one, and a part of it comes back', async () => {
  const list = await everybody();
  const merchant = await richestMerchant(list);
  const buyer = buyers(list)[50];
  const { number } = await ask(`/v1/members/${buyer}/profile`, { name: '王小明' }, 'PUT');
  await ask(`/v1/members/${merchant}/profile`, { name: '赵老板', shop_name: '老街面馆' }, 'PUT');
  const { page, tab, tap, enter, complaints, close } = await phone('written');
  await enter(merchant);
  await tab('account');
  await tap('to-counter');
  await page.getByTestId('scan').waitFor();
  await looksRight(page, 'counter');

  await tap('scan');
  assert.equal(await page.getByTestId('failure').count(), 0);
  await page.evaluate(() => globalThis.device.refuse());
  await tap('scan');
  await page.getByText('无法使用相机').waitFor();
  // A code of another kind says so, and asks for nothing else.
  await page.evaluate(() => globalThis.device.see('https://example.com'));
  await tap('scan');
  await page.getByText('这不是会员码').waitFor();
  // A code of a minute that is over is refused by the server, in its words.
  await page.route('**/codes/check', (route) => route.fulfill({ status: 422, json: { code: 'member_code_expired', field: 'code' } }));
  await page.evaluate((member) => globalThis.device.see(`GX1.${member}.29000000.01234567`), buyer);
  await tap('scan');
  await page.getByTestId('failure').waitFor();
  assert.equal(await page.getByTestId('buyer').count(), 0);
  await page.unroute('**/codes/check');
  await page.evaluate((member) => globalThis.device.see(`GX1.${member}`), buyer);
  await tap('scan');
  await page.getByTestId('buyer').filter({ hasText: '王小明' }).waitFor();
  await press(page, '88.88');
  // A tenth of 88.88 is 8.888: rounded up to the cent.
  assert.equal(await text(page, 'concession'), '¥8.89');
  await looksRight(page, 'counter-amount');
  let taps = 0;
  for (const id of ['check', 'agree', 'next']) {
    await page.getByTestId(id).waitFor();
    if (id === 'agree') {
      await page.getByTestId('preview-points').waitFor();
      await looksRight(page, 'counter-sheet');
    }
    if (id === 'next') {
      await page.getByText('与预览一致').waitFor();
      await looksRight(page, 'counter-done');
    }
    await tap(id);
    taps += 1;
  }
  assert.ok(taps <= 3);

  // By the short number, and a concession in yuan.
  await page.getByTestId('who').fill(number);
  await tap('go-on');
  await page.getByTestId('buyer').filter({ hasText: '王小明' }).waitFor();
  await press(page, '30');
  await tap('yuan');
  await tap('preset');
  await press(page, '1');
  assert.equal(await text(page, 'concession'), '¥1.00');
  await tap('check');
  await tap('agree');
  await page.getByText('与预览一致').waitFor();

  await tap('to-shop-orders');
  await page.getByTestId('order').nth(1).waitFor();
  const { rows } = await ask(`/v1/orders?merchant=${merchant}&limit=2`);
  assert.deepEqual(rows.map(({ amount, concession }) => [amount, concession]), [['30', '1'], ['88.88', '8.89']]);
  await looksRight(page, 'shop-orders');

  // Goods for 10 of 30 come back: a third of the concession of 1.00, rounded up.
  await page.getByTestId('order').first().tap();
  await page.getByTestId('goods').fill('10');
  await tap('part-refund');
  await page.getByTestId('refund-sheet').getByText('¥0.34').waitFor();
  await looksRight(page, 'refund');
  await tap('refund');
  await page.getByTestId('part').first().waitFor();
  assert.equal((await ask(`/v1/orders/${rows[0].id}`)).left, '0.66');

  // The buyer sees both orders with the shop's name and what was refunded, and what is to come.
  const guest = await phone('written');
  await guest.enter(buyer);
  await guest.page.getByText('待到账').first().evaluate((element) => element.scrollIntoView());
  await looksRight(guest.page, 'pending');
  await guest.tab('account');
  await guest.tap('to-orders');
  await guest.page.getByTestId('order').filter({ hasText: '老街面馆' }).nth(1).waitFor();
  assert.match(await guest.page.getByTestId('part').innerText(), /部分退款 · 剩余让利额 ¥0.66 \/ ¥1.00/);
  await looksRight(guest.page, 'orders');

  await page.getByTestId('order').first().tap();
  await page.getByTestId('goods').fill('30.01');
  await tap('part-refund');
  await page.getByText('超过订单剩余金额').waitFor();
  await tap('whole-refund');
  await tap('refund');
  await page.getByTestId('order').first().getByText('已退款').waitFor();
  assert.equal((await ask(`/v1/orders/${rows[0].id}`)).state, 'refunded');

  await guest.open('/pages/orders/index');
  await guest.page.getByTestId('order').first().getByText('已退款').waitFor();
  for (const one of [{ complaints, close }, guest]) {
    assert.deepEqual(one.complaints, []);
    await one.close();
  }
});

test('without a network the counter goes on: orders wait, can be cancelled, and go out once when it is back', async () => {
  const list = await everybody();
  const merchant = await richestMerchant(list);
  const buyer = buyers(list)[51];
  const { page, tab, tap, enter, open, complaints, close } = await phone('written', { locale: 'en-US' });
  await enter(merchant);
  await tab('account');
  await tap('to-counter');
  await page.getByTestId('scan').waitFor();
  const newest = async () => (await ask(`/v1/orders?merchant=${merchant}&limit=3`)).rows;
  const [last] = await newest();
  await page.route('**/v1/**', (route) => route.abort());
  await page.getByTestId('who').fill('12345678');
  await tap('go-on');
  await page.getByText('numbers can’t be looked up').waitFor();
  await page.evaluate((member) => globalThis.device.see(`GX1.${member}`), buyer);
  for (const amount of ['20', '20', '40']) {
    await tap('scan');
    await page.getByTestId('key-1').waitFor();
    await press(page, amount);
    await tap('check');
    await page.getByTestId('no-preview').waitFor();
    if (amount === '40') await looksRight(page, 'counter-offline-en');
    await tap('agree');
    await page.getByText('Saved, and sent when you’re online').waitFor();
    await tap('next');
  }
  await page.getByTestId('notice').filter({ hasText: '3 waiting to be sent' }).waitFor();
  await tap('notice');
  await page.getByTestId('waiting').nth(2).waitFor();
  await looksRight(page, 'outbox-en');
  await page.getByTestId('cancel').nth(2).tap();
  await page.getByText('It was not sent').waitFor();
  await tap('modal-confirm');
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=waiting]').length === 2);

  // Signing out asks first, and what waits is its member's.
  await open('/pages/account/index');
  await page.getByTestId('sign-out').tap();
  await page.getByText('They stay on this phone').waitFor();
  await tap('modal-cancel');
  // The page sends when it opens, so it opens without a network.
  await open('/pages/outbox/index');
  await page.getByTestId('send-now').waitFor();
  await page.unrouteAll();
  await page.getByTestId('send-now').tap();
  await page.getByText('Nothing is waiting').waitFor();
  const rows = await newest();
  assert.deepEqual(rows.slice(0, 2).map(({ amount }) => amount), ['20', '20']);
  assert.equal(rows[2].id, last.id);
  assert.deepEqual(complaints, []);
  await close();
});

test('an order that is refused after it waited is a notice until it was read', async () => {
  const list = await everybody();
  const merchant = await richestMerchant(list);
  const { page, tap, tab, enter, close } = await phone('written');
  await enter(merchant);
  await tab('account');
  await tap('to-counter');
  await page.getByTestId('scan').waitFor();
  await page.route('**/v1/**', (route) => route.abort());
  await page.evaluate(() => globalThis.device.see('GX1.nobody-at-all'));
  await tap('scan');
  await press(page, '20');
  await tap('check');
  await tap('agree');
  await page.getByText('已保存，联网后自动提交').waitFor();
  await page.unrouteAll();
  await tab('wallet').catch(() => {});
  await page.evaluate(() => globalThis.device.open('/pages/wallet/index'));
  await page.getByTestId('notice').filter({ hasText: '1 项操作未成功' }).waitFor();
  await looksRight(page, 'notice');
  await page.evaluate(() => globalThis.device.open('/pages/market/index'));
  await tap('notice');
  await page.getByTestId('refused').getByText('会员不存在').waitFor();
  await looksRight(page, 'refused');
  await tap('dismiss');
  await page.waitForFunction(() => !document.querySelector('[data-testid=refused]'));
  assert.equal(await page.getByTestId('notice').count(), 0);
  await close();
});

test('each failure of the server is told as what it is', async () => {
  const { page, enter, open, close } = await phone('written', { locale: 'en-US' });
  await enter(buyers(await everybody())[52]);
  for (const [status, body, words] of [
    [403, { code: 'forbidden' }, 'it needs the member whose it is, or the operator'],
    [403, { code: 'needs_role' }, 'Your role does not allow this'],
    [404, '', 'Nothing was found'],
    [409, { code: 'in_flight' }, 'is still being processed'],
    [429, { code: 'rate_limited' }, 'Too many requests'],
    [500, '<html>', 'The server failed'],
    [503, { code: 'unavailable' }, 'The server cannot answer now'],
  ]) {
    await page.route('**/orders?**', (route) => route.fulfill({ status, contentType: 'application/json', body: typeof body === 'string' ? body : JSON.stringify(body) }));
    await open('/pages/orders/index');
    await page.getByTestId('failure').getByText(words).waitFor();
    await page.unrouteAll();
  }
  await close();
});

test('every page in both languages and both colour schemes', async () => {
  const list = await everybody();
  const merchant = await richestMerchant(list);
  for (const [kind, locale, colorScheme] of [['written', 'en-US', 'light'], ['compiled', 'zh-CN', 'dark']]) {
    const { page, enter, open, tap, complaints, close } = await phone(kind, { locale, colorScheme });
    await enter(merchant);
    for (const name of ['account', 'code', 'orders', 'invite', 'counter', 'shop-orders', 'outbox']) {
      await open(`/pages/${name}/index`);
      await page.waitForFunction(() => globalThis.device.current().data.busy === false);
      await looksRight(page, `${name}-${locale.slice(0, 2)}-${colorScheme}`);
      if (name === 'code') await showsCodeOf(page, merchant);
    }
    await open('/pages/counter/index');
    await page.evaluate((member) => globalThis.device.see(`GX1.${member}`), buyers(list)[53]);
    await tap('scan');
    await press(page, '123456');
    await looksRight(page, `counter-amount-${locale.slice(0, 2)}-${colorScheme}`);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('a trade whose sides disagree goes to the operator with both statements, and another one is called off', async () => {
  const list = await everybody();
  const [merchant, other] = [await house.richestMerchant(list), buyers(list)[17]];
  const { price } = await ask('/v1/supply');
  const [sells, buys] = [await phone('written'), await phone('written', { locale: 'en-US' })];
  await sells.enter(merchant);
  await sells.tab('market');
  for (const points of ['1.25', '1.75']) {
    await sells.page.getByTestId('points').fill(points);
    await sells.page.getByTestId('unit-price').fill(price);
    await sells.tap('place');
    await sells.page.getByTestId('offer').filter({ hasText: points }).waitFor();
  }
  await buys.enter(other);
  await buys.tab('market');
  const traded = (page, points) => page.getByTestId('trade').filter({ hasText: points });
  for (const points of ['1.25', '1.75']) {
    await buys.page.getByTestId('offer').filter({ hasText: points }).getByTestId('take').tap();
    // Thinking better of it takes nothing.
    if (points === '1.25') {
      await buys.tap('modal-cancel');
      assert.equal(await traded(buys.page, points).count(), 0);
      await buys.page.getByTestId('offer').filter({ hasText: points }).getByTestId('take').tap();
    }
    await buys.tap('modal-confirm');
    await traded(buys.page, points).waitFor();
  }
  await traded(buys.page, '1.75').tap();
  await buys.tap('cancel-trade');
  await buys.tap('modal-confirm');
  await buys.page.getByTestId('trade-page').getByText('cancelled').waitFor();
  await buys.tap('back');
  await traded(buys.page, '1.25').tap();
  await buys.tap('pay');
  await buys.page.getByText('Waiting for confirmation').waitFor();
  assert.equal(await buys.page.getByTestId('dispute').count(), 0, 'the seller still has time');

  await sells.tab('wallet');
  await sells.tab('market');
  await traded(sells.page, '1.25').tap();
  await sells.tap('dispute');
  await sells.page.getByText('内容为空').waitFor();
  await sells.page.getByTestId('statement-field').fill('至今未收到款项');
  await sells.tap('dispute');
  await sells.page.getByTestId('statements').getByText('至今未收到款项').waitFor();
  await looksRight(sells.page, 'market-dispute');
  await buys.tab('wallet');
  await buys.page.getByTestId('trade-notice').getByText('The operator decides').tap();
  await traded(buys.page, '1.25').tap();
  await buys.page.getByTestId('statement-field').fill('Paid at ten, receipt attached');
  await buys.tap('dispute');
  await buys.page.getByTestId('statements').getByText('Paid at ten, receipt attached').waitFor();
  await looksRight(buys.page, 'market-dispute-en');
  const [{ dispute }] = (await ask(`/v1/members/${other}/trades?limit=1`)).trades;
  assert.deepEqual([dispute.buyer, dispute.seller], ['Paid at ten, receipt attached', '至今未收到款项']);
  for (const { complaints, close } of [sells, buys]) {
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('a merchant lands at its counter, after signing in and when the app starts, one tap from its wallet', async () => {
  const list = await everybody();
  const merchant = await richestMerchant(list);
  const { page, tab, tap, complaints, close } = await phone('written');
  await page.getByTestId('member').fill(merchant);
  await tap('enter');
  await page.getByTestId('scan').waitFor();
  await tap('to-wallet');
  await page.getByTestId('points').waitFor();
  assert.ok((await page.locator('wallet-card').innerText()).includes(merchant));
  // The next start begins at the counter again. The way back leads to the wallet, which stays.
  await page.reload();
  await page.getByTestId('scan').waitFor();
  assert.equal(await page.getByTestId('points').count(), 0);
  await page.locator('#back').tap();
  await page.getByTestId('points').waitFor();
  await tab('account');
  await tab('wallet');
  await page.getByTestId('points').waitFor();
  assert.equal(await page.getByTestId('scan').count(), 0);
  assert.deepEqual(complaints, []);
  await close();

  const buyer = await phone('written');
  await buyer.enter(buyers(list)[60]);
  await buyer.page.reload();
  await buyer.page.getByTestId('points').waitFor();
  await buyer.close();
});

test('a customer who is not activated: the counter says that it gets nothing, before the order is sent and afterwards', async () => {
  const merchant = await richestMerchant(await everybody());
  await ask('/v1/events', [{ type: 'member.registered', member: 'mp-fresh' }]);
  for (const [locale, sentence] of [['zh-CN', '无（会员未激活'], ['en-US', 'nothing: not activated']]) {
    const { page, tap, enter, open, complaints, close } = await phone('written', { locale });
    await enter(merchant);
    await open('/pages/counter/index');
    await page.evaluate(() => globalThis.device.see('GX1.mp-fresh'));
    await tap('scan');
    await page.getByTestId('key-5').waitFor();
    await press(page, '50');
    await tap('check');
    await page.getByTestId('nothing').getByText(sentence).waitFor();
    await looksRight(page, `counter-nothing-${locale.slice(0, 2)}`);
    await tap('agree');
    await page.getByTestId('done').getByText(sentence).waitFor();
    await page.getByTestId('done').getByText(locale === 'zh-CN' ? '与预览一致' : 'as previewed').waitFor();
    await looksRight(page, `counter-nothing-done-${locale.slice(0, 2)}`);
    assert.deepEqual(complaints, []);
    await close();
  }
  // An activated one reads what it gets on both.
  const { page, tap, enter, open, close } = await phone('written');
  await enter(merchant);
  await open('/pages/counter/index');
  await page.evaluate((member) => globalThis.device.see(`GX1.${member}`), buyers(await everybody())[54]);
  await tap('scan');
  await page.getByTestId('key-5').waitFor();
  await press(page, '50');
  await tap('check');
  await tap('agree');
  await page.getByTestId('done').getByText('会员可得 +').waitFor();
  assert.equal(await page.getByTestId('nothing').count(), 0);
  await close();
});

test('the wallet has the member’s packs, and for who is not activated those that activate', async () => {
  const { day } = await ask('/v1/supply');
  await ask('/v1/events', [{ type: 'member.registered', member: 'mp-packs' }]);
  const { page, tab, enter, complaints, close } = await phone('written');
  await enter('mp-packs');
  const offered = await page.getByTestId('pack-on-offer').allInnerTexts();
  assert.deepEqual(offered.map((row) => row.split(/\s+/)[0]), ['会员礼包', '商家礼包', '区域礼包']);
  assert.match(offered[0], /¥299\.00/);
  assert.equal(await page.getByTestId('pack').count(), 0);
  await looksRight(page, 'packs-on-offer');
  const { answers } = await ask('/v1/events', ['member', 'merchant', 'area'].map((pack) => ({ type: 'pack.purchased', member: 'mp-packs', pack })));
  for (const { receipt } of answers) assert.ok(receipt);
  await tab('account');
  await tab('wallet');
  await page.getByTestId('pack').nth(2).waitFor();
  assert.deepEqual((await page.getByTestId('pack').allInnerTexts()).map((row) => row.split(/\s*\n\s*/)), [
    ['会员礼包', `生效日期 ${day}`, '已生效'], ['商家礼包', `生效日期 ${day}`, '可申请开店'], ['区域礼包', `生效日期 ${day}`, '可申请成为区域合伙人'],
  ]);
  assert.equal(await page.getByTestId('pack-on-offer').count(), 0);
  await page.getByTestId('pack').nth(2).scrollIntoViewIfNeeded();
  await looksRight(page, 'packs');
  await page.getByTestId('language').tap();
  await page.getByTestId('pack').getByText('Member pack').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('the preview takes its place from WeChat’s picker, keeps it, and needs none for a shop', async () => {
  const list = await everybody();
  const [member, merchant] = [buyers(list)[61], await richestMerchant(list)];
  const { page, tab, tap, enter, complaints, close } = await phone('written');
  const asked = [];
  page.on('request', (request) => { if (request.url().includes('/v1/excerpt')) asked.push(new URL(request.url()).searchParams.get('region')); });
  await enter(member);
  await tab('calculator');
  await page.getByTestId('merchant').fill(merchant);
  await tap('open');
  await page.getByText('请选择收货地区').waitFor();
  assert.equal(await page.locator('input[data-testid=region]').count(), 0, 'nothing to type digits into');
  const pick = (value, code) => page.evaluate((chosen) => globalThis.device.pick('region', chosen), { value, code });
  await pick(['北京市', '北京市', '东城区'], ['110000', '110100', '110101']);
  await page.getByTestId('region').getByText('北京市 东城区', { exact: true }).waitFor();
  await tap('open');
  await page.getByTestId('reward').first().waitFor();
  await pick(['青海省', '西宁市', '城东区'], ['630000', '630100', '630102']);
  await looksRight(page, 'calculator-place');
  await tap('open');
  await page.waitForFunction(() => globalThis.device.current().data.asked.region === '630102');
  assert.deepEqual(asked, ['110101', '630102']);
  // It is there the next time.
  await tab('wallet');
  await tab('calculator');
  await page.getByTestId('region').getByText('青海省 西宁市 城东区').waitFor();
  await tap('offline');
  assert.equal(await page.getByTestId('region').count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('a server without a market says so on its tab', async () => {
  const { page, tab, enter, close } = await phone('written');
  await page.route('**/v1/session', async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...await answer.json(), market: false } });
  });
  await enter(buyers(await everybody())[3]);
  await tab('market');
  await page.getByTestId('market-off').waitFor();
  assert.equal(await page.getByTestId('place').count(), 0);
  await looksRight(page, 'market-off');
  await close();
});

test('the wallet: what falls due tonight, yesterday, the bars and the last days, also after a movement', async () => {
  const list = await everybody();
  const merchant = await richestMerchant(list);
  const buyer = buyers(list)[62];
  const order = (id) => ({ type: 'order.placed', order: id, buyer, merchant, channel: 'offline', region: '110101', amount: '100', concession: '10' });
  const closeDay = async () => ask('/v1/events', [{ type: 'day.closed', day: (await ask('/v1/supply')).day }]);
  await ask('/v1/events', [order('mp-tonight')]);
  await closeDay();
  const { day } = await ask('/v1/supply');
  const { rewards } = await ask(`/v1/members/${buyer}/pending`);
  assert.ok(rewards.some(({ due }) => due === day), JSON.stringify(rewards));
  const { page, tab, enter, complaints, close } = await phone('compiled', { locale: 'en-US' });
  await enter(buyer);
  await page.getByText('Includes orders that arrive tonight').waitFor();
  const number = async (id) => Number((await text(page, id)).replace(/[^\d.]/g, ''));
  const expected = await number('next');
  const wallet = () => page.evaluate(() => globalThis.device.current().selectComponent('#card').wallet.past);
  const before = await wallet();
  assert.equal(before.bars.length, 30);
  assert.equal(await page.getByTestId('bar').count(), 30);
  assert.ok(before.bars.every(({ day: one }) => one < day));
  assert.equal(await page.getByTestId('entry').count(), 5);
  assert.match(await text(page, 'worth'), /¥[\d,]+\.\d\d$/);
  assert.match(await text(page, 'basis'), /At today’s price 0\.\d{1,6} yuan a point\. The price follows the concessions/);
  await page.getByTestId('earned').scrollIntoViewIfNeeded();
  await page.getByTestId('bar').nth(3).tap();
  await page.getByTestId('picked').getByText(before.bars[3].day).waitFor();
  await looksRight(page, 'wallet-bars-en');

  // A movement on the open day changes none of the closed ones.
  await ask('/v1/events', [order('mp-later'), { type: 'points.transferred', from: buyer, to: merchant, points: '0.01' }]);
  await tab('account');
  await tab('wallet');
  await page.getByText('Checked: matches the server').waitFor();
  assert.deepEqual(await wallet(), before);

  // The close brings about what was expected: what the order gives others makes it a little less.
  await closeDay();
  await tab('account');
  await tab('wallet');
  await page.waitForFunction((last) => {
    const { past } = globalThis.device.current().selectComponent('#card').wallet || {};
    return past && past.bars[past.bars.length - 1].day === last;
  }, day);
  const brought = await number('yesterday');
  assert.ok(brought > 0 && Math.abs(brought / expected - 1) < 0.05, `${brought} of ${expected}`);
  await looksRight(page, 'wallet-yesterday-en');
  assert.deepEqual(complaints, []);
  await close();

  // The shop, whose account moves every day, has its last days, too.
  const shop = await phone('written');
  await shop.enter(merchant);
  await shop.page.getByTestId('entry').nth(4).waitFor();
  assert.equal(await shop.page.getByTestId('bar').count(), 30);
  await shop.page.getByTestId('earned').scrollIntoViewIfNeeded();
  await looksRight(shop.page, 'wallet-bars');
  await shop.close();

  // Who joined today has no days yet.
  await ask('/v1/events', [{ type: 'member.registered', member: 'mp-today' }, { type: 'pack.purchased', member: 'mp-today', pack: 'member' }]);
  const today = await phone('written');
  await today.enter('mp-today');
  await today.page.getByText('暂无每日释放').waitFor();
  assert.deepEqual([await today.page.getByTestId('entry').count(), await today.page.getByTestId('bar').count()], [0, 0]);
  await looksRight(today.page, 'wallet-today');
  await today.close();
});
