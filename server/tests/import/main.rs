//! `gongxiang import`, as a shop's bookkeeper uses it.

mod members;
mod other_tables;
mod profiles;
mod texts;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const MAP: &str = "--map=order=Order No.,buyer=Customer,merchant=Shop,channel=Channel,amount=Total,concession=Discount,region=Region,date=Date";
/// Reads the columns `Id`, `Day`, `Who` and `Sum`; all else is the same for every order.
const FOUR_COLUMNS: [&str; 5] = [
    "--map=order=Id,date=Day,buyer=Who,amount=Sum",
    "--default=rate=10%",
    "--default=channel=online",
    "--default=merchant=shop",
    "--default=region=440106",
];
const HEADER: &str = "Order No.,Date,Customer,Shop,Channel,Total,Discount,Region\n";

fn import(arguments: &[&str], table: &[u8]) -> TestResult<Output> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongxiang"))
        .args(["import", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no pipe")?;
    let table = table.to_vec();
    // On a thread of its own, because a large table fills both pipes.
    let writer = std::thread::spawn(move || _ = input.write_all(&table));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "the writer panicked")?;
    Ok(output)
}

/// The journal of a table under [`HEADER`], and the messages.
fn orders(rows: &str, more: &[&str]) -> TestResult<(Vec<Value>, String)> {
    let arguments: Vec<_> = [MAP, "-o", "-"].iter().chain(more).copied().collect();
    let output = import(&arguments, format!("{HEADER}{rows}").as_bytes())?;
    let journal = String::from_utf8(output.stdout)?;
    let said = String::from_utf8(output.stderr)?;
    if !output.status.success() {
        return Err(said.into());
    }
    Ok((journal.lines().map(serde_json::from_str).collect::<Result<_, _>>()?, said))
}

/// A line of a journal without the id that the import made of its content.
fn without_id(line: &str) -> String {
    line.split_once(r#","id":"import:"#).map_or_else(|| line.into(), |(event, _)| format!("{event}}}"))
}

fn temporary(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("gongxiang-import-{}-{count}-{name}", std::process::id()))
}

/// An amount as shops write it: `"1,029.33"`, `¥29.33`, `29.33`.
fn spelled(money: &str, n: usize) -> String {
    let (whole, part) = money.split_once('.').unwrap_or((money, ""));
    let part = format!("{part:0<2}");
    match (n % 3, whole.len()) {
        (0, _) => format!("¥{whole}.{part}"),
        (1, 4..) => format!("\"{},{}.{part}\"", &whole[..whole.len() - 3], &whole[whole.len() - 3..]),
        _ => format!("{whole}.{part}"),
    }
}

#[test]
fn the_orders_of_cdnow_come_back_from_a_shops_table() -> TestResult {
    let journal = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/cdnow.jsonl"))?;
    let mut day = String::from("1997-01-01");
    let mut table =
        String::from("\u{feff}Order No.,Order date,Customer,\"Shop, branch\",Channel,Total,Discount,Region,Note\r\n");
    let (mut expected, mut days) = (Vec::new(), vec![]);
    for (n, line) in journal.lines().enumerate() {
        let event: Value = serde_json::from_str(line)?;
        let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
        match event["type"].as_str() {
            Some("order.placed") => {
                let (amount, concession) = (spelled(&text("amount"), n), spelled(&text("concession"), n + 1));
                let channel = if text("channel") == "online" { "Online" } else { "到店" };
                write!(table, "{},{day} 10:{:02}:00,{},{},", text("order"), n % 60, text("buyer"), text("merchant"))?;
                write!(
                    table,
                    "{channel},{amount},{concession},{},\"said \"\"hello\"\",\r\nand went\"\r\n",
                    text("region")
                )?;
                expected.push((day.clone(), event));
            }
            Some("day.closed") => {
                days.push(text("day"));
                day = gongxiang::identity::Day::parse(&text("day"))
                    .and_then(gongxiang::identity::Day::next)
                    .ok_or("a day")?
                    .to_string();
            }
            _ => {}
        }
    }
    let arguments = [
        "--map=order=Order No.,date=Order date,buyer=Customer,merchant=#4",
        "--map=channel=Channel,amount=Total,concession=Discount,region=Region",
        "--open=1997-01-01",
        "-o=-",
    ];
    let output = import(&arguments, table.as_bytes())?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (mut got, mut closed, mut open) = (Vec::new(), Vec::new(), String::from("1997-01-01"));
    for line in String::from_utf8(output.stdout)?.lines() {
        let event: Value = serde_json::from_str(line)?;
        if event["type"] == "day.closed" {
            closed.push(event["day"].as_str().unwrap_or_default().to_owned());
            open = gongxiang::identity::Day::parse(&closed[closed.len() - 1])
                .and_then(gongxiang::identity::Day::next)
                .ok_or("a day")?
                .to_string();
        } else {
            got.push((open.clone(), event));
        }
    }
    assert_eq!(expected.len(), 4196);
    assert_eq!(got, expected);
    assert_eq!(closed, days[..closed.len()], "every day is closed once, up to that of the last order");
    Ok(())
}

