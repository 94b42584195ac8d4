//! Runs hledger and beancount on exported books.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::TestResult;

/// Account and commodity → parts of 10^-8.
pub type Balances = BTreeMap<(String, String), i128>;

/// A path from the environment. Without it nothing would be tested, so the test fails.
fn named(variable: &str) -> TestResult<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from).ok_or_else(|| {
        format!(
            "{variable} does not say where it is: run `cargo xtask test`, which installs it, or see `cargo xtask setup`"
        )
    })?;
    if !path.exists() {
        return Err(format!("{variable} is {}, which is not there: run `cargo xtask setup`", path.display()).into());
    }
    Ok(path)
}

fn output(command: &mut Command) -> TestResult<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said: String = String::from_utf8_lossy(&said).chars().take(2_000).collect();
        return Err(format!("{command:?} failed: {said}").into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// `1.5` → 150000000.
pub fn raw(text: &str) -> TestResult<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 8 {
        return Err(format!("{text} has more than 8 places").into());
    }
    Ok(format!("{whole}{part:0<8}").parse()?)
}

pub struct Hledger(PathBuf);

impl Hledger {
    pub fn find() -> TestResult<Self> {
        named("HLEDGER").map(Self)
    }

    fn command(&self, books: &Path) -> Command {
        let mut command = Command::new(&self.0);
        // The books must be readable without a UTF-8 locale too.
        command.env("LC_ALL", "C").arg("--file").arg(books);
        command
    }

    pub fn check(&self, books: &Path) -> TestResult {
        output(self.command(books).args(["check", "--strict", "ordereddates"])).map(drop)
    }

    pub fn balances(&self, books: &Path) -> TestResult<Balances> {
        let arguments = ["balance", "--strict", "--flat", "--empty", "--no-total", "--layout=bare", "-O", "csv"];
        let table = output(self.command(books).args(arguments))?;
        let mut balances = Balances::new();
        for row in csv::Reader::from_reader(table.as_bytes()).into_records() {
            let row = row?;
            balances.insert((row[0].into(), row[1].into()), raw(&row[2])?);
        }
        Ok(balances)
    }
}

/// The directory of its programs.
pub struct Beancount(PathBuf);

impl Beancount {
    pub fn find() -> TestResult<Self> {
        named("BEANCOUNT").map(Self)
    }

    pub fn check(&self, books: &Path) -> TestResult {
        output(Command::new(self.0.join("bean-check")).arg(books)).map(drop)
    }

    /// The balances of each of the files.
    pub fn balances(&self, files: &[PathBuf]) -> TestResult<Vec<Balances>> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/books/balances.py");
        let lines = output(Command::new(self.0.join("python")).arg(script).args(files))?;
        let mut all = Vec::new();
        for line in lines.lines() {
            if line.starts_with("= ") {
                all.push(Balances::new());
                continue;
            }
            let cells: Vec<_> = line.split(',').collect();
            let [account, commodity, amount] = cells[..] else { return Err(format!("what is {line}?").into()) };
            all.last_mut().ok_or("no file")?.insert((account.into(), commodity.into()), raw(amount)?);
        }
        assert_eq!(all.len(), files.len());
        Ok(all)
    }
}

/// The balances of all accounts that follow from a state by `docs/books.md`.
pub fn expected(state: &Value) -> Balances {
    let number = |value: &Value| value.as_str().and_then(|text| raw(text).ok()).unwrap_or_else(|| panic!("{value}"));
    let mut balances = Balances::new();
    for (id, account) in state["accounts"].as_object().unwrap_or_else(|| panic!("no accounts")) {
        let escaped = id.replace('-', "--").replace('_', "-U").replace('.', "-D").replace(':', "-C");
        for (commodity, field) in [("POINTS", "points"), ("SHAREVALUE", "share_value"), ("LOCKED", "locked")] {
            let key = (format!("Liabilities:Members:M-{escaped}"), commodity.into());
            balances.insert(key, -number(&account[field]));
        }
    }
    let supply = &state["supply"];
    for (account, field, sign) in [
        ("Equity:Issued", "issued", 1),
        ("Equity:Treasury", "treasury", -1),
        ("Equity:Burned", "burned", -1),
        ("Liabilities:Escrow", "escrow", -1),
        ("Liabilities:Pool", "pool", -1),
    ] {
        balances.insert((account.into(), "POINTS".into()), sign * number(&supply[field]));
    }
    balances
}
