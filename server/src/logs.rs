//! The log, on standard error: lines for people, or JSON for machines.
//!
//! It never contains a secret: no key, no query string, no body, and never a member together with an amount.

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts the log, unless one was started before.
pub fn start(level: &str, format: LogFormat) -> Result<()> {
    // The passkey library logs ordinary refusals as errors; the server logs them itself.
    let filter = EnvFilter::try_new(format!("webauthn_rs_core=off,{level}"))
        .with_context(|| format!("`{level}` is no log level"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Tests start several servers in one process.
    _ = match format {
        LogFormat::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    };
    Ok(())
}