#[test]
fn every_bad_row_is_named_with_line_and_column_and_the_others_go_on() -> TestResult {
    let good = "2026-01-01,ann,shop,online,100,10,440106\n";
    let rows = [
        format!("o1,{good}"),
        "o2,2026-01-01,ann,shop,online,\"1,234\",10,440106\n".into(),
        "o3,2026-01-01,ann,shop,post,100,10,440106\n".into(),
        "o4,2026-01-01,ann\n".into(),
        "o5,2026-01-01,ann,shop,online,100,0,440106\n".into(),
        "o6,2026-01-01,ann,shop,online,-5,1,440106\n".into(),
        "o7,2026-01-01,shop,shop,online,100,10,440106\n".into(),
        "o 8,2026-01-01,ann,shop,online,100,10,440106\n".into(),
        "o9,2025-12-31,ann,shop,online,100,10,440106\n".into(),
        "o10,2926-01-01,ann,shop,online,100,10,440106\n".into(),
        "\"o\n11\",2026-01-01,ann,shop,online,100,10,440106\n".into(),
        "o12,2026-01-01,ann,shop,online,100,10,\n".into(),
        "o13,01/02/2026,ann,shop,online,100,10,440106\n".into(),
        format!("o14,{good}"),
        format!("o14,{good}"),
    ];
    let (journal, said) = orders(&rows.concat(), &[])?;
    let placed: Vec<_> = journal.iter().map(|event| event["order"].as_str().unwrap_or_default()).collect();
    assert_eq!(placed, ["o1", "o14"]);
    for line in [
        "line 3, column `Total`: bad_row: `1,234` may mean two numbers",
        "line 4, column `Channel`: bad_row: `post`",
        "line 5: bad_row: has 3 cells, and the header 8",
        "line 6, column `Discount`: bad_concession",
        "line 7, column `Total`: bad_amount",
        "line 8, column `Customer`: self_dealing",
        "line 9, column `Order No.`: bad_row: `o 8`",
        "line 10, column `Date`: wrong_day",
        "line 11, column `Date`: wrong_day",
        "line 12, column `Order No.`: bad_row: `o\\n11`",
        "line 14, column `Region`: bad_row: is empty",
        "line 15, column `Date`: bad_row: `01/02/2026`",
        "line 17, column `Order No.`: order_exists",
        "2 orders, 13 rows refused",
    ] {
        assert!(said.lines().any(|said| said.starts_with(line)), "{line}\n{said}");
    }
    Ok(())
}

#[test]
fn strict_writes_nothing_if_one_row_is_bad() -> TestResult {
    let journal = temporary("strict.jsonl");
    let path = journal.to_string_lossy();
    let (good, bad) = ("o1,2026-01-01,ann,shop,online,100,10,440106\n", "o2,,ann,shop,online,100,10,440106\n");
    std::fs::write(&journal, "kept")?;
    let output = import(&[MAP, "--strict", "-o", &path], format!("{HEADER}{good}{bad}{bad}").as_bytes())?;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr)?.matches("column `Date`: bad_row").count(), 2);
    assert_eq!(std::fs::read_to_string(&journal)?, "kept");
    let output = import(&[MAP, "--strict", "-o", &path], format!("{HEADER}{good}").as_bytes())?;
    assert_eq!(output.status.code(), Some(0));
    assert!(std::fs::read_to_string(&journal)?.starts_with("{\"type\":\"order.placed\",\"order\":\"o1\""));
    std::fs::remove_file(&journal)?;
    assert_eq!(import(&[MAP, "--strict", "-o", "-"], b"")?.status.code(), Some(2));
    Ok(())
}

