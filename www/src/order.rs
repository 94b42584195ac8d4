//! An order as it is typed: read strictly, field by field, and previewed by the rules on an excerpt of the book.

use std::fmt;
use std::sync::Arc;

use gongxiang::book::Book;
use gongxiang::event::{Code, Entry, Event, OrderPlaced, Refusal};
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::{DecimalError, Money};
use gongxiang::receipt::Receipt;
use gongxiang::ruleset::Channel;

use crate::input;

/// Buyer, merchant, channel and region of an order: what the server needs to know to cut an excerpt of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    pub buyer: Id,
    pub merchant: Id,
    pub channel: Channel,
    /// The region of delivery.
    pub region: Region,
}

impl fmt::Display for Parties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.buyer, self.merchant, channel_name(self.channel), self.region)
    }
}

/// The channel's name in the journal and in the server's URLs.
pub const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Online => "online",
        Channel::Offline => "offline",
    }
}

/// The unit in which the concession is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConcessionAs {
    /// Percent of the order's amount.
    Percent,
    Yuan,
}

/// The outcome of the order as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preview {
    /// A field cannot be read.
    Unread { amount: Option<DecimalError>, concession: Option<DecimalError> },
    /// The book would refuse the order.
    Refused(Refusal),
    /// The book would give this receipt.
    Accepted {
        /// Always in yuan.
        concession: Money,
        receipt: Arc<Receipt>,
    },
}

/// The order as the book would settle it now.
pub fn preview(book: &Book, parties: &Parties, amount: &str, concession_as: ConcessionAs, concession: &str) -> Preview {
    let amount = input::read(amount, Money::parse);
    let typed = input::read(concession, Money::parse);
    let (Ok(amount), Ok(typed)) = (amount, typed) else {
        return Preview::Unread { amount: amount.err(), concession: typed.err() };
    };
    let concession = match concession_as {
        ConcessionAs::Yuan => Some(typed),
        ConcessionAs::Percent => percent_floor(amount, typed),
    };
    let Some(concession) = concession else { return Preview::Refused(Refusal::new(Code::OutOfRange, "concession")) };
    let Some(order) = Id::parse("preview") else { return Preview::Refused(Refusal::new(Code::BadEvent, "order")) };
    let Parties { buyer, merchant, channel, region } = parties.clone();
    let order = OrderPlaced { order, buyer, merchant, channel, amount, concession, region };
    match book.preview(&Entry::from(Event::OrderPlaced(order))) {
        Ok(receipt) => Preview::Accepted { concession, receipt },
        Err(refusal) => Preview::Refused(refusal),
    }
}

/// A percentage of an amount, rounded down to the cent. It is a help for typing, not a rule: the order states its
/// concession in yuan.
fn percent_floor(amount: Money, percent: Money) -> Option<Money> {
    // Both have two places: 100 × 100 for them, 100 for the percent, 100 back to cents.
    const DIVISOR: i128 = 100 * 100;
    amount.raw().checked_mul(percent.raw()).map(|product| product.div_euclid(DIVISOR)).and_then(Money::checked_from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_rounded_down_to_the_cent() {
        for (amount, percent, concession) in [
            ("100", "10", "10"),
            ("99.99", "12.5", "12.49"),
            ("0.09", "10", "0"),
            ("1000000000000", "100", "1000000000000"),
        ] {
            let [amount, percent] = [amount, percent].map(|text| Money::parse(text).expect("money"));
            let computed = percent_floor(amount, percent).map(|money| money.to_string());
            assert_eq!(computed.as_deref(), Some(concession));
        }
    }
}
