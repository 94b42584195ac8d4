//! Checks that the file of a `SQLite` database stays where it is.
//!
//! A process can go on writing to a file that was deleted or replaced. It would acknowledge events that are lost when
//! it ends.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::SqliteConnectOptions;

use crate::output;

/// Makes the file of a URL, if there is none, for its owner only: every balance is in it, and the secrets of webhooks. `SQLite` gives
/// its log and its index the same rights. A URL that makes no file, or one in memory, is left alone.
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

#[cfg(unix)]
fn warn_if_others_read(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(file = %path.display(), mode = format!("{mode:o}"), "others may read the database: `chmod 600` ends that");
    }
    Ok(())
}

#[cfg(not(unix))]
fn warn_if_others_read(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The file that was opened.
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
