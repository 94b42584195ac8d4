//! The same key gets the first outcome, whatever a client changes in a request except its meaning.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::support::{
    Folder, Server, TestResult, add_key, all_accepted, argument, databases, gongxiang, postgres, run_sql,
};

struct Shop {
    server: Server,
    database: String,
    operator: String,
}

const ORDER: &str = r#"{"buyer":"ann","channel":"online","amount":"100","concession":"10","region":"440106"}"#;

fn shop(database: String, more: &[&str]) -> TestResult<Shop> {
    let server = Server::start_closed(&[&["--database", &database], more].concat())?;
    let operator = add_key(&database, &["--role", "operator"])?;
    let events = json!([
        {"type": "member.registered", "member": "shop"},
        {"type": "pack.purchased", "member": "shop", "pack": "merchant"},
        {"type": "treasury.granted", "member": "shop", "points": "1000"},
        {"type": "merchant.opened", "member": "shop", "region": "440106"},
        {"type": "member.registered", "member": "ann"},
    ]);
    let (_, answers) = server.ask("POST", "/v1/events", Some(&operator), &[], Some(&events))?;
    all_accepted(&answers)?;
    Ok(Shop { server, database, operator })
}

impl Shop {
    fn key(&self, arguments: &[&str]) -> TestResult<String> {
        add_key(&self.database, arguments)
    }

    /// A body as it is written.
    fn post(&self, path: &str, token: &str, key: &str, body: &str) -> TestResult<(u16, Value)> {
        let mut answer = ureq::post(format!("{}{path}", self.server.address))
            .config()
            .http_status_as_error(false)
            .build()
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .send(body)?;
        Ok((answer.status().as_u16(), serde_json::from_str(&answer.body_mut().read_to_string()?)?))
    }

    fn points(&self, member: &str) -> TestResult<Value> {
        let (_, account) = self.server.ask("GET", &format!("/v1/members/{member}"), Some(&self.operator), &[], None)?;
        Ok(account["state"]["points"].clone())
    }
}

#[test]
fn a_new_api_key_of_the_same_shop_does_not_make_a_retry_a_second_order() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &[])?;
    let (old, new) = (
        shop.key(&["--role", "merchant", "--member", "shop"])?,
        shop.key(&["--role", "merchant", "--member", "shop"])?,
    );
    let (status, first) = shop.post("/v1/orders", &old, "shop-order-77", ORDER)?;
    assert_eq!((status, &first["repeated"]), (200, &json!(false)), "{first}");
    let (status, again) = shop.post("/v1/orders", &new, "shop-order-77", ORDER)?;
    assert_eq!((status, &again["repeated"]), (200, &json!(true)), "{again}");
    assert_eq!(again["order"], first["order"]);
    assert_eq!(shop.points("shop")?, "990");
    Ok(())
}

#[test]
fn a_grant_is_made_once_with_whichever_of_the_operators_keys_it_is_asked_for() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &[])?;
    let (other, payment) = (shop.key(&["--role", "operator"])?, shop.key(&["--role", "payment"])?);
    let grant = r#"{"member":"ann","points":"7"}"#;
    for (token, repeated) in [(&shop.operator, false), (&other, true), (&payment, true)] {
        let (status, answer) = shop.post("/v1/treasury/grants", token, "grant-1", grant)?;
        assert_eq!((status, &answer["repeated"]), (200, &json!(repeated)), "{answer}");
    }
    assert_eq!(shop.points("ann")?, "7");
    Ok(())
}

#[test]
fn the_same_key_of_another_owner_is_another_key() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &[])?;
    let merchant = shop.key(&["--role", "merchant", "--member", "shop"])?;
    let named = ORDER.replacen('{', r#"{"merchant":"shop","#, 1);
    let (_, one) = shop.post("/v1/orders", &merchant, "1", &named)?;
    let (_, other) = shop.post("/v1/orders", &shop.operator, "1", &named)?;
    assert_eq!((&one["repeated"], &other["repeated"]), (&json!(false), &json!(false)), "{one} {other}");
    assert_ne!(one["order"], other["order"]);
    Ok(())
}

