//! Requests for one row by its id.

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use gongxiang::book::Excerpt;
use gongxiang::identity::Id;

use super::api::{Description, Input};
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Somebody;
use crate::ledger::needs::Needs;
use crate::people::actor::Actor;

/// A request for one row by its id.
pub struct One {
    pub app: App,
    pub actor: Actor,
    pub id: Id,
}

impl FromRequestParts<App> for One {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let _: Query<NoParameters> = Query::from_request_parts(parts, app).await?;
        let Somebody(actor) = Somebody::from_request_parts(parts, app).await?;
        let Path(id) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Failure::NotFound)?;
        Ok(Self { app: app.clone(), actor, id: Id::parse(&id).ok_or(Failure::NotFound)? })
    }
}

impl One {
    pub async fn part(&self, needs: impl FnOnce(&mut Needs, BTreeSet<Id>)) -> Result<Excerpt, Problem> {
        let mut all = Needs::default();
        needs(&mut all, [self.id.clone()].into());
        Ok(self.app.ledger.read().await?.load(&all).await?.excerpt)
    }
}

impl Input for One {
    fn describe(description: &mut Description) {
        description.closed("anybody with a token; what the answer holds depends on whose it is");
    }
}
