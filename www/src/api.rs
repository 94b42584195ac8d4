//! The server's answers, as far as the wallet asks for them, and what can go wrong with them.
//!
//! They are read by [`json`]: amounts are strings in them and become typed quantities by the rules' own strict
//! readers, so nothing ever is a JavaScript number on the way.

use gloo_net::http::Request;
use gongxiang::book::{DayRecord, Excerpt};
use gongxiang::event::Code;
use gongxiang::identity::{Day, Id};
use gongxiang::market::{Offer, Trade};
use gongxiang::order::Order;
use gongxiang::receipt::Receipt;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::answer::{DaysPage, MemberNow, MembersPage, StatementPage, SupplyNow};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::json::{self, Raw};
use crate::keep::{self, Drawer};
use crate::order::Parties;

/// Why there is no answer to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No answer came.
    Unreachable,
    /// The server said no, or failed itself.
    Status {
        /// The status of the answer.
        status: u16,
        /// What the problem document says, if it was one.
        problem: Problem,
    },
    /// An answer that is not what was asked for, or does not fit together.
    Nonsense,
    /// The authenticator has no passkey for this, or the person said no.
    NoPasskey,
    /// Rules that this wallet does not know: another version.
    OtherRules,
}

impl Fault {
    /// Whether the server said that there is no such member.
    pub fn is_unknown_member(&self) -> bool {
        matches!(self, Self::Status { problem, .. } if problem.code == Code::UnknownMember.as_str())
    }
}

/// RFC 9457, as far as it is of use here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The stable code; empty if it has none.
    pub code: String,
    /// The field that it is about; empty if it is none in particular.
    pub field: String,
}

/// Who one is to the server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Session {
    /// `nobody`, `demo`, `operator`, `member` …
    pub role: String,
    pub member: Option<Id>,
    /// Whether everybody may do everything.
    pub demo: bool,
    /// How members can sign in: `passkey`, `demo` …
    #[serde(default)]
    pub ways: Vec<String>,
    /// Whether they may register themselves.
    #[serde(default)]
    pub open_registration: bool,
}

impl Session {
    /// Whether it may do what only the operator may.
    pub fn is_operator(&self) -> bool {
        matches!(self.role.as_str(), "demo" | "operator")
    }

    /// Whether members have passkeys here.
    pub fn has_passkeys(&self) -> bool {
        self.ways.iter().any(|way| way == "passkey")
    }
}

/// A row with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<V> {
    pub id: Id,
    pub value: V,
}

impl<V: DeserializeOwned> Named<V> {
    /// They stand side by side in one table: each is read from it, and passes the other.
    fn read(text: &str) -> Result<Self, Fault> {
        let Name { id } = read(text)?;
        Ok(Self { id, value: read(text)? })
    }
}

#[derive(Deserialize)]
struct Name {
    id: Id,
}

/// A page of rows.
#[derive(Deserialize)]
struct Rows<N> {
    rows: Vec<Raw>,
    next: Option<N>,
}

/// An answer, and since when it is kept where the server did not answer now.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    pub value: T,
    pub since: Option<String>,
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    json::read(text).map_err(|_| Fault::Nonsense)
}

async fn get_text(path: &str) -> Result<String, Fault> {
    let asked = Request::get(path).header("accept", "application/json").send().await;
    let response = asked.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    if response.ok() {
        return Ok(text);
    }
    Err(Fault::Status { status: response.status(), problem: json::read(&text).unwrap_or_default() })
}

async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Fault> {
    get_text(path).await.and_then(|text| read(&text))
}

/// Asks, and keeps the answer for a time without a network.
async fn get_kept<T: DeserializeOwned>(path: String) -> Result<Kept<T>, Fault> {
    let Kept { value: text, since } = Box::pin(get_text_or_kept(path.clone())).await?;
    let value = read(&text)?;
    if since.is_none() {
        Box::pin(keep_text(path, text)).await;
    }
    Ok(Kept { value, since })
}

async fn get_text_or_kept(path: String) -> Result<Kept<String>, Fault> {
    match get_text(&path).await {
        Ok(value) => Ok(Kept { value, since: None }),
        Err(Fault::Unreachable) => {
            let kept = keep::read(Drawer::Answers, &path).await.ok_or(Fault::Unreachable)?;
            let (time, text) = kept.split_once('\n').ok_or(Fault::Unreachable)?;
            Ok(Kept { value: text.to_owned(), since: Some(time.to_owned()) })
        }
        Err(fault) => Err(fault),
    }
}

async fn keep_text(path: String, text: String) {
    let time = String::from(js_sys::Date::new_0().to_iso_string());
    keep::write(Drawer::Answers, &path, &format!("{time}\n{text}")).await;
}

/// Sends a body under an idempotency key; answers with the status and the text.
pub async fn post(path: &str, key: Option<&str>, body: String) -> Result<(u16, String), Fault> {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let request = request.body(body).map_err(|_| Fault::Unreachable)?;
    let response = request.send().await.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    Ok((response.status(), text))
}

/// An answer that has a receipt.
#[derive(Deserialize)]
pub struct WithReceipt {
    pub receipt: Receipt,
}

/// `/v1/previews`: what an event would be answered with now under this key, as far as it is for whoever asks to see.
pub async fn preview(event: &Tree, key: &str) -> Result<Receipt, Fault> {
    let (status, text) = post("/v1/previews", Some(key), event.canonical()).await?;
    if status == 200 {
        return read::<WithReceipt>(&text).map(|answer| answer.receipt);
    }
    Err(Fault::Status { status, problem: json::read(&text).unwrap_or_default() })
}

