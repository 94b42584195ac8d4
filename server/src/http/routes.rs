//! The routes of HTTP, version 1.
//!
//! Every answer under `/v1` is JSON. Every error is a problem document (RFC 9457) with a stable code and the field. A handler's
//! arguments describe its right, its parameters and its body (`api.rs`). The routes of commands come from their table (`commands.rs`).

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::get;

use super::answer::Answer;
use super::api::Api;
use super::app::App;
use super::files::WalletFiles;
use super::{
    access, actions, ahead, announced, applications, counter, days, etag, events, files, goods, guard, health, keys,
    market, members, metrics, names, notices, openapi, orders, overview, passkeys, pending, preview, problem, profiles,
    proposals, quote, returns, rulebook, rules, scheme, sessions, settle, staff, team, tokens, trades, vouchers,
    webhooks,
};
use crate::limits::BODY_BYTES_MAX;

/// All routes, with the wallet's files at `/` if there are any.
pub fn router(app: App, files: Option<&WalletFiles>) -> Router {
    let demo = app.demo;
    let router = api()
        .into_router()
        .route("/v1/openapi.json", get(async || Answer::<()>::from_text(document())))
        .route("/metrics", get(metrics::metrics))
        .method_not_allowed_fallback(problem::method_not_allowed);
    let router = match files {
        Some(files) => files::with_files(router, files),
        None => router.fallback(problem::not_found),
    };
    let router = router.with_state(app).layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    // A demo has no credentials, so only pages of this machine may ask.
    if demo { router.layer(from_fn(guard::from_this_machine)) } else { router }
}

/// The `OpenAPI` document.
#[must_use]
pub fn document() -> String {
    openapi::text(api())
}

/// Every route that the document describes.
fn api() -> Api {
    let api = reads(Api::default()).map(|router| router.route_layer(from_fn(etag::by_content)));
    settle::routes(integration(admission(second_person(told(for_points(at_counter(trade_notes(profile(
        own_access(sign_in(looks(api))),
    )))))))))
    .get("/health/live", "live", "The process answers", health::live)
    .get("/health/ready", "ready", "The database answers, and can be written", health::ready)
}

