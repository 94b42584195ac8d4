//! Databases of tests, and SQL on them beside the server.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::Connection as _;

use super::{Folder, TestResult};

/// A database of one test.
pub struct Database {
    url: String,
    /// Its name in `PostgreSQL`, where it is dropped at the end.
    name: Option<String>,
}

impl std::ops::Deref for Database {
    type Target = str;

    fn deref(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            _ = as_administrator(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A new database on each engine: on `SQLite`, and on `PostgreSQL` if `GONGXIANG_TEST_POSTGRES` names a server.
pub fn databases(folder: &Folder) -> TestResult<Vec<Database>> {
    let sqlite = Database { url: folder.database(), name: None };
    Ok([Some(sqlite), postgres()?].into_iter().flatten().collect())
}

impl Database {
    /// A copy in this folder, or in `PostgreSQL`; nobody may have it open.
    pub fn copy(&self, folder: &Folder) -> TestResult<Self> {
        if let Some(name) = &self.name {
            return postgres_like(name)?.ok_or_else(|| "no `PostgreSQL`".into());
        }
        std::fs::copy(self.url.trim_start_matches("sqlite:"), folder.path("book.db"))?;
        Ok(Self { url: folder.database(), name: None })
    }
}

/// A new database in the `PostgreSQL` of `GONGXIANG_TEST_POSTGRES`, a URL that ends in `/`.
pub fn postgres() -> TestResult<Option<Database>> {
    postgres_like("template1")
}

fn postgres_like(template: &str) -> TestResult<Option<Database>> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("GONGXIANG_TEST_POSTGRES") else { return Ok(None) };
    let name = format!("gongxiang_operations_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    as_administrator(&format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
    Ok(Some(Database { url: format!("{url}{name}"), name: Some(name) }))
}

/// Runs a statement on the `PostgreSQL` server itself.
pub fn as_administrator(sql: &str) -> TestResult {
    run_sql(&format!("{}postgres", std::env::var("GONGXIANG_TEST_POSTGRES")?), sql)
}

/// Runs a statement on a database, beside the server.
pub fn run_sql(url: &str, sql: &str) -> TestResult {
    sqlx::any::install_default_drivers();
    // Also called within the runtime of a test.
    std::thread::scope(|scope| {
        let done = scope.spawn(|| {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(sqlx::Error::Io)?;
            runtime.block_on(async {
                let mut connection = sqlx::AnyConnection::connect(url).await?;
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
                connection.close().await
            })
        });
        done.join().map_err(|_| sqlx::Error::WorkerCrashed)
    })??;
    Ok(())
}

/// Runs SQL on a `SQLite` file while no server uses it.
#[tokio::main(flavor = "current_thread")]
pub async fn by_hand(database: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = sqlx::SqliteConnection::connect(database).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await
}
