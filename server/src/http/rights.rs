//! Who may ask. Each handler takes one of these as an argument, and a handler without one does not start. The document is made from
//! the same arguments, so it states the same rights.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use gongxiang::identity::Id;

use super::api::{Description, Input};
use super::app::App;
use super::problem::{Failure, Problem};
use crate::people::actor::Actor;

/// Anybody, with or without credentials.
pub struct Anybody;

/// Anybody with credentials. The handler checks the rest.
pub struct Somebody(pub Actor);

/// The operator.
pub struct Operator;

/// A member who signed in, not the operator in its place.
pub struct SignedIn(pub Id);

/// The member in the address, or the operator.
pub struct Owner(pub Id);

impl<S: Send + Sync> FromRequestParts<S> for Anybody {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

impl FromRequestParts<App> for Somebody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Actor::from_request_parts(parts, app).await? {
            Actor::Nobody => Err(Failure::Unauthorized.into()),
            actor => Ok(Self(actor)),
        }
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let actor = Actor::from_request_parts(parts, app).await?;
        operator(&actor)?;
        Ok(Self)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        signed_in(Actor::from_request_parts(parts, app).await?).map(Self)
    }
}

impl FromRequestParts<App> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let actor = Actor::from_request_parts(parts, app).await?;
        let Path(id) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Failure::NotFound)?;
        own(&actor, &id)?;
        Id::parse(&id).map(Self).ok_or_else(Problem::unknown_member)
    }
}

/// Checks that it is the operator.
pub fn operator(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        actor if actor.is_operator() => Ok(()),
        _ => Err(Failure::Forbidden.into()),
    }
}

/// Checks that it is the member itself or the operator.
pub fn own(actor: &Actor, member: &str) -> Result<(), Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        actor if is_own(actor, member) => Ok(()),
        _ => Err(Failure::Forbidden.into()),
    }
}

/// Whether it is the member itself or the operator. A merchant's key is for its shop, not for its owner's account.
pub fn is_own(actor: &Actor, member: &str) -> bool {
    actor.is_operator() || matches!(actor, Actor::Member(own) if own.as_str() == member)
}

/// Whether it is the owner of a shop, the shop's key or the operator.
pub fn is_own_shop(actor: &Actor, shop: &Id) -> bool {
    actor.is_operator() || actor.member() == Some(shop)
}

/// The member who signed in, not the operator in its place.
pub fn signed_in(actor: Actor) -> Result<Id, Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        Actor::Member(member) => Ok(member),
        Actor::Demo | Actor::Operator(_) | Actor::Payment(_) | Actor::Merchant(..) => Err(Failure::Forbidden.into()),
    }
}

impl Input for Anybody {
    fn describe(description: &mut Description) {
        description.open();
    }
}

macro_rules! closed {
    ($($right:ident)*) => {$(
        impl Input for $right {
            fn describe(description: &mut Description) {
                description.closed();
            }
        }
    )*};
}

closed! { Somebody Operator SignedIn Owner }