/// Routes that read. Each answer has an `ETag`.
fn reads(api: Api) -> Api {
    // Pages of other sites may read the first two.
    api.get("/v1/rules", "rules", "The rules in force", rules::current)
        .get("/v1/supply", "supply", "The scheme's numbers now", scheme::supply)
        .map(files::for_every_page)
        .get("/v1/members", "members", "Members by id", members::members)
        .get("/v1/members/{member}", "member", "A member at this moment: what a wallet computes from", members::member)
        .get("/v1/members/{member}/statement", "statement", "A member's postings, newest first", members::statement)
        .get("/v1/members/{member}/pending", "pending", "What orders are to bring a member, by day and kind", pending::pending)
        .get("/v1/members/{member}/team", "team", "What a member's network brings, by month and level", team::team)
        .get(
            "/v1/members/{member}/team/members",
            "team_members",
            "Those whom a member brought itself, and what each one's branch brought",
            team::members,
        )
        .get("/v1/members/{member}/city", "city", "What an area partner's city brings", team::city)
        .get("/v1/members/{member}/orders", "member_orders", "What a member bought, newest first", orders::bought)
        .get("/v1/members/{member}/purchases", "purchases", "A member's packs that could be returned, newest first", returns::purchases)
        .get("/v1/members/{member}/redemptions", "redemptions", "A member's redemptions, newest first", returns::redemptions)
        .get("/v1/members/{member}/eve", "eve", "The eve of the close: what a wallet forecasts from", ahead::eve)
        .get("/v1/members/{member}/profile", "profile", "What a member says of itself", profiles::profile)
        .get(
            "/v1/members/{member}/export",
            "export",
            "All that is kept of a member beside the books",
            profiles::export,
        )
        .get("/v1/names", "names", "The names of members, by id", names::names)
        .get("/v1/numbers/{number}", "number", "Whose a short number is", names::number)
        .get("/v1/shops", "shops", "Open shops, by city", names::shops)
        .get("/v1/shops/{shop}", "shop", "An open shop", names::shop)
        .get("/v1/shops/{shop}/counter", "counter", "What a shop's till starts from", counter::counter)
        .get("/v1/members/{member}/codes", "codes", "The codes by which a member shows at a counter who it is", counter::codes)
        .get("/v1/orders", "orders", "A shop's orders, newest first", orders::orders)
        .get("/v1/orders/{order}", "order", "An order", orders::order)
        .get("/v1/orders/{order}/receipt", "order_receipt", "How an order was answered", orders::receipt)
        .get("/v1/offers", "offers", "Offers that can be taken, by id, or those of one side by price", market::offers)
        .get("/v1/offers/{offer}", "offer", "An offer", market::offer)
        .get("/v1/trades", "trades", "One's own trades, by id", market::trades)
        .get("/v1/trades/{trade}", "trade", "A trade", market::trade)
        .get("/v1/members/{member}/trades", "member_trades", "A member's trades: those that live, then those that ended", trades::of_member)
        .get("/v1/disputes", "disputes", "Open disputes about trades, oldest first", trades::disputes)
        .get("/v1/goods", "goods", "What members can have for points today, by id", goods::items)
        .get("/v1/goods/{item}", "item", "An item that members can have for points", goods::item)
        .get("/v1/pictures/{picture}", "picture", "A picture of an item", goods::picture)
        .get("/v1/vouchers", "vouchers", "Vouchers for goods, newest first: one's own, or all", vouchers::list)
        .get("/v1/vouchers/{voucher}", "voucher", "A voucher for a piece of an item", vouchers::voucher)
        .get("/v1/absorbed", "absorbed", "How many points goods absorbed on each closed day, oldest first", goods::absorbed)
        .get("/v1/days", "days", "Closed days, oldest first", days::days)
        .get("/v1/days/{day}", "day", "A closed day", days::day)
        .get("/v1/overview", "overview", "The scheme at a glance, for who runs it", overview::overview)
        .get("/v1/reports", "reports", "What each closed day brought, oldest first", overview::reports)
        .get("/v1/rules/history", "rules_history", "All rules that were ever in force", rules::history)
        .get("/v1/rules/announced", "announced_rules", "The rules that were announced last, and from which day they hold", announced::current)
        .get("/v1/rulebook", "rulebook", "The rules in force in words, with examples", rulebook::current)
        .get("/v1/rules/flags", "flag_catalogue", "Every red flag that there is, in words", rules::catalogue)
        .get("/v1/rules/review", "review", "The red flags of the rules in force", rules::flags)
        .get("/v1/state", "state", "Everything, every account settled to the present", scheme::state)
        .get(
            "/v1/excerpt",
            "excerpt",
            "As much of the book as a preview needs: of an order between buyer and merchant, or the accounts of members",
            scheme::excerpt,
        )
        .get("/v1/events", "journal", "Accepted events with their receipts, in their order", events::journal)
        .get("/v1/notices", "notice_offer", "Of what members can be told, and how", notices::offer)
        .get(
            "/v1/members/{member}/notices",
            "notices",
            "What a member was told of, newest first",
            notices::list,
        )
        .get(
            "/v1/members/{member}/subscriptions",
            "subscriptions",
            "How a member is told, and of what",
            notices::subscriptions,
        )
        .get("/v1/session", "session", "Who one is, and how members can sign in", sessions::who)
        .get("/v1/staff", "staff", "Who works for the operator and in the shops, by id", staff::list)
        .get("/v1/actions", "actions", "Who did what, newest first: events, and changes beside the books", actions::list)
        .get("/v1/webhooks", "webhooks", "Webhooks, the oldest first", webhooks::list)
        .get("/v1/webhooks/{webhook}", "webhook", "A webhook", webhooks::one)
        .get(
            "/v1/webhooks/{webhook}/deliveries",
            "deliveries",
            "What waits for a webhook, was given up, or was received lately, newest events first",
            webhooks::deliveries,
        )
        .get("/v1/keys", "keys", "API keys without their secrets, by id", keys::list)
        .get("/v1/proposals", "proposals", "Commands that wait for a second person, or did, newest first", proposals::list)
        .get("/v1/applications", "applications", "Applications for a shop, newest first", applications::list)
        .get("/v1/applications/{application}", "application", "An application for a shop", applications::one)
        .get(
            "/v1/members/{member}/applications",
            "member_applications",
            "A member's applications for a shop, newest first",
            applications::of_member,
        )
        .get("/v1/passkeys", "passkeys", "One's own passkeys, oldest first", passkeys::list)
        .get("/v1/access", "access", "One's own sessions, codes, passkeys and WeChat accounts", access::list)
}

