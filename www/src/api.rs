//! The requests to the server, its answers, and their faults.
//!
//! Amounts travel as strings, and the rules' strict readers make quantities of them. No amount is ever a JavaScript number.

use gloo::net::http::Request;
use gongxiang::book::{DayRecord, Excerpt};
use gongxiang::event::Code;
use gongxiang::identity::{Day, Id};
use gongxiang::market::{Offer, Trade};
use gongxiang::order::Order;
use gongxiang::receipt::Receipt;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::answer::{DaysPage, MemberNow, MembersPage, StatementPage, SupplyNow};
use gongxiang::wire::pending::{PendingNow, PendingReward};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use web_sys::RequestCache;

use crate::json::{self, ReadError};
use crate::keep::{self, Store};
use crate::order::Parties;
use crate::route::Desk;

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The server did not answer.
    Unreachable,
    /// The server answered with an error.
    Status {
        status: u16,
        /// Empty if the answer was no problem document.
        problem: Problem,
    },
    /// The answer cannot be read, or contradicts itself.
    BadAnswer,
    /// There is no passkey, or the person declined.
    NoPasskey,
    /// The browser gives no random numbers, so there can be no idempotency key.
    NoRandom,
    /// The server's rules are of a version that this wallet does not know.
    OtherRules,
}

impl From<ReadError> for Fault {
    fn from(_: ReadError) -> Self {
        Self::BadAnswer
    }
}

impl Fault {
    pub fn is_unknown_member(&self) -> bool {
        matches!(self, Self::Status { problem, .. } if problem.code == Code::UnknownMember.as_str())
    }
}

/// A problem document (RFC 9457), as far as the wallet reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The stable code; empty if it has none.
    pub code: String,
    /// The field with the error; empty if there is none.
    pub field: String,
}

/// Somebody of the staff, as a session names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffName {
    pub id: Id,
    pub name: String,
}

/// Who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// `nobody`, `demo`, `operator`, `member` …; empty if the server could not be asked.
    pub role: String,
    pub member: Option<Id>,
    /// Who of the staff.
    pub staff: Option<StaffName>,
    /// Set if everybody may do everything.
    pub demo: bool,
    /// The ways to sign in: `passkey`, `demo` …
    pub ways: Vec<String>,
    /// Set if members may register themselves.
    pub open_registration: bool,
}

impl Session {
    fn read(session: &Value) -> Result<Self, ReadError> {
        let staff = |staff: &Value| Ok(StaffName { id: field(staff, "id")?, name: field(staff, "name")? });
        Ok(Self {
            role: field(session, "role")?,
            member: field(session, "member")?,
            staff: session.get("staff").filter(|staff| !staff.is_null()).map(staff).transpose()?,
            demo: field(session, "demo")?,
            ways: field(session, "ways")?,
            open_registration: field(session, "open_registration")?,
        })
    }

    pub fn is_operator(&self) -> bool {
        matches!(self.role.as_str(), "demo" | "operator")
    }

    /// Whether its role may open this screen of the desk. The server holds the same, and refuses the rest.
    pub fn opens(&self, desk: Desk) -> bool {
        match self.role.as_str() {
            "demo" | "operator" => true,
            "clerk" => desk == Desk::Overview,
            "auditor" => matches!(desk, Desk::Overview | Desk::Economy | Desk::Actions),
            "owner" => desk == Desk::Staff,
            _ => false,
        }
    }

    pub fn has_passkeys(&self) -> bool {
        self.ways.iter().any(|way| way == "passkey")
    }

    pub fn is_nobody(&self) -> bool {
        self.role == "nobody"
    }

    /// After signing out without a network: the server has not heard of it, so nothing else of the session is known.
    pub fn nobody() -> Self {
        Self { role: "nobody".to_owned(), ..Self::default() }
    }

    /// The member, or who of the staff: its actions are sent in its session only.
    pub fn sender(&self) -> Option<&Id> {
        self.member.as_ref().or(self.staff.as_ref().map(|staff| &staff.id))
    }

    /// Whether an action of this sender, or of the operator, may be sent in this session. It must never be sent as somebody else's.
    pub fn may_send_for(&self, sender: Option<&Id>) -> bool {
        match self.sender() {
            Some(me) => sender == Some(me),
            None => self.is_operator(),
        }
    }
}

