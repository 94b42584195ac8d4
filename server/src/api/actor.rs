//! Who asks: a bearer token, the session's cookie, or nobody.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;

use super::App;
use super::problem::{Failure, Problem};
use crate::people::Actor;

/// The session's cookie.
pub const COOKIE_NAME: &str = "gongxiang_session";

/// The token of a request, if it has one.
pub fn token(parts: &Parts) -> Option<&str> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(value) = header(AUTHORIZATION) {
        let (scheme, token) = value.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim());
    }
    let cookies = header(COOKIE)?.split(';').filter_map(|cookie| cookie.trim().split_once('='));
    cookies.into_iter().find(|(name, _)| *name == COOKIE_NAME).map(|(_, token)| token)
}

impl FromRequestParts<App> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Some(token) = token(parts) else {
            // A header that cannot be read is no reason to take somebody for a demo's visitor.
            let tried = parts.headers.contains_key(AUTHORIZATION);
            return if tried {
                Err(Failure::Unauthorized.into())
            } else if app.demo {
                Ok(Self::Demo)
            } else {
                Ok(Self::Nobody)
            };
        };
        let actor =
            app.people.actor(token).await.map_err(|error| Problem::from(crate::store::StoreError::from(error)))?;
        actor.ok_or_else(|| Failure::Unauthorized.into())
    }
}

/// The operator, or nobody gets in.
pub fn operator(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        actor if actor.is_operator() => Ok(()),
        _ => Err(Failure::Forbidden.into()),
    }
}

/// The member itself or the operator.
pub fn own(actor: &Actor, member: &str) -> Result<(), Problem> {
    match actor {
        Actor::Nobody => Err(Failure::Unauthorized.into()),
        actor if actor.is_operator() || actor.member().is_some_and(|own| own.as_str() == member) => Ok(()),
        _ => Err(Failure::Forbidden.into()),
    }
}

/// Anybody with credentials.
pub fn somebody(actor: &Actor) -> Result<(), Problem> {
    if *actor == Actor::Nobody { Err(Failure::Unauthorized.into()) } else { Ok(()) }
}
