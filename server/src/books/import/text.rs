//! The lines of a text file. Its encoding is given or detected; lines end with LF or CR LF.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::limits::IMPORT_ROW_BYTES_MAX;

/// How much of a file is read to detect its encoding.
const SAMPLE_BYTES: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct TextLine {
    /// The number in the file, from 1.
    pub number: u64,
    /// Ends with `\n`, except at the end of the file.
    pub text: String,
}

pub(super) struct TextLines {
    input: Box<dyn BufRead>,
    /// `None` until the first byte that is not ASCII.
    encoding: Option<&'static Encoding>,
    number: u64,
}

/// An encoding by its name on the command line.
pub fn encoding(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.as_bytes())
        .ok_or_else(|| format!("`{name}` is no encoding; known are utf-8, gbk, big5, …"))
}

impl TextLines {
    /// Opens a file, or standard input if its name is `-`.
    pub fn open(file: &Path, encoding: Option<&'static Encoding>) -> Result<Self> {
        let shown = file.display();
        let mut input: Box<dyn BufRead> = if file == Path::new("-") {
            Box::new(BufReader::with_capacity(SAMPLE_BYTES, io::stdin().lock()))
        } else {
            let file = File::open(file).with_context(|| format!("cannot read {shown}"))?;
            Box::new(BufReader::with_capacity(SAMPLE_BYTES, file))
        };
        let start = input.fill_buf().with_context(|| format!("cannot read {shown}"))?;
        if let Some(kind) = kind_of_binary(start) {
            bail!("bad_row: {shown} is {kind}, not a text: open it and save it as CSV (UTF-8)");
        }
        let (encoding, skipped) = match Encoding::for_bom(start) {
            Some((encoding, bytes)) if encoding == UTF_8 => (Some(UTF_8), bytes),
            Some((wide, _)) => (Some(wide), 0),
            None => (encoding, 0),
        };
        input.consume(skipped);
        if let Some(wide) = encoding.filter(|encoding| [UTF_16LE, UTF_16BE].contains(encoding)) {
            let input = DecodeReaderBytesBuilder::new().encoding(Some(wide)).build(input);
            let input = Box::new(BufReader::with_capacity(SAMPLE_BYTES, input));
            return Ok(Self { input, encoding: Some(UTF_8), number: 0 });
        }
        Ok(Self { input, encoding, number: 0 })
    }

    pub fn next(&mut self) -> io::Result<Option<TextLine>> {
        let mut bytes = Vec::new();
        let most = u64::try_from(IMPORT_ROW_BYTES_MAX).unwrap_or(u64::MAX);
        (&mut self.input).take(most).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() == IMPORT_ROW_BYTES_MAX && !bytes.ends_with(b"\n") {
            return Err(io::Error::other("a line is too long"));
        }
        self.number += 1;
        if bytes.ends_with(b"\r\n") {
            bytes.truncate(bytes.len() - 2);
            bytes.push(b'\n');
        }
        if self.encoding.is_none() && !bytes.is_ascii() {
            let sample = [&bytes, self.input.fill_buf()?].concat();
            self.encoding = Some(detect(&sample).map_err(io::Error::other)?);
        }
        let text = self.encoding.unwrap_or(UTF_8).decode_without_bom_handling(&bytes).0.into_owned();
        Ok(Some(TextLine { number: self.number, text }))
    }

    /// How many lines were read.
    pub fn number(&self) -> u64 {
        self.number
    }

    pub fn encoding(&self) -> &'static str {
        self.encoding.unwrap_or(UTF_8).name()
    }
}

/// The kind of a file that is no text.
fn kind_of_binary(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(b"PK\x03\x04") {
        return Some("an Excel workbook (.xlsx) or another archive");
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some("an old Excel workbook (.xls)");
    }
    let text = start.trim_ascii_start().to_ascii_lowercase();
    if [&b"<html"[..], b"<!doctype", b"<table", b"<?xml"].iter().any(|tag| text.starts_with(tag)) {
        return Some("a web page (which some shops call .xls)");
    }
    let wide = Encoding::for_bom(start).is_some();
    (!wide && start.contains(&0)).then_some("binary")
}

/// UTF-8 if nearly all of the sample is UTF-8, or else GBK if the bytes look like it.
fn detect(sample: &[u8]) -> Result<&'static Encoding, String> {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in sample.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        invalid += chunk.invalid().len();
    }
    // The sample may end inside a character, and one damaged character does not make a text GBK.
    if invalid < 4 && valid > 0 && invalid * 10 <= valid || invalid * 20 <= valid {
        return Ok(UTF_8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let encoding = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    if [GBK, GB18030].contains(&encoding) {
        return Ok(GB18030);
    }
    let name = encoding.name();
    Err(format!("the file is not UTF-8; it may be {name}: use `--encoding {name}`, or save it as UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gbk_is_found_and_a_damaged_character_makes_no_gbk_of_utf_8() {
        let text = "订单编号,买家会员名,总金额\n";
        let (gbk, ..) = GBK.encode(text);
        assert_eq!(detect(&gbk), Ok(GB18030));
        assert_eq!(detect(text.as_bytes()), Ok(UTF_8));
        assert_eq!(detect(&text.as_bytes()[..text.len() - 2]), Ok(UTF_8), "cut inside a character");
        let damaged = [text.as_bytes(), b"\xff", text.as_bytes()].concat();
        assert_eq!(detect(&damaged), Ok(UTF_8));
        assert_eq!(detect("张".as_bytes()), Ok(UTF_8));
        assert_eq!(detect(b"\xd5\xc5,\xb6\xa9\xb5\xa5\xb1\xe0\xba\xc5"), Ok(GB18030));
    }
}
