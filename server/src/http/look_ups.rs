//! Limits how often members and tills may look somebody up.

use super::problem::{Failure, Problem};
use super::rates::Rates;
use crate::limits::{
    CODE_CHECKS_PER_MINUTE, NAMES_PER_MINUTE, NUMBERS_PER_MINUTE, SUBSCRIBING_PER_MINUTE, TILL_LOOKUPS_PER_MINUTE,
};
use crate::people::actor::Actor;
use crate::people::role::Duty;

/// How often one member, or all tills of a shop together, may ask who somebody is, so that nobody lists all members. Each process counts
/// by itself.
#[derive(Debug)]
pub struct NameRates {
    pub names: LookUps,
    pub numbers: LookUps,
    pub codes: LookUps,
    /// How often a member may subscribe to notices.
    pub subscribing: Rates<String>,
}

impl Default for NameRates {
    fn default() -> Self {
        let [names, numbers, codes] =
            [NAMES_PER_MINUTE, NUMBERS_PER_MINUTE, CODE_CHECKS_PER_MINUTE].map(LookUps::per_minute);
        Self { names, numbers, codes, subscribing: Rates::per_minute(SUBSCRIBING_PER_MINUTE) }
    }
}

/// The limits of one kind of look-up. A till serves strangers all day, a member does not.
#[derive(Debug)]
pub struct LookUps {
    members: Rates<String>,
    tills: Rates<String>,
}

impl LookUps {
    fn per_minute(of_member: u32) -> Self {
        Self { members: Rates::per_minute(of_member), tills: Rates::per_minute(TILL_LOOKUPS_PER_MINUTE) }
    }

    /// Counts a request of a member or a till. Who reads what concerns members has no limit; the payment system needs no names.
    pub fn count(&self, actor: &Actor) -> Result<(), Problem> {
        let rates = match actor {
            Actor::Payment(_) => return Err(Failure::Forbidden.into()),
            actor if actor.may(Duty::Read) => return Ok(()),
            actor if actor.is_till() => &self.tills,
            _ => &self.members,
        };
        rates.wait(&actor.owner()).map_or(Ok(()), |_| Err(Failure::RateLimited.into()))
    }
}
