//! Lists as tables for spreadsheets: the same rows as in JSON, page by page, for the same people, and no cell is a formula.

use serde_json::{Value, json};

use crate::members::{Town, on_each_engine, refused};
use crate::support::{TestResult, all_accepted};

/// Every list that can be a table, and the field of its page with the rows.
const LISTS: [(&str, &str); 9] = [
    ("/v1/members", "members"),
    ("/v1/shops?city=440100", "shops"),
    ("/v1/orders?merchant=kiosk", "rows"),
    ("/v1/members/ann/orders", "rows"),
    ("/v1/offers", "rows"),
    ("/v1/trades", "rows"),
    ("/v1/actions", "actions"),
    ("/v1/reports", "reports"),
    ("/v1/vouchers", "vouchers"),
];

/// A shop with two orders, of which one vested, an offer that was taken, a voucher, and a closed day.
fn fill(town: &Town) -> TestResult {
    let order = |order: &str| {
        json!({"type": "order.placed", "order": order, "buyer": "ann", "merchant": "kiosk", "channel": "offline", "amount": "100",
               "concession": "10", "region": "440106"})
    };
    let events = json!([
        {"type": "member.registered", "member": "kiosk"},
        {"type": "pack.purchased", "member": "kiosk", "pack": "merchant"},
        {"type": "treasury.granted", "member": "kiosk", "points": "2000"},
        {"type": "merchant.opened", "member": "kiosk", "region": "440106"},
        {"type": "pack.purchased", "member": "ann", "pack": "member"},
        {"type": "treasury.granted", "member": "ann", "points": "50"},
        order("-o1"),
        {"type": "offer.placed", "offer": "f1", "member": "ann", "side": "sell", "points": "10", "unit_price": "1"},
        {"type": "offer.taken", "offer": "f1", "trade": "t1", "member": "bob", "points": "4"},
        {"type": "day.closed", "day": "2026-01-01"},
        {"type": "day.closed", "day": "2026-01-02"},
        order("order-2"),
    ]);
    all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&events))?.1)?;
    for (member, profile) in [
        ("ann", json!({"name": "-2 Ann", "phone": "138 0013 8000"})),
        ("kiosk", json!({"shop_name": "天河小店", "address": "天河路 1 号, 2 楼", "category": "food"})),
    ] {
        let path = format!("/v1/members/{member}/profile");
        assert_eq!(town.server.ask("PUT", &path, Some(&town.operator), &[], Some(&profile))?.0, 200);
    }
    let mug = json!({"name": "Mug", "points": "0.5", "stock": 9, "shops": ["kiosk"]});
    assert_eq!(town.server.ask("PUT", "/v1/goods/mug", Some(&town.operator), &[], Some(&mug))?.0, 200);
    let (_, ann) = town.enrolled("ann")?;
    let headers = [("origin", crate::members::ORIGIN), ("cookie", ann.as_str()), ("idempotency-key", "v")];
    let body = json!({"points": "0.5"});
    let redeemed = town.server.ask_for_cookie("POST", "/v1/goods/mug/redemptions", &headers, Some(&body))?;
    assert_eq!(redeemed.0, 200, "{}", redeemed.1);
    Ok(())
}

/// An address with another parameter.
fn with(path: &str, parameter: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}{parameter}")
}

/// The text of a table, and the address of the next page.
fn page(town: &Town, path: &str) -> TestResult<(String, Option<String>)> {
    let (status, headers, text) = town.server.ask_for_text("GET", path, Some(&town.operator), &[], None)?;
    assert_eq!(status, 200, "{path}: {text}");
    assert!(headers.contains("text/csv"), "{path}: {headers}");
    let next = headers.split_once("</v1/").and_then(|(_, rest)| rest.split_once(">; rel="));
    Ok((text, next.map(|(next, _)| format!("/v1/{next}"))))
}

/// A field as a cell has it.
fn cell(row: &Value, path: &str) -> String {
    let text = match path.split('.').fold(row, |value, name| &value[name]) {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Value::Object(state) => state.keys().cloned().collect(),
        other => other.to_string(),
    };
    if text.starts_with('-') { format!("'{text}") } else { text }
}

