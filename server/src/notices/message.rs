//! The text of a message: what kinds of things happened, and how often. It has no amount, no name and no id.

use std::collections::BTreeMap;

use gongxiang_words::{Language, fill, notice};
use serde::Serialize;

use super::kind::NoticeKind;

/// A message to one subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for a message that is sent again, so that its receiver shows it once.
    pub tag: String,
    pub language: Language,
    /// How many notices of each kind there are; none in the first message, which says that notices have begun.
    pub counts: BTreeMap<NoticeKind, u64>,
}

/// What a kind of notices is, how often, as programs read it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Count {
    pub kind: NoticeKind,
    pub count: u64,
}

impl Message {
    /// The first message of a subscription: it shows whether messages arrive at all.
    #[must_use]
    pub fn first(language: Language) -> Self {
        Self { tag: "begun".into(), language, counts: BTreeMap::new() }
    }

    #[must_use]
    pub fn counts(&self) -> Vec<Count> {
        self.counts.iter().map(|(&kind, &count)| Count { kind, count }).collect()
    }

    #[must_use]
    pub fn title(&self) -> &'static str {
        word(self.language, "title")
    }

    /// What happened, in words, each kind once.
    #[must_use]
    pub fn text(&self) -> String {
        if self.counts.is_empty() {
            return word(self.language, "begun").into();
        }
        let each = |(kind, count): (&NoticeKind, &u64)| {
            let what = word(self.language, kind.as_str());
            match count {
                1 => what.to_owned(),
                _ => fill(word(self.language, "times"), |name| match name {
                    "what" => what.to_owned(),
                    _ => count.to_string(),
                }),
            }
        };
        let all: Vec<_> = self.counts.iter().map(each).collect();
        all.join(word(self.language, "and"))
    }

    /// The same in at most so many characters: if it is longer, only how many notices there are.
    #[must_use]
    pub fn short_text(&self, most: usize) -> String {
        let text = self.text();
        if text.chars().count() <= most {
            return text;
        }
        let count: u64 = self.counts.values().sum();
        fill(word(self.language, "several"), |_| count.to_string())
    }
}

fn word(language: Language, key: &str) -> &'static str {
    notice(language, key).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(language: Language, counts: &[(NoticeKind, u64)]) -> Message {
        Message { tag: "n1".into(), language, counts: counts.iter().copied().collect() }
    }

    #[test]
    fn each_kind_is_said_once_with_how_often_it_was() {
        let counts = [(NoticeKind::TradeTaken, 2), (NoticeKind::Earned, 1)];
        assert_eq!(message(Language::Zh, &counts).text(), "昨日收益已到账；您的挂单已被接单（2 条）");
        assert_eq!(
            message(Language::En, &counts).text(),
            "Yesterday’s points have arrived. Somebody took your offer (2)"
        );
        assert_eq!(message(Language::Zh, &[]).text(), "通知已开启");
    }

    #[test]
    fn a_text_that_does_not_fit_says_only_how_many_there_are() {
        for language in Language::ALL {
            let all: Vec<_> = NoticeKind::ALL.iter().map(|kind| (*kind, 9)).collect();
            let text = message(language, &all).short_text(20);
            assert!(text.contains("90") && text.chars().count() <= 20, "{text}");
        }
        for kind in NoticeKind::ALL {
            assert!(!message(Language::Zh, &[(kind, 1)]).short_text(20).contains('1'), "{kind:?} has to fit by itself");
        }
    }
}
