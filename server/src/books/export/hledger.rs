//! The books as a journal for hledger.
//!
//! The output is ASCII, because hledger reads other text only under a suitable locale. Comments contain no colon
//! except our own, because hledger reads `date:` in a comment as a date.

use std::fmt;
use std::io::Write;

use anyhow::{Context as _, Result};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Points, Price};

use super::account::{BooksAccount, Commodity, Escaped};
use super::entries::{Balance, Form, Move, Transaction, Why};
use super::line::{TITLE, write_line};

pub struct Hledger<'a, W>(pub &'a mut W);

impl<W: Write> Hledger<'_, W> {
    fn line(&mut self, line: fmt::Arguments<'_>) -> Result<()> {
        write_line(self.0, line)
    }

    fn posting(&mut self, account: &BooksAccount, amount: i128, commodity: Commodity, comment: &str) -> Result<()> {
        self.line(format_args!("    {account}  {} {}{comment}", Points::from_raw(amount), commodity.as_str()))
    }
}

impl<W: Write> Form for Hledger<'_, W> {
    fn begin(&mut self, _: Day) -> Result<()> {
        self.line(format_args!("{TITLE}"))?;
        self.line(format_args!("decimal-mark ."))?;
        for commodity in Commodity::ALL {
            self.line(format_args!("commodity 1.00000000 {}", commodity.as_str()))?;
        }
        self.line(format_args!("commodity 1.00 CNY"))?;
        BooksAccount::SHARED.iter().try_for_each(|account| self.line(format_args!("account {account}")))
    }

    fn open(&mut self, account: &BooksAccount, _: Day) -> Result<()> {
        self.line(format_args!("\naccount {account}"))
    }

    fn price(&mut self, day: Day, price: Price) -> Result<()> {
        self.line(format_args!("\nP {day} POINTS {price} CNY"))
    }

    fn transaction(&mut self, transaction: &Transaction<'_>) -> Result<()> {
        let Transaction { day, place, kind, reference, moves } = transaction;
        write!(self.0, "\n{day} ").context("cannot write the result")?;
        if let Some(reference) = reference {
            write!(self.0, "({}) ", reference.id).context("cannot write the result")?;
        }
        match place {
            Some(place) => self.line(format_args!("{kind}  ; event:{place}"))?,
            None => self.line(format_args!("{kind}"))?,
        }
        for Move { from, to, commodity, amount, rule, why, .. } in *moves {
            self.posting(from, *amount, *commodity, &format!("  ; {rule}: {}", Ascii(why)))?;
            self.posting(to, -amount, *commodity, "")?;
        }
        Ok(())
    }

    fn assert(&mut self, day: Day, account: &BooksAccount, balances: &[Balance]) -> Result<()> {
        self.line(format_args!("\n{day} balance"))?;
        for Balance { commodity, amount } in balances {
            let commodity = commodity.as_str();
            // `=*` includes the sub-accounts.
            self.line(format_args!("    {account}  0 {commodity} =* {} {commodity}", Points::from_raw(*amount)))?;
        }
        Ok(())
    }
}

/// A reason in ASCII; ids are escaped as in account names.
pub struct Ascii<'a>(pub &'a Why);

impl fmt::Display for Ascii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.words(|id| Id::parse(id).map_or_else(String::new, |id| Escaped(&id).to_string()));
        f.write_str(&words.replace('×', "*").replace('÷', "/").replace('−', "-").replace('’', "'"))
    }
}
