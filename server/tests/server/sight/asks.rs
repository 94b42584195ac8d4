//! One request for each row of the list.

use serde_json::{Value, json};

use super::Actor;
use super::town::Town;

/// A request: its row in the list, its method and address, and its body if it has one. Commands have a type as well, so that they are
/// previewed first.
pub(super) struct Ask {
    pub(super) row: &'static str,
    pub(super) address: String,
    pub(super) body: Value,
    pub(super) kind: Option<&'static str>,
}

/// One request for each row of the list, in an order in which none takes away what a later one needs.
pub(super) fn asks(town: &Town, actor: &Actor) -> Vec<Ask> {
    let parts = [
        reads(town),
        looks(actor),
        dealings(town, actor),
        goods(town),
        standing(town),
        staff(town),
        admission(),
        integration(),
        ends(),
    ];
    parts.into_iter().flatten().collect()
}

/// A request as any, and one whose address is its row.
fn ask(method: &str, row: &'static str, address: &str, body: Value) -> Ask {
    Ask { row, address: format!("{method} {address}"), body, kind: None }
}

fn get(row: &'static str) -> Ask {
    ask("GET", row, row, Value::Null)
}

fn post(row: &'static str, body: Value) -> Ask {
    ask("POST", row, row, body)
}

fn command(kind: &'static str, row: &'static str, address: &str, body: Value) -> Ask {
    Ask { kind: Some(kind), ..ask("POST", row, address, body) }
}

fn plain(kind: &'static str, row: &'static str, body: Value) -> Ask {
    command(kind, row, row, body)
}

fn none() -> Value {
    json!({})
}

/// Only the operator says for whom it asks; everybody else asks for itself.
fn of(actor: &Actor, field: &str, member: &str, mut body: Value) -> Value {
    if ["operator", "staff-operator"].contains(&actor.name) {
        body[field] = json!(member);
    }
    body
}

fn order() -> Value {
    json!({"buyer": "bob", "channel": "offline", "amount": "100", "concession": "7.77", "region": "440106"})
}

fn reads(town: &Town) -> Vec<Ask> {
    let at = |row, address: &str| ask("GET", row, address, Value::Null);
    vec![
        get("/health/live"),
        get("/health/ready"),
        get("/v1/days"),
        at("/v1/days/{day}", "/v1/days/2026-01-02"),
        get("/v1/rules"),
        get("/v1/rulebook"),
        get("/v1/overview"),
        get("/v1/reports"),
        get("/v1/rules/announced"),
        get("/v1/rules/flags"),
        get("/v1/rules/history"),
        get("/v1/rules/review"),
        get("/v1/supply"),
        get("/v1/state"),
        get("/v1/events"),
        get("/v1/actions"),
        get("/v1/proposals"),
        get("/v1/staff"),
        get("/v1/session"),
        get("/v1/passkeys"),
        get("/v1/access"),
        get("/v1/members"),
        at("/v1/members/{member}", "/v1/members/bob"),
        at("/v1/members/{member}/statement", "/v1/members/bob/statement"),
        at("/v1/members/{member}/eve", "/v1/members/bob/eve"),
        at("/v1/members/{member}/pending", "/v1/members/bob/pending"),
        // Of the owner, whose other dealings are no business of the till's.
        at("/v1/members/{member} of the shop", "/v1/members/tom"),
        at("/v1/members/{member}/statement of the shop", "/v1/members/tom/statement"),
        at("/v1/members/{member}/eve of the shop", "/v1/members/tom/eve"),
        at("/v1/members/{member}/trades of the shop", "/v1/members/tom/trades"),
        // Of who only referred the buyer.
        at("/v1/members/{member}/pending of ann", "/v1/members/ann/pending"),
        at("/v1/members/{member}/team", "/v1/members/bob/team"),
        at("/v1/members/{member}/team of ann", "/v1/members/ann/team"),
        at("/v1/members/{member}/team/members of ann", "/v1/members/ann/team/members"),
        at("/v1/members/{member}/city of pam", "/v1/members/pam/city"),
        at("/v1/members/{member}/orders", "/v1/members/bob/orders"),
        at("/v1/members/{member}/purchases", "/v1/members/eve/purchases"),
        at("/v1/members/{member}/redemptions", "/v1/members/eve/redemptions"),
        at("/v1/members/{member}/profile", "/v1/members/bob/profile"),
        at("/v1/members/{member}/profile of the shop", "/v1/members/tom/profile"),
        at("/v1/members/{member}/export", "/v1/members/bob/export"),
        at("/v1/names", "/v1/names?members=bob,tom"),
        at("/v1/numbers/{number}", &format!("/v1/numbers/{}", town.number)),
        get("/v1/shops"),
        at("/v1/shops/{shop}", "/v1/shops/tom"),
        at("/v1/shops/{shop}/counter", "/v1/shops/tom/counter"),
        at("/v1/members/{member}/codes", "/v1/members/bob/codes"),
        at("/v1/orders", "/v1/orders?merchant=tom"),
        at("/v1/orders/{order}", "/v1/orders/o1"),
        at("/v1/orders/{order}/receipt", "/v1/orders/o1/receipt"),
        get("/v1/webhooks"),
        at("/v1/webhooks/{webhook}", "/v1/webhooks/wh_0"),
        at("/v1/webhooks/{webhook}/deliveries", "/v1/webhooks/wh_0/deliveries"),
        get("/v1/keys"),
        get("/v1/applications"),
        at("/v1/applications/{application}", "/v1/applications/1"),
        at("/v1/members/{member}/applications", "/v1/members/bob/applications"),
        get("/v1/goods"),
        at("/v1/goods/{item}", "/v1/goods/mug"),
        at("/v1/pictures/{picture}", "/v1/pictures/x"),
        get("/v1/absorbed"),
        get("/v1/vouchers"),
        at("/v1/vouchers/{voucher}", &format!("/v1/vouchers/{}", town.vouchers[1].0)),
        get("/v1/offers"),
        at("/v1/offers/{offer}", "/v1/offers/f1"),
        get("/v1/trades"),
        at("/v1/trades/{trade}", "/v1/trades/t1"),
        at("/v1/members/{member}/trades", "/v1/members/bob/trades"),
        at("/v1/members/{member}/trades of ann", "/v1/members/ann/trades"),
        get("/v1/disputes"),
        get("/v1/notices"),
        at("/v1/members/{member}/notices", "/v1/members/bob/notices"),
        at("/v1/members/{member}/subscriptions", "/v1/members/bob/subscriptions"),
        at("/v1/excerpt of members", "/v1/excerpt?members=bob,tom,meg"),
        at("/v1/excerpt of an order", "/v1/excerpt?buyer=bob&merchant=tom&channel=offline&region=440106"),
    ]
}

