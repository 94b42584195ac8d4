//! Settings: by flag, by environment (`GONGXIANG_…`), by file (`gongxiang.toml`), or as they are by themselves, in that order.
//!
//! What the file says is given to the command line as its defaults: so all three are read and refused in the same way, and
//! each setting can tell where it came from.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, ValueEnum};

use crate::group::json;
use crate::store;

/// The file that is read if none is named and it is there.
const FILE: &str = "gongxiang.toml";

/// In which form the log is written, to the standard error output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Where everything is kept.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// Where everything is kept: `sqlite:PATH` (the file is made if there is none) or `postgres://…`.
    #[arg(long, env = "GONGXIANG_DATABASE", hide_env_values = true, default_value = "sqlite:gongxiang.db")]
    pub database: String,
}

/// What `gongxiang serve` goes by.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Settings {
    /// Where everything is kept.
    #[command(flatten)]
    pub database: Database,
    /// The rule set with which a new book is opened: a file (TOML or JSON) or a preset (seed, single-level).
    /// An existing book keeps its own; if another one is named, the server does not start.
    #[arg(long, env = "GONGXIANG_RULES")]
    pub rules: Option<String>,
    /// A journal to be settled into the database first, if that is empty.
    #[arg(long, env = "GONGXIANG_DEMO")]
    pub demo: Option<PathBuf>,
    /// Let everybody see and do everything, and sign in as any member; on this machine only.
    #[arg(long, env = "GONGXIANG_DEMO_MODE", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub demo_mode: bool,
    /// Let a demo be reached from other machines.
    #[arg(long, env = "GONGXIANG_DEMO_ANYWHERE", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub demo_anywhere: bool,
    /// The directory of the wallet's files, served at `/`.
    #[arg(long, env = "GONGXIANG_WALLET")]
    pub wallet: Option<PathBuf>,
    /// Where browsers find the wallet, such as `https://wallet.example`: without it there are no passkeys. A demo's is
    /// `http://localhost:PORT`.
    #[arg(long, env = "GONGXIANG_ORIGIN")]
    pub origin: Option<String>,
    /// Whether members register themselves; only in a demo, unless it is said.
    #[arg(long, env = "GONGXIANG_OPEN_REGISTRATION", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub open_registration: Option<bool>,
    /// The mini-program whose users sign in; its secret is in `GONGXIANG_WECHAT_SECRET`, and nowhere else.
    #[arg(long, env = "GONGXIANG_WECHAT_APPID", value_name = "APPID")]
    pub wechat_appid: Option<String>,
    /// Where `WeChat` is asked who somebody is.
    #[arg(long, env = "GONGXIANG_WECHAT_ADDRESS", default_value = crate::wechat::ADDRESS, value_name = "URL")]
    pub wechat_address: String,
    /// Address and port; port 0 takes a free one.
    #[arg(long, env = "GONGXIANG_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Whether a reverse proxy stands in front: the client is then the last address of `X-Forwarded-For`.
    #[arg(long, env = "GONGXIANG_BEHIND_PROXY", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub behind_proxy: bool,
    /// Most requests a second of one client address, twice as many at once; 0 for no limit. This machine has none.
    #[arg(long, env = "GONGXIANG_RATE_PER_ADDRESS", default_value = "50", value_name = "REQUESTS")]
    pub rate_per_address: u32,
    /// Most requests a second with one key, twice as many at once; 0 for no limit. This machine has none.
    #[arg(long, env = "GONGXIANG_RATE_PER_KEY", default_value = "500", value_name = "REQUESTS")]
    pub rate_per_key: u32,
    /// Longest time of a request, its body included, in seconds.
    #[arg(long, env = "GONGXIANG_REQUEST_SECONDS", default_value = "30", value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub request_seconds: u32,
    /// How long requests may take to finish when the server is told to end, in seconds.
    #[arg(long, env = "GONGXIANG_DRAIN_SECONDS", default_value = "20", value_name = "SECONDS")]
    pub drain_seconds: u32,
    /// Whether days are closed by themselves at midnight; yes, unless `demo` is given.
    #[arg(long, env = "GONGXIANG_CLOSE_DAYS", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub close_days: Option<bool>,
    /// The time zone whose midnight ends a day.
    #[arg(long, env = "GONGXIANG_ZONE", default_value = "Asia/Shanghai")]
    pub zone: String,
    /// How often everything is rebuilt from the journal and compared, in hours; 0 for never.
    #[arg(long, env = "GONGXIANG_AUDIT_HOURS", default_value = "0", value_name = "HOURS")]
    pub audit_hours: u32,
    /// Whether webhooks may go to addresses of this machine and of private networks, without TLS too.
    #[arg(long, env = "GONGXIANG_ALLOW_PRIVATE_WEBHOOKS", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub allow_private_webhooks: bool,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,sqlx=warn`.
    #[arg(long, env = "GONGXIANG_LOG", default_value = "info", value_name = "LEVEL")]
    pub log: String,
    /// In which form it is logged, to the standard error output.
    #[arg(long, env = "GONGXIANG_LOG_FORMAT", default_value = "text", value_name = "FORMAT", value_enum)]
    pub log_format: LogFormat,
}

