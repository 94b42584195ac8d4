//! What the desk says of each day is what plain SQL finds in the exported books: for CDNOW, every vector, and twenty books of random
//! journals.

use std::collections::BTreeMap;

use gongxiang::quantity::{Money, Points};
use gongxiang::review::FLAGS;
use gongxiang_conformance::{Case, cases};
use gongxiang_model::journal::random_journal;
use serde_json::{Value, json};
use sqlx::sqlite::SqlitePool;

use crate::support::{Folder, JSON, Server, TestResult, argument, gongxiang};

/// How many events go into one request.
const AT_ONCE: usize = 5_000;

/// How many random journals, and how many events each has.
const JOURNALS: u64 = 20;
const LENGTH: usize = 200;

/// A figure, whether it has 8 decimal places or 2 or none, and the SQL that finds it by day. Events have a number `n` and the number
/// `d` of days that were closed before them.
const FIGURES: &[(&str, u32, &str)] = &[
    ("registered", 0, "SELECT d, COUNT(*) FROM events WHERE type = 'member.registered' GROUP BY d"),
    ("shops_opened", 0, "SELECT d, COUNT(*) FROM events WHERE type = 'merchant.opened' GROUP BY d"),
    ("shops_closed", 0, "SELECT d, COUNT(*) FROM events WHERE type = 'merchant.closed' GROUP BY d"),
    ("orders", 0, "SELECT d, COUNT(*) FROM events WHERE type = 'order.placed' GROUP BY d"),
    ("amount", 2, "SELECT d, SUM(amount) FROM events WHERE type = 'order.placed' GROUP BY d"),
    ("concession", 2, "SELECT d, SUM(concession) FROM events WHERE type = 'order.placed' GROUP BY d"),
    (
        "refunded",
        2,
        "SELECT d, SUM(COALESCE(concession,
             (SELECT o.concession FROM events o WHERE o.type = 'order.placed' AND o.about = e.about)
             - COALESCE((SELECT SUM(r.concession) FROM events r
                         WHERE r.type = 'order.refunded' AND r.about = e.about AND r.n < e.n), 0)))
         FROM events e WHERE type = 'order.refunded' GROUP BY d",
    ),
    (
        "order_points",
        8,
        "SELECT d, SUM(l.amount) FROM lines l JOIN events e USING (n)
         WHERE e.type = 'order.placed' AND account = 'Liabilities:Escrow' AND l.amount > 0 GROUP BY d",
    ),
    (
        "redeemed",
        8,
        "SELECT d, SUM(l.amount) FROM lines l JOIN events e USING (n)
         WHERE e.type = 'points.redeemed' AND account IN ('Equity:Burned', 'Equity:Treasury') GROUP BY d",
    ),
    (
        "redemptions_cancelled",
        8,
        "SELECT d, -SUM(l.amount) FROM lines l JOIN events e USING (n)
         WHERE e.type = 'redemption.cancelled' AND account IN ('Equity:Burned', 'Equity:Treasury') GROUP BY d",
    ),
    (
        "traded",
        8,
        "SELECT d, -SUM(l.amount) FROM lines l JOIN events e USING (n)
         WHERE e.type = 'trade.confirmed' AND account = 'Liabilities:Escrow' GROUP BY d",
    ),
    (
        "granted",
        8,
        "SELECT d, -SUM(l.amount) FROM lines l JOIN events e USING (n)
         WHERE e.type = 'treasury.granted' AND account = 'Equity:Treasury' GROUP BY d",
    ),
    (
        "reclaimed",
        8,
        "SELECT d, SUM(l.amount) FROM lines l JOIN events e USING (n)
         WHERE e.type = 'treasury.reclaimed' AND account = 'Equity:Treasury' GROUP BY d",
    ),
    (
        // Whose pack it is is in the terms of the pack, so the three together.
        "member_packs+merchant_packs+area_packs",
        2,
        "SELECT d, SUM(price) FROM events WHERE type = 'pack.purchased' GROUP BY d",
    ),
    (
        "packs_refunded",
        2,
        "SELECT r.d, SUM(p.price) FROM events r JOIN events p ON p.type = 'pack.purchased' AND p.purchase = r.purchase
         WHERE r.type = 'pack.refunded' GROUP BY r.d",
    ),
];

