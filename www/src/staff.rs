//! What the desk asks about the staff, and about who did what.

use gongxiang::identity::Id;
use serde::Deserialize;
use serde_json::Value;

use crate::api::{self, Fault};

/// Everybody who works here or did.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffPage {
    pub staff: Vec<StaffRow>,
}

/// Somebody of the staff.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffRow {
    pub staff: Id,
    pub name: String,
    pub role: String,
    pub shop: Option<Id>,
    /// Seconds since 1970; nothing while it is there.
    pub ended: Option<i64>,
}

/// A code that makes a passkey for somebody of the staff, once.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffCode {
    pub name: String,
    pub enrolment: String,
}

/// Something that somebody did.
#[derive(Clone, Debug, Deserialize)]
pub struct DoneAction {
    pub at: String,
    pub actor: String,
    /// An event's type, or a change beside the books such as `staff.added`.
    pub what: String,
    #[serde(default)]
    pub subject: Option<String>,
}

/// A page of actions.
#[derive(Clone, Debug, Deserialize)]
pub struct ActionsPage {
    pub actions: Vec<DoneAction>,
    pub next: Option<String>,
}

/// `/v1/staff`: everybody who is there or was.
pub async fn list() -> Result<StaffPage, Fault> {
    api::get("/v1/staff?limit=500").await
}

/// Adds somebody; `body` is `{name, role, shop?}`.
pub async fn add(body: &Value) -> Result<StaffCode, Fault> {
    api::post("/v1/staff", None, body.to_string()).await.and_then(|text| api::read(&text))
}

/// A new code for somebody.
pub async fn enrol(id: &Id) -> Result<StaffCode, Fault> {
    api::post(&format!("/v1/staff/{id}/enrolments"), None, "{}".to_owned()).await.and_then(|text| api::read(&text))
}

/// Ends somebody.
pub async fn end(id: &Id) -> Result<(), Fault> {
    api::delete(&format!("/v1/staff/{id}")).await
}

/// `/v1/actions`: a page, newest first.
pub async fn actions(before: Option<&str>) -> Result<ActionsPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    api::get(&format!("/v1/actions?limit=50{before}")).await
}
