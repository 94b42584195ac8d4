//! Tables of members as they come: with telephone numbers that are there twice, and very long.

use std::fmt::Write as _;

use crate::TestResult;
use crate::other_tables::{Files, gongxiang};

#[test]
fn a_telephone_number_that_is_there_twice_makes_one_member_and_names_both_lines() -> TestResult {
    let files = Files::new("phones")?;
    let table = "手机号,推荐人,礼包\r\n13800138000,,member\r\n13900139000,13800138000,member\r\n13800138000,,merchant\r\n\
                 138 0013 8000,,member\r\n1.39E+10,,member\r\n13700137000,13900139000,\r\n13900139000,13700137000,\r\n";
    let (members, m) = (files.write("members.csv", table)?, files.path("m.jsonl"));
    let how = ["--map=member=手机号", "-o", &m];
    let (code, _, said) = gongxiang(&[&["import", "members", &members][..], &how].concat())?;
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "line 4, column `手机号`: member_exists: `13800138000` stands in line 2 already",
        "line 5, column `手机号`",
        "line 6, column `手机号`",
        // No circle comes of it: the first row says who brought a member.
        "line 8, column `手机号`: member_exists: `13900139000` stands in line 3 already",
        "3 members, 4 rows refused",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let journal = files.read("m.jsonl")?;
    assert_eq!(journal.matches("member.registered").count(), 3, "{journal}");
    assert!(!journal.contains("merchant"), "the second row adds nothing to the first: {journal}");
    // With `--strict` nothing is written.
    let strict = files.path("strict.jsonl");
    let how = ["--map=member=手机号", "--strict", "-o", &strict];
    assert_eq!(gongxiang(&[&["import", "members", &members][..], &how].concat())?.0, Some(1));
    assert!(!files.has("strict.jsonl"));
    Ok(())
}

#[test]
fn a_million_members_are_read_and_one_more_is_said_to_be_too_many() -> TestResult {
    let files = Files::new("million")?;
    let table = |rows: u32| {
        let mut table = String::from("member,referrer\n");
        for n in 0..rows {
            // One chain of referrers through all of them, from the bottom up.
            let referrer = if n + 1 < rows { format!("m{}", n + 1) } else { String::new() };
            _ = writeln!(table, "m{n},{referrer}");
        }
        table
    };
    let (all, more) = (files.write("all.csv", &table(1_000_000))?, files.write("more.csv", &table(1_000_001))?);
    let (m, none) = (files.path("m.jsonl"), files.path("none.jsonl"));
    let (code, _, said) = gongxiang(&["import", "members", &all, "-o", &m])?;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1000000 members, 0 rows refused"), "{said}");
    let journal = files.read("m.jsonl")?;
    assert_eq!(
        journal.lines().next(),
        Some(r#"{"type":"member.registered","member":"m999999"}"#),
        "who brings comes first"
    );
    assert_eq!(journal.lines().count(), 1_000_000);
    let (code, _, said) = gongxiang(&["import", "members", &more, "-o", &none])?;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("there are more than 1000000 members: import them in parts"), "{said}");
    assert!(!files.has("none.jsonl"));
    Ok(())
}
