// A member of a closed server gets in by the operator's code, and manages its passkeys and devices: in a real browser with its virtual
// authenticator.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { phone } from './desk.mjs';
import { go, stage } from './stage.mjs';

const house = stage({ isClosed: true });
/** A server to which nobody said its address. */
const nameless = stage({ isClosed: true, hasOrigin: false });

/** A new browser with an authenticator, at a screen of the wallet. */
const browser = (hash, options) => phone(house, hash, options);

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** What a browser says of requests that are refused on purpose. */
const unexpected = (complaints) => complaints.filter((text) => !/40[13]|422/.test(text));

async function code(member) {
  const { enrolment } = await house.operate(`/v1/members/${member}/enrolments`);
  return enrolment;
}

/** A member with a passkey, at its home. */
async function enrolled(member, options) {
  await house.operate('/v1/members', { member });
  const opened = await browser(`#/enrol/${await code(member)}`, options);
  await opened.page.getByTestId('enrol-passkey').click();
  await opened.page.getByTestId('home').waitFor();
  return opened;
}

test('a server without an origin says what to set, at the entry and at the desk, in both languages', async () => {
  for (const [locale, words] of [['zh-CN', /--origin/], ['en-US', /--origin/]]) {
    for (const hash of ['#/', '#/operator']) {
      const { page, close } = await nameless.open(hash, { locale });
      assert.match(await page.getByTestId('no-ways').innerText(), words);
      assert.equal(await page.getByTestId('passkey').count(), 0, 'a way that is not there is not offered');
      await picture(page, `no-ways-${hash === '#/' ? 'entry' : 'desk'}-${locale}`);
      await close();
    }
  }
});

test('a code of another server opens nothing, in both languages', async () => {
  await nameless.operate('/v1/members', { member: 'stranger' });
  const { enrolment } = await nameless.operate('/v1/members/stranger/enrolments');
  for (const [locale, words] of [['zh-CN', '登录码'], ['en-US', 'code']]) {
    const { page, complaints, close } = await browser(`#/enrol/${enrolment}`, { locale });
    for (const way of ['enrol', 'enrol-passkey']) {
      await page.getByTestId(way).click();
      await page.getByTestId('passkey-error').filter({ hasText: words }).waitFor();
      await page.reload();
    }
    await page.getByTestId('enrol').click();
    await page.getByTestId('passkey-error').filter({ hasText: words }).waitFor();
    await picture(page, `code-of-another-${locale}`);
    assert.equal(await page.evaluate(async () => (await (await fetch('/v1/session')).json()).role), 'nobody');
    assert.deepEqual(unexpected(complaints), []);
    await close();
  }
});

