//! The browser wallet of 共享购. It computes every balance and preview itself, and shows where the server's
//! numbers differ.
//!
//! It uses the same crate of rules as the server. It brings an account up to date from a snapshot and the day records, previews
//! an action on an excerpt of the book, and compares its figures with the server's.
//!
//! | file | what lives there |
//! |---|---|
//! | `api` | requests to the server, its answers and faults |
//! | `staff`, `people`, `overview` | what the desk asks about the staff and their actions, about members, and about the whole scheme |
//! | `wallet` | a member's balances: fetched, computed, compared |
//! | `history` | the whole statement: the postings and each day's release |
//! | `forecasts` | a member's forecast, of today and of an earlier day, and what came since |
//! | `order` | an order as it is typed, and its preview |
//! | `order_parts` | where an order's points and share value go |
//! | `action` | an action of a member or the operator: its event, command and preview |
//! | `proposal` | commands that wait for a second person |
//! | `goods` | goods for points: the catalogue, vouchers, handing out |
//! | `trade` | a trade as its two sides see it, and what they write to each other |
//! | `team` | the sums of a member's team and of a partner's city |
//! | `application` | applications for a shop |
//! | `subscription` | notices: what a member is told of, and where |
//! | `announced` | rules that were announced: what they change, and from which day |
//! | `rule_values` | the values of a rule set, for the form of the rules |
//! | `receipt` | compares the expected receipt with the settled one |
//! | `outbox` | confirmed actions, until the server decides them |
//! | `counter`, `clock` | what the counter of a shop asks and computes; this device's clock |
//! | `access` | how the member signs in: sessions, codes, passkeys |
//! | `passkey` | signing in by passkey, and showing it again |
//! | `keep`, `mark`, `locks` | the browser's database, its short texts, and locks across tabs |
//! | `json` | reads types from JSON |
//! | `ids`, `names` | ids as people read them, and the names beside them |
//! | `input`, `figure` | decimals as a person types and reads them, never as floats |
//! | `lang`, `text` | 简体中文 and English, side by side |
//! | `route` | the address: `#/m/ID` |
//! | `query`, `reactive` | a request and the state of its answer; memos and effects |
//! | `state` | what every screen shares |
//! | `app`, `screens`, `ui` | the frame, the screens, and the parts that screens share |
//!
//! The wallet is ten programs, so that nobody loads what only others need. `boot.js` starts the one to which the address belongs
//! (`PROGRAMS` in `boot.js`).
//!
//! | program | screens |
//! |---|---|
//! | `bin/account.rs` | signing in, and a member's account, profile and code |
//! | `bin/wallet.rs` | what a member has and gets |
//! | `bin/points.rs` | moving and trading points, invitations, and a member's own orders |
//! | `bin/news.rs` | a member's notices, its team and its city |
//! | `bin/ahead.rs` | a member's forecast; the simulator at the desk |
//! | `bin/goods.rs` | goods for points |
//! | `bin/shop.rs` | the counter of a shop |
//! | `bin/people.rs` | members and staff at the desk |
//! | `bin/rules.rs` | new rules at the desk |
//! | `bin/desk.rs` | the rest of the desk |

mod access;
mod action;
mod announced;
mod api;
mod app;
mod application;
#[cfg(test)]
#[path = "../build.rs"]
#[expect(dead_code, reason = "here only its tests run")]
mod build;
mod clock;
mod counter;
mod figure;
mod forecasts;
mod goods;
mod history;
mod ids;
mod input;
mod json;
mod keep;
mod lang;
mod locks;
mod mark;
mod names;
mod order;
mod order_parts;
mod outbox;
mod overview;
mod passkey;
mod people;
mod proposal;
mod query;
mod reactive;
mod receipt;
mod route;
mod rule_values;
mod screens;
mod staff;
mod state;
mod subscription;
mod team;
mod text;
mod trade;
mod ui;
mod wallet;

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast as _;

/// Shows getting in, and the account of who is signed in.
pub fn show_account() {
    show(screens::of_account);
}

/// Shows the screens of a member.
pub fn show_wallet() {
    show(screens::of_wallet);
}

/// Shows moving and trading points, and a member's own orders.
pub fn show_points() {
    show(screens::of_points);
}

/// Shows what a member is told: notices, its team and its city.
pub fn show_news() {
    show(screens::of_news);
}

/// Shows the screens of a shop.
pub fn show_shop() {
    show(screens::of_shop);
}

/// Shows the screens of the operator.
pub fn show_desk() {
    show(|app, route| screens::of_desk(app, &route));
}

/// Shows the screens of members at the desk.
pub fn show_people() {
    show(screens::of_people);
}

/// Shows goods for points.
pub fn show_goods() {
    show(screens::of_goods);
}

/// Shows new rules at the desk.
pub fn show_rules() {
    show(|app, route| screens::of_rules(app, &route));
}

/// Shows what is to come: a member's forecast, and the simulator at the desk.
pub fn show_ahead() {
    show(screens::of_ahead);
}

fn show(screens: app::Screens) {
    let Some(place) = document().get_element_by_id("app") else { return };
    // Removes the placeholder that stood there while the binary loaded.
    place.set_text_content(None);
    leptos::mount::mount_to(place.unchecked_into(), move || app::app(screens)).forget();
}
