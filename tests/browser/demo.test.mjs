// The demo's entry: people to try with a sentence each, members by name, and the rules in force.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { go, stage } from './stage.mjs';

const house = stage({ environment: { GONGXIANG_DEMO_PEOPLE: 'xtask/demo/people.json' } });
const { guests } = JSON.parse(await readFile(new URL('../../xtask/demo/people.json', import.meta.url), 'utf8'));
const PHONE = { viewport: { width: 390, height: 844 } };

/** Keeps a picture of the page, if `SCREENSHOTS` names a folder. */
async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

const noneSticksOut = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'too wide');

/** Signs out as a person does: by the menu of a member, or by the button of the staff. */
async function signOut(page) {
  const [menu, button] = [page.getByTestId('menu'), page.getByTestId('sign-out')];
  await menu.or(button).waitFor();
  if (await menu.isVisible()) {
    await menu.click();
    await page.getByTestId('menu-sign-out').click();
  } else {
    await button.click();
  }
  // Nobody is signed in any more.
  await menu.or(button).waitFor({ state: 'detached' });
}

for (const locale of ['zh-CN', 'en-US']) {
  test(`${locale}: everybody who is offered signs in, comes to a screen of its own, and signs out`, async () => {
    const { page, complaints, close } = await house.open('#/', { locale, ...PHONE });
    const session = async () => (await page.request.get(`${house.url}/v1/session`)).json();
    await page.getByTestId('guest').nth(guests.length - 1).waitFor();
    assert.equal(await page.getByTestId('guest').count(), guests.length);
    await noneSticksOut(page);
    await picture(page, `demo-entry-${locale}`);
    for (const { kind, member } of guests) {
      await page.locator(`[data-testid=guest][data-kind=${kind}]`).click();
      if (member) {
        await page.waitForURL(new RegExp(`#/(m|shop)/${member}`));
        // The address is there before the program of the screen is.
        await page.locator('[data-testid=member], [data-testid=home], [data-testid=till]').first().waitFor();
        assert.equal((await session()).member, member);
      } else {
        await page.getByTestId(kind === 'cashier' ? 'till' : 'staff').waitFor();
        assert.equal((await session()).role, kind);
      }
      await noneSticksOut(page);
      await picture(page, `demo-${kind}-${locale}`);
      await signOut(page);
      // The screen locks at once; the server hears of it as soon as it can.
      for (let tries = 0; tries < 50 && (await session()).role !== 'demo'; tries += 1) await sleep(100);
      assert.equal((await session()).role, 'demo', `${kind} is signed out`);
      // Somebody else sits down.
      await go(page, '#/');
      await page.getByTestId('guest').first().waitFor();
    }
    // A request on its way when the session ends is refused, which is right.
    assert.deepEqual(complaints.filter((text) => !/status of 401/.test(text)), []);
    await close();
  });
}

test('who of the staff comes back to the entry goes on to the till, or signs out', async () => {
  const { page, close } = await house.open('#/', { locale: 'zh-CN', ...PHONE });
  await page.locator('[data-testid=guest][data-kind=cashier]').click();
  await page.getByTestId('till').waitFor();
  const till = new URL(page.url()).hash;
  await go(page, '#/');
  await page.getByTestId('signed-in').getByText('小赵').waitFor();
  await picture(page, 'demo-entry-of-staff');
  await page.getByTestId('go-on').click();
  await page.getByTestId('till').waitFor();
  assert.equal(new URL(page.url()).hash, till);
  await go(page, '#/');
  await page.getByTestId('sign-out').click();
  await page.getByTestId('guest').first().waitFor();
  await close();
});

test('the passkey comes after the people', async () => {
  const { page, close } = await house.open('#/', PHONE);
  const top = async (id) => (await page.getByTestId(id).first().boundingBox()).y;
  await page.getByTestId('members').waitFor();
  assert.ok(await top('guest') < await top('search') && await top('search') < await top('passkey'));
  await close();
});

