//! The log, to the standard error output: lines for people, or JSON for machines.
//!
//! Nothing secret is ever given to it: no key, no query string, no body, and no member together with an amount.

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// In which form the log is written, to the standard error output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts the log; where there is one already, that one stays.
///
/// # Errors
/// If the level is none.
pub fn start(level: &str, format: LogFormat) -> Result<()> {
    // What does not hold of a passkey is said in our own words; the library calls ordinary ones an error.
    let filter = EnvFilter::try_new(format!("webauthn_rs_core=off,{level}"))
        .with_context(|| format!("`{level}` says nothing of what is to be logged"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Tests start several servers in one process.
    _ = match format {
        LogFormat::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    };
    Ok(())
}
