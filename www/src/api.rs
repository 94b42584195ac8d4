//! The requests to the server, its answers, and their faults.
//!
//! Amounts travel as strings, and the rules' strict readers make quantities of them. No amount is ever a JavaScript number.

mod session;
mod transport;

use gongxiang::book::{DayRecord, Excerpt};
use gongxiang::identity::{Day, Id};
use gongxiang::market::{Offer, Side};
use gongxiang::order::Order;
use gongxiang::purchase::{Purchase, PurchaseState, RedemptionRecord};
use gongxiang::quantity::Price;
use gongxiang::receipt::Receipt;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::answer::{DaysPage, MemberNow, MembersPage, StatementPage, SupplyNow};
use gongxiang::wire::pending::{PendingNow, PendingReward};
use serde::Deserialize;
use serde_json::Value;

pub use session::{Guest, Session, begin, session, session_now, sign_in_to_demo, sign_out};
pub use transport::{
    Answer, Fault, Item, ListPage, Problem, end, field, get, get_kept, get_text, get_value, get_value_or_kept, post,
    post_for, post_note, put, put_file, put_note, read, table, text_of,
};

use crate::json::{self, ReadError};
use crate::order::Parties;

#[derive(Deserialize)]
pub struct WithReceipt {
    pub receipt: Receipt,
}

/// What an event would do.
#[derive(Deserialize)]
pub struct Preview {
    pub receipt: Receipt,
    pub close: Option<Close>,
}

/// What the close of a day comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Close {
    /// The orders that vest.
    pub orders: u32,
    /// The price of the next day.
    pub price: Price,
}

/// `/v1/previews`: what an event would do now under this key, as far as who is signed in may see it.
pub async fn preview(event: &Tree, key: &str) -> Result<Preview, Fault> {
    read(&post("/v1/previews", Some(key), event.canonical()).await?)
}

