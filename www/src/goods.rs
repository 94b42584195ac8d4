//! Goods for points (docs/goods.md): the catalogue, a member's vouchers, and handing out by their codes.

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points};
use gongxiang::tree::Tree;
use serde::Deserialize;
use web_sys::File;

use crate::api::{self, Fault};

/// An item of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Item {
    #[serde(rename = "item")]
    pub id: Id,
    pub name: String,
    pub description: String,
    /// For one piece.
    pub points: Points,
    /// Yuan that are paid when the piece is handed out.
    pub money: Money,
    /// Pieces that can still be had.
    pub left: i64,
    pub per_member: u32,
    pub from: Option<Day>,
    pub until: Option<Day>,
    /// The shops that hand it out.
    pub shops: Vec<Id>,
    /// Whether the operator sends it.
    pub delivery: bool,
    pub picture: Option<String>,
    /// All pieces that there ever were. This and what follows is for who runs the scheme.
    pub stock: Option<i64>,
    pub reserved: Option<i64>,
    pub handed_out: Option<i64>,
    pub withdrawn: Option<bool>,
}

/// A piece that a member paid for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Voucher {
    #[serde(rename = "voucher")]
    pub id: Id,
    pub member: Id,
    pub item: Id,
    pub points: Points,
    pub money: Money,
    /// `open`, `used`, `cancelled` or `expired`.
    pub state: String,
    /// The last day on which it can be used.
    pub until: Day,
    /// Where it is sent, while it is open.
    pub deliver_to: Option<String>,
}

/// The code of a voucher, as its member shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ShownCode {
    pub code: String,
    pub qr: String,
}

/// What a code is good for, at the counter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Piece {
    pub name: String,
    pub points: Points,
    /// Yuan to take from the member.
    pub money: Money,
    pub until: Day,
}

/// The most pages of a list that are asked for.
const PAGES_MAX: usize = 20;

#[derive(Deserialize)]
struct ItemsPage {
    items: Vec<Item>,
    next: Option<Id>,
}

#[derive(Deserialize)]
struct VouchersPage {
    vouchers: Vec<Voucher>,
    next: Option<i64>,
}

/// `/v1/goods`: what is offered today; with `all`, for who runs the scheme, everything.
pub async fn items(all: bool) -> Result<Vec<Item>, Fault> {
    let (mut found, mut after) = (Vec::new(), String::new());
    for _ in 0..PAGES_MAX {
        let all = if all { "&all=true" } else { "" };
        let page: ItemsPage = api::get(&format!("/v1/goods?limit=100{all}{after}")).await?;
        found.extend(page.items);
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    Ok(found)
}

/// An item, also one that is no longer offered.
pub async fn item(id: &Id) -> Result<Item, Fault> {
    api::get(&format!("/v1/goods/{id}")).await
}

/// A page of vouchers, newest first, and what to ask for next: of one member, or of all.
pub async fn vouchers(member: Option<&Id>, before: Option<i64>) -> Result<(Vec<Voucher>, Option<i64>), Fault> {
    let member = member.map(|member| format!("&member={member}")).unwrap_or_default();
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    let page: VouchersPage = api::get(&format!("/v1/vouchers?limit=50{member}{before}")).await?;
    Ok((page.vouchers, page.next))
}

/// A new code of a voucher. The one before is no longer valid.
pub async fn code(voucher: &Id) -> Result<ShownCode, Fault> {
    api::read(&api::post(&format!("/v1/vouchers/{voucher}/code"), None, "{}".to_owned()).await?)
}

/// Cancels a voucher: points and piece come back.
pub async fn cancel(voucher: &Id, key: &str) -> Result<(), Fault> {
    api::post(&format!("/v1/vouchers/{voucher}/cancel"), Some(key), "{}".to_owned()).await.map(drop)
}

/// The operator has sent a piece.
pub async fn deliver(voucher: &Id, key: &str) -> Result<(), Fault> {
    api::post(&format!("/v1/vouchers/{voucher}/deliver"), Some(key), "{}".to_owned()).await.map(drop)
}

fn scanned(code: &str) -> String {
    Tree::Table(vec![("code".to_owned(), Tree::Text(code.trim().to_owned()))]).canonical()
}

/// What a code is good for; nothing happens.
pub async fn check(code: &str) -> Result<Piece, Fault> {
    api::read(&api::post("/v1/voucher-codes/check", None, scanned(code)).await?)
}

/// Hands out the piece of a code, once.
pub async fn hand_out(code: &str, key: &str) -> Result<Piece, Fault> {
    api::read(&api::post("/v1/voucher-codes/hand-out", Some(key), scanned(code)).await?)
}

/// Writes an item as a whole.
pub async fn write(id: &Id, terms: String) -> Result<(), Fault> {
    api::put(&format!("/v1/goods/{id}"), terms).await.map(drop)
}

/// Gives an item a picture.
pub async fn write_picture(id: &Id, file: &File) -> Result<(), Fault> {
    api::put_file(&format!("/v1/goods/{id}/picture"), file).await
}

/// Offers an item no longer.
pub async fn withdraw(id: &Id) -> Result<(), Fault> {
    api::end(&format!("/v1/goods/{id}")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_with_what_only_who_runs_the_scheme_sees_or_without() {
        let shown = r#"{"item": "mug", "name": "马克杯", "description": "", "points": "50", "money": "5", "left": 3, "per_member": 0,
            "from": null, "until": "2026-02-28", "shops": ["kiosk"], "delivery": false, "picture": null"#;
        let item: Item = api::read(&format!("{shown}}}")).expect("an item");
        assert_eq!((item.points.to_string(), item.money.to_string(), item.stock), ("50".into(), "5".into(), None));
        let all = r#", "stock": 10, "reserved": 2, "handed_out": 5, "withdrawn": true}"#;
        let item: Item = api::read(&format!("{shown}{all}")).expect("an item");
        assert_eq!((item.stock, item.withdrawn), (Some(10), Some(true)));
    }

    #[test]
    fn a_scanned_code_is_sent_as_text() {
        assert_eq!(scanned(" GXG1.A\"B "), r#"{"code":"GXG1.A\"B"}"#);
    }
}
