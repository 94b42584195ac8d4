//! Words of the rules' data: classes, rules, assets, parties, reasons and codes, from the catalogue.

use gongxiang::identity::Id;
use gongxiang::receipt::{Amount, Class, Reason, Rule};

use crate::figure::grouped;
use crate::ids;
use crate::lang::Lang;

/// The name of a service role, if it is one that the catalogue knows.
pub fn role(lang: Lang, role: &str) -> String {
    gongxiang_words::role(lang.catalogue(), role).unwrap_or(role).to_owned()
}

/// What a class of income is called.
pub fn class(lang: Lang, class: Class) -> &'static str {
    // A test of the rules holds that no word is missing.
    gongxiang_words::class(lang.catalogue(), class.as_str()).unwrap_or(class.as_str())
}

/// What a rule is called.
pub fn rule(lang: Lang, rule: Rule) -> &'static str {
    gongxiang_words::rule(lang.catalogue(), rule.as_str()).unwrap_or(rule.as_str())
}

/// What an asset is called.
pub fn asset(lang: Lang, amount: Amount) -> &'static str {
    gongxiang_words::asset(lang.catalogue(), amount.asset()).unwrap_or(amount.asset())
}

/// The reason of an amount, with grouped digits, and long ids by their ends.
pub fn reason(lang: Lang, why: &Reason) -> String {
    let template = gongxiang_words::reason(lang.catalogue(), why.tag()).unwrap_or(why.tag());
    why.fill(template, |text, is_number| if is_number { grouped(&text) } else { said(text) })
}

/// An id as it is said.
fn said(text: String) -> String {
    Id::parse(&text).map_or(text, |id| ids::short(&id))
}

/// The sentence of a code of the rules or of the server; `None` for any other.
pub fn refusal(lang: Lang, code: &str) -> Option<String> {
    self::code(lang, code)
        .or_else(|| gongxiang_words::failure(lang.catalogue(), code).map(|words| sentence(lang, words)))
}

/// The sentence of a refusal; `None` if the code is not one of the rules.
pub fn code(lang: Lang, code: &str) -> Option<String> {
    gongxiang_words::code(lang.catalogue(), code).map(|words| sentence(lang, words))
}

fn sentence(lang: Lang, words: &str) -> String {
    match lang {
        Lang::Zh => format!("{words}。"),
        Lang::En => {
            let (first, rest) = words.split_at(1);
            format!("{}{rest}.", first.to_ascii_uppercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use gongxiang::quantity::{Money, Rate, ShareValue};

    use super::*;

    #[test]
    fn a_reason_is_grouped_and_translated_and_an_id_is_left_alone() {
        let rate = |text| Rate::parse(text).expect("a rate");
        let id = || Id::parse("1000000").expect("an id");
        let concession = Money::parse("12345").expect("money");
        let consumption = ShareValue::from_raw(100_000_000_000);
        for (why, zh, en) in [
            (Reason::Concession { rate: rate("10"), concession }, "10 × 让利额 12,345.00", "10 × concession 12,345.00"),
            (
                Reason::ConsumptionStep { rate: rate("0.15"), paid: rate("0.1"), consumption },
                "(0.15 − 0.1) × 买家所得共享值 1,000",
                "(0.15 − 0.1) × buyer’s share value 1,000",
            ),
            (Reason::Trade { trade: id() }, "交易 1000000", "trade 1000000"),
            (Reason::Refund { order: id() }, "退款 1000000", "refund of 1000000"),
            (
                Reason::Refund { order: Id::parse("o-ba38cc550f07416e989ddedbf13aed30").expect("an id") },
                "退款 o-ba…ed30",
                "refund of o-ba…ed30",
            ),
        ] {
            assert_eq!(reason(Lang::Zh, &why), zh);
            assert_eq!(reason(Lang::En, &why), en);
        }
    }
}
