//! How large the results may be: `budget.toml` names files and a limit, and a build that exceeds it fails.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::compress::brotli;
use crate::place;
use crate::stamp::{files_below, read};
use crate::steps::{self, Steps};

/// The table of files that a server compresses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    /// From the root of the workspace on.
    files: Vec<String>,
    /// Bytes after brotli at level 11, each file by itself, as a server sends them.
    brotli_max: usize,
}

/// The table of a directory whose files travel as they lie there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectoryBudget {
    /// From the root of the workspace on.
    directory: String,
    /// Bytes of all files in it.
    bytes_max: usize,
}

/// One table of `budget.toml`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Table {
    Directory(DirectoryBudget),
    Files(Budget),
}

fn table(name: &str) -> Result<Table> {
    let text = fs::read_to_string(place::at("budget.toml")).context("cannot read budget.toml")?;
    let mut tables: BTreeMap<String, Table> = toml::from_str(&text).context("budget.toml is not as it should be")?;
    tables.remove(name).with_context(|| format!("budget.toml has no table `{name}`"))
}

/// Prints the size of the named table's directory, and fails if it is over its limit.
pub fn check_directory(name: &str, steps: &mut Steps) -> Result<()> {
    let Table::Directory(budget) = table(name)? else { bail!("the table `{name}` of budget.toml names no directory") };
    let total = steps.quiet(&format!("size of the {name}"), || {
        let files = files_below(&place::at(&budget.directory))?;
        files.iter().map(|file| Ok(read(file)?.len())).sum::<Result<usize>>()
    })?;
    within(name, total, budget.bytes_max)
}

/// Prints the sizes of the named tables, and fails if one is over its limit.
pub fn check(names: &[&str], steps: &mut Steps) -> Result<()> {
    for name in names {
        let Table::Files(budget) = table(name)? else { bail!("the table `{name}` of budget.toml names no files") };
        let sizes = steps.quiet(&format!("size of the {name}"), || budget.measure())?;
        let mut total = 0;
        for (file, size) in budget.files.iter().zip(&sizes) {
            steps::note(format_args!("{file:<32} {:>9} raw {:>9} brotli", kilobytes(size.raw), kilobytes(size.brotli)));
            total += size.brotli;
        }
        within(name, total, budget.brotli_max)?;
    }
    Ok(())
}

fn within(name: &str, total: usize, limit: usize) -> Result<()> {
    if total > limit {
        bail!(
            "the {name} has {total} bytes, {} more than its budget of {limit}: make it smaller, \
             or raise the limit in budget.toml and say why",
            total - limit
        );
    }
    steps::note(format_args!("{} of {} ({} bytes to spare)", kilobytes(total), kilobytes(limit), limit - total));
    Ok(())
}

struct Size {
    raw: usize,
    brotli: usize,
}

impl Budget {
    fn measure(&self) -> Result<Vec<Size>> {
        self.files
            .iter()
            .map(|file| {
                let bytes = read(&place::at(file))?;
                Ok(Size {
                    raw: bytes.len(),
                    brotli: brotli(&bytes).with_context(|| format!("cannot compress {file}"))?.len(),
                })
            })
            .collect()
    }
}

/// `12.3 KB`, a KB being 1,000 bytes.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}
