//! The rows of a table in a text, without the lines before its header and after its last row.
//!
//! The CSV reader gets the text line by line, so that each row knows the line in the file on which it begins.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use csv::{Reader, ReaderBuilder, StringRecord};
use encoding_rs::Encoding;

use super::guards::unguarded;
use super::text::{TextLine, TextLines};
use crate::limits::{IMPORT_COLUMNS_MAX, IMPORT_HEADER_LINES_MAX, IMPORT_ROW_BYTES_MAX};

/// The characters that may separate cells if none is named.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

/// A row: the line on which it begins, and its cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub line: u64,
    pub cells: StringRecord,
}

pub(super) struct Table {
    reader: Reader<Feed>,
    progress: Rc<RefCell<Progress>>,
    /// The table ends before a row whose first cell begins with one of these.
    pub ends: Vec<String>,
}

/// How far the text has been read.
struct Progress {
    lines: TextLines,
    /// Lines that were read to find the header.
    ahead: VecDeque<TextLine>,
    /// The line that the CSV reader is getting.
    line: String,
    /// How many bytes of it the CSV reader has.
    at: usize,
    /// The first line of the current row.
    begun: Option<u64>,
    /// How many bytes of the current row were read.
    bytes: usize,
}

impl Table {
    /// Opens a table; returns it with the cells of its header: the first line that `is_header` accepts, or else the first
    /// line.
    pub fn open(
        file: &Path,
        encoding: Option<&'static Encoding>,
        delimiter: Option<u8>,
        is_header: impl Fn(&[&str]) -> bool,
    ) -> Result<(Self, Vec<String>)> {
        let mut lines = TextLines::open(file, encoding)?;
        let (mut ahead, mut bytes) = (VecDeque::new(), 0);
        let context = || format!("bad_row: cannot read the header of {}", file.display());
        while ahead.len() < IMPORT_HEADER_LINES_MAX && bytes < IMPORT_ROW_BYTES_MAX {
            let Some(line) = lines.next().with_context(context)? else { break };
            bytes += line.text.len();
            ahead.push_back(line);
        }
        let candidates = delimiter.map_or_else(|| DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
        let header = ahead.iter().enumerate().find_map(|(at, line)| {
            let fits = |delimiter: &u8| {
                let cells = cells(&line.text, *delimiter);
                cells.len() <= IMPORT_COLUMNS_MAX && is_header(&names(&cells))
            };
            candidates.iter().find(|delimiter| fits(delimiter)).map(|delimiter| (at, *delimiter))
        });
        let (at, delimiter) = header.unwrap_or_else(|| {
            let first = ahead.front().map(|line| line.text.as_str()).unwrap_or_default();
            // `max_by_key` returns the last of equals; reversed, that is the comma.
            let widest = candidates.iter().rev().max_by_key(|delimiter| cells(first, **delimiter).len());
            (0, widest.copied().unwrap_or(b','))
        });
        ahead.drain(..at);
        let progress = Progress { lines, ahead, line: String::new(), at: 0, begun: None, bytes: 0 };
        let progress = Rc::new(RefCell::new(progress));
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(Feed(Rc::clone(&progress)));
        let mut table = Self { reader, progress, ends: Vec::new() };
        let header = table.next().with_context(context)?.unwrap_or_default();
        let columns = header.cells.len();
        if columns > IMPORT_COLUMNS_MAX {
            bail!(
                "bad_row: line {}: the header has {columns} columns, and a table at most {IMPORT_COLUMNS_MAX}",
                header.line
            );
        }
        Ok((table, names(&header.cells).into_iter().map(Into::into).collect()))
    }

    /// The next row that is not empty.
    pub fn next(&mut self) -> Result<Option<Row>> {
        let mut cells = StringRecord::new();
        loop {
            let before = {
                let mut progress = self.progress.borrow_mut();
                (progress.begun, progress.bytes) = (None, 0);
                progress.ahead.front().map_or_else(|| progress.lines.number(), |line| line.number - 1)
            };
            let read = self.reader.read_record(&mut cells);
            let line = self.progress.borrow().begun.unwrap_or(before + 1);
            if !read.with_context(|| format!("line {line}: bad_row: cannot read on"))? {
                return Ok(None);
            }
            let first = unguarded(cells.get(0).unwrap_or_default());
            if self.ends.iter().any(|end| first.starts_with(end)) {
                return Ok(None);
            }
            if cells.iter().any(|cell| !unguarded(cell).is_empty()) {
                return Ok(Some(Row { line, cells }));
            }
        }
    }

    pub fn encoding(&self) -> &'static str {
        self.progress.borrow().lines.encoding()
    }
}

fn cells(line: &str, delimiter: u8) -> StringRecord {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(line.as_bytes());
    let mut cells = StringRecord::new();
    // A line that cannot be read has no cells, so it is no header.
    _ = reader.read_record(&mut cells);
    cells
}

fn names(cells: &StringRecord) -> Vec<&str> {
    cells.iter().map(unguarded).collect()
}

/// Gives the CSV reader one line at a time, so that a row ends with the last line that was read.
struct Feed(Rc<RefCell<Progress>>);

impl Read for Feed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let progress = &mut *self.0.borrow_mut();
        if progress.at == progress.line.len() {
            let next = progress.ahead.pop_front();
            let Some(TextLine { number, text }) = next.map_or_else(|| progress.lines.next(), |line| Ok(Some(line)))?
            else {
                return Ok(0);
            };
            // Blank lines before a row are skipped.
            if progress.begun.is_none() && text != "\n" {
                progress.begun = Some(number);
            }
            (progress.line, progress.at) = (text, 0);
        }
        let rest = &progress.line.as_bytes()[progress.at..];
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        progress.at += count;
        progress.bytes += count;
        if progress.bytes > IMPORT_ROW_BYTES_MAX {
            return Err(io::Error::other("a row is too long: is a quotation mark never closed?"));
        }
        Ok(count)
    }
}
