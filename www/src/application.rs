//! Applications for a shop: a member applies, the operator decides (docs/running.md).

use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Points;
use gongxiang::wire::profile::Category;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{self, Fault};

/// An application. What it said is `None` once its member erased its profile.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Application {
    #[serde(rename = "application")]
    pub id: i64,
    pub member: Id,
    pub region: Region,
    pub shop_name: Option<String>,
    pub address: Option<String>,
    pub category: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    pub licence: Option<String>,
    /// When it was made, seconds since 1970.
    pub applied: u32,
    /// How often it was changed. Who decides says which one was read.
    changes: i64,
    /// `waiting`, `approved`, `opened`, `declined` or `withdrawn`.
    pub state: String,
    /// Why it was declined.
    pub reason: Option<String>,
    /// What the shop still needs: `approval`, `pack`, `deposit`, `unfreezing`.
    pub missing: Vec<String>,
    pub points_missing: Points,
}

impl Application {
    pub fn is_waiting(&self) -> bool {
        self.state == "waiting"
    }

    /// Whether it may still become a shop.
    pub fn is_open(&self) -> bool {
        self.is_waiting() || self.state == "approved"
    }

    pub fn category(&self) -> Option<Category> {
        self.category.as_deref().and_then(Category::parse)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ApplicationsPage {
    pub applications: Vec<Application>,
    pub next: Option<i64>,
}

/// The newest application of a member.
pub async fn newest(member: &Id) -> Result<Option<Application>, Fault> {
    let page = api::get::<ApplicationsPage>(&format!("/v1/members/{member}/applications?limit=1")).await?;
    Ok(page.applications.into_iter().next())
}

/// Applies, or changes what waits for a decision.
pub async fn send(known: Option<i64>, body: &Value) -> Result<(), Fault> {
    match known {
        Some(id) => api::put(&format!("/v1/applications/{id}"), body.to_string()).await.map(drop),
        None => api::post("/v1/applications", None, body.to_string()).await.map(drop),
    }
}

pub async fn withdraw(id: i64) -> Result<(), Fault> {
    api::end(&format!("/v1/applications/{id}")).await
}

/// Those in a state, newest first, before the one with that number.
pub async fn in_state(state: &str, before: Option<i64>) -> Result<ApplicationsPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    api::get(&format!("/v1/applications?state={state}&limit=20{before}")).await
}

/// Approves what was read.
pub async fn approve(read: &Application) -> Result<(), Fault> {
    let body = json!({ "changes": read.changes }).to_string();
    api::post(&format!("/v1/applications/{}/approve", read.id), None, body).await.map(drop)
}

/// Declines what was read, for a reason that its member reads.
pub async fn decline(read: &Application, reason: &str) -> Result<(), Fault> {
    let body = json!({ "changes": read.changes, "reason": reason }).to_string();
    api::post_note(&format!("/v1/applications/{}/decline", read.id), body).await
}
