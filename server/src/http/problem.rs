//! Errors as RFC 9457 problem documents. The rules' codes keep their names; HTTP adds those of [`Failure`].

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gongxiang::event::{Code, Refusal};
use gongxiang::quantity::OutOfRange;
use serde::Serialize;

use crate::ledger::group::Denial;
use crate::ledger::queue::{Unavailable, unavailable};
use crate::ledger::store::StoreError;
use crate::people::passkeys::PasskeyError;
use crate::people::wechat::WeChatError;

macro_rules! failures {
    ($($variant:ident $code:literal $status:ident $sentence:literal)*) => {
        /// What HTTP can fail by, beside the rules' own codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Failure {
            $(#[doc = concat!("`", $code, "`: ", $sentence, ".")] $variant,)*
        }

        impl Failure {
            /// Every one there is: its code and its sentence.
            #[cfg(test)]
            pub const ALL: &'static [(&'static str, &'static str)] = &[$(($code, $sentence)),*];

            /// What it means, in one sentence.
            pub const fn sentence(self) -> &'static str {
                self.parts().2
            }

            const fn parts(self) -> (&'static str, StatusCode, &'static str) {
                match self { $(Self::$variant => ($code, StatusCode::$status, $sentence)),* }
            }
        }
    };
}

failures! {
    BadQuery "bad_query" BAD_REQUEST "this parameter of the address is not what it should be"
    BadBody "bad_body" BAD_REQUEST "the body is neither an event nor a list of events"
    BadKey "bad_key" BAD_REQUEST "`Idempotency-Key` has to be there: 1 to 128 visible ASCII characters, new for everything new"
    Unauthorized "unauthorized" UNAUTHORIZED "sign in, or send a key that holds"
    Forbidden "forbidden" FORBIDDEN "this is not yours to do or to see"
    CrossSite "cross_site" FORBIDDEN "only the wallet's own pages change something with its cookie"
    SignInOff "sign_in_off" NOT_FOUND "this way of signing in is not set up here"
    RegistrationClosed "registration_closed" FORBIDDEN "the operator registers members here; ask for an enrolment code"
    BadCeremony "bad_ceremony" UNPROCESSABLE_ENTITY "this was finished before, took too long, or was never begun; begin again"
    BadPasskey "bad_passkey" UNPROCESSABLE_ENTITY "this passkey is not known here, or what it says does not hold"
    PasskeyExists "passkey_exists" CONFLICT "this passkey is registered already"
    TooManyPasskeys "too_many_passkeys" UNPROCESSABLE_ENTITY "one member has at most 20 passkeys; remove one first"
    BadEnrolment "bad_enrolment" UNPROCESSABLE_ENTITY "this enrolment code was used, is too old, or is none"
    BadCode "bad_code" UNPROCESSABLE_ENTITY "WeChat does not know this code any more; ask `wx.login()` for another"
    UnknownAccount "unknown_account" UNPROCESSABLE_ENTITY "this WeChat account is no member's yet; send an enrolment code with a new code, or register"
    AccountAtRisk "account_at_risk" FORBIDDEN "WeChat holds this account for a risk, and does not sign it in"
    InFlight "in_flight" CONFLICT "the first request with this key is being settled; ask again"
    KeyReused "key_reused" UNPROCESSABLE_ENTITY "this key was used for another request"
    BadHost "bad_host" FORBIDDEN "this server answers only to the names of this machine"
    NotFound "not_found" NOT_FOUND "there is nothing at this address"
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED "this address does not take this method"
    Timeout "timeout" REQUEST_TIMEOUT "the request took too long to arrive"
    TooLarge "too_large" PAYLOAD_TOO_LARGE "the request is larger than the server takes"
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "events come as `application/json` or `application/x-ndjson`"
    RateLimited "rate_limited" TOO_MANY_REQUESTS "too many requests; come again later"
    Unavailable "unavailable" SERVICE_UNAVAILABLE "there is no answer now; try again"
}

/// A problem document.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// As in the answer's first line.
    status: u16,
    title: &'static str,
    /// The stable code.
    code: &'static str,
    /// Empty if it is no field in particular.
    field: String,
    detail: String,
}

impl Problem {
    /// A failure, at a parameter or header if it is one's.
    pub fn new(failure: Failure, field: &str, detail: impl Into<String>) -> Self {
        let (code, status, _) = failure.parts();
        Self { status: status.as_u16(), title: title(status), code, field: field.into(), detail: detail.into() }
    }

    /// Nobody has this id: the address of a member that does not exist.
    pub fn unknown_member() -> Self {
        Self::refused(StatusCode::NOT_FOUND, Refusal::new(Code::UnknownMember, "member"))
    }

    /// Two fields of which a request has one.
    pub fn both(one: &'static str, other: &str) -> Self {
        Refusal::bad_event(one, format!("stands together with `{other}`: one of them says who it is")).into()
    }

    /// Members cannot sign in this way here.
    pub fn sign_in_off(way: &str) -> Self {
        Self::new(Failure::SignInOff, way, Failure::SignInOff.sentence())
    }

    fn refused(status: StatusCode, Refusal { code, field, message }: Refusal) -> Self {
        let (field, detail) = (field.into(), message.into());
        Self { status: status.as_u16(), title: title(status), code: code.as_str(), field, detail }
    }
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::new(failure, "", failure.parts().2)
    }
}

impl From<Refusal> for Problem {
    /// What cannot be read is a bad request; an `id` with another content is a conflict; everything else was understood,
    /// and the rules say no.
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.code {
            Code::BadEvent => StatusCode::BAD_REQUEST,
            Code::IdConflict => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::refused(status, refusal)
    }
}

impl From<Unavailable> for Problem {
    fn from(why: Unavailable) -> Self {
        Self::new(Failure::Unavailable, "", why.to_string())
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Refused(refusal) => refusal.into(),
            Denial::Forbidden => Failure::Forbidden.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        unavailable(&error).into()
    }
}

impl From<OutOfRange> for Problem {
    fn from(error: OutOfRange) -> Self {
        Self::from(Refusal::from(error))
    }
}

impl From<PasskeyError> for Problem {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Database(error) => StoreError::from(error).into(),
            PasskeyError::Ceremony => Failure::BadCeremony.into(),
            PasskeyError::Refused => Failure::BadPasskey.into(),
            PasskeyError::Enrolment => Failure::BadEnrolment.into(),
            PasskeyError::Known => Failure::PasskeyExists.into(),
            PasskeyError::TooMany => Failure::TooManyPasskeys.into(),
        }
    }
}

impl From<WeChatError> for Problem {
    fn from(error: WeChatError) -> Self {
        match error {
            WeChatError::Code => Failure::BadCode.into(),
            WeChatError::Rate => Failure::RateLimited.into(),
            WeChatError::Risk => Failure::AccountAtRisk.into(),
            WeChatError::Unavailable => Failure::Unavailable.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            // WeChat counts by the minute; our own limits know better, and say so.
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// For addresses that are none.
pub async fn not_found() -> Problem {
    Failure::NotFound.into()
}

/// For addresses that take another method.
pub async fn method_not_allowed() -> Problem {
    Failure::MethodNotAllowed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_a_row_for_every_failure() {
        let table = include_str!("../../../docs/codes.md");
        for (code, sentence) in Failure::ALL {
            assert!(table.contains(&format!("- `{code}`: {sentence}")), "docs/codes.md needs `{code}`");
        }
    }
}
