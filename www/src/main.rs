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
//! | `order` | the order as it is typed: strict reading, preview |
//! | `figure` | decimals as a person reads them: on the string, never through a float |
//! | `lang`, `text` | 简体中文 and English |
//! | `route` | the address: `#/m/ID` |
//! | `fetched` | something that is on its way |
//! | `app`, `screens` | what is seen |

mod api;
mod app;
mod fetched;
mod figure;
mod lang;
mod order;
mod route;
mod screens;
mod text;
mod wallet;

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast as _;

fn main() {
    let Some(place) = document().get_element_by_id("app") else { return };
    // What stood there while the binary was on its way.
    place.set_text_content(None);
    leptos::mount::mount_to(place.unchecked_into(), app::app).forget();
}
