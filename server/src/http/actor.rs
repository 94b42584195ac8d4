//! Who asks: a bearer token, the session's cookie, or nobody.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN, USER_AGENT};
use axum::http::request::Parts;
use url::Url;

use super::api::Input;
use super::app::App;
use super::problem::{Failure, Problem};
use super::tokens;
use crate::people::actor::Actor;
use crate::people::device::Device;
use crate::people::tokens::TOKEN_START;

/// The header in which a client says for which member, or as who of the staff, it sends a request.
pub const MEMBER: &str = "gongxiang-member";

/// The name of the session's cookie. A browser takes `__Host-` only with `Secure`, from this host and for all paths, so no other
/// host of the same site can set it. Without TLS there is no `Secure`.
pub fn cookie_name(app: &App) -> &'static str {
    if app.has_tls() { "__Host-gongxiang_session" } else { "gongxiang_session" }
}

/// The token of a request, if it has one. A browser adds the cookie by itself, so with the cookie only our own pages may change
/// something. `SameSite` says the same, but old browsers ignore it, and it counts other hosts of the same site as ours.
fn token<'a>(parts: &'a Parts, app: &App) -> Result<Option<&'a str>, Problem> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(value) = header(AUTHORIZATION) {
        let bearer = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        return Ok(bearer.map(|(_, token)| token.trim()));
    }
    let mut cookies = header(COOKIE).unwrap_or_default().split(';').filter_map(|cookie| cookie.trim().split_once('='));
    let token = cookies.find(|(name, _)| *name == cookie_name(app)).map(|(_, token)| token);
    if token.is_some() && !parts.method.is_safe() && !is_from_our_page(&parts.headers, app.sign_in.origin.as_ref()) {
        return Err(Failure::CrossSite.into());
    }
    Ok(token)
}

/// A browser says which page sends a request, and a page cannot change that. Old browsers send only `Origin`.
fn is_from_our_page(headers: &HeaderMap, ours: Option<&Url>) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(page) = header(ORIGIN.as_str()) else { return false };
    ours.is_some_and(|ours| ours.origin().ascii_serialization() == page)
        || page.split_once("://").is_some_and(|(_, name)| Some(name) == header(HOST.as_str()))
}

/// The token of a request. It may have expired.
pub struct SessionToken(pub Option<String>);

impl FromRequestParts<App> for SessionToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self(token(parts, app)?.map(Into::into)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self::of(agent.unwrap_or_default()))
    }
}

impl FromRequestParts<App> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Some(token) = token(parts, app)? else {
            // A malformed header is an error, also in a demo.
            let tried = parts.headers.contains_key(AUTHORIZATION);
            return if tried {
                Err(Failure::Unauthorized.into())
            } else if app.demo {
                Ok(Self::Demo)
            } else {
                Ok(Self::Nobody)
            };
        };
        let actor = app
            .people
            .actor(token)
            .await
            .map_err(|error| Problem::from(crate::ledger::store::StoreError::from(error)))?;
        let actor = actor.ok_or(Failure::Unauthorized)?;
        if token.starts_with(TOKEN_START) && !tokens::allows(parts) {
            return Err(Failure::Forbidden.into());
        }
        // Another tab may have signed in somebody else since the member confirmed what is sent.
        match (&actor, parts.headers.get(MEMBER)) {
            (Self::Member(own), Some(named)) if named != own.as_str() => {
                Err(Problem::new(Failure::WrongMember, MEMBER, Failure::WrongMember.sentence()))
            }
            // What a member confirmed in this browser is not sent by the staff who signed in after it.
            (Self::Staff(staff), Some(named)) if named != staff.id.as_str() => {
                Err(Problem::new(Failure::WrongMember, MEMBER, Failure::WrongMember.sentence()))
            }
            _ => Ok(actor),
        }
    }
}

// Another argument of the handler says the right.
impl Input for Actor {}

impl Input for SessionToken {}

impl Input for Device {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_ours_if_the_browser_says_so_or_its_origin_is_the_servers() -> Result<(), Box<dyn std::error::Error>> {
        let ours: Url = "https://wallet.example".parse()?;
        let cases: [(&[(&'static str, &str)], bool); 10] = [
            (&[], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://wallet.example")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("origin", "https://wallet.example")], true),
            (&[("origin", "https://evil.example"), ("host", "wallet.example")], false),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true),
            (&[("origin", "null"), ("host", "null")], false),
            (&[("host", "wallet.example")], false),
        ];
        for (named, expected) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in named {
                headers.insert(*name, value.parse()?);
            }
            assert_eq!(is_from_our_page(&headers, Some(&ours)), expected, "{named:?}");
        }
        Ok(())
    }
}
