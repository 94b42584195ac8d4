//! The language: the one chosen before, else the browser's.

use gongxiang_words::Language;
use leptos::prelude::*;

use crate::mark;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The tag for `lang` attributes. Plain `zh` would show some characters in their Japanese shapes.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Its name in the language itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "EN",
        }
    }

    /// Its catalogue of words.
    pub const fn catalogue(self) -> Language {
        match self {
            Self::Zh => Language::Zh,
            Self::En => Language::En,
        }
    }

    fn of_tag(tag: &str) -> Self {
        if tag.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("zh")) { Self::Zh } else { Self::En }
    }

    /// The one chosen before, else the browser's.
    pub fn preferred() -> Self {
        Self::of_tag(&mark::read(mark::LANGUAGE).or_else(|| window().navigator().language()).unwrap_or_default())
    }

    /// Stores it for the next visit, if the browser allows that.
    pub fn remember(self) {
        mark::write(mark::LANGUAGE, self.tag());
    }

    /// Sets the language of the page, for fonts, hyphenation and screen readers.
    pub fn announce(self) {
        if let Some(html) = document().document_element() {
            let _ = html.set_attribute("lang", self.tag());
        }
    }
}
