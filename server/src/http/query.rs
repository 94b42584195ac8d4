//! The parameters of an address, read as a struct of the route.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{RefOr, Schema};

use super::api::{Description, Input};
use super::fields;
use super::problem::{Failure, Problem};
use crate::limits::{PAGE_DEFAULT, PAGE_MAX};

/// The parameters of a route. A route without any takes `Query<NoParameters>`, so that a misspelt one is refused.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let axum::extract::Query(pairs) = pairs.map_err(|_| Failure::BadQuery)?;
        let table = pairs.into_iter().map(|(name, value)| (name, Tree::Text(value))).collect();
        fields::read(table).map(Self).map_err(|error| Problem::new(Failure::BadQuery, &error.field, error.message))
    }
}

/// No parameters at all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

/// How many rows a page has at most.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Limit(usize);

impl Limit {
    /// As a number of rows.
    pub const fn rows(self) -> usize {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(PAGE_DEFAULT)
    }
}

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let rows = text.parse().ok().filter(|rows| (1..=PAGE_MAX).contains(rows));
        rows.map(Self).ok_or_else(|| format!("must be a whole number from 1 to {PAGE_MAX}"))
    }
}

/// Ids with commas between them, at most so many.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct Ids<const MAX: usize>(pub BTreeSet<Id>);

impl<const MAX: usize> TryFrom<String> for Ids<MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let ids: Option<BTreeSet<Id>> = text.split(',').map(Id::parse).collect();
        let ids = ids.filter(|ids| ids.len() <= MAX);
        ids.map(Self).ok_or_else(|| format!("must be one to {MAX} ids with commas between them"))
    }
}

/// The number of the last row of a page.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Number(pub i64);

impl TryFrom<String> for Number {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let number = text.parse().ok().filter(|number| *number >= 0);
        number.map(Self).ok_or("must be where a page ended: a whole number")
    }
}

mod schema {
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
    use utoipa::{PartialSchema, ToSchema};

    use super::{Limit, Number};
    use crate::limits::{PAGE_DEFAULT, PAGE_MAX};

    fn whole() -> ObjectBuilder {
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer))
    }

    impl PartialSchema for Limit {
        fn schema() -> RefOr<Schema> {
            whole().minimum(Some(1)).maximum(Some(PAGE_MAX)).default(Some(PAGE_DEFAULT.into())).into()
        }
    }

    impl ToSchema for Limit {}

    impl PartialSchema for Number {
        fn schema() -> RefOr<Schema> {
            whole().minimum(Some(0)).into()
        }
    }

    impl ToSchema for Number {}
}

impl<T: ToSchema> Input for Query<T> {
    fn describe(description: &mut Description) {
        description.parts::<T>();
        let RefOr::T(Schema::Object(table)) = T::schema() else { return };
        for (name, schema) in table.properties {
            description.parameter(&name, ParameterIn::Query, table.required.contains(&name), schema);
        }
    }
}
