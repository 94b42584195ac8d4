//! The lines of the text files.

use std::fmt;
use std::io::Write;

use anyhow::{Context as _, Result};

/// The first line of a file for people.
pub const TITLE: &str =
    "; Books of gongxiang. What the platform owes is negative; docs/books.md explains the accounts.";

pub fn write_line(output: &mut impl Write, line: fmt::Arguments<'_>) -> Result<()> {
    writeln!(output, "{line}").context("cannot write the result")
}
