//! `gongxiang serve`: database, ledger and HTTP put together, and ended in good order.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use gongxiang::preset;
use tokio::net::TcpListener;

use crate::api::App;
use crate::group::Request;
use crate::journal::Lines;
use crate::ledger::Ledger;
use crate::people::People;
use crate::rules;
use crate::store::sql::SqlStore;
use crate::store::{self, Page, Place, SHARDS, Store};

/// How many events of a demo's journal are read at once.
const DEMO_PART: usize = 4_096;

/// As the command line says it.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:PATH`.
    pub database: String,
    /// The rule set of a new book: a file or a preset.
    pub rules: Option<String>,
    /// A journal for an empty database.
    pub demo: Option<PathBuf>,
    /// Whether everybody may do everything.
    pub demo_mode: bool,
    /// Whether a demo may be reached from other machines.
    pub demo_anywhere: bool,
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
    if options.demo_mode {
        eprintln!("DEMO: everybody who reaches this server may see and do everything, and sign in as any member");
        if !options.listen.ip().is_loopback() && !options.demo_anywhere {
            bail!(
                "{} can be reached from elsewhere: a demo listens on 127.0.0.1 or [::1], or takes --demo-anywhere",
                options.listen
            );
        }
    }
    if let Some(wallet) = options.wallet.as_deref().filter(|wallet| !wallet.join("index.html").is_file()) {
        bail!("there is no wallet in {}: `cargo xtask build wallet` makes one", wallet.display());
    }
    let named = options.rules.as_deref().map(rules::load).transpose()?;
    let context = || format!("cannot use {}", store::redacted(&options.database));
    let store = SqlStore::open(&options.database).await.with_context(context)?;
    store.open_book(named.as_ref(), &preset::seed()?).await.with_context(context)?;
    let people = People::new(store.pool().clone());
    let store: Arc<dyn Store> = Arc::new(store);
    let (ledger, writing) = Ledger::start(Arc::clone(&store), first_shard(), Arc::default());
    if let Some(journal) = &options.demo {
        demo(journal, &ledger).await?;
    }
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}; another port goes with --listen", options.listen))?;
    let app = App::new(ledger, people, options.demo_mode).router(options.wallet.as_deref());
    let address = listener.local_addr().context("cannot tell the address")?;
    // A reader that is gone is no reason to end.
    _ = writeln!(std::io::stdout(), "gongxiang serves at http://{address}/");
    axum::serve(listener, app).with_graceful_shutdown(end()).await.context("cannot serve")?;
    for writer in writing {
        writer.await.context("a writer failed")?;
    }
    store.close().await;
    Ok(())
}

/// Processes that share a database should not share shards; if they do they only wait for each other.
fn first_shard() -> u8 {
    u8::try_from(std::process::id() * 2 % u32::from(SHARDS)).unwrap_or_default()
}

/// Settles a journal into an empty database.
async fn demo(journal: &Path, ledger: &Ledger) -> Result<()> {
    let first = ledger.read().await?.journal(Page { after: Place::default(), limit: 1 }).await?;
    if !first.is_empty() {
        eprintln!("the database is not empty: {} is not settled again", journal.display());
        return Ok(());
    }
    let size = fs::metadata(journal).map(|file| file.len()).unwrap_or_default();
    eprintln!("settling {} ({} KB)", journal.display(), size / 1_000);
    let (mut settled, mut refused) = (0, 0);
    let mut lines = Lines::open(journal)?;
    loop {
        let part: Vec<_> =
            lines.by_ref().take(DEMO_PART).collect::<std::io::Result<_>>().context("cannot read on in the journal")?;
        if part.is_empty() {
            break;
        }
        let sent = part.into_iter().map(|line| line.map(|line| Request::of_journal(line, "operator"))).collect();
        let answers = ledger.settle(sent).await.context("cannot keep the journal")?;
        settled += answers.len();
        refused += answers.iter().filter(|answer| answer.outcome.is_err()).count();
    }
    eprintln!("settled {settled} events, {refused} of them refused");
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
