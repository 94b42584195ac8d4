//! The scheme as a whole: its supply, its state, and the excerpt that a preview needs.

use std::collections::BTreeSet;

use axum::extract::State;
use gongxiang::book::{Book, Excerpt};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Money;
use gongxiang::ruleset::Channel;
use gongxiang::wire::answer::SupplyNow;

use super::actor::{operator, somebody};
use super::answer::{Written, written};
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, paging};
use crate::limits::{EXCERPT_MEMBERS_MAX, STATE_ACCOUNTS_MAX};
use crate::people::actor::Actor;

/// `GET /v1/supply`: the scheme's own numbers now. Costs the same however many members there are.
pub async fn supply(State(app): State<App>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let head = app.ledger.read().await?.now().await?.head;
    Ok(written(&SupplyNow { day: head.day, price: head.price, supply: head.supply, release: head.release }))
}

/// `GET /v1/state`: everything, every account settled to the present (RULES.md section 9).
pub async fn state(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    operator(&actor)?;
    parameters.finish()?;
    let mut tx = app.ledger.read().await?;
    if tx.accounts(Page { after: "", limit: STATE_ACCOUNTS_MAX + 1 }).await?.len() > STATE_ACCOUNTS_MAX {
        let detail = format!(
            "more than {STATE_ACCOUNTS_MAX} accounts are not answered at once; `gongxiang export` has no limit"
        );
        return Err(Problem::new(Failure::TooLarge, "", detail));
    }
    Ok(written(&Book::from(paging::whole(&mut *tx).await?).state()?))
}

/// `GET /v1/excerpt?members`: no more of the book than these members' accounts, for a transfer or a trade between them.
/// `GET /v1/excerpt?buyer&merchant&channel&region`: as much as an order between these needs. Whoever has it previews what it
/// asked for as it would be settled now.
pub async fn excerpt(State(app): State<App>, actor: Actor, mut parameters: Parameters) -> Result<Written, Problem> {
    somebody(&actor)?;
    let what = format!("one to {EXCERPT_MEMBERS_MAX} ids with commas between them");
    if let Some(members) = parameters.optional("members", &what, ids)? {
        parameters.finish()?;
        let needs = Needs { members, ..Needs::default() };
        let Excerpt { rules, head, ended, accounts, .. } = app.ledger.read().await?.load(&needs).await?.excerpt;
        let mut excerpt = Excerpt { head, ended, accounts, ..Excerpt::genesis(rules) };
        hide_balances(&mut excerpt, &actor, None);
        return Ok(written(&excerpt));
    }
    let buyer = parameters.member("buyer")?;
    let merchant = parameters.member("merchant")?;
    let channel = parameters.required("channel", "`online` or `offline`", Channel::parse)?;
    let region = parameters.required("region", "a region of six digits", Region::parse)?;
    parameters.finish()?;
    let (order, amount, concession) = (buyer.clone(), Money::default(), Money::default());
    let order = OrderPlaced { order, buyer, merchant, channel, amount, concession, region };
    let needs = Needs::of([&Event::OrderPlaced(order.clone())]);
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let mut excerpt = Book::from(part).excerpt(&order);
    // The preview needs who is above the buyer and what the merchant can pay.
    hide_balances(&mut excerpt, &actor, Some(&order.merchant));
    Ok(written(&excerpt))
}

/// Ids with commas between them.
fn ids(text: &str) -> Option<BTreeSet<Id>> {
    let ids: BTreeSet<Id> = text.split(',').map(Id::parse).collect::<Option<_>>()?;
    (ids.len() <= EXCERPT_MEMBERS_MAX).then_some(ids)
}

/// Leaves balances of the one who asks and of `needed`; an operator sees all.
fn hide_balances(excerpt: &mut Excerpt, actor: &Actor, needed: Option<&Id>) {
    if actor.is_operator() {
        return;
    }
    for (id, account) in &mut excerpt.accounts {
        if Some(id) != needed && Some(id) != actor.member() {
            account.hide_balances();
        }
    }
}
