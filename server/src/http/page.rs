//! Pages of a list: where they begin, where they end, and how rows are written.

use gongxiang::identity::Id;
use serde::Serialize;

use super::answer::{Written, written};
use super::problem::Problem;
use super::query::Parameters;

/// What part of a list by id is asked for.
pub struct ById {
    pub after: Option<Id>,
    pub limit: usize,
}

pub fn by_id(mut parameters: Parameters) -> Result<ById, Problem> {
    let after = parameters.optional("after", "where a page ended: an id", Id::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    Ok(ById { after, limit })
}

/// Ends a page of which one row too many was asked for; where the next one goes on, if there is one.
pub fn cut<V, C>(rows: &mut Vec<V>, limit: usize, cursor: impl Fn(&V) -> C) -> Option<C> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(cursor)
}

/// Where a page ended, as a number.
pub fn whole(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}

/// A row with its id.
#[derive(Serialize)]
pub struct Named<V> {
    pub id: Id,
    #[serde(flatten)]
    pub value: V,
}

/// A page of rows.
#[derive(Serialize)]
pub struct Rows<V, C> {
    rows: Vec<Named<V>>,
    /// What to ask for next, as `after` or `before`; nothing on the last page.
    next: Option<C>,
}

pub fn rows<V: Serialize, C: Serialize>(
    mut rows: Vec<(Id, V)>,
    limit: usize,
    cursor: impl Fn(&(Id, V)) -> C,
) -> Written {
    let next = cut(&mut rows, limit, cursor);
    written(&Rows { rows: rows.into_iter().map(|(id, value)| Named { id, value }).collect(), next })
}

pub fn rows_by_id<V: Serialize>(found: Vec<(Id, V)>, limit: usize) -> Written {
    rows(found, limit, |(id, _)| id.clone())
}
