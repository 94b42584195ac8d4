//! A `PostgreSQL` database of one test, made on the server that `GONGXIANG_TEST_POSTGRES` names and dropped at its end.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

pub const VARIABLE: &str = "GONGXIANG_TEST_POSTGRES";

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub struct Database {
    server: String,
    name: String,
}

impl Database {
    pub fn new() -> Result<Self, Failure> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var(VARIABLE).map_err(|_| {
            format!("{VARIABLE} names no PostgreSQL server: `cargo xtask test` starts one, or set it to its URL")
        })?;
        Self::on(&server, COUNT.fetch_add(1, Ordering::Relaxed))
    }

    fn on(server: &str, number: u32) -> Result<Self, Failure> {
        let name = format!("gongxiang_test_{}_{number}", std::process::id());
        let this = Self { server: server.trim_end_matches('/').into(), name };
        this.ask(format!("CREATE DATABASE {}", this.name))?;
        Ok(this)
    }

    /// What `--database` takes.
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// On a thread of its own, because a test may already be in a runtime.
    fn ask(&self, sql: String) -> Result<(), Failure> {
        let url = format!("{}/postgres", self.server);
        let asked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                PgConnection::connect(&url).await?.execute(AssertSqlSafe(sql)).await?;
                Ok(())
            })
        });
        asked.join().map_err(|_| "the thread failed")?
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.ask(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)) {
            eprintln!("{} is left behind: {error}", self.name);
        }
    }
}
