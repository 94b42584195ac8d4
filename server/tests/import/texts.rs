//! Texts, cells and rows as other programs write them.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::{FOUR_COLUMNS, HEADER, MAP, TestResult, import, orders, without_id};

fn said_of(table: &[u8], arguments: &[&str]) -> TestResult<(Option<i32>, String, String)> {
    let arguments: Vec<_> = arguments.iter().copied().chain(["-o=-"]).collect();
    let output = import(&arguments, table)?;
    Ok((output.status.code(), String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
}

#[test]
fn every_encoding_and_line_end_of_windows_gives_the_same_journal() -> TestResult {
    let table =
        format!("{HEADER}o1,2026-01-01,张三李四,shop,到店,100,10,440106\no2,2026-01-01,ann,shop,online,1,1,440106\n");
    let crlf = table.replace('\n', "\r\n");
    let wide =
        |to: fn(u16) -> [u8; 2]| std::iter::once(0xfeff).chain(crlf.encode_utf16()).flat_map(to).collect::<Vec<_>>();
    // 张三李四 and 到店.
    let gbk = [
        HEADER.as_bytes(),
        b"o1,2026-01-01,\xd5\xc5\xc8\xfd\xc0\xee\xcb\xc4,shop,\xb5\xbd\xb5\xea,100,10,440106\no2,2026-01-01,ann,shop,online,1,1,440106\n",
    ]
    .concat();
    let expected = said_of(table.as_bytes(), &[MAP, "--ids=escape"])?;
    assert_eq!(expected.0, Some(0), "{}", expected.2);
    assert!(expected.1.contains("\":E5:BC:A0:E4:B8:89:E6:9D:8E:E5:9B:9B\""));
    for (name, bytes) in [
        ("CRLF", crlf.clone().into_bytes()),
        ("BOM", format!("\u{feff}{crlf}").into_bytes()),
        ("GBK", gbk),
        ("UTF-16LE", wide(u16::to_le_bytes)),
        ("UTF-16BE", wide(u16::to_be_bytes)),
        ("tabs", table.replace(',', "\t").into_bytes()),
        ("semicolons", table.replace(',', ";").into_bytes()),
        ("lines before", format!("Report of the shop\n\n,,,\nmade,by,a,till\n{table}").into_bytes()),
    ] {
        assert_eq!(said_of(&bytes, &[MAP, "--ids=escape"])?.1, expected.1, "{name}");
    }
    Ok(())
}

#[test]
fn a_header_without_end_is_refused_before_its_columns_are_looked_through() -> TestResult {
    let row = "o1,2026-01-01,ann,shop,online,100,10,440106";
    let wide = |columns: usize| {
        let more = ",".repeat(columns - 8);
        format!("{}{more}\n{row}{more}\n", HEADER.trim_end())
    };
    // As many as a sheet of Excel has.
    let (status, _, said) = said_of(wide(16_384).as_bytes(), &[MAP])?;
    assert_eq!(status, Some(0), "{said}");
    let begun = std::time::Instant::now();
    let (status, _, said) = said_of(wide(1_000_000).as_bytes(), &[MAP])?;
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("bad_row: line 1: the header has 1000000 columns, and a table at most 16384"), "{said}");
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    Ok(())
}

/// Each of them was tried against the first version; what could mean two things, or nothing, makes no order.
#[test]
fn a_cell_that_could_mean_two_things_makes_no_order() -> TestResult {
    let spellings = [
        "\"1.234,56\"",
        "\"1,23\"",
        "\"1,234,56\"",
        "\"-1,234\"",
        "1 234.56",
        "1\u{a0}234.56",
        "１２３４",
        "１２３．４５",
        "٣",
        "1٫5",
        "(5)",
        "-5",
        "+5",
        "1e3",
        "0x10",
        "1_000",
        "1'234.56",
        "100%",
        "NaN",
        "∞",
        "1\"00",
        "\"\"100\"\"",
        ".5",
        "5.",
        "00100",
        "0",
    ];
    for total in spellings {
        let (_, journal, said) =
            said_of(format!("{HEADER}o1,2026-01-01,ann,shop,online,{total},0.01,440106\n").as_bytes(), &[MAP])?;
        assert!(journal.is_empty() && said.contains("line 2, column `Total`: bad_"), "{total}: {said}");
    }
    let days = [
        "02/03/2026",
        "1/2/26",
        "45292",
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "２０２６-01-02",
        "2026-W01-1",
        "2026-01-01T25:00",
        "2026-01-01 11:59:60",
        "2026-01-01T23:59:59.999Z",
        "2026-01-01+08:00",
    ];
    for day in days {
        let (_, journal, said) =
            said_of(format!("{HEADER}o1,{day},ann,shop,online,100,10,440106\n").as_bytes(), &[MAP])?;
        assert!(journal.is_empty() && said.contains("line 2, column `Date`: bad_row"), "{day}: {said}");
    }
    for id in ["a\u{200b}nn", "ann\u{202e}", "ａｎｎ", "аnn", "=cmd|calc", "\u{feff}аnn"] {
        let (_, journal, said) =
            said_of(format!("{HEADER}o1,2026-01-01,{id},shop,online,100,10,440106\n").as_bytes(), &[MAP])?;
        assert!(journal.is_empty() && said.contains("line 2, column `Customer`: bad_row"), "{id}: {said}");
    }
    Ok(())
}

#[test]
fn what_is_no_table_of_text_is_named() -> TestResult {
    let table = format!("{HEADER}o1,2026-01-01,ann,shop,online,100,10,440106\n");
    let utf_16_without_a_mark: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, words) in [
        (utf_16_without_a_mark.as_slice(), "is binary, not a text"),
        (table.replace("ann", "a\0nn").as_bytes(), "is binary, not a text"),
        (&vec![0; 100_000], "is binary, not a text"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "is binary, not a text"),
        (b"PK\x03\x04\x14\0\x06\0", "is an Excel workbook"),
        (b"<html><table><tr><td>Order No.</td></tr></table></html>", "is a web page"),
        (table.replace("Shop,", "Shop,Shop,").as_bytes(), "there are several columns `Shop`"),
        (b"", "there is no column"),
    ] {
        let (status, journal, said) = said_of(bytes, &[MAP])?;
        assert!(status == Some(2) && journal.is_empty() && said.contains(words), "{words}: {said}");
    }
    Ok(())
}

