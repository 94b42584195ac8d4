//! The key by which push services recognise this server (VAPID, RFC 8292). The server makes it once and stores it in
//! the database, or reads it from a file. It must not change, because a browser's subscription holds for one key.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;
use sqlx::AnyPool;

use crate::limits::PUSH_TOKEN_SECONDS;

/// It is shown nowhere but by its public half.
#[derive(Clone)]
pub struct VapidKey(Arc<EcdsaKeyPair>);

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VapidKey").field(&self.public()).finish()
    }
}

impl VapidKey {
    /// The key of this database. The first process makes it.
    pub async fn of_database(pool: &AnyPool) -> Result<Self> {
        const ASK: &str = "SELECT key FROM push_key WHERE one = 1";
        let known: Option<(String,)> = sqlx::query_as(ASK).fetch_optional(pool).await?;
        let key = if let Some((key,)) = known {
            key
        } else {
            let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            let made = made.map_err(|_| anyhow!("this machine has no randomness"))?;
            sqlx::query("INSERT INTO push_key (one, key) VALUES (1, $1) ON CONFLICT (one) DO NOTHING")
                .bind(BASE64_STANDARD.encode(made.as_ref()))
                .execute(pool)
                .await?;
            // Another process may have been first.
            sqlx::query_as::<_, (String,)>(ASK).fetch_one(pool).await?.0
        };
        Self::read(&BASE64_STANDARD.decode(key).context("the key for push services cannot be read")?)
    }

    /// The key of a file: PKCS #8 as PEM, of the curve P-256.
    pub fn of_file(file: &Path) -> Result<Self> {
        let context = || format!("cannot read a key for push services from {}", file.display());
        let text = std::fs::read_to_string(file).with_context(context)?;
        let body: String = text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
        let read = BASE64_STANDARD.decode(body).map_err(anyhow::Error::from).and_then(|bytes| Self::read(&bytes));
        read.with_context(context)
    }

    fn read(pkcs8: &[u8]) -> Result<Self> {
        // The error says at most which part of the key is wrong.
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new())
            .map(|key| Self(Arc::new(key)))
            .map_err(|error| anyhow!("it is no PKCS #8 key of the curve P-256: {error}"))
    }

    /// The public half, as browsers take it.
    #[must_use]
    pub fn public(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// The header `authorization` of a request to a push service. `origin` is the service's.
    pub fn authorization(&self, origin: &str, contact: Option<&str>, now: Timestamp) -> Result<String> {
        let mut claims = json!({"aud": origin, "exp": now.as_second() + PUSH_TOKEN_SECONDS});
        if let Some(contact) = contact {
            claims["sub"] = contact.into();
        }
        let header = BASE64_URL_SAFE_NO_PAD.encode(json!({"typ": "JWT", "alg": "ES256"}).to_string());
        let signed = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| anyhow!("this machine has no randomness"))?;
        let token = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
        Ok(format!("vapid t={token}, k={}", self.public()))
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    fn key() -> Result<VapidKey> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        VapidKey::read(made.map_err(|_| anyhow!("no randomness"))?.as_ref())
    }

    #[test]
    fn a_token_says_for_which_service_it_is_and_its_signature_verifies() -> Result<()> {
        let key = key()?;
        let now = Timestamp::from_second(1_700_000_000)?;
        let said = key.authorization("https://push.example", Some("mailto:me@shop.example"), now)?;
        let (token, public) =
            said.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).context("the form")?;
        let (signed, signature) = token.rsplit_once('.').context("a signature")?;
        let public = BASE64_URL_SAFE_NO_PAD.decode(public)?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &public)
            .verify(signed.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(signature)?)
            .map_err(|_| anyhow!("another key signed it"))?;
        let claims = BASE64_URL_SAFE_NO_PAD.decode(signed.split_once('.').context("claims")?.1)?;
        let claims: serde_json::Value = serde_json::from_slice(&claims)?;
        assert_eq!(
            claims,
            json!({"aud": "https://push.example", "exp": 1_700_000_000 + 43_200, "sub": "mailto:me@shop.example"})
        );
        Ok(())
    }

    #[test]
    fn the_private_half_is_not_shown() -> Result<()> {
        let key = key()?;
        assert_eq!(format!("{key:?}"), format!("VapidKey({:?})", key.public()));
        assert!(VapidKey::read(b"nonsense").is_err());
        Ok(())
    }
}
