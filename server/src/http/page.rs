//! Pages of a list: where they begin, where they end, and how rows are written.

use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;

use super::query::Limit;
use crate::ledger::store::Page;

/// Which page of a list by id is asked for.
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
    /// The page in the store's words, with one row more: whether there is a next page.
    pub fn and_one(&self) -> Page<&str> {
        Page { after: self.after.as_ref().map_or("", Id::as_str), limit: self.limit.rows() + 1 }
    }
}

/// Drops the row that was read to see whether there is a next page, and returns that page's cursor.
pub fn cut<V, C>(rows: &mut Vec<V>, limit: Limit, cursor: impl Fn(&V) -> C) -> Option<C> {
    let more = rows.len() > limit.rows();
    rows.truncate(limit.rows());
    rows.last().filter(|_| more).map(cursor)
}

/// A row with its id.
#[derive(Serialize, ToSchema)]
pub struct Named<V> {
    pub id: Id,
    #[serde(flatten)]
    pub value: V,
}

/// A page of rows.
#[derive(Serialize, ToSchema)]
pub struct Rows<V, C> {
    rows: Vec<Named<V>>,
    /// What to ask for next, as `after` or `before`; nothing on the last page.
    next: Option<C>,
}

impl<V: Serialize, C: Serialize> Rows<V, C> {
    /// A page, of which one row more than `limit` was read.
    pub fn page(mut rows: Vec<(Id, V)>, limit: Limit, cursor: impl Fn(&(Id, V)) -> C) -> Answer<Self> {
        let next = cut(&mut rows, limit, cursor);
        Answer::of(&Self { rows: rows.into_iter().map(|(id, value)| Named { id, value }).collect(), next })
    }
}

impl<V: Serialize> Rows<V, Id> {
    pub fn page_by_id(rows: Vec<(Id, V)>, limit: Limit) -> Answer<Self> {
        Self::page(rows, limit, |(id, _)| id.clone())
    }
}
