//! The parameters of an address, read as strictly as an event: each by name, none left over.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use gongxiang::identity::Id;

use super::problem::{Failure, Problem};
use crate::limits::{PAGE_DEFAULT, PAGE_MAX};

/// Parameters that were not asked for yet.
pub struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        pairs.map(|Query(pairs)| Self(pairs)).map_err(|_| Failure::BadQuery.into())
    }
}

impl Parameters {
    /// A parameter that may be missing.
    pub fn optional<T>(
        &mut self,
        name: &str,
        what: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(at) = self.0.iter().position(|(key, _)| key == name) else { return Ok(None) };
        let (_, value) = self.0.swap_remove(at);
        let value = read(&value).ok_or_else(|| bad(name, format!("must be {what}")))?;
        Ok(Some(value))
    }

    /// A parameter that has to be there.
    pub fn required<T>(&mut self, name: &str, what: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Problem> {
        self.optional(name, what, read)?.ok_or_else(|| bad(name, "is missing".into()))
    }

    /// A member, which has to be there.
    pub fn member(&mut self, name: &str) -> Result<Id, Problem> {
        self.required(name, "an id: 1 to 64 of A-Z a-z 0-9 _ . : -", Id::parse)
    }

    /// How many lines of a list are asked for.
    pub fn limit(&mut self) -> Result<usize, Problem> {
        let allowed = |text: &str| text.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
        Ok(self.optional("limit", &format!("a whole number from 1 to {PAGE_MAX}"), allowed)?.unwrap_or(PAGE_DEFAULT))
    }

    /// Nothing else may be there, nothing twice.
    pub fn finish(self) -> Result<(), Problem> {
        match self.0.first() {
            Some((name, _)) => Err(bad(name, "is unknown here, or is named twice".into())),
            None => Ok(()),
        }
    }
}

fn bad(name: &str, message: String) -> Problem {
    Problem::new(Failure::BadQuery, name, message)
}
