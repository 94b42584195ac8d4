//! Every address, as nobody, as another member, as another merchant, and as staff of each role.

use serde_json::{Value, json};

use super::{READS, commands, town};
use crate::support::{TestResult, add_key, run_sql};

#[test]
fn nobody_gets_nothing_but_what_is_public() -> TestResult {
    let town = town()?;
    let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
    for token in [None, Some("gxk_00000000_wrong"), Some("gxs_wrong"), Some("nonsense")] {
        for (path, body) in commands() {
            assert_eq!(town.status("POST", path, token, Some(&body))?.0, 401, "{path}");
        }
        let (status, problem) = town.status("POST", "/v1/events", token, Some(&json!([])))?;
        assert_eq!((status, &problem["code"]), (401, &json!("unauthorized")));
        for (path, public) in READS {
            let (status, _) = town.status("GET", path, token, None)?;
            assert_eq!(status == 200, public && (token.is_none() || !path.starts_with("/v1/session")), "{path}");
        }
    }
    assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before);
    Ok(())
}

/// What is another's is not found; other commands are somebody else's to give.
const fn refusal(is_of_another: bool) -> (u16, Option<&'static str>) {
    if is_of_another { (404, Some("not_found")) } else { (403, Some("forbidden")) }
}

#[test]
fn another_merchant_and_the_payment_system_do_only_what_is_theirs() -> TestResult {
    let town = town()?;
    let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
    for (path, body) in commands() {
        let (status, problem) = town.status("POST", path, Some(&town.other_merchant), Some(&body))?;
        // A till gives commands about orders only.
        let is_of_another = path.starts_with("/v1/orders/") || body["type"] == "order.refunded";
        assert_eq!((status, problem["code"].as_str()), refusal(is_of_another), "{path}");
        let pays = path.ends_with("/packs") || path.ends_with("/grants");
        if !pays {
            assert_eq!(town.status("POST", path, Some(&town.payment), Some(&body))?.0, 403, "{path}");
        }
    }
    for (path, public) in READS {
        let open = ["/v1/offers", "/v1/offers/f1", "/v1/names?members=bob", "/v1/goods", "/v1/absorbed"];
        let allowed = public || open.contains(&path);
        let (status, answer) = town.status("GET", path, Some(&town.other_merchant), None)?;
        // `ann`, whose shop's key it is, is the buyer of the trade: that is hers and not her shop's.
        assert_eq!(status == 200, allowed, "{path}: {answer}");
    }
    assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before);
    let (status, _) =
        town.status("POST", "/v1/members/bob/packs", Some(&town.payment), Some(&json!({"pack": "member"})))?;
    assert_eq!(status, 200);
    Ok(())
}

