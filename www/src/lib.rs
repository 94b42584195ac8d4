//! The browser wallet of 共享购: thin, and it believes nobody.
//!
//! Every number on the screen is computed here, by the same rules crate as on the server: an account is brought up to
//! date from its snapshot and the records of the days, and an order is previewed on an excerpt of the book. The wallet
//! then compares its figures with the server's and says whether they are equal.
//!
//! | file | what lives there |
//! |---|---|
//! | `api` | the server's answers, and what can go wrong with them |
//! | `wallet` | the snapshot of a member: fetched, computed, compared |
//! | `history` | the whole statement: what was booked, fetched once and kept |
//! | `order` | the order as it is typed: strict reading, preview |
//! | `action` | what is to be done: an event, of which the command and the preview follow |
//! | `receipt` | the receipt that was foreseen, compared with the settled one |
//! | `outbox` | what was confirmed: kept, sent once, answered |
//! | `passkey` | signing in with the browser’s authenticator |
//! | `keep`, `locks` | what the browser keeps; one tab at a time |
//! | `json` | JSON into types |
//! | `input`, `figure` | decimals as a person types and reads them: on the string, never through a float |
//! | `lang`, `text` | 简体中文 and English, side by side |
//! | `route` | the address: `#/m/ID` |
//! | `fetched`, `reactive` | something that is on its way; memos and effects |
//! | `state` | what every screen shares |
//! | `app`, `screens`, `ui` | what is seen |
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
mod fetched;
mod figure;
mod history;
mod input;
mod json;
mod keep;
mod lang;
mod locks;
mod order;
mod outbox;
mod passkey;
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
