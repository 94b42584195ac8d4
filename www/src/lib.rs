//! The browser wallet of 共享购. It trusts no server with a number.
//!
//! Every number on the screen is computed here, by the rules crate that the server uses. The wallet brings an account up to
//! date from a snapshot and the records of the days, and previews an order on an excerpt of the book. It then compares its
//! figures with the server's and says whether they are equal.
//!
//! | file | what lives there |
//! |---|---|
//! | `api` | the server's answers, and what can go wrong with them |
//! | `wallet` | a member's balances: fetched, computed, compared |
//! | `history` | the whole statement: the postings, and each day's release between them |
//! | `order` | the order as it is typed: strict reading, preview |
//! | `action` | what a member or the operator wants to do: an event, its command and its preview |
//! | `receipt` | the expected receipt compared with the settled one |
//! | `outbox` | confirmed actions until the server has decided them |
//! | `passkey` | signing in with the browser’s authenticator |
//! | `keep`, `mark`, `locks` | what the browser keeps: answers and actions, short texts; one tab at a time |
//! | `json` | JSON into types |
//! | `input`, `figure` | decimals as a person types and reads them: on the string, never through a float |
//! | `lang`, `text` | 简体中文 and English, side by side |
//! | `route` | the address: `#/m/ID` |
//! | `query`, `reactive` | a question to the server and its state; memos and effects |
//! | `state` | what every screen shares |
//! | `app`, `screens`, `ui` | the frame, the screens, and the parts that screens share |
//!
//! There are two binaries of it, so that a member does not load what only the operator needs: `bin/wallet.rs` has the
//! screens of a member, `bin/desk.rs` those of the operator. `boot.js` starts the one that the address asks for.

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
