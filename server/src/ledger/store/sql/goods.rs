//! Loads the items and vouchers that a group of events concerns; how their rows are read.

use std::collections::{BTreeMap, BTreeSet};

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points};
use serde::Deserialize;
use sqlx::FromRow;

use super::load::list;
use super::{SqlTransaction, from_json, parse_id};
use crate::ledger::goods::{Shelf, StockedItem, Voucher, VoucherState};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Result, differs};
use crate::text;

/// The columns of a voucher.
pub const VOUCHER: &str =
    "id, place, member, item, state, code, until, points, money, deliver_to, made, ended, ended_by, shop, used_key";

/// The columns of an item.
pub const ITEM: &str = "id, content, stock, reserved, handed_out, withdrawn";

/// A row of [`VOUCHER`].
#[derive(Deserialize, FromRow)]
pub struct VoucherColumns {
    id: String,
    place: i64,
    member: String,
    item: String,
    state: String,
    code: String,
    until: String,
    points: String,
    money: String,
    deliver_to: Option<String>,
    made: i64,
    ended: Option<i64>,
    ended_by: Option<String>,
    shop: Option<String>,
    used_key: Option<String>,
}

/// A row of [`ITEM`].
#[derive(Deserialize, FromRow)]
pub struct ItemColumns {
    id: String,
    content: String,
    stock: i64,
    reserved: i64,
    handed_out: i64,
    withdrawn: i64,
}

impl VoucherColumns {
    pub fn read(self) -> Result<(Id, Voucher)> {
        let wrong = || differs(format!("the voucher `{}` is not one of ours", self.id));
        let voucher = Voucher {
            place: self.place,
            member: parse_id(&self.member)?,
            item: parse_id(&self.item)?,
            state: VoucherState::parse(&self.state).ok_or_else(wrong)?,
            until: Day::parse(&self.until).ok_or_else(wrong)?,
            points: Points::parse(&self.points).map_err(|_| wrong())?,
            money: Money::parse(&self.money).map_err(|_| wrong())?,
            shop: self.shop.as_deref().map(parse_id).transpose()?,
            code: self.code,
            deliver_to: self.deliver_to,
            made: self.made,
            ended: self.ended,
            ended_by: self.ended_by,
            used_key: self.used_key,
        };
        Ok((parse_id(&self.id)?, voucher))
    }
}

impl ItemColumns {
    pub fn read(self) -> Result<(Id, StockedItem)> {
        let Self { id, content, stock, reserved, handed_out, withdrawn } = self;
        let terms = from_json(&id, &content)?;
        Ok((parse_id(&id)?, StockedItem { terms, stock, reserved, handed_out, withdrawn: withdrawn != 0 }))
    }
}

impl SqlTransaction {
    /// The vouchers of the redemptions, then the items, each by id: whoever hands out a voucher locks them in the same order.
    pub(super) async fn load_shelf(&mut self, needs: &Needs) -> Result<Shelf> {
        let Needs { redemptions, claims, .. } = needs;
        let mut goods = Shelf::default();
        let lock = self.dialect.lock(self.scope);
        if !redemptions.is_empty() {
            let sql = format!("SELECT {VOUCHER} FROM vouchers WHERE id IN {} ORDER BY id{lock}", self.dialect.list(1));
            let rows: Vec<VoucherColumns> = self.many(VOUCHER, &sql, &[&list(redemptions)]).await?;
            goods.vouchers = rows.into_iter().map(VoucherColumns::read).collect::<Result<_>>()?;
        }
        let items: BTreeSet<&Id> =
            claims.iter().map(|(item, _)| item).chain(goods.vouchers.values().map(|voucher| &voucher.item)).collect();
        if items.is_empty() {
            return Ok(goods);
        }
        let sql = format!("SELECT {ITEM} FROM goods WHERE id IN {} ORDER BY id{lock}", self.dialect.list(1));
        let rows: Vec<ItemColumns> = self.many(ITEM, &sql, &[&list(items)]).await?;
        goods.items = rows.into_iter().map(ItemColumns::read).collect::<Result<_>>()?;
        goods.held = self.held(claims).await?;
        Ok(goods)
    }

    /// How many vouchers members have that take from their limits. Asked when the items are locked, so nobody adds one meanwhile.
    async fn held(&mut self, claims: &BTreeSet<(Id, Id)>) -> Result<BTreeMap<(Id, Id), i64>> {
        let mut held = BTreeMap::new();
        let items: BTreeSet<&Id> = claims.iter().map(|(item, _)| item).collect();
        for item in items {
            let members: Vec<&str> =
                claims.iter().filter(|(of, _)| of == item).map(|(_, member)| member.as_str()).collect();
            let sql = format!(
                "SELECT member, COUNT(*) FROM vouchers
                 WHERE item = $1 AND member IN {} AND state IN ('open', 'used') GROUP BY member",
                self.dialect.list(2)
            );
            let rows: Vec<(String, i64)> = self.all(&sql, &[item.as_str(), &text::json(&members)]).await?;
            for (member, count) in rows {
                held.insert((item.clone(), parse_id(&member)?), count);
            }
        }
        Ok(held)
    }
}