/// Routes that compute without storing anything, and the journal's own events.
fn looks(api: Api) -> Api {
    api.post("/v1/events", "settle_events", "Settle events of a journal, each by itself", events::settle)
        .post("/v1/quotes", "quote", "What an order would be answered with now", quote::quote)
        .post("/v1/previews", "preview", "What a command would be answered with now", preview::preview)
        .post("/v1/forecast", "forecast", "What a member may expect: a band, with its inputs", ahead::forecasts)
        .post(
            "/v1/simulations",
            "simulate",
            "A scenario, day by day, on the rules in force or on other rules",
            ahead::simulations,
        )
        .post(
            "/v1/rules/check",
            "check_rules",
            "What an adoption would make of the rules in force, and its red flags",
            rules::check,
        )
}

/// What the sides of a trade tell each other. Nothing of it is an event.
fn trade_notes(api: Api) -> Api {
    api.put("/v1/trades/{trade}/payee", "set_payee", "Say where one is paid, as the seller of a trade", trades::payee)
        .put(
            "/v1/trades/{trade}/payment-note",
            "set_payment_note",
            "Say how the payment is found, as the buyer of a trade",
            trades::payment_note,
        )
        .post(
            "/v1/trades/{trade}/dispute",
            "dispute_trade",
            "Make a statement about a paid trade, for the operator to decide",
            trades::dispute,
        )
}

/// How members end what they signed in with.
fn own_access(api: Api) -> Api {
    api.delete(
        "/v1/access/sessions",
        "end_others",
        "End every session of one's own but this one, and every code",
        access::end_others,
    )
    .delete(
        "/v1/access/sessions/{session}",
        "end_session",
        "End one of one's own sessions; codes that it made end with it",
        access::end_session,
    )
    .delete("/v1/access/codes/{code}", "end_code", "End one of one's own enrolment codes", access::end_code)
    .delete(
        "/v1/access/wechat/{account}",
        "unbind_wechat",
        "Unbind one of one's own WeChat accounts; sessions by WeChat end",
        access::unbind_wechat,
    )
    .post("/v1/passkeys/{passkey}/name", "name_passkey", "Name one of one's own passkeys", access::name_passkey)
}

