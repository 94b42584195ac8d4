//! The browser's database: answers of the server, for times without a network, and actions that wait to be sent.
//!
//! Storage can be full, blocked or broken. Then a write returns `false`, and a read finds nothing.

use js_sys::Array;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(module = "/src/keep.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn get(drawer: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn all(drawer: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn put(drawer: &str, key: &str, value: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn remove(drawer: &str, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn clear(drawer: &str) -> Result<JsValue, JsValue>;
}

/// An object store of the database.
#[derive(Clone, Copy, Debug)]
pub enum Drawer {
    /// Answers of the server, by path.
    Answers,
    /// Actions that are not sent yet, by idempotency key.
    Waiting,
    /// Outcomes of actions, by idempotency key. Other tabs read them.
    Done,
}

impl Drawer {
    const fn name(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Waiting => "waiting",
            Self::Done => "done",
        }
    }
}

pub async fn read(drawer: Drawer, key: &str) -> Option<String> {
    get(drawer.name(), key).await.ok()?.as_string()
}

/// All values, in the order of their keys; `None` if the browser stores nothing.
pub async fn read_all(drawer: Drawer) -> Option<Vec<String>> {
    let values = Array::from(&all(drawer.name()).await.ok()?);
    Some(values.iter().filter_map(|value| value.as_string()).collect())
}

/// Stores a text. Returns whether that worked.
pub async fn write(drawer: Drawer, key: &str, value: &str) -> bool {
    put(drawer.name(), key, value).await.is_ok()
}

pub async fn forget(drawer: Drawer, key: &str) {
    // Fails only where nothing could be stored either.
    let _ = remove(drawer.name(), key).await;
}

/// Deletes what the wallet knows of members. Actions that wait stay for the member who confirmed them.
pub async fn forget_answers() {
    for drawer in [Drawer::Answers, Drawer::Done] {
        // Fails only where nothing could be stored either.
        let _ = clear(drawer.name()).await;
    }
}
