//! The scheme as a whole: its supply, its state, and the excerpt that a preview needs.

use std::collections::BTreeSet;

use axum::extract::State;
use gongxiang::book::{Book, Excerpt, State as BookState};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::{Money, Points};
use gongxiang::ruleset::Channel;
use gongxiang::wire::answer::SupplyNow;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::{Anybody, Operator, Somebody};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, paging};
use crate::limits::{EXCERPT_MEMBERS_MAX, STATE_ACCOUNTS_MAX};
use crate::people::actor::Actor;

/// The scheme's own numbers now. Costs the same however many members there are.
pub async fn supply(State(app): State<App>, _: Anybody, _: Query<NoParameters>) -> Result<Answer<SupplyNow>, Problem> {
    let head = app.ledger.read().await?.now().await?.head;
    Ok(Answer::of(&SupplyNow { day: head.day, price: head.price, supply: head.supply, release: head.release }))
}

/// Everything, every account settled to the present (RULES.md section 9).
pub async fn state(State(app): State<App>, _: Operator, _: Query<NoParameters>) -> Result<Answer<BookState>, Problem> {
    let mut tx = app.ledger.read().await?;
    if tx.accounts(Page { after: "", limit: STATE_ACCOUNTS_MAX + 1 }).await?.len() > STATE_ACCOUNTS_MAX {
        let detail = format!(
            "more than {STATE_ACCOUNTS_MAX} accounts are not answered at once; `gongxiang export` has no limit"
        );
        return Err(Problem::new(Failure::TooLarge, "", detail));
    }
    Ok(Answer::of(&Book::from(paging::whole(&mut *tx).await?).state()?))
}

/// Of what an excerpt is asked for: of members, or of an order between buyer and merchant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcerptQuery {
    /// Ids with commas between them.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9_.:-]{1,64}(,[A-Za-z0-9_.:-]{1,64}){0,7}$", nullable = false)]
    members: Option<Ids>,
    #[schema(nullable = false)]
    buyer: Option<Id>,
    #[schema(nullable = false)]
    merchant: Option<Id>,
    #[schema(nullable = false)]
    channel: Option<Channel>,
    #[schema(nullable = false)]
    region: Option<Region>,
}

/// Ids with commas between them.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Ids(BTreeSet<Id>);

impl TryFrom<String> for Ids {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let ids: Option<BTreeSet<Id>> = text.split(',').map(Id::parse).collect();
        let ids = ids.filter(|ids| ids.len() <= EXCERPT_MEMBERS_MAX);
        ids.map(Self).ok_or_else(|| format!("must be one to {EXCERPT_MEMBERS_MAX} ids with commas between them"))
    }
}

impl ExcerptQuery {
    /// The first parameter that speaks of an order.
    fn given(&self) -> Option<&'static str> {
        let Self { members: _, buyer, merchant, channel, region } = self;
        [
            ("buyer", buyer.is_some()),
            ("merchant", merchant.is_some()),
            ("channel", channel.is_some()),
            ("region", region.is_some()),
        ]
        .into_iter()
        .find_map(|(name, is_given)| is_given.then_some(name))
    }

    /// The order between buyer and merchant; its amounts do not matter.
    fn order(self) -> Result<OrderPlaced, Problem> {
        fn given<T>(name: &'static str, value: Option<T>) -> Result<T, Problem> {
            value.ok_or_else(|| Problem::new(Failure::BadQuery, name, "is missing"))
        }
        let buyer = given("buyer", self.buyer)?;
        let merchant = given("merchant", self.merchant)?;
        let channel = given("channel", self.channel)?;
        let region = given("region", self.region)?;
        let (order, amount, concession) = (buyer.clone(), Money::default(), Money::default());
        Ok(OrderPlaced { order, buyer, merchant, channel, amount, concession, region })
    }
}

/// As much of the book as a preview needs: the accounts of members, for a transfer or a trade between them, or what an order
/// needs, for its buyer and its shop. Of others it says only what the preview needs: no balance, and whether they can act. A
/// buyer's excerpt takes it that the shop has the points; the order itself says if it has not.
pub async fn excerpt(
    State(app): State<App>,
    Somebody(actor): Somebody,
    Query(mut query): Query<ExcerptQuery>,
) -> Result<Answer<Excerpt>, Problem> {
    if let Some(Ids(members)) = query.members.take() {
        if let Some(other) = query.given() {
            return Err(Problem::new(Failure::BadQuery, other, "does not go together with `members`"));
        }
        let needs = Needs { members, ..Needs::default() };
        let Excerpt { rules, head, ended, mut accounts, .. } = app.ledger.read().await?.load(&needs).await?.excerpt;
        for (_, account) in accounts.iter_mut().filter(|(id, _)| !is_own(&actor, id)) {
            *account = account.for_others();
        }
        return Ok(Answer::of(&Excerpt { head, ended, accounts, ..Excerpt::genesis(rules) }));
    }
    let order = query.order()?;
    if !is_own(&actor, &order.buyer) && !is_own(&actor, &order.merchant) {
        return Err(Failure::Forbidden.into());
    }
    let needs = Needs::of([&Event::OrderPlaced(order.clone())]);
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let has_shop = part.accounts.get(&order.merchant).is_some_and(|account| account.shop.is_some());
    // Who is above a buyer is for the buyer and for shops.
    if !has_shop && !is_own(&actor, &order.buyer) {
        return Err(Failure::Forbidden.into());
    }
    let mut excerpt = Book::from(part).excerpt(&order);
    for (id, account) in excerpt.accounts.iter_mut().filter(|(id, _)| !is_own(&actor, id)) {
        if *id != order.merchant {
            account.hide_balances();
        } else if has_shop {
            account.hide_balances();
            account.points = enough();
        } else {
            *account = account.for_others();
        }
    }
    Ok(Answer::of(&excerpt))
}

/// Whether somebody may see all of an account.
fn is_own(actor: &Actor, member: &Id) -> bool {
    actor.is_operator() || actor.member() == Some(member)
}

/// More points than any order takes.
fn enough() -> Points {
    Points::parse("1000000000000").unwrap_or_default()
}
