//! The language of tables and reports.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// 简体中文.
    #[value(name = "zh-CN", alias = "zh")]
    Chinese,
    /// English.
    #[value(name = "en")]
    English,
}

impl Language {
    /// The word of a table or report; the key itself if there is none.
    #[must_use]
    pub fn name(self, key: &str) -> String {
        gongxiang_words::report(self.catalogue(), key).unwrap_or(key).to_owned()
    }

    /// Its catalogue of words.
    #[must_use]
    pub const fn catalogue(self) -> gongxiang_words::Language {
        match self {
            Self::Chinese => gongxiang_words::Language::Zh,
            Self::English => gongxiang_words::Language::En,
        }
    }

    /// What stands between a heading and its text.
    #[must_use]
    pub const fn colon(self) -> &'static str {
        match self {
            Self::Chinese => "：",
            Self::English => ": ",
        }
    }

    /// What stands before and after the number of a day.
    #[must_use]
    pub const fn around_day(self) -> (&'static str, &'static str) {
        match self {
            Self::Chinese => ("第 ", " 天"),
            Self::English => ("day ", ""),
        }
    }

    /// Its key in the texts of the flags.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// Its tag in HTML: without it, Chinese is drawn in Japanese shapes.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}
