//! Every word that is seen, in both languages. A struct, so that a text that is missing in one of them does not compile.
//!
//! No text promises anything: what points are worth can fall, and a preview holds for the state of the moment.

mod en;
mod zh;

use gongxiang::event::Code;
use gongxiang::quantity::DecimalError;
use gongxiang::receipt::{Class, Reason, RewardKind};

pub use en::EN;
pub use zh::ZH;

use crate::figure::{grouped, yuan};

/// The words of one language.
pub struct Text {
    pub title: &'static str,
    pub tagline: &'static str,
    pub caution: &'static str,
    pub language: &'static str,
    pub loading: &'static str,
    pub refresh: &'static str,
    pub retry: &'static str,
    pub yuan: &'static str,

    pub share_value: &'static str,
    pub share_value_note: &'static str,
    pub locked: &'static str,
    pub locked_note: &'static str,
    pub locked_none: &'static str,
    pub points: &'static str,
    pub points_note: &'static str,
    pub worth: &'static str,
    pub price: &'static str,
    pub day: &'static str,

    pub members: &'static str,
    pub members_note: &'static str,
    pub search: &'static str,
    pub search_hint: &'static str,
    pub open: &'static str,
    pub more: &'static str,
    pub none_found: &'static str,
    pub activated: &'static str,
    pub not_activated: &'static str,
    pub merchant: &'static str,

    pub all_members: &'static str,
    pub home: &'static str,
    pub order: &'static str,

    pub verified: &'static str,
    pub verified_note: &'static str,
    pub differs: &'static str,
    pub differs_note: &'static str,
    pub computed_here: &'static str,
    pub said_by_server: &'static str,
    pub units: &'static str,

    pub statement: &'static str,
    pub statement_note: &'static str,
    pub statement_empty: &'static str,
    pub formula_note: &'static str,
    pub earned: &'static str,
    pub share_value_after: &'static str,
    pub worth_then: &'static str,
    pub formula: &'static str,

    pub order_note: &'static str,
    pub buyer: &'static str,
    pub choose_merchant: &'static str,
    pub no_merchants: &'static str,
    pub channel: &'static str,
    pub online: &'static str,
    pub offline: &'static str,
    pub region: &'static str,
    pub region_hint: &'static str,
    pub region_bad: &'static str,
    pub id_bad: &'static str,
    pub amount: &'static str,
    pub concession: &'static str,
    pub by_percent: &'static str,
    pub by_yuan: &'static str,
    pub concession_is: &'static str,
    pub preview: &'static str,
    pub preview_note: &'static str,
    pub fill_in: &'static str,
    pub merchant_pays: &'static str,
    pub burned: &'static str,
    pub due: &'static str,
    pub due_never: &'static str,
    pub due_note: &'static str,
    pub who: &'static str,
    pub you: &'static str,
    pub what_for: &'static str,
    pub gets: &'static str,
    pub why: &'static str,
    pub nobody: &'static str,
    pub refused: &'static str,

    pub unknown_member: &'static str,
    pub unknown_member_note: &'static str,
    pub unreachable: &'static str,
    pub unreachable_note: &'static str,
    pub failed: &'static str,
    pub failed_note: &'static str,
    pub nonsense: &'static str,
    pub nonsense_note: &'static str,
    pub nowhere: &'static str,
    pub nowhere_note: &'static str,

    pub class_static: &'static str,
    pub class_own: &'static str,
    pub class_dynamic: &'static str,
    kinds: [&'static str; 7],

    not_decimal: &'static str,
    places: &'static str,
    too_large: &'static str,
    negative: &'static str,

    of_concession: &'static str,
    of_consumption: &'static str,
    of_order_points: &'static str,

    /// The sentence of a refusal that an order can meet; nothing for the others.
    code: fn(Code) -> Option<&'static str>,
}

impl Text {
    /// What an income is called.
    pub const fn kind(&self, kind: RewardKind) -> &'static str {
        let [consumption, sale, share_online, share_offline, merchant_share, service, area] = self.kinds;
        match kind {
            RewardKind::Consumption => consumption,
            RewardKind::Sale => sale,
            RewardKind::ShareOnline => share_online,
            RewardKind::ShareOffline => share_offline,
            RewardKind::MerchantShare => merchant_share,
            RewardKind::Service => service,
            RewardKind::Area => area,
        }
    }

    /// Its class: the CSS and test name, and the word.
    pub const fn class(&self, class: Class) -> (&'static str, &'static str) {
        match class {
            Class::Static => ("static", self.class_static),
            Class::Own => ("own", self.class_own),
            Class::Dynamic => ("dynamic", self.class_dynamic),
        }
    }

    /// What is wrong with a decimal that was typed.
    pub const fn decimal_error(&self, error: DecimalError) -> &'static str {
        match error {
            DecimalError::Grammar => self.not_decimal,
            DecimalError::Places { .. } => self.places,
            DecimalError::TooLarge => self.too_large,
            DecimalError::Negative => self.negative,
        }
    }

    /// What a refusal means; the rules' own sentence where this language has none.
    pub fn code(&self, code: Code) -> &'static str {
        (self.code)(code).unwrap_or(code.sentence())
    }

    /// The formula of an amount, with grouped digits.
    pub fn reason(&self, reason: &Reason) -> String {
        let step = |rate: &dyn ToString, paid: &dyn ToString| format!("({} − {})", rate.to_string(), paid.to_string());
        match reason {
            Reason::OfConcession(rate, money) => format!("{rate} × {} {}", self.of_concession, yuan(*money)),
            Reason::OfConsumption(rate, value) => {
                format!("{rate} × {} {}", self.of_consumption, grouped(&value.to_string()))
            }
            Reason::StepOfConsumption(rate, paid, value) => {
                format!("{} × {} {}", step(rate, paid), self.of_consumption, grouped(&value.to_string()))
            }
            Reason::OfOrderPoints(rate, points) => {
                format!("{rate} × {} {}", self.of_order_points, grouped(&points.to_string()))
            }
            Reason::StepOfOrderPoints(rate, paid, points) => {
                format!("{} × {} {}", step(rate, paid), self.of_order_points, grouped(&points.to_string()))
            }
            other => other.to_string(),
        }
    }
}