/// How members sign in and out.
fn sign_in(api: Api) -> Api {
    api.post("/v1/sessions/demo", "sign_in_demo", "Sign in as any member, on a demo server", sessions::demo)
        .post(
            "/v1/sessions/passkey/begin",
            "begin_sign_in",
            "Begin to sign in by passkey, whoever it is",
            sessions::begin,
        )
        .post(
            "/v1/sessions/passkey",
            "sign_in",
            "Sign in by passkey; the session is in the cookie",
            sessions::passkey,
        )
        .post(
            "/v1/sessions/wechat",
            "sign_in_wechat",
            "Sign in by a code of `wx.login()`; an account that is nobody's yet comes with an enrolment code, or registers",
            sessions::wechat,
        )
        .post(
            "/v1/sessions/code",
            "sign_in_by_code",
            "Sign in by an enrolment code; the session is in the cookie",
            sessions::code,
        )
        .post(
            "/v1/session/passkey",
            "verify",
            "Show a passkey again in one's session, before adding a way to sign in",
            sessions::verify,
        )
        .delete("/v1/session", "sign_out", "Sign out", sessions::sign_out)
        .post(
            "/v1/members/{member}/enrolments",
            "enrol",
            "Make a code that lets somebody in as the member, once",
            passkeys::enrol,
        )
        .post("/v1/staff", "add_staff", "Add somebody of the staff, with a code for the first passkey", staff::add)
        .post("/v1/staff/{staff}/enrolments", "enrol_staff", "Make a new code for somebody of the staff", staff::enrol)
        .delete("/v1/staff/{staff}", "end_staff", "End somebody of the staff: its sessions, passkeys and codes", staff::end)
        .delete(
            "/v1/members/{member}/access",
            "shut_out",
            "End every way in of a member: passkeys, sessions, codes, WeChat accounts",
            passkeys::shut_out,
        )
        .post(
            "/v1/passkeys/begin",
            "begin_passkey",
            "Begin to register a passkey: by an enrolment code, as a new member, or as who is signed in",
            passkeys::begin,
        )
        .post("/v1/passkeys", "add_passkey", "Register a passkey; who was not signed in is so now", passkeys::finish)
        .delete(
            "/v1/passkeys/{passkey}",
            "remove_passkey",
            "Remove one of one's own passkeys; its sessions end",
            passkeys::remove,
        )
}

/// What members say of themselves.
fn profile(api: Api) -> Api {
    api.put("/v1/members/{member}/profile", "replace_profile", "Replace a member's profile", profiles::replace).delete(
        "/v1/members/{member}/profile",
        "erase_profile",
        "Erase a member's profile: the id alone remains",
        profiles::erase,
    )
}

/// What is done at the counter of a shop, beside its orders.
fn at_counter(api: Api) -> Api {
    api.put("/v1/shops/{shop}/preset", "replace_preset", "Replace a shop's usual concession", counter::replace_preset)
        .post("/v1/codes/check", "check_code", "Whose a member's code is, if it holds", counter::check_code)
}

/// How members are told what concerns them.
fn told(api: Api) -> Api {
    api.post(
        "/v1/members/{member}/subscriptions",
        "subscribe",
        "Be told: by a browser, `WeChat`, e-mail or SMS",
        notices::subscribe,
    )
    .put(
        "/v1/subscriptions/{subscription}",
        "change_subscription",
        "Change of what one of one's own subscriptions tells",
        notices::change,
    )
    .post(
        "/v1/subscriptions/{subscription}/consents",
        "consent",
        "Count one more consent to a message of `WeChat`",
        notices::consent,
    )
    .delete(
        "/v1/subscriptions/{subscription}",
        "unsubscribe",
        "End one of one's own subscriptions",
        notices::unsubscribe,
    )
}

/// Goods for points: the catalogue, and what members redeem and get.
fn for_points(api: Api) -> Api {
    api.put("/v1/goods/{item}", "write_item", "Add an item, or change it as a whole", goods::write)
        .delete(
            "/v1/goods/{item}",
            "withdraw_item",
            "Offer an item no longer; vouchers for it can be used",
            goods::withdraw,
        )
        .put(
            "/v1/goods/{item}/picture",
            "write_picture",
            "Give an item a picture in place of the one before",
            goods::write_picture,
        )
        .post(
            "/v1/goods/{item}/redemptions",
            "redeem_for_goods",
            "Redeem points for a piece of an item, as a member: both or neither",
            vouchers::redeem,
        )
        .post(
            "/v1/vouchers/{voucher}/code",
            "renew_voucher_code",
            "Make a new code for one's own voucher",
            vouchers::new_code,
        )
        .post(
            "/v1/vouchers/{voucher}/cancel",
            "cancel_voucher",
            "Cancel a voucher that was not used: points and piece come back",
            vouchers::cancel,
        )
        .post("/v1/vouchers/{voucher}/deliver", "deliver_voucher", "Say that the piece was sent", vouchers::deliver)
        .post(
            "/v1/voucher-codes/check",
            "check_voucher_code",
            "What is to be handed out for a code, if it is handed out here",
            vouchers::check_code,
        )
        .post("/v1/voucher-codes/hand-out", "hand_out", "Use a voucher's code, which is done once", vouchers::hand_out)
}

