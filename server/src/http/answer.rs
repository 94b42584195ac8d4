//! JSON as an answer.

use std::marker::PhantomData;

use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::api::{Description, Output};
use super::problem::Problem;

use crate::text::json;

/// A value, already written as JSON.
pub struct Answer<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

impl<T> Answer<T> {
    /// A value, with its reasons also in English.
    pub fn worded(value: &T) -> Self
    where
        for<'a> Worded<'a, T>: Serialize,
    {
        Self::from_text(json(&Worded(value, Language::En)))
    }

    /// A text that is JSON already.
    pub const fn from_text(text: String) -> Self {
        Self { text, of: PhantomData }
    }
}

impl<T: Serialize> Answer<T> {
    pub fn of(value: &T) -> Self {
        Self::from_text(json(value))
    }
}

impl<T> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], self.text).into_response()
    }
}

/// An answer without content (204).
pub struct Gone;

impl IntoResponse for Gone {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// An answer that sets the session's cookie, if there is one to set.
pub struct WithCookie<T>(pub T, pub Option<HeaderValue>);

impl<T: IntoResponse> IntoResponse for WithCookie<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        if let Some(cookie) = self.1 {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        response
    }
}

/// The end of a session (204), with the cookie that replaces its own. The browser also drops what it stored of our answers. It
/// keeps the wallet's storage: the wallet clears that itself, and keeps the actions that still wait for the member.
pub struct SignedOut {
    pub cookie: HeaderValue,
    /// Why the server could not end the session. The browser's part of it goes nevertheless.
    pub failed: Option<Problem>,
}

impl IntoResponse for SignedOut {
    fn into_response(self) -> Response {
        let clear = HeaderName::from_static("clear-site-data");
        let headers = [(SET_COOKIE, self.cookie), (clear, HeaderValue::from_static("\"cache\""))];
        match self.failed {
            None => (StatusCode::NO_CONTENT, headers).into_response(),
            Some(problem) => (headers, problem).into_response(),
        }
    }
}

impl<T: ToSchema> Output for Answer<T> {
    fn describe(description: &mut Description) {
        let schema = description.schema::<T>();
        description.response("200", "The answer", Some(schema));
    }
}

impl<T: Output> Output for WithCookie<T> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

impl Output for SignedOut {
    fn describe(description: &mut Description) {
        Gone::describe(description);
    }
}

impl Output for Gone {
    fn describe(description: &mut Description) {
        description.response("204", "It is done", None);
    }
}
