//! Rules that were announced: what they change, and from which day.

use gongxiang::identity::Day;
use gongxiang::tree::Tree;
use serde_json::Value;

use crate::api::{self, Fault, field, text_of};
use crate::json::ReadError;
use crate::rule_values::{differences, spelled_out};

/// The rules that were announced last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    pub id: i64,
    /// The first day on which they hold.
    pub from: Day,
    pub state: String,
    /// The fingerprint of the rules that they change. If others are in force on their day, they are refused.
    pub based_on: String,
    /// Each value that differs, as it is before that day and then.
    pub differences: Vec<[String; 3]>,
}

impl Announced {
    fn read(row: &Value) -> Result<Self, ReadError> {
        let rules = |name: &str| field::<Tree>(row, name).map(spelled_out);
        Ok(Self {
            id: row.get("announcement").and_then(Value::as_i64).ok_or(ReadError)?,
            from: field(row, "from")?,
            state: text_of(row, "state").ok_or(ReadError)?,
            based_on: text_of(row, "based_on").ok_or(ReadError)?,
            differences: differences(&rules("before")?, &rules("rules")?),
        })
    }

    pub fn waits(&self) -> bool {
        self.state == "waiting"
    }
}

/// `/v1/rules/announced`; nothing if none ever were.
pub async fn last() -> Result<Option<Announced>, Fault> {
    let answer = Box::pin(api::get_value_or_kept("/v1/rules/announced")).await?.value;
    let row = answer.get("announced").filter(|row| !row.is_null());
    Ok(row.map(Announced::read).transpose()?)
}

/// Withdraws them before their day.
pub async fn withdraw(id: i64) -> Result<(), Fault> {
    api::end(&format!("/v1/rules/announced/{id}")).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn announced_rules_are_read_with_what_they_change() {
        let row = r#"{"announcement": 3, "from": "2026-12-12", "announced": 1790000000, "state": "waiting", "code": null, "based_on": "c0de", "changed": ["release"],
            "before": {"release": {"daily": "888", "min_total": "1"}}, "rules": {"release": {"daily": "900", "min_total": "1"}}}"#;
        let read = Announced::read(&json::parse(row).expect("JSON")).expect("announced rules");
        assert_eq!((read.id, read.from.to_string(), read.waits()), (3, "2026-12-12".to_owned(), true));
        assert_eq!(read.differences, [["release.daily", "888", "900"].map(str::to_owned)]);
        assert!(Announced::read(&json::parse(&row.replace("12-12", "12-32")).expect("JSON")).is_err());
    }
}
