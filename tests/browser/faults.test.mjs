// Every fault has a screen with words and a way on, and never a wrong number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { go, stage } from './stage.mjs';

const house = stage();

const faultOn = async (page, name) => {
  await page.locator(`[data-testid="fault"][data-fault="${name}"]`).waitFor();
  assert.equal(await page.locator('.num').count(), 0, 'no number beside a fault');
  return page.getByTestId('fault').innerText();
};

const problem = (status, code) => (route) => route.fulfill({
  status, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'x', status, code }),
});

/** Changes the server's answer. */
const spoiled = (spoil) => async (route) => {
  const answer = await (await route.fetch()).json();
  spoil(answer);
  await route.fulfill({ json: answer });
};

test('an unknown member, a bad id, a bad address', async () => {
  const { page, close } = await house.open('#/m/nobody-has-this-id');
  assert.match(await faultOn(page, 'unknown-member'), /No member has this ID/);
  await go(page, '#/m/a%20b');
  assert.match(await faultOn(page, 'nowhere'), /not found/);
  await go(page, '#/');
  await page.getByTestId('search').fill('not an id!');
  await page.getByTestId('none-found').waitFor();
  await page.getByTestId('open').click();
  assert.match(await page.getByTestId('search-error').innerText(), /1 to 64/);
  await page.getByTestId('search').fill('zzzz-nobody');
  await page.getByTestId('none-found').waitFor();
  await close();
});

test('after a server fails, a second try works', async () => {
  const [{ member }] = await house.members();
  let fails = true;
  const prepare = (page) => page.route('**/v1/**', (route) => (fails ? problem(500, 'storage')(route) : route.continue()));
  const { page, close } = await house.open(`#/m/${member}`, { prepare });
  const text = await faultOn(page, 'failed');
  assert.match(text, /Something went wrong/);
  assert.doesNotMatch(text, /500 storage/, 'the code is for whoever is asked for help');
  await page.getByTestId('error-code').locator('summary').click();
  assert.match(await page.getByTestId('fault').innerText(), /500 storage/);
  fails = false;
  await page.getByTestId('retry').click();
  await page.locator('[data-testid="check"][data-value="equal"]').waitFor();
  await close();
});

test('who may not see a screen reads why, in both languages', async () => {
  const [{ member }] = await house.members();
  for (const [name, status, code, zh, en] of [
    ['signed-out', 401, 'unauthorized', /登录/, /sign/i],
    ['forbidden', 403, 'forbidden', /没有权限/, /don’t have access/],
    ['needs-role', 403, 'needs_role', /岗位|权限/, /role/i],
  ]) {
    for (const [locale, words] of [['zh-CN', zh], ['en-US', en]]) {
      const prepare = (page) => page.route(`**/v1/members/${member}`, problem(status, code));
      const { page, close } = await house.open(`#/m/${member}`, { prepare, locale });
      const text = await faultOn(page, name);
      assert.match(text, words);
      assert.doesNotMatch(text, /somebody else|server failed|不属于您|服务器出错/);
      await close();
    }
  }
});

test('a server that does not answer', async () => {
  const prepare = (page) => page.route('**/v1/**', (route) => route.abort());
  const { page, close } = await house.open('#/', { prepare });
  assert.match(await faultOn(page, 'unreachable'), /reach the server/);
  await close();
});

test('answers that make no sense, on every screen', async () => {
  const [{ member }] = await house.members();
  const json = (body) => (route) => route.fulfill({ json: body });
  const home = `#/m/${member}`;
  const cases = [
    ['#/', '**/v1/members?**', (route) => route.fulfill({ body: '<html>a captive portal</html>' })],
    ['#/', '**/v1/members?**', json({ members: 'none' })],
    [home, '**/v1/members/*', json({})],
    [home, '**/v1/members/*', json(null)],
    [home, '**/v1/members/*', spoiled((answer) => { answer.account.points = 12.5; })],
    [home, '**/v1/members/*', spoiled((answer) => { answer.account.points = '1e3'; })],
    [home, '**/v1/members/*', spoiled((answer) => { answer.account.points = '-1'; })],
    [home, '**/v1/members/*', spoiled((answer) => { answer.member = 'another'; })],
    [home, '**/v1/supply', spoiled((answer) => { answer.price = 'much'; })],
    [home, '**/v1/supply', spoiled((answer) => { answer.day = '2026-02-30'; })],
    [home, '**/v1/days?**', json({ days: [] })],
    [home, '**/v1/days?**', spoiled((answer) => { answer.days.splice(1, 1); })],
    [home, '**/v1/days?**', spoiled((answer) => { answer.days.reverse(); })],
    [`${home}/order`, '**/v1/excerpt?**', json({ rules: {} })],
    [`${home}/order`, '**/v1/excerpt?**', spoiled((answer) => { answer.rules.order.buyer_multiple = '-10'; })],
  ];
  for (const [screen, path, handler] of cases) {
    const { page, close } = await house.open(screen, { prepare: (page) => page.route(path, handler) });
    await faultOn(page, 'nonsense').catch((error) => assert.fail(`${screen} ${path} ${handler}: ${error.message}`));
    await close();
  }
});

