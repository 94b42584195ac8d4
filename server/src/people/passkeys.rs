//! Passkeys: the two ceremonies of `WebAuthn`, each begun by one request and finished by another, perhaps at another process.
//!
//! What was begun is kept in the database and taken from it by the request that finishes it, however that ends: nothing can be
//! finished twice. Authenticators have to verify their user and to remember the member, so nobody types an id to sign in.

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

use super::sign_in::{Kept, PasskeyRow};
use super::store::People;
use crate::limits::CEREMONY_SECONDS_MAX;
use crate::text::{fingerprint, json as text};

/// Why a ceremony comes to no good end.
#[derive(Debug, Error)]
pub enum PasskeyError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// It was finished, is too old, is the other one, or is none.
    #[error("there is no such ceremony to be finished")]
    Ceremony,
    /// What the authenticator says does not hold.
    #[error("the passkey is not accepted")]
    Refused,
    /// The code was used, holds no more, or is none.
    #[error("the enrolment code holds no more")]
    Enrolment,
    /// It is registered already.
    #[error("the passkey is registered already")]
    Known,
    /// The member has as many as one may have.
    #[error("the member has too many passkeys")]
    TooMany,
}

impl From<WebauthnError> for PasskeyError {
    fn from(error: WebauthnError) -> Self {
        // For whoever set a wrong origin; the sentences name no values.
        tracing::info!(%error, "a passkey was not accepted");
        Self::Refused
    }
}

type Result<T> = std::result::Result<T, PasskeyError>;

/// By what right a passkey is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// The member is signed in.
    SignedIn,
    /// An enrolment code, by its hash.
    Enrolled(String),
    /// Registration is open: the member is new.
    New {
        /// Who brought it.
        referrer: Option<Id>,
    },
}

/// What is kept between beginning and end.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CeremonyState {
    Registration { member: Id, handle: Uuid, right: Right, state: PasskeyRegistration },
    SignIn(DiscoverableAuthentication),
}

/// A ceremony that was begun: what a client needs to go on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ceremony {
    /// What stands for it when it is finished.
    pub ceremony: String,
    /// Seconds.
    pub holds: i64,
    /// For `navigator.credentials`, as `WebAuthn` writes it in JSON.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A passkey that holds, and is not kept yet.
#[derive(Debug)]
pub struct Registration {
    /// Whose it is to be.
    pub member: Id,
    /// By what right.
    pub right: Right,
    row: PasskeyRow,
}

/// Registers passkeys and signs in by them.
#[derive(Clone, Debug)]
pub struct Passkeys {
    webauthn: Webauthn,
    people: People,
}

/// An address as browsers name a page's origin, if passkeys can be had there: TLS, or this machine by its name.
///
/// # Errors
/// If it is none.
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
    /// The id under which it is to be kept.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.row.id
    }
}

impl Passkeys {
    /// For pages of one origin.
    ///
    /// # Errors
    /// If the origin has no name.
    pub fn new(origin: &Url, people: People) -> anyhow::Result<Self> {
        let name = origin.domain().context("an origin of passkeys has a name")?;
        let time = Duration::from_secs(CEREMONY_SECONDS_MAX.unsigned_abs());
        let webauthn = WebauthnBuilder::new(name, origin)?.rp_name("gongxiang 共享购").timeout(time).build()?;
        Ok(Self { webauthn, people })
    }

    /// Begins the registration of a passkey for a member.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn begin_registration(&self, member: Id, right: Right) -> Result<Ceremony> {
        let rows = self.people.passkeys(&member).await?;
        let handle = rows.first().and_then(|row| row.handle.parse().ok()).unwrap_or_else(Uuid::new_v4);
        let known: Vec<CredentialID> = rows.iter().filter_map(|row| Some(passkey(row)?.cred_id().clone())).collect();
        let name = member.as_str();
        let (options, state) = self.webauthn.start_passkey_registration(handle, name, name, Some(known))?;
        let mut options = json!(options.public_key);
        // Without it an authenticator may forget whose the passkey is, and only sign in who is named.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        self.begun(&CeremonyState::Registration { member, handle, right, state }, options).await
    }

    /// Looks at what an authenticator says to a registration that was begun. Nothing is kept by this.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn finish_registration(
        &self,
        ceremony: &str,
        credential: &RegisterPublicKeyCredential,
    ) -> Result<Registration> {
        let Some(CeremonyState::Registration { member, handle, right, state }) = self.take(ceremony).await? else {
            return Err(PasskeyError::Ceremony);
        };
        let passkey = self.webauthn.finish_passkey_registration(credential, &state)?;
        let row = PasskeyRow {
            id: id(passkey.cred_id()),
            member: member.to_string(),
            handle: handle.to_string(),
            passkey: text(&passkey),
            made: 0,
            used: None,
        };
        Ok(Registration { member, right, row })
    }

    /// Keeps a passkey, and opens a session with it for whoever was not signed in: its token, and for how many seconds it holds.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn keep(&self, registration: &Registration) -> Result<Option<(String, i64)>> {
        let enrolment = match &registration.right {
            Right::Enrolled(hash) => Some(hash.as_str()),
            Right::SignedIn | Right::New { .. } => None,
        };
        match self.people.add_passkey(&registration.row, enrolment).await? {
            Kept::Yes => {}
            Kept::EnrolmentEnded => return Err(PasskeyError::Enrolment),
            Kept::Known => return Err(PasskeyError::Known),
            Kept::TooMany => return Err(PasskeyError::TooMany),
        }
        match registration.right {
            Right::SignedIn => Ok(None),
            Right::Enrolled(_) | Right::New { .. } => Ok(self.people.sign_in_with(&registration.row).await?),
        }
    }

    /// Begins a sign-in of whoever it is.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn begin_sign_in(&self) -> Result<Ceremony> {
        let (options, state) = self.webauthn.start_discoverable_authentication()?;
        // How the browser asks is the page's matter.
        self.begun(&CeremonyState::SignIn(state), json!(options.public_key)).await
    }

    /// Signs in; answers with the member, the session's token and for how many seconds it holds.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn finish_sign_in(&self, ceremony: &str, credential: &PublicKeyCredential) -> Result<(Id, String, i64)> {
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
        let (token, holds) = self.people.sign_in_with(&row).await?.ok_or(PasskeyError::Refused)?;
        let member = Id::parse(&row.member).ok_or(PasskeyError::Refused)?;
        Ok((member, token, holds))
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

/// Of a credential: short enough for an address, whatever an authenticator made.
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
