//! Reads a journal line by line. Memory grows neither with the file nor with an overlong line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, Result};
use gongxiang::event::{Entry, Refusal};
use gongxiang::limits::LINE_LENGTH_MAX;
use gongxiang::tree::Tree;
use gongxiang::wire::event;
use serde_json::value::RawValue;

/// One event, as text and as the rules read it. It comes from [`parse`] or [`line_of`] only: what the journal stores can be read again.
#[derive(Clone, Debug)]
pub struct JournalLine {
    /// The text as it was sent. The journal stores it unchanged, because another spelling might exceed the length
    /// limit.
    pub text: String,
    pub entry: Entry,
}

/// Extracts the event from a line of `gongxiang export --format jsonl`, of any version; returns any other line
/// unchanged. The receipt after the event is skipped, because it may exceed the length limit of a line.
fn event_of(line: &[u8]) -> &[u8] {
    let event = || {
        let line = line.strip_prefix(br#"{"place":"#)?;
        let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = line.get(digits..)?.strip_prefix(br#","event":"#)?;
        let first = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>().next()?;
        first.ok().map(|event| event.get().as_bytes())
    };
    event().unwrap_or(line)
}

/// Reads one event, or refuses it with `bad_event`.
pub fn parse(line: &[u8]) -> Result<JournalLine, Refusal> {
    if line.len() > LINE_LENGTH_MAX {
        return Err(Refusal::bad_event("", format!("is longer than {LINE_LENGTH_MAX} bytes")));
    }
    let text = str::from_utf8(line).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    let tree: Tree = serde_json::from_str(text).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    Ok(JournalLine { entry: event::read(&tree)?, text: text.trim().into() })
}

/// The line of an event that the server makes, of a command for example. Refused as [`parse`] would refuse it: an audit reads it again.
pub fn line_of(event: &Tree) -> Result<JournalLine, Refusal> {
    parse(event.canonical().as_bytes())
}

/// What some programs put before a text in UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How much of a line is read: an event and what precedes it in an exported journal. Longer lines are refused.
const READ_MAX: usize = LINE_LENGTH_MAX + 64;

/// The lines of a journal, each parsed.
#[derive(Debug)]
pub struct JournalReader<R>(R);

impl JournalReader<Box<dyn BufRead>> {
    /// Opens a file, or standard input if its name is `-`.
    pub fn open(journal: &Path) -> Result<Self> {
        let context = || format!("cannot read the journal {}", journal.display());
        let mut input: Box<dyn BufRead> = if journal == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(journal).with_context(context)?))
        };
        // Some programs on Windows begin a text with a byte order mark.
        if input.fill_buf().with_context(context)?.starts_with(BYTE_ORDER_MARK) {
            input.consume(BYTE_ORDER_MARK.len());
        }
        Ok(Self(input))
    }
}

impl<R: BufRead> JournalReader<R> {
    pub fn new(input: R) -> Self {
        Self(input)
    }

    /// The next line without its end. An overlong line is read to its end but not stored.
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
            line.extend_from_slice(&part[..part.len().min(READ_MAX.saturating_sub(line.len()))]);
            let taken = part.len() + usize::from(end.is_some());
            self.0.consume(taken);
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}

impl<R: BufRead> Iterator for JournalReader<R> {
    type Item = io::Result<Result<JournalLine, Refusal>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.bytes().map(|line| line.map(|line| parse(event_of(&line)))).transpose()
    }
}
