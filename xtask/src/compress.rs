//! Brotli, as a server sends files: for the budgets, and beside the files of the wallet.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::parallel;
use crate::stamp::{files_below, read};

/// Suffix of a compressed file; the server looks for it beside the file.
const END: &str = "br";

/// Compresses at level 11.
fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    const BUFFER: usize = 4096;
    const QUALITY: u32 = 11;
    const WINDOW: u32 = 22;
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), BUFFER, QUALITY, WINDOW);
    compressor.write_all(bytes)?;
    Ok(compressor.into_inner())
}

/// How many bytes a file has when it is compressed: those of its copy, if there is one that is not older.
pub fn size(file: &Path, bytes: &[u8]) -> Result<usize> {
    let (_, beside) = copy_of(file);
    if is_newer(&beside, file) {
        return Ok(read(&beside)?.len());
    }
    Ok(brotli(bytes).with_context(|| format!("cannot compress {}", file.display()))?.len())
}

/// Writes a compressed copy of every file in the directory. Skips images, and files that did not change since.
pub fn beside(directory: &Path) -> Result<()> {
    parallel::for_each(&files_below(directory)?, |file| {
        let (end, beside) = copy_of(file);
        if matches!(end, END | "png") || is_newer(&beside, file) {
            return Ok(());
        }
        let bytes = brotli(&read(file)?).with_context(|| format!("cannot compress {}", file.display()))?;
        fs::write(&beside, bytes).with_context(|| format!("cannot write {}", beside.display()))
    })
}

/// Removes the compressed copies of files that changed since: a server would send the copies.
pub fn forget_old(directory: &Path) -> Result<()> {
    for file in files_below(directory)? {
        let (_, beside) = copy_of(&file);
        if beside.exists() && !is_newer(&beside, &file) {
            fs::remove_file(&beside).with_context(|| format!("cannot remove {}", beside.display()))?;
        }
    }
    Ok(())
}

/// The ending of a file, and where its compressed copy is.
fn copy_of(file: &Path) -> (&str, PathBuf) {
    let end = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    (end, file.with_extension(format!("{end}.{END}")))
}

fn is_newer(one: &Path, other: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
    time(one) > time(other)
}
