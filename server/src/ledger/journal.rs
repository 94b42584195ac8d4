//! Lines of a journal, read one by one: memory does not grow with the file, nor with a line that is too long.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, Result};
use gongxiang::wire::event;
use gongxiang::event::{Entry, Refusal};
use gongxiang::limits::LINE_LENGTH_MAX;
use gongxiang::tree::Tree;
use gongxiang::wire::event;
use gongxiang::wire::replay::Replay;

/// One event, as it was sent and as the rules read it.
#[derive(Clone, Debug)]
pub struct Line {
    /// As it was sent, which is what a journal keeps: another spelling of it might be longer than a line may be.
    pub text: String,
    /// What it says.
    pub entry: Entry,
}

/// Reads one event.
///
/// # Errors
/// `bad_event`.
pub fn parse(line: &[u8]) -> Result<Line, Refusal> {
    if line.len() > LINE_LENGTH_MAX {
        return Err(Refusal::bad_event("", format!("is longer than {LINE_LENGTH_MAX} bytes")));
    }
    let text = str::from_utf8(line).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    let tree: Tree = serde_json::from_str(text).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    Ok(Line { entry: event::read(&tree)?, text: text.trim().into() })
}

/// The lines of a journal, each parsed.
#[derive(Debug)]
pub struct Lines<R>(R);

impl Lines<Box<dyn BufRead>> {
    /// Opens a file, or standard input by the name `-`.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(journal: &Path) -> Result<Self> {
        if journal == Path::new("-") {
            return Ok(Self(Box::new(io::stdin().lock())));
        }
        let file = File::open(journal).with_context(|| format!("cannot read the journal {}", journal.display()))?;
        Ok(Self(Box::new(BufReader::new(file))))
    }
}

impl<R: BufRead> Lines<R> {
    /// Reads from what was opened elsewhere.
    pub fn new(input: R) -> Self {
        Self(input)
    }

    /// What the next line holds, without its end; one that is too long is read to its end, but not kept.
    fn bytes(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mut line, mut length) = (Vec::new(), 0);
        loop {
            let buffer = self.0.fill_buf()?;
            if buffer.is_empty() {
                return Ok((length > 0).then_some(line));
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            length += part.len();
            // One byte more than is allowed is enough to be refused.
            line.extend_from_slice(&part[..part.len().min((LINE_LENGTH_MAX + 1).saturating_sub(line.len()))]);
            let taken = part.len() + usize::from(end.is_some());
            self.0.consume(taken);
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Result<Line, Refusal>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.bytes().map(|line| line.map(|line| parse(&line))).transpose()
    }
}
