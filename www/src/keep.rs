//! What the browser keeps: answers of the server for a time without a network, and actions that were not sent yet.
//!
//! Where storage is full or blocked nothing here fails loudly: whoever writes is told, and what was to be read is not there.

use idb::{Database, Factory, ObjectStore, ObjectStoreParams, TransactionMode};
use wasm_bindgen::JsValue;

const NAME: &str = "gongxiang";

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

async fn open() -> Result<Database, idb::Error> {
    let mut request = Factory::new()?.open(NAME, Some(1))?;
    request.on_upgrade_needed(|event| {
        let Ok(database) = idb::event::DatabaseEvent::database(&event) else { return };
        for drawer in Drawer::ALL {
            // A browser that refuses leaves a database without it, which fails when it is asked.
            let _ = database.create_object_store(drawer.name(), ObjectStoreParams::new());
        }
    });
    request.await
}

/// What is done with a drawer, and whether something may change in it.
async fn with<T>(
    drawer: Drawer,
    mode: TransactionMode,
    act: impl AsyncFnOnce(ObjectStore) -> Result<T, idb::Error>,
) -> Result<T, idb::Error> {
    let database = open().await?;
    let done = match database.transaction(&[drawer.name()], mode) {
        Ok(transaction) => {
            let result = act(transaction.object_store(drawer.name())?).await;
            if mode == TransactionMode::ReadWrite {
                transaction.commit()?.await?;
            }
            result
        }
        Err(error) => Err(error),
    };
    database.close();
    done
}

async fn try_read(drawer: Drawer, key: &str) -> Result<Option<String>, idb::Error> {
    let read = async |store: ObjectStore| store.get(JsValue::from_str(key))?.await;
    Ok(with(drawer, TransactionMode::ReadOnly, read).await?.and_then(|value| value.as_string()))
}

async fn try_read_all(drawer: Drawer) -> Result<Vec<String>, idb::Error> {
    let read = async |store: ObjectStore| store.get_all(None, None)?.await;
    let values = with(drawer, TransactionMode::ReadOnly, read).await?;
    Ok(values.iter().filter_map(JsValue::as_string).collect())
}

async fn try_write(drawer: Drawer, key: &str, value: Option<&str>) -> Result<(), idb::Error> {
    let write = async |store: ObjectStore| match value {
        Some(value) => store.put(&JsValue::from_str(value), Some(&JsValue::from_str(key)))?.await.map(|_| ()),
        None => store.delete(JsValue::from_str(key))?.await,
    };
    with(drawer, TransactionMode::ReadWrite, write).await
}

/// What is kept under this key.
pub async fn read(drawer: Drawer, key: &str) -> Option<String> {
    try_read(drawer, key).await.ok().flatten()
}

/// All that is kept, by key; nothing at all where the browser keeps nothing.
pub async fn read_all(drawer: Drawer) -> Option<Vec<String>> {
    try_read_all(drawer).await.ok()
}

/// Keeps a text; says whether it is kept.
pub async fn write(drawer: Drawer, key: &str, value: &str) -> bool {
    try_write(drawer, key, Some(value)).await.is_ok()
}

/// Keeps it no longer.
pub async fn forget(drawer: Drawer, key: &str) {
    // What cannot be deleted was never kept.
    let _ = try_write(drawer, key, None).await;
}

/// Keeps nothing any longer: whoever signs out leaves no balances behind.
pub async fn forget_all() {
    for drawer in Drawer::ALL {
        // What cannot be emptied was never filled.
        let _ = with(drawer, TransactionMode::ReadWrite, async |store| store.clear()?.await).await;
    }
}