/// A value with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<V> {
    pub id: Id,
    pub value: V,
}

impl<V: DeserializeOwned> Item<V> {
    /// Reads the id and the value from the same JSON object. `#[serde(flatten)]` would do the same, but adds 5 KB to the binary.
    fn read(row: &Value) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Name {
            id: Id,
        }
        let Name { id } = json::read_value(row)?;
        Ok(Self { id, value: json::read_value(row)? })
    }
}

/// A page of rows.
#[derive(Clone, Debug)]
pub struct ListPage<V, N> {
    pub rows: Vec<Item<V>>,
    /// Where the next page starts; nothing on the last one.
    pub next: Option<N>,
}

impl<V: DeserializeOwned, N: DeserializeOwned> ListPage<V, N> {
    fn read(page: &Value) -> Result<Self, Fault> {
        let rows = page.get("rows").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
        let next = page.get("next").map(json::read_value).transpose()?.flatten();
        Ok(Self { rows: rows.iter().map(Item::read).collect::<Result<_, _>>()?, next })
    }
}

/// An answer of the server. `since` is the time at which it was stored, if the server did not answer now.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    pub value: T,
    pub since: Option<String>,
}

/// Reads JSON.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    Ok(json::read(text)?)
}

async fn get_text(path: &str) -> Result<String, Fault> {
    // The browser's own cache would keep balances after signing out.
    let request = Request::get(path).cache(RequestCache::NoStore).header("accept", "application/json");
    let asked = request.send().await;
    let response = asked.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    success(response.status(), text)
}

/// The text of an answer, if it is a success.
fn success(status: u16, text: String) -> Result<String, Fault> {
    if status == 200 { Ok(text) } else { Err(Fault::Status { status, problem: read(&text).unwrap_or_default() }) }
}

/// An answer of the server, never a stored one.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Fault> {
    get_text(path).await.and_then(|text| read(&text))
}

/// Asks the server and stores the answer; without a network, reads the stored one.
async fn get_kept<T: DeserializeOwned>(path: &str) -> Result<Answer<T>, Fault> {
    // Boxed, so that the binary does not contain these two once for each type of answer.
    let Answer { value: text, since } = Box::pin(get_text_or_kept(path)).await?;
    let value = read(&text)?;
    if since.is_none() {
        Box::pin(keep_text(path, &text)).await;
    }
    Ok(Answer { value, since })
}

/// As [`get_kept`], for types that are read field by field: the binary then has no code that reads them in any order. Callers box it, so
/// that the binary has it once.
async fn get_value_or_kept(path: &str) -> Result<Answer<Value>, Fault> {
    let Answer { value: text, since } = get_text_or_kept(path).await?;
    let value = json::parse(&text)?;
    if since.is_none() {
        keep_text(path, &text).await;
    }
    Ok(Answer { value, since })
}

/// A field of a table.
fn field<'a, T: Deserialize<'a>>(table: &'a Value, name: &str) -> Result<T, ReadError> {
    json::read_value(table.get(name).unwrap_or(&Value::Null))
}

async fn get_text_or_kept(path: &str) -> Result<Answer<String>, Fault> {
    match get_text(path).await {
        Ok(value) => Ok(Answer { value, since: None }),
        Err(Fault::Unreachable) => {
            let kept = keep::read(Store::Answers, path).await.ok_or(Fault::Unreachable)?;
            let (time, text) = kept.split_once('\n').ok_or(Fault::Unreachable)?;
            Ok(Answer { value: text.to_owned(), since: Some(time.to_owned()) })
        }
        Err(fault) => Err(fault),
    }
}

async fn keep_text(path: &str, text: &str) {
    let time = String::from(js_sys::Date::new_0().to_iso_string());
    keep::write(Store::Answers, path, &format!("{time}\n{text}")).await;
}

/// Sends a body, with an idempotency key if there is one. Returns the text of the answer.
pub async fn post(path: &str, key: Option<&str>, body: String) -> Result<String, Fault> {
    let (status, text) = post_for(None, path, key, body).await?;
    success(status, text)
}

