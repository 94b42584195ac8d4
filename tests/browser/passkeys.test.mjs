// Passkeys in a real browser: its virtual authenticator registers a member at the real server and signs it in.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { stage } from './stage.mjs';

const house = stage();

/** A page at the origin of a demo's passkeys, `http://localhost:PORT`, with an authenticator in its browser. */
async function wallet() {
  const opened = await house.open('', { host: 'localhost' });
  const devtools = await opened.page.context().newCDPSession(opened.page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return { ...opened, devtools, authenticatorId };
}

/** Everything that a page does to sign in or to register. */
const ceremony = (page, kind, by = {}) => page.evaluate(async ([kind, by]) => {
  const post = async (path, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, ...(await answer.json()) };
  };
  const path = kind === 'register' ? '/v1/passkeys' : '/v1/sessions/passkey';
  const begun = await post(`${path}/begin`, by);
  if (begun.status !== 200) return begun;
  const credential = kind === 'register'
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(begun.options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(begun.options) });
  return post(path, { ceremony: begun.ceremony, credential: credential.toJSON() });
}, [kind, by]);

const asked = (page, path, method = 'GET') => page.evaluate(async ([path, method]) => {
  const answer = await fetch(path, { method });
  const text = await answer.text();
  return { status: answer.status, ...(text && JSON.parse(text)) };
}, [path, method]);

test('a new member registers a passkey, signs out, and signs in without naming itself', async () => {
  const { page, devtools, authenticatorId, complaints, close } = await wallet();
  const [{ member: referrer }] = await house.members();
  const registered = await ceremony(page, 'register', { register: { referrer } });
  const { member } = registered;
  assert.ok(registered.status === 200 && member.startsWith('m-'), JSON.stringify(registered));
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  assert.deepEqual(credentials.map((it) => [it.isResidentCredential, it.rpId]), [[true, 'localhost']]);
  assert.deepEqual([(await asked(page, '/v1/session')).member, await page.evaluate(() => document.cookie)], [member, '']);

  assert.equal((await asked(page, '/v1/session', 'DELETE')).status, 204);
  assert.notEqual((await asked(page, '/v1/session')).role, 'member');
  const session = await ceremony(page, 'sign in');
  assert.deepEqual([session.status, session.member, session.token], [200, member, undefined], JSON.stringify(session));
  assert.equal((await asked(page, `/v1/members/${member}`)).account.referrer, referrer);
  assert.equal((await asked(page, `/v1/members/${referrer}`)).status, 403);
  assert.deepEqual(complaints.filter((text) => !text.includes('403')), []);
  await close();
});

test('a second passkey on the same device is refused by the browser, and a removed one signs nobody in', async () => {
  const { page, complaints, close } = await wallet();
  const registered = await ceremony(page, 'register', { register: {} });
  await assert.rejects(ceremony(page, 'register'), /InvalidStateError/);
  const { passkeys } = await asked(page, '/v1/passkeys');
  assert.deepEqual(passkeys.map(({ id }) => id), [registered.passkey]);
  assert.equal((await asked(page, `/v1/passkeys/${registered.passkey}`, 'DELETE')).status, 204);
  assert.equal((await asked(page, '/v1/session')).status, 401, 'the session ends with its passkey');
  const refused = await ceremony(page, 'sign in');
  assert.deepEqual([refused.status, refused.code], [422, 'bad_passkey']);
  assert.deepEqual(complaints.filter((text) => !/40[13]|422/.test(text)), []);
  await close();
});

test('another page of the same machine sends the cookie along, and changes nothing with it', async (t) => {
  const { page, close } = await wallet();
  const { member } = await ceremony(page, 'register', { register: {} });
  const elsewhere = createServer((_, answer) => answer.end('<!doctype html>')).listen(0, 'localhost');
  t.after(() => elsewhere.close());
  await new Promise((resolve) => elsewhere.once('listening', resolve));
  const other = await page.context().newPage();
  await other.goto(`http://localhost:${elsewhere.address().port}/`);
  const target = `${house.url.replace('127.0.0.1', 'localhost')}/v1/members/${member}/enrolments`;
  const answered = other.waitForResponse(target);
  // A request that a page may send to any site without a preflight.
  await other.evaluate((target) => fetch(target, { method: 'POST', mode: 'no-cors', credentials: 'include' }), target);
  const answer = await answered;
  // Without the cookie a demo would accept it. For a browser this is the same site.
  assert.equal(answer.status(), 403);
  assert.equal((await asked(page, `/v1/members/${member}/enrolments`, 'POST')).status, 200, 'as our own page may');
  await close();
});

test('in the wallet, an invitation leads to a registration by passkey, and the passkey signs in again', async () => {
  const { page, complaints, close } = await wallet();
  const [{ member: referrer }] = await house.members();
  await page.evaluate((hash) => { location.hash = hash; }, `#/join/${referrer}`);
  await page.getByTestId('passkey-register').click();
  const home = page.getByTestId('home');
  await home.waitFor();
  const member = await home.getAttribute('data-member');
  await page.evaluate(() => { location.hash = '#/'; });
  assert.equal(await page.getByTestId('signed-in').innerText(), member);
  await page.getByTestId('sign-out').click();
  await page.getByTestId('passkey').click();
  await home.waitFor();
  assert.equal(await home.getAttribute('data-member'), member);
  assert.deepEqual(complaints, []);
  await close();
});

test('at the entry somebody registers by a passkey without an invitation', async () => {
  const { page, complaints, close } = await wallet();
  await page.getByTestId('passkey-register').click();
  await page.getByTestId('home').waitFor();
  const member = await page.getByTestId('home').getAttribute('data-member');
  assert.equal((await asked(page, `/v1/members/${member}`)).account.referrer ?? null, null);
  assert.deepEqual(complaints, []);
  await close();
});
