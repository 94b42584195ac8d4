//! Every word that is seen, in both languages side by side: a text that is missing in one of them does not compile.
//!
//! No text promises anything: what points are worth can fall, and a preview holds for the state of the moment.

pub mod actions;
pub mod calculator;
pub mod economy;
pub mod fault;
pub mod forecast;
pub mod frame;
pub mod home;
pub mod operator;
mod rules;
pub mod signin;
pub mod statement;

pub use rules::{asset, class, code, decimal_error, kind, party, reason, rule};

use crate::lang::Lang;

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// 简体中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// In one of them.
    pub const fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// Names texts: `NAME "中文" "English"`.
macro_rules! words {
    ($($name:ident $zh:literal $en:literal)*) => {
        $(pub const $name: Words = Words { zh: $zh, en: $en };)*
    };
}
use words;
