//! Words for whoever reads: receipts and orders with a readable `reason` beside the data of each.
//!
//! What is kept has data only. These are made of it at the edge that shows it, in one language.

use gongxiang_words::Language;
use serde::ser::{Serialize, Serializer};

use super::receipt::Written;
use crate::receipt::Reason;

/// A reason in words, with its numbers as they are.
#[must_use]
pub fn reason(why: &Reason, language: Language) -> String {
    // A test holds that no tag lacks a template.
    why.fill(gongxiang_words::reason(language, why.tag()).unwrap_or_default(), |text, _| text.to_owned())
}

/// A value whose reasons are written in words, too.
#[derive(Clone, Copy, Debug)]
pub struct Worded<'a, T>(pub &'a T, pub Language);

impl<T> Serialize for Worded<'_, T>
where
    for<'w> Written<'w, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words = |why: &Reason| reason(why, self.1);
        Written(self.0, Some(&words)).serialize(serializer)
    }
}