/// Sends an action that this member confirmed. The server compares the member with its session: another tab may have signed in
/// somebody else in the meantime. Returns the status and the text of the answer.
pub async fn post_for(
    member: Option<&Id>,
    path: &str,
    key: Option<&str>,
    body: String,
) -> Result<(u16, String), Fault> {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    if let Some(member) = member {
        request = request.header("gongxiang-member", member.as_str());
    }
    let request = request.body(body).map_err(|_| Fault::Unreachable)?;
    let response = request.send().await.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    Ok((response.status(), text))
}

#[derive(Deserialize)]
pub struct WithReceipt {
    pub receipt: Receipt,
}

/// `/v1/previews`: the receipt that an event would have now under this key, as far as the signed-in member may see it.
pub async fn preview(event: &Tree, key: &str) -> Result<Receipt, Fault> {
    let text = post("/v1/previews", Some(key), event.canonical()).await?;
    read::<WithReceipt>(&text).map(|answer| answer.receipt)
}

/// `/v1/session`; without a network, the stored answer.
pub async fn session() -> Result<Answer<Session>, Fault> {
    let Answer { value, since } = Box::pin(get_value_or_kept("/v1/session")).await?;
    Ok(Answer { value: Session::read(&value)?, since })
}

/// `/v1/session`, never a stored answer.
pub async fn session_now() -> Result<Session, Fault> {
    Ok(Session::read(&json::parse(&get_text("/v1/session").await?)?)?)
}

pub async fn sign_in_to_demo(member: &Id) -> Result<(), Fault> {
    post("/v1/sessions/demo", None, format!(r#"{{"member":"{member}"}}"#)).await.map(drop)
}

pub async fn sign_out() -> Result<(), Fault> {
    delete("/v1/session").await
}

/// Ends something.
pub async fn delete(path: &str) -> Result<(), Fault> {
    let response = Request::delete(path).send().await.map_err(|_| Fault::Unreachable)?;
    if response.ok() { Ok(()) } else { Err(Fault::Status { status: response.status(), problem: Problem::default() }) }
}

/// `/v1/members`: those whose ids come after `after`, by id.
pub async fn members(after: &str, limit: u32) -> Result<MembersPage, Fault> {
    let after = if after.is_empty() { String::new() } else { format!("&after={after}") };
    get(&format!("/v1/members?limit={limit}{after}")).await
}

/// `/v1/members/ID`.
pub async fn member(id: &Id) -> Result<Answer<MemberNow>, Fault> {
    get_kept(&format!("/v1/members/{id}")).await
}

/// `/v1/supply`.
pub async fn supply() -> Result<Answer<SupplyNow>, Fault> {
    get_kept("/v1/supply").await
}

/// `/v1/rules`.
pub async fn rules() -> Result<Answer<RuleSet>, Fault> {
    get_kept("/v1/rules").await.map_err(|fault| if fault == Fault::BadAnswer { Fault::OtherRules } else { fault })
}

/// `/v1/days`: the closed days after `after`, oldest first.
pub async fn days(after: Option<Day>, limit: u32) -> Result<Vec<DayRecord>, Fault> {
    let after = after.map(|day| format!("&after={day}")).unwrap_or_default();
    get::<DaysPage>(&format!("/v1/days?limit={limit}{after}")).await.map(|page| page.days)
}

/// `/v1/members/ID/statement`: the postings before `before`, newest first.
pub async fn statement(id: &Id, before: Option<&str>) -> Result<StatementPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    get(&format!("/v1/members/{id}/statement?limit=500{before}")).await
}

/// `/v1/members/ID/pending`: what orders are to bring; without a network, the stored answer.
pub async fn pending(id: &Id) -> Result<PendingNow, Fault> {
    let answer = Box::pin(get_value_or_kept(&format!("/v1/members/{id}/pending"))).await?.value;
    let reward = |reward: &Value| -> Result<PendingReward, ReadError> {
        Ok(PendingReward {
            due: field(reward, "due")?,
            kind: field(reward, "kind")?,
            orders: field(reward, "orders")?,
            share_value: field(reward, "share_value")?,
            points: field(reward, "points")?,
        })
    };
    let rewards = answer.get("rewards").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    let rewards = rewards.iter().map(reward).collect::<Result<_, _>>()?;
    Ok(PendingNow { member: field(&answer, "member")?, day: field(&answer, "day")?, rewards })
}

/// `/v1/members/ID/orders`: what a member bought, newest first, before the one with that number.
pub async fn bought(id: &Id, before: Option<u64>) -> Result<OrdersPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    ListPage::read(&Box::pin(get_value_or_kept(&format!("/v1/members/{id}/orders?limit=50{before}"))).await?.value)
}

