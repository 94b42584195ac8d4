//! An hour at half the peak: whether latency, memory and files stay as they are.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use gongxiang::quantity::Points;
use gongxiang::ruleset::RuleSet;
use plotters::prelude::*;
use serde_json::json;
use sqlx::Connection as _;
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::measure::{self, Figures, milliseconds};
use crate::orders::{BUYERS, RulesFile, at_once, buyer, open, place};
use crate::places::Engine;
use crate::server::Server;

const CLIENTS: usize = 200;

/// Points of each shop: enough for the orders of an hour, above the deposit.
const SHOP_POINTS: &str = "2000";

/// Points of the treasury, which grants them.
const TREASURY: &str = "500000";

/// How long the peak is measured.
const PEAK_TIME: Duration = Duration::from_secs(30);

/// Every so many requests of a client one asks for the buyer's account instead.
const READ_EVERY: u64 = 10;

/// Minutes from one close of a day to the next.
const CLOSE_EVERY: u64 = 10;

const MINUTE: Duration = Duration::from_mins(1);

/// How an engine is got ready.
type Begin = fn() -> Result<Engine>;

/// What was seen in a minute.
struct Minute {
    rate: u64,
    p50: Duration,
    p99: Duration,
    most: Duration,
    /// MB.
    memory: u64,
    /// MB of the database, without what is written ahead.
    data: u64,
    /// MB of what is written ahead.
    ahead: u64,
}

/// Measures, prints a table, and writes `hour-ENGINE.svg` into this directory.
pub fn run(program: &Path, minutes: u64, folder: &Path, only: Option<&str>) -> Result<()> {
    let runtime = Runtime::new()?;
    let rules = RulesFile::new(&RuleSet { supply_treasury: Points::parse(TREASURY)?, ..at_once()? })?;
    let rules = rules.path()?;
    let engines: [(&str, Begin); 2] = [("sqlite", Engine::sqlite), ("postgresql", Engine::postgres)];
    for (_, engine) in engines.into_iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let engine = engine()?;
        let database = engine.new_database(&runtime)?;
        let server = Server::start(program, &database, rules)?;
        open(&server.client()?, CLIENTS, SHOP_POINTS)?;
        let clients = (0..CLIENTS).map(|_| server.client()).collect::<Result<Vec<_>>>()?;
        let peak = measure::clients(CLIENTS, PEAK_TIME, |number, n| request(&clients, number, n, "peak"))?;
        let rate = u64::try_from(peak.rate() / 2)?;
        println!(
            "\n{engine}: {CLIENTS} clients, at most {} requests/s, now {rate}/s for {minutes} minutes\n",
            peak.rate()
        );
        println!("minute  requests/s   p50 ms   p99 ms  most ms  memory MB  database MB  ahead MB");
        let seen = paced(&server, &clients, rate, minutes, &|| sizes(&database, &runtime))?;
        plot(&folder.join(format!("hour-{}.svg", engine.to_string().to_lowercase())), &engine.to_string(), &seen)?;
    }
    Ok(())
}

/// An order, or now and then a question.
fn request(clients: &[Client], number: usize, n: u64, phase: &str) -> Result<()> {
    let client = clients.get(number).context("no such client")?;
    if n % READ_EVERY == READ_EVERY - 1 {
        return client.get(&format!("/v1/members/{}", buyer(number, n % BUYERS))).map(drop);
    }
    place(client, number, n, &format!("{phase}-{number}-{n}")).map(drop)
}

/// Sends so many requests a second, each at its time, and looks at everything once a minute. A request that has to wait for the one before it
/// counts from the time at which it was due.
fn paced(
    server: &Server,
    clients: &[Client],
    rate: u64,
    minutes: u64,
    sizes: &dyn Fn() -> Result<[u64; 2]>,
) -> Result<Vec<Minute>> {
    let latencies = Mutex::new(Vec::new());
    let over = AtomicBool::new(false);
    let every = Duration::from_secs(1) * u32::try_from(clients.len())? / u32::try_from(rate.max(1))?;
    let started = Instant::now();
    let client = |number: usize| -> Result<()> {
        // They do not all begin at once.
        let first = started + every * u32::try_from(number)? / u32::try_from(clients.len())?;
        for n in 0_u32.. {
            let due = first + every * n;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if over.load(Ordering::Relaxed) {
                break;
            }
            request(clients, number, n.into(), "hour").inspect_err(|_| over.store(true, Ordering::Relaxed))?;
            let took = due.elapsed();
            latencies.lock().map_err(|_| anyhow!("a client failed"))?.push(took);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let client = &client;
        let running: Vec<_> = (0..clients.len()).map(|number| scope.spawn(move || client(number))).collect();
        let watched = watch(server, minutes, started, &over, &latencies, sizes);
        over.store(true, Ordering::Relaxed);
        for client in running {
            client.join().map_err(|_| anyhow!("a client failed"))??;
        }
        watched
    })
}

