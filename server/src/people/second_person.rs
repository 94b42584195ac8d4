//! Which commands need a second person.

use std::str::FromStr;

use gongxiang::event::{Event, Kind};
use gongxiang::quantity::Points;

/// What a server's setting lists: `rules,price,treasury=1000`. Nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondPerson {
    rules: bool,
    price: bool,
    /// The most points that one person grants from the treasury at once.
    treasury: Option<Points>,
}

impl SecondPerson {
    /// Whether this event needs one. A grant of exactly the limit does not.
    #[must_use]
    pub fn is_needed(&self, event: &Event) -> bool {
        match event {
            Event::RulesAdopted { .. } => self.rules,
            Event::PriceSet { .. } => self.price,
            Event::TreasuryGranted { points, .. } => self.treasury.is_some_and(|most| *points > most),
            _ => false,
        }
    }

    /// Whether any event needs one.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// The types of events that may need one, whatever the setting says.
    #[must_use]
    pub const fn may_concern(kind: Kind) -> bool {
        matches!(kind, Kind::RulesAdopted | Kind::PriceSet | Kind::TreasuryGranted)
    }
}

impl FromStr for SecondPerson {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for part in text.split(',').map(str::trim) {
            match part.split_once('=') {
                None if part == "rules" => all.rules = true,
                None if part == "price" => all.price = true,
                None if part == "treasury" => all.treasury = Some(Points::ZERO),
                Some(("treasury", most)) => {
                    let most = Points::parse(most).map_err(|error| format!("`{part}`: {error}"))?;
                    if most < Points::ZERO {
                        return Err(format!("`{part}`: the limit is below 0"));
                    }
                    all.treasury = Some(most);
                }
                _ => return Err(format!("`{part}` is none of `rules`, `price`, `treasury` and `treasury=POINTS`")),
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use gongxiang::identity::Id;
    use gongxiang::quantity::Price;

    use super::*;

    fn grant(points: &str) -> Result<Event, Box<dyn std::error::Error>> {
        Ok(Event::TreasuryGranted { member: Id::parse("ann").ok_or("an id")?, points: Points::parse(points)? })
    }

    #[test]
    fn a_grant_needs_one_if_it_is_above_the_limit() -> Result<(), Box<dyn std::error::Error>> {
        let set: SecondPerson = "price, treasury=1000".parse()?;
        assert!(!set.is_needed(&grant("1000")?));
        assert!(set.is_needed(&grant("1000.00000001")?));
        assert!(set.is_needed(&Event::PriceSet { price: Price::parse("1")? }));
        assert!(!SecondPerson::default().is_needed(&grant("99999")?));
        assert!("treasury".parse::<SecondPerson>()?.is_needed(&grant("0.00000001")?));
        assert!(!"rules".parse::<SecondPerson>()?.is_needed(&Event::PriceSet { price: Price::parse("1")? }));
        Ok(())
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for bad in ["", "rule", "rules,", "price=1", "treasury=", "treasury=-1", "treasury=x"] {
            assert!(bad.parse::<SecondPerson>().is_err(), "{bad}");
        }
    }
}
