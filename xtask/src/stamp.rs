//! Skips a step that is up to date, by a fingerprint of its inputs and outputs.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The fingerprint of a step. The last run left its own in a file.
pub struct Stamp {
    file: PathBuf,
    inputs: DefaultHasher,
    outputs: Vec<PathBuf>,
}

impl Stamp {
    /// The stamp kept in `file`.
    pub fn new(file: PathBuf) -> Self {
        // Another version of Rust may hash differently. Then the step runs once more than needed, which is harmless.
        Self { file, inputs: DefaultHasher::new(), outputs: Vec::new() }
    }

    /// A text that the result depends on: options, a version.
    pub fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.inputs);
        self
    }

    /// A file, or a directory with all below it, that the step reads.
    pub fn input(mut self, path: &Path) -> Result<Self> {
        for file in files_below(path)? {
            file.strip_prefix(path).unwrap_or(&file).hash(&mut self.inputs);
            read(&file)?.hash(&mut self.inputs);
        }
        Ok(self)
    }

    /// A file that the step makes. If it is missing or was changed, the step runs again.
    pub fn output(mut self, file: &Path) -> Self {
        self.outputs.push(file.to_path_buf());
        self
    }

    /// Whether the last run had the same inputs and left the outputs that are there now.
    pub fn is_current(&self) -> bool {
        let now = self.fingerprint();
        now.is_some() && fs::read_to_string(&self.file).ok() == now
    }

    /// Remembers that the step was done.
    pub fn write(&self) -> Result<()> {
        let fingerprint = self.fingerprint().with_context(|| {
            format!(
                "a step did not leave what it should have: {}",
                self.outputs.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ")
            )
        })?;
        if let Some(directory) = self.file.parent() {
            fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        }
        fs::write(&self.file, fingerprint).with_context(|| format!("cannot write {}", self.file.display()))
    }

    fn fingerprint(&self) -> Option<String> {
        let mut outputs = DefaultHasher::new();
        for file in &self.outputs {
            fs::read(file).ok()?.hash(&mut outputs);
        }
        Some(format!("{:016x} {:016x}\n", self.inputs.finish(), outputs.finish()))
    }
}

/// All files below a path, in a fixed order; the path itself if it is a file.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    let entries = fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?;
    for entry in entries {
        files.extend(files_below(&entry.with_context(|| format!("cannot list {}", path.display()))?.path())?);
    }
    files.sort();
    Ok(files)
}

pub fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}
