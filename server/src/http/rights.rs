//! Who may ask: each route takes one of these as an argument, so that none can forget its right. The document says the same
//! rights, because it is made from the same arguments.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use gongxiang::identity::Id;

use super::api::{Description, Input};
use super::app::App;
use super::problem::{Failure, Problem};
use crate::people::actor::Actor;

/// Anybody, with or without credentials.
pub struct Anybody;

/// Anybody with credentials. What they may see is decided by the rows that are found.
pub struct Somebody(pub Actor);

/// The operator.
pub struct Operator;

/// A member who signed in, and nobody in its place.
pub struct SignedIn(pub Id);

/// The member in the address, or the operator.
pub struct Owner {
    pub actor: Actor,
    pub member: Id,
}

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
        Ok(Self { actor, member: Id::parse(&id).ok_or_else(Problem::unknown_member)? })
    }
}

/// The operator, or nobody gets in.
pub fn operator(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        actor if actor.is_operator() => Ok(()),
        _ => Err(Failure::Forbidden.into()),
    }
}

/// The member itself or the operator.
pub fn own(actor: &Actor, member: &str) -> Result<(), Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        actor if actor.is_operator() || actor.member().is_some_and(|own| own.as_str() == member) => Ok(()),
        _ => Err(Failure::Forbidden.into()),
    }
}

/// A member who signed in, and nobody in its place.
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
