//! A browser that gets messages: its keys, and what it would show.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint as _;
use web_push_native::{Auth, decrypt};

use crate::receiver::{Received, Receiver};
use crate::support::TestResult;

pub struct Browser {
    /// Its push service.
    pub service: Receiver,
    pub endpoint: String,
    private: SecretKey,
    auth: [u8; 16],
}

/// What a browser would have shown, each message once.
pub struct Screen {
    pub messages: Vec<Value>,
    /// How often a message came again.
    pub repeated: usize,
}

impl Screen {
    /// How many notices of each kind its messages tell of.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for notice in self.messages.iter().filter_map(|message| message["notices"].as_array()).flatten() {
            let kind = notice["kind"].as_str().unwrap_or_default().to_owned();
            *counts.entry(kind).or_default() += notice["count"].as_u64().unwrap_or_default();
        }
        counts
    }
}

impl Browser {
    pub fn of(service: &Receiver) -> TestResult<Self> {
        let mut bytes = [0; 48];
        getrandom::fill(&mut bytes)?;
        let (private, auth) = bytes.split_at(32);
        Ok(Self {
            endpoint: format!("http://{}/push/abc?x=1", service.address),
            service: service.clone(),
            private: SecretKey::from_slice(private)?,
            auth: auth.try_into()?,
        })
    }

    /// What `PushSubscription.toJSON()` gives.
    pub fn subscription(&self) -> Value {
        let public = self.private.public_key().to_encoded_point(false);
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let keys = json!({"p256dh": text(public.as_bytes()), "auth": text(&self.auth)});
        json!({"endpoint": self.endpoint, "expirationTime": null, "keys": keys})
    }

    /// The content of a message, after its headers and its token were checked.
    pub fn read(&self, message: &Received) -> TestResult<Value> {
        assert_eq!(message.path, "/push/abc?x=1");
        assert_eq!(message.header("content-encoding"), "aes128gcm");
        assert_eq!(message.header("ttl"), "86400");
        let token = message.header("authorization").strip_prefix("vapid t=").ok_or("no token")?;
        let (token, key) = token.split_once(", k=").ok_or("no key")?;
        let (signed, signature) = token.rsplit_once('.').ok_or("no signature")?;
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key)?)
            .verify(signed.as_bytes(), &bytes(signature)?)
            .map_err(|_| "the token is not of this key")?;
        let claims: Value = serde_json::from_slice(&bytes(signed.split_once('.').ok_or("no claims")?.1)?)?;
        assert_eq!(claims["aud"], format!("http://{}", self.service.address));
        let content = decrypt(message.body.clone(), &self.private, &Auth::from(self.auth))?;
        assert_eq!(content.len() % 1_024, 0, "the length says nothing");
        let content: Value = serde_json::from_slice(&content)?;
        assert_eq!(message.header("topic"), content["tag"], "a service replaces what was not fetched");
        Ok(content)
    }

    /// What it shows after the first message. A message with the tag of an earlier one takes its place.
    pub fn screen(&self) -> TestResult<Screen> {
        let mut screen = Screen { messages: Vec::new(), repeated: 0 };
        for message in self.service.all() {
            let content = self.read(&message)?;
            if content["tag"] == "begun" {
                assert_eq!(content["notices"], json!([]));
                continue;
            }
            if let Some(old) = screen.messages.iter_mut().find(|old| old["tag"] == content["tag"]) {
                *old = content;
                screen.repeated += 1;
            } else {
                screen.messages.push(content);
            }
        }
        Ok(screen)
    }
}
