//! Orders and refunds by their days, those of one day by their times, orders before refunds. They wait in a temporary file: memory
//! holds some 40 bytes for each.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};

use anyhow::{Context as _, Result, bail};

use super::orders::{Item, What};
use crate::limits::IMPORT_SORTED_MAX;

/// What comes first: the earlier day, an order before a refund, the earlier time, the earlier row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// `20260131`.
    day: u32,
    is_refund: bool,
    second: u32,
    /// Where it stands in the file.
    offset: u64,
}

/// Takes items in any order.
pub struct Unsorted {
    file: BufWriter<File>,
    keys: Vec<Key>,
    offset: u64,
}

/// Gives them back.
pub struct Sorted {
    file: BufReader<File>,
    keys: std::vec::IntoIter<Key>,
}

impl Unsorted {
    /// # Errors
    /// If there is no place for a temporary file.
    pub fn new() -> Result<Self> {
        let file = tempfile::tempfile().context("cannot make a temporary file to sort in")?;
        Ok(Self { file: BufWriter::new(file), keys: Vec::new(), offset: 0 })
    }

    /// # Errors
    /// If there are too many, or the file cannot be written.
    pub fn push(&mut self, item: &Item) -> Result<()> {
        if self.keys.len() == IMPORT_SORTED_MAX {
            bail!("the table has more than {IMPORT_SORTED_MAX} orders: import it in parts, each after the one before");
        }
        let day = item.day.bytes().filter(u8::is_ascii_digit).fold(0, |day, digit| day * 10 + u32::from(digit - b'0'));
        let is_refund = matches!(item.what, What::Refund { .. });
        self.keys.push(Key { day, is_refund, second: item.second, offset: self.offset });
        let mut line = serde_json::to_vec(item).context("cannot sort")?;
        line.push(b'\n');
        self.offset += u64::try_from(line.len()).context("cannot sort")?;
        self.file.write_all(&line).context("cannot write the temporary file")
    }

    /// # Errors
    /// If the file cannot be written.
    pub fn sorted(mut self) -> Result<Sorted> {
        self.keys.sort_unstable();
        let file = self.file.into_inner().context("cannot write the temporary file")?;
        Ok(Sorted { file: BufReader::with_capacity(1 << 10, file), keys: self.keys.into_iter() })
    }
}

impl Sorted {
    /// The next one.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn pull(&mut self) -> Result<Option<Item>> {
        let Some(key) = self.keys.next() else { return Ok(None) };
        let context = "cannot read the temporary file";
        self.file.seek(SeekFrom::Start(key.offset)).context(context)?;
        let mut line = String::new();
        self.file.read_line(&mut line).context(context)?;
        Ok(Some(serde_json::from_str(&line).context(context)?))
    }
}
