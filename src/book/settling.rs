//! Settles and previews events. Each event has one arm in `Draft::handle` (`handlers.rs`).

use std::sync::Arc;

use super::changes::Changes;
use super::draft::Draft;
use super::outcome::{Outcome, Settlement};
use super::tables::{Book, FirstOutcome};
use crate::event::{Code, Entry, Event, Identity, Refusal};
use crate::identity::Id;
use crate::receipt::Receipt;

impl Book {
    /// Applies an event as a whole, or refuses it and changes nothing. An event with an `id` that came before is not applied
    /// again (RULES.md section 4, `id`).
    pub fn apply(&mut self, entry: &Entry) -> Outcome {
        if let Some(outcome) = self.recall(entry) {
            return outcome;
        }
        let result = Draft::over(self).run(&entry.event).map(|(receipt, changes)| {
            changes.commit(self);
            Arc::new(receipt)
        });
        if let Some(Identity { id, content }) = &entry.identity {
            let first = FirstOutcome { content: content.clone(), result: result.clone() };
            self.remembered.insert(id.clone(), first);
        }
        Outcome { repeated: false, result }
    }

    /// Settles an event as a whole, or refuses it and changes nothing. The answer lists the changed rows, for a caller that
    /// stores them. Unlike [`Book::apply`] it does not look at the event's `id`: such a caller finds repeated events in its
    /// storage.
    ///
    /// # Errors
    /// The refusal, with its code and field (RULES.md section 4).
    pub fn settle(&mut self, event: &Event) -> Result<Settlement, Refusal> {
        let (receipt, changes) = Draft::over(self).run(event)?;
        let rows = changes.changed(self);
        changes.commit(self);
        Ok(Settlement { receipt, changed: rows })
    }

    /// The receipt that [`Book::settle`] would give now. Changes nothing.
    ///
    /// # Errors
    /// The refusal that `settle` would give.
    pub fn foresee(&self, event: &Event) -> Result<Receipt, Refusal> {
        Draft::over(self).run(event).map(|(receipt, _)| receipt)
    }

    /// The receipt that [`Book::apply`] would give now. Changes nothing.
    ///
    /// # Errors
    /// The refusal that `apply` would give.
    pub fn preview(&self, entry: &Entry) -> Result<Arc<Receipt>, Refusal> {
        if let Some(outcome) = self.recall(entry) {
            return outcome.result;
        }
        Draft::over(self).run(&entry.event).map(|(receipt, _)| Arc::new(receipt))
    }

    /// Settles a member's account in place. This changes no answer of the book, now or later (RULES.md section 5).
    ///
    /// # Errors
    /// `unknown_member`; `out_of_range` if the points do not fit.
    pub fn settle_account(&mut self, member: &Id) -> Result<(), Refusal> {
        let mut draft = Draft::over(self);
        draft.settle(member)?;
        draft.changes.commit(self);
        Ok(())
    }

    /// The outcome of an earlier event with the same `id`; `id_conflict` if that event said something else.
    fn recall(&self, entry: &Entry) -> Option<Outcome> {
        let Identity { id, content } = entry.identity.as_ref()?;
        let first = self.remembered.get(id.as_str())?;
        Some(if first.content == *content {
            Outcome { repeated: true, result: first.result.clone() }
        } else {
            Outcome { repeated: false, result: Err(Refusal::new(Code::IdConflict, "id")) }
        })
    }
}

impl Draft<'_> {
    /// The receipt and the changes of an event, or why it is refused.
    fn run(mut self, event: &Event) -> Result<(Receipt, Changes), Refusal> {
        self.handle(event)?;
        Ok(self.finish(event.kind()))
    }
}
