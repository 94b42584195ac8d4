//! Checks that the file of a `SQLite` database stays where it is.
//!
//! A process can go on writing to a file that was deleted or replaced. It would acknowledge events that are lost when
//! it ends.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::SqliteConnectOptions;

#[derive(Clone, Debug)]
pub struct OpenFile {
    path: PathBuf,
    identity: Identity,
}

impl OpenFile {
    /// The file that a URL names, if it exists; a database in memory has none.
    pub fn of(url: &str) -> Option<Self> {
        let path = SqliteConnectOptions::from_str(url).ok()?.get_filename().to_owned();
        Some(Self { identity: identity(&path).ok()?, path })
    }

    /// Whether the path still names the open file.
    pub fn is_in_place(&self) -> bool {
        identity(&self.path).is_ok_and(|identity| identity == self.identity)
    }
}

/// Device and inode, which no other file gets while this one is open.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Other systems do not delete open files.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    fs::metadata(path).map(drop)
}
