//! The database's host name leads to another server: after a fail-over, through a pooler, and to another book.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use gongxiang_cluster::{Cluster, Programs};
use gongxiang_server::limits::STATEMENT_TIME_MAX;
use serde_json::json;

use crate::kill::{Scene, kills, run};
use crate::support::{Server, TestResult, command, run_sql};

/// Longest time until a server finds out that its database can be written again, or cannot.
const FOUND_MAX: Duration = Duration::from_secs(30);

/// Each takes some seconds.
pub fn fail_overs() -> u32 {
    (kills() / 5).max(1)
}

pub fn cluster() -> TestResult<Cluster> {
    Ok(Cluster::start(Programs::find()?.ok_or("PostgreSQL is not installed")?)?)
}

/// A database's name: an address that leads to one server and later to another. Open connections stay with their server.
pub struct Name {
    port: u16,
    leads_to: Arc<AtomicU16>,
    /// Counts how often all connections were frozen: nothing arrives, and none is closed.
    left_alone: Arc<AtomicU32>,
}

impl Name {
    pub fn of(cluster: &Cluster) -> TestResult<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let leads_to = Arc::new(AtomicU16::new(cluster.port()));
        let left_alone = Arc::<AtomicU32>::default();
        let (target, left) = (Arc::clone(&leads_to), Arc::clone(&left_alone));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Without a server, the client's connection is closed.
                let Ok(server) = TcpStream::connect(("127.0.0.1", target.load(Ordering::SeqCst))) else { continue };
                let (Ok(from_client), Ok(from_server)) = (client.try_clone(), server.try_clone()) else { continue };
                let (one, other) = (Arc::clone(&left), Arc::clone(&left));
                thread::spawn(move || copy(from_client, server, &one));
                thread::spawn(move || copy(from_server, client, &other));
            }
        });
        Ok(Self { port, leads_to, left_alone })
    }

    fn leave_alone(&self) {
        self.left_alone.fetch_add(1, Ordering::SeqCst);
    }

    pub fn leads_to(&self, cluster: &Cluster) {
        self.leads_to.store(cluster.port(), Ordering::SeqCst);
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, left_alone: &AtomicU32) {
    let since = left_alone.load(Ordering::SeqCst);
    let mut bytes = [0; 8 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if left_alone.load(Ordering::SeqCst) != since {
            continue;
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    if left_alone.load(Ordering::SeqCst) == since {
        _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    } else {
        // Neither side learns of the end.
        std::mem::forget((from, to));
    }
}

fn wait_for(what: &str, is: impl Fn() -> TestResult<bool>) -> TestResult<Duration> {
    let started = Instant::now();
    while !is()? {
        if started.elapsed() > FOUND_MAX {
            return Err(format!("{what} is waited for in vain").into());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(started.elapsed())
}

fn is_ready(server: &Server) -> TestResult<bool> {
    Ok(server.get("/health/ready")?.0 == 200)
}

/// The primary ends and its standby is promoted. The old primary comes back as a standby, and the name still leads to it for
/// a while.
fn fail_over(scene: &Scene, name: &Name, old: &Cluster, new: &Cluster) -> TestResult {
    // Long enough for every client to be answered in between.
    thread::sleep(Duration::from_secs(2));
    old.stop_at_once()?;
    new.promote()?;
    old.follow(new)?;
    assert!(!is_ready(&scene.server)?, "a standby settles nothing");
    thread::sleep(Duration::from_secs(3));
    assert!(!is_ready(&scene.server)?, "and does not begin to");
    name.leads_to(new);
    let away = scene.recovered()?;
    wait_for("ready", || is_ready(&scene.server))?;
    println!("events again {away:?} after the name led to the new primary");
    Ok(())
}

#[test]
#[ignore = "long: cargo xtask faults"]
fn a_fail_over_to_a_synchronous_standby_loses_and_doubles_nothing() -> TestResult {
    let one = cluster()?;
    let other = one.start_standby()?;
    let name = Name::of(&one)?;
    run(&name.url(), |scene| {
        // There, and back again.
        let (mut old, mut new) = (&one, &other);
        for _ in 0..fail_overs() {
            fail_over(scene, &name, old, new)?;
            (old, new) = (new, old);
        }
        println!("{} fail-overs", fail_overs());
        Ok(())
    })
}

#[test]
#[ignore = "long: cargo xtask faults"]
fn a_host_that_is_gone_without_hanging_up_is_not_waited_for_without_end() -> TestResult {
    let cluster = cluster()?;
    let name = Name::of(&cluster)?;
    run(&name.url(), |scene| {
        thread::sleep(Duration::from_millis(500));
        // As if the host lost its power and another one got its address.
        name.leave_alone();
        cluster.stop_at_once()?;
        cluster.start_again()?;
        let away = scene.recovered_within(STATEMENT_TIME_MAX + FOUND_MAX)?;
        println!("events again {away:?} after the last word");
        Ok(())
    })
}

#[test]
fn a_database_that_is_made_read_only_is_said_by_ready_and_goes_on_when_it_is_not() -> TestResult {
    let cluster = cluster()?;
    let server = Server::start(&["--database", &format!("{}postgres", cluster.url())])?;
    let register = |member: &str| {
        server.post(
            "/v1/events",
            "application/json",
            json!({"type": "member.registered", "member": member}).to_string(),
        )
    };
    assert_eq!(register("ann")?.0, 200);
    assert!(is_ready(&server)?);
    cluster.set("default_transaction_read_only = on")?;
    wait_for("not ready", || Ok(!is_ready(&server)?))?;
    let (status, problem) = register("bob")?;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));
    cluster.set("default_transaction_read_only = off")?;
    wait_for("ready", || is_ready(&server))?;
    assert_eq!(register("bob")?.0, 200, "it was not settled before");
    Ok(())
}

#[test]
fn a_name_that_leads_to_another_book_settles_nothing_there() -> TestResult {
    let (one, other) = (cluster()?, cluster()?);
    let name = Name::of(&one)?;
    let server = Server::start(&["--database", &name.url()])?;
    let register = |server: &Server, member: &str| {
        server.post(
            "/v1/events",
            "application/json",
            json!({"type": "member.registered", "member": member}).to_string(),
        )
    };
    assert_eq!(register(&server, "ann")?.0, 200);
    // Another book with other rules on the same server.
    let url = format!("{}postgres", other.url());
    let stranger = Server::start(&["--database", &url, "--rules", "single-level"])?;
    assert_eq!(register(&stranger, "eve")?.0, 200);
    name.leads_to(&other);
    // The connections that lead to the first one end.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    run_sql(&format!("{}postgres", one.url()), end)?;
    assert_eq!(register(&server, "bob")?.0, 503);
    assert!(!is_ready(&server)?);
    assert_eq!(stranger.get("/v1/members/bob")?.0, 404);
    name.leads_to(&one);
    wait_for("ready", || is_ready(&server))?;
    assert_eq!(register(&server, "bob")?.0, 200);
    Ok(())
}

#[test]
fn a_pooler_works_in_session_mode_and_one_that_forgets_statements_is_refused_at_the_start() -> TestResult {
    let cluster = cluster()?;
    let missing = "pgbouncer is not installed: `cargo xtask setup` or `apt install pgbouncer`";
    let pooler = cluster.pooler("session")?.ok_or(missing)?;
    let database = format!("{}postgres", pooler.url());
    for _ in 0..2 {
        let server = Server::start(&["--database", &database])?;
        assert!(is_ready(&server)?);
        assert!(server.terminate()?);
    }
    drop(pooler);
    let pooler = cluster.pooler("transaction")?.ok_or("it is there")?;
    let database = format!("{}postgres", pooler.url());
    match Server::of(command(&["--database", &database])) {
        // Since 1.21 it moves prepared statements too.
        Ok(server) => assert!(is_ready(&server)?),
        Err(error) => {
            let said = error.to_string();
            assert!(said.contains("pool_mode = session") && said.contains("1.21"), "{said}");
        }
    }
    Ok(())
}
