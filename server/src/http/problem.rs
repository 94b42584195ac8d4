//! Errors as RFC 9457 problem documents. Their codes are those of the rules and those of [`Failure`].

use std::collections::BTreeSet;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gongxiang::event::{Code, Refusal};
use gongxiang::quantity::OutOfRange;
use gongxiang_words::Language;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::ledger::goods::{GoodsError, VoucherState};
use crate::ledger::group::Denial;
use crate::ledger::quota::{Exceeded, Excess};
use crate::ledger::store::StoreError;
use crate::ledger::unavailable::{Unavailable, unavailable};
use crate::limits::FIELD_ERRORS_MAX;
use crate::people::passkeys::PasskeyError;
use crate::people::role::Duty;
use crate::people::staff::StaffError;
use crate::people::wechat::WeChatError;

macro_rules! failures {
    ($($variant:ident $code:literal $status:ident)*) => {
        /// Errors of HTTP, beside the rules' own codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Failure {
            $(#[doc = concat!("`", $code, "`.")] $variant,)*
        }

        impl Failure {
            /// Every code there is.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// Its sentence in English.
            pub fn sentence(self) -> &'static str {
                let (code, _) = self.parts();
                gongxiang_words::failure(Language::En, code).unwrap_or(code)
            }

            const fn parts(self) -> (&'static str, StatusCode) {
                match self { $(Self::$variant => ($code, StatusCode::$status)),* }
            }
        }
    };
}

