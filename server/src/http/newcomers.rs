//! Members who register themselves, if the operator allows it.

use std::sync::Arc;

use gongxiang::book::Book;
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use serde::Deserialize;
use utoipa::ToSchema;
use webauthn_rs::prelude::Uuid;

use super::app::App;
use super::problem::{Failure, Problem};
use crate::ledger::group::Request;
use crate::ledger::journal::{self, JournalLine};
use crate::ledger::needs::Needs;

/// How a newcomer wants to be registered. It chooses no id: the server makes one, so nobody takes a name that means something.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Who recommended it.
    #[schema(nullable = false)]
    referrer: Option<Id>,
}

/// Whoever wants to be a member.
pub struct Newcomer {
    pub member: Id,
    pub referrer: Option<Id>,
}

/// Ids that an address cannot hold (`.` and `..` are steps in it), and those that readers take for the scheme itself or for who runs it.
const RESERVED: [&str; 22] = [
    ".",
    "..",
    "admin",
    "administrator",
    "burned",
    "demo",
    "escrow",
    "gongxiang",
    "issuance",
    "merchant",
    "newcomer",
    "nobody",
    "operator",
    "payment",
    "platform",
    "pool",
    "root",
    "staff",
    "support",
    "system",
    "treasury",
    "wechat",
];

/// Whether no new member gets this id, in capitals or not. A journal may have it: the contract allows it.
pub fn is_reserved(id: &str) -> bool {
    RESERVED.iter().any(|reserved| id.eq_ignore_ascii_case(reserved))
}

impl TryFrom<Registration> for Newcomer {
    type Error = Problem;

    fn try_from(Registration { referrer }: Registration) -> Result<Self, Problem> {
        let member = Id::parse(&format!("m-{}", Uuid::new_v4().simple())).ok_or(Failure::Unavailable)?;
        Ok(Self { member, referrer })
    }
}

impl Newcomer {
    /// Whether it could be registered now; nothing is settled by this.
    pub async fn preview(&self, app: &App) -> Result<(), Problem> {
        if !app.sign_in.open_registration {
            return Err(Failure::RegistrationClosed.into());
        }
        let JournalLine { entry, .. } = self.event()?;
        let part = app.ledger.read().await?.load(&Needs::of([&entry.event])).await?.excerpt;
        Book::from(part).preview(&entry)?;
        Ok(())
    }

    /// Registers it, or the rules say no: somebody else may have been faster.
    pub async fn register(&self, app: &App) -> Result<(), Problem> {
        if !app.sign_in.open_registration {
            return Err(Failure::RegistrationClosed.into());
        }
        let actor = Arc::from(format!("newcomer {}", self.member));
        let request = Request { line: self.event()?, key: None, actor, guard: None };
        app.ledger.settle_one(request).await?.outcome?;
        Ok(())
    }

    fn event(&self) -> Result<JournalLine, Problem> {
        let mut fields = vec![
            ("type".into(), Tree::Text("member.registered".into())),
            ("member".into(), Tree::Text(self.member.to_string())),
        ];
        if let Some(referrer) = &self.referrer {
            fields.push(("referrer".into(), Tree::Text(referrer.to_string())));
        }
        Ok(journal::line_of(&Tree::Table(fields))?)
    }
}