#[test]
fn another_member_sees_and_moves_nothing_of_others() -> TestResult {
    let town = town()?;
    let eve = town.signed_in("eve")?;
    let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
    for (path, body) in commands() {
        let (status, problem) = town.status("POST", path, Some(&eve), Some(&body))?;
        let is_of_another =
            ["/v1/orders/", "/v1/offers/f1/cancel", "/v1/trades/"].iter().any(|start| path.starts_with(start))
                || body["type"] == "order.refunded"
                || body["type"] == "trade.cancelled";
        assert_eq!((status, problem["code"].as_str()), refusal(is_of_another), "{path}");
    }
    assert_eq!(town.status("POST", "/v1/events", Some(&eve), Some(&json!([])))?.0, 403);
    assert_eq!(town.status("POST", "/v1/forecast", Some(&eve), Some(&json!({"member": "bob"})))?.0, 403);
    for (path, public) in READS {
        // Its own trades, of which there are none, its own ways of signing in, and what everybody sees of others.
        let own = ["/v1/offers", "/v1/offers/f1", "/v1/trades", "/v1/passkeys", "/v1/access", "/v1/names?members=bob"];
        let own = own.contains(&path) || ["/v1/goods", "/v1/vouchers", "/v1/absorbed"].contains(&path);
        let allowed = public || own;
        let (status, answer) = town.status("GET", path, Some(&eve), None)?;
        assert_eq!(status == 200, allowed, "{path}: {answer}");
    }
    let of_order = |buyer: &str, merchant: &str| {
        format!("/v1/excerpt?buyer={buyer}&merchant={merchant}&channel=online&region=440106")
    };
    let (status, _) = town.status("GET", &of_order("bob", "eve"), Some(&eve), None)?;
    assert_eq!(status, 403, "who has no shop sees nobody's referrers");
    for (path, member) in [
        ("/v1/excerpt?members=bob,shop".to_owned(), "bob"),
        ("/v1/excerpt?members=bob,shop".to_owned(), "shop"),
        (of_order("eve", "bob"), "bob"),
        (of_order("eve", "shop"), "shop"),
    ] {
        let (status, excerpt) = town.status("GET", &path, Some(&eve), None)?;
        assert_eq!(status, 200, "{path}: {excerpt}");
        let account = &excerpt["accounts"][member];
        let (_, own) = town.status("GET", &format!("/v1/members/{member}"), Some(&town.operator), None)?;
        assert_ne!(account["points"], own["state"]["points"], "{path}: {account}");
        assert_eq!((&account["locked"], &account["holding"]["units"]), (&json!("0"), &json!("0")), "{path}: {account}");
        let is_shop = member == "shop" && path.contains("buyer=");
        assert_eq!(account["shop"].is_null(), !is_shop, "{path}: {account}");
        assert!(is_shop || account["referrer"].is_null(), "{path}: {account}");
    }
    assert_eq!(town.status("GET", "/v1/trades", Some(&eve), None)?.1["rows"], json!([]));
    assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before);
    Ok(())
}

/// What a role may do beside reading, by the start of the address; for a preview, by the type of its event. From issue and task, not
/// from the code.
fn allowed(role: &str) -> &'static [&'static str] {
    match role {
        "clerk" => &[
            "/v1/members",
            "/v1/members/bob/packs",
            "/v1/purchases/p1/refund",
            "/v1/orders/o1/refund",
            "/v1/members/bob/enrolments",
            "order.refunded",
        ],
        "auditor" => &["/v1/rules/check"],
        "owner" | "cashier" => &["/v1/orders", "/v1/orders/o1/refund", "order.refunded"],
        _ => &[],
    }
}

/// What a role may read beside what is public.
fn readable(role: &str) -> &'static [&'static str] {
    match role {
        "clerk" | "auditor" => &[
            "/v1/members",
            "/v1/members/bob",
            "/v1/members/bob/statement",
            "/v1/members/bob/eve",
            "/v1/members/bob/profile",
            "/v1/names?members=bob",
            "/v1/members/bob/trades",
            "/v1/members/bob/purchases",
            "/v1/members/bob/redemptions",
            "/v1/members/bob/applications",
            "/v1/applications",
            "/v1/shops/shop/counter",
            "/v1/orders?merchant=shop",
            "/v1/orders/o1",
            "/v1/orders/o1/receipt",
            "/v1/goods",
            "/v1/goods?all=true",
            "/v1/vouchers",
            "/v1/absorbed",
            "/v1/offers",
            "/v1/offers?owner=bob",
            "/v1/offers/f1",
            "/v1/trades",
            "/v1/trades/t1",
            "/v1/excerpt?buyer=bob&merchant=shop&channel=online&region=440106",
        ],
        _ => &[
            "/v1/shops/shop/counter",
            "/v1/orders?merchant=shop",
            "/v1/orders/o1",
            "/v1/orders/o1/receipt",
            "/v1/goods",
            "/v1/absorbed",
            "/v1/offers",
            "/v1/offers/f1",
            "/v1/names?members=bob",
        ],
    }
}

