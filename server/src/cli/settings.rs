//! The settings of `gongxiang serve`, each a flag, a variable of the environment and a line of the file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use gongxiang::identity::Day;

use crate::logs::LogFormat;
use crate::people::wechat;

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
    /// The first day of a new book, `YYYY-MM-DD`. Otherwise it is the `genesis_day` of a file of rules; of a preset it is today, or
    /// in a demo the day of the preset.
    #[arg(long, env = "GONGXIANG_FIRST_DAY", value_name = "DAY", value_parser = parse_day)]
    pub first_day: Option<Day>,
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
    #[arg(long, env = "GONGXIANG_WECHAT_ADDRESS", default_value = wechat::ADDRESS, value_name = "URL")]
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

/// A day on the command line.
///
/// # Errors
/// If it is none.
pub fn parse_day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "it has to be a day such as 2026-01-31".into())
}

impl Settings {
    /// Whether it is a demo: its days need not be those of the calendar.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.demo_mode || self.demo.is_some()
    }

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
