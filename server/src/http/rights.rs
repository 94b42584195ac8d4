//! Who may send a request. Each handler takes one of these types as an argument, and a handler without one does not
//! start. The `OpenAPI` document is made from the same arguments, so it states the same rights.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use gongxiang::identity::Id;

use super::api::{Description, Input};
use super::app::App;
use super::problem::{Failure, Problem};
use crate::people::actor::Actor;
use crate::people::profiles::ProfilePart;
use crate::people::role::Duty;

/// Anybody, with or without credentials.
pub struct Anybody;

/// Anybody with credentials. The handler checks the rest.
pub struct Somebody(pub Actor);

/// The operator.
pub struct Operator(pub Actor);

/// Who adds, changes and withdraws goods for points: the operator. With the name for the actions.
pub struct GoodsKeeper(pub Actor);

/// Who decides who may open a shop: the operator. With the name for the actions.
pub struct Admitter(pub Actor);

/// Who reads what concerns members: the operator, a clerk, an auditor.
pub struct Reader;

/// Who reads the journal and the whole book: the operator, an auditor.
pub struct Auditor;

/// Who decides disputes about trades: the operator.
pub struct Arbiter;

/// The member in the address, or who makes members' codes: the operator, a clerk. With the name for the actions.
pub struct CodeMaker {
    pub member: Id,
    pub actor: Actor,
}

/// Who reads the profile of the member in the address: the member, who reads what concerns members, and the staff of its shop.
pub struct ProfileReader {
    pub member: Id,
    pub part: ProfilePart,
}

/// Who writes the profile of the member in the address: the member, the operator, a clerk, and the staff of its shop.
pub struct ProfileWriter {
    pub member: Id,
    pub part: ProfilePart,
    pub actor: Actor,
}

/// The member in the address, or who writes members' profiles in their place: the operator, a clerk.
pub struct ProfileOwner {
    pub member: Id,
    pub actor: Actor,
}

/// A member who signed in, not the operator in its place.
pub struct SignedIn(pub Id);

/// The member in the address, or who reads what concerns members.
pub struct Owner(pub Id);

/// The member in the address, and nobody in its place: who has its codes can pass for it at a counter.
pub struct CodeBearer(pub Id);

/// The member in the address, and nobody in its place: what it is told is for it alone.
pub struct Addressee(pub Id);

/// Who works in the shop in the address: its merchant, its key, its staff; or who reads what concerns members.
pub struct ShopWorker(pub Id);

/// Who decides for the shop in the address: its merchant, its owner on the staff, the operator. With the name for the actions.
pub struct ShopOwner {
    pub shop: Id,
    pub actor: Actor,
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

with_duty! { GoodsKeeper(actor) Goods Admitter(actor) Admit Operator(actor) All Reader Read Auditor Audit Arbiter Disputes }

/// Who asks, and the id in the address.
async fn asked(parts: &mut Parts, app: &App) -> Result<(Actor, String), Problem> {
    let actor = Actor::from_request_parts(parts, app).await?;
    let Path(id) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Failure::NotFound)?;
    Ok((actor, id))
}

/// Checks that it is the member of this id, or has the duty.
async fn own_or(duty: Duty, parts: &mut Parts, app: &App) -> Result<(Id, Actor), Problem> {
    let (actor, id) = asked(parts, app).await?;
    if !is_member(&actor, &id) {
        has(&actor, duty)?;
    }
    Ok((Id::parse(&id).ok_or_else(Problem::unknown_member)?, actor))
}

/// As [`own_or`], but the staff of the member's shop has to do with the part of its profile that is about the shop.
async fn own_part_or(duty: Duty, parts: &mut Parts, app: &App) -> Result<(Id, ProfilePart, Actor), Problem> {
    let (actor, id) = asked(parts, app).await?;
    let is_staff = actor.may(Duty::ShopProfile) && actor.member().is_some_and(|shop| shop.as_str() == id);
    if !is_staff && !is_member(&actor, &id) {
        has(&actor, duty)?;
    }
    let part = if is_staff { ProfilePart::Shop } else { ProfilePart::Whole };
    Ok((Id::parse(&id).ok_or_else(Problem::unknown_member)?, part, actor))
}

