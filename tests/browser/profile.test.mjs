// Profiles in a real browser: names beside ids, the shops of the directory, the picker of places; each control is used.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { stage, go } from './stage.mjs';

const house = stage();

const put = async (member, profile) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${house.url}/v1/members/${member}/profile`, { method: 'PUT', headers, body: JSON.stringify(profile) });
  return answer.json();
};

test('a member names itself, others see the name, and erasing leaves the id', async () => {
  const [from, to] = await house.rich(2);
  const { page, complaints, close } = await house.open(`#/m/${from}/move`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByTestId('to-profile').click();
  await page.getByTestId('name').fill('小明😀');
  await page.getByTestId('save').click();
  await page.getByTestId('name-error').filter({ hasText: /letters/ }).waitFor();
  assert.equal(await page.getByTestId('saved').innerText(), '', 'it stands at the field');
  await page.getByTestId('name').fill('小明');
  await page.getByTestId('phone').fill('123');
  await page.getByTestId('save').click();
  await page.getByTestId('phone-error').filter({ hasText: /11 digits/ }).waitFor();
  await page.getByTestId('phone').fill('138 0013 8000');
  await page.getByTestId('save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const number = await page.getByTestId('number').innerText();
  assert.match(number, /^[1-9]\d{7}$/);
  const stored = await house.get(`/v1/members/${from}/profile`);
  assert.deepEqual([stored.number, stored.profile], [number, { name: '小明', phone: '13800138000' }]);

  const downloaded = page.waitForEvent('download');
  await page.getByTestId('export').click();
  const file = await downloaded;
  assert.equal(file.suggestedFilename(), `gongxiang-${from}.json`);
  assert.deepEqual(JSON.parse(await readFile(await file.path(), 'utf8')).profile, stored);

  await house.post('/v1/events', { type: 'points.transferred', from, to, points: '0.01' });
  await go(page, `#/m/${to}/statement`);
  const other = page.getByTestId('entry').first().getByTestId('id');
  await other.getByText('小明').waitFor();
  await other.click();
  await page.locator('[data-testid=id][data-copied=true]').first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), from, 'the whole id');

  await go(page, `#/m/${from}/profile`);
  assert.equal(await page.getByTestId('name').inputValue(), '小明');
  await page.getByTestId('erase').click();
  await page.getByTestId('erase').click();
  await page.getByText('Deleted', { exact: true }).waitFor();
  assert.equal(await page.getByTestId('name').inputValue(), '');
  assert.deepEqual(await house.get(`/v1/members/${from}/profile`), { member: from, number: null, profile: {} });
  await go(page, `#/m/${to}/statement`);
  await page.getByTestId('entry').first().getByTestId('id').getByText(from).waitFor();
  assert.deepEqual(complaints.filter((text) => !text.includes('422')), []);
  await close();
});

test('what an erased member gave away leads nowhere: its number is nobody’s, and its links have the id alone', async () => {
  const [, , from, to] = await house.rich(4);
  const { number } = await put(from, { name: '小红' });
  const headers = { 'content-type': 'application/json' };
  assert.ok((await fetch(`${house.url}/v1/members/${from}/profile`, { method: 'DELETE', headers })).ok);
  for (const [locale, words] of [['zh-CN', '没有此短号，请核对'], ['en-US', 'No member has this short number']]) {
    const { page, complaints, close } = await house.open(`#/m/${to}/transfer`, { locale });
    await page.getByTestId('to').fill(number);
    await page.getByText(words).waitFor();
    assert.ok(await page.getByTestId('preview').isDisabled());
    // Its invitation still works, by the id: the books keep who brought whom.
    await go(page, `#/join/${from}`);
    assert.equal(await page.getByTestId('referrer').innerText(), from);
    await page.getByTestId('register').waitFor();
    assert.ok(!(await page.locator('main').innerText()).includes('小红'), 'the name is gone');
    assert.deepEqual(complaints.filter((text) => !text.includes('404')), []);
    await close();
  }
});

test('a shop says what it is, and buyers choose it by its name', async () => {
  const [shop, other] = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  const [buyer] = await house.rich(1);
  await put(other, { shop_name: '老王面馆' });
  const { page, complaints, close } = await house.open(`#/m/${shop}/profile`);
  await page.getByTestId('shop_name').fill('老王 面馆');
  await page.getByTestId('address').fill('天河路 1 号');
  await page.getByTestId('category').selectOption('food');
  await page.getByTestId('save').click();
  await page.getByTestId('shop_name-error').filter({ hasText: /looks like/ }).waitFor();
  await page.getByTestId('shop_name').fill('街角小店');
  await page.getByTestId('save').click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const line = (await house.get('/v1/shops?limit=500')).shops.find((found) => found.shop === shop);
  assert.deepEqual([line.name, line.address, line.category], ['街角小店', '天河路 1 号', 'food']);

  await go(page, `#/m/${buyer}/order`);
  const option = page.locator(`#merchants option[value="${shop}"]`);
  await option.waitFor({ state: 'attached' });
  assert.equal(await option.textContent(), '街角小店');
  assert.deepEqual(complaints.filter((text) => !text.includes('409')), []);
  await close();
});

