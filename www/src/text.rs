//! All texts of the screens, both languages side by side, so that a text in only one does not compile.
//!
//! No text promises a gain: the value of points can fall, and a preview holds only for the moment.

pub mod account;
pub mod actions;
pub mod applications;
pub mod calculator;
pub mod counter;
pub mod economy;
pub mod fault;
pub mod forecast;
pub mod frame;
pub mod goods;
pub mod guests;
pub mod home;
pub mod operator;
pub mod orders;
pub mod overview;
pub mod people;
pub mod profile;
pub mod proposals;
pub mod rule_form;
pub mod rulebook;
mod rules;
pub mod shops;
pub mod signin;
pub mod staff;
pub mod statement;
pub mod summary;
pub mod team;
pub mod told;
pub mod trades;
pub mod worth;

pub use rules::{asset, class, code, reason, refusal, role, rule};

use crate::lang::Lang;

/// A text in both languages, as one string, so that each use costs the binary one pointer instead of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(&'static str);

impl Words {
    /// The text in one language.
    #[inline(never)]
    pub fn of(self, lang: Lang) -> &'static str {
        of_both(self.0, lang)
    }

    /// Both languages as one string, to be stored.
    pub const fn both(self) -> &'static str {
        self.0
    }
}

/// A short number as one reads it out: `1234 5678`.
pub fn spaced(number: &str) -> String {
    match number.split_at_checked(4) {
        Some((start, end)) => format!("{start} {end}"),
        None => number.to_owned(),
    }
}

/// The text in one language, from [`Words::both`].
pub fn of_both(both: &str, lang: Lang) -> &str {
    let (zh, en) = both.split_once('\n').unwrap_or((both, both));
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// Names texts: `NAME "中文" "English"`.
macro_rules! words {
    ($($name:ident $zh:literal $en:literal)*) => {
        $(pub const $name: Words = Words(concat!($zh, "\n", $en));)*
    };
}
use words;