/// What is computed and not stored, and the journal's own events.
fn looks(actor: &Actor) -> Vec<Ask> {
    let mut quote = order();
    quote["merchant"] = json!("tom");
    vec![
        post("/v1/quotes", quote),
        post("/v1/forecast", of(actor, "member", "bob", json!({"horizons": [1], "turnover": "1", "inflow": "1"}))),
        post("/v1/simulations", json!({"days": 2})),
        post("/v1/rules/check", json!({"rules": {}})),
        post("/v1/codes/check", json!({"code": "x"})),
        post("/v1/previews", json!({"type": "order.refunded", "order": "o1"})),
        post("/v1/events", json!({"type": "treasury.granted", "member": "meg", "points": "1"})),
    ]
}

/// Commands about orders, points and trades.
fn dealings(town: &Town, actor: &Actor) -> Vec<Ask> {
    vec![
        plain("order.placed", "/v1/orders", of(actor, "merchant", "tom", order())),
        plain("points.transferred", "/v1/transfers", of(actor, "from", "bob", json!({"to": "meg", "points": "0.5"}))),
        plain("points.redeemed", "/v1/redemptions", of(actor, "member", "bob", json!({"points": "0.25"}))),
        command("redemption.cancelled", "/v1/redemptions/{redemption}/cancel", "/v1/redemptions/r1/cancel", none()),
        plain(
            "offer.placed",
            "/v1/offers",
            of(actor, "member", "bob", json!({"side": "sell", "points": "0.5", "unit_price": town.price})),
        ),
        command("offer.cancelled", "/v1/offers/{offer}/cancel", "/v1/offers/f2/cancel", none()),
        command(
            "offer.taken",
            "/v1/offers/{offer}/trades",
            "/v1/offers/f1/trades",
            of(actor, "member", "ann", json!({"points": "0.5"})),
        ),
        command("order.refunded", "/v1/orders/{order}/refund", "/v1/orders/o1/refund", none()),
        ask("PUT", "/v1/trades/{trade}/payee", "/v1/trades/t1/payee", json!({"payee": "x"})),
        ask("PUT", "/v1/trades/{trade}/payment-note", "/v1/trades/t1/payment-note", json!({"note": "x"})),
        ask("POST", "/v1/trades/{trade}/dispute", "/v1/trades/t2/dispute", json!({"statement": "x"})),
        command("trade.paid", "/v1/trades/{trade}/pay", "/v1/trades/t1/pay", none()),
        command("trade.confirmed", "/v1/trades/{trade}/confirm", "/v1/trades/t2/confirm", none()),
        command("trade.cancelled", "/v1/trades/{trade}/cancel", "/v1/trades/t3/cancel", none()),
        plain("merchant.opened", "/v1/merchants", of(actor, "member", "eve", json!({"region": "440106"}))),
    ]
}

