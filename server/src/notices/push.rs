//! Web Push: a message is encrypted for one browser (RFC 8291) and goes to the push service that the browser named (RFC
//! 8030).
//!
//! The address of the push service comes from a member, so the same limits apply as for webhooks: TLS, no private
//! networks, no redirects.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hyper::Method;
use jiff::Timestamp;
use serde_json::json;
use url::Url;
use web_push_native::{Auth, encrypt, p256::PublicKey};

use super::delivery::Delivery;
use super::message::Message;
use super::vapid::VapidKey;
use crate::limits::{PUSH_BYTES, PUSH_ENDPOINT_BYTES_MAX, PUSH_SECONDS};
use crate::outbound::{Outbound, OutboundError};

/// What a browser gave for messages to it.
#[derive(Clone, Debug)]
pub struct BrowserKeys {
    public: PublicKey,
    auth: Auth,
}

impl BrowserKeys {
    /// Reads `p256dh` and `auth` of a `PushSubscription`; the name of the one that is wrong otherwise.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, &'static str> {
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let public = bytes(p256dh).and_then(|bytes| PublicKey::from_sec1_bytes(&bytes).ok()).ok_or("p256dh")?;
        let auth: [u8; 16] = bytes(auth).and_then(|bytes| bytes.try_into().ok()).ok_or("auth")?;
        Ok(Self { public, auth: Auth::from(auth) })
    }

    /// Reads what is stored with a subscription: both, with a space between.
    fn stored(secrets: &str) -> Option<Self> {
        let (p256dh, auth) = secrets.split_once(' ')?;
        Self::parse(p256dh, auth).ok()
    }
}

/// Sends to push services.
#[derive(Clone)]
pub struct PushSender {
    outbound: Outbound,
    key: VapidKey,
    /// Whom a push service can write to: an address of `mailto:` or `https:`.
    contact: Option<String>,
}

impl PushSender {
    #[must_use]
    pub const fn new(outbound: Outbound, key: VapidKey, contact: Option<String>) -> Self {
        Self { outbound, key, contact }
    }

    /// The key for `pushManager.subscribe`.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.key.public()
    }

    /// Checks an endpoint as far as possible without asking it.
    pub fn check(&self, endpoint: &str) -> Result<(), OutboundError> {
        if endpoint.len() > PUSH_ENDPOINT_BYTES_MAX {
            return Err(OutboundError::Address("a longer address".into()));
        }
        self.outbound.check(endpoint)
    }

    pub async fn send(&self, endpoint: &str, secrets: &str, message: &Message) -> Delivery {
        match self.try_send(endpoint, secrets, message).await {
            Ok(delivery) => delivery,
            Err(error) => Delivery::failed(error.to_string()),
        }
    }

    async fn try_send(&self, endpoint: &str, secrets: &str, message: &Message) -> Result<Delivery> {
        let keys = BrowserKeys::stored(secrets).context("its keys cannot be read")?;
        let url: Url = endpoint.parse().context("its address cannot be read")?;
        let authorization =
            self.key.authorization(&url.origin().ascii_serialization(), self.contact.as_deref(), Timestamp::now())?;
        let payload = json!({
            "tag": message.tag, "title": message.title(), "body": message.text(), "notices": message.counts(),
        });
        // The length would say what it is about.
        let mut payload = payload.to_string().into_bytes();
        payload.resize(payload.len().next_multiple_of(PUSH_BYTES), b' ');
        let body = encrypt(payload, &keys.public, &keys.auth)?;
        let headers = [
            ("authorization", authorization),
            ("content-encoding", "aes128gcm".into()),
            ("content-type", "application/octet-stream".into()),
            ("ttl", PUSH_SECONDS.to_string()),
            // A message that is sent again replaces the one that the browser did not fetch yet.
            ("topic", message.tag.clone()),
        ];
        let answer = match self.outbound.send(Method::POST, endpoint, &headers, body).await {
            Ok(answer) => answer,
            // Who has the address can send to it, as far as the service allows: it is in no log.
            Err(OutboundError::Address(_)) => return Ok(Delivery::failed("its address cannot be asked".into())),
            Err(error) => return Ok(Delivery::failed(error.to_string())),
        };
        Ok(match answer.status {
            200..300 => Delivery::Done,
            404 | 410 => Delivery::Gone,
            status @ 300..400 => Delivery::failed(format!("it answers {status}; redirects are not followed")),
            status => Delivery::Failed {
                why: format!("it answers {status}"),
                retry_after_seconds: answer.retry_after_seconds,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use web_push_native::{decrypt, p256::SecretKey};

    use super::*;

    // RFC 8291, appendix A.
    const PLAIN: &[u8] = b"When I grow up, I want to be a watermelon";
    const PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    #[test]
    fn the_example_of_the_standard_is_read_and_what_is_written_can_be_read_as_it_is() -> Result<()> {
        let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text);
        let private = SecretKey::from_slice(&bytes(PRIVATE)?)?;
        let keys = BrowserKeys::stored(&format!("{PUBLIC} {AUTH}")).context("keys")?;
        assert_eq!(private.public_key(), keys.public);
        assert_eq!(decrypt(bytes(BODY)?, &private, &keys.auth)?, PLAIN);
        let written = encrypt(PLAIN.to_vec(), &keys.public, &keys.auth)?;
        assert_eq!(decrypt(written, &private, &keys.auth)?, PLAIN);
        Ok(())
    }

    #[test]
    fn keys_that_are_none_are_named() {
        let wrong = |p256dh: &str, auth: &str| BrowserKeys::parse(p256dh, auth).err();
        assert_eq!(wrong(PUBLIC, AUTH), None);
        for p256dh in ["", "x", "AAAA", &PUBLIC.replace('B', "C"), &format!("{PUBLIC}AA")] {
            assert_eq!(wrong(p256dh, AUTH), Some("p256dh"), "{p256dh}");
        }
        for auth in ["", "AAAA", PUBLIC, "!"] {
            assert_eq!(wrong(PUBLIC, auth), Some("auth"), "{auth}");
        }
    }
}
