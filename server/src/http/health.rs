//! Whether the process and its database answer.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::Problem;
use super::rights::Anybody;

/// That all is well.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// `ok`.
    status: &'static str,
}

/// The process answers.
pub async fn live(_: Anybody) -> Answer<Status> {
    Answer::of(&Status { status: "ok" })
}

/// The database answers.
pub async fn ready(State(app): State<App>, _: Anybody) -> Result<Answer<Status>, Problem> {
    app.ledger.read().await?.now().await?;
    Ok(live(Anybody).await)
}