/// Goods for points, and bob's vouchers for them.
fn goods(town: &Town) -> Vec<Ask> {
    let [(_, code), (sent, _), (cancelled, _)] = &town.vouchers;
    let of = |voucher: &str, what: &str| format!("/v1/vouchers/{voucher}/{what}");
    vec![
        post("/v1/voucher-codes/check", json!({"code": code})),
        post("/v1/voucher-codes/hand-out", json!({"code": code})),
        ask("POST", "/v1/vouchers/{voucher}/code", &of(cancelled, "code"), none()),
        ask("POST", "/v1/vouchers/{voucher}/cancel", &of(cancelled, "cancel"), none()),
        ask("POST", "/v1/vouchers/{voucher}/deliver", &of(sent, "deliver"), none()),
        ask("POST", "/v1/goods/{item}/redemptions", "/v1/goods/mug/redemptions", json!({"points": "0.5"})),
        ask(
            "PUT",
            "/v1/goods/{item}",
            "/v1/goods/cup",
            json!({"name": "Cup", "points": "1", "stock": 1, "shops": ["tom"]}),
        ),
        ask("PUT", "/v1/goods/{item}/picture", "/v1/goods/mug/picture", none()),
        ask("DELETE", "/v1/goods/{item}", "/v1/goods/mug", Value::Null),
    ]
}

/// Commands of the operator and its payment system.
fn standing(town: &Town) -> Vec<Ask> {
    vec![
        command("pack.purchased", "/v1/members/{member}/packs", "/v1/members/bob/packs", json!({"pack": "member"})),
        plain("treasury.granted", "/v1/treasury/grants", json!({"member": "bob", "points": "1"})),
        plain("treasury.reclaimed", "/v1/treasury/reclaims", json!({"member": "bob", "points": "1"})),
        command("pack.refunded", "/v1/purchases/{purchase}/refund", "/v1/purchases/p1/refund", none()),
        plain("member.registered", "/v1/members", json!({"referrer": "ann"})),
        command("member.frozen", "/v1/members/{member}/freeze", "/v1/members/eve/freeze", none()),
        command("member.unfrozen", "/v1/members/{member}/unfreeze", "/v1/members/eve/unfreeze", none()),
        command("balance.opened", "/v1/members/{member}/opening", "/v1/members/eve/opening", json!({"points": "1"})),
        command("role.assigned", "/v1/members/{member}/role", "/v1/members/eve/role", json!({"role": "vip"})),
        command("role.withdrawn", "/v1/members/{member}/role/withdraw", "/v1/members/eve/role/withdraw", none()),
        command("merchant.closed", "/v1/merchants/{member}/close", "/v1/merchants/zoe/close", none()),
        command("partner.withdrawn", "/v1/partners/{member}/withdraw", "/v1/partners/pam/withdraw", none()),
        plain("partner.appointed", "/v1/partners", json!({"member": "pam", "region": "440100"})),
        plain("price.set", "/v1/prices", json!({"price": town.price})),
        plain("rules.adopted", "/v1/rules", json!({"rules": {}, "accept_flags": town.red})),
        command("day.closing", "/v1/days/{day}/closing", "/v1/days/2026-01-04/closing", json!({"most": 1})),
        command("day.closed", "/v1/days/{day}/close", "/v1/days/2026-01-04/close", none()),
    ]
}

/// Staff.
fn staff(town: &Town) -> Vec<Ask> {
    let spare = &town.spare;
    vec![
        post("/v1/staff", json!({"name": "new", "role": "cashier", "shop": "tom"})),
        ask("POST", "/v1/staff/{staff}/enrolments", &format!("/v1/staff/{spare}/enrolments"), none()),
        ask("DELETE", "/v1/staff/{staff}", &format!("/v1/staff/{spare}"), Value::Null),
        ask("POST", "/v1/staff of an operator", "/v1/staff", json!({"name": "boss", "role": "operator"})),
        ask(
            "POST",
            "/v1/treasury/grants of more than one person may give",
            "/v1/treasury/grants",
            json!({"member": "bob", "points": "9002"}),
        ),
        ask("DELETE", "/v1/rules/announced/{announcement}", "/v1/rules/announced/1", Value::Null),
        ask("POST", "/v1/proposals/{proposal}/approve", "/v1/proposals/1/approve", none()),
        ask("POST", "/v1/proposals/{proposal}/approve of one's own", "/v1/proposals/3/approve", none()),
        ask("POST", "/v1/proposals/{proposal}/decline", "/v1/proposals/2/decline", json!({"reason": "x"})),
    ]
}

