//! Who may do what: every address, as nobody, as another member, as another merchant; and that a command is settled once.

mod actors;
mod settling;

use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::members::{ORIGIN, add_staff};
use crate::support::{Folder, Server, TestResult, add_key, all_accepted};

/// A server without demo mode, with a shop, two customers and their trades, and a key for everybody.
struct Town {
    server: Server,
    operator: String,
    payment: String,
    merchant: String,
    other_merchant: String,
    /// The database lives as long as the town.
    folder: Folder,
}

fn town() -> TestResult<Town> {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start_closed(&["--database", &database, "--rules", "seed", "--origin", ORIGIN])?;
    let operator = add_key(&database, &["--role", "operator"])?;
    let payment = add_key(&database, &["--role", "payment"])?;
    let merchant = add_key(&database, &["--role", "merchant", "--member", "shop"])?;
    let other_merchant = add_key(&database, &["--role", "merchant", "--member", "ann"])?;
    let events = json!([
        {"type": "member.registered", "member": "shop"},
        {"type": "pack.purchased", "member": "shop", "pack": "merchant"},
        {"type": "treasury.granted", "member": "shop", "points": "2000"},
        {"type": "merchant.opened", "member": "shop", "region": "440106"},
        {"type": "member.registered", "member": "ann"},
        {"type": "pack.purchased", "member": "ann", "pack": "member"},
        {"type": "member.registered", "member": "bob", "referrer": "ann"},
        {"type": "treasury.granted", "member": "bob", "points": "50"},
        {"type": "member.registered", "member": "eve"},
        {"type": "order.placed", "order": "o1", "buyer": "bob", "merchant": "shop", "channel": "online",
         "amount": "100", "concession": "10", "region": "440106"},
        {"type": "offer.placed", "offer": "f1", "member": "bob", "side": "sell", "points": "10", "unit_price": "1"},
        {"type": "offer.taken", "offer": "f1", "trade": "t1", "member": "ann", "points": "4"},
    ]);
    let (status, answers) = server.ask("POST", "/v1/events", Some(&operator), &[], Some(&events))?;
    assert_eq!(status, 200, "{answers}");
    all_accepted(&answers)?;
    Ok(Town { server, operator, payment, merchant, other_merchant, folder })
}

impl Town {
    /// The status of a request with a key of its own.
    fn status(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> TestResult<(u16, Value)> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let key = format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.server.ask(method, path, token, &[("idempotency-key", key.as_str())], body)
    }

    /// Signs a member in; the session's token.
    fn signed_in(&self, member: &str) -> TestResult<String> {
        let (_, made) = self.status("POST", &format!("/v1/members/{member}/enrolments"), Some(&self.operator), None)?;
        self.session_of(&made["enrolment"])
    }

    /// Adds somebody of the staff and signs it in; the session's token.
    fn staff(&self, arguments: &[&str]) -> TestResult<String> {
        self.session_of(&json!(add_staff(&self.folder.database(), arguments)?))
    }

    fn session_of(&self, code: &Value) -> TestResult<String> {
        let by = json!({"enrolment": code});
        let (_, begun) = self.status("POST", "/v1/passkeys/begin", None, Some(&by))?;
        let credential = Authenticator::new(ORIGIN)?.create(&begun["options"])?;
        let finish = json!({"ceremony": begun["ceremony"], "credential": credential});
        let (_, _, cookie) = self.server.ask_for_cookie("POST", "/v1/passkeys", &[], Some(&finish))?;
        Ok(cookie.ok_or("no session")?.split('=').nth(1).ok_or("no token")?.into())
    }
}

