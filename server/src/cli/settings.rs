//! The settings of `gongxiang serve`; each is a flag, an environment variable and a key of the file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use gongxiang::identity::Day;
use gongxiang::quantity::{Money, Points};

use crate::http::listen::Addresses;
use crate::ledger::quota::Quota;
use crate::logs::LogFormat;
use crate::notices::mini_program::Template;
use crate::people::second_person::SecondPerson;
use crate::people::wechat;

#[derive(Args, Clone, Debug)]
pub struct Database {
    /// The database: `sqlite:PATH` (`serve`, `init`, `replay` and `restore` create it) or `postgres://…`.
    #[arg(long, env = "GONGXIANG_DATABASE", hide_env_values = true, default_value = "sqlite:gongxiang.db")]
    pub database: String,
}

#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Settings {
    #[command(flatten)]
    pub database: Database,
    /// The rules of a new book: a file (TOML or JSON) or a preset (seed, single-level). An existing book keeps its
    /// own rules; the server does not start if you name others.
    #[arg(long, env = "GONGXIANG_RULES")]
    pub rules: Option<String>,
    /// The first day of a new book, `YYYY-MM-DD`. Without it, the first day is the `genesis_day` of a file of rules. With a
    /// preset it is today, or in a demo the day of the preset.
    #[arg(long, env = "GONGXIANG_FIRST_DAY", value_name = "DAY", value_parser = parse_day)]
    pub first_day: Option<Day>,
    /// A journal to settle into the database first, if the database is empty.
    #[arg(long, env = "GONGXIANG_DEMO")]
    pub demo: Option<PathBuf>,
    /// People of a demo: names of members and shops, staff, and whom to offer on the entry page.
    #[arg(long, env = "GONGXIANG_DEMO_PEOPLE", requires = "demo_mode")]
    pub demo_people: Option<PathBuf>,
    /// Allow everybody to see and do everything, and to sign in as any member; reachable from this machine only.
    #[arg(long, env = "GONGXIANG_DEMO_MODE", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub demo_mode: bool,
    /// Allow other machines to reach a demo.
    #[arg(long, env = "GONGXIANG_DEMO_ANYWHERE", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub demo_anywhere: bool,
    /// Serve the wallet's files from this directory at `/` [default: those inside the program]
    #[arg(long, env = "GONGXIANG_WALLET")]
    pub wallet: Option<PathBuf>,
    /// The origin of the wallet in browsers, such as `https://wallet.example`. Passkeys need it. The default in a
    /// demo is `http://localhost:PORT`.
    #[arg(long, env = "GONGXIANG_ORIGIN")]
    pub origin: Option<String>,
    /// Whether members may register themselves [default: only in a demo]
    #[arg(long, env = "GONGXIANG_OPEN_REGISTRATION", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub open_registration: Option<bool>,
    /// The mini-program whose users may sign in. Its secret is read only from `GONGXIANG_WECHAT_SECRET`.
    #[arg(long, env = "GONGXIANG_WECHAT_APPID", value_name = "APPID")]
    pub wechat_appid: Option<String>,
    /// The address of `WeChat`'s API.
    #[arg(long, env = "GONGXIANG_WECHAT_ADDRESS", default_value = wechat::ADDRESS, value_name = "URL")]
    pub wechat_address: String,
    /// The template of 订阅消息 by which members are told what concerns them, with the names of its two fields: `ID,thing1,time2`. Needs
    /// `wechat-appid`.
    #[arg(long, env = "GONGXIANG_WECHAT_TEMPLATE", value_name = "TEMPLATE", value_parser = Template::parse, requires = "wechat_appid")]
    pub wechat_template: Option<Template>,
    /// A key with which push services know this server: PKCS #8 as PEM, of the curve P-256 [default: the server makes one and keeps it
    /// in the database]
    #[arg(long, env = "GONGXIANG_PUSH_KEY", value_name = "FILE")]
    pub push_key: Option<PathBuf>,
    /// Where push services can reach whoever runs this server, `mailto:…` or `https://…` [default: the origin, if it is `https://`]
    #[arg(long, env = "GONGXIANG_PUSH_CONTACT", value_name = "URL", value_parser = parse_contact)]
    pub push_contact: Option<String>,
    /// The operator's gateway for e-mail and SMS, which gets each message as a webhook. Its secret, `whsec_…`, is read only from
    /// `GONGXIANG_NOTICE_GATEWAY_SECRET`.
    #[arg(long, env = "GONGXIANG_NOTICE_GATEWAY", value_name = "URL")]
    pub notice_gateway: Option<String>,
    /// Address and port to listen on; port 0 chooses a free one.
    #[arg(long, env = "GONGXIANG_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Whether a reverse proxy is in front. If so, the client is the last address of `X-Forwarded-For`.
    #[arg(long, env = "GONGXIANG_BEHIND_PROXY", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub behind_proxy: bool,
    /// Most requests per second of one client address, with bursts of twice as many; 0 for no limit. Requests from
    /// this machine are not limited.
    #[arg(long, env = "GONGXIANG_RATE_PER_ADDRESS", default_value = "50", value_name = "REQUESTS")]
    pub rate_per_address: u32,
    /// Most requests per second with one key, with bursts of twice as many; 0 for no limit. Requests from this
    /// machine are not limited.
    #[arg(long, env = "GONGXIANG_RATE_PER_KEY", default_value = "500", value_name = "REQUESTS")]
    pub rate_per_key: u32,
    /// Most open offers of one member; 0 for no limit. A journal and the operator's own commands have none of these limits.
    #[arg(long, env = "GONGXIANG_OPEN_OFFERS", default_value = "20", value_name = "OFFERS")]
    pub open_offers: u32,
    /// The same for a member without a pack, whose account costs nothing.
    #[arg(long, env = "GONGXIANG_OPEN_OFFERS_WITHOUT_PACK", default_value = "1", value_name = "OFFERS")]
    pub open_offers_without_pack: u32,
    /// Most trades that one member took and that are not finished; 0 for no limit.
    #[arg(long, env = "GONGXIANG_OPEN_TRADES", default_value = "20", value_name = "TRADES")]
    pub open_trades: u32,
    /// The same for a member without a pack, whose account costs nothing; also trades of the offers by which it buys.
    #[arg(long, env = "GONGXIANG_OPEN_TRADES_WITHOUT_PACK", default_value = "1", value_name = "TRADES")]
    pub open_trades_without_pack: u32,
    /// Most unfinished trades of one offer, and of all offers by which one member buys; 0 for no limit.
    #[arg(long, env = "GONGXIANG_OPEN_TRADES_OF_OFFER", default_value = "100", value_name = "TRADES")]
    pub open_trades_of_offer: u32,
    /// Most orders of one shop that have not vested; 0 for no limit.
    #[arg(long, env = "GONGXIANG_PENDING_ORDERS", default_value = "100000", value_name = "ORDERS")]
    pub pending_orders: u32,
    /// Most trades that one member takes in a day; 0 for no limit.
    #[arg(long, env = "GONGXIANG_TRADES_PER_DAY", default_value = "20", value_name = "TRADES")]
    pub trades_per_day: u32,
    /// Hours that the buyer of a trade has to report the payment; then the trade is cancelled. 0 for no limit but the day's close.
    #[arg(long, env = "GONGXIANG_TRADE_HOURS", default_value = "24", value_name = "HOURS")]
    pub trade_hours: u32,
    /// Days after the day of the redemption on which a voucher for goods can be used; then the points go back.
    #[arg(long, env = "GONGXIANG_GOODS_DAYS", default_value = "30", value_name = "DAYS",
          value_parser = clap::value_parser!(u32).range(1..=366))]
    pub goods_days: u32,
    /// Whether a member opens a shop only once the operator approved its application. Without it a member with pack and deposit opens one by
    /// itself, and may apply too.
    #[arg(long, env = "GONGXIANG_SHOP_APPROVAL", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub shop_approval: bool,
    /// Whether members trade points [default: yes, unless the rules' `market.price_band` is 0, as in the preset single-level]
    #[arg(long, env = "GONGXIANG_MARKET", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub market: Option<bool>,
    /// Fewest points of an offer.
    #[arg(long, env = "GONGXIANG_SMALLEST_OFFER", default_value = "0.1", value_name = "POINTS", value_parser = parse_points)]
    pub smallest_offer: Points,
    /// Fewest points of a trade. The rest of an offer may be smaller.
    #[arg(long, env = "GONGXIANG_SMALLEST_TRADE", default_value = "0.1", value_name = "POINTS", value_parser = parse_points)]
    pub smallest_trade: Points,
    /// Smallest amount of an order, in yuan.
    #[arg(long, env = "GONGXIANG_SMALLEST_ORDER", default_value = "0.1", value_name = "YUAN", value_parser = parse_money)]
    pub smallest_order: Money,
    /// Days after the day on which an order vests within which its shop may refund it; later only the operator. 0 for no limit.
    #[arg(long, env = "GONGXIANG_REFUND_DAYS", default_value = "30", value_name = "DAYS")]
    pub refund_days: u32,
    /// What needs a second person of the staff, with commas between: `rules` adopted, `price` set by hand, `treasury=1000` for grants of
    /// more than so many points (`treasury` for all) [default: nothing]
    #[arg(long, env = "GONGXIANG_SECOND_PERSON", value_name = "WHAT")]
    pub second_person: Option<SecondPerson>,
    /// Most connections of one client address; 0 for no limit. Connections from this machine are not limited, nor are any
    /// behind a proxy.
    #[arg(long, env = "GONGXIANG_CONNECTIONS_PER_ADDRESS", default_value = "100", value_name = "CONNECTIONS")]
    pub connections_per_address: u32,
    /// Longest time for a request, including its body, in seconds.
    #[arg(long, env = "GONGXIANG_REQUEST_SECONDS", default_value = "30", value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub request_seconds: u32,
    /// How long running requests may take when the server stops, in seconds.
    #[arg(long, env = "GONGXIANG_DRAIN_SECONDS", default_value = "20", value_name = "SECONDS")]
    pub drain_seconds: u32,
    /// Whether the server closes each day at midnight [default: yes, unless `demo` is given]
    #[arg(long, env = "GONGXIANG_CLOSE_DAYS", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub close_days: Option<bool>,
    /// The time zone whose midnight closes the day.
    #[arg(long, env = "GONGXIANG_ZONE", default_value = "Asia/Shanghai")]
    pub zone: String,
    /// How often the server audits the books, in hours; 0 for never.
    #[arg(long, env = "GONGXIANG_AUDIT_HOURS", default_value = "0", value_name = "HOURS")]
    pub audit_hours: u32,
    /// Whether webhooks, push services and the gateway for notices may have private addresses and plain HTTP.
    #[arg(long, env = "GONGXIANG_ALLOW_PRIVATE_WEBHOOKS", num_args = 0..=1, require_equals = true,
          default_value = "false", default_missing_value = "true")]
    pub allow_private_webhooks: bool,
    /// The log level: `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,sqlx=warn`.
    #[arg(long, env = "GONGXIANG_LOG", default_value = "info", value_name = "LEVEL")]
    pub log: String,
    /// The format of the log, which goes to standard error.
    #[arg(long, env = "GONGXIANG_LOG_FORMAT", default_value = "text", value_name = "FORMAT", value_enum)]
    pub log_format: LogFormat,
}

