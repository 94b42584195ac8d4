//! Passkeys: the two ceremonies of `WebAuthn`. One request begins a ceremony and another finishes it, perhaps at
//! another process.
//!
//! The state in between is stored in the database. The request that finishes a ceremony deletes its state, whatever the
//! result, so no ceremony is finished twice. Authenticators must verify the user and remember the member, so nobody has
//! to type an id to sign in.

use std::time::Duration;

use anyhow::{Context as _, bail};
use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;
use url::Url;
use utoipa::ToSchema;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::device::Device;
use super::holder::Holder;
use super::sign_in::{PasskeyOutcome, PasskeyRow};
use super::store::People;
use crate::limits::CEREMONY_SECONDS_MAX;
use crate::text::{fingerprint, json as text};

/// Why a ceremony failed.
#[derive(Debug, Error)]
pub enum PasskeyError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The ceremony was finished, has expired, is of the other kind, or does not exist.
    #[error("there is no such ceremony to be finished")]
    Ceremony,
    /// The authenticator's answer is invalid.
    #[error("the passkey is not accepted")]
    Refused,
    /// The enrolment code was used, has expired, or does not exist.
    #[error("the enrolment code holds no more")]
    Enrolment,
    /// The passkey is registered already.
    #[error("the passkey is registered already")]
    Known,
    /// The member has the maximum number of passkeys.
    #[error("the member has too many passkeys")]
    TooMany,
}

impl From<WebauthnError> for PasskeyError {
    fn from(error: WebauthnError) -> Self {
        // Helps an operator who set a wrong origin; the sentences contain no values.
        tracing::info!(%error, "a passkey was not accepted");
        Self::Refused
    }
}

type Result<T> = std::result::Result<T, PasskeyError>;

/// What entitles a member to register a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    SignedIn,
    /// An enrolment code, by its hash.
    Enrolled(String),
    /// Registration is open: the member is new.
    New {
        referrer: Option<Id>,
    },
}

/// The state between begin and finish.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CeremonyState {
    Registration { holder: Holder, handle: Uuid, right: Right, state: PasskeyRegistration },
    SignIn(DiscoverableAuthentication),
}

/// A ceremony that was begun: what a client needs to go on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ceremony {
    /// What stands for it when it is finished.
    pub ceremony: String,
    /// How long the ceremony is valid, in seconds.
    pub holds: i64,
    /// For `navigator.credentials`, as `WebAuthn` writes it in JSON.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A verified passkey that is not stored yet.
#[derive(Debug)]
pub struct Registration {
    pub holder: Holder,
    pub right: Right,
    row: PasskeyRow,
}

/// Registers passkeys and signs in by them.
#[derive(Clone, Debug)]
pub struct Passkeys {
    webauthn: Webauthn,
    people: People,
}

/// Reads an origin where passkeys work: HTTPS, or `localhost`.
///
/// # Errors
/// If the address is no such origin.
pub fn origin(address: &str) -> anyhow::Result<Url> {
    let why = || {
        format!(
            "`{address}` is no origin of passkeys: `https://`, a name and nothing behind it, or `http://localhost:PORT`"
        )
    };
    let url: Url = address.parse().with_context(why)?;
    let reachable = match url.scheme() {
        "https" => url.domain().is_some(),
        "http" => url.domain() == Some("localhost"),
        _ => false,
    };
    if !reachable || url.origin().ascii_serialization() != address.trim_end_matches('/') {
        bail!(why());
    }
    Ok(url)
}

impl Registration {
    /// The id under which the passkey is stored.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.row.id
    }
}

impl Passkeys {
    /// Passkeys for the pages of one origin.
    ///
    /// # Errors
    /// If the origin has no host name.
    pub fn new(origin: &Url, people: People) -> anyhow::Result<Self> {
        let name = origin.domain().context("an origin of passkeys has a name")?;
        let time = Duration::from_secs(CEREMONY_SECONDS_MAX.unsigned_abs());
        let webauthn = WebauthnBuilder::new(name, origin)?.rp_name("gongxiang 共享购").timeout(time).build()?;
        Ok(Self { webauthn, people })
    }

