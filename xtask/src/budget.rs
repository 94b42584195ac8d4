//! How large the results may be: `budget.toml` names files and a limit, and a build that exceeds it fails.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::place;
use crate::stamp::read;
use crate::steps::{self, Steps};

/// One table of `budget.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    /// From the root of the workspace on.
    files: Vec<String>,
    /// Bytes after brotli at level 11, each file by itself, as a server sends them.
    brotli_max: usize,
}

/// Prints the sizes of the named tables, and fails if one is over its limit.
pub fn check(names: &[&str], steps: &mut Steps) -> Result<()> {
    let text = fs::read_to_string(place::at("budget.toml")).context("cannot read budget.toml")?;
    let mut budgets: BTreeMap<String, Budget> = toml::from_str(&text).context("budget.toml is not as it should be")?;
    for name in names {
        let budget = budgets.remove(*name).with_context(|| format!("budget.toml has no table `{name}`"))?;
        let sizes = steps.quiet(&format!("size of the {name}"), || budget.measure())?;
        let mut total = 0;
        for (file, size) in budget.files.iter().zip(&sizes) {
            steps::note(format_args!("{file:<32} {:>9} raw {:>9} brotli", kilobytes(size.raw), kilobytes(size.brotli)));
            total += size.brotli;
        }
        let limit = budget.brotli_max;
        if total > limit {
            bail!(
                "the {name} has {total} bytes after brotli, {} more than its budget of {limit}: make it smaller, \
                 or raise the limit in budget.toml and say why",
                total - limit
            );
        }
        steps::note(format_args!("{} of {} ({} bytes to spare)", kilobytes(total), kilobytes(limit), limit - total));
    }
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
                    brotli: brotli_size(&bytes).with_context(|| format!("cannot compress {file}"))?,
                })
            })
            .collect()
    }
}

fn brotli_size(bytes: &[u8]) -> Result<usize> {
    const BUFFER: usize = 4096;
    const QUALITY: u32 = 11;
    const WINDOW: u32 = 22;
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), BUFFER, QUALITY, WINDOW);
    compressor.write_all(bytes)?;
    Ok(compressor.into_inner().len())
}

/// `12.3 KB`, a KB being 1,000 bytes.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}