test('a place is chosen by its names, in both languages', async () => {
  const [buyer] = await house.rich(1);
  const { page, complaints, close } = await house.open(`#/m/${buyer}/order`);
  await page.getByTestId('regions').click();
  await page.getByTestId('region-province').selectOption({ label: '广东省' });
  await page.getByTestId('region-city').selectOption({ label: '广州市' });
  await page.getByTestId('region-district').selectOption({ label: '天河区' });
  assert.equal(await page.getByTestId('region').inputValue(), '440106');
  // A city without districts is a place itself, and Beijing has no cities.
  await page.getByTestId('region-city').selectOption({ label: '东莞市' });
  assert.equal(await page.getByTestId('region').inputValue(), '441900');
  assert.ok(await page.getByTestId('region-district').isDisabled());
  await page.getByTestId('region-province').selectOption({ label: '北京市' });
  await page.getByTestId('region-city').selectOption({ label: '朝阳区' });
  assert.equal(await page.getByTestId('region').inputValue(), '110105');
  await page.getByTestId('lang-zh-CN').click();
  await page.getByText('选择地区').waitFor();
  assert.equal(await page.getByTestId('region').inputValue(), '110105', 'the language changes no field');
  assert.deepEqual(complaints, []);
  await close();
});

test('the shops of a city are listed for everybody, and each leads to where one pays', async () => {
  const merchants = (await house.members()).filter((line) => line.merchant).map((line) => line.member);
  await put(merchants[2], { shop_name: '江边茶馆', address: '沿江路 8 号', category: 'food' });
  const all = (await house.get('/v1/shops?limit=500')).shops;
  const here = all.find(({ shop }) => shop === merchants[2]);
  const city = `${here.region.slice(0, 4)}00`;
  const inCity = (await house.get(`/v1/shops?limit=500&city=${city}`)).shops.map(({ shop }) => shop);
  for (const [locale, category] of [['zh-CN', '餐饮'], ['en-US', 'Food and drink']]) {
    const { page, complaints, close } = await house.open('#/', { locale });
    await page.getByTestId('to-shops').click();
    const lines = page.getByTestId('to-pay');
    const shops = () => lines.evaluateAll((links) => links.map(({ dataset }) => dataset.shop));
    await lines.first().waitFor();
    assert.deepEqual((await shops()).sort(), all.slice(0, 50).map(({ shop }) => shop).sort());
    const line = page.locator(`[data-testid="to-pay"][data-shop="${merchants[2]}"]`);
    assert.match(await line.innerText(), new RegExp(`江边茶馆\\s+沿江路 8 号\\s+${category}`));
    await page.getByTestId('city').fill(here.region);
    await page.waitForFunction((count) => document.querySelectorAll('[data-testid="to-pay"]').length === count, inCity.length);
    assert.deepEqual((await shops()).sort(), [...inCity].sort());
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/shops-${locale}.png`, fullPage: true });

    // A city by its name; a code that is none says so, and the list stays.
    await page.getByTestId('regions').click();
    await page.getByTestId('region-province').selectOption({ label: '西藏自治区' });
    await page.getByTestId('region-city').selectOption({ label: '那曲市' });
    assert.equal(await page.getByTestId('city').inputValue(), '540600');
    await page.getByTestId('no-shops').waitFor();
    await page.getByTestId('city').fill('44x');
    await page.getByTestId('city-error').filter({ hasText: /6/ }).waitFor();
    await page.getByTestId('city').fill('');
    await line.waitFor();
    await line.click();
    await page.waitForFunction((shop) => location.hash === `#/pay/${shop}` || location.hash === '#/', merchants[2]);
    assert.deepEqual(complaints, []);
    await close();
  }
  const [member] = await house.rich(1);
  const { page, complaints, close } = await house.open('#/');
  await page.getByTestId('search').fill(member);
  await page.getByTestId('open').click();
  await page.getByTestId('home').waitFor();
  // Pages of five, to see more than one.
  await page.route('**/v1/shops?limit=50*', (route) => route.continue({ url: route.request().url().replace('limit=50', 'limit=5') }));
  await page.getByTestId('to-shops').click();
  await page.getByTestId('to-pay').nth(4).waitFor();
  assert.equal(await page.getByTestId('to-pay').count(), 5);
  await page.getByTestId('more').click();
  await page.getByTestId('to-pay').nth(9).waitFor();
  await page.locator('.way.home').waitFor();
  await page.getByTestId('to-pay').first().click();
  await page.getByTestId('pay').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});
