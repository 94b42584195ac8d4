//! How soon the pages of many rows are there: the team of a holder with very many members below, a partner's city with very many shops,
//! and the desk's lists with a search.
//!
//! Members, packs, shops and orders are events, as they always are, so the sums beside the books are those that the server made. Profiles
//! are written by SQL: a hundred thousand requests would say nothing more.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use gongxiang::wire::profile::MemberNumber;
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::measure::{Figures, milliseconds};
use crate::places::Engine;
use crate::server::Server;

/// How many of the members the holder brought itself; each of those and of the next ones brought nine.
const DIRECT: u64 = 1_000;
const BROUGHT: u64 = 9;

const CITY: &str = "440100";
const DISTRICT: &str = "440106";

/// Events in one request.
const AT_ONCE: usize = 5_000;

/// Requests for each page.
const ROUNDS: usize = 200;

/// Of those above, how many only warm up.
const UNCOUNTED: usize = 5;

/// What is asked.
const PAGES: [(&str, &str); 11] = [
    ("team", "/v1/members/top/team"),
    ("team: the first 500 direct members", "/v1/members/top/team/members?limit=500"),
    ("city", "/v1/members/partner/city"),
    ("directory: 500 shops of the city", "/v1/shops?city=440100&limit=500"),
    ("desk: overview", "/v1/overview"),
    ("desk: 500 members", "/v1/members?limit=500"),
    ("desk: a name that 500 have", "/v1/members?search=%E7%8E%8B%E8%8A%B3&limit=500"),
    ("desk: a name that few have", "/v1/members?search=%E8%8A%B3123&limit=500"),
    ("desk: a name that nobody has", "/v1/members?search=zzz&limit=500"),
    ("desk: 500 members as a table", "/v1/members?limit=500&format=csv"),
    ("desk: 500 orders of a shop", "/v1/orders?merchant=s00000&limit=500"),
];

/// Measures, and prints a table.
pub fn run(program: &Path, members: u64, shops: u64) -> Result<()> {
    println!("\npages, one client: {members} members below a holder, {shops} shops in a city\n");
    println!("engine      page                                   p50 ms    p99 ms      KB");
    let runtime = Runtime::new()?;
    engine(&Engine::sqlite()?, program, [members, shops], &runtime)?;
    engine(&Engine::postgres()?, program, [members, shops], &runtime)
}

fn engine(engine: &Engine, program: &Path, [members, shops]: [u64; 2], runtime: &Runtime) -> Result<()> {
    let database = engine.new_database(runtime)?;
    let server = Server::start(program, &database, "seed")?;
    let client = server.client()?;
    let started = Instant::now();
    fill(&client, members, shops)?;
    runtime.block_on(name_all(&database, members, shops))?;
    gathered(&client, members)?;
    println!("{:10}  filled in {} s", engine.to_string(), started.elapsed().as_secs());
    for (title, path) in PAGES {
        let mut times = Vec::new();
        let mut bytes = 0;
        for round in 0..ROUNDS {
            let started = Instant::now();
            bytes = client.bytes(path)?.len();
            if round >= UNCOUNTED {
                times.push(started.elapsed());
            }
        }
        let figures = Figures::new(Duration::ZERO, times);
        let [p50, p99] = [50, 99].map(|part| milliseconds(figures.percentile(part)));
        println!("{:10}  {title:36} {p50:>8}  {p99:>8}  {:>6}", engine.to_string(), bytes / 1_000);
    }
    Ok(())
}

fn member(n: u64) -> String {
    format!("a{n:06}")
}

fn shop(n: u64) -> String {
    format!("s{n:05}")
}

/// Members below the holder, shops of a city with a partner, and an order of another member in each shop, many in the first one.
fn fill(client: &Client, members: u64, shops: u64) -> Result<()> {
    let registered = |member: &str, referrer: Option<&str>| {
        let mut event = json!({"type": "member.registered", "member": member});
        if let Some(referrer) = referrer {
            event["referrer"] = json!(referrer);
        }
        event
    };
    let pack = |member: &str, pack: &str| json!({"type": "pack.purchased", "member": member, "pack": pack});
    let mut events = vec![
        // The deposit of so many shops is more than the treasury has at the first price.
        json!({"type": "price.set", "price": "50"}),
        registered("top", None),
        registered("partner", None),
        pack("partner", "area"),
        json!({"type": "partner.appointed", "member": "partner", "region": CITY}),
        json!({"type": "role.assigned", "member": "top", "role": "provider"}),
        pack("top", "member"),
    ];
    for n in 0..members {
        let referrer = if n < DIRECT { "top".to_owned() } else { member((n - DIRECT) / BROUGHT) };
        events.push(registered(&member(n), Some(&referrer)));
        if n % 2 == 0 {
            events.push(pack(&member(n), "member"));
        }
    }
    for n in 0..shops {
        let shop = shop(n);
        events.extend([
            registered(&shop, None),
            pack(&shop, "merchant"),
            json!({"type": "treasury.granted", "member": shop, "points": "11"}),
            json!({"type": "merchant.opened", "member": shop, "region": DISTRICT}),
        ]);
    }
    let order = |shop: &str, buyer: u64| {
        json!({"type": "order.placed", "order": format!("o-{shop}-{buyer}"), "buyer": member(buyer % members.max(1)), "merchant": shop,
               "channel": "offline", "amount": "0.10", "concession": "0.01", "region": DISTRICT})
    };
    events.extend((0..shops).map(|n| order(&shop(n), 2 * n)));
    events.extend((1..600).map(|n| order(&shop(0), 2 * n)));
    events.chunks(AT_ONCE).try_for_each(|events| client.events(events))
}

/// Names for all, of which some are alike.
async fn name_all(url: &str, members: u64, shops: u64) -> Result<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let names = ["王芳", "李娜", "张伟", "刘洋", "陈静", "Ann", "Bob", "赵敏"];
    let mut rows = Vec::new();
    for (place, n) in (0..members + shops).enumerate() {
        let number = u32::try_from(n).ok().and_then(|n| MemberNumber::from_body(MemberNumber::BODY_MIN + n));
        let number = number.context("too many members")?;
        let name = names[place % names.len()];
        rows.push(if n < members {
            format!("('{}', '{number}', '{name}{n}', NULL, NULL)", member(n))
        } else {
            format!("('{}', '{number}', '{name}', '{name}小店{n}', '{n}')", shop(n - members))
        });
    }
    for rows in rows.chunks(1_000) {
        let sql =
            format!("INSERT INTO profiles (member, number, name, shop_name, shop_key) VALUES {}", rows.join(", "));
        connection.execute(AssertSqlSafe(sql)).await?;
    }
    Ok(connection.close().await?)
}

/// Waits until the sums beside the books have everybody.
fn gathered(client: &Client, members: u64) -> Result<()> {
    loop {
        let team: Value = client.get("/v1/members/top/team")?;
        let levels = team["levels"].as_array().context("no levels")?;
        if levels.iter().filter_map(|level| level["members"].as_u64()).sum::<u64>() == members {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(200));
    }
}
