//! How the member signs in, as the server tells it: sessions, codes, passkeys, `WeChat` accounts.

use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use serde::Deserialize;

use crate::api::{self, Fault};
use crate::passkey::Holder;

/// A session of the member. All times are seconds since 1970.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenSession {
    pub id: String,
    /// Whether it is this one.
    pub current: bool,
    pub made: u64,
    pub seen: u64,
    pub way: String,
    pub device: String,
}

/// A code that was not used yet.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenCode {
    pub id: String,
    pub made: u64,
    pub expires: u64,
    /// The session that made it; `None` if the operator did.
    pub session: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct StoredPasskey {
    pub id: String,
    pub name: String,
    pub made: u64,
    pub used: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct WeChatAccount {
    pub id: String,
    pub made: Option<u64>,
}

/// How the member signs in.
#[derive(Clone, Debug, Deserialize)]
pub struct Access {
    pub sessions: Vec<OpenSession>,
    pub codes: Vec<OpenCode>,
    pub passkeys: Vec<StoredPasskey>,
    pub wechat: Vec<WeChatAccount>,
}

/// `/v1/access`.
pub async fn all() -> Result<Access, Fault> {
    api::get("/v1/access").await
}

/// Names a passkey.
pub async fn name_passkey(path: &str, name: &str) -> Result<(), Fault> {
    let name = Tree::Table(vec![("name".to_owned(), Tree::Text(name.to_owned()))]);
    api::post(path, None, name.canonical()).await.map(drop)
}

/// `/v1/members/ID/enrolments`: a code that lets somebody in as the member, once.
pub async fn make_code(member: &Id) -> Result<String, Fault> {
    #[derive(Deserialize)]
    struct Made {
        enrolment: String,
    }
    let text = api::post(&format!("/v1/members/{member}/enrolments"), None, "{}".to_owned()).await?;
    api::read::<Made>(&text).map(|made| made.enrolment)
}

/// `/v1/sessions/code`: signs in by a code, which contains nothing that JSON would escape.
pub async fn sign_in_by_code(code: &str) -> Result<Holder, Fault> {
    let text = api::begin("/v1/sessions/code", format!(r#"{{"enrolment":"{code}"}}"#)).await?;
    api::read(&text)
}