failures! {
    BadQuery "bad_query" BAD_REQUEST
    BadBody "bad_body" BAD_REQUEST
    BadKey "bad_key" BAD_REQUEST
    BadHeader "bad_header" BAD_REQUEST
    Unauthorized "unauthorized" UNAUTHORIZED
    Forbidden "forbidden" FORBIDDEN
    NeedsRole "needs_role" FORBIDDEN
    NeedsSecondPerson "needs_second_person" FORBIDDEN
    OwnProposal "own_proposal" FORBIDDEN
    ProposalDecided "proposal_decided" CONFLICT
    RulesChanged "rules_changed" CONFLICT
    RulesAnnounced "rules_announced" CONFLICT
    TooManyProposals "too_many_proposals" UNPROCESSABLE_ENTITY
    WrongMember "wrong_member" FORBIDDEN
    PasskeyNeeded "passkey_needed" FORBIDDEN
    CrossSite "cross_site" FORBIDDEN
    SignInOff "sign_in_off" NOT_FOUND
    RegistrationClosed "registration_closed" FORBIDDEN
    BadCeremony "bad_ceremony" UNPROCESSABLE_ENTITY
    BadPasskey "bad_passkey" UNPROCESSABLE_ENTITY
    PasskeyExists "passkey_exists" CONFLICT
    TooManyCodes "too_many_codes" UNPROCESSABLE_ENTITY
    TooManyPasskeys "too_many_passkeys" UNPROCESSABLE_ENTITY
    BadEnrolment "bad_enrolment" UNPROCESSABLE_ENTITY
    BadStaff "bad_staff" UNPROCESSABLE_ENTITY
    StaffExists "staff_exists" CONFLICT
    TooManyStaff "too_many_staff" UNPROCESSABLE_ENTITY
    BadCode "bad_code" UNPROCESSABLE_ENTITY
    ReservedId "reserved_id" UNPROCESSABLE_ENTITY
    UnknownAccount "unknown_account" UNPROCESSABLE_ENTITY
    AccountBound "account_bound" CONFLICT
    AccountAtRisk "account_at_risk" FORBIDDEN
    BadText "bad_text" UNPROCESSABLE_ENTITY
    BadPhone "bad_phone" UNPROCESSABLE_ENTITY
    TooManyProfiles "too_many_profiles" UNPROCESSABLE_ENTITY
    ReservedName "reserved_name" UNPROCESSABLE_ENTITY
    ShopNameTaken "shop_name_taken" CONFLICT
    BadPreset "bad_preset" UNPROCESSABLE_ENTITY
    BadLicence "bad_licence" UNPROCESSABLE_ENTITY
    ApplicationOpen "application_open" CONFLICT
    ApplicationDecided "application_decided" CONFLICT
    ApplicationChanged "application_changed" CONFLICT
    TooManyApplications "too_many_applications" UNPROCESSABLE_ENTITY
    ApprovalNeeded "approval_needed" FORBIDDEN
    BadMemberCode "bad_member_code" UNPROCESSABLE_ENTITY
    MemberCodeExpired "member_code_expired" UNPROCESSABLE_ENTITY
    MemberClockWrong "member_clock_wrong" UNPROCESSABLE_ENTITY
    BadItem "bad_item" UNPROCESSABLE_ENTITY
    StockReserved "stock_reserved" UNPROCESSABLE_ENTITY
    TooManyItems "too_many_items" UNPROCESSABLE_ENTITY
    BadPicture "bad_picture" UNPROCESSABLE_ENTITY
    NotOffered "not_offered" UNPROCESSABLE_ENTITY
    ItemChanged "item_changed" CONFLICT
    SoldOut "sold_out" UNPROCESSABLE_ENTITY
    TooManyOfItem "too_many_of_item" UNPROCESSABLE_ENTITY
    BadDelivery "bad_delivery" UNPROCESSABLE_ENTITY
    BadVoucherCode "bad_voucher_code" UNPROCESSABLE_ENTITY
    VoucherUsed "voucher_used" UNPROCESSABLE_ENTITY
    VoucherCancelled "voucher_cancelled" UNPROCESSABLE_ENTITY
    VoucherExpired "voucher_expired" UNPROCESSABLE_ENTITY
    VoucherElsewhere "voucher_elsewhere" UNPROCESSABLE_ENTITY
    TooManyOffers "too_many_offers" UNPROCESSABLE_ENTITY
    TooManyTrades "too_many_trades" UNPROCESSABLE_ENTITY
    TooManyTradesToday "too_many_trades_today" UNPROCESSABLE_ENTITY
    MarketOff "market_off" FORBIDDEN
    TooManyOrders "too_many_orders" UNPROCESSABLE_ENTITY
    TooSmall "too_small" UNPROCESSABLE_ENTITY
    TooLate "too_late" UNPROCESSABLE_ENTITY
    TooEarly "too_early" UNPROCESSABLE_ENTITY
    BadNote "bad_note" UNPROCESSABLE_ENTITY
    TooMuchDue "too_much_due" UNPROCESSABLE_ENTITY
    InFlight "in_flight" CONFLICT
    KeyReused "key_reused" UNPROCESSABLE_ENTITY
    BadHost "bad_host" FORBIDDEN
    NotFound "not_found" NOT_FOUND
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED
    Timeout "timeout" REQUEST_TIMEOUT
    TooLarge "too_large" PAYLOAD_TOO_LARGE
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE
    RateLimited "rate_limited" TOO_MANY_REQUESTS
    Unavailable "unavailable" SERVICE_UNAVAILABLE
    ChannelOff "channel_off" NOT_FOUND
    BadSubscription "bad_subscription" UNPROCESSABLE_ENTITY
    TooManySubscriptions "too_many_subscriptions" UNPROCESSABLE_ENTITY
    BadWebhook "bad_webhook" UNPROCESSABLE_ENTITY
    TooManyWebhooks "too_many_webhooks" UNPROCESSABLE_ENTITY
    BadApiKey "bad_api_key" UNPROCESSABLE_ENTITY
    PushRefused "push_refused" UNPROCESSABLE_ENTITY
}

/// Every code of an answer: those of HTTP, and those of the rules.
fn codes() -> RefOr<Schema> {
    let all: BTreeSet<&str> =
        Failure::CODES.iter().copied().chain(Code::ALL.iter().map(|code| code.as_str())).collect();
    let schema =
        json!({"type": "string", "enum": all, "description": "The stable code: docs/codes.md says what each means."});
    // A test reads the whole document, so a wrong schema does not pass.
    serde_json::from_value(schema).unwrap_or_else(|_| Schema::default().into())
}

