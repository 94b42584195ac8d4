//! The secret with which a receiver verifies that a message comes from this server.

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;

const PREFIX: &str = "whsec_";

/// Random bytes from the system.
pub fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("this machine has no randomness")?;
    Ok(bytes)
}

/// Signs messages. It is shown once, when its webhook is added.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(random::<32>()?.into()))
    }

    pub fn parse(text: &str) -> Option<Self> {
        BASE64_STANDARD.decode(text.strip_prefix(PREFIX)?).ok().map(Self)
    }

    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    /// The header `webhook-signature`.
    #[must_use]
    pub fn signature(&self, id: &str, timestamp: i64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_has_its_signature() {
        // From the specification of Standard Webhooks.
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed = secret
            .map(|secret| secret.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#));
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_is_read_as_it_is_shown_and_no_two_are_the_same() -> anyhow::Result<()> {
        let (one, other) = (Secret::new()?, Secret::new()?);
        assert_eq!(Secret::parse(&one.text()).map(|read| read.0), Some(one.0.clone()));
        assert_ne!(one.0, other.0);
        Ok(())
    }
}
