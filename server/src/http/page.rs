//! Pages of a list.

use gongxiang::identity::Id;
use gongxiang::market::{Offer, Trade};
use gongxiang::order::Order;
use gongxiang::purchase::{Purchase, RedemptionRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use super::query::Limit;
use super::sheet::{Listed, Sheet};
use super::view::Seen;
use crate::ledger::store::Page;

/// Which page of a list by id.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageById {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    pub after: Option<Id>,
    #[serde(default)]
    pub limit: Limit,
}

impl PageById {
    /// The page for the store, with one row more, which shows whether there is a next page.
    pub fn and_one(&self) -> Page<&str> {
        Page { after: self.after.as_ref().map_or("", Id::as_str), limit: self.limit.rows() + 1 }
    }
}

/// Drops the additional row, and returns the next page's cursor if there was one.
pub fn cut<V, C>(rows: &mut Vec<V>, limit: Limit, cursor: impl Fn(&V) -> C) -> Option<C> {
    let more = rows.len() > limit.rows();
    rows.truncate(limit.rows());
    rows.last().filter(|_| more).map(cursor)
}

/// The rows of one kind, with their ids, and a page of them. An order is shown with its reasons in words.
macro_rules! rows {
    ($($row:ident $page:ident: $value:ident as $shown:ty, by $cursor:ident;)*) => {$(
        /// A row with its id.
        #[derive(Serialize, ToSchema)]
        pub struct $row {
            pub id: Id,
            #[serde(flatten)]
            #[schema(value_type = $value)]
            pub value: $shown,
        }

        /// A page of rows.
        #[derive(Serialize, ToSchema)]
        pub struct $page {
            rows: Vec<$row>,
            /// What to ask for next, as `after` or `before`; nothing on the last page.
            #[schema(required = true)]
            next: Option<$cursor>,
        }

        impl $page {
            /// A page, from one row more than `limit`.
            pub fn cut(mut found: Vec<(Id, $value)>, limit: Limit, cursor: impl Fn(&(Id, $value)) -> $cursor) -> Self {
                let next = cut(&mut found, limit, cursor);
                Self::of(found, next)
            }

            /// A page with these rows.
            pub fn of(found: Vec<(Id, $value)>, next: Option<$cursor>) -> Self {
                let rows = found.into_iter().map(|(id, value)| $row { id, value: value.into() }).collect();
                Self { rows, next }
            }

            /// The page as it is asked for.
            pub fn listed(&self, sheet: &Sheet<'_>) -> Result<Listed<Self>, Problem> {
                Listed::of(self, &self.rows, self.next.as_ref().map(ToString::to_string), sheet)
            }
        }
    )*};
}

rows! {
    OrderRow OrdersPage: Order as Seen<Order>, by u64;
    OfferRow OffersPage: Offer as Offer, by Id;
    TradeRow TradesPage: Trade as Trade, by Id;
    PurchaseRow PurchasesPage: Purchase as Purchase, by u64;
    RedemptionRow RedemptionsPage: RedemptionRecord as RedemptionRecord, by Id;
}
