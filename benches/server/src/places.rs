//! New databases on each engine.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};
use gongxiang_cluster::{Cluster, Programs};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::runtime::Runtime;

/// An engine with databases that go with this value.
pub enum Engine {
    /// Files in a directory.
    Sqlite(PathBuf),
    /// A server of our own.
    Postgres(Cluster),
}

impl Engine {
    /// Files.
    pub fn sqlite() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("gongxiang-bench-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self::Sqlite(folder))
    }

    /// A server.
    pub fn postgres() -> Result<Self> {
        let programs = Programs::find()?.context("PostgreSQL is not installed")?;
        Ok(Self::Postgres(Cluster::start(programs)?))
    }

    /// The URL of a database that is not there yet (a file), or has nothing in it.
    pub fn new_database(&self, runtime: &Runtime) -> Result<String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        match self {
            Self::Sqlite(folder) => Ok(format!("sqlite:{}/{number}.db", folder.display())),
            Self::Postgres(cluster) => runtime.block_on(async {
                let mut connection = PgConnection::connect(&format!("{}postgres", cluster.url())).await?;
                connection.execute(AssertSqlSafe(format!("CREATE DATABASE bench_{number}"))).await?;
                Ok(format!("{}bench_{number}", cluster.url()))
            }),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Self::Sqlite(folder) = self {
            _ = fs::remove_dir_all(folder);
        }
    }
}
