//! What the desk asks about the staff, and about who did what.

use gongxiang::identity::Id;
use serde::Deserialize;
use serde_json::Value;

use crate::api::{self, Fault, text_of};

/// Everybody who works here or did.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffPage {
    pub staff: Vec<StaffRow>,
}

/// Somebody of the staff.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffRow {
    pub staff: Id,
    pub name: String,
    pub role: String,
    pub shop: Option<Id>,
    /// Seconds since 1970; nothing while it is there.
    pub ended: Option<i64>,
}

/// A code that makes a passkey for somebody of the staff, once.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffCode {
    pub name: String,
    pub enrolment: String,
}

/// Something that somebody did.
#[derive(Clone, Debug)]
pub struct DoneAction {
    pub at: String,
    pub actor: String,
    /// Who approved what needed a second person.
    pub approver: Option<String>,
    /// An event's type, or a change beside the books such as `staff.added`.
    pub what: String,
    /// The members and shops that an event concerned.
    pub members: Vec<Id>,
    /// The order that it was about.
    pub order: Option<Id>,
    pub subject: Option<String>,
}

/// A page of actions.
#[derive(Clone, Debug)]
pub struct ActionsPage {
    pub actions: Vec<DoneAction>,
    pub next: Option<String>,
}

impl DoneAction {
    fn read(row: &Value) -> Result<Self, Fault> {
        let text = |name: &str| text_of(row, name).ok_or(Fault::BadAnswer);
        let id = |id: &Value| id.as_str().and_then(Id::parse);
        let members = row.get("members").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(Self {
            at: text("at")?,
            actor: text("actor")?,
            approver: text_of(row, "approver"),
            what: text("what")?,
            members: members.iter().filter_map(id).collect(),
            order: row.get("order").and_then(id),
            subject: text_of(row, "subject"),
        })
    }
}

impl ActionsPage {
    fn read(page: &Value) -> Result<Self, Fault> {
        let rows = page.get("actions").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
        Ok(Self { actions: rows.iter().map(DoneAction::read).collect::<Result<_, _>>()?, next: text_of(page, "next") })
    }
}

/// `/v1/staff`: everybody who is there or was.
pub async fn list() -> Result<StaffPage, Fault> {
    api::get("/v1/staff?limit=500").await
}

/// Adds somebody; `body` is `{name, role, shop?}`.
pub async fn add(body: &Value) -> Result<StaffCode, Fault> {
    api::post("/v1/staff", None, body.to_string()).await.and_then(|text| api::read(&text))
}

/// A new code for somebody.
pub async fn enrol(id: &Id) -> Result<StaffCode, Fault> {
    api::post(&format!("/v1/staff/{id}/enrolments"), None, "{}".to_owned()).await.and_then(|text| api::read(&text))
}

/// Ends somebody.
pub async fn end(id: &Id) -> Result<(), Fault> {
    api::end(&format!("/v1/staff/{id}")).await
}

/// `/v1/actions`: a page, newest first.
pub async fn actions(before: Option<&str>) -> Result<ActionsPage, Fault> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    ActionsPage::read(&api::get_value(&format!("/v1/actions?limit=50{before}")).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn actions_are_read_as_the_server_writes_them() {
        let page = r#"{"actions": [
            {"at": "2026-11-29T01:02:03Z", "actor": "staff Wu s-1", "approver": "staff Li s-2", "what": "order.refunded", "place": 7,
             "members": ["bob", "tom"], "order": "o-1"},
            {"at": "2026-11-29T01:02:02Z", "actor": "command line", "what": "key.added", "subject": "operator key x"}], "next": "7-3"}"#;
        let page = ActionsPage::read(&json::parse(page).expect("JSON")).expect("a page");
        assert_eq!(page.next.as_deref(), Some("7-3"));
        let [event, beside] = &*page.actions else { panic!("{page:?}") };
        assert_eq!(event.members.iter().map(Id::as_str).collect::<Vec<_>>(), ["bob", "tom"]);
        assert_eq!(
            (event.order.as_ref().map(Id::as_str), event.approver.as_deref()),
            (Some("o-1"), Some("staff Li s-2"))
        );
        assert_eq!(
            (beside.members.len(), &beside.order, beside.subject.as_deref()),
            (0, &None, Some("operator key x"))
        );
        assert!(ActionsPage::read(&json::parse(r#"{"actions": [{"at": "x"}]}"#).expect("JSON")).is_err());
    }
}
