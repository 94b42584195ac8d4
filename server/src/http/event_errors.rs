//! Every field of a command's event that is wrong. The rules stop at the first one, which is enough for a journal; whoever writes a form or
//! a client wants to know them all.

use gongxiang::event::{Code, Format, Kind, Refusal};
use gongxiang::tree::Tree;
use gongxiang::wire;

use super::problem::Problem;
use crate::ledger::journal::{self, JournalLine};
use crate::limits::FIELD_ERRORS_MAX;

/// Takes out the fields that a command does not have, and refuses each.
pub fn take_unknown(fields: &mut Vec<(String, Tree)>, has: impl Fn(&str) -> bool) -> Vec<Refusal> {
    let unknown = fields.extract_if(.., |(name, _)| !has(name));
    unknown.map(|(name, _)| Refusal::bad_event(name, "is unknown here")).collect()
}

/// What is answered to a command that cannot be given: fields that are unknown come first.
pub fn unknown_first(unknown: &[Refusal], otherwise: Problem) -> Problem {
    if unknown.is_empty() { otherwise } else { otherwise.after(unknown) }
}

/// The line of a command's event, unless it cannot be read or had fields that are unknown.
pub fn line_of(kind: Kind, event: &Tree, unknown: Vec<Refusal>) -> Result<JournalLine, Problem> {
    let mut errors = unknown;
    match (journal::line_of(event), event) {
        (Ok(line), _) if errors.is_empty() => return Ok(line),
        (Err(first), Tree::Table(fields)) => errors.extend(all(first, kind, fields)),
        (read, _) => errors.extend(read.err()),
    }
    Err(Problem::of_fields(errors))
}

/// The errors of an event of this kind that was refused with `first`, which comes first.
fn all(first: Refusal, kind: Kind, event: &[(String, Tree)]) -> Vec<Refusal> {
    let (mut errors, mut event) = (vec![first], event.to_vec());
    while let Some(last) = errors.last().filter(|last| last.code == Code::BadEvent && errors.len() < FIELD_ERRORS_MAX) {
        // With the wrong field mended, reading goes on to the next one.
        mend(kind, &last.field, &mut event);
        match wire::event::read(&Tree::Table(event.clone())) {
            Err(next) if errors.iter().all(|known| known.field != next.field) => errors.push(next),
            _ => break,
        }
    }
    errors
}

fn mend(kind: Kind, name: &str, event: &mut Vec<(String, Tree)>) {
    let given = event.len();
    event.retain(|(key, _)| key != name);
    let was_there = event.len() < given;
    let field = kind.fields().into_iter().find(|field| field.name == name);
    if let Some(field) = field.filter(|field| !was_there || !field.is_optional) {
        event.push((name.to_owned(), example(field.format)));
    }
}

/// A value that can be read.
pub fn example(format: Format) -> Tree {
    match format {
        Format::Id(_) => Tree::from("x"),
        Format::Money | Format::Points | Format::ShareValue | Format::Price => Tree::from("1"),
        Format::Region | Format::City => Tree::from("440100"),
        Format::Channel => Tree::from("online"),
        Format::Side => Tree::from("sell"),
        Format::Day => Tree::from("2026-01-31"),
        Format::Count(_) => Tree::Whole(1),
        Format::Rules => Tree::Table(Vec::new()),
    }
}
