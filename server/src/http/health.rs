//! Whether the process and its database answer.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::Problem;
use super::rights::Anybody;

/// The answer of a healthy server.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// `ok`.
    status: &'static str,
    /// Why no day is closed until a person decides. Orders go on, so the server is still ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    close_waits: Option<String>,
}

/// The process answers.
pub async fn live(_: Anybody) -> Answer<Status> {
    Answer::of(&Status { status: "ok", close_waits: None })
}

/// The database answers, and can be written.
pub async fn ready(State(app): State<App>, _: Anybody) -> Result<Answer<Status>, Problem> {
    app.ledger.ready().await?;
    Ok(Answer::of(&Status { status: "ok", close_waits: app.ledger.close_waits().map(|doubt| doubt.to_string()) }))
}