test('where the server’s figures differ, no preview is called final', async () => {
  const [member, to] = await house.rich(2);
  const doubts = [
    // Its figures follow from no rules that this wallet knows.
    ['**/v1/members/*', (answer) => { answer.state.points = '1'; }],
    // Its days do not follow each other.
    ['**/v1/days?**', (answer) => { answer.days.splice(1, 1); }],
    // Its rules are of a later version.
    ['**/v1/rules', (answer) => { answer.order.buyer_fortune = '1'; }],
  ];
  for (const [path, spoil] of doubts) {
    const { page, close } = await house.open(`#/m/${member}/order`, { prepare: (page) => page.route(path, spoiled(spoil)) });
    await page.getByTestId('order-points').waitFor();
    await page.locator('[data-testid="result"] [data-testid="not-final"]').waitFor();
    await close();
  }
  const { page, close } = await house.open(`#/m/${member}`, { prepare: (page) => page.route(doubts[0][0], spoiled(doubts[0][1])) });
  await page.locator('[data-testid="check"][data-value="differs"]').waitFor();
  await page.getByTestId('not-final').waitFor();
  await go(page, `#/m/${member}/forecast`);
  await page.getByTestId('forecast').waitFor();
  assert.match(await page.getByTestId('not-final').innerText(), /^Not final/);
  await page.getByTestId('lang-zh-CN').click();
  assert.match(await page.getByTestId('not-final').innerText(), /^仅供参考/);
  await go(page, `#/m/${member}/transfer`);
  await page.getByTestId('to').fill(to);
  await page.getByTestId('points').fill('1');
  await page.getByTestId('preview').click();
  await page.getByTestId('summary').waitFor();
  assert.match(await page.locator('[data-testid="sheet"] [data-testid="not-final"]').innerText(), /以实际结果为准/);
  // The command is settled anyway, and its receipt is final.
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  assert.equal(await page.locator('[data-testid="sheet"] [data-testid="not-final"]').count(), 0);
  await close();
});

test('rules that this wallet does not know are named as the reason', async () => {
  const [{ member }] = await house.members();
  const other = (answer) => { (answer.rules ?? answer).order.buyer_fortune = '1'; };
  const prepare = async (page) => {
    await page.route('**/v1/rules', spoiled(other));
    await page.route('**/v1/excerpt?**', spoiled(other));
  };
  for (const screen of ['', '/order', '/transfer']) {
    const { page, close } = await house.open(`#/m/${member}${screen}`, { prepare });
    assert.match(await faultOn(page, 'other-rules'), /another version of the rules/);
    await close();
  }
});

test('where the figures are equal, there is no warning', async () => {
  const [member] = await house.rich(1);
  const { page, close } = await house.open(`#/m/${member}`);
  await page.locator('[data-testid="check"][data-value="equal"]').waitFor();
  await go(page, `#/m/${member}/order`);
  await page.getByTestId('order-points').waitFor();
  await go(page, `#/m/${member}/forecast`);
  await page.getByTestId('forecast').waitFor();
  assert.equal(await page.getByTestId('not-final').count(), 0);
  await close();
});

test('without its binary the page says so', async () => {
  const prepare = (page) => page.route('**/account_bg.wasm', (route) => route.fulfill({ status: 404 }));
  const { page, close } = await house.open('#/', { prepare });
  await page.locator('#no-start').waitFor();
  assert.match(await page.locator('#no-start').innerText(), /didn't load/);
  await close();
});

test('while its binary is loading, the page shows the caution in both languages', async () => {
  let held;
  const prepare = (page) => page.route('**/account_bg.wasm', (route) => { held = route; });
  const { page, complaints, close } = await house.open('#/', { prepare });
  const early = await page.locator('.skeleton .lead').innerText();
  assert.equal(await page.locator('footer').count(), 0);
  await held.continue();
  for (const language of ['zh-CN', 'en']) {
    await page.getByTestId(`lang-${language}`).click();
    const caution = await page.locator('footer p').evaluate((line) => line.firstChild.textContent);
    assert.ok(caution && early.includes(caution), `${caution} is not in ${early}`);
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('a slow answer for another member never lands on this one', async () => {
  const [slow, quick] = (await house.members()).filter((line) => line.activated).map((line) => line.member);
  let held;
  const prepare = (page) => page.route(`**/v1/members/${slow}`, (route) => { held = route; });
  const { page, complaints, close } = await house.open(`#/m/${slow}`, { prepare });
  await page.getByTestId('loading').waitFor();
  // The screen asks for the session first, then for the member.
  while (!held) await page.waitForTimeout(20);
  await go(page, `#/m/${quick}`);
  await page.locator(`[data-testid="home"][data-member="${quick}"]`).waitFor();
  await held.continue();
  await page.waitForTimeout(300);
  assert.equal(await page.getByTestId('home').getAttribute('data-member'), quick);
  assert.deepEqual(complaints, []);
  await close();
});