impl Settings {
    /// Whether days are closed by themselves: a demo's journal is of the past, and closes its own.
    #[must_use]
    pub fn closes_days(&self) -> bool {
        self.close_days.unwrap_or(self.demo.is_none())
    }

    /// Whether members register themselves.
    #[must_use]
    pub fn registers_anybody(&self) -> bool {
        self.open_registration.unwrap_or(self.demo_mode)
    }
}

/// What a command was told, with the file's settings in the place of its defaults.
#[derive(Debug)]
pub struct Told {
    /// The command line as it can be.
    command: Command,
    /// What was found in it.
    pub matches: ArgMatches,
    /// The file that was read.
    file: Option<File>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    settings: Vec<(String, String)>,
}

impl Told {
    /// Reads the command line, the environment and the file.
    ///
    /// # Errors
    /// If the file is not what it should be; the command line's own errors end the process with their explanation.
    pub fn read(command: Command) -> Result<Self> {
        let matches = command.clone().get_matches();
        let named = matches.get_one::<PathBuf>("config").cloned();
        let path = named.or_else(|| Some(PathBuf::from(FILE)).filter(|path| path.is_file()));
        let Some(path) = path else { return Ok(Self { command, matches, file: None }) };
        let settings = read(&path, &known(&command)).with_context(|| format!("cannot use {}", path.display()))?;
        let file = File { path, settings };
        let matches = file.as_defaults(command.clone()).try_get_matches().map_err(|error| {
            let error = error.render().to_string();
            anyhow::anyhow!("{} has a setting that cannot be: {error}", file.path.display())
        })?;
        Ok(Self { command, matches, file: Some(file) })
    }

    /// Every setting of the command that was called, as TOML, with where it came from.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut text = String::new();
        let Some((name, matches)) = self.matches.subcommand() else { return text };
        let Some(command) = self.command.find_subcommand(name) else { return text };
        for (key, argument) in keys(command) {
            let value = matches.get_raw(argument).and_then(|mut values| values.next());
            let Some(value) = value else {
                // Writing to a text does not fail.
                _ = writeln!(text, "# {key} is not set");
                continue;
            };
            let value = value.to_string_lossy();
            let from = match matches.value_source(argument) {
                Some(ValueSource::CommandLine) => "the command line".into(),
                Some(ValueSource::EnvVariable) => format!("the environment, GONGXIANG_{}", variable(&key)),
                _ => self.origin_in_file(&key).unwrap_or_else(|| "by itself".into()),
            };
            _ = writeln!(text, "{key} = {} # {from}", literal(&key, &value));
        }
        text
    }

    fn origin_in_file(&self, key: &str) -> Option<String> {
        let file = self.file.as_ref()?;
        file.settings.iter().any(|(name, _)| name == key).then(|| file.path.display().to_string())
    }
}

impl File {
    /// In every command that has such a setting.
    fn as_defaults(&self, command: Command) -> Command {
        command.mut_subcommands(|mut subcommand| {
            for (key, value) in &self.settings {
                if let Some((_, argument)) = keys(&subcommand).into_iter().find(|(known, _)| known == key) {
                    let argument = argument.to_owned();
                    subcommand = subcommand.mut_arg(argument, |arg| arg.default_value(value.clone()));
                }
            }
            subcommand
        })
    }
}

/// The settings of a command: those that the environment knows too, with the names under which clap has them.
fn keys(command: &Command) -> Vec<(String, &str)> {
    let settings = command.get_arguments().filter(|argument| argument.get_env().is_some() && !argument.is_global_set());
    let named = settings.filter_map(|argument| Some((argument.get_long()?.to_owned(), argument.get_id().as_str())));
    named.collect()
}

fn known(command: &Command) -> Vec<String> {
    let all = command.get_subcommands().flat_map(keys);
    all.map(|(key, _)| key).collect()
}

/// Reads a file whose every key has to be a setting.
fn read(path: &Path, known: &[String]) -> Result<Vec<(String, String)>> {
    let table: toml::Table = fs::read_to_string(path)?.parse()?;
    let mut settings = Vec::new();
    for (key, value) in table {
        if !known.contains(&key) {
            bail!("there is no setting `{key}`");
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(yes) => yes.to_string(),
            _ => bail!("`{key}` must be a text, a whole number, `true` or `false`"),
        };
        settings.push((key, value));
    }
    Ok(settings)
}

fn variable(key: &str) -> String {
    key.to_uppercase().replace('-', "_")
}

/// As it stands in a file, without what must not be seen.
fn literal(key: &str, value: &str) -> String {
    let value = if key == "database" { store::redacted(value) } else { value.into() };
    if value.parse::<i64>().is_ok() || value.parse::<bool>().is_ok() {
        value
    } else {
        // A text of JSON is one of TOML.
        json(&value)
    }
}
