//! The real program on real files.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use gongxiang_conformance::Case;
use serde_json::Value;

pub type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A directory of one test, deleted at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> TestResult<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gongxiang-books-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What `gongxiang` prints.
pub fn gongxiang(arguments: &[&str]) -> TestResult<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Events as a journal.
pub fn lines<'a>(events: impl IntoIterator<Item = &'a Value>) -> String {
    events.into_iter().fold(String::new(), |lines, event| lines + &event.to_string() + "\n")
}

/// A case as the two files that the command line takes.
pub fn rules_and_journal(folder: &Folder, case: &Case) -> TestResult<(String, String)> {
    let (rules, journal) = (folder.path(&format!("{}.json", case.name)), folder.path(&format!("{}.jsonl", case.name)));
    std::fs::write(&rules, case.rules.to_string())?;
    std::fs::write(&journal, lines(&case.events))?;
    Ok((rules.to_string_lossy().into(), journal.to_string_lossy().into()))
}

/// The books of a case.
pub fn export(folder: &Folder, case: &Case, format: &str) -> TestResult<PathBuf> {
    let (rules, journal) = rules_and_journal(folder, case)?;
    let books = folder.path(&format!("{}.{format}", case.name));
    let to = books.to_string_lossy();
    gongxiang(&["export", "--format", format, "--rules", &rules, "--journal", &journal, "--output", &to])?;
    Ok(books)
}
