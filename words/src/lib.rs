//! What people read about the scheme: one catalogue per language (`zh.json`, `en.json`).
//!
//! The rules, the server and the wallet look words up here; the widget's and the mini-program's scripts get theirs from the
//! same files when they are built. Data is never made from words: a receipt keeps a reason's tag and numbers, and whoever
//! shows it fills the reason's template.

#[allow(clippy::match_same_arms, reason = "two keys may have the same word in one language")]
mod catalogues {
    include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));
}

use catalogues::{en, zh};

/// A language that has a catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// 中文.
    Zh,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];
}

macro_rules! sections {
    ($($(#[$doc:meta])* $section:ident $keys:ident $list:ident)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $section(language: Language, key: &str) -> Option<&'static str> {
                match language {
                    Language::En => en::$keys(key),
                    Language::Zh => zh::$keys(key),
                }
            }
        )*

        /// The keys of every section of a language, for the test that none is missing and none is left over.
        #[must_use]
        pub fn keys(language: Language) -> Vec<(&'static str, &'static [&'static str])> {
            match language {
                Language::En => vec![$((stringify!($keys), en::$list)),*],
                Language::Zh => vec![$((stringify!($keys), zh::$list)),*],
            }
        }
    };
}

sections! {
    /// What an asset is called: `points`, `share_value`, `locked`.
    asset assets ASSETS
    /// What a class of income is called.
    class classes CLASSES
    /// What a refusal of the rules means, in one sentence without a full stop.
    code codes CODES
    /// What an event is called, by its type.
    event events EVENTS
    /// What a failure of the server means, by its code, in one sentence without a full stop.
    failure failures FAILURES
    /// What a kind of notice is called, where a member chooses and reads them.
    notice_kind notice_kinds NOTICE_KINDS
    /// What a member is told, by the kind of notice; and the words around it.
    notice notices NOTICES
    /// What a party of a posting is called that is no member.
    party parties PARTIES
    /// A word or a template of `gongxiang init` and `gongxiang wind-down`.
    pilot pilots PILOTS
    /// The template of a reason: each name in braces is a field of its data.
    reason reasons REASONS
    /// A word of the tables and reports of the command line: a column, a heading, a note.
    report reports REPORTS
    /// What a service role of the presets is called. A rule set may name others, which are shown as they are named.
    role roles ROLES
    /// What a choice in a rule set is called: a policy of the price, and where redeemed points go.
    rule_choice rule_choices RULE_CHOICES
    /// The unit of a value in a rule set and what it may be, by its key.
    rule_hint rule_hints RULE_HINTS
    /// What a value in a rule set is called, by its key. A pack's and a role's keys have no name or number in them.
    rule_key rule_keys RULE_KEYS
    /// By which rule something was posted.
    rule rules RULES
    /// What an amount is counted in that is no asset: money.
    unit units UNITS
}

/// Fills a template: each name in braces becomes what `value` says of it.
#[must_use]
pub fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = template.split('{');
    let mut out = String::from(parts.next().unwrap_or_default());
    for part in parts {
        if let Some((name, rest)) = part.split_once('}') {
            out += &value(name);
            out += rest;
        } else {
            out.push('{');
            out += part;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_by_name() {
        let value = |name: &str| name.to_uppercase();
        assert_eq!(fill("{rate} × concession {money}", value), "RATE × concession MONEY");
        assert_eq!(fill("nothing", value), "nothing");
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        assert_eq!(keys(Language::En), keys(Language::Zh));
    }
}