/// A problem document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    status: u16,
    title: &'static str,
    /// The stable code: docs/codes.md says what each means.
    #[schema(schema_with = codes)]
    code: &'static str,
    /// The field or parameter. Empty if it is none in particular.
    field: String,
    detail: String,
    /// The server's limit that would be exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    limit: Option<Box<str>>,
    /// The key was refused before, and this is that answer; absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    repeated: bool,
    /// The fields of the body that are wrong, if more than one is, and at most 20 of them. The first one is also in `code`, `field` and
    /// `detail`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldProblem>)]
    errors: Box<[FieldProblem]>,
}

/// A field of a body that is wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct FieldProblem {
    /// The stable code.
    #[schema(schema_with = codes)]
    code: &'static str,
    /// The field, with dots between the names of nested tables.
    field: String,
    detail: String,
}

impl From<Refusal> for FieldProblem {
    fn from(Refusal { code, field, message }: Refusal) -> Self {
        Self { code: code.as_str(), field: field.into(), detail: message.into() }
    }
}

impl Problem {
    /// A failure with a detail, at a parameter or header or at none.
    pub fn new(failure: Failure, field: &str, detail: impl Into<String>) -> Self {
        let (code, status) = failure.parts();
        Self {
            status: status.as_u16(),
            title: title(status),
            code,
            field: field.into(),
            detail: detail.into(),
            limit: None,
            repeated: false,
            errors: Box::default(),
        }
    }

    /// The same, as the answer to a request that may have been refused before.
    pub fn repeated(self, repeated: bool) -> Self {
        Self { repeated, ..self }
    }

    /// The errors of a body's fields; there is at least one.
    pub fn of_fields(errors: Vec<Refusal>) -> Self {
        let first = errors.first().cloned().map_or_else(|| Failure::BadBody.into(), Self::from);
        let errors = if errors.len() > 1 { errors } else { Vec::new() };
        Self { errors: errors.into_iter().take(FIELD_ERRORS_MAX).map(FieldProblem::from).collect(), ..first }
    }

    /// The errors of other fields, with this one if its field cannot be read either. What rights or rules refuse is answered once they are
    /// right.
    pub fn after(self, others: &[Refusal]) -> Self {
        let mut all = Self::of_fields(others.to_vec());
        if self.code == Code::BadEvent.as_str() && !self.field.is_empty() {
            let first = FieldProblem { code: all.code, field: all.field.clone(), detail: all.detail.clone() };
            let mut errors = if all.errors.is_empty() { vec![first] } else { all.errors.into_vec() };
            errors.push(FieldProblem { code: self.code, field: self.field, detail: self.detail });
            errors.truncate(FIELD_ERRORS_MAX);
            all.errors = errors.into();
        }
        all
    }

    /// Whether it is this failure.
    pub fn is(&self, failure: Failure) -> bool {
        self.code == failure.parts().0
    }

    /// Its code, unless the same request may be answered otherwise soon because the server is not well.
    pub fn decided(&self) -> Option<&'static str> {
        (self.status < StatusCode::INTERNAL_SERVER_ERROR.as_u16()).then_some(self.code)
    }

    /// More than this limit of the server.
    pub fn exceeds(failure: Failure, field: &str, limit: String) -> Self {
        Self { limit: Some(limit.into()), ..Self::new(failure, field, failure.sentence()) }
    }

    /// The address of a member that does not exist.
    pub fn unknown_member() -> Self {
        Self::refused(StatusCode::NOT_FOUND, Refusal::new(Code::UnknownMember, "member"))
    }

    /// A new member's id that would be mistaken for something else.
    pub fn reserved_id() -> Self {
        Self::new(Failure::ReservedId, "member", Failure::ReservedId.sentence())
    }

    /// Two fields of which a request may have only one.
    pub fn both(one: &'static str, other: &str) -> Self {
        Refusal::bad_event(one, format!("stands together with `{other}`: one of them says who it is")).into()
    }

    /// Members cannot sign in this way here.
    pub fn sign_in_off(way: &str) -> Self {
        Self::new(Failure::SignInOff, way, Failure::SignInOff.sentence())
    }

    /// The role of who is signed in is not enough.
    pub fn needs_role(duty: Duty) -> Self {
        Self::new(Failure::NeedsRole, "role", format!("this needs {}", duty.holders()))
    }

    fn refused(status: StatusCode, Refusal { code, field, message }: Refusal) -> Self {
        let (field, detail) = (field.into(), message.into());
        Self {
            status: status.as_u16(),
            title: title(status),
            code: code.as_str(),
            field,
            detail,
            limit: None,
            repeated: false,
            errors: Box::default(),
        }
    }
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::new(failure, "", failure.sentence())
    }
}

