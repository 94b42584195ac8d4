//! The state of a book as RULES.md section 9 writes it, with every account settled to the present.

use serde::{Serialize, Serializer};

use super::account::AccountState;
use super::head::Supply;
use super::tables::Book;
use crate::identity::{Day, Id};
use crate::quantity::{Index, OutOfRange, Points, Price, Units};
use crate::release::Release;

/// The state of a book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct State {
    /// The open day.
    pub day: Day,
    /// Its price in yuan for one point.
    pub price: Price,
    /// Where all points are. `held` counts every account settled to the present.
    pub supply: Supply,
    /// The release.
    pub release: ReleaseState,
    /// All accounts, by id.
    #[serde(serialize_with = "as_table")]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<Id, AccountState>))]
    pub accounts: Vec<(Id, AccountState)>,
}

fn as_table<S: Serializer>(accounts: &[(Id, AccountState)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(accounts.iter().map(|(id, state)| (id, state)))
}

/// The release in a state: without the carries, which no account depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseState {
    /// The era, from 0.
    pub era: u32,
    /// Units of all members.
    pub units: Units,
    /// Share value per unit.
    pub nav: Index,
    /// Points released per unit in this era.
    pub acc: Index,
    /// Points that refunds returned and that will be released again.
    pub returned: Points,
}

impl Book {
    /// One account, settled to the present.
    ///
    /// # Errors
    /// [`OutOfRange`] only if the book was made of an excerpt whose rows contradict each other.
    pub fn account_state(&self, member: &str) -> Result<Option<AccountState>, OutOfRange> {
        self.account(member).map(|account| account.state(&self.head.release, &self.ended)).transpose()
    }

    /// The whole state, every account settled to the present. Changes nothing.
    ///
    /// # Errors
    /// [`OutOfRange`] only if the book was made of an excerpt whose rows contradict each other.
    pub fn state(&self) -> Result<State, OutOfRange> {
        let release = &self.head.release;
        let mut supply = self.head.supply;
        let mut accounts = Vec::with_capacity(self.accounts.len());
        for (id, account) in self.accounts.iter() {
            let state = account.state(release, &self.ended)?;
            let earned = state.points.minus(account.points)?;
            supply.pool = supply.pool.minus(earned)?;
            supply.held = supply.held.plus(earned)?;
            accounts.push((id.clone(), state));
        }
        let &Release { era, units, nav, acc, returned, .. } = release;
        let release = ReleaseState { era, units, nav, acc, returned };
        Ok(State { day: self.head.day, price: self.head.price, supply, release, accounts })
    }
}
