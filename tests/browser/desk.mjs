// What tests of a closed server share: people with a phone each, the first operator, and the sheet.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { go, program } from './stage.mjs';

const run = promisify(execFile);

export const PHONE = { width: 390, height: 844 };

export const hashOf = (link) => link.slice(link.indexOf('#'));

/** A page at the origin of the passkeys, with an authenticator of its own: another person's phone. */
export async function phone(house, hash, options = {}) {
  const opened = await house.open(hash, { host: 'localhost', viewport: PHONE, ...options });
  const devtools = await opened.page.context().newCDPSession(opened.page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return opened;
}

/** The link for the first passkey of somebody of the staff, as the command line makes it. */
export async function staffLink(house, name, role, shop) {
  const { stdout } = await run(program(), [
    'staff', '--database', house.database, 'add', name, '--role', role, ...(shop ? ['--shop', shop] : []),
    '--origin', house.url.replace('127.0.0.1', 'localhost'),
  ]);
  return stdout.trim();
}

/** The same for an operator. */
export const operatorLink = (house, name) => staffLink(house, name, 'operator');

/** The server's answer to a command of the session. */
export const command = (page, path, body) => page.evaluate(async ([path, body]) => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, ...(await answer.json()) };
}, [path, body]);

/** The server's answer to a question of the session. */
export const get = (page, path) => page.evaluate(async (path) => (await fetch(path)).json(), path);

/** Confirms what the sheet previews, waits for its receipt, and closes the sheet. */
export async function confirm(page) {
  await settle(page);
  await closeSheet(page);
}

/** Confirms what the sheet previews, and waits for its receipt, which must be the same. */
export async function settle(page) {
  await page.getByTestId('confirm').click();
  await page.getByTestId('settled').waitFor();
  assert.equal(await page.getByTestId('settled').getAttribute('data-as-seen'), 'true');
}

export async function closeSheet(page) {
  await page.getByTestId('sheet').getByRole('button', { name: /^(Close|关闭)$/ }).click();
  await page.getByTestId('sheet').waitFor({ state: 'hidden' });
}

/** An operator who is signed in at the desk. */
export async function operatorAtDesk(house, name, options) {
  const opened = await phone(house, hashOf(await operatorLink(house, name)), options);
  await opened.page.getByTestId('enrol').click();
  await opened.page.getByTestId('staff').waitFor();
  return opened;
}

/** Fills the form of the page, previews it, and says what the sheet says it is about. */
export async function preview(page, fields = {}) {
  for (const [name, typed] of Object.entries(fields)) {
    const field = page.getByTestId(name);
    if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(typed);
    else await field.fill(typed);
  }
  await page.getByTestId('preview').last().click();
  return seen(page);
}

/** What the sheet says an action is about, once it has its preview. */
export async function seen(page) {
  await page.getByTestId('confirm').waitFor();
  const texts = await page.getByTestId('facts').locator('dd').allInnerTexts();
  return texts.slice(1);
}

/** Opens the form of an event for the member of the page. */
export const choose = (page, kind) => page.getByTestId(`do-${kind}`).click();

/** Registers a member at the desk, and returns its id. */
export async function register(page, fields, withCode = false) {
  if (!page.url().endsWith('#/operator/members')) {
    await go(page, '#/operator/members');
    await page.locator('.way.people[aria-current]').waitFor();
  }
  await page.getByTestId('find-member').waitFor();
  if (!await page.getByTestId('new-id').isVisible()) await page.getByTestId('register-member').click();
  for (const [name, typed] of Object.entries(fields)) await page.getByTestId(name).fill(typed);
  await page.getByTestId('with-code').setChecked(withCode);
  await page.getByTestId('preview').click();
  await confirm(page);
  const registered = page.getByTestId('registered');
  await registered.waitFor();
  return registered.getAttribute('data-member');
}

/** Opens the page of a member. */
export async function visit(page, member) {
  await go(page, `#/operator/members/${member}`);
  await page.getByTestId('desk-member').filter({ hasText: member }).waitFor();
  await page.getByTestId('desk-account').waitFor();
}

/** The code that a member's phone shows in a shop. */
export async function codeOf({ page }, id) {
  await go(page, `#/m/${id}/code`);
  return page.getByTestId('my-code').getAttribute('data-code');
}

/** Presses the keys of the till. */
export async function press(page, keys) {
  for (const key of keys) await page.getByTestId(`key-${key}`).click();
}
