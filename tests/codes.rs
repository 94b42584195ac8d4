//! The codes are the same everywhere: in Rust, in the package's types and in the documentation's table.

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
fn the_packages_types_name_every_code() {
    let types = include_str!("../pkg/index.d.ts");
    let (_, union) = types.split_once("export type Code =").expect("the type `Code`");
    let (union, _) = union.split_once(';').expect("its end");
    let of_the_loader = ["not_initialised", "not_loaded"];
    let named: BTreeSet<_> =
        union.split('\'').skip(1).step_by(2).filter(|code| !of_the_loader.contains(code)).collect();
    assert_eq!(named, codes());
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
