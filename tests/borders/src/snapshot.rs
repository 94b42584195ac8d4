//! What a wallet reads of a server's answers.

use gongxiang::event::{Code, Entry, Refusal};
use gongxiang::identity::Id;
use gongxiang::quantity::ShareValue;
use gongxiang::statement;
use gongxiang::tree::Tree;
use gongxiang::wire::{event, snapshot as wire};

use crate::{json, speaks, tree_of};

/// A table of what a server says, each under its name: `account`, `days`, `now`, `excerpt`, the `postings` of a `member`, and an
/// `event` to be previewed on the excerpt. What is read is written and read again as the same; all that a wallet computes from it is a value or a refusal.
pub fn snapshot(data: &[u8]) {
    let Some(tree) = json(data) else { return };
    let account = tree.get("account").and_then(|tree| same_again(tree, wire::account));
    let days = list(&tree, "days", wire::day_record);
    let postings = list(&tree, "postings", wire::booked_posting);
    let now = tree.get("now").and_then(|tree| known(wire::now(tree)));
    let book = tree.get("excerpt").and_then(|tree| known(wire::excerpt(tree)));
    if let Some(account) = account {
        // Values that do not fit together are out of range: all that matters is that this is said.
        _ = statement::balance(&account, &days);
        _ = statement::statement(&account, &days, 3);
        if let Some(member) =
            tree.get("member").and_then(|tree| if let Tree::Text(id) = tree { Id::parse(id) } else { None })
        {
            _ = statement::history(&member, &account, &postings, &days);
        }
        if let (Some(now), Some(book)) = (now, &book) {
            let (release, issued) = (&now.release, now.supply.issued);
            for vesting in [ShareValue::ZERO, ShareValue::THOUSAND] {
                _ = statement::next_release(&account, &days, release, book.rules(), now.price, issued, vesting);
            }
        }
    }
    if let Some(book) = book {
        _ = book.state();
        if let Some(Ok(Entry { event, .. })) = tree.get("event").map(event::read) {
            book.foresee(&event).err().iter().for_each(speaks);
        }
    }
}

fn list<T: serde::Serialize + PartialEq + std::fmt::Debug>(
    tree: &Tree,
    name: &str,
    read: fn(&Tree) -> Result<T, Refusal>,
) -> Vec<T> {
    match tree.get(name) {
        Some(Tree::List(items)) => items.iter().filter_map(|tree| same_again(tree, read)).collect(),
        _ => Vec::new(),
    }
}

fn known<T>(read: Result<T, Refusal>) -> Option<T> {
    if let Err(refusal) = &read {
        speaks(refusal);
        assert!(matches!(refusal.code, Code::BadSnapshot | Code::BadRules), "{refusal}");
    }
    read.ok()
}

fn same_again<T: serde::Serialize + PartialEq + std::fmt::Debug>(
    tree: &Tree,
    read: impl Fn(&Tree) -> Result<T, Refusal>,
) -> Option<T> {
    let value = known(read(tree))?;
    assert_eq!(read(&tree_of(&value)).as_ref(), Ok(&value));
    Some(value)
}
