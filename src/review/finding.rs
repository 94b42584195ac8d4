//! The flags, and the findings of a review.

use serde::Serialize;

use crate::event::{Code, Refusal};
use crate::quantity::Rate;

/// The severity of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A reader should know it.
    Notice,
    /// People can lose money by it, or a regulator may ask about it.
    High,
    /// A sign of a forbidden scheme.
    Red,
}

/// Every flag: code, severity, references of the laws.
pub const FLAGS: [(&str, Severity, &str); 23] = [
    ("ENTRY_FEE", Severity::Red, "R1(二) R2 R4 R10"),
    ("LOCKED_BAIT", Severity::Red, "R1(二)"),
    ("HEADCOUNT_REWARD", Severity::Red, "R1(一) R2"),
    ("PACK_COMMISSION", Severity::Red, "R1(二) R2"),
    ("TEAM_REMUNERATION", Severity::Red, "R1(三) R3 R10"),
    ("DEPTH", Severity::Red, "R2 R3 R10"),
    ("SUBTREE", Severity::Red, "R2 R3"),
    ("CASH_OUT", Severity::Red, "R7 R8 R9"),
    ("FORCED_POINT_PURCHASE", Severity::Red, "R8 R9"),
    ("TERRITORY_FEE", Severity::Red, "R1(二) R5"),
    ("SECURITY_LINK", Severity::Red, "R6 R7"),
    ("FULL_REBATE", Severity::High, "R5"),
    ("UNFUNDED_MULTIPLE", Severity::High, "R5"),
    ("NET_BURN", Severity::High, "R5"),
    ("JOIN_INCOME_SHARE", Severity::High, "R2 R5"),
    ("WASH_TRADE", Severity::High, "R5 R8"),
    ("NO_CLAWBACK", Severity::High, "R5"),
    ("THIN_MARKET_PRICE", Severity::High, "R8 R9"),
    ("REPURCHASE_CONDITION", Severity::Notice, "R1(二)"),
    ("EARLY_MOVER", Severity::Notice, "R5"),
    ("PREPAID", Severity::Notice, "R11"),
    ("DEPOSIT_NOT_LOCKED", Severity::Notice, "R11"),
    ("PRICE_WITHOUT_ORDERS", Severity::Notice, "R5"),
];

/// What raises a flag: a key of the rule set with its value, or a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The key, such as `signup.referrer`, or the name of the figure.
    pub key: String,
    /// The value, as text.
    pub value: String,
}

/// A flag that was raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The flag's code.
    pub code: &'static str,
    /// The severity of this finding. It can be lower than the flag's, if only a part of the condition holds.
    pub severity: Severity,
    /// References of the laws, as `docs/redflags.md` lists them.
    pub rules: &'static str,
    /// What raised the flag.
    pub evidence: Vec<Evidence>,
}

/// What an operator declares about the operation, because no rule set says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The usual concession ÷ the amount of the order.
    pub concession_rate: Rate,
    /// Whether points are tied to equity, a listing or tokens.
    pub security_link: bool,
    /// Whether anybody is paid for packs that others buy, outside these rules.
    pub pack_commission: bool,
    /// The days within which a buyer may return an online purchase.
    pub return_days: u64,
}

impl Default for Declaration {
    /// A concession of 10 % and seven days for returns; nothing else.
    fn default() -> Self {
        Self { concession_rate: Rate::percent(10), security_link: false, pack_commission: false, return_days: 7 }
    }
}

/// The findings while they are collected.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn evidence(key: &str, value: String) -> Evidence {
        Evidence { key: key.into(), value }
    }

    /// Raises a flag with its own severity, if there is evidence.
    pub(super) fn raise(&mut self, code: &str, evidence: Vec<Evidence>) {
        self.raise_as(code, None, evidence);
    }

    pub(super) fn raise_as(&mut self, code: &str, milder: Option<Severity>, evidence: Vec<Evidence>) {
        if evidence.is_empty() {
            return;
        }
        if let Some((code, severity, rules)) = FLAGS.iter().find(|(known, ..)| *known == code) {
            self.0.push(Finding { code, severity: milder.unwrap_or(*severity), rules, evidence });
        }
    }

    /// The findings by severity, the highest first; within one severity in the order in which they were raised.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.0
    }
}

/// The codes of the red findings.
pub fn red(findings: &[Finding]) -> impl Iterator<Item = &'static str> {
    findings.iter().filter(|finding| finding.severity == Severity::Red).map(|finding| finding.code)
}

/// Checks that every red finding was accepted by its code. Other codes in `accepted` are ignored.
///
/// # Errors
/// `flags_not_accepted`; its field has the missing codes, separated by commas.
pub fn check_accepted(findings: &[Finding], accepted: &[&str]) -> Result<(), Refusal> {
    let missing: Vec<_> = red(findings).filter(|code| !accepted.contains(code)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = Code::FlagsNotAccepted.sentence();
    Err(Refusal { code: Code::FlagsNotAccepted, field: missing.join(",").into(), message: message.into() })
}
