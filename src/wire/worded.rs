//! Receipts and orders with words: a readable `reason` beside the data of each reason.
//!
//! Stored receipts have data only. The words are added when a receipt is shown, in one language.

use gongxiang_words::Language;
use serde::ser::{Serialize, Serializer};

use super::receipt::WireForm;
use crate::receipt::Reason;

/// A reason in words. Its numbers stay as they are.
#[must_use]
pub fn reason(why: &Reason, language: Language) -> String {
    // A test checks that every tag has a template.
    why.fill(gongxiang_words::reason(language, why.tag()).unwrap_or_default(), |text, _| text)
}

/// A value that is written with its reasons in words as well.
#[derive(Clone, Copy, Debug)]
pub struct Worded<'a, T>(pub &'a T, pub Language);

impl<T> Serialize for Worded<'_, T>
where
    for<'w> WireForm<'w, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words = |why: &Reason| reason(why, self.1);
        WireForm(self.0, Some(&words)).serialize(serializer)
    }
}
