//! The counter of a shop: the figures that its till needs at the start, its usual concession, and the codes with which
//! members show who they are.

use axum::extract::State;
use gongxiang::book::Account;
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Points, Price};
use gongxiang::wire::profile::{MemberNumber, Profile};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::enter;
use super::answer::Answer;
use super::app::App;
use super::body::SignInBody;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::{CodeBearer, ShopOwner, ShopWorker, Somebody};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, StoreError};
use crate::limits::{CODES_AT_ONCE, COUNTED_ORDERS, LATE_CHECK_MAX_SECONDS};
use crate::people::actions::Deed;
use crate::people::actor::Actor;
use crate::people::counter::{MemberCode, ShopPreset};

/// What a till starts from.
#[derive(Serialize, ToSchema)]
pub struct CounterNow {
    shop: Id,
    region: Region,
    /// As customers know it.
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    address: Option<String>,
    /// The open day.
    day: Day,
    /// Yuan for a point.
    price: Price,
    /// The points that are left for orders, rounded down to whole points: what its owner earns elsewhere does not show in them.
    points: Points,
    /// For how many orders they are enough at the mean concession of the shop's latest orders, rounded down; null before the first order.
    #[schema(required = true)]
    orders_left: Option<u64>,
    /// The usual concession, if the shop has said one.
    #[schema(required = true)]
    preset: Option<ShopPreset>,
}

/// What a till starts from, for the shop's staff and its merchant.
pub async fn counter(
    State(app): State<App>,
    _: Query<NoParameters>,
    ShopWorker(shop): ShopWorker,
) -> Result<Answer<CounterNow>, Problem> {
    let needs = Needs { members: [shop.clone()].into(), ..Needs::default() };
    let mut tx = app.ledger.read().await?;
    let mut part = tx.load(&needs).await?.excerpt;
    let latest = tx.orders_of(&shop, Page { after: i64::MAX, limit: COUNTED_ORDERS }).await?;
    drop(tx);
    let account = part.accounts.remove(&shop).ok_or_else(Problem::unknown_member)?;
    let region = open_shop(&account)?;
    let (day, price) = (part.head.day, part.head.price);
    let points = account.state(&part.head.release, &part.ended)?.points;
    let stored = app.people.profile(&shop).await.map_err(StoreError::from)?;
    let Profile { shop_name: name, address, .. } = stored.map(|stored| stored.profile).unwrap_or_default();
    let preset = app.people.shop_preset(&shop).await.map_err(StoreError::from)?;
    let orders_left = mean_cents(&latest).and_then(|mean| {
        let worth = points.worth_floor(price).ok()?.raw();
        u64::try_from(worth.checked_div(mean)?).ok()
    });
    Ok(Answer::of(&CounterNow { shop, region, name, address, day, price, points: whole(points), orders_left, preset }))
}

fn open_shop(account: &Account) -> Result<Region, Problem> {
    account.shop.ok_or_else(|| Refusal::new(Code::NotAMerchant, "shop").into())
}

/// Rounded down to whole points.
fn whole(points: Points) -> Points {
    const WHOLE: i128 = 100_000_000;
    Points::from_raw(points.raw().div_euclid(WHOLE) * WHOLE)
}

/// The mean concession of orders that were not refunded, in cents, rounded down; `None` if there is no such order.
fn mean_cents(orders: &[(Id, Order)]) -> Option<i128> {
    let concessions = orders.iter().map(|(_, order)| order).filter(|order| order.state != OrderState::Refunded);
    let concessions: Vec<i128> = concessions.map(|order| order.concession.raw()).collect();
    let count = i128::try_from(concessions.len()).ok()?;
    concessions.iter().sum::<i128>().checked_div(count)
}

/// Replaces a shop's usual concession, for its merchant, its owner and the operator.
pub async fn replace_preset(
    State(app): State<App>,
    _: Query<NoParameters>,
    ShopOwner { shop, actor }: ShopOwner,
    body: Result<SignInBody<ShopPreset>, Problem>,
) -> Result<Answer<ShopPreset>, Problem> {
    let preset = body?.0;
    if !preset.is_possible() {
        return Err(Problem::new(Failure::BadPreset, "value", Failure::BadPreset.sentence()));
    }
    let needs = Needs { members: [shop.clone()].into(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    open_shop(part.accounts.get(&shop).ok_or_else(Problem::unknown_member)?)?;
    app.people.keep_shop_preset(&shop, preset).await.map_err(StoreError::from)?;
    if !matches!(actor, Actor::Member(_)) {
        enter(&app, &actor, Deed::PresetWritten, &format!("shop {shop}")).await?;
    }
    Ok(Answer::of(&preset))
}

/// A member's codes for the time to come.
#[derive(Serialize, ToSchema)]
pub struct MemberCodes {
    member: Id,
    /// The short number; null before the first profile.
    #[schema(required = true)]
    number: Option<MemberNumber>,
    /// The time of this server, seconds since 1970: a wallet compares its own clock.
    now: i64,
    /// The minute since 1970 of the first code.
    minute: i64,
    /// Eight digits for each minute from then on. The QR code of a minute is `GX1.MEMBER.MINUTE.DIGITS`.
    codes: Vec<String>,
}

/// The codes by which a member shows at a counter who it is, for itself alone.
pub async fn codes(
    State(app): State<App>,
    _: Query<NoParameters>,
    CodeBearer(member): CodeBearer,
) -> Result<Answer<MemberCodes>, Problem> {
    let key = app.people.code_key().await.map_err(StoreError::from)?;
    let number = app.people.profile(&member).await.map_err(StoreError::from)?.map(|stored| stored.number);
    let now = Timestamp::now().as_second();
    let minute = now.div_euclid(60);
    let codes = (minute..).take(CODES_AT_ONCE).map(|minute| key.digits(&member, minute)).collect();
    Ok(Answer::of(&MemberCodes { member, number, now, minute, codes }))
}

/// A code that was scanned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeCheck {
    /// The text of the QR code.
    code: String,
    /// When it was scanned, seconds since 1970, if that was without a network; at most a day ago.
    #[schema(nullable = false)]
    scanned: Option<i64>,
}

/// Whose a code is.
#[derive(Serialize, ToSchema)]
pub struct CheckedCode {
    member: Id,
}

/// Checks a code that was scanned, for shops. A code holds until a minute after its own. It is read at the time of this server, so it says
/// as well if the clock of the member's phone is wrong.
pub async fn check_code(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    body: Result<SignInBody<CodeCheck>, Problem>,
) -> Result<Answer<CheckedCode>, Problem> {
    app.names.codes.count(&actor)?;
    let CodeCheck { code, scanned } = body?.0;
    let refused = |failure: Failure, field: &str| Err(Problem::new(failure, field, failure.sentence()));
    let now = Timestamp::now().as_second();
    let scanned = scanned.unwrap_or(now);
    if !(now - LATE_CHECK_MAX_SECONDS..=now + 60).contains(&scanned) {
        return refused(Failure::MemberCodeExpired, "scanned");
    }
    let key = app.people.code_key().await.map_err(StoreError::from)?;
    let Some(code) = MemberCode::parse(&code).filter(|code| key.made(code)) else {
        return refused(Failure::BadMemberCode, "code");
    };
    match scanned.div_euclid(60) - code.minute {
        -1..=1 => Ok(Answer::of(&CheckedCode { member: code.member })),
        -2 | 2 => refused(Failure::MemberCodeExpired, "code"),
        _ => refused(Failure::MemberClockWrong, "code"),
    }
}
