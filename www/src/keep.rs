//! The browser's database: answers of the server for times without a network, and actions that are not sent yet.
//!
//! The database can be full, blocked or broken. Then a write returns `false`, and a read finds nothing.

use js_sys::Array;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(module = "/src/keep.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn get(store: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn all(store: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn put(store: &str, key: &str, value: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn remove(store: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn clear(store: &str) -> Result<JsValue, JsValue>;
}

/// An object store of the database.
#[derive(Clone, Copy, Debug)]
pub enum Store {
    /// Answers of the server, by path.
    Answers,
    /// Actions that are not sent yet, by idempotency key.
    Waiting,
    /// Outcomes of actions, by idempotency key. Other tabs read them.
    Done,
    /// Refusals that nobody has read yet, by idempotency key.
    Refused,
}

impl Store {
    const fn name(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

pub async fn read(store: Store, key: &str) -> Option<String> {
    get(store.name(), key).await.ok()?.as_string()
}

/// All values, in the order of their keys; `None` if the browser stores nothing.
pub async fn read_all(store: Store) -> Option<Vec<String>> {
    let values = Array::from(&all(store.name()).await.ok()?);
    Some(values.iter().filter_map(|value| value.as_string()).collect())
}

/// Stores a text. Returns whether that worked.
pub async fn write(store: Store, key: &str, value: &str) -> bool {
    put(store.name(), key, value).await.is_ok()
}

pub async fn forget(store: Store, key: &str) {
    // Fails only if nothing could be stored either.
    let _ = remove(store.name(), key).await;
}

/// Deletes all data of members, except actions that wait and refusals: they belong to the member who confirmed them.
pub async fn forget_answers() {
    for store in [Store::Answers, Store::Done] {
        // Fails only if nothing could be stored either.
        let _ = clear(store.name()).await;
    }
}
