//! The program under test, and how it is asked.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::client::Client;

/// A shop's region.
pub const REGION: &str = "320106";

/// A server on a database, until it is dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// Starts it with these rules (a file or a preset); days close only when they are told to.
    pub fn start(program: &Path, database: &str, rules: &str) -> Result<Self> {
        Self::of(Command::new(program), database, rules)
    }

    /// The same with the seed's rules, and so many MB of address space.
    pub fn start_within(program: &Path, database: &str, memory: u64) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -v {}; exec \"$0\" \"$@\"", memory * 1_000)]).arg(program);
        Self::of(command, database, "seed")
    }

    fn of(mut command: Command, database: &str, rules: &str) -> Result<Self> {
        command.args(["serve", "--demo-mode", "--listen", "127.0.0.1:0", "--rules", rules, "--database", database]);
        command.env("GONGXIANG_LOG", "error").env("GONGXIANG_CLOSE_DAYS", "false");
        // All of them come from here.
        command.env("GONGXIANG_CONNECTIONS_PER_ADDRESS", "0");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().context("cannot start the server")?;
        let mut said = String::new();
        BufReader::new(process.stdout.take().context("no pipe")?).read_line(&mut said)?;
        let address = said.trim().strip_prefix("gongxiang serves at http://").context("the server does not serve")?;
        Ok(Self { process, address: address.trim_end_matches('/').into() })
    }

    /// How much memory it has now, in MB. For Linux.
    pub fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("it has ended")?;
        Ok(resident.trim().trim_end_matches(" kB").parse::<u64>()? / 1_000)
    }

    /// Somebody who asks it.
    pub fn client(&self) -> Result<Client> {
        Client::connect(&self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What was answered is on the disk.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// A shop with points to give, some of them for its deposit.
pub fn shop(name: &str, points: &str) -> [Value; 4] {
    [
        json!({"type": "member.registered", "member": name}),
        json!({"type": "pack.purchased", "member": name, "pack": "merchant"}),
        json!({"type": "treasury.granted", "member": name, "points": points}),
        json!({"type": "merchant.opened", "member": name, "region": REGION}),
    ]
}

/// A member who takes part.
pub fn member(name: &str, referrer: &str) -> [Value; 2] {
    [
        json!({"type": "member.registered", "member": name, "referrer": referrer}),
        json!({"type": "pack.purchased", "member": name, "pack": "member"}),
    ]
}

/// An order as a shop sends it.
pub fn order(buyer: &str, merchant: &str) -> Value {
    json!({
        "buyer": buyer, "merchant": merchant, "channel": "offline", "amount": "0.10", "concession": "0.01",
        "region": REGION,
    })
}