/// How members come to a shop.
fn admission(api: Api) -> Api {
    api.post("/v1/applications", "apply", "Apply for a shop, as a member", applications::apply)
        .put(
            "/v1/applications/{application}",
            "change_application",
            "Change one's application as a whole, while nobody has decided",
            applications::change,
        )
        .delete(
            "/v1/applications/{application}",
            "withdraw_application",
            "Withdraw one's application, while nobody has decided",
            applications::withdraw,
        )
        .post(
            "/v1/applications/{application}/approve",
            "approve_application",
            "Approve an application, which opens the shop as soon as pack and deposit are there",
            applications::approve,
        )
        .post(
            "/v1/applications/{application}/decline",
            "decline_application",
            "Decline an application, with the reason",
            applications::decline,
        )
}

/// What other systems need: webhooks and keys.
fn integration(api: Api) -> Api {
    api.post("/v1/webhooks", "add_webhook", "Send events to an address from now on", webhooks::add)
        .delete(
            "/v1/webhooks/{webhook}",
            "remove_webhook",
            "Remove a webhook, with what waits for it",
            webhooks::remove,
        )
        .post(
            "/v1/webhooks/{webhook}/secret",
            "change_webhook_secret",
            "Make a new secret; the old one signs beside it for 24 hours",
            webhooks::change_secret,
        )
        .post("/v1/webhooks/{webhook}/test", "test_webhook", "Send a test message, once and now", webhooks::test)
        .post(
            "/v1/webhooks/{webhook}/deliveries/{place}/send",
            "send_delivery",
            "Send an event to a webhook again",
            webhooks::send_again,
        )
        .post(
            "/v1/members/{member}/tokens",
            "make_token",
            "Make a token with which an app reads what a member sees",
            tokens::make,
        )
        .post("/v1/keys", "add_key", "Make an API key, which is shown once", keys::add)
        .delete("/v1/keys/{key}", "revoke_key", "Revoke an API key at once", keys::revoke)
}

/// How a second person decides.
fn second_person(api: Api) -> Api {
    api.delete(
        "/v1/rules/announced/{announcement}",
        "withdraw_rules",
        "Withdraw rules that were announced, before their day",
        announced::withdraw,
    )
    .post(
        "/v1/proposals/{proposal}/approve",
        "approve_proposal",
        "Approve what somebody else proposed, which settles it",
        proposals::approve,
    )
    .post(
        "/v1/proposals/{proposal}/decline",
        "decline_proposal",
        "Decline what was proposed, with the reason",
        proposals::decline,
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    #[test]
    fn the_document_that_is_checked_in_is_the_one_that_is_served() {
        let kept = include_str!("../../openapi.json");
        // Not `assert_eq!`, which would print both.
        assert!(
            kept.trim() == super::document().trim(),
            "`gongxiang openapi > server/openapi.json` brings it up to date"
        );
    }

    #[test]
    fn whatever_the_document_refers_to_is_in_it() -> Result<(), serde_json::Error> {
        let document: Value = serde_json::from_str(&super::document())?;
        let mut named = BTreeSet::new();
        references(&document, &mut named);
        assert!(named.len() > 30, "{named:?}");
        for name in named {
            assert!(document.pointer(name.trim_start_matches('#')).is_some(), "{name} is missing");
        }
        Ok(())
    }

    fn references<'a>(value: &'a Value, named: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                named.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, named));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, named)),
            _ => {}
        }
    }
}
