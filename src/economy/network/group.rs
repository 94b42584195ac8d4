//! The holders of share value and points in a run: cohorts of members, and four other groups.

use crate::quantity::{Points, ShareValue};
use crate::release::Holding;

/// People who share one account.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    pub holding: Holding,
    pub members: i128,
    pub from_day: usize,
    /// The sum, over the members, of what `Network::children` was when they joined.
    pub children_at_joining: i128,
    pub promised: ShareValue,
    pub earned: Points,
    /// Earned points at the price of their day, in 10^-16 yuan.
    pub worth: i128,
    pub offered: Points,
    pub held: Points,
    /// What the redeemed points were worth on their day, in 10^-16 yuan.
    pub redeemed: i128,
    /// Money got for points, in 10^-16 yuan.
    pub cash: i128,
}

/// The name of a group.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holder {
    /// The members of this cohort.
    Cohort(usize),
    /// The members above the buyers, and the partners.
    Team,
    Shops,
    /// One person who is merchant, buyer and referrer.
    Washer,
    /// Accounts made up for their gifts.
    Farm,
}

/// All groups.
#[derive(Debug)]
pub(super) struct Groups {
    pub cohorts: Vec<Group>,
    pub team: Group,
    pub shops: Group,
    pub washer: Group,
    pub farm: Group,
}

impl Groups {
    pub(super) fn new(cohorts: usize) -> Self {
        let none = Group::default();
        Self { cohorts: vec![none; cohorts], team: none, shops: none, washer: none, farm: none }
    }

    /// `None` if there is no such cohort.
    pub(super) fn get_mut(&mut self, holder: Holder) -> Option<&mut Group> {
        match holder {
            Holder::Cohort(i) => self.cohorts.get_mut(i),
            Holder::Team => Some(&mut self.team),
            Holder::Shops => Some(&mut self.shops),
            Holder::Washer => Some(&mut self.washer),
            Holder::Farm => Some(&mut self.farm),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.cohorts.iter().chain([&self.team, &self.shops, &self.washer, &self.farm])
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        let beside = [&mut self.team, &mut self.shops, &mut self.washer, &mut self.farm];
        self.cohorts.iter_mut().chain(beside)
    }

    /// All but the shops.
    pub(super) fn people_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.cohorts.iter_mut().chain([&mut self.team, &mut self.washer, &mut self.farm])
    }
}