#[test]
fn a_body_that_is_the_same_json_value_is_the_same_request_and_any_other_is_refused() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &[])?;
    let merchant = shop.key(&["--role", "merchant", "--member", "shop"])?;
    let (_, first) = shop.post("/v1/orders", &merchant, "k", ORDER)?;
    let same = [
        r#"{"region":"440106","concession":"10","amount":"100","channel":"online","buyer":"ann"}"#,
        "{ \"buyer\" : \"ann\",\r\n\t\"channel\":\"online\", \"amount\":\"100\",\"concession\":\"10\",\"region\":\"440106\"}\n",
        r#"{"b\u0075yer":"\u0061nn","channel":"online","amount":"100","concession":"10","region":"440106"}"#,
    ];
    for body in same {
        let (status, again) = shop.post("/v1/orders", &merchant, "k", body)?;
        assert_eq!(
            (status, &again["repeated"], &again["order"]),
            (200, &json!(true), &first["order"]),
            "{body} {again}"
        );
    }
    for (from, to) in [("\"100\"", "\"100.0\""), ("\"10\"", "\"11\""), ("\"ann\"", "\"shop\"")] {
        let (status, refused) = shop.post("/v1/orders", &merchant, "k", &ORDER.replacen(from, to, 1))?;
        assert_eq!((status, &refused["code"]), (422, &json!("key_reused")), "{to} {refused}");
    }
    let (status, refused) = shop.post("/v1/transfers", &merchant, "k", ORDER)?;
    assert_eq!(status, 400, "another address has other fields: {refused}");
    // Nothing at all is an empty table.
    let refund = format!("/v1/orders/{}/refund", first["order"].as_str().unwrap_or_default());
    for (body, repeated) in [("{}", false), ("", true), (" {\n} ", true)] {
        let (status, answer) = shop.post(&refund, &merchant, "r", body)?;
        assert_eq!((status, &answer["repeated"]), (200, &json!(repeated)), "{answer}");
    }
    assert_eq!(shop.points("shop")?, "1000");
    Ok(())
}

#[test]
fn a_shops_own_reference_makes_an_order_once_whatever_key_it_comes_with() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &[])?;
    let merchant = shop.key(&["--role", "merchant", "--member", "shop"])?;
    let order = ORDER.replacen('{', r#"{"reference":"S78","#, 1);
    let (status, first) = shop.post("/v1/orders", &merchant, "one", &order)?;
    assert_eq!((status, &first["repeated"]), (200, &json!(false)), "{first}");
    // Another key, another order of fields, the shop named in the body, and the operator instead of the shop.
    let named = ORDER.replacen('{', r#"{"merchant":"shop","reference":"S78","#, 1);
    for (token, key, body) in
        [(&merchant, "two", &order), (&merchant, "three", &named), (&shop.operator, "four", &named)]
    {
        let (status, again) = shop.post("/v1/orders", token, key, body)?;
        assert_eq!(
            (status, &again["repeated"], &again["order"]),
            (200, &json!(true), &first["order"]),
            "{key} {again}"
        );
        assert_eq!(again["receipt"], first["receipt"]);
    }
    let changed = order.replacen("\"100\"", "\"101\"", 1);
    let (status, refused) = shop.post("/v1/orders", &merchant, "five", &changed)?;
    assert_eq!(
        (status, &refused["code"], &refused["field"]),
        (409, &json!("id_conflict"), &json!("reference")),
        "{refused}"
    );
    assert_eq!(shop.points("shop")?, "990");
    let (status, next) = shop.post("/v1/orders", &merchant, "five", &changed.replacen("S78", "S79", 1))?;
    assert_eq!((status, &next["repeated"]), (200, &json!(false)), "the next request works: {next}");
    Ok(())
}

#[test]
fn an_order_that_was_refused_does_not_use_its_reference_up() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &[])?;
    let merchant = shop.key(&["--role", "merchant", "--member", "shop"])?;
    let dear =
        r#"{"reference":"S1","buyer":"ann","channel":"online","amount":"5000","concession":"2000","region":"440106"}"#;
    let (status, refused) = shop.post("/v1/orders", &merchant, "one", dear)?;
    assert_eq!((status, &refused["code"]), (422, &json!("merchant_points_short")), "{refused}");
    assert_eq!(refused["repeated"], Value::Null, "{refused}");
    let (_, again) = shop.post("/v1/orders", &merchant, "one", dear)?;
    assert_eq!(
        (&again["code"], &again["repeated"]),
        (&refused["code"], &json!(true)),
        "a kept refusal says so: {again}"
    );
    shop.post("/v1/treasury/grants", &shop.operator, "g", r#"{"member":"shop","points":"2000"}"#)?;
    let (status, placed) = shop.post("/v1/orders", &merchant, "two", dear)?;
    assert_eq!((status, &placed["repeated"]), (200, &json!(false)), "{placed}");
    Ok(())
}