/// Every command, and a body that parses.
fn commands() -> Vec<(&'static str, Value)> {
    vec![
        ("/v1/members", json!({})),
        ("/v1/members/bob/packs", json!({"pack": "member"})),
        ("/v1/members/bob/packs", json!({"pack": "member", "purchase": "p2", "return_days": 7})),
        ("/v1/purchases/p1/refund", json!({})),
        ("/v1/members/bob/role", json!({"role": "vip"})),
        ("/v1/members/bob/role/withdraw", json!({})),
        ("/v1/members/bob/freeze", json!({})),
        ("/v1/members/bob/unfreeze", json!({})),
        ("/v1/members/bob/opening", json!({"points": "1"})),
        ("/v1/merchants/shop/close", json!({})),
        ("/v1/partners/bob/withdraw", json!({})),
        ("/v1/treasury/reclaims", json!({"member": "bob", "points": "1"})),
        ("/v1/merchants", json!({"member": "bob", "region": "440106"})),
        ("/v1/partners", json!({"member": "bob", "region": "440100"})),
        ("/v1/treasury/grants", json!({"member": "bob", "points": "1"})),
        ("/v1/prices", json!({"price": "1"})),
        (
            "/v1/orders",
            json!({"merchant": "shop", "buyer": "bob", "channel": "online", "amount": "10", "concession": "1",
                   "region": "440106"}),
        ),
        ("/v1/orders/o1/refund", json!({})),
        ("/v1/orders/o1/refund", json!({"concession": "1"})),
        ("/v1/transfers", json!({"from": "bob", "to": "ann", "points": "1"})),
        ("/v1/redemptions", json!({"member": "bob", "points": "1"})),
        ("/v1/redemptions/r1/cancel", json!({})),
        ("/v1/offers", json!({"member": "bob", "side": "sell", "points": "1", "unit_price": "1"})),
        ("/v1/offers/f1/cancel", json!({})),
        ("/v1/offers/f1/trades", json!({"member": "shop", "points": "1"})),
        ("/v1/trades/t1/pay", json!({})),
        ("/v1/trades/t1/confirm", json!({})),
        ("/v1/trades/t1/cancel", json!({})),
        ("/v1/rules", json!({"rules": {}})),
        ("/v1/rules/check", json!({"rules": {}})),
        ("/v1/days/2026-01-01/closing", json!({"most": 1})),
        ("/v1/days/2026-01-01/close", json!({})),
        ("/v1/previews", json!({"type": "price.set", "price": "1"})),
        ("/v1/previews", json!({"type": "day.closed", "day": "2026-01-01"})),
        ("/v1/previews", json!({"type": "rules.adopted", "rules": {}})),
        ("/v1/previews", json!({"type": "order.refunded", "order": "o1"})),
        ("/v1/previews", json!({"type": "points.transferred", "from": "bob", "to": "ann", "points": "1"})),
        ("/v1/previews", json!({"type": "offer.taken", "offer": "f1", "member": "shop", "points": "1"})),
        ("/v1/previews", json!({"type": "trade.cancelled", "trade": "t1"})),
        // No commands of the books, but they belong to somebody too.
        ("/v1/applications/1/approve", json!({"changes": 0})),
        ("/v1/applications/1/decline", json!({"changes": 0, "reason": "x"})),
        ("/v1/members/bob/enrolments", json!({})),
        ("/v1/webhooks", json!({"url": "https://shop.example/hook"})),
        ("/v1/webhooks/wh_1/secret", json!({})),
        ("/v1/webhooks/wh_1/test", json!({})),
        ("/v1/webhooks/wh_1/deliveries/1/send", json!({})),
        ("/v1/keys", json!({"role": "payment"})),
    ]
}

const READS: [(&str, bool); 47] = [
    ("/v1/members", false),
    ("/v1/members/bob", false),
    ("/v1/members/bob/statement", false),
    ("/v1/members/bob/eve", false),
    ("/v1/members/bob/profile", false),
    ("/v1/members/bob/export", false),
    ("/v1/names?members=bob", false),
    ("/v1/numbers/10000007", false),
    ("/v1/members/bob/codes", false),
    ("/v1/members/bob/applications", false),
    ("/v1/applications", false),
    ("/v1/webhooks", false),
    ("/v1/webhooks/wh_1", false),
    ("/v1/webhooks/wh_1/deliveries", false),
    ("/v1/keys", false),
    ("/v1/shops/shop", true),
    ("/v1/shops/shop/counter", false),
    ("/v1/shops", true),
    ("/v1/members/bob/trades", false),
    ("/v1/disputes", false),
    ("/v1/orders?merchant=shop", false),
    ("/v1/orders/o1", false),
    ("/v1/orders/o1/receipt", false),
    ("/v1/goods", false),
    ("/v1/goods?all=true", false),
    ("/v1/vouchers", false),
    ("/v1/absorbed", false),
    ("/v1/offers", false),
    ("/v1/offers?owner=bob", false),
    ("/v1/offers/f1", false),
    ("/v1/trades", false),
    ("/v1/trades/t1", false),
    ("/v1/state", false),
    ("/v1/events", false),
    ("/v1/excerpt?buyer=bob&merchant=shop&channel=online&region=440106", false),
    ("/v1/days", true),
    ("/v1/rules", true),
    ("/v1/rulebook", true),
    ("/v1/rules/announced", true),
    ("/v1/rules/flags", true),
    ("/v1/rules/history", true),
    ("/v1/rules/review", true),
    ("/v1/supply", true),
    ("/v1/session", true),
    ("/v1/passkeys", false),
    ("/v1/access", false),
    ("/health/ready", true),
];