#[test]
fn staff_do_what_their_role_says_and_nothing_else() -> TestResult {
    for (role, shop) in [("clerk", None), ("auditor", None), ("owner", Some("shop")), ("cashier", Some("shop"))] {
        let town = town()?;
        let of_shop = shop.map_or(Vec::new(), |shop| vec!["--shop", shop]);
        let token = town.staff(&[&["Li Na", "--role", role], &of_shop[..]].concat())?;
        let (_, session) = town.status("GET", "/v1/session", Some(&token), None)?;
        assert_eq!((&session["role"], &session["staff"]["name"]), (&json!(role), &json!("Li Na")), "{session}");
        assert_eq!((&session["member"], &session["staff"]["shop"]), (&Value::Null, &json!(shop)), "{session}");
        for (path, body) in commands() {
            let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
            let (status, problem) = town.status("POST", path, Some(&token), Some(&body))?;
            let what = if path == "/v1/previews" { body["type"].as_str().unwrap_or_default() } else { path };
            if allowed(role).contains(&what) {
                assert!(![401, 403, 404].contains(&status), "{role} {what}: {problem}");
            } else {
                assert_eq!((status, problem["code"].as_str()), (403, Some("needs_role")), "{role} {what}: {problem}");
                assert_eq!(problem["field"], "role", "{role} {what}: {problem}");
                assert!(problem["detail"].to_string().contains("this needs the operator"), "{role} {what}: {problem}");
                assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before, "{role} {what}");
            }
        }
        assert_eq!(town.status("POST", "/v1/events", Some(&token), Some(&json!([])))?.1["code"], "needs_role");
        for (path, public) in READS {
            let of_role: &[&str] = match role {
                "auditor" => &["/v1/state", "/v1/events"],
                "clerk" => &["/v1/members/bob/export"],
                _ => &[],
            };
            let expected = public || of_role.contains(&path) || readable(role).contains(&path);
            let (status, answer) = town.status("GET", path, Some(&token), None)?;
            assert_eq!(status == 200, expected, "{role} {path}: {status} {answer}");
        }
    }
    Ok(())
}

#[test]
fn a_key_that_reads_sees_what_an_auditor_sees_and_gives_no_command() -> TestResult {
    let town = town()?;
    let key = add_key(&town.folder.database(), &["--role", "read"])?;
    let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
    assert_eq!(town.status("GET", "/v1/session", Some(&key), None)?.1["role"], json!("read"));
    for (path, public) in READS {
        let expected = public || ["/v1/state", "/v1/events"].contains(&path) || readable("auditor").contains(&path);
        let (status, answer) = town.status("GET", path, Some(&key), None)?;
        assert_eq!(status == 200, expected, "{path}: {status} {answer}");
    }
    for (path, body) in commands() {
        let (status, problem) = town.status("POST", path, Some(&key), Some(&body))?;
        if !allowed("auditor").contains(&path) {
            assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")), "{path}: {problem}");
        }
    }
    assert_eq!(town.status("POST", "/v1/events", Some(&key), Some(&json!([])))?.0, 403);
    for path in ["/v1/members/bob/tokens", "/v1/members/bob/enrolments"] {
        assert_eq!(town.status("POST", path, Some(&key), Some(&json!({})))?.0, 403, "{path}");
    }
    assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before);
    Ok(())
}

/// What an app may read with a member's token, beside what is public.
const OF_TOKEN: [&str; 5] =
    ["/v1/members/bob", "/v1/members/bob/statement", "/v1/members/bob/eve", "/v1/orders/o1", "/v1/orders/o1/receipt"];

