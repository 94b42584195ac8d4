//! Ids as people read and say them.

use gongxiang::identity::Id;

/// An id that is longer is shown by its two ends.
const WHOLE_MAX: usize = 16;
const END: usize = 4;
/// Letters of an order's number.
const SAID: usize = 8;

/// An id, or both its ends if it is long.
pub fn short(id: &Id) -> String {
    let text = id.as_str();
    match (text.get(..END), text.get(text.len().saturating_sub(END)..)) {
        (Some(start), Some(end)) if text.len() > WHOLE_MAX => format!("{start}…{end}"),
        _ => text.to_owned(),
    }
}

/// The number of an order as people say it: the end of its id, or all of a short one.
pub fn ending(id: &Id) -> &str {
    let text = id.as_str();
    text.get(text.len().saturating_sub(SAID)..).filter(|_| text.len() > WHOLE_MAX).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_id_is_shown_by_its_ends() {
        for (id, shown) in [("c0002", "c0002"), ("m-ba38cc550f07416e989ddedbf13aed30", "m-ba…ed30")] {
            assert_eq!(short(&Id::parse(id).expect("an id")), shown);
        }
    }

    #[test]
    fn an_order_is_said_by_its_end() {
        for (id, said) in [("o:1", "o:1"), ("o-ba38cc550f07416e989ddedbf13aed30", "f13aed30")] {
            assert_eq!(ending(&Id::parse(id).expect("an id")), said);
        }
    }
}
