//! The seeds of the fuzzing targets, and every input that once was a finding, hold what the checks say.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use gongxiang_borders::CHECKS;

/// Largest seed: they are read by people, and stay in the repository for ever.
const SEED_BYTES_MAX: usize = 8_192;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn fuzz(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(below)
}

fn files(directory: &Path) -> TestResult<Vec<PathBuf>> {
    let mut files = fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<TestResult<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

#[test]
fn every_seed_holds_what_its_check_says() -> TestResult {
    for (name, check) in CHECKS {
        let seeds = files(&fuzz("seeds").join(name))?;
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            let data = fs::read(&seed)?;
            assert!(data.len() <= SEED_BYTES_MAX, "{} is too large", seed.display());
            assert!(catch_unwind(|| check(&data)).is_ok(), "{} does not hold", seed.display());
        }
    }
    Ok(())
}

#[test]
fn every_check_has_a_target_and_seeds_and_nothing_else_has() -> TestResult {
    let stems = |directory: &str| -> TestResult<BTreeSet<String>> {
        let stem = |file: &PathBuf| file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Ok(files(&fuzz(directory))?.iter().filter_map(stem).collect())
    };
    let names: BTreeSet<_> = CHECKS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(stems("fuzz_targets")?, names);
    assert_eq!(stems("seeds")?, names);
    Ok(())
}
