//! `POST /v1/previews`: what a command would be answered with now, without being settled. For what a wallet cannot work out by
//! itself, because it would have to see others' accounts: a day's close, a refund after vesting.

use axum::extract::{Request, State};
use gongxiang::event::Refusal;
use gongxiang::identity::Id;
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use gongxiang::wire;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::Serialize;

use super::actor::somebody;
use super::answer::{Written, written};
use super::app::App;
use super::body::{json_body, table};
use super::commands::COMMANDS;
use super::problem::Problem;
use super::query::Parameters;
use super::settle::{IDEMPOTENCY_KEY, Meant, event, idempotency_key};
use crate::ledger::group;
use crate::ledger::needs::Needs;
use crate::people::actor::Actor;

#[derive(Serialize)]
struct Previewed<'a> {
    receipt: Worded<'a, Receipt>,
}

/// The body is an event as the journal has it. Whoever may give its command may ask; all but an operator see what moves on
/// their own account only. With the key that the command will have, the ids that the server makes are those that it will make.
pub async fn preview(
    State(app): State<App>,
    actor: Actor,
    parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    parameters.finish()?;
    somebody(&actor)?;
    let has_key = request.headers().contains_key(IDEMPOTENCY_KEY);
    let key = if has_key { idempotency_key(request.headers())? } else { String::new() };
    let mut fields = table(&json_body(request).await?, |_| true)?;
    let kind = fields.iter().position(|(name, _)| name == "type").map(|at| fields.swap_remove(at).1);
    let command = COMMANDS.iter().find(|command| kind == Some(Tree::Text(command.kind.into())));
    let command = command.ok_or_else(|| Refusal::bad_event("type", "has to be the event of a command"))?;
    if let Some((name, _)) = fields.iter().find(|(name, _)| !command.has(name)) {
        return Err(Refusal::bad_event(name.clone(), "is unknown here").into());
    }
    // No command has an empty key, so nothing has the id that is made from it.
    let Meant { event, guard, .. } = event(command, &actor, fields, &key)?;
    let entry = wire::event::read(&event)?;
    let loaded = app.ledger.read().await?.load(&Needs::of([&entry.event])).await?;
    let mut receipt = group::preview(&entry.event, guard.as_ref(), loaded.excerpt)?;
    if let Some(member) = actor.member() {
        about(&mut receipt, member);
    }
    Ok(written(&Previewed { receipt: Worded(&receipt, Language::En) }))
}

/// Leaves what moves to or from a member.
fn about(receipt: &mut Receipt, member: &Id) {
    receipt.postings.retain(|posting| posting.from.is(member) || posting.to.is(member));
    receipt.accounts.retain(|account| account == member);
}
