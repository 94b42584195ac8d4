//! `cargo xtask faults`: servers and databases are killed, disks fill up, and databases fail over (docs/reliability.md).

use anyhow::Result;
use clap::Args;

use crate::command;
use crate::postgres;
use crate::steps::Steps;

/// The tests, by what their names begin with or contain.
const TESTS: [&str; 6] = ["kill", "failover::", "faults::", "bank::", "tills::", "several_processes"];

/// The variable that tells the tests how often to try each fault.
const TIMES: &str = "GONGXIANG_TEST_KILLS";

/// Kill servers and databases, fill disks, turn clocks and fail over, and look for what is lost or doubled.
///
/// `cargo xtask test` tries each fault a few times, but leaves out the tests that take half a minute or longer.
#[derive(Args)]
pub struct Options {
    /// How often each fault is tried; without it a few times.
    #[arg(long)]
    times: Option<u32>,
}

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let postgres = postgres::start(steps)?;
    steps.loud("faults", || {
        let mut tests = command::cargo();
        // One after another: each kills what it started at moments of its own.
        tests.args(["test", "--package=gongxiang-server", "--test=server", "--"]).args(TESTS);
        tests.args(["--include-ignored", "--nocapture", "--test-threads=1"]).env(postgres::VARIABLE, postgres.url());
        command::run(options.times.iter().fold(&mut tests, |tests, times| tests.env(TIMES, times.to_string())))
    })
}
