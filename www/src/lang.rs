//! Which language: the one chosen before, else the browser's.

use gloo_storage::{LocalStorage, Storage as _};
use gongxiang_words::Language;
use leptos::prelude::*;

use crate::text::frame;

const KEY: &str = "gongxiang.language";

/// A language of the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// As `lang` says it. Not just `zh`: that gets some characters in their Japanese shapes.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Its name in itself.
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
        // Raw: the typed calls of gloo-storage bring a second reader of JSON along for eight letters.
        let stored = storage_works().then(|| LocalStorage::raw().get_item(KEY).ok().flatten()).flatten();
        Self::of_tag(&stored.or_else(|| window().navigator().language()).unwrap_or_default())
    }

    /// Remembers it for the next visit, if the browser keeps anything.
    pub fn remember(self) {
        if storage_works() {
            let _ = LocalStorage::raw().set_item(KEY, self.tag());
        }
    }

    /// Tells the page, for fonts, hyphenation and screen readers.
    pub fn announce(self) {
        let page = document();
        if let Some(html) = page.document_element() {
            let _ = html.set_attribute("lang", self.tag());
        }
        page.set_title(frame::TITLE.of(self));
    }
}

/// `LocalStorage::raw` gives up where a browser forbids storage; asking first does not.
fn storage_works() -> bool {
    window().local_storage().is_ok_and(|storage| storage.is_some())
}
