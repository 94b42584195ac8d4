//! A member's profile. The member reads, replaces, erases and exports it. The staff of its shop manage the part about
//! the shop.

use axum::extract::State;
use gongxiang::book::Account;
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::Id;
use gongxiang::wire::profile::{Profile, ProfileNow};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::{self, Access};
use super::actions::enter;
use super::actor::SessionToken;
use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::notices::{self, SubscriptionNow};
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::{ProfileOwner, ProfileReader, ProfileWriter};
use crate::ledger::needs::Needs;
use crate::ledger::store::StoreError;
use crate::people::actions::Deed;
use crate::people::actor::Actor;
use crate::people::keys::KeySummary;
use crate::people::profile_text::{CheckedProfile, TextError};
use crate::people::profiles::{ProfileOutcome, ProfilePart, StoredProfile};
use crate::people::role::Duty;

async fn account(app: &App, member: &Id) -> Result<Account, Problem> {
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let mut part = app.ledger.read().await?.load(&needs).await?.excerpt;
    part.accounts.remove(member).ok_or_else(Problem::unknown_member)
}

fn now(member: Id, part: ProfilePart, stored: Option<StoredProfile>) -> ProfileNow {
    match stored {
        Some(StoredProfile { member, number, profile }) => {
            ProfileNow { member, number: Some(number), profile: part.of(profile) }
        }
        None => ProfileNow { member, number: None, profile: Profile::default() },
    }
}

/// A member's profile; an empty one if it has none. The staff of its shop sees what it says of the shop.
pub async fn profile(
    State(app): State<App>,
    _: Query<NoParameters>,
    ProfileReader { member, part }: ProfileReader,
) -> Result<Answer<ProfileNow>, Problem> {
    account(&app, &member).await?;
    let stored = app.people.profile(&member).await.map_err(StoreError::from)?;
    Ok(Answer::of(&now(member, part, stored)))
}

/// Replaces the whole profile: what the body leaves out is erased. A shop's fields need a shop. The staff of a shop replaces what the
/// profile says of the shop, and leaves the name and the telephone number of the person as they are.
pub async fn replace(
    State(app): State<App>,
    _: Query<NoParameters>,
    ProfileWriter { member, part, actor }: ProfileWriter,
    body: Result<SignInBody<Profile>, Problem>,
) -> Result<Answer<ProfileNow>, Problem> {
    let profile = body?.0;
    if part == ProfilePart::Shop && (profile.name.is_some() || profile.phone.is_some()) {
        return Err(Problem::needs_role(Duty::Profiles));
    }
    let checked = CheckedProfile::of(profile).map_err(|(field, error)| {
        let failure = match error {
            TextError::Phone => Failure::BadPhone,
            TextError::Reserved => Failure::ReservedName,
            _ => Failure::BadText,
        };
        Problem::new(failure, field, error.to_string())
    })?;
    let account = account(&app, &member).await?;
    if let Some(field) = of_a_shop(&checked.profile).filter(|_| account.shop.is_none()) {
        return Err(Refusal::new(Code::NotAMerchant, field).into());
    }
    match app.people.keep_profile(&member, part, &checked).await.map_err(StoreError::from)? {
        ProfileOutcome::Stored(stored) => {
            enter_for(&app, &actor, Deed::ProfileWritten, &member).await?;
            Ok(Answer::of(&now(member, part, Some(stored))))
        }
        ProfileOutcome::ShopNameTaken => {
            Err(Problem::new(Failure::ShopNameTaken, "shop_name", Failure::ShopNameTaken.sentence()))
        }
        ProfileOutcome::NameOfShop => {
            Err(Problem::new(Failure::ShopNameTaken, "name", Failure::ShopNameTaken.sentence()))
        }
        ProfileOutcome::TooMany => Err(Failure::TooManyProfiles.into()),
    }
}

/// The first field that is there and says something of a shop.
fn of_a_shop(profile: &Profile) -> Option<&'static str> {
    let Profile { name: _, shop_name, address, category, phone: _ } = profile;
    let fields = [("shop_name", shop_name.is_some()), ("address", address.is_some()), ("category", category.is_some())];
    fields.into_iter().find_map(|(field, is_there)| is_there.then_some(field))
}

/// Enters what somebody else did to a member's profile. What members do to their own is theirs.
async fn enter_for(app: &App, actor: &Actor, deed: Deed, member: &Id) -> Result<(), Problem> {
    match actor {
        Actor::Member(_) => Ok(()),
        actor => enter(app, actor, deed, &format!("member {member}")).await,
    }
}

/// Erases the profile: the id alone remains. There may have been none.
pub async fn erase(
    State(app): State<App>,
    _: Query<NoParameters>,
    ProfileOwner { member, actor }: ProfileOwner,
) -> Result<Gone, Problem> {
    account(&app, &member).await?;
    app.people.erase_profile(&member).await.map_err(StoreError::from)?;
    enter_for(&app, &actor, Deed::ProfileErased, &member).await?;
    Ok(Gone)
}

/// All that is kept of a member beside the books, and where the books have the rest. Times are seconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct MemberExport {
    profile: ProfileNow,
    access: Access,
    /// API keys of its shop, by id.
    keys: Vec<ShopKey>,
    /// How the member is told what concerns it.
    subscriptions: Vec<SubscriptionNow>,
    books: BooksLinks,
}

/// An API key of the member's shop. Its secret is kept as a hash only, and is not shown.
#[derive(Serialize, ToSchema)]
struct ShopKey {
    id: String,
    note: String,
    /// Null if it has no end.
    #[schema(required = true)]
    expires: Option<i64>,
    /// Null if it still holds.
    #[schema(required = true)]
    revoked: Option<i64>,
}

impl From<KeySummary> for ShopKey {
    fn from(KeySummary { id, note, expires, revoked, .. }: KeySummary) -> Self {
        Self { id, note, expires, revoked }
    }
}

/// Where the books speak of the member.
#[derive(Serialize, ToSchema)]
struct BooksLinks {
    account: String,
    statement: String,
    /// What it redeemed for goods.
    vouchers: String,
    /// What it was told of. For the member alone.
    notices: String,
    /// What it said when it applied for a shop.
    applications: String,
}

/// For the member to take away, and for the operator or a clerk whom it asked.
pub async fn export(
    State(app): State<App>,
    _: Query<NoParameters>,
    ProfileOwner { member, actor: _ }: ProfileOwner,
    SessionToken(token): SessionToken,
) -> Result<Answer<MemberExport>, Problem> {
    account(&app, &member).await?;
    let stored = app.people.profile(&member).await.map_err(StoreError::from)?;
    let keys = app.people.keys_of(&member).await.map_err(StoreError::from)?;
    let books = BooksLinks {
        account: format!("/v1/members/{member}"),
        statement: format!("/v1/members/{member}/statement"),
        vouchers: format!("/v1/vouchers?member={member}"),
        notices: format!("/v1/members/{member}/notices"),
        applications: format!("/v1/members/{member}/applications"),
    };
    Ok(Answer::of(&MemberExport {
        profile: now(member.clone(), ProfilePart::Whole, stored),
        keys: keys.into_iter().map(ShopKey::from).collect(),
        subscriptions: notices::of(&app, &member).await?,
        access: access::of(&app, member, token.as_deref()).await?,
        books,
    }))
}
