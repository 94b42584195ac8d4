//! Guards are the characters that an export puts around a text so that a spreadsheet does not change it. This file
//! removes them, and finds the damage that spreadsheets do to texts without guards.

/// A text without its guards: `="…"`, a leading `'` or `` ` ``, quotation marks, blanks, tabs and invisible characters.
pub(super) fn unguarded(text: &str) -> &str {
    let mut rest = text;
    loop {
        let mut inner = rest.trim_matches(|c: char| c.is_whitespace() || INVISIBLE.contains(&c));
        inner = inner.trim_matches('`');
        inner = pair(inner, "=\"", "\"").or_else(|| pair(inner, "\"", "\"")).unwrap_or(inner);
        inner = inner.strip_prefix('\'').map_or(inner, |text| text.strip_suffix('\'').unwrap_or(text));
        inner = inner.strip_prefix('=').filter(|text| is_digits(text)).unwrap_or(inner);
        if inner.len() == rest.len() {
            return inner;
        }
        rest = inner;
    }
}

const INVISIBLE: [char; 8] =
    ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{202c}'];

fn pair<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why a text cannot be an id, even escaped: it is not what the shop's system wrote, and two ids may have become this text.
pub(super) fn damage(text: &str) -> Option<&'static str> {
    let plain = text.trim_start_matches(['+', '-']);
    if let Some((number, power)) = plain.split_once(['e', 'E']) {
        let mantissa = number.replacen(['.', ','], "", 1);
        if is_digits(&mantissa) && is_digits(power.trim_start_matches(['+', '-'])) {
            return Some(SHORTENED);
        }
    }
    if let Some((whole, part)) = plain.split_once('.')
        && is_digits(&whole.replace(',', ""))
        && !part.is_empty()
        && part.bytes().all(|byte| byte == b'0')
    {
        return Some("was turned into a number by a program: export it as text");
    }
    let groups: Vec<_> = plain.split(',').collect();
    if groups.len() > 1 && groups.iter().all(|group| is_digits(group)) && groups[1..].iter().all(|g| g.len() == 3) {
        return Some("was turned into a number with commas by a spreadsheet: export it as text");
    }
    if text.len() > 1 && text.bytes().all(|byte| byte == b'#') {
        return Some("is what a spreadsheet shows if a column is too narrow: export it as text");
    }
    if ERRORS.contains(&text.to_ascii_uppercase().as_str()) {
        return Some("is an error of a spreadsheet");
    }
    if NOTHING.contains(&text.to_ascii_lowercase().as_str()) {
        return Some("stands for no value");
    }
    let wide = |c: char| ('\u{ff01}'..='\u{ff5e}').contains(&c);
    if text.chars().any(wide) && text.chars().all(|c| wide(c) || c.is_ascii()) {
        return Some("has full-width characters, so it differs from the same text in plain ones");
    }
    None
}

/// How many digits of a number a spreadsheet keeps.
const KEPT: usize = 15;

/// Whether a text is an id of so many digits that a spreadsheet, which takes it for a number, puts zeros for the last ones; and whether it has
/// such zeros. One id alone may end in zeros by itself.
pub(super) fn long_number(text: &str) -> Option<bool> {
    (text.len() > KEPT && is_digits(text)).then(|| text.bytes().skip(KEPT).all(|byte| byte == b'0'))
}

const SHORTENED: &str = "is a number that a spreadsheet has shortened, so that several ids may have become this one: \
    export it again and open it as text";

const ERRORS: [&str; 7] = ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#DIV/0!", "#NULL!"];

const NOTHING: [&str; 11] = ["/", "-", "--", "—", "null", "nil", "none", "nan", "n/a", "undefined", "(blank)"];

/// The form in which texts are compared: without guards, in lower case, with narrow punctuation.
pub(super) fn folded(text: &str) -> String {
    let narrow = |c: char| match c {
        '（' => '(',
        '）' => ')',
        '，' => ',',
        '：' => ':',
        '／' => '/',
        '＃' => '#',
        '￥' => '¥',
        other => other,
    };
    unguarded(text).chars().map(narrow).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_are_taken_off_whatever_their_order() {
        for guarded in [
            "26011",
            "\t26011",
            "26011\t",
            " 26011 ",
            "=\"26011\"",
            "`26011",
            "'26011",
            "'26011'",
            "\u{feff}26011",
            "26011\u{a0}",
            "\u{3000}26011",
            "26011\u{200b}",
            "\"26011\"",
            "=26011",
            "`=\"26011\"\t",
            "=\"26011\t\"",
        ] {
            assert_eq!(unguarded(guarded), "26011", "{guarded:?}");
        }
        for kept in ["a b", "#1001", "=a", "it's", "张 三", "-5"] {
            assert_eq!(unguarded(kept), kept);
        }
        assert_eq!((unguarded(""), unguarded("`"), unguarded("=\"\"")), ("", "", ""));
    }

    #[test]
    fn what_a_spreadsheet_left_of_an_id_is_known() {
        for damaged in [
            "6.20E+17",
            "6.2E17",
            "1e5",
            "1E5",
            "1.2E+05",
            "1,2E+05",
            "-1.2e-3",
            "17850.0",
            "17850.00",
            "1,234,567",
            "1,234",
            "####",
            "##",
            "#N/A",
            "#REF!",
            "NULL",
            "nan",
            "None",
            "/",
            "-",
            "１３８００",
            "ａ1",
            "1,234.0",
        ] {
            assert!(damage(damaged).is_some(), "{damaged}");
        }
        for whole in [
            "26011",
            "#1001",
            "e5",
            "1e",
            "E10",
            "a1e5",
            "1.5",
            "1.2.0",
            "ann@example.com",
            "张三",
            "张三（大）",
            "A-1",
            "1,23",
            "#",
        ] {
            assert!(damage(whole).is_none(), "{whole}");
        }
    }
}