pub fn parse_day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is written as in 2026-01-31".into())
}

fn parse_contact(text: &str) -> Result<String, String> {
    let is_contact = ["mailto:", "https://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    if is_contact { Ok(text.into()) } else { Err("begins with `mailto:` or `https://`".into()) }
}

fn parse_points(text: &str) -> Result<Points, String> {
    Points::parse(text).map_err(|error| error.to_string())
}

fn parse_money(text: &str) -> Result<Money, String> {
    Money::parse(text).map_err(|error| error.to_string())
}

impl Settings {
    /// The limit of connections per address. Behind a proxy there is none, because all connections come from its address.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        Addresses::with_at_most(if self.behind_proxy { 0 } else { self.connections_per_address })
    }

    /// The limits of what members and shops may have open.
    #[must_use]
    pub fn quota(&self) -> Quota {
        Quota {
            offers: self.open_offers,
            offers_without_pack: self.open_offers_without_pack,
            trades: self.open_trades,
            trades_without_pack: self.open_trades_without_pack,
            trades_of_offer: self.open_trades_of_offer,
            orders: self.pending_orders,
            smallest_offer: self.smallest_offer,
            smallest_trade: self.smallest_trade,
            smallest_order: self.smallest_order,
            refund_days: self.refund_days,
            trades_of_day: self.trades_per_day,
            market: self.market,
        }
    }

    /// Whether it is a demo, whose days need not be those of the calendar.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.demo_mode || self.demo.is_some()
    }

    /// Whether the server closes days. The journal of a demo is of the past and closes its own days.
    #[must_use]
    pub fn closes_days(&self) -> bool {
        self.close_days.unwrap_or(self.demo.is_none())
    }

    #[must_use]
    pub fn registers_anybody(&self) -> bool {
        self.open_registration.unwrap_or(self.demo_mode)
    }
}