#[test]
fn a_line_number_is_that_of_the_file() -> TestResult {
    let bad = |order: &str| format!("{order},2026-01-01,ann,shop,post,100,10,440106\r\n");
    let good = "\"o\r\n\r\n9\",2026-01-01,ann,shop,online,100,10,440106\r\n".replace("\"o\r\n\r\n9\"", "o9");
    let noted = "o8,2026-01-01,\"a\r\n\r\nb\",shop,online,100,10,440106\r\n";
    let table = format!("title\r\n\r\n{}\r\n{}\r\n{noted}{good}{}", HEADER.trim_end(), bad("o1"), bad("o2"));
    let (_, _, said) = said_of(table.as_bytes(), &[MAP])?;
    // Title, blank, header, o1, blank, o8 in three lines, o9, o2.
    for line in ["line 4, column `Channel`", "line 6, column `Customer`", "line 10, column `Channel`"] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    Ok(())
}

#[test]
fn all_that_is_wrong_with_a_row_is_said_at_once() -> TestResult {
    let good = "o2,2026-01-01,ann,shop,online,100,10,440106\n";
    let (_, said) = orders(&format!("o 1,yesterday,,sh op,post,ten,1e3,44\n{good}"), &[])?;
    for column in ["Order No.", "Date", "Customer", "Shop", "Channel", "Total", "Discount", "Region"] {
        assert!(said.contains(&format!("line 2, column `{column}`: bad_row")), "{column}\n{said}");
    }
    assert!(said.contains("1 orders, 1 rows refused"), "{said}");
    Ok(())
}

