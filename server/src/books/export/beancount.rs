//! The books as a file for beancount.

use std::fmt;
use std::io::Write;

use anyhow::{Context as _, Result};
use gongxiang::identity::Day;
use gongxiang::quantity::{Points, Price};

use super::account::{BooksAccount, Commodity, Escaped};
use super::entries::{Balance, Form, Move, Transaction};
use super::hledger::Ascii;
use super::line::{TITLE, write_line};

pub struct Beancount<'a, W>(pub &'a mut W);

impl<W: Write> Beancount<'_, W> {
    fn line(&mut self, line: fmt::Arguments<'_>) -> Result<()> {
        write_line(self.0, line)
    }

    fn posting(&mut self, account: &BooksAccount, amount: i128, commodity: Commodity) -> Result<()> {
        self.line(format_args!("  {account}  {} {}", Points::from_raw(amount), commodity.as_str()))
    }
}

impl<W: Write> Form for Beancount<'_, W> {
    fn begin(&mut self, day: Day) -> Result<()> {
        self.line(format_args!("{TITLE}"))?;
        self.line(format_args!("option \"title\" \"gongxiang\""))?;
        self.line(format_args!("option \"operating_currency\" \"CNY\""))?;
        for commodity in Commodity::ALL {
            self.line(format_args!("{day} commodity {}", commodity.as_str()))?;
        }
        BooksAccount::SHARED.iter().try_for_each(|account| self.line(format_args!("{day} open {account}")))
    }

    fn open(&mut self, account: &BooksAccount, day: Day) -> Result<()> {
        self.line(format_args!("\n{day} open {account}"))
    }

    fn price(&mut self, day: Day, price: Price) -> Result<()> {
        self.line(format_args!("\n{day} price POINTS {price} CNY"))
    }

    fn transaction(&mut self, transaction: &Transaction<'_>) -> Result<()> {
        let Transaction { day, place, kind, reference, moves } = transaction;
        match reference {
            Some(about) => self.line(format_args!("\n{day} * \"{kind}\" ^{}-{}", about.kind, Escaped(about.id)))?,
            None => self.line(format_args!("\n{day} * \"{kind}\""))?,
        }
        if let Some(place) = place {
            self.line(format_args!("  event: {place}"))?;
        }
        for Move { from, to, commodity, amount, rule, why, .. } in *moves {
            self.posting(from, *amount, *commodity)?;
            self.line(format_args!("    rule: \"{rule}\""))?;
            self.line(format_args!("    reason: \"{}\"", Ascii(why)))?;
            self.posting(to, -amount, *commodity)?;
        }
        Ok(())
    }

    fn assert(&mut self, day: Day, account: &BooksAccount, balances: &[Balance]) -> Result<()> {
        // beancount checks a balance before it books the transactions of the same day.
        let after = day.next().context("out_of_range: no calendar reaches the day after the books")?;
        for Balance { commodity, amount } in balances {
            // Without `~ 0`, beancount would tolerate a difference of 10^-8.
            let amount = Points::from_raw(*amount);
            self.line(format_args!("{after} balance {account}  {amount} ~ 0 {}", commodity.as_str()))?;
        }
        Ok(())
    }
}
