//! `gongxiang serve`: connects database, ledger and HTTP, and shuts them down in order.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use gongxiang::preset;
use gongxiang::review::{Declaration, Finding, Severity, review};
use sqlx::AnyPool;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::settings::Settings;
use super::{demo, rules};
use crate::admission;
use crate::clock::{clock, ticks};
use crate::goods::{Goods, expiry};
use crate::http::app::{App, Policy, SignIn};
use crate::http::changes::Changes;
use crate::http::files::WalletFiles;
use crate::http::wallet::BuiltWallet;
use crate::http::{edge, listen, routes};
use crate::ledger::audit;
use crate::ledger::believed::BelievedClock;
use crate::ledger::close::{Closer, day_of, find_zone};
use crate::ledger::deadline;
use crate::ledger::gathering;
use crate::ledger::housekeeping;
use crate::ledger::merging;
use crate::ledger::queue::Ledger;
use crate::ledger::store::sql::SqlStore;
use crate::ledger::store::{SHARDS, Scope, Store, StoreError};
use crate::limits::{HOUSEKEEPING_EVERY, NOTICES_HOLD};
use crate::notices::channels::Channels;
use crate::notices::gateway::Gateway;
use crate::notices::messenger::Messenger;
use crate::notices::mini_program::MiniProgram;
use crate::notices::push::PushSender;
use crate::notices::vapid::VapidKey;
use crate::notices::{Notices, gather};
use crate::outbound::Outbound;
use crate::people::passkeys::{self, Passkeys};
use crate::people::store::People;
use crate::people::wechat::{Code2Session, WeChat};
use crate::text::redacted;
use crate::webhooks::deliver::Courier;

/// The variable with the mini-program's secret. It has no flag, because flags appear in the list of processes, and no key
/// in the file, because others may read the file.
const WECHAT_SECRET: &str = "GONGXIANG_WECHAT_SECRET";

/// The variable with the secret of the gateway for notices, for the same reasons.
const GATEWAY_SECRET: &str = "GONGXIANG_NOTICE_GATEWAY_SECRET";

/// Serves until Ctrl-C or SIGTERM; prints its address when it is ready. A second signal ends it with an error.
pub fn run(settings: &Settings) -> Result<()> {
    let runtime = Runtime::new().context("cannot start")?;
    let done = runtime.block_on(async {
        let (ends, end) = watch::channel(false);
        let serving = serve(settings, end);
        tokio::pin!(serving);
        tokio::select! {
            done = &mut serving => return done,
            () = signal() => {}
        }
        tracing::info!("ending: running requests finish, new ones are refused");
        ends.send_replace(true);
        tokio::select! {
            done = serving => done,
            () = second_signal() => bail!("ended at once: requests without an answer may or may not have been settled"),
        }
    });
    // Do not wait for tasks: committed events are on the disk.
    runtime.shutdown_background();
    done
}

