//! The codes are the same in Rust and in the documentation's table. The package's types are compared in `types`.

use std::collections::BTreeSet;

use gongxiang::event::Code;

fn codes() -> BTreeSet<&'static str> {
    Code::ALL.iter().map(|code| code.as_str()).collect()
}

#[test]
fn no_code_stands_for_two_things() {
    assert_eq!(codes().len(), Code::ALL.len());
}

#[test]
fn the_documentation_has_a_row_for_every_code() {
    let table = include_str!("../docs/codes.md");
    let rows: BTreeSet<_> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|row| row.0).collect();
    assert_eq!(rows, codes());
    for code in Code::ALL {
        let row = format!("| `{}` | {} |", code.as_str(), code.sentence());
        assert!(table.contains(&row), "docs/codes.md needs the row `{row} …`");
    }
}
