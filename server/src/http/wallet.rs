//! The wallet that is inside the program: what `cargo xtask build` left in www/dist when the program was compiled.
//!
//! A debug build reads the directory each time it is asked, so that a change of the wallet needs no other server.

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::io::{self, Cursor, ErrorKind, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{Backend, File, Metadata};

#[derive(rust_embed::RustEmbed)]
#[folder = "../www/dist"]
// The server compiles without the wallet, and says so when it is asked for it.
#[allow_missing = true]
struct Built;

/// Its files, for `ServeDir`.
#[derive(Clone, Copy, Debug)]
pub struct BuiltWallet(());

/// A file that is open.
pub struct BuiltFile(Cursor<Cow<'static, [u8]>>);

#[derive(Clone, Copy, Debug)]
pub struct BuiltMetadata {
    is_directory: bool,
    size: usize,
}

impl BuiltWallet {
    /// Nothing if the program was compiled before the wallet.
    #[must_use]
    pub fn find() -> Option<Self> {
        Built::get("index.html").map(|_| Self(()))
    }
}

/// The name of a file as it was compiled in: `./index.html` is `index.html`.
fn name(path: &Path) -> String {
    let parts = path.components().filter(|part| matches!(part, Component::Normal(_)));
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn is_directory(name: &str) -> bool {
    name.is_empty() || Built::iter().any(|file| file.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
}

fn find(path: &Path) -> io::Result<Cow<'static, [u8]>> {
    Built::get(&name(path)).map(|file| file.data).ok_or_else(|| ErrorKind::NotFound.into())
}

impl Backend for BuiltWallet {
    type File = BuiltFile;
    type Metadata = BuiltMetadata;
    type OpenFuture = Ready<io::Result<BuiltFile>>;
    type MetadataFuture = Ready<io::Result<BuiltMetadata>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        ready(find(&path).map(|content| BuiltFile(Cursor::new(content))))
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        if is_directory(&name(&path)) {
            return ready(Ok(BuiltMetadata { is_directory: true, size: 0 }));
        }
        ready(find(&path).map(|content| BuiltMetadata { is_directory: false, size: content.len() }))
    }
}

impl File for BuiltFile {
    type Metadata = BuiltMetadata;
    type MetadataFuture<'a> = Ready<io::Result<BuiltMetadata>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        ready(Ok(BuiltMetadata { is_directory: false, size: self.0.get_ref().len() }))
    }
}

impl Metadata for BuiltMetadata {
    fn is_dir(&self) -> bool {
        self.is_directory
    }

    /// When a file was written says nothing here: a reproducible build may give all the same time. Its content is its tag.
    fn modified(&self) -> io::Result<SystemTime> {
        Err(ErrorKind::Unsupported.into())
    }

    fn len(&self) -> u64 {
        u64::try_from(self.size).unwrap_or(u64::MAX)
    }
}

impl AsyncRead for BuiltFile {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncSeek for BuiltFile {
    fn start_seek(mut self: Pin<&mut Self>, to: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.0).start_seek(to)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.0).poll_complete(context)
    }
}
