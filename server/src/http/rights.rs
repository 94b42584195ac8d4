//! Who may ask. Each handler takes one of these as an argument, and a handler without one does not start. The document is made from
//! the same arguments, so it states the same rights.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use gongxiang::identity::Id;

use super::api::{Description, Input};
use super::app::App;
use super::problem::{Failure, Problem};
use crate::people::actor::Actor;
use crate::people::role::Duty;

/// Anybody, with or without credentials.
pub struct Anybody;

/// Anybody with credentials. The handler checks the rest.
pub struct Somebody(pub Actor);

/// The operator.
pub struct Operator(pub Actor);

/// Who reads what concerns members: the operator, a clerk, an auditor.
pub struct Reader;

/// Who reads the journal and the whole book: the operator, an auditor.
pub struct Auditor;

/// The member in the address, or who makes members' codes: the operator, a clerk. With the name for the actions.
pub struct CodeMaker {
    pub member: Id,
    pub actor: Actor,
}

/// A member who signed in, not the operator in its place.
pub struct SignedIn(pub Id);

/// The member in the address, or who reads what concerns members.
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

macro_rules! with_duty {
    ($($right:ident$(($actor:ident))? $duty:ident)*) => {$(
        impl FromRequestParts<App> for $right {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
                let asking = Actor::from_request_parts(parts, app).await?;
                has(&asking, Duty::$duty)?;
                $(let $actor = asking;)?
                Ok(Self $(($actor))?)
            }
        }
    )*};
}

with_duty! { Operator(actor) All Reader Read Auditor Audit }

impl FromRequestParts<App> for CodeMaker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let actor = Actor::from_request_parts(parts, app).await?;
        let Path(id) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Failure::NotFound)?;
        if !matches!(&actor, Actor::Member(own) if own.as_str() == id) {
            has(&actor, Duty::Codes)?;
        }
        let member = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
        Ok(Self { member, actor })
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

/// Checks that it is the operator, or staff with this duty.
pub fn has(actor: &Actor, duty: Duty) -> Result<(), Problem> {
    match actor {
        actor if actor.may(duty) => Ok(()),
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        Actor::Staff(_) => Err(Problem::needs_role(duty)),
        _ => Err(Failure::Forbidden.into()),
    }
}

/// Checks that it is the member itself or who reads what concerns members.
pub fn own(actor: &Actor, member: &str) -> Result<(), Problem> {
    if is_own(actor, member) { Ok(()) } else { has(actor, Duty::Read) }
}

/// Whether it is the member itself or who reads what concerns members. A till is for its shop, not for its owner's account.
pub fn is_own(actor: &Actor, member: &str) -> bool {
    actor.may(Duty::Read) || matches!(actor, Actor::Member(own) if own.as_str() == member)
}

/// Whether it is the owner of a shop, the shop's key or staff, or who reads what concerns members.
pub fn is_own_shop(actor: &Actor, shop: &Id) -> bool {
    actor.may(Duty::Read) || actor.member() == Some(shop)
}

/// The member who signed in, not the operator in its place.
pub fn signed_in(actor: Actor) -> Result<Id, Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        Actor::Member(member) => Ok(member),
        Actor::Demo | Actor::Operator(_) | Actor::Payment(_) | Actor::Merchant(..) | Actor::Staff(_) => {
            Err(Failure::Forbidden.into())
        }
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

closed! { Somebody Operator Reader Auditor CodeMaker SignedIn Owner }
