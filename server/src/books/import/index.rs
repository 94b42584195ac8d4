//! The members, shops and orders of a journal: an import needs them to say what the journal lacks, and to compute refunds.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::Day;
use gongxiang::quantity::Money;

use super::ids::is_of_import;
use crate::ledger::journal::JournalReader;
use crate::limits::IMPORT_ORDERS_MAX;

/// An order that can be refunded, in fen.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenOrder {
    pub amount: i128,
    pub concession: i128,
    /// The refunded part of the amount.
    pub refunded: i128,
    pub is_refunded: bool,
}

impl OpenOrder {
    pub fn new(amount: Money, concession: Money) -> Self {
        Self { amount: amount.raw(), concession: concession.raw(), refunded: 0, is_refunded: false }
    }

    /// Refunds `amount` more. Returns the part of the concession that this takes back, or `None` if the order is now
    /// refunded whole. All refunds together take `floor_2(concession × refunded / amount)`, however many they are.
    pub fn refund(&mut self, amount: i128) -> Result<Option<Money>, &'static str> {
        let refunded = self.refunded + amount;
        if refunded > self.amount {
            return Err("is more than what is left of the order's amount");
        }
        if refunded == self.amount {
            self.is_refunded = true;
            return Ok(None);
        }
        let taken = |refunded: i128| (self.concession * refunded).div_euclid(self.amount);
        let part = taken(refunded) - taken(self.refunded);
        self.refunded = refunded;
        Money::checked_from_raw(part).map(Some).ok_or("is out of range")
    }

    /// Applies a refund of an earlier journal, which names only the concession. The least refunded amount that explains it
    /// is assumed.
    fn give_back(&mut self, concession: Option<i128>) {
        let Some(concession) = concession.filter(|concession| *concession < self.concession) else {
            self.is_refunded = true;
            return;
        };
        let before = (self.concession * self.refunded).div_euclid(self.amount);
        let taken = before + concession;
        self.refunded = (taken * self.amount).div_euclid(self.concession).max(self.refunded);
        if (self.concession * self.refunded).div_euclid(self.amount) < taken {
            self.refunded += 1;
        }
        self.is_refunded = taken >= self.concession;
    }
}

#[derive(Debug, Default)]
pub(super) struct JournalIndex {
    pub members: HashSet<String>,
    /// Members with a pack.
    pub active: HashSet<String>,
    pub shops: HashSet<String>,
    /// Members to whom points were granted, opened or transferred.
    pub with_points: HashSet<String>,
    pub orders: HashMap<String, OpenOrder>,
    /// The ids that imports made.
    pub ids: HashSet<String>,
    /// The last day that was closed.
    pub closed: Option<Day>,
}

impl JournalIndex {
    pub fn read(&mut self, journal: &Path) -> Result<()> {
        let shown = journal.display();
        for (number, line) in JournalReader::open(journal)?.enumerate() {
            let line = line.with_context(|| format!("cannot read on in {shown}"))?;
            match line {
                Ok(line) => {
                    let id = line.entry.identity.map(|identity| identity.id.to_string());
                    self.ids.extend(id.filter(|id| is_of_import(id)));
                    self.add(&line.entry.event)?;
                }
                Err(refusal) => bail!("{shown}, line {}: {refusal}", number + 1),
            }
        }
        Ok(())
    }

    fn add(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::MemberRegistered { member, .. } => _ = self.members.insert(member.to_string()),
            Event::PackPurchased { member, .. } => _ = self.active.insert(member.to_string()),
            Event::MerchantOpened { member, .. } => _ = self.shops.insert(member.to_string()),
            Event::TreasuryGranted { member, .. }
            | Event::BalanceOpened { member, points: Some(_), .. }
            | Event::PointsTransferred { to: member, .. } => _ = self.with_points.insert(member.to_string()),
            Event::OrderPlaced(OrderPlaced { order, amount, concession, .. }) => {
                self.place(order.as_str(), OpenOrder::new(*amount, *concession))?;
            }
            Event::OrderRefunded { order, concession } => {
                if let Some(order) = self.orders.get_mut(order.as_str()) {
                    order.give_back(concession.map(Money::raw));
                }
            }
            Event::DayClosed { day } => self.closed = Some(*day),
            _ => {}
        }
        Ok(())
    }

    pub fn place(&mut self, id: &str, order: OpenOrder) -> Result<()> {
        if self.orders.len() >= IMPORT_ORDERS_MAX {
            bail!("there are more than {IMPORT_ORDERS_MAX} orders: import them in parts");
        }
        self.orders.insert(id.into(), order);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_refund_take_what_one_would_have_taken() -> Result<(), Box<dyn std::error::Error>> {
        let money = |text: &str| Money::parse(text);
        let mut order = OpenOrder::new(money("10")?, money("0.99")?);
        let mut taken = 0;
        for _ in 0..9 {
            taken += order.refund(100)?.map_or(0, Money::raw);
        }
        assert_eq!(taken, 89, "floor_2(0.99 × 9 / 10)");
        assert_eq!(order.refund(101), Err("is more than what is left of the order's amount"));
        assert_eq!(order.refund(100)?, None);
        assert!(order.is_refunded);
        Ok(())
    }

    #[test]
    fn a_refund_of_an_earlier_journal_leaves_less_of_an_order() -> Result<(), Box<dyn std::error::Error>> {
        let mut order = OpenOrder::new(Money::parse("100")?, Money::parse("10")?);
        order.give_back(Some(250));
        assert_eq!((order.refunded, order.is_refunded), (2_500, false));
        assert_eq!(order.refund(7_500)?, None);
        let mut order = OpenOrder::new(Money::parse("100")?, Money::parse("10")?);
        order.give_back(None);
        assert!(order.is_refunded);
        Ok(())
    }
}
