//! What the desk asks about members: their orders, the codes with which they sign in, and how to end their access.

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::Money;
use gongxiang::wire::statement::BookedPosting;
use serde_json::Value;

use crate::api::{self, Fault, field};
use crate::json;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStage {
    Pending,
    Vested,
    Refunded,
}

/// An order, as far as a list shows it and a refund needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    pub order: Id,
    pub buyer: Id,
    pub merchant: Id,
    pub day: Day,
    pub amount: Money,
    pub concession: Money,
    /// What of the concession was not refunded.
    pub left: Money,
    pub stage: OrderStage,
}

/// A row of a list of orders or of postings.
#[derive(Clone, Debug)]
pub enum Row {
    Order(OrderLine),
    Posting(BookedPosting),
}

/// A page of rows, newest first. Both lists have one type, so that the binary has the code of a list once.
#[derive(Clone, Debug)]
pub struct Rows {
    pub rows: Vec<Row>,
    /// Where the next page starts; nothing on the last one.
    pub next: Option<String>,
}

impl OrderLine {
    fn read(row: &Value) -> Result<Self, Fault> {
        let stage = match row.get("state") {
            Some(Value::String(state)) if state == "pending" => OrderStage::Pending,
            Some(Value::String(state)) if state == "refunded" => OrderStage::Refunded,
            Some(Value::Object(_)) => OrderStage::Vested,
            _ => return Err(Fault::BadAnswer),
        };
        Ok(Self {
            order: field(row, "id")?,
            buyer: field(row, "buyer")?,
            merchant: field(row, "merchant")?,
            day: field(row, "day")?,
            amount: field(row, "amount")?,
            concession: field(row, "concession")?,
            left: field(row, "left")?,
            stage,
        })
    }
}

/// A page of a list: orders or postings, as `path` says.
pub async fn rows(path: &str, before: Option<&str>) -> Result<Rows, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    read_rows(&api::get_value(&format!("{path}limit=20{before}")).await?)
}

fn read_rows(page: &Value) -> Result<Rows, Fault> {
    let order = |row: &Value| OrderLine::read(row).map(Row::Order);
    let posting = |row: &Value| Ok(Row::Posting(json::read_value(row)?));
    let list = |name: &str| page.get(name).and_then(Value::as_array);
    let rows = match (list("rows"), list("postings")) {
        (Some(orders), _) => orders.iter().map(order).collect::<Result<_, Fault>>()?,
        (None, Some(postings)) => postings.iter().map(posting).collect::<Result<_, Fault>>()?,
        (None, None) => return Err(Fault::BadAnswer),
    };
    let next = match page.get("next") {
        Some(Value::String(next)) => Some(next.clone()),
        Some(Value::Number(next)) => Some(next.to_string()),
        _ => None,
    };
    Ok(Rows { rows, next })
}

/// A code that lets somebody in as the member, once.
pub async fn code(member: &Id) -> Result<String, Fault> {
    let text = api::post(&format!("/v1/members/{member}/enrolments"), None, "{}".to_owned()).await?;
    Ok(field(&json::parse(&text)?, "enrolment")?)
}

/// Ends every way in of a member: sessions, passkeys, codes and `WeChat` accounts.
pub async fn end_access(member: &Id) -> Result<(), Fault> {
    api::end(&format!("/v1/members/{member}/access")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_the_server_writes_it() {
        let read = |state: &str| {
            let row = format!(
                r#"{{"id": "o-1", "buyer": "ann", "merchant": "shop", "day": "2026-01-02", "amount": "100", "concession": "10",
                "left": "7.5", "state": {state}, "later": [1.5]}}"#
            );
            OrderLine::read(&json::parse(&row).expect("JSON"))
        };
        let stage = |state| read(state).map(|line| line.stage);
        assert_eq!(stage(r#""pending""#), Ok(OrderStage::Pending));
        assert_eq!(stage(r#""refunded""#), Ok(OrderStage::Refunded));
        assert_eq!(stage(r#"{"vested": "2026-01-03"}"#), Ok(OrderStage::Vested));
        assert_eq!(stage(r#""else""#), Err(Fault::BadAnswer));
        assert_eq!(read(r#""pending""#).map(|line| line.left), Ok(Money::parse("7.5").expect("money")));
    }

    #[test]
    fn a_page_says_where_the_next_one_starts_by_number_or_by_text() {
        let next = |page: &str| read_rows(&json::parse(page).expect("JSON")).map(|page| page.next);
        assert_eq!(next(r#"{"rows": [], "next": 17}"#), Ok(Some("17".to_owned())));
        assert_eq!(next(r#"{"postings": [], "next": "17-3"}"#), Ok(Some("17-3".to_owned())));
        assert_eq!(next(r#"{"postings": [], "next": null}"#), Ok(None));
        assert_eq!(next(r#"{"members": []}"#), Err(Fault::BadAnswer));
        assert_eq!(next(r#"{"postings": [{"place": 1}], "next": null}"#), Err(Fault::BadAnswer));
    }
}