#[test]
fn a_table_has_the_rows_of_its_list_page_by_page() -> TestResult {
    on_each_engine(&[], |town, _| {
        fill(town)?;
        for (path, field) in LISTS {
            let whole = page(town, &with(path, "format=csv"))?;
            assert_eq!(whole.1, None, "{path}: one page");
            // What looking on adds is no difference between the two.
            let (_, answer) = town.server.ask("GET", path, Some(&town.operator), &[], None)?;
            let rows = answer[field].as_array().ok_or_else(|| format!("{path}: {answer}"))?;
            assert!(!rows.is_empty(), "{path}");
            let text = whole.0.strip_prefix('\u{feff}').ok_or("no byte order mark")?;
            let mut table = csv::Reader::from_reader(text.as_bytes());
            let columns: Vec<String> = table.headers()?.iter().map(str::to_owned).collect();
            let lines: Vec<_> = table.records().collect::<Result<_, _>>()?;
            assert_eq!(lines.len(), rows.len(), "{path}");
            let mut filled = 0;
            for (line, row) in lines.iter().zip(rows) {
                for (column, found) in columns.iter().zip(line) {
                    // Names are not in the JSON of the list.
                    let is_named = path == "/v1/members" && ["number", "name", "shop_name"].contains(&column.as_str());
                    assert!(is_named || found == cell(row, column), "{path} {column}: {found} of {row}");
                    filled += usize::from(!found.is_empty());
                }
            }
            assert!(filled >= rows.len() * 2, "{path}: {text}");
            // The pages one after the other are the whole table.
            let (mut parts, mut next) = (String::new(), Some(with(path, "format=csv&limit=1")));
            while let Some(path) = next {
                let (text, following) = page(town, &path)?;
                parts += &text;
                next = following;
            }
            assert_eq!(parts, whole.0, "{path}");
        }
        Ok(())
    })
}

#[test]
fn a_table_has_names_and_no_formulas() -> TestResult {
    on_each_engine(&[], |town, _| {
        fill(town)?;
        let (members, _) = page(town, "/v1/members?format=csv")?;
        let lines: Vec<_> = members.lines().collect();
        assert_eq!(lines[0], "\u{feff}member,number,name,shop_name,activated,merchant");
        assert!(lines[1].starts_with("ann,") && lines[1].ends_with(",'-2 Ann,,true,false"), "{members}");
        assert_eq!(lines[2], "bob,,,,false,false");
        assert!(lines[3].ends_with(",,天河小店,true,true"), "{members}");
        let (found, _) = page(town, "/v1/members?format=csv&search=%E5%A4%A9%E6%B2%B3")?;
        assert_eq!(found.lines().count(), 2, "{found}");
        for (typed, lines) in [("138%200013-80", 2), ("0013", 2), ("139", 1), ("%20", 2), ("-", 2)] {
            let (found, _) = page(town, &format!("/v1/members?format=csv&search={typed}"))?;
            assert_eq!(found.lines().count(), lines, "{typed}: {found}");
        }
        let (shops, _) = page(town, "/v1/shops?format=csv")?;
        assert_eq!(
            shops,
            "\u{feff}shop,region,name,address,category\r\nkiosk,440106,天河小店,\"天河路 1 号, 2 楼\",food\r\n"
        );
        let (orders, _) = page(town, "/v1/orders?merchant=kiosk&format=csv&ending=er-2")?;
        // At a price of 0.9, ten yuan are so many points.
        let lines: Vec<_> = orders.lines().skip(1).collect();
        assert_eq!(lines, ["order-2,2026-01-03,ann,kiosk,100,10,10,11.11111112,2026-01-04,pending,"], "{orders}");
        let (orders, _) = page(town, "/v1/orders?merchant=kiosk&format=csv")?;
        assert!(orders.contains("\r\n'-o1,"), "{orders}");
        assert!(orders.contains(",vested,2026-01-02\r\n"), "{orders}");
        Ok(())
    })
}

#[test]
fn a_table_is_for_whom_the_list_is() -> TestResult {
    on_each_engine(&[], |town, database| {
        fill(town)?;
        let (_, bob) = town.enrolled("bob")?;
        let (_, clerk) = town.staff(database, &["Li Na", "--role", "clerk"])?;
        for path in ["/v1/members", "/v1/orders?merchant=kiosk", "/v1/actions", "/v1/reports", "/v1/applications"] {
            let path = with(path, "format=csv");
            refused(town.ask("GET", &path, None, None)?, (401, "unauthorized"));
            refused(town.ask("GET", &path, Some(&bob), None)?, (403, "forbidden"));
        }
        refused(town.ask("GET", "/v1/actions?format=csv", Some(&clerk), None)?, (403, "needs_role"));
        for wrong in ["format=", "format=CSV", "format=xml", "format=csv&format=csv", "format=csv&limit=501"] {
            let (status, problem) =
                town.server.ask("GET", &format!("/v1/members?{wrong}"), Some(&town.operator), &[], None)?;
            assert_eq!((status, &problem["code"]), (400, &json!("bad_query")), "{wrong}");
        }
        Ok(())
    })
}
