//! Sorts orders and refunds by day. Within a day, orders come before refunds, and earlier times first. The items are in
//! a temporary file; memory holds some 40 bytes for each.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};

use anyhow::{Context as _, Result, bail};

use super::orders::{Item, ItemKind};
use crate::limits::IMPORT_SORTED_MAX;

/// The fields are in the order of sorting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SortKey {
    /// `20260131`.
    day: u32,
    is_refund: bool,
    second: u32,
    /// The item's place in the file.
    offset: u64,
}

pub struct Sorter {
    file: BufWriter<File>,
    keys: Vec<SortKey>,
    offset: u64,
}

pub struct SortedItems {
    file: BufReader<File>,
    keys: std::vec::IntoIter<SortKey>,
}

impl Sorter {
    pub fn new() -> Result<Self> {
        let file = tempfile::tempfile().context("cannot make a temporary file to sort in")?;
        Ok(Self { file: BufWriter::new(file), keys: Vec::new(), offset: 0 })
    }

    pub fn push(&mut self, item: &Item) -> Result<()> {
        if self.keys.len() == IMPORT_SORTED_MAX {
            bail!("the table has more than {IMPORT_SORTED_MAX} orders: import it in parts, each after the one before");
        }
        let day = item.day.bytes().filter(u8::is_ascii_digit).fold(0, |day, digit| day * 10 + u32::from(digit - b'0'));
        let is_refund = matches!(item.kind, ItemKind::Refund { .. });
        self.keys.push(SortKey { day, is_refund, second: item.second, offset: self.offset });
        let mut line = serde_json::to_vec(item).context("cannot sort")?;
        line.push(b'\n');
        self.offset += u64::try_from(line.len()).context("cannot sort")?;
        self.file.write_all(&line).context("cannot write the temporary file")
    }

    pub fn sorted(mut self) -> Result<SortedItems> {
        self.keys.sort_unstable();
        let file = self.file.into_inner().context("cannot write the temporary file")?;
        Ok(SortedItems { file: BufReader::with_capacity(1 << 10, file), keys: self.keys.into_iter() })
    }
}

impl SortedItems {
    pub fn next_item(&mut self) -> Result<Option<Item>> {
        let Some(key) = self.keys.next() else { return Ok(None) };
        let context = "cannot read the temporary file";
        self.file.seek(SeekFrom::Start(key.offset)).context(context)?;
        let mut line = String::new();
        self.file.read_line(&mut line).context(context)?;
        Ok(Some(serde_json::from_str(&line).context(context)?))
    }
}
