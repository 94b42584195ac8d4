//! The source of the books: accepted events with their receipts, in the order of the journal, and the state at the end.

use std::sync::Arc;

use anyhow::Result;
use gongxiang::book::{Book, DayRecord, State};
use gongxiang::event::{Code, Kind, Refusal};
use gongxiang::receipt::Receipt;
use gongxiang::ruleset::RuleSet;

use crate::ledger::journal::JournalLine;

/// An accepted event.
#[derive(Clone, Debug)]
pub struct SettledEvent {
    /// Its place in the journal, from 0.
    pub place: u64,
    pub line: JournalLine,
    pub receipt: Arc<Receipt>,
    /// For `day.closed`: the day's record.
    pub closed: Option<DayRecord>,
}

/// Accepted events one after another, then the state after the last of them.
pub trait Source {
    /// The rules with which the book was opened.
    fn genesis(&self) -> &RuleSet;

    /// The next accepted event.
    fn next(&mut self) -> Result<Option<SettledEvent>>;

    /// The state after the last event, with every account settled to the present; called once, at the end.
    fn state(&mut self) -> Result<State>;
}

/// Settles a journal and yields the accepted events.
#[derive(Debug)]
pub struct JournalReplay<I> {
    genesis: RuleSet,
    book: Book,
    lines: I,
    place: u64,
    refused: u64,
}

impl<I: Iterator<Item = Result<Result<JournalLine, Refusal>>>> JournalReplay<I> {
    /// Takes events in the order of the journal. Refused events may be among them: they are refused again.
    pub fn new(rules: RuleSet, lines: I) -> Self {
        Self { genesis: rules.clone(), book: Book::open(rules), lines, place: 0, refused: 0 }
    }

    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    fn settle(&mut self, place: u64, line: JournalLine) -> Option<SettledEvent> {
        let outcome = self.book.apply(&line.entry);
        let Ok(receipt) = outcome.result else {
            self.refused += u64::from(!outcome.repeated);
            return None;
        };
        if outcome.repeated {
            return None;
        }
        let closed = (receipt.kind == Kind::DayClosed).then(|| self.book.days().last().cloned()).flatten();
        Some(SettledEvent { place, line, receipt, closed })
    }
}

impl<I: Iterator<Item = Result<Result<JournalLine, Refusal>>>> Source for JournalReplay<I> {
    fn genesis(&self) -> &RuleSet {
        &self.genesis
    }

    fn next(&mut self) -> Result<Option<SettledEvent>> {
        while let Some(line) = self.lines.next().transpose()? {
            let place = self.place;
            self.place += 1;
            match line {
                Ok(line) => {
                    if let Some(accepted) = self.settle(place, line) {
                        return Ok(Some(accepted));
                    }
                }
                Err(refusal) => {
                    self.refused += 1;
                    if refusal.code == Code::BadEvent {
                        eprintln!("line {}: {refusal}", place + 1);
                    }
                }
            }
        }
        Ok(None)
    }

    fn state(&mut self) -> Result<State> {
        Ok(self.book.state()?)
    }
}
