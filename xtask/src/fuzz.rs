//! `cargo xtask fuzz`: libFuzzer at every border (docs/fuzzing.md).

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::command;
use crate::place;
use crate::stamp::files_below;
use crate::steps::Steps;
use crate::tools;

/// The version of cargo-fuzz that is installed.
const CARGO_FUZZ: &str = "0.13.2";

/// Look for inputs that break what has to hold at a border: every target of fuzz/, or one of them.
///
/// What it learns stays in target/fuzz/corpus, so the next run goes on there. A finding is a file in fuzz/artifacts.
/// Mend it, and keep the file as a seed.
#[derive(Args)]
pub struct Options {
    /// The target, one of `fuzz/fuzz_targets`; without it, all one after another.
    target: Option<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 20)]
    minutes: u64,
}

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let all = targets()?;
    let chosen = match &options.target {
        Some(name) if !all.contains(name) => bail!("`{name}` is no target: there are {}", all.join(", ")),
        Some(name) => vec![name.clone()],
        None => all,
    };
    let program = tools::install("cargo-fuzz", CARGO_FUZZ, steps)?;
    for target in chosen {
        steps.loud(&format!("fuzzing {target}"), || fuzz(&program, &target, options.minutes))?;
    }
    Ok(())
}

/// The targets are what is in the directory.
fn targets() -> Result<Vec<String>> {
    let files = files_below(&place::at("fuzz/fuzz_targets"))?;
    Ok(files.iter().filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect())
}

fn fuzz(program: &Path, target: &str, minutes: u64) -> Result<()> {
    let corpus = place::target().join("fuzz/corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    let mut fuzz = command::command(program);
    // What libFuzzer asks of the compiler is unstable, and works with a stable one that is told to try.
    fuzz.env("RUSTC_BOOTSTRAP", "1");
    // There is no unsafe code here that a sanitizer would look after.
    fuzz.args(["run", "--sanitizer=none", "--target-dir"]).arg(place::target().join("fuzz"));
    if !NEED_SERVER.contains(&target) {
        fuzz.arg("--no-default-features");
    }
    fuzz.arg(target).arg(corpus).arg(place::at("fuzz/seeds").join(target));
    let seconds = minutes * 60;
    fuzz.arg("--").args([
        &format!("-max_total_time={seconds}"),
        "-timeout=30",
        "-max_len=16384",
        "-use_value_profile=1",
    ]);
    command::run(&mut fuzz)
}

/// The others are built without the server, in a tenth of the time.
const NEED_SERVER: [&str; 2] = ["request", "table"];
