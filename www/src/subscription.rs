//! Notices (通知): of what a member is told, where, and the list of past notices. docs/notices.md has the server's side.

use gongxiang::identity::Id;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::api::{self, Answer, Fault};
use crate::json;
use crate::lang::Lang;
use crate::mark;

#[wasm_bindgen(module = "/src/push.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn push_state() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn push_subscribe(key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn push_end() -> Result<(), JsValue>;
}

/// Whether the browser takes messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Ready,
    /// The person told the browser to refuse.
    Denied,
    /// It cannot, or the page is not installed as the browser wants it.
    Unable,
}

async fn browser() -> Browser {
    let state = push_state().await.ok().and_then(|state| state.as_string());
    match state.as_deref() {
        Some("ready") => Browser::Ready,
        Some("denied") => Browser::Denied,
        _ => Browser::Unable,
    }
}

/// What this server sends, and how.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Offer {
    pub kinds: Vec<String>,
    pub channels: Vec<String>,
    push_key: Option<String>,
}

impl Offer {
    pub fn has(&self, channel: &str) -> bool {
        self.channels.iter().any(|known| known == channel)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Subscription {
    #[serde(rename = "subscription")]
    pub id: String,
    pub channel: String,
    /// The push service, or the address for e-mail.
    pub to: Option<String>,
    pub kinds: Vec<String>,
    /// Why the last message failed.
    pub trouble: Option<String>,
}

impl Subscription {
    /// Whether it is this browser's.
    pub fn is_here(&self) -> bool {
        mark::read(mark::PUSH).as_deref() == Some(&*self.id)
    }
}

/// A notice that the member got. `about` has the fields of its kind, all of them texts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Notice {
    pub kind: String,
    pub at: u64,
    pub about: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NoticesPage {
    pub notices: Vec<Notice>,
    pub next: Option<i64>,
}

/// Everything that the screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// `None` without a network: then only the stored notices are shown. Addresses are not stored.
    pub channels: Option<Channels>,
    pub page: NoticesPage,
}

/// How the member can be told, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channels {
    pub offer: Offer,
    pub browser: Browser,
    pub subscriptions: Vec<Subscription>,
}

pub async fn told(member: &Id) -> Result<Answer<Told>, Fault> {
    let Answer { value: page, since } = api::get_kept(&page_path(member, None)).await?;
    let channels = match channels(member).await {
        Err(Fault::Unreachable) if since.is_some() => None,
        channels => Some(channels?),
    };
    Ok(Answer { value: Told { channels, page }, since })
}

async fn channels(member: &Id) -> Result<Channels, Fault> {
    #[derive(Deserialize)]
    struct List {
        subscriptions: Vec<Subscription>,
    }
    Ok(Channels {
        offer: api::get("/v1/notices").await?,
        browser: browser().await,
        subscriptions: api::get::<List>(&format!("/v1/members/{member}/subscriptions")).await?.subscriptions,
    })
}

fn page_path(member: &Id, before: Option<i64>) -> String {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    format!("/v1/members/{member}/notices?limit=20{before}")
}

/// Notices, newest first, before the one with that number.
pub async fn page(member: &Id, before: i64) -> Result<NoticesPage, Fault> {
    api::get(&page_path(member, Some(before))).await
}

/// Subscribes this browser to all kinds.
pub async fn subscribe_here(member: &Id, offer: &Offer, lang: Lang) -> Result<(), Refused> {
    let key = offer.push_key.as_deref().ok_or(Refused::Browser)?;
    let push = push_subscribe(key).await.map_err(|_| Refused::Browser)?;
    let push: Value = push.as_string().and_then(|push| json::parse(&push).ok()).ok_or(Refused::Browser)?;
    let made = subscribe(member, offer, lang, "push", Some(("push", push))).await;
    mark::write(mark::PUSH, made.as_ref().map_or("", |made| &made.id));
    if made.is_err() {
        end_here().await;
    }
    made.map(drop)
}

/// Subscribes an address for e-mail, or the profile's telephone number, to all kinds.
pub async fn subscribe_by(member: &Id, offer: &Offer, lang: Lang, email: Option<String>) -> Result<(), Refused> {
    let channel = if email.is_some() { "email" } else { "sms" };
    subscribe(member, offer, lang, channel, email.map(|email| ("email", email.into()))).await.map(drop)
}

/// Why there is no subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The browser or the person refused, or its push service could not be reached.
    Browser,
    Server(Fault),
}

async fn subscribe(
    member: &Id,
    offer: &Offer,
    lang: Lang,
    channel: &str,
    address: Option<(&str, Value)>,
) -> Result<Subscription, Refused> {
    let mut body = json!({ "channel": channel, "kinds": offer.kinds, "language": language(lang) });
    if let Some((field, address)) = address {
        body[field] = address;
    }
    let answer = api::post(&format!("/v1/members/{member}/subscriptions"), None, body.to_string()).await;
    answer.and_then(|text| api::read(&text)).map_err(Refused::Server)
}

/// The language of messages.
const fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

/// Changes of what a subscription tells. One that tells nothing ends.
pub async fn choose(subscription: &Subscription, kinds: &[String], lang: Lang) -> Result<(), Fault> {
    if kinds.is_empty() {
        return end(subscription).await;
    }
    let body = json!({ "kinds": kinds, "language": language(lang) }).to_string();
    api::put(&format!("/v1/subscriptions/{}", subscription.id), body).await.map(drop)
}

pub async fn end(subscription: &Subscription) -> Result<(), Fault> {
    if subscription.is_here() {
        end_here().await;
    }
    api::end(&format!("/v1/subscriptions/{}", subscription.id)).await
}

/// Whoever has signed out is told nothing more in this browser. The server learns it from the push service.
pub async fn end_here() {
    if mark::is_set(mark::PUSH) {
        mark::remove(mark::PUSH);
        // Fails only where the browser has thrown the subscription away by itself.
        let _ = push_end().await;
    }
}
