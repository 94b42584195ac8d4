//! `ETag` for answers that are polled: an unchanged answer is not sent again.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::{Failure, Problem};
use crate::text::fingerprint;

/// Tags every answer to a GET by its content, and answers 304 if the client has it.
pub async fn by_content(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let known: Vec<_> = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Our answers are in memory already.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Problem::from(Failure::Unavailable).into_response();
    };
    let tag = format!("\"{}\"", &fingerprint(&bytes)[..32]);
    let Ok(value) = HeaderValue::from_str(&tag) else { return Response::from_parts(parts, Body::from(bytes)) };
    parts.headers.insert(ETAG, value);
    let has_it = known
        .iter()
        .filter_map(|known| known.to_str().ok())
        .any(|known| known.split(',').any(|each| each.trim().trim_start_matches("W/") == tag || each.trim() == "*"));
    if has_it {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(axum::http::header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
