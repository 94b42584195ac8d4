//! How large the results may be: `budget.toml` names files and a limit, and a build that exceeds it fails.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::compress;
use crate::place;
use crate::stamp::{files_below, read};
use crate::steps::{self, Steps};

/// One table of `budget.toml`. Paths start at the root of the workspace.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Budget {
    /// Files that a server compresses, each by itself with brotli at level 11: the limit of their bytes.
    Compressed { files: Vec<String>, brotli_max: usize },
    /// A directory whose files are sent as they are: the limit of their bytes.
    Plain { directory: String, bytes_max: usize },
}

/// Prints the sizes of the named tables, and fails if one is over its limit.
pub fn check(names: &[&str], steps: &mut Steps) -> Result<()> {
    let text = fs::read_to_string(place::at("budget.toml")).context("cannot read budget.toml")?;
    let budgets: BTreeMap<String, Budget> = toml::from_str(&text).context("budget.toml is not as it should be")?;
    for name in names {
        let budget = budgets.get(*name).with_context(|| format!("budget.toml has no table `{name}`"))?;
        let sizes = steps.quiet(&format!("size of the {name}"), || budget.measure())?;
        for (_, line) in &sizes {
            steps::note(line);
        }
        let (total, limit) = (sizes.iter().map(|(size, _)| size).sum::<usize>(), budget.limit());
        if total > limit {
            bail!(
                "the {name} has {total} bytes, {} more than its budget of {limit}: make it smaller, \
                 or raise the limit in budget.toml and say why",
                total - limit
            );
        }
        steps::note(format_args!("{} of {} ({} bytes to spare)", kilobytes(total), kilobytes(limit), limit - total));
    }
    Ok(())
}

impl Budget {
    const fn limit(&self) -> usize {
        match self {
            Self::Compressed { brotli_max, .. } => *brotli_max,
            Self::Plain { bytes_max, .. } => *bytes_max,
        }
    }

    /// Each file with its size as the budget counts it, and a line about it.
    fn measure(&self) -> Result<Vec<(usize, String)>> {
        match self {
            Self::Compressed { files, .. } => files.iter().map(|file| compressed(file)).collect(),
            Self::Plain { directory, .. } => {
                let files = files_below(&place::at(directory))?;
                let line = |file, size| format!("{:<42} {:>9}", place::shown(file), kilobytes(size));
                files.iter().map(|file| read(file).map(|bytes| (bytes.len(), line(file, bytes.len())))).collect()
            }
        }
    }
}

fn compressed(file: &str) -> Result<(usize, String)> {
    let path = place::at(file);
    let bytes = read(&path)?;
    let size = compress::size(&path, &bytes)?;
    Ok((size, format!("{file:<32} {:>9} raw {:>9} brotli", kilobytes(bytes.len()), kilobytes(size))))
}

/// `12.3 KB`, a KB being 1,000 bytes.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, Budget};

    #[test]
    fn every_table_of_the_budget_is_read_and_a_mistyped_key_is_refused() {
        let read = |text: &str| toml::from_str::<BTreeMap<String, Budget>>(text);
        let budgets = read(include_str!("../../budget.toml")).expect("budgets");
        assert!(matches!(budgets["miniprogram"], Budget::Plain { .. }));
        assert!(matches!(budgets["wallet"], Budget::Compressed { brotli_max, .. } if brotli_max > 0));
        assert!(read("[wallet]\nfiles = []\nbrotli_max = 1\nraw_max = 1\n").is_err());
    }
}
