//! Who may send requests to a demo.

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::{Failure, Problem};

/// Headers that various proxies add beside `x-forwarded-…`.
const FORWARDED: [&str; 7] =
    ["forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "x-original-host"];

/// The header that shows that a request came through a proxy.
pub fn forwarded_by(headers: &HeaderMap) -> Option<&HeaderName> {
    headers.keys().find(|name| name.as_str().starts_with("x-forwarded-") || FORWARDED.contains(&name.as_str()))
}

/// Without sign-in, only pages of this machine may send requests. Another site could point a name of its own to this machine, so the
/// host is checked. Clients of a proxy are elsewhere, whatever host it names.
pub async fn from_this_machine(request: Request, next: Next) -> Response {
    if let Some(header) = forwarded_by(request.headers()) {
        let why = "a demo answers nobody who comes through a proxy";
        return Problem::new(Failure::BadHost, header.as_str(), why).into_response();
    }
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if host.is_none_or(is_this_machine) {
        next.run(request).await
    } else {
        Problem::from(Failure::BadHost).into_response()
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_let_in() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "127.1.2.3", "[::1]:8080", "[::1]"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["", "example.org", "127.0.0.1.example.org", "10.0.0.1:8080", "[::2]", "localhost.example.org"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
