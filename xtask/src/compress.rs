//! Brotli, as a server sends files: for the budgets, and beside the files of the wallet.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::stamp::{files_below, read};

/// Suffix of a compressed file; the server looks for it beside the file.
const END: &str = "br";

/// Compresses at level 11.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    const BUFFER: usize = 4096;
    const QUALITY: u32 = 11;
    const WINDOW: u32 = 22;
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), BUFFER, QUALITY, WINDOW);
    compressor.write_all(bytes)?;
    Ok(compressor.into_inner())
}

/// Writes a compressed copy of every file in the directory. Skips images, and files that did not change since.
pub fn beside(directory: &Path) -> Result<()> {
    for file in files_below(directory)? {
        let end = file.extension().and_then(OsStr::to_str).unwrap_or_default();
        let beside = file.with_extension(format!("{end}.{END}"));
        let time = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
        if matches!(end, END | "png") || time(&beside) > time(&file) {
            continue;
        }
        let bytes = brotli(&read(&file)?).with_context(|| format!("cannot compress {}", file.display()))?;
        fs::write(&beside, bytes).with_context(|| format!("cannot write {}", beside.display()))?;
    }
    Ok(())
}