/// `/v1/session`.
pub async fn session() -> Result<Session, Fault> {
    get_kept("/v1/session".to_owned()).await.map(|kept| kept.value)
}

/// Signs in as a member of a demo.
pub async fn sign_in_to_demo(member: &Id) -> Result<(), Fault> {
    let (status, text) = post("/v1/sessions/demo", None, format!(r#"{{"member":"{member}"}}"#)).await?;
    if status == 200 {
        return Ok(());
    }
    Err(Fault::Status { status, problem: json::read(&text).unwrap_or_default() })
}

/// Signs out.
pub async fn sign_out() -> Result<(), Fault> {
    Request::delete("/v1/session").send().await.map(|_| ()).map_err(|_| Fault::Unreachable)
}

/// `/v1/members`: those whose ids come after `after`, by id.
pub async fn members(after: &str, limit: u32) -> Result<MembersPage, Fault> {
    if after.is_empty() {
        return get(&format!("/v1/members?limit={limit}")).await;
    }
    get(&format!("/v1/members?after={after}&limit={limit}")).await
}

/// `/v1/members/ID`.
pub async fn member(id: &Id) -> Result<Kept<MemberNow>, Fault> {
    get_kept(format!("/v1/members/{id}")).await
}

/// `/v1/supply`.
pub async fn supply() -> Result<Kept<SupplyNow>, Fault> {
    get_kept("/v1/supply".to_owned()).await
}

/// `/v1/rules`.
pub async fn rules() -> Result<Kept<RuleSet>, Fault> {
    get_kept("/v1/rules".to_owned())
        .await
        .map_err(|fault| if fault == Fault::Nonsense { Fault::OtherRules } else { fault })
}

/// `/v1/days`: the closed days after `after`, oldest first.
pub async fn days(after: Option<Day>, limit: u32) -> Result<Vec<DayRecord>, Fault> {
    let path = match after {
        Some(day) => format!("/v1/days?after={day}&limit={limit}"),
        None => format!("/v1/days?limit={limit}"),
    };
    get::<DaysPage>(&path).await.map(|page| page.days)
}

/// `/v1/members/ID/statement`: the postings before `before`, newest first.
pub async fn statement(id: &Id, before: Option<&str>) -> Result<StatementPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    get(&format!("/v1/members/{id}/statement?limit=500{before}")).await
}

/// `/v1/excerpt`: as much of the book as an order between these parties needs.
pub async fn excerpt(parties: &Parties) -> Result<Excerpt, Fault> {
    let Parties { buyer, merchant, channel, region } = parties;
    let channel = channel.as_str();
    excerpt_by(&format!("buyer={buyer}&merchant={merchant}&region={region}&channel={channel}")).await
}

/// `/v1/excerpt`: no more of the book than the accounts of these members.
pub async fn excerpt_of(members: &[&Id]) -> Result<Excerpt, Fault> {
    let members: Vec<_> = members.iter().map(|id| id.as_str()).collect();
    excerpt_by(&format!("members={}", members.join(","))).await
}

async fn excerpt_by(query: &str) -> Result<Excerpt, Fault> {
    let excerpt = get(&format!("/v1/excerpt?{query}")).await;
    if matches!(excerpt, Err(Fault::Nonsense)) {
        // It has the rules in it: where they are others, that is why.
        rules().await?;
    }
    excerpt
}

/// All pages of a list, up to `PAGES_MAX`.
async fn all<V: DeserializeOwned>(path: &str) -> Result<Vec<Named<V>>, Fault> {
    const PAGES_MAX: usize = 40;
    let mut rows = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let page: Rows<Id> = get(&format!("{path}?limit=500{after}")).await?;
        for row in &page.rows {
            rows.push(Named::read(&row.0)?);
        }
        let Some(next) = page.next else { break };
        after = format!("&after={next}");
    }
    Ok(rows)
}

/// `/v1/offers`: all that are open.
pub async fn offers() -> Result<Vec<Named<Offer>>, Fault> {
    all("/v1/offers").await
}

/// `/v1/offers/ID`.
pub async fn offer(id: &Id) -> Result<Named<Offer>, Fault> {
    get_text(&format!("/v1/offers/{id}")).await.and_then(|text| Named::read(&text))
}

/// `/v1/trades`: one's own; all of them for an operator.
pub async fn trades() -> Result<Vec<Named<Trade>>, Fault> {
    all("/v1/trades").await
}

/// A page of a shop's orders, newest first.
#[derive(Clone, Debug)]
pub struct OrdersPage {
    pub rows: Vec<Named<Order>>,
    /// Where the next page starts; nothing on the last one.
    pub next: Option<u64>,
}

/// `/v1/orders`: a shop's, before the one with that number.
pub async fn orders(merchant: &Id, before: Option<u64>) -> Result<OrdersPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    let page: Rows<u64> = get(&format!("/v1/orders?merchant={merchant}&limit=20{before}")).await?;
    let rows = page.rows.iter().map(|row| Named::read(&row.0)).collect::<Result<_, _>>()?;
    Ok(OrdersPage { rows, next: page.next })
}

/// `/v1/orders/ID`.
pub async fn order(id: &Id) -> Result<Named<Order>, Fault> {
    get_text(&format!("/v1/orders/{id}")).await.and_then(|text| Named::read(&text))
}