/// What the overview says at the end, and the account of the books whose balance it is.
const BALANCES: [(&str, &str); 2] =
    [("/supply/burned", "Equity:Burned"), ("/liabilities/escrow", "Liabilities:Escrow")];

/// A decimal in its smallest parts.
fn whole(text: &str, places: u32) -> TestResult<i64> {
    Ok(match places {
        0 => text.parse()?,
        2 => i64::try_from(Money::parse(text)?.raw())?,
        _ => i64::try_from(Points::parse(text)?.raw())?,
    })
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value[field].as_str()
}

/// The exported journal and books as tables. A pack costs what the rules say: `rules` at first, and the parts that were adopted since.
async fn tables(journal: &str, books: &str, rules: &Value) -> TestResult<SqlitePool> {
    let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    sqlx::raw_sql(
        "CREATE TABLE plain (n INTEGER PRIMARY KEY, type TEXT, about TEXT, amount INTEGER, concession INTEGER,
                             pack TEXT, purchase TEXT, price INTEGER);
         CREATE TABLE balances (account TEXT, amount INTEGER);
         CREATE TABLE lines (n INTEGER, account TEXT, amount INTEGER);
         CREATE TABLE events (n INTEGER PRIMARY KEY, d INTEGER, type TEXT, about TEXT, amount INTEGER, concession INTEGER,
                              pack TEXT, purchase TEXT, price INTEGER);
         CREATE INDEX events_about ON events (about);
         CREATE INDEX events_purchase ON events (purchase);",
    )
    .execute(&pool)
    .await?;
    let mut tx = pool.begin().await?;
    let mut packs = rules["packs"].clone();
    for (n, line) in (1_i64..).zip(journal.lines()) {
        let settled: Value = serde_json::from_str(line)?;
        let event = &settled["event"];
        let cents = |field| text(event, field).map(|text| whole(text, 2)).transpose();
        if let Some(adopted) = event["rules"].get("packs") {
            packs = adopted.clone();
        }
        let pack = text(event, "pack");
        let price = pack.and_then(|pack| packs[pack]["price"].as_str()).map(|price| whole(price, 2)).transpose()?;
        sqlx::query("INSERT INTO plain VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(n)
            .bind(text(event, "type"))
            .bind(text(event, "order"))
            .bind(cents("amount")?)
            .bind(cents("concession")?)
            .bind(pack)
            .bind(text(event, "purchase"))
            .bind(price)
            .execute(&mut *tx)
            .await?;
    }
    let mut rows = csv::Reader::from_reader(books.as_bytes());
    let (mut place, mut n) = (String::new(), 0_i64);
    for row in rows.records() {
        let row = row?;
        if row.get(6) == Some("POINTS") {
            sqlx::query("INSERT INTO balances VALUES ($1, $2)")
                .bind(row.get(4))
                .bind(-whole(row.get(7).unwrap_or_default(), 8)?)
                .execute(&mut *tx)
                .await?;
        }
        // Settling an account is a line of the books of its own; only the event's own movements are looked for.
        let is_event = row.get(0).is_some_and(|place| !place.is_empty());
        if !is_event || row.get(6) != Some("POINTS") || row.get(8) == Some("release") {
            continue;
        }
        if row.get(0) != Some(&place) {
            place = row.get(0).unwrap_or_default().into();
            n = place.parse::<i64>()? + 1;
        }
        sqlx::query("INSERT INTO lines VALUES ($1, $2, $3)")
            .bind(n)
            .bind(row.get(4))
            // What a party has is a credit in the books, and below 0.
            .bind(-whole(row.get(7).unwrap_or_default(), 8)?)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    sqlx::raw_sql(
        "INSERT INTO events SELECT n, COALESCE(SUM(type = 'day.closed') OVER (
             ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), type, about, amount, concession,
             pack, purchase, price FROM plain",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

/// The reports of all days, and of the open one; and the overview.
fn reports(server: &Server) -> TestResult<(Vec<Value>, Value)> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().and_then(|day| day["day"].as_str()).map_or(String::new(), |day| format!("&after={day}"));
        let (status, page) = server.get(&format!("/v1/reports?limit=50{after}"))?;
        assert_eq!(status, 200, "{page}");
        let page = page["reports"].as_array().ok_or("no reports")?.clone();
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    let (status, overview) = server.get("/v1/overview")?;
    assert_eq!(status, 200, "{overview}");
    let mut reports: Vec<Value> = all.iter().map(|closed| closed["report"].clone()).collect();
    reports.push(overview["today"].clone());
    Ok((reports, overview))
}

/// A figure of the desk in its smallest parts.
fn said(figure: &Value, places: u32) -> TestResult<i64> {
    match figure {
        Value::Number(number) => Ok(number.as_i64().ok_or("no number")?),
        Value::String(text) => whole(text, places),
        other => Err(format!("{other} is no figure").into()),
    }
}

/// The sum of figures with a plus between their names.
fn sum(report: &Value, figures: &str, places: u32) -> TestResult<i64> {
    figures.split('+').map(|figure| said(&report[figure], places)).sum()
}

async fn compare(case: &Case) -> TestResult {
    let folder = Folder::new()?;
    let (rules, database) = (folder.path("rules.json"), folder.database());
    std::fs::write(&rules, case.rules.to_string())?;
    let server = Server::start(&["--database", &database, "--rules", argument(&rules)])?;
    let path = format!("/v1/events?accept_flags={}", FLAGS.map(|(code, ..)| code).join(","));
    for events in case.events.chunks(AT_ONCE) {
        let (status, answers) = server.post(&path, JSON, json!(events).to_string())?;
        assert_eq!(status, 200, "{}: {answers}", case.name);
    }
    let (reports, overview) = reports(&server)?;
    let exported = |format| gongxiang(&["export", "--database", &database, "--format", format]);
    let pool = tables(&exported("jsonl")?, &exported("csv")?, &case.rules).await?;
    for (figure, places, sql) in FIGURES {
        let found: Vec<(i64, i64)> = sqlx::query_as(*sql).fetch_all(&pool).await?;
        let found: BTreeMap<i64, i64> = found.into_iter().collect();
        for (day, report) in (0_i64..).zip(&reports) {
            let said = sum(report, figure, *places)?;
            let found = found.get(&day).copied().unwrap_or_default();
            assert_eq!(said, found, "{}: {figure} of day {day}", case.name);
        }
        let all: i64 = found.values().sum();
        assert_eq!(sum(&overview["total"], figure, *places)?, all, "{}: {figure} of all days", case.name);
    }
    for (path, account) in BALANCES {
        let sql = "SELECT COALESCE(SUM(amount), 0) FROM balances WHERE account = $1";
        let (found,): (i64,) = sqlx::query_as(sql).bind(account).fetch_one(&pool).await?;
        assert_eq!(said(overview.pointer(path).ok_or(path)?, 8)?, found, "{}: {path}", case.name);
    }
    let sql =
        "SELECT COALESCE(SUM(type = 'merchant.opened'), 0) - COALESCE(SUM(type = 'merchant.closed'), 0) FROM events";
    let (shops,): (i64,) = sqlx::query_as(sql).fetch_one(&pool).await?;
    assert_eq!(overview["shops"], json!(shops), "{}: shops", case.name);
    Ok(())
}

#[tokio::test]
async fn the_reports_of_the_days_are_what_sql_finds_in_the_exported_books() -> TestResult {
    let cases = cases();
    assert!(cases.len() > 20, "CDNOW and the vectors");
    let random = (1..=JOURNALS).map(|seed| {
        let (rules, events) = random_journal(seed, LENGTH);
        Case { name: format!("random journal {seed}"), rules, events, expected: serde_json::Map::new() }
    });
    for case in &cases.into_iter().chain(random).collect::<Vec<_>>() {
        compare(case).await.map_err(|error| format!("{}: {error}", case.name))?;
    }
    Ok(())
}