#[test]
fn a_table_that_cannot_be_read_says_why() -> TestResult {
    let table = |header: &str| format!("{header}o1,2026-01-01,ann,shop,online,100,10,440106\n").into_bytes();
    let unclosed = [table(HEADER), b"o2,\"2026".to_vec(), b"x,\n".repeat(1_000_000)].concat();
    let cases: [(&[&str], Vec<u8>, &str); 14] = [
        (&[MAP], table(&HEADER.replace("Total", "Sum")), "there is no column `Total`; the table has Order No."),
        (&[MAP], table(&HEADER.replace("Region", "Total")), "there are several columns `Total`"),
        (&[MAP, "--map=rate=Discount"], table(HEADER), "either a `concession` or a `rate`"),
        (&["--map=order=#9"], table(HEADER), "there is no column #9: the table has 8"),
        (&["--map=order=#1,concession=#7"], table(HEADER), "an order has a `buyer`"),
        (&["--map=colour=#1"], table(HEADER), "`colour` is none of order, buyer"),
        (&[MAP, "--delimiter=ab"], table(HEADER), "a delimiter is one character"),
        (&[MAP], b"PK\x03\x04\x14\0".to_vec(), "save it as CSV (UTF-8)"),
        (&[MAP], b"\xd0\xcf\x11\xe0\xa1".to_vec(), "an old Excel workbook"),
        (&[MAP], b"<html><table>".to_vec(), "a web page"),
        (&[MAP], b"Order No.,Caf\xe9 cr\xe8me br\xfbl\xe9e\n".to_vec(), "use `--encoding"),
        (&["--profile=ebay"], table(HEADER), "`ebay` is no profile; known are shopify, woocommerce, taobao"),
        (&[MAP], unclosed, "line 3: bad_row"),
        (&[MAP], Vec::new(), "there is no column"),
    ];
    for (arguments, table, said) in cases {
        let output = import(&[arguments, &["-o", "-"]].concat(), &table)?;
        let errors = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(2), "{said}: {errors}");
        assert!(errors.contains(said), "{said}\n{errors}");
    }
    let mut bytes = format!("{HEADER}o0,2026-01-01,张三李四王五,shop,online,100,10,440106\n").into_bytes();
    bytes.extend_from_slice(b"o1,2026-01-01,\xd5,shop,online,100,10,440106\n");
    let output = import(&[MAP, "--ids=escape", "-o", "-"], &bytes)?;
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains("line 3, column `Customer`: bad_row: is not UTF-8"), "{said}");
    Ok(())
}

#[test]
fn days_are_closed_members_registered_rows_sorted_and_rates_rounded_down() -> TestResult {
    let rows = "#2;2026/1/3;ann;19.99\n#1;2026-01-01;bob;9.99\n";
    let arguments = [
        "--map=order=Id,date=Date,buyer=Who,amount=Total",
        "--default=rate=10%",
        "--default=channel=online",
        "--default=merchant=shop",
        "--default=region=440106",
        "--delimiter=;",
        "--ids=escape",
        "--members",
        "--sort",
        "--open=2025-12-31",
        "-o=-",
    ];
    let output = import(&arguments, format!("Id;Date;Who;Total\n{rows}").as_bytes())?;
    let order = |order, buyer, amount, concession| {
        format!(
            r#"{{"type":"order.placed","order":"{order}","buyer":"{buyer}","merchant":"shop","channel":"online","amount":"{amount}","concession":"{concession}","region":"440106"}}"#
        )
    };
    let expected = [
        r#"{"type":"day.closed","day":"2025-12-31"}"#.into(),
        r#"{"type":"member.registered","member":"bob"}"#.into(),
        order(":231", "bob", "9.99", "0.99"),
        r#"{"type":"day.closed","day":"2026-01-01"}"#.into(),
        r#"{"type":"day.closed","day":"2026-01-02"}"#.into(),
        r#"{"type":"member.registered","member":"ann"}"#.into(),
        order(":232", "ann", "19.99", "1.99"),
    ];
    assert_eq!(
        String::from_utf8(output.stdout)?.lines().collect::<Vec<_>>(),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

#[test]
fn a_minus_is_taken_where_it_was_said_and_a_default_where_a_cell_is_empty() -> TestResult {
    let rows = "o1,2026-01-01,ann,shop,,100,-10,440106\no2,2026-01-01,ann,shop,offline,100,10,440106\n";
    let (journal, said) = orders(rows, &["--negative=concession", "--default=channel=online"])?;
    assert_eq!(journal.len(), 1);
    assert_eq!((&journal[0]["concession"], &journal[0]["channel"]), (&"10".into(), &"online".into()));
    assert!(said.contains("line 3, column `Discount`: bad_row: `10` has no minus"), "{said}");
    Ok(())
}

#[test]
fn a_table_of_100_megabytes_is_read_to_its_end() -> TestResult {
    let note = "x".repeat(10_000);
    let rows = 100_000_000 / (note.len() + 50) + 1;
    let mut table = HEADER.trim_end().as_bytes().to_vec();
    table.extend_from_slice(b",Note\n");
    for order in 0..rows {
        table.extend_from_slice(format!("o{order},2026-01-01,ann,shop,online,100,10,440106,{note}\n").as_bytes());
    }
    let output = import(&[MAP, "-o", "-"], &table)?;
    assert!(String::from_utf8(output.stderr)?.contains(&format!("{rows} orders, 0 rows refused")));
    Ok(())
}