async fn serve(settings: &Settings, end: watch::Receiver<bool>) -> Result<()> {
    check(settings)?;
    let store = super::open(&settings.database.database).await?;
    let context = || format!("cannot use {}", redacted(&settings.database.database));
    open_book(settings, &store).await.with_context(context)?;
    log_flags(&store).await.with_context(context)?;
    let people = People::new(store.pool().clone());
    let outbound = Outbound::new(settings.allow_private_webhooks)?;
    let pool = store.pool().clone();
    let store: Arc<dyn Store> = Arc::new(store);
    let goods = Goods::new(pool.clone());
    let believed = BelievedClock::new(Arc::clone(&store), clock(), ticks());
    let channels = channels(settings, &pool, &outbound).await?;
    let notices = Notices::new(pool.clone());
    let messenger = Messenger::new(notices.clone(), people.clone(), channels.clone(), clock());
    let courier = Courier::new(pool, outbound, clock(), believed.clone());
    let (ledger, writers) = Ledger::start(Arc::clone(&store), first_shard(), Arc::default());
    let closer = Closer::new(ledger.clone(), &settings.zone, clock(), ticks())?;
    if let Some(journal) = &settings.demo {
        demo::settle(journal, &ledger).await?;
    }
    let guests = match &settings.demo_people {
        Some(file) => demo::people(file, &people).await?,
        None => Arc::default(),
    };
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another port with --listen", settings.listen))?;
    let mut tasks = vec![tokio::spawn(courier.run(end.clone()))];
    tasks.push(tokio::spawn(housekeeping::keep_on(Arc::clone(&store), believed.clone(), end.clone())));
    tasks.push(tokio::spawn(forget_expired(people.clone(), notices.clone(), believed.clone(), end.clone())));
    tasks.push(tokio::spawn(messenger.run(end.clone())));
    tasks.push(tokio::spawn(gather::keep_on(notices.clone(), Arc::clone(&store), end.clone())));
    tasks.push(tokio::spawn(gathering::keep_on(Arc::clone(&store), end.clone())));
    tasks.push(tokio::spawn(merging::keep_on(Arc::clone(&store), end.clone())));
    tasks.push(tokio::spawn(expiry::keep_on(ledger.clone(), goods.clone(), end.clone())));
    tasks.push(tokio::spawn(admission::keep_on(ledger.clone(), people.clone(), end.clone())));
    if settings.trade_hours > 0 {
        tasks.push(tokio::spawn(deadline::keep_on(ledger.clone(), settings.trade_hours, believed, end.clone())));
    }
    if settings.closes_days() {
        tasks.push(tokio::spawn(closer.run(end.clone())));
    } else {
        // It holds the ledger, whose writers end when the last holder is dropped.
        drop(closer);
    }
    if settings.audit_hours > 0 {
        tasks.push(tokio::spawn(audit::keep_on(ledger.clone(), settings.audit_hours, end.clone())));
    }
    let address = listener.local_addr().context("cannot find out the address")?;
    let sign_in = SignIn { guests, ..sign_in(settings, &people, address.port())? };
    let metrics = Arc::clone(ledger.metrics());
    let policy = Policy {
        quota: settings.quota(),
        trade_hours: settings.trade_hours,
        second_person: settings.second_person.clone().unwrap_or_default(),
        goods_days: settings.goods_days,
        shop_approval: settings.shop_approval,
        allow_private_webhooks: settings.allow_private_webhooks,
        request_time: limits(settings).request_time,
        demo: settings.demo_mode,
    };
    let app = App::new(ledger, people, goods, notices, channels, sign_in, policy);
    let changes = Changes::default();
    let router = routes::router(app, wallet_files(settings).as_ref());
    let router = edge::around(router, limits(settings), metrics, changes.clone());
    // A closed standard output is no reason to stop.
    _ = writeln!(std::io::stdout(), "gongxiang serves at http://{address}/");
    let drain = Duration::from_secs(settings.drain_seconds.into());
    listen::serve(listener, router, settings.addresses(), &changes, end, drain).await;
    for task in tasks {
        task.await.context("a background task failed")?;
    }
    // The queue is closed, so the writers end after their last group.
    for writer in writers {
        writer.await.context("a writer failed")?;
    }
    store.close().await;
    Ok(())
}

/// Forgets sessions and codes that have expired, old notices, and what applications said that came to nothing long ago, now and then.
async fn forget_expired(people: People, notices: Notices, clock: BelievedClock, end: watch::Receiver<bool>) {
    let work = move |now: jiff::Timestamp| {
        let (people, notices) = (people.clone(), notices.clone());
        async move {
            people.forget_expired(now).await?;
            people.forget_applications(now).await?;
            notices.forget(now.saturating_sub(NOTICES_HOLD).unwrap_or(jiff::Timestamp::MIN)).await?;
            Ok(())
        }
    };
    clock.every(HOUSEKEEPING_EVERY, "expired sessions and old notices could not be forgotten", work, end).await;
}

/// Refuses settings that contradict each other.
fn check(settings: &Settings) -> Result<()> {
    if settings.demo_mode {
        tracing::warn!("DEMO: everybody who reaches this server may see and do everything, and sign in as any member");
        if !settings.listen.ip().is_loopback() && !settings.demo_anywhere {
            bail!(
                "{} can be reached from other machines: a demo listens on 127.0.0.1 or [::1], unless --demo-anywhere is given",
                settings.listen
            );
        }
        if settings.behind_proxy {
            bail!("a demo cannot stand behind a proxy: everybody whom the proxy lets in would be the operator");
        }
        if settings.second_person.is_some() {
            bail!("a demo has no second person: everybody may do everything without signing in");
        }
    }
    if let Some(wallet) = settings.wallet.as_deref().filter(|wallet| !wallet.join("index.html").is_file()) {
        bail!("there is no wallet in {}: `cargo xtask build wallet` makes one", wallet.display());
    }
    Ok(())
}

/// The wallet that is served: from a directory, or else the one inside the program.
fn wallet_files(settings: &Settings) -> Option<WalletFiles> {
    let named = settings.wallet.clone().map(WalletFiles::Directory);
    let files = named.or_else(|| BuiltWallet::find().map(WalletFiles::Built));
    if files.is_none() {
        tracing::warn!("there is no wallet: this program was compiled before it. Name its directory with --wallet");
    }
    files
}

fn limits(settings: &Settings) -> edge::Limits {
    edge::Limits {
        rate_per_address: settings.rate_per_address,
        rate_per_key: settings.rate_per_key,
        behind_proxy: settings.behind_proxy,
        request_time: Duration::from_secs(settings.request_seconds.into()),
    }
}

