//! The rewards of a member's orders that have not vested.

use axum::extract::State;
use gongxiang::wire::pending::PendingNow;

use super::answer::Answer;
use super::app::App;
use super::problem::Problem;
use super::query::{NoParameters, Query};
use super::rights::Owner;
use crate::ledger::needs::Needs;
use crate::ledger::pending;

/// What is to come to a member, by day and kind. The orders themselves are not named: most are other people's.
pub async fn pending(
    State(app): State<App>,
    _: Query<NoParameters>,
    Owner(member): Owner,
) -> Result<Answer<PendingNow>, Problem> {
    let mut tx = app.ledger.read().await?;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    if !tx.load(&needs).await?.excerpt.accounts.contains_key(&member) {
        return Err(Problem::unknown_member());
    }
    Ok(Answer::of(&pending::pending(&mut *tx, &member).await?))
}
