//! Short texts that all tabs share (`localStorage`). Other tabs are notified of each change.

use gloo::storage::{LocalStorage, Storage as _};
use leptos::prelude::window;

/// The chosen language.
pub const LANGUAGE: &str = "gongxiang.language";

/// Set until the server has been told of a sign-out.
pub const SIGNED_OUT: &str = "gongxiang.signed-out";

/// Changes whenever a tab signs in or out.
pub const SESSION: &str = "gongxiang.session";

/// Changes whenever something was settled or changed in a tab.
pub const CHANGED: &str = "gongxiang.changed";

/// The address with which `boot.js` opens the wallet where none is given: the home of who is signed in.
pub const START: &str = "gongxiang.start";

/// The member whose account said that it has a shop: its wallet opens at the counter. The session does not say it.
pub const MERCHANT: &str = "gongxiang.merchant";

/// This browser's subscription to notices, while it has one.
pub const PUSH: &str = "gongxiang.push";

/// Whether there is storage. `LocalStorage::raw` panics without.
fn works() -> bool {
    window().local_storage().is_ok_and(|storage| storage.is_some())
}

pub fn read(name: &str) -> Option<String> {
    // Raw: the typed calls would read and write a text as JSON, in quotes.
    works().then(|| LocalStorage::raw().get_item(name).ok().flatten()).flatten()
}

pub fn write(name: &str, text: &str) {
    if works() {
        // Fails only if the storage is full.
        let _ = LocalStorage::raw().set_item(name, text);
    }
}

pub fn is_set(name: &str) -> bool {
    read(name).is_some()
}

/// Sets a mark to the time, so that other tabs see a change.
pub fn set(name: &str) {
    write(name, &String::from(js_sys::Date::new_0().to_iso_string()));
}

pub fn remove(name: &str) {
    if works() {
        LocalStorage::delete(name);
    }
}
