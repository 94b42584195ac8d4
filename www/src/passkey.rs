//! Passkeys (通行密钥): signing in and registering with the browser's authenticator. The server starts a ceremony, the
//! authenticator answers, and the server checks the answer.

use gongxiang::identity::Id;
use serde::Deserialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::api::{self, Fault};

#[wasm_bindgen(module = "/src/passkey.js")]
extern "C" {
    /// Whether this browser has passkeys.
    pub fn supported() -> bool;
    #[wasm_bindgen(catch)]
    async fn ask(how: &str, options: &str) -> Result<JsValue, JsValue>;
}

/// A ceremony of `WebAuthn`.
#[derive(Clone, Copy)]
struct Ceremony {
    /// Where it begins.
    begin: &'static str,
    /// Where it is finished.
    finish: &'static str,
    /// The function of `navigator.credentials`.
    ask: &'static str,
}

const SIGN_IN: Ceremony = Ceremony { begin: "/v1/sessions/passkey/begin", finish: "/v1/sessions/passkey", ask: "get" };
const REGISTER: Ceremony = Ceremony { begin: "/v1/passkeys/begin", finish: "/v1/passkeys", ask: "create" };
const VERIFY: Ceremony = Ceremony { finish: "/v1/session/passkey", ..SIGN_IN };

#[derive(Deserialize)]
struct CeremonyStart {
    ceremony: String,
}

/// Whose passkey it is: this member's, or somebody's of the staff.
#[derive(Deserialize)]
pub struct Holder {
    pub member: Option<Id>,
}

/// Signs in with a passkey. Returns whose it is.
pub async fn sign_in() -> Result<Holder, Fault> {
    holder(&SIGN_IN.perform("{}").await?)
}

/// Registers a new member, under its referrer if it has one, and signs it in.
pub async fn register(referrer: Option<&Id>) -> Result<Holder, Fault> {
    let referrer = referrer.map(|id| format!(r#""referrer":"{id}""#)).unwrap_or_default();
    holder(&REGISTER.perform(&format!(r#"{{"register":{{{referrer}}}}}"#)).await?)
}

/// Registers a passkey of the holder of a code, and signs it in. The code contains nothing that JSON would escape.
pub async fn register_by(code: &str) -> Result<Holder, Fault> {
    holder(&REGISTER.perform(&format!(r#"{{"enrolment":"{code}"}}"#)).await?)
}

/// Registers a passkey of the member who is signed in.
pub async fn add() -> Result<(), Fault> {
    with_passkey(async || REGISTER.perform("{}").await.map(drop)).await
}

/// Does something that the server does only if the member showed its passkey a short while ago. Asks for it if need be.
pub async fn with_passkey<T>(act: impl AsyncFn() -> Result<T, Fault>) -> Result<T, Fault> {
    match act().await {
        Err(Fault::Status { problem, .. }) if problem.code == "passkey_needed" => {
            VERIFY.perform("{}").await?;
            act().await
        }
        other => other,
    }
}

fn holder(finished: &str) -> Result<Holder, Fault> {
    api::read(finished)
}

impl Ceremony {
    async fn perform(self, by: &str) -> Result<String, Fault> {
        let begun = api::post(self.begin, None, by.to_owned()).await?;
        let ceremony = api::read::<CeremonyStart>(&begun)?.ceremony;
        // The browser does not say whether there is no passkey or the person declined.
        let credential = ask(self.ask, &begun).await.map_err(|_| Fault::NoPasskey)?;
        let credential = credential.as_string().ok_or(Fault::NoPasskey)?;
        api::begin(self.finish, format!(r#"{{"ceremony":"{ceremony}","credential":{credential}}}"#)).await
    }
}
