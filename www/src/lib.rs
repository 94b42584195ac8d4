//! The browser wallet of 共享购. It trusts no server with a number.
//!
//! Every number on the screen is computed here, by the crate of rules that the server uses. The wallet brings an account up to
//! date from a snapshot and the day records, previews an action on an excerpt of the book, and compares its figures with the
//! server's.
//!
//! | file | what lives there |
//! |---|---|
//! | `api` | requests to the server, its answers and faults |
//! | `staff` | what the desk asks about the staff, and about who did what |
//! | `wallet` | a member's balances: fetched, computed, compared |
//! | `history` | the whole statement: the postings and each day's release |
//! | `order` | an order as it is typed, and its preview |
//! | `action` | an action of a member or the operator: its event, command and preview |
//! | `receipt` | compares the expected receipt with the settled one |
//! | `outbox` | confirmed actions, until the server decides them |
//! | `passkey` | signing in by passkey |
//! | `keep`, `mark`, `locks` | the browser's database, its short texts, and locks across tabs |
//! | `json` | reads types from JSON |
//! | `input`, `figure` | decimals as a person types and reads them, never as floats |
//! | `lang`, `text` | 简体中文 and English, side by side |
//! | `route` | the address: `#/m/ID` |
//! | `query`, `reactive` | a request and the state of its answer; memos and effects |
//! | `state` | what every screen shares |
//! | `app`, `screens`, `ui` | the frame, the screens, and the parts that screens share |
//!
//! It has two binaries, so that a member does not load what only the operator needs: `bin/wallet.rs` has a member's screens,
//! `bin/desk.rs` the operator's. `boot.js` starts the one that the address names.

mod action;
mod api;
mod app;
#[cfg(test)]
#[path = "../build.rs"]
#[expect(dead_code, reason = "here only its tests run")]
mod build;
mod figure;
mod history;
mod input;
mod json;
mod keep;
mod lang;
mod locks;
mod mark;
mod order;
mod outbox;
mod passkey;
mod query;
mod reactive;
mod receipt;
mod route;
mod screens;
mod staff;
mod state;
mod text;
mod ui;
mod wallet;

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast as _;

/// Shows the screens of a member.
pub fn show_wallet() {
    show(screens::of_members);
}

/// Shows the screens of the operator.
pub fn show_desk() {
    show(|app, route| screens::of_operator(app, &route));
}

fn show(screens: app::Screens) {
    let Some(place) = document().get_element_by_id("app") else { return };
    // Removes the placeholder that stood there while the binary loaded.
    place.set_text_content(None);
    leptos::mount::mount_to(place.unchecked_into(), move || app::app(screens)).forget();
}
