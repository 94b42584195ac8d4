//! The scheme as a whole: its supply, its state, and the excerpt that a preview needs.

use axum::extract::State;
use gongxiang::book::{Book, Excerpt, Head, MEAN_DAYS, State as BookState};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Money;
use gongxiang::ruleset::Channel;
use gongxiang::wire::answer::SupplyNow;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::{Ids, NoParameters, Query};
use super::rights::{Anybody, Auditor, Somebody, has, is_own};
use super::view;
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, paging};
use crate::limits::{EXCERPT_MEMBERS_MAX, STATE_ACCOUNTS_MAX};
use crate::people::actor::Actor;
use crate::people::role::Duty;

/// The scheme's own numbers now. Takes the same time for any number of members. A wrong token counts as none.
pub async fn supply(
    State(app): State<App>,
    _: Anybody,
    actor: Result<Actor, Problem>,
    _: Query<NoParameters>,
) -> Result<Answer<SupplyNow>, Problem> {
    let mut tx = app.ledger.read().await?;
    let Head { day, price, supply, release, .. } = tx.now().await?.head;
    let after = (0..=MEAN_DAYS).try_fold(day, |day, _| day.previous());
    let closed = tx.days(Page { after, limit: MEAN_DAYS }).await?;
    let turnovers = closed.iter().filter_map(|closed| closed.record.turnover);
    let turnover_days = turnovers.filter(|turnover| turnover.is_positive()).count();
    let supply = if actor.is_ok_and(|actor| actor.may(Duty::Read)) { supply } else { view::supply(supply)? };
    Ok(Answer::of(&SupplyNow { day, price, supply, release, turnover_days }))
}

/// The whole book, with every account settled to the present (RULES.md section 9).
pub async fn state(State(app): State<App>, _: Auditor, _: Query<NoParameters>) -> Result<Answer<BookState>, Problem> {
    let mut tx = app.ledger.read().await?;
    if tx.accounts(Page { after: "", limit: STATE_ACCOUNTS_MAX + 1 }).await?.len() > STATE_ACCOUNTS_MAX {
        let detail = format!(
            "more than {STATE_ACCOUNTS_MAX} accounts are not answered at once; `gongxiang export` has no limit"
        );
        return Err(Problem::new(Failure::TooLarge, "", detail));
    }
    Ok(Answer::of(&Book::from(paging::whole(&mut *tx).await?).state()?))
}

/// Which excerpt: of members, or of an order between buyer and merchant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcerptQuery {
    /// Ids with commas between them.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9_.:-]{1,64}(,[A-Za-z0-9_.:-]{1,64}){0,7}$", nullable = false)]
    members: Option<Ids<EXCERPT_MEMBERS_MAX>>,
    #[schema(nullable = false)]
    buyer: Option<Id>,
    #[schema(nullable = false)]
    merchant: Option<Id>,
    #[schema(nullable = false)]
    channel: Option<Channel>,
    #[schema(nullable = false)]
    region: Option<Region>,
}

impl ExcerptQuery {
    /// The first parameter of an order.
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
/// needs, for its buyer and the owner of its shop. Keys of merchants have the quote.
pub async fn excerpt(
    State(app): State<App>,
    Somebody(actor): Somebody,
    Query(mut query): Query<ExcerptQuery>,
) -> Result<Answer<Excerpt>, Problem> {
    if !matches!(actor, Actor::Member(_)) {
        has(&actor, Duty::Read)?;
    }
    if let Some(Ids(members)) = query.members.take() {
        if let Some(other) = query.given() {
            return Err(Problem::new(Failure::BadQuery, other, "does not go together with `members`"));
        }
        let needs = Needs { members, ..Needs::default() };
        let Excerpt { rules, head, ended, accounts, .. } = app.ledger.read().await?.load(&needs).await?.excerpt;
        let excerpt = Excerpt { head, ended, accounts, ..Excerpt::genesis(rules) };
        return Ok(Answer::of(&view::members_excerpt(excerpt, &actor)));
    }
    let order = query.order()?;
    let buys = is_own(&actor, order.buyer.as_str());
    if !buys && !is_own(&actor, order.merchant.as_str()) {
        return Err(Failure::Forbidden.into());
    }
    let needs = Needs::of([&Event::OrderPlaced(order.clone())]);
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    // Only a shop may learn something about a buyer.
    if !buys && part.accounts.get(&order.merchant).is_none_or(|account| account.shop.is_none()) {
        return Err(Failure::Forbidden.into());
    }
    let excerpt = Book::from(part).excerpt(&order);
    Ok(Answer::of(&view::order_excerpt(excerpt, &order, &actor)))
}
