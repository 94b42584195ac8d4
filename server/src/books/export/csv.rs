//! The books as a table: a row for each posting (RFC 4180).

use std::io::Write;

use ::csv::{Terminator, Writer, WriterBuilder};
use anyhow::{Context as _, Result};
use gongxiang::identity::Day;
use gongxiang::quantity::Points;
use gongxiang::receipt::Class;

use super::entries::{Form, Move, Transaction};

const HEADER: [&str; 11] =
    ["event", "day", "type", "reference", "account", "member", "commodity", "amount", "rule", "class", "reason"];

pub struct Csv<W: Write>(Writer<W>);

impl<W: Write> Csv<W> {
    pub fn new(output: W) -> Self {
        Self(WriterBuilder::new().terminator(Terminator::CRLF).from_writer(output))
    }
}

impl<W: Write> Form for Csv<W> {
    fn begin(&mut self, _: Day) -> Result<()> {
        self.0.write_record(HEADER).context("cannot write the result")
    }

    fn transaction(&mut self, transaction: &Transaction<'_>) -> Result<()> {
        let Transaction { day, place, kind, reference, moves } = transaction;
        let (place, day) = (place.map(|place| place.to_string()).unwrap_or_default(), day.to_string());
        let reference = reference.map_or("", |about| about.id.as_str());
        for Move { from, to, commodity, amount, rule, class, why } in *moves {
            let class = class.map_or("", Class::as_str);
            let reason = why.words(str::to_owned);
            for (account, amount) in [(from, *amount), (to, -amount)] {
                let member = account.member().map_or("", |id| id.as_str());
                let (account, amount) = (account.to_string(), Points::from_raw(amount).to_string());
                let commodity = commodity.as_str();
                self.0
                    .write_record([
                        &*place, &day, kind, reference, &account, member, commodity, &amount, rule, class, &reason,
                    ])
                    .context("cannot write the result")?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.0.flush().context("cannot write the result")
    }
}