/// Opens a book with the named rules, or continues one that was opened with them. The day on which it was opened is
/// compared only if a file of rules says it.
async fn open_book(settings: &Settings, store: &SqlStore) -> Result<()> {
    let named = settings.rules.as_deref().map(rules::load).transpose()?;
    let is_preset = settings.rules.as_deref().is_none_or(|source| preset::by_name(source).is_some());
    let mut opening = match &named {
        Some(named) => named.clone(),
        None => preset::seed()?,
    };
    if let Some(day) = settings.first_day {
        opening.genesis_day = day;
    } else if is_preset && !settings.is_demo() {
        opening.genesis_day = day_of(jiff::Timestamp::now(), &find_zone(&settings.zone)?)?;
    }
    let mut genesis = store.open_book(None, &opening).await?;
    let Some(named) = named else { return Ok(()) };
    if is_preset || settings.first_day.is_some() {
        genesis.genesis_day = named.genesis_day;
    }
    if genesis == named { Ok(()) } else { Err(StoreError::OtherRules.into()) }
}

/// Logs the flags of the rules in force, so that whoever runs them has been told.
async fn log_flags(store: &SqlStore) -> Result<()> {
    let rules = store.begin(Scope::Reading).await?.now().await?.rules;
    let findings = review(&rules, &Declaration::default())?;
    for Finding { code, severity, evidence, rules } in &findings {
        let trips: Vec<_> = evidence.iter().map(|evidence| format!("{}={}", evidence.key, evidence.value)).collect();
        let trips = trips.join(" ");
        match severity {
            Severity::Red => tracing::warn!(code, trips, rules, "RED FLAG in the rules in force"),
            Severity::High | Severity::Notice => tracing::info!(code, ?severity, trips, rules, "flag"),
        }
    }
    if findings.is_empty() {
        tracing::info!("the rules in force raise no flag; this is not legal advice");
    }
    Ok(())
}

fn sign_in(settings: &Settings, people: &People, port: u16) -> Result<SignIn> {
    let of_demo = || settings.demo_mode.then(|| format!("http://localhost:{port}"));
    let origin = settings.origin.clone().or_else(of_demo).map(|address| passkeys::origin(&address)).transpose()?;
    let passkeys = origin.as_ref().map(|origin| Passkeys::new(origin, people.clone())).transpose()?;
    if passkeys.is_none() {
        tracing::warn!(
            "nobody can sign in by passkey: name the wallet's address in browsers with --origin, such as https://wallet.example"
        );
    }
    let wechat = settings.wechat_appid.as_ref().map(|appid| wechat(settings, appid)).transpose()?;
    Ok(SignIn { origin, passkeys, wechat, open_registration: settings.registers_anybody(), guests: Arc::default() })
}

fn secret(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|secret| !secret.is_empty())
}

fn wechat_secret() -> Result<String> {
    secret(WECHAT_SECRET).with_context(|| format!("--wechat-appid needs the app's secret in {WECHAT_SECRET}"))
}

/// The ways on which members are told what concerns them.
async fn channels(settings: &Settings, pool: &AnyPool, outbound: &Outbound) -> Result<Channels> {
    let key = match &settings.push_key {
        Some(file) => VapidKey::of_file(file)?,
        None => VapidKey::of_database(pool).await?,
    };
    let of_origin = || settings.origin.clone().filter(|origin| origin.starts_with("https://"));
    let contact = settings.push_contact.clone().or_else(of_origin);
    let mini_program = match (&settings.wechat_appid, &settings.wechat_template) {
        (Some(appid), Some(template)) => {
            let (address, zone) = (&settings.wechat_address, find_zone(&settings.zone)?);
            Some(MiniProgram::new(address, appid.clone(), wechat_secret()?, template.clone(), zone)?)
        }
        _ => None,
    };
    let gateway = settings.notice_gateway.as_ref().map(|url| {
        let secret = secret(GATEWAY_SECRET);
        let secret = secret.with_context(|| format!("--notice-gateway needs its secret in {GATEWAY_SECRET}"))?;
        Gateway::new(outbound.clone(), url, &secret).context("--notice-gateway cannot be used")
    });
    let push = Some(PushSender::new(outbound.clone(), key, contact));
    Ok(Channels { push, mini_program, gateway: gateway.transpose()? })
}

fn wechat(settings: &Settings, appid: &str) -> Result<Arc<dyn Code2Session>> {
    let secret = wechat_secret()?;
    let client = WeChat::new(&settings.wechat_address, appid.into(), secret);
    Ok(Arc::new(client.context("--wechat-address cannot be used")?))
}

/// Processes that share a database should use different shards; on the same shard they wait for each other.
fn first_shard() -> u8 {
    u8::try_from(std::process::id() * 2 % u32::from(SHARDS)).unwrap_or_default()
}

/// Waits for another signal. One that arrives together with the first does not count.
async fn second_signal() {
    tokio::time::sleep(Duration::from_millis(200)).await;
    signal().await;
}

async fn signal() {
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
