// Passkeys for `passkey.rs`. It reads and writes WebAuthn's JSON itself: browsers before 2025 cannot, and the credentials of some
// password managers have no `toJSON`. Bundled into the glue.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

/** Whether this browser has passkeys at all. Pages without TLS have none. */
export const supported = () => Boolean(globalThis.PublicKeyCredential && navigator.credentials);

/** Asks the authenticator; `how` is `create` or `get`. Takes the server's options as JSON, and returns the credential as JSON. */
export async function ask(how, json) {
  const { options } = JSON.parse(json);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const known of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) known.id = bytes(known.id);
  const credential = await navigator.credentials[how]({ publicKey: options });
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    const part = credential.response[name];
    if (part) response[name] = text(part);
  }
  const id = text(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response, clientExtensionResults: {} });
}
