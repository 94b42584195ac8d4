//! One suite of checks for every engine, and for engines that are broken on purpose.

mod broken;
mod deadline;
mod engine;
mod gone;
mod lists;
mod memory;
mod plans;
mod suite;

#[path = "../support/postgres.rs"]
mod postgres;

use engine::{Engine, Kind};

use broken::Fault;

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_what_the_trait_promises() -> anyhow::Result<()> {
    suite::everything(&|| Engine::new(Kind::Memory, None)).await?;
    suite::vectors(&|| Engine::new(Kind::Memory, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_what_the_trait_promises() -> anyhow::Result<()> {
    suite::everything(&|| Engine::new(Kind::Sqlite, None)).await?;
    suite::vectors(&|| Engine::new(Kind::Sqlite, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_what_the_trait_promises() -> anyhow::Result<()> {
    suite::everything(&|| Engine::new(Kind::Postgres, None)).await?;
    suite::vectors(&|| Engine::new(Kind::Postgres, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_come_comes_in_memory() -> anyhow::Result<()> {
    suite::what_is_to_come_comes(&|| Engine::new(Kind::Memory, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_come_comes_on_sqlite() -> anyhow::Result<()> {
    suite::what_is_to_come_comes(&|| Engine::new(Kind::Sqlite, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_come_comes_on_postgresql() -> anyhow::Result<()> {
    suite::what_is_to_come_comes(&|| Engine::new(Kind::Postgres, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_forgets_the_refusals_of_commands_after_a_time() -> anyhow::Result<()> {
    suite::refusals_are_forgotten(&|| Engine::new(Kind::Sqlite, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_forgets_the_refusals_of_commands_after_a_time() -> anyhow::Result<()> {
    suite::refusals_are_forgotten(&|| Engine::new(Kind::Postgres, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_rejects_every_broken_store() {
    for fault in Fault::ALL {
        let found = suite::everything(&|| Engine::new(Kind::Memory, Some(fault))).await;
        match found {
            Ok(()) => panic!("{fault:?} passes"),
            Err(error) => println!("{fault:?}: {error:#}"),
        }
    }
}