#[test]
fn a_token_reads_what_its_member_sees_and_nothing_else() -> TestResult {
    let town = town()?;
    let made = town.status("POST", "/v1/members/bob/tokens", Some(&town.operator), Some(&json!({"minutes": 5})))?.1;
    let token = made["token"].as_str().ok_or("no token")?;
    let bob = town.signed_in("bob")?;
    let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
    for (path, public) in READS {
        let (status, answer) = town.status("GET", path, Some(token), None)?;
        assert_eq!(status == 200, public || OF_TOKEN.contains(&path), "{path}: {status} {answer}");
        if OF_TOKEN.contains(&path) {
            assert_eq!(answer, town.status("GET", path, Some(&bob), None)?.1, "{path}");
        }
    }
    for (path, body) in commands() {
        let (status, problem) = town.status("POST", path, Some(token), Some(&body))?;
        assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")), "{path}: {problem}");
    }
    for (method, path) in [
        ("DELETE", "/v1/access/sessions"),
        ("PUT", "/v1/members/bob/profile"),
        ("DELETE", "/v1/members/bob/profile"),
        ("POST", "/v1/passkeys/begin"),
        ("POST", "/v1/events"),
        ("POST", "/v1/simulations"),
        ("POST", "/v1/members/bob/tokens"),
        ("GET", "/v1/members/bob/codes"),
        ("GET", "/v1/members/ann"),
        ("GET", "/v1/members/ann/statement"),
    ] {
        let (status, problem) = town.status(method, path, Some(token), Some(&json!({})))?;
        assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")), "{method} {path}: {problem}");
    }
    let order = json!({"buyer": "bob", "merchant": "shop", "channel": "online", "amount": "10", "concession": "1",
                       "region": "440106"});
    assert_eq!(
        town.status("POST", "/v1/quotes", Some(token), Some(&order))?.0,
        403,
        "it names who else gets something"
    );
    assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before);
    Ok(())
}

#[test]
fn a_token_ends_with_its_time_its_key_and_when_its_member_says_so() -> TestResult {
    let town = town()?;
    let make = |key: &str, body: Value| town.status("POST", "/v1/members/bob/tokens", Some(key), Some(&body));
    let token = |key: &str| -> TestResult<String> {
        Ok(make(key, json!({}))?.1["token"].as_str().ok_or("no token")?.to_owned())
    };
    let reads = |token: &str| -> TestResult<u16> { Ok(town.status("GET", "/v1/members/bob", Some(token), None)?.0) };
    for (body, field) in [
        (json!({"minutes": 0}), "minutes"),
        (json!({"minutes": 1441}), "minutes"),
        (json!({"minutes": "5"}), "minutes"),
        (json!({"rights": "all"}), "rights"),
    ] {
        let (status, problem) = make(&town.operator, body)?;
        assert_eq!((status, &problem["code"], &problem["field"]), (400, &json!("bad_event"), &json!(field)));
    }
    let nobody = town.status("POST", "/v1/members/nobody/tokens", Some(&town.operator), Some(&json!({})))?;
    assert_eq!((nobody.0, &nobody.1["code"]), (404, &json!("unknown_member")));
    let boss = town.staff(&["Li Na", "--role", "operator"])?;
    for other in [&town.payment, &town.merchant, &boss] {
        assert_eq!(make(other, json!({}))?.0, 403);
    }

    // Its secret is no session's.
    let first = token(&town.operator)?;
    assert_eq!(reads(&first)?, 200);
    assert_eq!(reads(&first.replacen("gxt_", "gxs_", 1))?, 401);
    assert_eq!(reads(&format!("gxs_{first}"))?, 401);

    // The member sees it among its sessions, and ends it.
    let bob = town.signed_in("bob")?;
    let (_, access) = town.status("GET", "/v1/access", Some(&bob), None)?;
    let sessions = access["sessions"].as_array().ok_or("no sessions")?;
    let shown = sessions.iter().find(|session| session["way"] == "token").ok_or("the token is not shown")?;
    let path = format!("/v1/access/sessions/{}", shown["id"].as_str().ok_or("no id")?);
    assert_eq!(town.status("DELETE", &path, Some(&bob), None)?.0, 204);
    assert_eq!(reads(&first)?, 401);
    assert_eq!(reads(&bob)?, 200);

    let database = town.folder.database();
    let key = add_key(&database, &["--role", "operator"])?;
    let (of_key, of_another) = (token(&key)?, token(&town.operator)?);
    let id = key.split('_').nth(1).ok_or("no id")?;
    assert_eq!(town.status("DELETE", &format!("/v1/keys/{id}"), Some(&town.operator), None)?.0, 204);
    assert_eq!((reads(&of_key)?, reads(&of_another)?), (401, 200), "a key's tokens end with it");

    let key = add_key(&database, &["--role", "operator", "--days", "1"])?;
    let id = key.split('_').nth(1).ok_or("no id")?;
    let end = |key: &str| -> TestResult<i64> {
        Ok(make(key, json!({"minutes": 1440}))?.1["expires"].as_i64().ok_or("no end")?)
    };
    let whole = end(&key)?;
    run_sql(&database, &format!("UPDATE keys SET expires = expires - 3600 WHERE id = '{id}'"))?;
    assert!(end(&key)? <= whole - 3_590, "a token ends with its key");

    run_sql(&database, "UPDATE sessions SET expires = 1 WHERE way = 'token'")?;
    assert_eq!(reads(&of_another)?, 401);

    let given_up = token(&town.operator)?;
    town.status("DELETE", "/v1/session", Some(&given_up), None)?;
    assert_eq!(reads(&given_up)?, 401);

    let many = (0..21).map(|_| token(&town.operator)).collect::<TestResult<Vec<_>>>()?;
    let valid = many.iter().map(|token| reads(token)).collect::<TestResult<Vec<_>>>()?;
    assert_eq!(valid.iter().filter(|status| **status == 200).count(), 20, "{valid:?}");
    Ok(())
}

