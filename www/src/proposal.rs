//! What the desk asks about commands that wait for a second person.

use gongxiang::event::Event;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Points, Price};
use serde_json::Value;

use crate::api::{self, Fault, field, text_of};

/// A command that waits for a second person.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub id: i64,
    pub event: Event,
    /// Codes of the red flags that are accepted with new rules.
    pub flags: Vec<String>,
    /// The first day on which new rules hold, if they are to be announced.
    pub from: Option<Day>,
    /// Who proposed it, as in the journal.
    pub actor: String,
    /// The same, if it was somebody of the staff.
    pub staff: Option<Id>,
    /// Seconds since 1970, as `expires`.
    pub proposed: u32,
    pub expires: u32,
}

impl Proposal {
    /// Field by field, and those events alone that may wait: a reader of all of them takes more of the binary.
    fn read(row: &Value) -> Option<Self> {
        let event = row.get("event")?;
        let event = match text_of(row, "kind")?.as_str() {
            "price.set" => Event::PriceSet { price: Price::parse(&text_of(event, "price")?).ok()? },
            "rules.adopted" => Event::RulesAdopted { rules: field(event, "rules").ok()? },
            "treasury.granted" => Event::TreasuryGranted {
                member: Id::parse(&text_of(event, "member")?)?,
                points: Points::parse(&text_of(event, "points")?).ok()?,
            },
            _ => return None,
        };
        let number = |name: &str| row.get(name).and_then(Value::as_i64);
        let flags = row.get("accepted_flags")?.as_array()?;
        Some(Self {
            id: number("proposal")?,
            event,
            flags: flags.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            from: text_of(row, "from").as_deref().and_then(Day::parse),
            actor: text_of(row, "actor")?,
            staff: text_of(row, "staff").as_deref().and_then(Id::parse),
            proposed: u32::try_from(number("proposed")?).ok()?,
            expires: u32::try_from(number("expires")?).ok()?,
        })
    }
}

/// `/v1/proposals`: those that can still be decided, newest first.
pub async fn open() -> Result<Vec<Proposal>, Fault> {
    let page = api::get_value("/v1/proposals?open=true&limit=500").await?;
    let rows = page.get("proposals").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    rows.iter().map(|row| Proposal::read(row).ok_or(Fault::BadAnswer)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn a_proposal_is_read_as_the_server_writes_it() {
        let read = |kind: &str, event: &str| {
            let row = format!(
                r#"{{"proposal": 3, "kind": "{kind}", "event": {event}, "accepted_flags": ["X"], "actor": "staff Wu s-1", "staff": "s-1",
                "proposed": 1790000000, "expires": 1790259200, "state": "waiting", "decider": null}}"#
            );
            Proposal::read(&json::parse(&row).expect("JSON"))
        };
        let price = read("price.set", r#"{"type": "price.set", "price": "1.25"}"#).expect("a proposal");
        assert!(matches!(price.event, Event::PriceSet { price } if price.to_string() == "1.25"));
        assert_eq!((price.id, price.flags, price.staff), (3, vec!["X".to_owned()], Id::parse("s-1")));
        assert!(read("rules.adopted", r#"{"rules": {"release": {"daily": "1"}}}"#).is_some());
        assert!(read("treasury.granted", r#"{"member": "ann", "points": "2"}"#).is_some());
        assert!(read("day.closed", r#"{"day": "2026-01-01"}"#).is_none());
    }
}
