//! The engines under test, each with a database of its own that is removed at its end.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::memory::MemoryStore;
use anyhow::{Context as _, Result, anyhow};
use gongxiang::ruleset::RuleSet;
use gongxiang_server::ledger::store::Store;
use gongxiang_server::ledger::store::sql::SqlStore;

use crate::broken::{Broken, Fault};
use crate::postgres::Database;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

enum Place {
    Memory(std::sync::Mutex<Option<MemoryStore>>),
    Sqlite(PathBuf),
    Postgres(Database),
}

pub struct Engine {
    place: Place,
    fault: Option<Fault>,
}

impl Engine {
    pub fn new(kind: Kind, fault: Option<Fault>) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let place = match kind {
            Kind::Memory => Place::Memory(std::sync::Mutex::default()),
            Kind::Sqlite => {
                let name = format!("gongxiang-store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
                let folder = std::env::temp_dir().join(name);
                std::fs::create_dir(&folder).context("a folder for the test")?;
                Place::Sqlite(folder)
            }
            Kind::Postgres => Place::Postgres(Database::new().map_err(|error| anyhow!("{error}"))?),
        };
        Ok(Self { place, fault })
    }

    /// Opens the engine with a new book, or with the one that it has.
    pub async fn open(&self, rules: &RuleSet) -> Result<Arc<dyn Store>> {
        let url = match &self.place {
            Place::Memory(kept) => {
                let mut kept = kept.lock().map_err(|_| anyhow!("another test failed"))?;
                return Ok(self.wrapped(kept.get_or_insert_with(|| MemoryStore::open(rules)).clone()));
            }
            Place::Sqlite(folder) => format!("sqlite:{}", folder.join("book.db").display()),
            Place::Postgres(database) => database.url(),
        };
        let store = SqlStore::open(&url).await?;
        store.open_book(Some(rules), rules).await?;
        Ok(self.wrapped(store))
    }

    fn wrapped(&self, store: impl Store + 'static) -> Arc<dyn Store> {
        let store: Arc<dyn Store> = Arc::new(store);
        match self.fault {
            None => store,
            Some(fault) => Arc::new(Broken { inner: store, fault }),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Place::Sqlite(folder) = &self.place {
            _ = std::fs::remove_dir_all(folder);
        }
    }
}