#[test]
fn a_guard_around_an_id_is_taken_off_kept_or_refused_as_was_said() -> TestResult {
    let rows = "=\"26011\",2026-01-01,13800000000\t,shop,online,`100.00,`10,440106\n";
    let (_, _, said) = said_of(format!("{HEADER}{rows}").as_bytes(), &[MAP, "--ids=escape"])?;
    assert!(said.contains("line 2, column `Order No.`: bad_row: `=\\\"26011\\\"` has characters around it"), "{said}");
    assert!(said.contains("line 2, column `Customer`"), "{said}");
    let (journal, _) = orders(rows, &["--guards=strip"])?;
    assert_eq!((&journal[0]["order"], &journal[0]["buyer"]), (&"26011".into(), &"13800000000".into()));
    let (journal, _) = orders(rows, &["--guards=keep", "--ids=escape"])?;
    assert_eq!((&journal[0]["order"], &journal[0]["buyer"]), (&":3D:2226011:22".into(), &"13800000000:09".into()));
    Ok(())
}

#[test]
fn an_id_that_a_spreadsheet_has_shortened_is_refused_however_ids_are_taken() -> TestResult {
    for ids in ["keep", "escape", "digest"] {
        for id in ["6.20E+17", "6.2E17", "1e5", "1.2E+05", "17850.0", "####", "NULL"] {
            let table = format!("{HEADER}o1,2026-01-01,{id},shop,online,100,10,440106\n");
            let ids = format!("--ids={ids}");
            let (code, journal, said) = said_of(table.as_bytes(), &[MAP, &ids, "--guards=strip"])?;
            assert_eq!((code, journal.as_str()), (Some(1), ""), "{id} {said}");
            assert!(said.contains(&format!("line 2, column `Customer`: bad_row: `{id}` ")), "{said}");
            assert!(!said.contains("--ids escape"), "{said}");
        }
    }
    Ok(())
}

#[test]
fn only_rows_count_that_say_so() -> TestResult {
    let table = "Id,Day,Who,Sum,State,Cancelled\n1,2026-01-01,ann,10,Paid,\n2,2026-01-01,ann,10,open,\n3,2026-01-01,ann,10,paid,x\n";
    let arguments = [&FOUR_COLUMNS[..], &["--only=State=paid,shipped", "--only=Cancelled="]].concat();
    let (_, journal, said) = said_of(table.as_bytes(), &arguments)?;
    assert_eq!(journal.lines().count(), 1, "{said}");
    assert!(said.contains("1 rows do not count: column `State` is none of `paid`, `shipped`"), "{said}");
    assert!(said.contains("1 rows do not count: column `Cancelled` is none of ``"), "{said}");
    Ok(())
}

#[test]
fn a_table_whose_ids_a_spreadsheet_has_ended_in_zeros_is_a_failure() -> TestResult {
    let table = |ids: [&str; 3]| {
        let row = |(number, id): (usize, &&str)| format!("o{number},2026-01-01,{id},1\n");
        format!("Id,Day,Who,Sum\n{}", ids.iter().enumerate().map(row).collect::<String>())
    };
    let spoilt = table(["2600000123456780000", "2600000123456790000", "26011"]);
    let (code, _, said) = said_of(spoilt.as_bytes(), &FOUR_COLUMNS)?;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("column `Who`: 2 of 2 ids of 16 or more digits end in zeros after the 15th"), "{said}");
    // One of many may end in zeros by itself, and a guarded one was never a number.
    for ids in [
        ["2600000123456780000", "2600000123456781234", "2600000123456781235"],
        ["=\"2600000123456780000\"", "=\"2600000123456790000\"", "1"],
        ["123456789012340", "123456789012350", "1"],
    ] {
        let arguments = [&FOUR_COLUMNS[..], &["--guards=strip"]].concat();
        let (code, _, said) = said_of(table(ids).as_bytes(), &arguments)?;
        assert_eq!(code, Some(0), "{ids:?} {said}");
    }
    Ok(())
}

#[test]
fn a_year_that_is_mistyped_closes_no_days() -> TestResult {
    let table = "Id,Day,Who,Sum\no1,2026-01-01,ann,100\no2,2085-01-02,ann,100\no3,2026-01-02,ann,100\n";
    let (code, journal, said) = said_of(table.as_bytes(), &FOUR_COLUMNS)?;
    assert_eq!((code, journal.lines().count()), (Some(0), 3), "{said}");
    assert!(said.contains("line 3, column `Day`: wrong_day: `2085-01-02` is later than tomorrow"), "{said}");
    let next = "Id,Day,Who,Sum\no1,2085-01-01,ann,100\no2,2085-01-02,ann,100\n";
    let (code, journal, said) = said_of(next.as_bytes(), &[&FOUR_COLUMNS[..], &["--future"]].concat())?;
    assert_eq!((code, journal.lines().count()), (Some(0), 3), "{said}");
    Ok(())
}

