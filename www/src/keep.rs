//! What the browser keeps: answers of the server for a time without a network, and actions that were not sent yet.
//!
//! Where storage is full or blocked nothing here fails loudly: whoever writes is told, and what was to be read is not there.

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

/// A drawer of the database.
#[derive(Clone, Copy, Debug)]
pub enum Drawer {
    /// Answers, by the address that was asked.
    Answers,
    /// Actions that wait, by their idempotency key.
    Waiting,
    /// What became of actions, by their idempotency key.
    Done,
}

impl Drawer {
    const ALL: [Self; 3] = [Self::Answers, Self::Waiting, Self::Done];

    const fn name(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Waiting => "waiting",
            Self::Done => "done",
        }
    }
}

/// What is kept under this key.
pub async fn read(drawer: Drawer, key: &str) -> Option<String> {
    get(drawer.name(), key).await.ok()?.as_string()
}

/// All that is kept, by key; nothing at all where the browser keeps nothing.
pub async fn read_all(drawer: Drawer) -> Option<Vec<String>> {
    let values = Array::from(&all(drawer.name()).await.ok()?);
    Some(values.iter().filter_map(|value| value.as_string()).collect())
}

/// Keeps a text; says whether it is kept.
pub async fn write(drawer: Drawer, key: &str, value: &str) -> bool {
    put(drawer.name(), key, value).await.is_ok()
}

/// Keeps it no longer.
pub async fn forget(drawer: Drawer, key: &str) {
    // What cannot be deleted was never kept.
    let _ = remove(drawer.name(), key).await;
}

/// Keeps nothing any longer: whoever signs out leaves no balances behind.
pub async fn forget_all() {
    for drawer in Drawer::ALL {
        // What cannot be emptied was never filled.
        let _ = clear(drawer.name()).await;
    }
}