    /// Begins the registration of a passkey for a member or somebody of the staff, under the name that the authenticator shows.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn begin_registration(&self, holder: Holder, name: &str, right: Right) -> Result<Ceremony> {
        let rows = self.people.passkeys(&holder).await?;
        let handle = rows.first().and_then(|row| row.handle.parse().ok()).unwrap_or_else(Uuid::new_v4);
        let known: Vec<CredentialID> = rows.iter().filter_map(|row| Some(passkey(row)?.cred_id().clone())).collect();
        let (options, state) = self.webauthn.start_passkey_registration(handle, name, name, Some(known))?;
        let mut options = json!(options.public_key);
        // Otherwise an authenticator may forget the member and work only for a member who types an id.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        self.begun(&CeremonyState::Registration { holder, handle, right, state }, options).await
    }

    /// Verifies an authenticator's answer. Stores nothing.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn finish_registration(
        &self,
        ceremony: &str,
        credential: &RegisterPublicKeyCredential,
    ) -> Result<Registration> {
        let Some(CeremonyState::Registration { holder, handle, right, state }) = self.take(ceremony).await? else {
            return Err(PasskeyError::Ceremony);
        };
        let passkey = self.webauthn.finish_passkey_registration(credential, &state)?;
        let row = PasskeyRow {
            id: id(passkey.cred_id()),
            member: holder.to_string(),
            handle: handle.to_string(),
            passkey: text(&passkey),
            made: 0,
            used: None,
            name: String::new(),
        };
        Ok(Registration { holder, right, row })
    }

    /// Stores a passkey. Unless the member was signed in, opens a session and returns its token and lifetime in
    /// seconds.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn keep(&self, registration: &Registration, device: Device) -> Result<Option<(String, i64)>> {
        let enrolment = match &registration.right {
            Right::Enrolled(hash) => Some(hash.as_str()),
            Right::SignedIn | Right::New { .. } => None,
        };
        match self.people.add_passkey(&registration.row, enrolment).await? {
            PasskeyOutcome::Yes => {}
            PasskeyOutcome::EnrolmentEnded => return Err(PasskeyError::Enrolment),
            PasskeyOutcome::Known => return Err(PasskeyError::Known),
            PasskeyOutcome::TooMany => return Err(PasskeyError::TooMany),
        }
        match registration.right {
            Right::SignedIn => Ok(None),
            Right::Enrolled(_) | Right::New { .. } => Ok(self.people.sign_in_with(&registration.row, device).await?),
        }
    }

    /// Begins a sign-in; the authenticator says who it is.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn begin_sign_in(&self) -> Result<Ceremony> {
        let (options, state) = self.webauthn.start_discoverable_authentication()?;
        // How the browser asks is the page's matter.
        self.begun(&CeremonyState::SignIn(state), json!(options.public_key)).await
    }

    /// Signs in; returns the holder, the session's token and its lifetime in seconds.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn finish_sign_in(
        &self,
        ceremony: &str,
        credential: &PublicKeyCredential,
        device: Device,
    ) -> Result<(Holder, String, i64)> {
        let row = self.verified(ceremony, credential).await?;
        let (token, holds) = self.people.sign_in_with(&row, device).await?.ok_or(PasskeyError::Refused)?;
        let holder = Holder::parse(&row.member).ok_or(PasskeyError::Refused)?;
        Ok((holder, token, holds))
    }

    /// Stores in the session of this hash that its member showed a passkey.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn finish_verification(
        &self,
        ceremony: &str,
        credential: &PublicKeyCredential,
        member: &Id,
        session: &str,
    ) -> Result<()> {
        let row = self.verified(ceremony, credential).await?;
        let is_own = row.member == member.as_str() && self.people.verify_with(&row, session).await?;
        if is_own { Ok(()) } else { Err(PasskeyError::Refused) }
    }

    /// The passkey that answered a sign-in, as it is to be stored.
    async fn verified(&self, ceremony: &str, credential: &PublicKeyCredential) -> Result<PasskeyRow> {
        let Some(CeremonyState::SignIn(state)) = self.take(ceremony).await? else {
            return Err(PasskeyError::Ceremony);
        };
        let (handle, credential_id) = self.webauthn.identify_discoverable_authentication(credential)?;
        let row = self.people.passkey(&fingerprint(credential_id)).await?;
        let mut row = row.filter(|row| row.handle == handle.to_string()).ok_or(PasskeyError::Refused)?;
        let mut passkey = passkey(&row).ok_or(PasskeyError::Refused)?;
        let key = DiscoverableKey::from(&passkey);
        let result = self.webauthn.finish_discoverable_authentication_v2(credential, state, &key)?;
        passkey.update_credential(&result);
        row.passkey = text(&passkey);
        Ok(row)
    }

    async fn begun(&self, kept: &CeremonyState, options: Value) -> Result<Ceremony> {
        let (ceremony, holds) = self.people.keep_ceremony(&text(kept)).await?;
        Ok(Ceremony { ceremony, holds, options })
    }

    async fn take(&self, token: &str) -> Result<Option<CeremonyState>> {
        let content = self.people.take_ceremony(token).await?;
        Ok(content.and_then(|content| serde_json::from_str(&content).ok()))
    }
}

/// A short id for a credential of any length: its hash.
fn id(credential: &CredentialID) -> String {
    fingerprint(credential.as_ref())
}

fn passkey(row: &PasskeyRow) -> Option<Passkey> {
    serde_json::from_str(&row.passkey).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_name_with_tls_or_this_machine() {
        for address in
            ["https://wallet.example", "https://wallet.example/", "https://a.b:8443", "http://localhost:8080"]
        {
            assert!(origin(address).is_ok(), "{address}");
        }
        for address in [
            "http://wallet.example",
            "https://wallet.example/app",
            "https://127.0.0.1",
            "http://127.0.0.1:8080",
            "https://a@wallet.example",
            "ftp://localhost",
            "wallet.example",
            "",
        ] {
            assert!(origin(address).is_err(), "{address}");
        }
    }
}