/// `/v1/members`: those that a text finds, or everybody if it is empty, whose ids come after `after`, by id.
pub async fn members(text: &str, after: &str, limit: u32) -> Result<MembersPage, Fault> {
    let search =
        if text.is_empty() { String::new() } else { format!("&search={}", js_sys::encode_uri_component(text)) };
    let after = if after.is_empty() { String::new() } else { format!("&after={after}") };
    get(&format!("/v1/members?limit={limit}{search}{after}")).await
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

/// `/v1/rulebook` and `/v1/rules/review`, in a language by its tag.
pub async fn rulebook(language: &str) -> Result<(Value, Value), Fault> {
    let (book, review) = (format!("/v1/rulebook?language={language}"), format!("/v1/rules/review?language={language}"));
    let book = Box::pin(get_value_or_kept(&book)).await?.value;
    Ok((book, Box::pin(get_value_or_kept(&review)).await?.value))
}

/// The rules in force, their fingerprint, and the open day.
pub async fn rules_to_change() -> Result<(RuleSet, String, Day), Fault> {
    let rules = rules().await?.value;
    let book = Box::pin(get_value("/v1/rulebook?language=en")).await?;
    Ok((rules, text_of(&book, "hash").ok_or(Fault::BadAnswer)?, field(&book, "day")?))
}

/// `/v1/rules/flags`: every red flag as its code, title and sentence, in a language by its tag.
pub async fn flags(language: &str) -> Result<Vec<[String; 3]>, Fault> {
    let catalogue = Box::pin(get_value_or_kept(&format!("/v1/rules/flags?language={language}"))).await?.value;
    let flags = catalogue.get("flags").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    flags.iter().map(|flag| Ok([field(flag, "code")?, field(flag, "title")?, field(flag, "when")?])).collect()
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

fn rows_of(page: &Value, field: &str) -> Vec<Value> {
    page.get(field).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// `/v1/names`: each member of whom something is known, with the name to show.
pub async fn names(ids: &[Id]) -> Result<Vec<(String, String)>, Fault> {
    let ids: Vec<_> = ids.iter().map(Id::as_str).collect();
    let list = get_value(&format!("/v1/names?members={}", ids.join(","))).await?;
    let shown = |row: &Value| {
        let number = || text_of(row, "number").map(|number| crate::text::spaced(&number));
        let name = ["shop_name", "name"].into_iter().find_map(|field| text_of(row, field)).or_else(number)?;
        Some((text_of(row, "member")?, name))
    };
    Ok(rows_of(&list, "names").iter().filter_map(shown).collect())
}

/// `/v1/names`: a member's short number; `None` after it erased its profile.
pub async fn short_number(id: &Id) -> Result<Option<String>, Fault> {
    let list = get_value(&format!("/v1/names?members={id}")).await?;
    Ok(rows_of(&list, "names").iter().find_map(|row| text_of(row, "number")))
}

/// `/v1/shops`: the open shops of all cities with their names, up to a few thousand.
pub async fn shops() -> Result<Vec<(Id, Option<String>)>, Fault> {
    const PAGES_MAX: usize = 20;
    let mut shops = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let page = get_value(&format!("/v1/shops?limit=500{after}")).await?;
        let line = |row: &Value| Some((Id::parse(&text_of(row, "shop")?)?, text_of(row, "name")));
        shops.extend(rows_of(&page, "shops").iter().filter_map(line));
        let Some(next) = text_of(&page, "next") else { break };
        after = format!("&after={next}");
    }
    Ok(shops)
}

fn profile_path(id: &Id) -> String {
    format!("/v1/members/{id}/profile")
}

/// `/v1/members/ID/profile`.
pub async fn profile(id: &Id) -> Result<Value, Fault> {
    get_value(&profile_path(id)).await
}

/// Replaces the profile as a whole.
pub async fn keep_profile(id: &Id, body: String) -> Result<Value, Fault> {
    put(&profile_path(id), body).await
}

/// Deletes the profile.
pub async fn erase_profile(id: &Id) -> Result<(), Fault> {
    end(&profile_path(id)).await
}

/// `/v1/members/ID/export`, as it is.
pub async fn export(id: &Id) -> Result<String, Fault> {
    get_text(&format!("/v1/members/{id}/export")).await
}

/// `/v1/offers`: those of one side, the best price first.
pub async fn board(side: Side, limit: usize) -> Result<Vec<Item<Offer>>, Fault> {
    let page = get_value(&format!("/v1/offers?side={}&limit={limit}", side.as_str())).await?;
    ListPage::<Offer, Id>::read(&page).map(|page| page.rows)
}

/// `/v1/offers`: a member's own that are open. The server lets nobody have more of them than a page has.
pub async fn offers_of(owner: &Id) -> Result<Vec<Item<Offer>>, Fault> {
    let page = get_value(&format!("/v1/offers?owner={owner}&limit=500")).await?;
    ListPage::<Offer, Id>::read(&page).map(|page| page.rows)
}

/// `/v1/members/{id}/purchases`: the packs that may still come back, newest first, as far as one page has them.
pub async fn returnable(id: &Id) -> Result<Vec<Item<Purchase>>, Fault> {
    let page = get_value(&format!("/v1/members/{id}/purchases?limit=500")).await?;
    let mut rows = ListPage::<Purchase, u64>::read(&page)?.rows;
    rows.retain(|row| row.value.state == PurchaseState::Pending);
    Ok(rows)
}

/// `/v1/members/{id}/redemptions`: those that are not cancelled, newest first, as far as one page has them.
pub async fn cancellable(id: &Id) -> Result<Vec<Item<RedemptionRecord>>, Fault> {
    let page = get_value(&format!("/v1/members/{id}/redemptions?limit=500")).await?;
    let mut rows = ListPage::<RedemptionRecord, Id>::read(&page)?.rows;
    rows.retain(|row| !row.value.cancelled);
    Ok(rows)
}

/// A page of a shop's orders, newest first.
pub type OrdersPage = ListPage<Order, u64>;

/// `/v1/orders`: a shop's, before the one with that number.
pub async fn orders(merchant: &Id, before: Option<u64>) -> Result<OrdersPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    ListPage::read(&json::parse(&get_text(&format!("/v1/orders?merchant={merchant}&limit=20{before}")).await?)?)
}

/// `/v1/orders`: a shop's whose ids end so, newest first.
pub async fn orders_ending(merchant: &Id, ending: &Id) -> Result<Vec<Item<Order>>, Fault> {
    let path = format!("/v1/orders?merchant={merchant}&ending={ending}&limit=20");
    ListPage::<Order, u64>::read(&json::parse(&get_text(&path).await?)?).map(|page| page.rows)
}

/// `/v1/orders`: a shop's with this number of its own.
pub async fn orders_of_reference(merchant: &Id, reference: &Id) -> Result<Vec<Item<Order>>, Fault> {
    let path = format!("/v1/orders?merchant={merchant}&reference={reference}");
    ListPage::<Order, u64>::read(&json::parse(&get_text(&path).await?)?).map(|page| page.rows)
}

/// `/v1/orders/ID`.
pub async fn order(id: &Id) -> Result<Item<Order>, Fault> {
    Item::read(&json::parse(&get_text(&format!("/v1/orders/{id}")).await?)?)
}