test('where nobody registers alone, an invitation says whom to ask and what to give', async () => {
  for (const [locale, words] of [['zh-CN', /联系运营方，并提供以上邀请人编号/], ['en-US', /Contact the operator and give the ID of the member who invited you/]]) {
    const { page, complaints, close } = await browser('#/join/some-friend', { locale });
    await page.getByText(words).waitFor();
    assert.equal(await page.getByTestId('referrer').innerText(), 'some-friend');
    assert.equal(await page.getByTestId('passkey-register').count() + await page.getByTestId('register').count(), 0);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('on a young network, the home says that the price has little behind it', async () => {
  const { page, complaints, close } = await enrolled('young');
  assert.match(await page.locator('.chief').innerText(), /fewer than 7 of the last 30 days/);
  await page.getByTestId('lang-zh-CN').click();
  assert.match(await page.locator('.chief').innerText(), /不足 7 天/);
  assert.deepEqual(complaints, []);
  await close();
});

test('a code brings the first passkey, the passkey signs in, and a second device is let in and shut out', async () => {
  const first = await enrolled('ann');
  const { page } = first;
  assert.equal(await page.getByTestId('home').getAttribute('data-member'), 'ann');
  await page.getByTestId('menu').click();
  await picture(page, 'menu-en');
  await page.getByTestId('menu-sign-out').click();
  await page.getByTestId('passkey').click();
  await page.getByTestId('home').waitFor();

  await page.getByTestId('menu').click();
  await page.getByTestId('menu-account').click();
  await page.getByTestId('make-code').click();
  const made = await page.getByTestId('new-code').getAttribute('data-code');
  await page.getByTestId('code').waitFor();
  await picture(page, 'account-en');

  const second = await browser('#/');
  await second.page.getByTestId('code-typed').fill(`${house.url}/#/enrol/${made}`);
  await second.page.getByTestId('code-open').click();
  await picture(second.page, 'enrol-en');
  await second.page.getByTestId('enrol').click();
  await second.page.getByTestId('home').waitFor();

  await page.reload();
  const other = page.locator('[data-testid="session"][data-current="false"]');
  await other.waitFor();
  assert.equal(await page.getByTestId('code').count(), 0, 'the code is used up');
  await other.getByTestId('end-session').click();
  await other.waitFor({ state: 'detached' });

  // The other device asks for something, and is locked before it shows a balance.
  await go(second.page, '#/m/ann/statement');
  await second.page.getByTestId('passkey').waitFor();
  await go(second.page, '#/m/ann');
  await second.page.getByTestId('passkey').waitFor();
  assert.equal(await second.page.getByTestId('home').count(), 0);
  const kept = await second.page.evaluate(() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('gongxiang');
    opening.onerror = reject;
    opening.onsuccess = () => {
      const asked = opening.result.transaction('answers').objectStore('answers').getAllKeys();
      asked.onsuccess = () => resolve(asked.result.filter((key) => key.includes('/members/')));
    };
  }));
  assert.deepEqual(kept, [], 'nothing of the member stays');
  assert.equal(await page.evaluate(async () => (await fetch('/v1/session')).status), 200, 'this device stays signed in');
  for (const { complaints } of [first, second]) assert.deepEqual(unexpected(complaints), []);
  await second.close();
  await first.close();
});

test('a passkey is named, added and removed; the one of this device signs it out', async () => {
  const { page, complaints, close } = await enrolled('bob', { locale: 'zh-CN' });
  await go(page, '#/account');
  const name = page.getByTestId('passkey-name');
  await name.fill('我的手机');
  await name.press('Tab');
  await page.reload();
  await page.waitForFunction(() => document.querySelector('[data-testid="passkey-name"]')?.value === '我的手机');
  // The only authenticator has a passkey already.
  await page.getByTestId('add-passkey').click();
  await page.waitForFunction(() => document.querySelector('[data-testid="account-error"]').textContent !== '');
  await picture(page, 'account-zh');
  await page.getByTestId('remove-passkey').click();
  assert.equal(await name.count(), 1, 'it asks first');
  await page.getByTestId('remove-passkey').click();
  await page.getByTestId('passkey').waitFor();
  await picture(page, 'entry-zh');
  assert.deepEqual(unexpected(complaints), []);
  await close();
});

test('a browser without the JSON of WebAuthn registers and signs in', async () => {
  const prepare = (page) => page.addInitScript(() => {
    const { PublicKeyCredential } = globalThis;
    delete PublicKeyCredential.parseCreationOptionsFromJSON;
    delete PublicKeyCredential.parseRequestOptionsFromJSON;
    delete PublicKeyCredential.prototype.toJSON;
  });
  const { page, complaints, close } = await enrolled('eve', { prepare });
  await page.getByTestId('menu').click();
  await page.getByTestId('menu-sign-out').click();
  await page.getByTestId('passkey').click();
  await page.getByTestId('home').waitFor();
  assert.deepEqual(unexpected(complaints), []);
  await close();
});

test('a browser without passkeys gets in by a code, and a code that was used says so', async () => {
  await house.operate('/v1/members', { member: 'tom' });
  const used = await code('tom');
  const prepare = (page) => page.addInitScript(() => { delete globalThis.PublicKeyCredential; });
  const { page, close } = await browser('#/', { prepare });
  await page.getByTestId('code-typed').fill('not a code');
  await page.getByTestId('code-open').click();
  assert.notEqual(await page.getByTestId('code-error').innerText(), '');
  assert.equal(await page.getByTestId('passkey').count(), 0);
  await page.getByTestId('code-typed').fill(used);
  await page.getByTestId('code-open').click();
  await page.getByTestId('enrol').click();
  await page.getByTestId('home').waitFor();
  await go(page, `#/enrol/${used}`);
  await page.getByTestId('enrol-other').waitFor();
  await page.getByTestId('enrol').click();
  await page.waitForFunction(() => /code doesn’t work/.test(document.querySelector('[data-testid="passkey-error"]').textContent));
  await close();
});

test('another tab notices a sign-in and a sign-out', async () => {
  const { page, close } = await enrolled('ivy');
  const other = await page.context().newPage();
  await other.goto(`${house.url.replace('127.0.0.1', 'localhost')}/#/m/ivy`);
  await other.getByTestId('home').waitFor();
  await page.getByTestId('menu').click();
  await page.getByTestId('menu-sign-out').click();
  await other.getByTestId('passkey').waitFor();
  assert.equal(await other.getByTestId('home').count(), 0);
  await page.getByTestId('passkey').click();
  await page.getByTestId('home').waitFor();
  await other.getByTestId('home').waitFor();
  await close();
});
