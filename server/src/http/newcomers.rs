//! Members who register themselves, where the operator lets them.

use std::sync::Arc;

use gongxiang::book::Book;
use gongxiang::event::Entry;
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use gongxiang::wire;
use webauthn_rs::prelude::Uuid;

use super::app::App;
use super::body::Fields;
use super::problem::{Failure, Problem};
use crate::ledger::group::Request;
use crate::ledger::journal::JournalLine;
use crate::ledger::needs::Needs;

/// Whoever wants to be a member.
pub struct Newcomer {
    /// As it wants to be called.
    pub member: Id,
    /// Who brought it.
    pub referrer: Option<Id>,
}

impl Newcomer {
    /// Of the body's `register`, if it is there. Who names no id gets one.
    pub fn read(fields: &mut Fields) -> Result<Option<Self>, Problem> {
        let Some(mut fields) = fields.inner("register", &["member", "referrer"])? else { return Ok(None) };
        let made = || Id::parse(&format!("m-{}", Uuid::new_v4().simple())).ok_or(Failure::Unavailable);
        let member = fields.optional("member")?.map_or_else(made, Ok)?;
        Ok(Some(Self { member, referrer: fields.optional("referrer")? }))
    }

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
        let event = Tree::Table(fields);
        let entry: Entry = wire::event::read(&event)?;
        Ok(JournalLine { text: event.canonical(), entry })
    }
}
