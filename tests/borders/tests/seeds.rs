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

/// The methods and addresses of the API, in which `{name}` stands for anything.
fn operations() -> TestResult<Vec<(String, String)>> {
    let document: serde_json::Value = serde_json::from_str(include_str!("../../../server/openapi.json"))?;
    let paths = document["paths"].as_object().ok_or("no paths")?;
    let methods = |item: &serde_json::Value| -> Vec<String> {
        item.as_object().map(|item| item.keys().map(|method| method.to_uppercase()).collect()).unwrap_or_default()
    };
    Ok(paths.iter().flat_map(|(path, item)| methods(item).into_iter().map(|method| (method, path.clone()))).collect())
}

fn is_of(address: &str, path: &str) -> bool {
    let address = address.split('?').next().unwrap_or_default();
    let (asked, parts): (Vec<_>, Vec<_>) = (address.split('/').collect(), path.split('/').collect());
    asked.len() == parts.len() && asked.iter().zip(&parts).all(|(asked, part)| part.starts_with('{') || asked == part)
}

#[test]
fn every_operation_of_the_api_has_a_seed() -> TestResult {
    let mut asked = Vec::new();
    for seed in files(&fuzz("seeds/request"))? {
        let data = fs::read(&seed)?;
        let line = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut words = str::from_utf8(line)?.split(' ').map(str::to_owned);
        asked.extend(words.next().zip(words.next()));
    }
    let without: Vec<_> = operations()?
        .into_iter()
        .filter(|(method, path)| !asked.iter().any(|(by, address)| by == method && is_of(address, path)))
        .collect();
    assert!(without.is_empty(), "no seed in fuzz/seeds/request asks {without:?}");
    Ok(())
}
