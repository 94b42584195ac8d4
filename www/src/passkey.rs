//! Passkeys (通行密钥): signing in and registering with the browser's authenticator. The server starts a ceremony, the
//! authenticator answers, and the server checks the answer.

use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use serde::Deserialize;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::api::{self, Fault};

/// A ceremony of `WebAuthn`.
#[derive(Clone, Copy)]
struct Ceremony {
    path: &'static str,
    /// The function of `PublicKeyCredential` that reads the server's options.
    parse: &'static str,
    /// The function of `navigator.credentials`.
    ask: &'static str,
}

const SIGN_IN: Ceremony = Ceremony { path: "/v1/sessions/passkey", parse: "parseRequestOptionsFromJSON", ask: "get" };
const REGISTER: Ceremony = Ceremony { path: "/v1/passkeys", parse: "parseCreationOptionsFromJSON", ask: "create" };

#[derive(Deserialize)]
struct CeremonyStart {
    ceremony: String,
}

/// Whose passkey it is: this member's, or somebody's of the staff.
#[derive(Deserialize)]
pub struct Holder {
    pub member: Option<Id>,
}

/// Signs in with a passkey.
pub async fn sign_in() -> Result<Holder, Fault> {
    SIGN_IN.perform("{}").await
}

/// Makes the passkey of an enrolment code, and signs its holder in.
pub async fn enrol(code: &str) -> Result<Holder, Fault> {
    let body = Tree::Table(vec![("enrolment".to_owned(), Tree::Text(code.to_owned()))]);
    REGISTER.perform(&body.canonical()).await
}

/// Registers a new member under its referrer, and signs it in.
pub async fn register(referrer: &Id) -> Result<Holder, Fault> {
    REGISTER.perform(&format!(r#"{{"register":{{"referrer":"{referrer}"}}}}"#)).await
}

impl Ceremony {
    async fn perform(self, by: &str) -> Result<Holder, Fault> {
        let begun = api::post(&format!("{}/begin", self.path), None, by.to_owned()).await?;
        let ceremony = api::read::<CeremonyStart>(&begun)?.ceremony;
        // The browser does not say whether there is no passkey or the person declined.
        let credential = self.credential(&begun).await.map_err(|_| Fault::NoPasskey)?;
        let body = format!(r#"{{"ceremony":"{ceremony}","credential":{credential}}}"#);
        let finished = api::post(self.path, None, body).await?;
        api::read(&finished)
    }

    /// The authenticator's answer, as JSON.
    async fn credential(self, begun: &str) -> Result<String, JsValue> {
        let options = Reflect::get(&JSON::parse(begun)?, &"options".into())?;
        let class = Reflect::get(&window(), &"PublicKeyCredential".into())?;
        let public_key = call(&class, self.parse, &options)?;
        let question = Object::new();
        Reflect::set(&question, &"publicKey".into(), &public_key)?;
        let credentials = Reflect::get(&window().navigator(), &"credentials".into())?;
        let asked: Promise = call(&credentials, self.ask, &question)?.dyn_into()?;
        let answer = call(&JsFuture::from(asked).await?, "toJSON", &JsValue::UNDEFINED)?;
        JSON::stringify(&answer).map(String::from)
    }
}

fn call(of: &JsValue, name: &str, with: &JsValue) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())?.dyn_into::<Function>()?.call1(of, with)
}
