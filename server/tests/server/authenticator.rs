//! The smallest authenticator that makes passkeys: P-256 without attestation, with faults on request.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::TestResult;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 4;
const NEW_CREDENTIAL: u8 = 0x40;

/// One passkey, used by its member on a page.
#[derive(Clone)]
pub struct Authenticator {
    /// The origin of the page.
    pub origin: String,
    /// The relying party.
    pub rp_id: String,
    /// Whether it verifies its user.
    pub verifies: bool,
    /// The number of signatures.
    pub counter: u32,
    /// The credential's id.
    pub id: Vec<u8>,
    /// The user handle.
    pub handle: Vec<u8>,
    key: Vec<u8>,
}

impl Authenticator {
    pub fn new(origin: &str) -> TestResult<Self> {
        let random = SystemRandom::new();
        let mut id = vec![0; 32];
        random.fill(&mut id).map_err(|_| "no randomness")?;
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).map_err(|_| "no key")?;
        let rp_id = origin.rsplit('/').next().and_then(|host| host.split(':').next()).unwrap_or_default().to_owned();
        let (handle, key) = (Vec::new(), key.as_ref().to_vec());
        Ok(Self { origin: origin.into(), rp_id, verifies: true, counter: 0, id, handle, key })
    }

    fn pair(&self) -> TestResult<EcdsaKeyPair> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.key, &SystemRandom::new());
        pair.map_err(|_| "no key".into())
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }

    fn data(&mut self, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags | USER_PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn credential(&self, response: &Value) -> Value {
        let id = BASE64.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}})
    }

    /// The answer to `navigator.credentials.create`.
    pub fn create(&mut self, options: &Value) -> TestResult<Value> {
        self.handle = BASE64.decode(options["user"]["id"].as_str().ok_or("no user")?)?;
        let pair = self.pair()?;
        let (x, y) = pair.public_key().as_ref().get(1..).ok_or("no point")?.split_at(32);
        let mut data = self.data(NEW_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len())?.to_be_bytes());
        data.extend(&self.id);
        // COSE: a key of elliptic curves, ES256, P-256.
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(x);
        data.extend([0x22, 0x58, 32]);
        data.extend(y);
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len())?);
        attestation.extend(data);
        let client_data = self.client_data("webauthn.create", options);
        Ok(self.credential(&json!({
            "attestationObject": BASE64.encode(attestation), "clientDataJSON": BASE64.encode(client_data),
        })))
    }

    /// The answer to `navigator.credentials.get`.
    pub fn get(&mut self, options: &Value) -> TestResult<Value> {
        let data = self.data(0);
        let client_data = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = self.pair()?.sign(&SystemRandom::new(), &signed).map_err(|_| "no signature")?;
        Ok(self.credential(&json!({
            "authenticatorData": BASE64.encode(data), "clientDataJSON": BASE64.encode(client_data),
            "signature": BASE64.encode(signature), "userHandle": BASE64.encode(&self.handle),
        })))
    }
}
