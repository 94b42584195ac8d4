//! The files of a `SQLite` database. They are private, and the server checks that they stay in place.
//!
//! A process can go on writing to a file that was deleted or replaced. It would acknowledge events that are lost when
//! it ends. The log is the most dangerous one, because it holds the latest commits.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Arc, OnceLock};

use sqlx::sqlite::SqliteConnectOptions;

use crate::output;

/// Creates the file of a URL for its owner only: it holds every balance, and the secrets of webhooks. `SQLite` gives its log
/// and its index the same permissions. Does nothing for a URL that creates no file, or a database in memory.
pub fn make_private(url: &str) -> io::Result<()> {
    let makes = url.split_once('?').is_some_and(|(_, options)| options.split('&').any(|option| option == "mode=rwc"));
    let Some(options) = SqliteConnectOptions::from_str(url).ok().filter(|_| makes) else { return Ok(()) };
    let path = options.get_filename();
    if path.as_os_str().is_empty() || path == Path::new(":memory:") || url.starts_with("sqlite:file:") {
        return Ok(());
    }
    if fs::exists(path)? {
        return warn_if_others_read(path);
    }
    output::create_private(path).map(drop)
}

/// The file of a `SQLite` URL, if it is not there. A URL with options says itself whether the file is made.
#[must_use]
pub fn missing(url: &str) -> Option<String> {
    let path = url.strip_prefix("sqlite:").filter(|path| !path.contains(['?', ':']))?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let is_missing = !path.is_empty() && fs::exists(path).is_ok_and(|exists| !exists);
    is_missing.then(|| path.to_owned())
}

#[cfg(unix)]
fn warn_if_others_read(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(file = %path.display(), mode = format!("{mode:o}"), "other users may read the database: `chmod 600` forbids it");
    }
    Ok(())
}

#[cfg(not(unix))]
fn warn_if_others_read(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The log and its index, by what `SQLite` adds to the file's name.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

#[derive(Clone, Debug)]
pub struct OpenFile {
    path: PathBuf,
    identity: FileIdentity,
    /// Each of [`BESIDE`], once it was there. `SQLite` keeps them while a connection is open, and the pool keeps one open.
    beside: Arc<[OnceLock<FileIdentity>; 2]>,
}

impl OpenFile {
    /// The file that a URL names, if it exists; a database in memory has none.
    pub fn of(url: &str) -> Option<Self> {
        let path = SqliteConnectOptions::from_str(url).ok()?.get_filename().to_owned();
        Some(Self { identity: identity(&path).ok()?, path, beside: Arc::default() })
    }

    /// Whether the paths still name the open files.
    pub fn is_in_place(&self) -> bool {
        let beside = BESIDE.iter().zip(&*self.beside).all(|(end, known)| {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            let found = identity(Path::new(&path)).ok();
            match (known.get(), found) {
                (Some(known), found) => found.as_ref() == Some(known),
                (None, Some(found)) => *known.get_or_init(|| found) == found,
                (None, None) => true,
            }
        });
        beside && identity(&self.path).is_ok_and(|identity| identity == self.identity)
    }
}

/// Device and inode; no other file gets them while this one is open.
#[cfg(unix)]
type FileIdentity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<FileIdentity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Other systems cannot delete open files.
#[cfg(not(unix))]
type FileIdentity = ();

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<FileIdentity> {
    fs::metadata(path).map(drop)
}
