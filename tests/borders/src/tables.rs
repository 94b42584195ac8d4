//! Tables of other systems.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::Parser;
use gongxiang::book::Book;
use gongxiang::event::{Code, Entry, Event};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::Points;
use gongxiang_server::books::import::cells::BadRow;
use gongxiang_server::books::import::ids::{EventIds, Known};
use gongxiang_server::books::import::journal::{Additions, Shops};
use gongxiang_server::books::import::mapping::{Mapping, Pair, Reading};
use gongxiang_server::books::import::{ImportResult, ImportTask, balances, import, members};
use gongxiang_server::ledger::journal::{JournalLine, JournalReader};
use gongxiang_server::output::Output;

use crate::journal::sound;
use crate::seed;

/// What the first line may say, as on the command line.
#[derive(Parser)]
struct Orders {
    #[command(flatten)]
    mapping: Mapping,
    #[arg(long)]
    sort: bool,
}

/// The same for members and balances.
#[derive(Parser)]
struct Others {
    #[arg(long = "map", value_delimiter = ',')]
    columns: Vec<Pair<String>>,
    #[arg(long = "default")]
    defaults: Vec<Pair<String>>,
    #[command(flatten)]
    reading: Reading,
}

/// The first line is `orders`, `members` or `balances`, and the arguments of `gongxiang import`; the rest is the table. A row is
/// refused with its line, a code and a sentence, or becomes events that can be read; and the journal of a table of orders is settled
/// without an event that is out of place.
pub fn table(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let Ok(line) = str::from_utf8(&data[..end]) else { return };
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("table.csv");
    fs::write(&file, data.get(end + 1..).unwrap_or_default()).expect("the file can be written");
    match line.split(' ').next() {
        Some("members") => {
            let Ok(Others { columns, defaults, reading }) = Others::try_parse_from(line.split(' ')) else { return };
            if let Ok((journal, _)) = members::read(&file, &reading, &columns, &defaults, &Known::default(), bad) {
                settled(&entries(journal.as_bytes()));
            }
        }
        Some("balances") => {
            let Ok(Others { columns, reading, .. }) = Others::try_parse_from(line.split(' ')) else { return };
            let mut journal = Vec::new();
            if balances::read(&file, &reading, &columns, true, &EventIds::default(), &mut journal, bad).is_ok() {
                settled(&entries(&journal));
            }
        }
        _ => {
            let Ok(asked) = Orders::try_parse_from(line.split(' ')) else { return };
            orders(&asked, &file, folder.path());
        }
    }
}

fn orders(asked: &Orders, file: &Path, folder: &Path) {
    let written = folder.join("journal.jsonl");
    let additions = Additions {
        members: true,
        pack: None,
        shops: Some(Shops {
            region: Region::parse("440106").expect("a region"),
            pack: Id::parse("merchant").expect("an id"),
            points: Points::parse("1000").expect("a decimal"),
        }),
    };
    let task = ImportTask {
        orders: file,
        mapping: &asked.mapping,
        additions,
        after: &[],
        rules: None,
        open: None,
        sort: asked.sort,
        latest: None,
        batch: "",
    };
    let output = Output::open(Some(&written)).expect("the journal can be written");
    let Ok(ImportResult { journal, .. }) = import(&task, output, bad) else { return };
    let orders = journal.orders;
    journal.keep().expect("the journal can be kept");
    let entries = entries(&fs::read(&written).expect("the journal can be read"));
    let placed = entries.iter().filter(|entry| matches!(entry.event, Event::OrderPlaced(_))).count();
    assert_eq!(u64::try_from(placed), Ok(orders));
    settled(&entries);
}

fn bad(row: &BadRow) {
    assert!(row.line > 0 && !row.error.code.is_empty() && !row.error.message.is_empty(), "{row:?}");
    assert!(row.error.code == "bad_row" || Code::parse(row.error.code).is_some(), "{row:?}");
}

fn entries(journal: &[u8]) -> Vec<Entry> {
    let read = |line: std::io::Result<Result<JournalLine, _>>| line.expect("memory can be read");
    JournalReader::new(journal).map(|line| read(line).expect("an event that was written").entry).collect()
}

/// Only what the book has too little of, and what the rules refuse for its own sake, may be refused.
fn settled(entries: &[Entry]) {
    let first_day = entries.iter().find_map(|entry| match entry.event {
        Event::DayClosed { day } => Some(day),
        _ => None,
    });
    let mut rules = seed().clone();
    rules.genesis_day = first_day.or(Day::parse("2026-01-01")).expect("a day");
    let mut book = Book::open(rules);
    let refused: BTreeSet<_> = entries
        .iter()
        .filter_map(|entry| book.apply(entry).result.err())
        .map(|refusal| refusal.code.as_str())
        .collect();
    let own = [
        "treasury_short",
        "deposit_short",
        "not_a_merchant",
        "merchant_points_short",
        "self_dealing",
        "out_of_range",
        "unknown_pack",
        "unknown_role",
        "merchant_pack_required",
    ];
    let other: Vec<_> = refused.iter().filter(|code| !own.contains(code)).collect();
    // An order that was refused is not there to be refunded.
    let follows = other == [&"unknown_order"] && other.len() < refused.len();
    assert!(other.is_empty() || follows, "{refused:?}");
    sound(&book);
}
