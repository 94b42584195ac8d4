//! Events: one alone, and many in a book.

use gongxiang::book::{Book, Head, State, Supply};
use gongxiang::event::{Code, Entry};
use gongxiang::quantity::Points;
use gongxiang::tree::Tree;
use gongxiang::wire::{event, snapshot};

use crate::{json, seed, speaks, tree_of};

/// How many lines of a journal are applied: the state is compared after each.
const LINES_MAX: usize = 48;

/// An event that is read is written, and read again as the same event. Any other is `bad_event`.
pub fn event(data: &[u8]) {
    let Some(tree) = json(data) else { return };
    match event::read(&tree) {
        Ok(entry) => {
            let written = event::write(&entry.event);
            let again = event::read(&written).expect("what was written is an event");
            assert_eq!(again.event, entry.event);
            assert_eq!(event::write(&again.event), written);
            let id = tree.get("id").map(|id| match id {
                Tree::Text(id) => id.as_str(),
                other => panic!("an id that is {}", other.kind()),
            });
            assert_eq!(entry.identity.as_ref().map(|identity| identity.id.as_str()), id);
        }
        Err(refusal) => {
            speaks(&refusal);
            assert_eq!(refusal.code, Code::BadEvent);
        }
    }
}

/// A preview says what the event does, a refused event changes nothing, points neither appear nor vanish, and the accepted events,
/// written anew, lead to the same state.
pub fn journal(data: &[u8]) {
    let (mut book, mut again) = (Book::open(seed().clone()), Book::open(seed().clone()));
    for line in data.split(|byte| *byte == b'\n').take(LINES_MAX) {
        let Some(Ok(entry)) = json(line).map(|tree| event::read(&tree)) else { continue };
        let (before, preview) = (snapshot_of(&book), book.preview(&entry));
        let outcome = book.apply(&entry);
        if !outcome.repeated {
            assert_eq!(preview, outcome.result, "a preview says what the event does");
        }
        match outcome.result {
            Ok(_) if outcome.repeated => assert_eq!(snapshot_of(&book), before, "repeated"),
            Ok(_) => {
                let written = event::read(&event::write(&entry.event)).expect("what was written is an event");
                let replayed = again.apply(&Entry { identity: None, ..written }).result;
                assert!(replayed.is_ok(), "{replayed:?}");
            }
            Err(refusal) => {
                speaks(&refusal);
                assert_eq!(snapshot_of(&book), before, "refused: {refusal}");
            }
        }
        adds_up(&book.head().supply);
    }
    assert_eq!(snapshot_of(&again), snapshot_of(&book));
    for (id, account) in book.accounts() {
        assert_eq!(snapshot::account(&tree_of(account)).as_ref(), Ok(account), "{id}");
    }
    for record in book.days() {
        assert_eq!(snapshot::day_record(&tree_of(record)).as_ref(), Ok(record));
    }
}

/// All that a book says of itself.
fn snapshot_of(book: &Book) -> (Head, State) {
    (*book.head(), book.state().expect("the state of a book that grew from events fits"))
}

/// RULES.md section 7.
fn adds_up(supply: &Supply) {
    let parts = [supply.held, supply.pool, supply.escrow, supply.treasury, supply.burned];
    assert!(parts.iter().all(|part| *part >= Points::ZERO), "{supply:?}");
    let sum = parts.iter().try_fold(Points::ZERO, |sum, part| sum.plus(*part)).expect("the sum fits");
    assert_eq!(sum, supply.issued, "{supply:?}");
}

/// The same for any book that grew from events.
pub(crate) fn sound(book: &Book) {
    adds_up(&book.head().supply);
    snapshot_of(book);
}