#[test]
fn a_row_that_is_a_refund_counts_only_if_it_says_so_too() -> TestResult {
    let table = "Id,Day,Who,Sum,Of,State\n1,2026-01-01,ann,10,,done\nr1,2026-01-01,ann,1,1,failed\nr2,2026-01-01,ann,2,1,done\n";
    let arguments = [&FOUR_COLUMNS[..], &["--refund-of=Of", "--only=State=done"]].concat();
    let (_, journal, said) = said_of(table.as_bytes(), &arguments)?;
    let refunds: Vec<_> = journal.lines().skip(1).map(without_id).collect();
    assert_eq!(refunds, [r#"{"type":"order.refunded","order":"1","concession":"0.2"}"#], "{said}");
    assert!(said.contains("1 rows do not count: column `State` is none of `done`"), "{said}");
    Ok(())
}

#[test]
fn a_refund_counts_if_any_row_of_its_order_does() -> TestResult {
    // The first attempt to pay failed; or the refund of another row did.
    let table = "Id,Day,Who,Sum,Of,State\n1,2026-01-01,ann,10,,failed\n1,2026-01-01,ann,10,,done\nr1,2026-01-02,ann,2,1,done\n2,2026-01-02,ann,5,,failed\n\
                 r2,2026-01-02,ann,5,2,done\n";
    for lines in [&[][..], &["--lines=once"], &["--lines=sum"]] {
        let arguments = [&FOUR_COLUMNS[..], &["--refund-of=Of", "--only=State=done"], lines].concat();
        let (_, journal, said) = said_of(table.as_bytes(), &arguments)?;
        let kinds: Vec<_> = journal.lines().filter_map(|line| line.split('"').nth(3)).collect();
        assert_eq!(kinds, ["order.placed", "day.closed", "order.refunded"], "{lines:?} {said}");
        assert!(said.contains("1 rows do not count: refunds of orders that do not count"), "{lines:?} {said}");
    }
    Ok(())
}

#[test]
fn a_refund_takes_its_part_of_the_concession() -> TestResult {
    let table = "Id,Day,Who,Sum,Of\n1,2026-01-01,ann,10,\n2,2026-01-01,ann,10,\nr1,2026-01-02,ann,3.33,1\nr2,2026-01-02,ann,-3.33,1\n\
                 r3,2026-01-03,ann,3.34,1\nr4,2026-01-03,ann,1,1\nr5,2026-01-03,ann,11,2\nr6,2026-01-03,ann,1,7\nr7,2026-01-03,ann,0,2\n";
    let arguments = [&FOUR_COLUMNS[..], &["--refund-of=Of"]].concat();
    let (_, journal, said) = said_of(table.as_bytes(), &arguments)?;
    let ids: HashSet<_> = journal.lines().filter_map(|line| line.split_once(r#""id":""#)).collect();
    assert_eq!(ids.len(), 2, "equal parts of a refund are two: {journal}");
    let lines: Vec<_> = journal.lines().skip(2).map(without_id).collect();
    assert_eq!(
        lines,
        [
            r#"{"type":"day.closed","day":"2026-01-01"}"#,
            r#"{"type":"order.refunded","order":"1","concession":"0.33"}"#,
            r#"{"type":"order.refunded","order":"1","concession":"0.33"}"#,
            r#"{"type":"day.closed","day":"2026-01-02"}"#,
            r#"{"type":"order.refunded","order":"1"}"#,
        ],
        "{said}"
    );
    for line in [
        "line 8: bad_amount: `11` is more than what is left of the order's amount",
        "line 9, column `Id`: unknown_order: `7`",
        "line 10, column `Sum`: bad_amount: `0`",
        "1 rows do not count: refunds of orders that were refunded already",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    Ok(())
}

#[test]
fn the_rows_of_one_order_are_summed_up_or_are_one_as_was_said() -> TestResult {
    let row = |order, amount, concession, buyer| {
        format!("{order},2026-01-01,{buyer},shop,online,{amount},{concession},440106\n")
    };
    let items = [row("o1", "10", "1", "ann"), row("o1", "20.5", "2.5", "ann"), row("o2", "5", "1", "bob")].concat();
    let (journal, _) = orders(&items, &["--lines=sum"])?;
    assert_eq!(journal.len(), 2);
    assert_eq!((&journal[0]["amount"], &journal[0]["concession"]), (&"30.5".into(), &"3.5".into()));
    let (journal, said) = orders(&items, &["--lines=once"])?;
    assert_eq!(journal.len(), 1, "{said}");
    assert!(
        said.contains("line 3, column `Total`: bad_row: `20.5` differs from the order's first row, line 2"),
        "{said}"
    );
    assert!(said.contains("line 2: bad_row: line 3 of the same order is refused"), "{said}");
    let (_, said) = orders(&items, &[])?;
    assert!(said.contains("line 3, column `Order No.`: order_exists: `o1`"), "{said}");
    let spoiled = [
        row("o1", "10", "1", "ann"),
        row("o1", "ten", "2.5", "ann"),
        row("o1", "1", "1", "ann"),
        row("o2", "5", "1", "bob"),
    ];
    let (journal, said) = orders(&spoiled.concat(), &["--lines=sum"])?;
    assert_eq!(journal.len(), 1, "an order does not count in part");
    assert!(said.contains("1 orders, 3 rows refused"), "{said}");
    // Rows that are not adjacent are another order of the same id.
    let apart = [row("o1", "10", "1", "ann"), row("o2", "5", "1", "bob"), row("o1", "20", "2", "ann")].concat();
    let (_, said) = orders(&apart, &["--lines=sum"])?;
    assert!(said.contains("line 4, column `Order No.`: order_exists"), "{said}");
    Ok(())
}

#[test]
fn a_foreign_zone_is_refused_or_converted_as_was_said() -> TestResult {
    let rows = "o1,2026-01-02 23:30:00 UTC,ann,shop,online,100,10,440106\no2,2026-01-02 23:30:00 PST,ann,shop,online,100,10,440106\n";
    let (code, _, said) = said_of(format!("{HEADER}{rows}").as_bytes(), &[MAP])?;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("line 2, column `Date`: bad_row") && said.contains("line 3, column `Date`: bad_row"),
        "{said}"
    );
    let (journal, said) = orders(rows, &["--convert-zones", "--open=2026-01-02"])?;
    assert_eq!(journal[0]["day"], "2026-01-02", "the order is of 3 January in China");
    assert_eq!(journal.len(), 2);
    assert!(said.contains("line 3, column `Date`: bad_row"), "{said}");
    let (journal, _) =
        orders("o1,2026-01-02 23:30,ann,shop,online,100,10,440106\n", &["--zone=Europe/Berlin", "--open=2026-01-02"])?;
    assert_eq!(journal.len(), 2);
    Ok(())
}

#[test]
fn a_table_from_which_nothing_came_is_a_failure() -> TestResult {
    let file = crate::temporary("nothing.jsonl");
    std::fs::write(&file, "kept")?;
    let path = format!("-o={}", file.display());
    for rows in ["", "o1,2026-01-01,ann,shop,online,100,0,440106\n"] {
        let output = import(&[MAP, &path], format!("{HEADER}{rows}").as_bytes())?;
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8(output.stderr)?.contains("the journal would be empty"));
        assert_eq!(std::fs::read_to_string(&file)?, "kept");
    }
    std::fs::remove_file(file)?;
    Ok(())
}

#[test]
fn sorting_holds_orders_before_refunds_whatever_the_table_has_first() -> TestResult {
    let mut table = String::from("Id,Day,Who,Sum,Of\n");
    for n in (0..2_000).rev() {
        let day = 1 + n % 3;
        writeln!(table, "r{n},2026-01-0{day} 09:00,ann,1,o{n}\no{n},2026-01-0{day} 10:00,ann,10,")?;
    }
    let arguments = [&FOUR_COLUMNS[..], &["--refund-of=Of", "--sort"]].concat();
    let (code, journal, said) = said_of(table.as_bytes(), &arguments)?;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2000 orders, 0 rows refused\n2000 refunds"), "{said}");
    assert_eq!(journal.lines().count(), 4_002);
    Ok(())
}
