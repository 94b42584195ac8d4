//! Replays a journal line by line: memory does not grow with the file, nor with a line that is too long.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use gongxiang::border::event;
use gongxiang::border::replay::Replay;
use gongxiang::event::{Code, Entry, Refusal};
use gongxiang::limits::LINE_LENGTH_MAX;
use gongxiang::tree::Tree;

use crate::rules;

/// How often progress is shown, in lines.
const PROGRESS_EVERY: usize = 10_000;

/// Prints the object of RULES.md section 9; `false` if `strict` stopped at a refusal.
pub fn replay(rules: &str, strict: bool, journal: &Path) -> Result<bool> {
    let mut replay = Replay::new(rules::load(rules)?);
    let mut input: Box<dyn BufRead> = if journal == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(journal).with_context(|| format!("cannot read the journal {}", journal.display()))?;
        Box::new(BufReader::new(file))
    };
    let shows_progress = io::stderr().is_terminal();
    while let Some(line) = next_line(&mut input).context("cannot read on in the journal")? {
        let outcome = replay.push(line.and_then(|line| parse(&line)));
        let number = replay.lines();
        if let Err(refusal) = outcome {
            if strict || refusal.code == Code::BadEvent {
                eprintln!("line {number}: {refusal}");
            }
            if strict {
                return Ok(false);
            }
        }
        if shows_progress && number.is_multiple_of(PROGRESS_EVERY) {
            eprint!("\r{number} events");
        }
    }
    if shows_progress {
        eprintln!("\r{} events", replay.lines());
    }
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, &replay.finish()?).context("cannot write the result")?;
    writeln!(output).context("cannot write the result")?;
    Ok(true)
}

fn parse(line: &[u8]) -> Result<Entry, Refusal> {
    let tree: Tree = serde_json::from_slice(line).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    event::read(&tree)
}

/// The next line without its end; a line that is too long is read to its end and refused. Nothing at the end.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<Result<Vec<u8>, Refusal>>> {
    let (mut line, mut length) = (Vec::new(), 0);
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        length += part.len();
        if length <= LINE_LENGTH_MAX {
            line.extend_from_slice(part);
        }
        let taken = part.len() + usize::from(end.is_some());
        input.consume(taken);
        if end.is_some() {
            return Ok(Some(checked(line, length)));
        }
    }
    Ok((length > 0).then(|| checked(line, length)))
}

fn checked(line: Vec<u8>, length: usize) -> Result<Vec<u8>, Refusal> {
    if length > LINE_LENGTH_MAX {
        return Err(Refusal::bad_event("", format!("is longer than {LINE_LENGTH_MAX} bytes")));
    }
    Ok(line)
}