#[test]
fn staff_of_another_shop_see_and_do_nothing_of_this_one() -> TestResult {
    let town = town()?;
    for role in ["owner", "cashier"] {
        let token = town.staff(&[role, "--role", role, "--shop", "ann"])?;
        let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
        for (path, body) in commands() {
            let (status, problem) = town.status("POST", path, Some(&token), Some(&body))?;
            assert!([403, 404].contains(&status), "{role} {path}: {problem}");
        }
        for path in [
            "/v1/orders?merchant=shop",
            "/v1/orders/o1",
            "/v1/orders/o1/receipt",
            "/v1/staff?shop=shop",
            "/v1/shops/shop/counter",
        ] {
            let (status, answer) = town.status("GET", path, Some(&token), None)?;
            assert!([403, 404].contains(&status), "{role} {path}: {answer}");
        }
        assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before);
    }
    Ok(())
}

#[test]
fn only_a_member_who_signed_in_has_passkeys() -> TestResult {
    let town = town()?;
    let eve = town.signed_in("eve")?;
    let (_, list) = town.status("GET", "/v1/passkeys", Some(&eve), None)?;
    let path = format!("/v1/passkeys/{}", list["passkeys"][0]["id"].as_str().ok_or("no passkey")?);
    for (token, expected) in
        [(None, 401), (Some(&town.payment), 403), (Some(&town.merchant), 403), (Some(&town.signed_in("bob")?), 404)]
    {
        let token = token.map(String::as_str);
        assert_eq!(town.status("DELETE", &path, token, None)?.0, expected, "{token:?}");
        let shut_out = town.status("DELETE", "/v1/members/eve/access", token, None)?.0;
        assert_eq!(shut_out, if token.is_none() { 401 } else { 403 }, "{token:?}");
        if expected != 404 {
            assert_eq!(town.status("POST", "/v1/passkeys/begin", token, Some(&json!({})))?.0, expected, "{token:?}");
        }
    }
    assert_eq!(
        town.status("DELETE", &path, Some(&town.operator), None)?.0,
        403,
        "the operator ends all of them, or none"
    );
    // A merchant's key is for the shop, not for its owner's points.
    assert_eq!(town.status("POST", "/v1/members/shop/enrolments", Some(&town.merchant), None)?.0, 403);
    assert_eq!(town.status("DELETE", &path, Some(&eve), None)?.0, 204);
    Ok(())
}