impl From<Refusal> for Problem {
    /// 400 for what cannot be read, 409 for an `id` with another content, 422 for everything that the rules refuse.
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
            Denial::NotTheirs => Failure::NotFound.into(),
            Denial::Forbidden | Denial::NotYet => Failure::Forbidden.into(),
            Denial::Exceeds(excess) => excess.into(),
            Denial::Goods(error) => error.into(),
            Denial::RulesChanged => Problem::new(Failure::RulesChanged, "based_on", Failure::RulesChanged.sentence()),
        }
    }
}

impl From<GoodsError> for Problem {
    fn from(error: GoodsError) -> Self {
        let (failure, field) = match error {
            GoodsError::NotOffered => (Failure::NotOffered, "item"),
            GoodsError::Changed(field) => (Failure::ItemChanged, field),
            GoodsError::SoldOut => (Failure::SoldOut, "item"),
            GoodsError::PerMember(most) => {
                return Self::exceeds(Failure::TooManyOfItem, "item", most.to_string());
            }
            GoodsError::Delivery => (Failure::BadDelivery, "deliver_to"),
            GoodsError::Ended(VoucherState::Used) => (Failure::VoucherUsed, "voucher"),
            GoodsError::Ended(VoucherState::Expired) => (Failure::VoucherExpired, "voucher"),
            GoodsError::Ended(VoucherState::Cancelled | VoucherState::Open) => (Failure::VoucherCancelled, "voucher"),
        };
        Self::new(failure, field, failure.sentence())
    }
}

impl From<Excess> for Problem {
    fn from(Excess { what, field, limit }: Excess) -> Self {
        let failure = match what {
            Exceeded::Offers => Failure::TooManyOffers,
            Exceeded::Market => return Failure::MarketOff.into(),
            Exceeded::Trades => Failure::TooManyTrades,
            Exceeded::TradesOfDay => Failure::TooManyTradesToday,
            Exceeded::Orders => Failure::TooManyOrders,
            Exceeded::TooSmall => Failure::TooSmall,
            Exceeded::TooLate => Failure::TooLate,
        };
        Self::exceeds(failure, field, limit)
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

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        let (failure, field) = match error {
            StaffError::Database(error) => return StoreError::from(error).into(),
            StaffError::Name => (Failure::BadStaff, "name"),
            StaffError::Shop => (Failure::BadStaff, "shop"),
            StaffError::Exists => (Failure::StaffExists, "name"),
            StaffError::TooMany => (Failure::TooManyStaff, ""),
        };
        Self::new(failure, field, error.to_string())
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
            // WeChat counts by the minute. Our own limits set a better value afterwards.
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The answer for an unknown address.
pub async fn not_found() -> Problem {
    Failure::NotFound.into()
}

/// The answer for a wrong method.
pub async fn method_not_allowed() -> Problem {
    Failure::MethodNotAllowed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_words_in_every_language_and_a_row_in_the_documentation() {
        let table = include_str!("../../../docs/codes.md");
        for code in Failure::CODES {
            for language in Language::ALL {
                assert!(gongxiang_words::failure(language, code).is_some(), "{language:?} has no words for `{code}`");
            }
            let sentence = gongxiang_words::failure(Language::En, code).unwrap_or_default();
            assert!(table.contains(&format!("- `{code}`: {sentence}")), "docs/codes.md needs `{code}`");
        }
    }

    #[test]
    fn no_words_are_left_over_for_a_code_that_nobody_sends() {
        for language in Language::ALL {
            for (section, words) in gongxiang_words::keys(language) {
                let left_over: Vec<_> =
                    words.iter().filter(|code| section == "failures" && !Failure::CODES.contains(code)).collect();
                assert!(left_over.is_empty(), "{language:?}: {left_over:?}");
            }
        }
    }
}
