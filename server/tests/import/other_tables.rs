//! Tables of members and balances, and the way from exports to a book.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::{FOUR_COLUMNS, TestResult, temporary, without_id};

/// Files of one test, deleted at its end.
pub struct Files(PathBuf);

impl Files {
    pub fn new(name: &str) -> TestResult<Self> {
        let folder = temporary(name);
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }

    pub fn write(&self, name: &str, text: &str) -> TestResult<String> {
        std::fs::write(self.0.join(name), text)?;
        Ok(self.path(name))
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    pub fn read(&self, name: &str) -> TestResult<String> {
        Ok(std::fs::read_to_string(self.0.join(name))?)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn gongxiang(arguments: &[&str]) -> TestResult<(Option<i32>, String, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(arguments).output()?;
    Ok((output.status.code(), String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
}

const MEMBERS: &str = "\u{feff}会员ID,推荐人,礼包,共享积分,店铺地区\r\nbob,ann,member,,\r\nann,,member,,\r\nshop,,merchant,\"2,000.00\",440106\r\n";
const BALANCES: &str = "\u{feff}会员,共享值,共享积分\r\nann,\"1,000.5\",10\r\nbob,,3.25\r\nshop,0,\r\n";
const ORDERS: &str = "Id,Day,Who,Sum\no1,2026-01-02,ann,100\no2,2026-01-03,bob,50\n";

#[test]
fn members_balances_and_orders_become_a_book_without_a_refusal() -> TestResult {
    let files = Files::new("book")?;
    let (members, balances, orders) = (
        files.write("members.csv", MEMBERS)?,
        files.write("balances.csv", BALANCES)?,
        files.write("orders.csv", ORDERS)?,
    );
    let [m, b, o] = ["m.jsonl", "b.jsonl", "o.jsonl"].map(|name| files.path(name));
    let (code, _, said) = gongxiang(&["import", "members", &members, "--rules=seed", "-o", &m])?;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said, "3 members, 0 rows refused\n3 packs, 1 shops, 2000 points granted\n");
    assert!(
        files.read("m.jsonl")?.starts_with(r#"{"type":"member.registered","member":"ann"}"#),
        "a referrer comes first"
    );
    let (code, _, said) = gongxiang(&["import", "balances", &balances, "--rules=seed", "-o", &b])?;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said, "2 balances, 0 rows refused\n1000.5 share value, 13.25 points\n1 members have neither\n");
    let after = ["--after", &m, "--after", &b, "--rules=seed", "-o", &o];
    let (code, _, said) = gongxiang(&[&["import", &orders][..], &FOUR_COLUMNS, &after].concat())?;
    assert_eq!((code, said.as_str()), (Some(0), "2 orders, 0 rows refused\n"), "nothing is lacking");
    assert!(
        files.read("o.jsonl")?.starts_with(r#"{"type":"day.closed","day":"2026-01-01"}"#),
        "from the first day of the rules"
    );
    let journal =
        files.write("all.jsonl", &[files.read("m.jsonl")?, files.read("b.jsonl")?, files.read("o.jsonl")?].concat())?;
    let (code, state, said) = gongxiang(&["replay", "--rules=seed", "--strict", &journal])?;
    assert_eq!(code, Some(0), "{said}");
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let journal = files.write("windows.jsonl", &windows(&files.read("all.jsonl")?))?;
    let rules = files.write("windows.toml", &windows(include_str!("../../../presets/seed.toml")))?;
    assert_eq!(gongxiang(&["replay", "--rules", &rules, "--strict", &journal])?.1, state, "as Windows writes them");
    let state: Value = serde_json::from_str(&state)?;
    assert_eq!(state["refused"], serde_json::json!([]));
    assert_eq!(state["state"]["day"], "2026-01-03");
    Ok(())
}

#[test]
fn what_the_journal_lacks_is_said_in_numbers_and_flags_supply_it() -> TestResult {
    let files = Files::new("lack")?;
    let (orders, o) = (files.write("orders.csv", ORDERS)?, files.path("o.jsonl"));
    let arguments = [&["import", &orders, "-o", &o][..], &FOUR_COLUMNS].concat();
    let (code, _, said) = gongxiang(&arguments)?;
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "2 of 2 buyers are not registered",
        "2 of 2 buyers have no pack",
        "1 of 1 shops are not opened",
        "1 of 1 shops have no points; their deposit and these orders take points worth the deposit and 15.00 yuan",
        "the journal begins on 2026-01-02: the `genesis_day` of the rule set must be this day",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let supply = ["--members", "--pack=member", "--open-shops=440106", "--shop-points=1000", "--rules=seed"];
    let (code, _, said) = gongxiang(&[&arguments[..], &supply].concat())?;
    assert_eq!((code, said.as_str()), (Some(0), "2 orders, 0 rows refused\n"));
    let (code, state, said) = gongxiang(&["replay", "--rules=seed", "--strict", &o])?;
    assert_eq!(code, Some(0), "{said}");
    let state: Value = serde_json::from_str(&state)?;
    assert_ne!(state["state"]["accounts"]["ann"]["share_value"], "0");
    Ok(())
}

#[test]
fn a_table_before_the_first_day_of_the_rules_says_what_to_do() -> TestResult {
    let files = Files::new("genesis")?;
    let orders = files.write("orders.csv", &ORDERS.replace("2026-01-02", "2025-12-31"))?;
    let arguments = [&["import", &orders, "-o=-"][..], &FOUR_COLUMNS].concat();
    let (_, _, said) = gongxiang(&[&arguments[..], &["--rules=seed"]].concat())?;
    assert!(
        said.contains("line 2, column `Day`: wrong_day: `2025-12-31` is before the first day of the rules, 2026-01-01"),
        "{said}"
    );
    assert!(said.contains("a `genesis_day` of"), "{said}");
    Ok(())
}

#[test]
fn a_dry_run_of_balances_prints_the_sums_and_writes_nothing() -> TestResult {
    let files = Files::new("dry")?;
    let table = "member,share_value,points\nann,0.00000001,27640\nbob,1,0.00000001\nbob,2,\ncat,-1,x\n,1,1\ndan,1\n";
    let balances = files.write("balances.csv", table)?;
    let b = files.path("b.jsonl");
    let (code, output, said) = gongxiang(&["import", "balances", &balances, "--dry-run", "--rules=seed", "-o", &b])?;
    assert_eq!((code, output.as_str()), (Some(0), ""), "{said}");
    for line in [
        "line 4, column `member`: bad_row: `bob` stands in line 3 already",
        "line 5, column `share_value`: bad_amount: `-1`",
        "line 5, column `points`: bad_row: `x`",
        "line 6, column `member`: bad_row: is empty",
        "line 7: bad_row: has 2 cells, and the header 3",
        "2 balances, 4 rows refused",
        "1.00000001 share value, 27640.00000001 points",
        "the treasury has 27640 points, fewer than 27640.00000001",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(!files.has("b.jsonl"), "b.jsonl was written");
    let (code, ..) = gongxiang(&["import", "balances", &balances, "--strict", "-o", &b])?;
    assert_eq!(code, Some(1));
    assert!(!files.has("b.jsonl"), "b.jsonl was written");
    Ok(())
}

#[test]
fn a_referrer_that_nobody_knows_and_a_circle_are_refused_with_all_they_referred() -> TestResult {
    let files = Files::new("circle")?;
    let table = "member,referrer\na,b\nb,c\nc,a\nd,a\ne,nobody\nf,e\ng,\nh,g\ng,\n";
    let (members, m) = (files.write("members.csv", table)?, files.path("m.jsonl"));
    let (code, _, said) = gongxiang(&["import", "members", &members, "-o", &m])?;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(files.read("m.jsonl")?.lines().count(), 2);
    for line in [
        "line 6, column `referrer`: unknown_member: `nobody` is in no row",
        "line 7, column `referrer`: unknown_member: `e` is refused itself",
        "line 5, column `referrer`: unknown_member: `a` is refused itself",
        "the table has a circle",
        "line 10, column `member`: member_exists: `g` stands in line 8 already",
        "2 members, 7 rows refused",
        "2 members have no pack, so they earn nothing",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    Ok(())
}

#[test]
fn a_refund_reaches_an_order_of_an_earlier_import() -> TestResult {
    let files = Files::new("later")?;
    let orders = files.write("orders.csv", "Id,Day,Who,Sum,Of\no1,2026-01-02,ann,100,\n")?;
    let refunds = files.write("refunds.csv", "Id,Day,Who,Sum,Of\nr1,2026-01-05,ann,40,o1\n")?;
    let (o, r) = (files.path("o.jsonl"), files.path("r.jsonl"));
    let how = [
        "--map=order=Id,date=Day,buyer=Who,amount=Sum",
        "--refund-of=Of",
        "--default=rate=10%",
        "--default=channel=online",
    ];
    let rest = ["--default=merchant=shop", "--default=region=440106"];
    gongxiang(&[&["import", &orders, "--open=2026-01-01", "-o", &o][..], &how, &rest].concat())?;
    let (code, _, said) = gongxiang(&[&["import", &refunds, "--after", &o, "-o", &r][..], &how, &rest].concat())?;
    assert_eq!(code, Some(0), "{said}");
    let days: Vec<_> = (2..5).map(|day| format!(r#"{{"type":"day.closed","day":"2026-01-0{day}"}}"#)).collect();
    let refund = r#"{"type":"order.refunded","order":"o1","concession":"4"}"#.to_owned();
    assert_eq!(files.read("r.jsonl")?.lines().map(without_id).collect::<Vec<_>>(), [&days[..], &[refund]].concat());

    // The same refunds again, after the journal that has them, and one more that looks like the first.
    let again = files.write("again.csv", "Id,Day,Who,Sum,Of\nr1,2026-01-05,ann,40,o1\nr2,2026-01-05,ann,40,o1\n")?;
    let second = files.path("r2.jsonl");
    let after = ["--after", &o, "--after", &r, "-o", &second];
    let (_, _, said) = gongxiang(&[&["import", &again][..], &after, &how, &rest].concat())?;
    assert!(said.contains("1 rows do not count: refunds that an earlier journal has"), "{said}");
    assert_eq!(files.read("r2.jsonl")?.lines().count(), 1, "{}", files.read("r2.jsonl")?);
    Ok(())
}

#[test]
fn a_table_of_members_that_is_imported_again_adds_only_what_is_new() -> TestResult {
    let files = Files::new("again")?;
    let members = files.write("members.csv", MEMBERS)?;
    let [m, again, more] = ["m.jsonl", "again.jsonl", "more.jsonl"].map(|name| files.path(name));
    assert_eq!(gongxiang(&["import", "members", &members, "-o", &m])?.0, Some(0));
    let (code, _, said) = gongxiang(&["import", "members", &members, "--after", &m, "-o", &again])?;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("3 members are in the earlier journals with all that the table says"), "{said}");
    assert!(!files.has("again.jsonl"), "{said}");
    // The same table as another batch counts; a row that says more adds what it says.
    let batch = ["--after", &m, "--batch=second", "-o", &again];
    assert_eq!(gongxiang(&[&["import", "members", &members][..], &batch].concat())?.0, Some(0));
    assert_eq!(files.read("again.jsonl")?.lines().count(), 5, "three packs, a grant and a shop");
    let grown = files.write("grown.csv", &MEMBERS.replace("ann,,member,,", "ann,,member,7,"))?;
    assert_eq!(gongxiang(&["import", "members", &grown, "--after", &m, "-o", &more])?.0, Some(0));
    let lines: Vec<_> = files.read("more.jsonl")?.lines().map(without_id).collect();
    assert_eq!(lines, [r#"{"type":"treasury.granted","member":"ann","points":"7"}"#]);
    Ok(())
}
