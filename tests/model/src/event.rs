//! Parsing: what is no event of section 4 is `bad_event`, before anything else is looked at.

use serde_json::{Map, Value};

use crate::exact::{Exact, decimal};
use crate::{Model, Stop, dates};

/// What a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Money,
    Points,
    Region,
    City,
    Day,
    Channel,
    Side,
    /// A whole number from 1 to this one.
    Count(u64),
    Rules,
}

/// An event type: its name, its fields (an optional one is marked `true`), and what it does.
pub(crate) type Row =
    (&'static str, &'static [(&'static str, Kind, bool)], fn(&mut Model, &Event<'_>) -> Result<(), Stop>);

fn id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-'))
}

fn region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The first four digits followed by `00`; a province (`110000`) is no city.
fn is_city(text: &str) -> bool {
    region(text) && text.ends_with("00") && !text.ends_with("0000")
}

/// The city code of a region.
pub(crate) fn city(region: &str) -> String {
    format!("{}00", region.get(..4).unwrap_or_default())
}

fn holds(value: &Value, kind: Kind) -> bool {
    match kind {
        // Whatever it holds is judged as rules: a value of a wrong type is `bad_rules`. Null is no value at all.
        Kind::Rules => return !value.is_null(),
        // What is written with a fraction or an exponent is read as a float, however whole it is.
        Kind::Count(most) => return value.as_u64().is_some_and(|n| (1..=most).contains(&n)),
        _ => {}
    }
    let Some(text) = value.as_str() else {
        return false;
    };
    match kind {
        Kind::Id => id(text),
        Kind::Money => decimal(text, 2).is_some(),
        Kind::Points => decimal(text, 8).is_some(),
        Kind::Region => region(text),
        Kind::City => is_city(text),
        Kind::Day => dates::number(text).is_some(),
        Kind::Channel => matches!(text, "online" | "offline"),
        Kind::Side => matches!(text, "sell" | "buy"),
        Kind::Count(_) | Kind::Rules => false,
    }
}

/// `YYYY-MM-DDThh:mm:ss`, perhaps a fraction, then `Z` or `±hh:mm` (RFC 3339).
fn is_moment(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let Some((day, rest)) = shape.split_at_checked(10) else { return false };
    let Some(rest) = rest.strip_prefix("T00:00:00") else { return false };
    let rest = match rest.strip_prefix(".0") {
        Some(rest) => rest.trim_start_matches('0'),
        None => rest,
    };
    let in_range = |at: std::ops::Range<usize>, max: i64| text[at].parse::<i64>().is_ok_and(|n| n <= max);
    let zone = text.len() - rest.len();
    let zone_holds = match rest {
        "Z" => true,
        "+00:00" | "-00:00" => in_range(zone + 1..zone + 3, 23) && in_range(zone + 4..zone + 6, 59),
        _ => false,
    };
    day == "0000-00-00"
        && zone_holds
        && dates::number(&text[..10]).is_some()
        && in_range(11..13, 23)
        && in_range(14..16, 59)
        && in_range(17..19, 60)
}

/// An event that parses.
#[derive(Clone, Copy)]
pub(crate) struct Event<'a> {
    map: &'a Map<String, Value>,
    /// What it does.
    pub handler: fn(&mut Model, &Event<'_>) -> Result<(), Stop>,
}

impl<'a> Event<'a> {
    /// Reads an event of these types, or nothing if it is a `bad_event`.
    pub fn read(value: &'a Value, types: &[&[Row]]) -> Option<Self> {
        let map = value.as_object()?;
        let kind = map.get("type")?.as_str()?;
        let (_, fields, handler) = *types.iter().copied().flatten().find(|(name, ..)| *name == kind)?;
        for (name, value) in map {
            let allowed = match name.as_str() {
                "type" => true,
                "id" | "reference" => holds(value, Kind::Id),
                "at" => value.as_str().is_some_and(is_moment),
                name => fields.iter().any(|(field, kind, _)| *field == name && holds(value, *kind)),
            };
            if !allowed {
                return None;
            }
        }
        let complete = fields.iter().all(|(field, _, optional)| *optional || map.contains_key(*field));
        // A pack comes back within its days, or never.
        let both = map.contains_key("purchase") == map.contains_key("return_days");
        let paired = kind != "pack.purchased" || both;
        (complete && paired).then_some(Self { map, handler })
    }

    /// A field, if it is there.
    pub fn maybe(&self, field: &str) -> Option<&'a str> {
        self.map.get(field).and_then(Value::as_str)
    }

    /// A text field that parsing has seen to be there.
    pub fn text(&self, field: &str) -> &'a str {
        self.maybe(field).unwrap_or_default()
    }

    /// A decimal field that parsing has seen to be there.
    pub fn number(&self, field: &str) -> Exact {
        self.maybe_number(field).unwrap_or_default()
    }

    /// A decimal field, if it is there.
    pub fn maybe_number(&self, field: &str) -> Option<Exact> {
        self.maybe(field).and_then(|text| decimal(text, 8))
    }

    /// A whole number, if it is there.
    pub fn count(&self, field: &str) -> Option<i64> {
        self.map.get(field).and_then(Value::as_i64)
    }

    /// The rules that `rules.adopted` carries.
    pub fn rules(&self) -> &'a Value {
        self.map.get("rules").unwrap_or(&Value::Null)
    }
}