#[test]
fn a_reference_of_a_journals_order_is_known_to_the_shop_and_two_of_them_are_both_settled() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &[])?;
    let merchant = shop.key(&["--role", "merchant", "--member", "shop"])?;
    let event = |order: &str| {
        json!({"type": "order.placed", "order": order, "merchant": "shop", "buyer": "ann", "channel": "online", "amount": "100",
               "concession": "10", "region": "440106", "reference": "S1"})
    };
    let (_, answers) =
        shop.server.ask("POST", "/v1/events", Some(&shop.operator), &[], Some(&json!([event("a"), event("b")])))?;
    all_accepted(&answers)?;
    assert_eq!(shop.points("shop")?, "980", "a journal is settled as it is");
    let order = ORDER.replacen('{', r#"{"reference":"S1","#, 1);
    let (status, again) = shop.post("/v1/orders", &merchant, "one", &order)?;
    assert_eq!((status, &again["repeated"], &again["order"]), (200, &json!(true), &json!("a")), "{again}");
    // The same key, as another program may write it.
    let escaped = event("c").to_string().replace("reference", "r\\u0065ference").replace("S1", "S2");
    shop.post("/v1/events", &shop.operator, "journal", &escaped)?;
    let order = order.replace("S1", "S2");
    let (status, again) = shop.post("/v1/orders", &merchant, "two", &order)?;
    assert_eq!((status, &again["repeated"], &again["order"]), (200, &json!(true), &json!("c")), "{again}");
    Ok(())
}

#[test]
fn the_journal_of_an_import_that_is_sent_again_counts_once() -> TestResult {
    let folder = Folder::new()?;
    let write = |name: &str, text: &str| -> TestResult<String> {
        std::fs::write(folder.path(name), text)?;
        Ok(argument(&folder.path(name)).into())
    };
    let members = write("members.csv", "member,pack,points,region\nshop,merchant,2000,440106\nann,member,,\nbob,,,\n")?;
    let balances = write("balances.csv", "member,share_value,points\nann,10,10\nbob,,3.25\n")?;
    let orders = write(
        "orders.csv",
        "Id,Day,Who,Sum,Of\no1,2026-01-02,ann,100,\nr1,2026-01-02,ann,20,o1\nr2,2026-01-02,ann,20,o1\n",
    )?;
    let [m, b, o] = ["m", "b", "o"].map(|name| folder.path(name));
    gongxiang(&["import", "members", &members, "-o", argument(&m)])?;
    gongxiang(&["import", "balances", &balances, "-o", argument(&b)])?;
    let columns = ["--map=order=Id,date=Day,buyer=Who,amount=Sum", "--refund-of=Of", "--default=rate=10%"];
    let rest = ["--default=channel=online", "--default=merchant=shop", "--default=region=440106", "--rules=seed"];
    gongxiang(&[&["import", &orders, "-o", argument(&o)][..], &columns, &rest].concat())?;
    for database in databases(&folder)? {
        let server = Server::start(&["--database", &database, "--rules", "seed", "--first-day", "2026-01-01"])?;
        let mut states = Vec::new();
        for _ in 0..2 {
            for part in [&m, &b, &o] {
                let (code, answers) = server.post("/v1/events", "application/x-ndjson", std::fs::read(part)?)?;
                assert_eq!(code, 200, "{answers}");
                if states.is_empty() {
                    all_accepted(&answers)?;
                }
            }
            states.push(server.get("/v1/state")?.1);
        }
        assert_eq!(states[0], states[1]);
    }
    Ok(())
}

/// A request that was read to its end is answered with 503, never with 408, while the database waits. Repeated, it is settled
/// once.
fn late(shop: &Shop, hold: impl FnOnce() -> TestResult + Send) -> TestResult {
    let grant = r#"{"member":"ann","points":"7"}"#;
    std::thread::scope(|scope| {
        let lock = scope.spawn(|| hold().map_err(|error| error.to_string()));
        std::thread::sleep(Duration::from_millis(500));
        let started = Instant::now();
        let (status, problem) = shop.post("/v1/treasury/grants", &shop.operator, "late", grant)?;
        assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem}");
        assert!(started.elapsed() < Duration::from_secs(4), "it does not wait for the database");
        lock.join().map_err(|_| "it was not held")??;
        TestResult::Ok(())
    })?;
    for _ in 0..100 {
        let (status, answer) = shop.post("/v1/treasury/grants", &shop.operator, "late", grant)?;
        if status == 200 {
            assert_eq!(shop.points("ann")?, "7", "{answer}");
            return Ok(());
        }
        assert_eq!(status, 503, "{answer}");
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("it never was settled".into())
}

#[test]
fn a_command_that_was_read_is_answered_with_503_and_settled_once_on_sqlite() -> TestResult {
    let folder = Folder::new()?;
    let shop = shop(folder.database(), &["--request-seconds=2"])?;
    late(&shop, || hold_sqlite(&shop.database))
}

#[tokio::main(flavor = "current_thread")]
async fn hold_sqlite(database: &str) -> TestResult {
    let mut connection = sqlx::SqliteConnection::connect(database).await?;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

#[test]
fn a_command_that_was_read_is_answered_with_503_and_settled_once_on_postgresql() -> TestResult {
    let Some(database) = postgres()? else { return Ok(()) };
    let shop = shop(database.to_string(), &["--request-seconds=2"])?;
    late(&shop, || run_sql(&shop.database, "BEGIN; LOCK TABLE shards; SELECT pg_sleep(4); COMMIT"))
}
