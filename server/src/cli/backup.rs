//! `gongxiang backup` and `restore`: a snapshot in one file, taken while the server goes on.
//!
//! No file is ever overwritten, and a backup is audited before it becomes the database.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::{Context as _, Result, bail};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::ledger::audit;
use crate::ledger::store::sql::{SqlStore, missing};
use crate::ledger::store::{Scope, Store as _, StoreError};
use crate::output::create_private;
use crate::text::redacted;

/// Writes a snapshot of the database into a new file.
pub fn backup(database: &str, file: &Path) -> Result<bool> {
    let options = sqlite(database)?;
    if let Some(path) = missing(database) {
        return Err(StoreError::Missing(path)).with_context(|| format!("cannot use {}", redacted(database)));
    }
    refuse_to_overwrite(file)?;
    let part = PartialFile::new(file)?;
    super::block_on(async {
        let source = options.create_if_missing(false);
        let mut source = source.connect().await.with_context(|| format!("cannot use {}", redacted(database)))?;
        let path = part.0.to_str().context("the file's name is no text")?.to_owned();
        sqlx::query("VACUUM INTO $1").bind(path).execute(&mut source).await.context("cannot write the backup")?;
        check(&mut source).await?;
        source.close().await.context("cannot close the database")
    })?;
    part.becomes(file)?;
    println!("{}", file.display());
    Ok(true)
}

/// Restores a backup as a new database, if the backup is undamaged and its books add up.
pub fn restore(file: &Path, database: &str) -> Result<bool> {
    let options = sqlite(database)?;
    let target = options.get_filename().to_path_buf();
    for ending in ["", "-wal", "-shm", "-journal"] {
        refuse_to_overwrite(&with_ending(&target, ending))?;
    }
    // The newest rows of a database in use are in its write-ahead log, which a copy of the file would lack.
    if with_ending(file, "-wal").exists() {
        bail!("{} is a database in use: make a backup of it with `gongxiang backup`", file.display());
    }
    let part = PartialFile::new(&target)?;
    fs::copy(file, &part.0).with_context(|| format!("cannot read {}", file.display()))?;
    let summary = super::block_on(async {
        let mut copy = SqliteConnectOptions::new().filename(&part.0).connect().await.context("it is no database")?;
        check(&mut copy).await?;
        let has_book = sqlx::query("SELECT 1 FROM head").fetch_optional(&mut copy).await.ok().flatten().is_some();
        copy.close().await?;
        if !has_book {
            bail!("there is no book in it");
        }
        let store = SqlStore::open(&format!("sqlite:{}", part.0.display())).await?;
        let summary = audit::audit(&mut *store.begin(Scope::Reading).await?).await?;
        store.close().await;
        Ok(summary)
    });
    let summary = summary.with_context(|| format!("{} is not restored", file.display()))?;
    part.becomes(&target)?;
    println!("restored and {summary}");
    Ok(true)
}

fn sqlite(database: &str) -> Result<SqliteConnectOptions> {
    if database.starts_with("postgres") {
        bail!("this command is for SQLite; for PostgreSQL use `pg_dump --format=custom` and `pg_restore`");
    }
    SqliteConnectOptions::from_str(database).with_context(|| format!("cannot use {}", redacted(database)))
}

fn refuse_to_overwrite(file: &Path) -> Result<()> {
    match fs::symlink_metadata(file) {
        Ok(found) if found.len() == 0 && found.is_file() => {
            fs::remove_file(file).context("cannot replace an empty file")
        }
        Ok(_) => bail!("{} exists already and is not overwritten", file.display()),
        Err(_) => Ok(()),
    }
}

async fn check(connection: &mut SqliteConnection) -> Result<()> {
    let found: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(connection).await?;
    match found.first() {
        Some((said,)) if said == "ok" => Ok(()),
        Some((said,)) => bail!("it is damaged: {said}"),
        None => bail!("it cannot be checked"),
    }
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

/// An unfinished file; dropping it deletes it.
struct PartialFile(PathBuf);

impl PartialFile {
    fn new(file: &Path) -> Result<Self> {
        let part = with_ending(file, ".part");
        create_private(&part).with_context(|| format!("cannot make {}", part.display()))?;
        Ok(Self(part))
    }

    /// Syncs the file to disk, then gives it its name.
    fn becomes(self, file: &Path) -> Result<()> {
        File::open(&self.0).and_then(|part| part.sync_all()).context("cannot write it to the disk")?;
        refuse_to_overwrite(file)?;
        fs::rename(&self.0, file).with_context(|| format!("cannot make {}", file.display()))?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Not every system can sync a directory.
        _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            _ = fs::remove_file(with_ending(&self.0, ending));
        }
    }
}