/// Applications for a shop: bob's is the first, ann's the second.
fn admission() -> Vec<Ask> {
    let decision = json!({"changes": 0, "reason": "x"});
    vec![
        post("/v1/applications", application("Nook")),
        ask("PUT", "/v1/applications/{application}", "/v1/applications/1", application("Niche")),
        ask("POST", "/v1/applications/{application}/approve", "/v1/applications/1/approve", json!({"changes": 0})),
        ask("POST", "/v1/applications/{application}/decline", "/v1/applications/2/decline", decision),
        ask("DELETE", "/v1/applications/{application}", "/v1/applications/1", Value::Null),
    ]
}

/// Webhooks and keys.
fn integration() -> Vec<Ask> {
    vec![
        post("/v1/webhooks", json!({"url": "https://shop.example/hook", "events": ["order.placed"]})),
        ask("POST", "/v1/webhooks/{webhook}/secret", "/v1/webhooks/wh_0/secret", none()),
        ask("POST", "/v1/webhooks/{webhook}/test", "/v1/webhooks/wh_0/test", none()),
        ask("POST", "/v1/webhooks/{webhook}/deliveries/{place}/send", "/v1/webhooks/wh_0/deliveries/1/send", none()),
        ask("DELETE", "/v1/webhooks/{webhook}", "/v1/webhooks/wh_0", Value::Null),
        post("/v1/keys", json!({"role": "payment", "note": "till"})),
        ask("DELETE", "/v1/keys/{key}", "/v1/keys/x", Value::Null),
    ]
}

/// What a member says of the shop that it wants to open.
pub(super) fn application(shop_name: &str) -> Value {
    json!({"region": "440106", "shop_name": shop_name, "address": "Road 2", "category": "food", "contact": "Somebody",
           "phone": "13700137000", "licence": "91350100M000100Y43"})
}

/// Signing in and out.
fn ends() -> Vec<Ask> {
    vec![
        post("/v1/sessions/demo", json!({"member": "bob"})),
        post("/v1/sessions/passkey/begin", none()),
        post("/v1/sessions/passkey", json!({"ceremony": "x", "credential": {}})),
        post("/v1/sessions/wechat", json!({"code": "x"})),
        ask("POST", "/v1/members/{member}/enrolments", "/v1/members/bob/enrolments", none()),
        ask("POST", "/v1/members/{member}/tokens", "/v1/members/bob/tokens", none()),
        post("/v1/passkeys/begin", none()),
        post("/v1/passkeys", json!({"ceremony": "x", "credential": {}})),
        ask("DELETE", "/v1/passkeys/{passkey}", "/v1/passkeys/x", Value::Null),
        ask("POST", "/v1/passkeys/{passkey}/name", "/v1/passkeys/x/name", json!({"name": "x"})),
        post("/v1/sessions/code", json!({"enrolment": "x"})),
        post("/v1/session/passkey", json!({"ceremony": "x", "credential": {}})),
        ask(
            "POST",
            "/v1/members/{member}/subscriptions",
            "/v1/members/bob/subscriptions",
            json!({"channel": "email", "kinds": ["earned"], "language": "en", "email": "bob@shop.example"}),
        ),
        ask(
            "PUT",
            "/v1/subscriptions/{subscription}",
            "/v1/subscriptions/s-bob",
            json!({"kinds": ["vested"], "language": "zh"}),
        ),
        ask("POST", "/v1/subscriptions/{subscription}/consents", "/v1/subscriptions/s-bob/consents", none()),
        ask("DELETE", "/v1/subscriptions/{subscription}", "/v1/subscriptions/s-bob", Value::Null),
        ask("DELETE", "/v1/access/codes/{code}", "/v1/access/codes/x", Value::Null),
        ask("DELETE", "/v1/access/wechat/{account}", "/v1/access/wechat/x", Value::Null),
        ask("DELETE", "/v1/access/sessions/{session}", "/v1/access/sessions/x", Value::Null),
        ask("DELETE", "/v1/access/sessions", "/v1/access/sessions", Value::Null),
        ask("PUT", "/v1/shops/{shop}/preset", "/v1/shops/tom/preset", json!({"unit": "percent", "value": "8.8"})),
        ask("PUT", "/v1/members/{member}/profile", "/v1/members/bob/profile", json!({"name": "Rob"})),
        ask("PUT", "/v1/members/{member}/profile of the shop", "/v1/members/tom/profile", json!({"shop_name": "Nook"})),
        ask("DELETE", "/v1/members/{member}/profile", "/v1/members/bob/profile", Value::Null),
        ask("DELETE", "/v1/members/{member}/profile of the shop", "/v1/members/tom/profile", Value::Null),
        ask("DELETE", "/v1/members/{member}/access", "/v1/members/ivy/access", Value::Null),
        ask("DELETE", "/v1/session", "/v1/session", Value::Null),
    ]
}