/// `/v1/excerpt`: the part of the book that an order between these parties needs.
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
    if matches!(excerpt, Err(Fault::BadAnswer)) {
        // The excerpt contains the rules. If the wallet cannot read those either, report that instead.
        rules().await?;
    }
    excerpt
}

/// All pages of a list, up to `PAGES_MAX`.
async fn all<V: DeserializeOwned>(path: &str) -> Result<Vec<Item<V>>, Fault> {
    const PAGES_MAX: usize = 40;
    let mut rows = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let page = ListPage::<V, Id>::read(&json::parse(&get_text(&format!("{path}?limit=500{after}")).await?)?)?;
        rows.extend(page.rows);
        let Some(next) = page.next else { break };
        after = format!("&after={next}");
    }
    Ok(rows)
}

/// `/v1/offers`: all that are open.
pub async fn offers() -> Result<Vec<Item<Offer>>, Fault> {
    all("/v1/offers").await
}

/// `/v1/offers/ID`.
pub async fn offer(id: &Id) -> Result<Item<Offer>, Fault> {
    Item::read(&json::parse(&get_text(&format!("/v1/offers/{id}")).await?)?)
}

/// `/v1/trades`: one's own; all of them for an operator.
pub async fn trades() -> Result<Vec<Item<Trade>>, Fault> {
    all("/v1/trades").await
}

/// A page of a shop's orders, newest first.
pub type OrdersPage = ListPage<Order, u64>;

/// `/v1/orders`: a shop's, before the one with that number.
pub async fn orders(merchant: &Id, before: Option<u64>) -> Result<OrdersPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    ListPage::read(&json::parse(&get_text(&format!("/v1/orders?merchant={merchant}&limit=20{before}")).await?)?)
}

/// `/v1/orders/ID`.
pub async fn order(id: &Id) -> Result<Item<Order>, Fault> {
    Item::read(&json::parse(&get_text(&format!("/v1/orders/{id}")).await?)?)
}

#[cfg(test)]
mod tests {
    use gongxiang::quantity::Price;

    use super::*;

    #[test]
    fn a_row_is_its_id_and_its_value_side_by_side() {
        let text = r#"{"rows": [{"id": "o1", "owner": "ann", "side": "sell", "remaining": "2.5", "unit_price": "1.1",
            "open": true, "later": [1.5, null]}], "next": "o2"}"#;
        let page = ListPage::<Offer, Id>::read(&json::parse(text).expect("JSON")).expect("a page");
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].id.as_str(), "o1");
        assert_eq!(page.rows[0].value.remaining.to_string(), "2.5");
        assert_eq!(page.next.as_ref().map(Id::as_str), Some("o2"));
    }

    #[test]
    fn an_amount_is_read_from_a_text_only() {
        assert!(read::<SupplyPrice>(r#"{"price": "1.5"}"#).is_ok());
        for bad in ["1.5", "1", "\"-1\"", "\"1e3\"", "\"\"", "null"] {
            assert_eq!(read::<SupplyPrice>(&format!(r#"{{"price": {bad}}}"#)).err(), Some(Fault::BadAnswer), "{bad}");
        }
    }

    #[derive(Debug, Deserialize)]
    struct SupplyPrice {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        price: Price,
    }

    #[test]
    fn an_answer_that_is_no_json_is_nonsense() {
        let deep = "[".repeat(100_000);
        for bad in
            ["", " ", "[", "[1,]", "[1]]", "{\"a\":1,}", "{a:1}", "01", "+1", "NaN", r#""\ud800""#, "\"\n\"", &deep]
        {
            assert_eq!(read::<Tree>(bad).err(), Some(Fault::BadAnswer), "{}", bad.get(..20).unwrap_or(bad));
        }
    }
}