/// Looks once a minute, and closes the day now and then.
fn watch(
    server: &Server,
    minutes: u64,
    started: Instant,
    over: &AtomicBool,
    latencies: &Mutex<Vec<Duration>>,
    sizes: &dyn Fn() -> Result<[u64; 2]>,
) -> Result<Vec<Minute>> {
    let operator = server.client()?;
    let mut seen = Vec::new();
    for minute in 1..=minutes {
        let end = started + MINUTE * u32::try_from(minute)?;
        while Instant::now() < end && !over.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(100));
        }
        if over.load(Ordering::Relaxed) {
            break;
        }
        let taken = std::mem::take(&mut *latencies.lock().map_err(|_| anyhow!("a client failed"))?);
        let figures = Figures::new(MINUTE, taken);
        let [data, ahead] = sizes()?;
        let now = Minute {
            rate: u64::try_from(figures.rate())?,
            p50: figures.percentile(50),
            p99: figures.percentile(99),
            most: figures.percentile(100),
            memory: server.memory()?,
            data,
            ahead,
        };
        println!(
            "{minute:6} {:>11} {:>8} {:>8} {:>8} {:>10} {:>12} {:>9}",
            now.rate,
            milliseconds(now.p50),
            milliseconds(now.p99),
            milliseconds(now.most),
            now.memory,
            now.data,
            now.ahead
        );
        seen.push(now);
        if minute % CLOSE_EVERY == 0 && minute < minutes {
            let day = operator.get("/v1/supply")?["day"].as_str().context("no day")?.to_owned();
            operator.command(&format!("/v1/days/{day}/close"), &format!("close-{day}"), &json!({}))?;
        }
    }
    Ok(seen)
}

/// MB of the database, and of what is written ahead of it.
fn sizes(database: &str, runtime: &Runtime) -> Result<[u64; 2]> {
    const MB: u64 = 1_000_000;
    if let Some(file) = database.strip_prefix("sqlite:") {
        let ahead = fs::metadata(format!("{file}-wal")).map_or(0, |ahead| ahead.len());
        return Ok([fs::metadata(file)?.len() / MB, ahead / MB]);
    }
    runtime.block_on(async {
        let mut connection = sqlx::PgConnection::connect(database).await?;
        let sql = "SELECT pg_database_size(current_database()), (SELECT sum(size)::bigint FROM pg_ls_waldir())";
        let (data, ahead): (i64, i64) = sqlx::query_as(sql).fetch_one(&mut connection).await?;
        Ok([u64::try_from(data)? / MB, u64::try_from(ahead)? / MB])
    })
}

/// A line of a chart: its name, and a value for each minute.
type Line<'a> = (&'a str, Vec<u64>);

/// Three charts, one below the other: latency, memory, and files.
fn plot(file: &Path, title: &str, seen: &[Minute]) -> Result<()> {
    let area = SVGBackend::new(file, (900, 720)).into_drawing_area();
    area.fill(&WHITE)?;
    let microseconds = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let charts: [(&str, Vec<Line>); 3] = [
        (
            "latency, µs",
            vec![
                ("p50", seen.iter().map(|minute| microseconds(minute.p50)).collect()),
                ("p99", seen.iter().map(|minute| microseconds(minute.p99)).collect()),
            ],
        ),
        ("memory of the server, MB", vec![("resident", seen.iter().map(|minute| minute.memory).collect())]),
        (
            "files, MB",
            vec![
                ("database", seen.iter().map(|minute| minute.data).collect()),
                ("written ahead", seen.iter().map(|minute| minute.ahead).collect()),
            ],
        ),
    ];
    let colours = [BLUE, RED];
    for ((name, lines), area) in charts.into_iter().zip(area.split_evenly((3, 1))) {
        let most = lines.iter().flat_map(|(_, values)| values).copied().max().unwrap_or(1).max(1);
        let minutes = u64::try_from(seen.len())?;
        let mut chart = ChartBuilder::on(&area)
            .caption(format!("{title}: {name}"), ("sans-serif", 16))
            .margin(10)
            .x_label_area_size(24)
            .y_label_area_size(70)
            .build_cartesian_2d(1..minutes.max(2), 0..most + most / 10 + 1)?;
        chart.configure_mesh().x_desc("minute").light_line_style(TRANSPARENT).draw()?;
        for ((name, values), colour) in lines.into_iter().zip(colours) {
            let points = (1..).zip(values);
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
        }
        chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    }
    area.present()?;
    Ok(())
}