test('members are listed and found by name, by shop, and by id in any case', async () => {
  const { page, close } = await house.open('#/', { locale: 'zh-CN', ...PHONE });
  const line = (member) => page.locator(`[data-testid=members] [data-member="${member}"]`);
  await line('c0001').getByText('王长青').waitFor();
  for (const [typed, member] of [['王长青', 'c0001'], ['三里屯', 'shop17'], ['C0082', 'c0082'], ['SHOP17', 'shop17']]) {
    await page.getByTestId('search').fill(typed);
    await line('c0002').waitFor({ state: 'detached' });
    await line(member).waitFor();
  }
  await page.getByTestId('search').fill('三里屯');
  await line('c0082').waitFor({ state: 'detached' });
  await line('shop17').waitFor();
  await page.getByTestId('open').click();
  await page.waitForURL(/#\/m\/shop17/);
  await close();
});

test('the rules in force are told with examples of today, in both languages, and print as a booklet', async () => {
  const { page, complaints, close } = await house.open('#/', { locale: 'zh-CN', ...PHONE });
  await page.getByTestId('rules-in-force').click();
  for (const [language, words] of [['zh-CN', /示例/], ['en', /Example/]]) {
    await page.getByTestId(`lang-${language}`).click();
    await page.locator('[data-testid=article][data-key=release]').getByText(words).waitFor();
    const book = await house.get(`/v1/rulebook?language=${language}`);
    const { flags } = await house.get(`/v1/rules/review?language=${language}`);
    const shown = await page.getByTestId('article').allInnerTexts();
    assert.equal(shown.length, book.rules.length + flags.length);
    book.rules.forEach(({ title, text, example }, at) => {
      for (const part of [title, text, example]) assert.ok(shown[at].includes(part), `${part}: ${shown[at]}`);
    });
    flags.forEach(({ title, when, cleaner }, at) => {
      for (const part of [title, when, cleaner]) assert.ok(shown[book.rules.length + at].includes(part), part);
    });
    assert.equal(await page.getByTestId('hash').innerText(), book.hash);
    assert.equal(await page.getByTestId('since').innerText(), '1997-01-01');
    await noneSticksOut(page);
    await picture(page, `rules-${language}`);
  }
  await page.evaluate(() => { globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; }; });
  await page.getByTestId('print').click();
  assert.equal(await page.evaluate(() => globalThis.printed), 1);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header.bar').isVisible() || await page.getByTestId('print').isVisible(), false);
  assert.ok(await page.getByTestId('article').first().isVisible());
  await picture(page, 'rules-print');
  assert.deepEqual(complaints, []);
  await close();
});

test('with turnover on 6 days the forecast names no figure and says why, with 7 it is there', async () => {
  const { member } = guests.find(({ kind }) => kind === 'member');
  const { turnover_days: all } = await house.get('/v1/supply');
  assert.ok(all >= 7, 'the network itself is old enough');
  let turnovers;
  // The last days have turnover, those before them none. What is due tonight counts once it has vested.
  const prepare = (page) => page.route('**/v1/days?**', async (route) => {
    const answer = await (await route.fetch()).json();
    answer.days.forEach((day, at) => { if (at < answer.days.length - turnovers) day.turnover = '0'; });
    await route.fulfill({ json: answer });
  });
  for (const locale of ['zh-CN', 'en-US']) {
    // The test’s own answers do not reach a page of which a service worker is in charge.
    const options = { locale, prepare, serviceWorkers: 'block', ...PHONE };
    const { page, close } = await house.open('#/', options);
    turnovers = 6;
    await page.locator('[data-testid=guest][data-kind=member]').click();
    // The address is there before the program of the home is.
    await page.getByTestId('home').waitFor();
    await go(page, `#/m/${member}/forecast`);
    await page.getByTestId('forecast-young').waitFor();
    assert.equal(await page.getByTestId('forecast-young').getAttribute('data-days'), '6');
    assert.equal(await page.locator('gx-chart').count(), 0);
    await noneSticksOut(page);
    await picture(page, `forecast-young-${locale}`);
    turnovers = 7;
    // The wallet stores days that are closed for good; another phone has not seen these.
    await close();
    const other = await house.open('#/', options);
    await other.page.locator('[data-testid=guest][data-kind=member]').click();
    await other.page.getByTestId('home').waitFor();
    await go(other.page, `#/m/${member}/forecast`);
    await other.page.locator('gx-chart').first().waitFor();
    assert.equal(await other.page.getByTestId('forecast-young').count(), 0);
    // A month before, none of these days was there.
    await other.page.locator('[data-testid=earlier-none][data-why=young]').waitFor();
    await other.close();
  }
});
