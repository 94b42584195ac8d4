//! One accepted event with its receipt per line. The events alone are the journal.

use std::io::Write;

use anyhow::{Context as _, Result};
use gongxiang::receipt::Receipt;
use serde::Serialize;
use serde_json::value::RawValue;

use super::source::{SettledEvent, Source};

#[derive(Serialize)]
struct ExportLine<'a> {
    place: u64,
    event: &'a RawValue,
    receipt: &'a Receipt,
}

pub fn write(source: &mut impl Source, output: &mut impl Write) -> Result<()> {
    while let Some(SettledEvent { place, line, receipt, .. }) = source.next()? {
        // In JSON, line breaks occur only between tokens.
        let event = RawValue::from_string(line.text.replace(['\n', '\r'], " "))?;
        serde_json::to_writer(&mut *output, &ExportLine { place, event: &event, receipt: &receipt })
            .and_then(|()| output.write_all(b"\n").map_err(serde_json::Error::io))
            .context("cannot write the result")?;
    }
    Ok(())
}
