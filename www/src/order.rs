//! An order as it is typed, and its preview on an excerpt of the book.

use std::fmt;
use std::sync::Arc;

use gongxiang::book::Book;
use gongxiang::event::{Code, Entry, Event, OrderPlaced, Refusal};
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::{DecimalError, Money};
use gongxiang::receipt::Receipt;
use gongxiang::ruleset::Channel;

use crate::input;

/// Buyer, merchant, channel and region of an order. The server needs them for an excerpt of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    pub buyer: Id,
    pub merchant: Id,
    pub channel: Channel,
    /// The region of delivery.
    pub region: Region,
}

impl Parties {
    /// The event of an order between them.
    pub fn order(&self, amount: Money, concession: Money) -> Event {
        let Self { buyer, merchant, channel, region } = self.clone();
        let order = id_to_be_made(&buyer);
        Event::OrderPlaced(OrderPlaced { order, buyer, merchant, channel, amount, concession, region })
    }
}

impl From<&OrderPlaced> for Parties {
    fn from(order: &OrderPlaced) -> Self {
        let OrderPlaced { buyer, merchant, channel, region, .. } = order.clone();
        Self { buyer, merchant, channel, region }
    }
}

impl fmt::Display for Parties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.buyer, self.merchant, self.channel.as_str(), self.region)
    }
}

/// The placeholder, which no person is shown.
pub const TO_BE_MADE: &str = "preview";

/// A placeholder for an id that the server will make.
pub fn id_to_be_made(fallback: &Id) -> Id {
    Id::parse(TO_BE_MADE).unwrap_or_else(|| fallback.clone())
}

/// The unit in which the concession is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConcessionUnit {
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
pub fn preview(
    book: &Book,
    parties: &Parties,
    amount: &str,
    concession_unit: ConcessionUnit,
    concession: &str,
) -> Preview {
    let amount = input::read(amount, Money::parse);
    let typed = input::read(concession, Money::parse);
    let (Ok(amount), Ok(typed)) = (amount, typed) else {
        return Preview::Unread { amount: amount.err(), concession: typed.err() };
    };
    let concession = match concession_unit {
        ConcessionUnit::Yuan => Some(typed),
        ConcessionUnit::Percent => percent_floor(amount, typed),
    };
    let Some(concession) = concession else { return Preview::Refused(Refusal::new(Code::OutOfRange, "concession")) };
    match book.preview(&Entry::from(parties.order(amount, concession))) {
        Ok(receipt) => Preview::Accepted { concession, receipt },
        Err(refusal) => Preview::Refused(refusal),
    }
}

/// A percentage of an amount, rounded down to the cent. It only helps with typing: the order has its concession in yuan.
pub fn percent_floor(amount: Money, percent: Money) -> Option<Money> {
    // Both have two places: 100 × 100 for them, 100 for the percent, 100 back to cents.
    const DIVISOR: i128 = 100 * 100;
    amount.raw().checked_mul(percent.raw()).map(|product| product.div_euclid(DIVISOR)).and_then(Money::checked_from_raw)
}

/// The concession of goods that come back: the order's rate of their value, `ceil_2(goods × concession / amount)`, at most what is
/// left. `None` if they are worth nothing, or more than the order.
pub fn returned_concession_ceil(goods: Money, amount: Money, concession: Money, left: Money) -> Option<Money> {
    if !goods.is_positive() || goods > amount {
        return None;
    }
    let product = goods.raw().checked_mul(concession.raw())?;
    let part = product.div_euclid(amount.raw()) + i128::from(product.rem_euclid(amount.raw()) > 0);
    Money::checked_from_raw(part).map(|part| part.min(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returned_goods_bring_back_the_orders_rate_of_them_rounded_up() {
        for (goods, amount, concession, left, returned) in [
            ("100", "100", "10", "10", Some("10")),
            ("33.33", "100", "10", "10", Some("3.34")),
            ("0.01", "100", "10", "10", Some("0.01")),
            ("50", "100", "10", "3", Some("3")),
            ("1000000000000", "1000000000000", "1000000000000", "1000000000000", Some("1000000000000")),
            ("0", "100", "10", "10", None),
            ("100.01", "100", "10", "10", None),
        ] {
            let [goods, amount, concession, left] =
                [goods, amount, concession, left].map(|text| Money::parse(text).expect("money"));
            let computed = returned_concession_ceil(goods, amount, concession, left).map(|money| money.to_string());
            assert_eq!(computed.as_deref(), returned);
        }
    }

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