impl FromRequestParts<App> for CodeMaker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (member, actor) = own_or(Duty::Codes, parts, app).await?;
        Ok(Self { member, actor })
    }
}

impl FromRequestParts<App> for ProfileReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (member, part, _) = own_part_or(Duty::Read, parts, app).await?;
        Ok(Self { member, part })
    }
}

impl FromRequestParts<App> for ProfileWriter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (member, part, actor) = own_part_or(Duty::Profiles, parts, app).await?;
        Ok(Self { member, part, actor })
    }
}

impl FromRequestParts<App> for ProfileOwner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (member, actor) = own_or(Duty::Profiles, parts, app).await?;
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
        own_or(Duty::Read, parts, app).await.map(|(member, _)| Self(member))
    }
}

/// Checks that it is the member of this id itself.
async fn itself(parts: &mut Parts, app: &App) -> Result<Id, Problem> {
    let (actor, id) = asked(parts, app).await?;
    let member = signed_in(actor)?;
    if member.as_str() == id { Ok(member) } else { Err(Failure::Forbidden.into()) }
}

impl FromRequestParts<App> for CodeBearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        itself(parts, app).await.map(Self)
    }
}

impl FromRequestParts<App> for Addressee {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        itself(parts, app).await.map(Self)
    }
}

impl FromRequestParts<App> for ShopWorker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (actor, id) = asked(parts, app).await?;
        let is_own = actor.member().is_some_and(|shop| shop.as_str() == id);
        if !is_own {
            has(&actor, Duty::Read)?;
        }
        Ok(Self(Id::parse(&id).ok_or_else(Problem::unknown_member)?))
    }
}

impl FromRequestParts<App> for ShopOwner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let (actor, id) = asked(parts, app).await?;
        if !is_member(&actor, &id) {
            has(&actor, Duty::ShopPreset)?;
            // Staff of a shop has a shop; only the operator has none.
            if actor.member().is_some_and(|shop| shop.as_str() != id) {
                return Err(Failure::Forbidden.into());
            }
        }
        Ok(Self { shop: Id::parse(&id).ok_or_else(Problem::unknown_member)?, actor })
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
    actor.may(Duty::Read) || is_member(actor, member)
}

/// Whether it is the member itself, who signed in.
fn is_member(actor: &Actor, member: &str) -> bool {
    matches!(actor, Actor::Member(own) if own.as_str() == member)
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
        Actor::Demo
        | Actor::Operator(_)
        | Actor::Payment(_)
        | Actor::ReadKey(_)
        | Actor::Merchant(..)
        | Actor::Staff(_) => Err(Failure::Forbidden.into()),
    }
}

impl Input for Anybody {
    fn describe(description: &mut Description) {
        description.open();
    }
}

macro_rules! closed {
    ($($right:ident: $whom:literal $($duty:ident)?;)*) => {$(
        impl Input for $right {
            fn describe(description: &mut Description) {
                let whom = String::from($whom) $(+ &Duty::$duty.holders())?;
                description.closed(&whom);
            }
        }
    )*};
}

closed! {
    Somebody: "anybody with a token; what the answer holds depends on whose it is";
    Operator: "" All;
    GoodsKeeper: "" Goods;
    Admitter: "" Admit;
    Reader: "" Read;
    Auditor: "" Audit;
    Arbiter: "" Disputes;
    CodeMaker: "the member itself, or " Codes;
    ProfileReader: "the member itself, the staff of its shop for what is about the shop, or " Read;
    ProfileWriter: "the member itself, the staff of its shop for what is about the shop, or " Profiles;
    ProfileOwner: "the member itself, or " Profiles;
    SignedIn: "a member who signed in";
    Owner: "the member itself, or " Read;
    CodeBearer: "the member itself";
    Addressee: "the member itself";
    ShopWorker: "whoever works in the shop, its key, or " Read;
    ShopOwner: "the shop's merchant, its owner on the staff, or the operator";
}
