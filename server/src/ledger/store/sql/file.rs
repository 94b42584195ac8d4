//! The file of a `SQLite` database, which has to stay where it is.
//!
//! A process goes on with a file that somebody has deleted or replaced: it would acknowledge events that nobody ever finds
//! again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::SqliteConnectOptions;

/// The file that was opened.
#[derive(Clone, Debug)]
pub struct OpenFile {
    path: PathBuf,
    identity: Identity,
}

impl OpenFile {
    /// That of a URL, if it names one that is there; a database in memory has none.
    pub fn of(url: &str) -> Option<Self> {
        let path = SqliteConnectOptions::from_str(url).ok()?.get_filename().to_owned();
        Some(Self { identity: identity(&path).ok()?, path })
    }

    /// Whether it is still what its path names.
    pub fn is_in_place(&self) -> bool {
        identity(&self.path).is_ok_and(|identity| identity == self.identity)
    }
}

/// Device and number. While the file is open no other one gets them.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Elsewhere a file that is open cannot be deleted.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    fs::metadata(path).map(drop)
}
