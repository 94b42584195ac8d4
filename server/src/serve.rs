//! `gongxiang serve`: database, ledger and HTTP put together, and ended in good order.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use gongxiang::book::Book;
use gongxiang::preset;
use tokio::net::TcpListener;

use crate::journal::Lines;
use crate::ledger::{self, Ledger};
use crate::storage::{Group, Storage};
use crate::{api, rules};

/// As the command line says it.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:PATH`.
    pub database: String,
    /// The rule set of a new book: a file or a preset.
    pub rules: Option<String>,
    /// A journal for an empty database.
    pub demo: Option<PathBuf>,
    /// The wallet's files.
    pub wallet: Option<PathBuf>,
    /// Address and port.
    pub listen: SocketAddr,
}

/// Serves until it is told to end (Ctrl-C or SIGTERM); prints its address when it answers.
///
/// # Errors
/// If the books do not add up, or something that it needs is missing.
pub fn run(options: &Options) -> Result<()> {
    tokio::runtime::Runtime::new().context("cannot start")?.block_on(serve(options))
}

async fn serve(options: &Options) -> Result<()> {
    if !options.listen.ip().is_loopback() {
        bail!("{} is not of this machine alone, and nobody signs in yet: use 127.0.0.1 or [::1]", options.listen);
    }
    if let Some(wallet) = options.wallet.as_deref().filter(|wallet| !wallet.join("index.html").is_file()) {
        bail!("there is no wallet in {}: `cargo xtask build wallet` makes one", wallet.display());
    }
    let named = options.rules.as_deref().map(rules::load).transpose()?;
    let mut storage = Storage::open(&options.database, named.as_ref(), &preset::seed()?)
        .await
        .with_context(|| format!("cannot use {}", options.database))?;
    let mut book = storage.load().await.with_context(|| format!("cannot use {}", options.database))?;
    if let Some(journal) = &options.demo {
        demo(journal, &mut book, &mut storage).await?;
    }
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}; another port goes with --listen", options.listen))?;
    let (ledger, writing) = Ledger::start(book, storage);
    let app = api::app(ledger, options.wallet.as_deref());
    let address = listener.local_addr().context("cannot tell the address")?;
    // A reader that is gone is no reason to end.
    _ = writeln!(std::io::stdout(), "gongxiang serves at http://{address}/");
    axum::serve(listener, app).with_graceful_shutdown(end()).await.context("cannot serve")?;
    writing.await.context("the writer failed")?.context("cannot close the database")
}

/// Settles a journal into an empty database, in one transaction: all of it is there or nothing.
async fn demo(journal: &Path, book: &mut Book, storage: &mut Storage) -> Result<()> {
    if !storage.is_empty() {
        eprintln!("the database is not empty: {} is not settled again", journal.display());
        return Ok(());
    }
    let size = fs::metadata(journal).map(|file| file.len()).unwrap_or_default();
    eprintln!("settling {} ({} KB)", journal.display(), size / 1_000);
    let lines = Lines::open(journal)?.collect::<std::io::Result<Vec<_>>>().context("cannot read on in the journal")?;
    let mut group = Group::default();
    let outcomes = ledger::settle(book, &mut group, lines);
    storage.commit(&group, book).await.context("cannot keep the journal")?;
    let refused = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    eprintln!("settled {} events, {refused} of them refused", outcomes.len());
    Ok(())
}

/// When somebody wants it to end.
async fn end() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => _ = terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}
