//! The index of section 5, as far as the bounds on its roundings need it.

use num_traits::Zero;

use crate::exact::{Exact, ceil, floor, tiny, whole};

/// The index of section 5, kept alongside for one purpose: to know how large its roundings are and when eras begin.
/// No balance follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub nav: Exact,
    pub units: Exact,
    /// Bound on the two carries. They stay when units are taken back, and fall to those that are left.
    pub carry: Exact,
    pub eras: i64,
}

impl Index {
    pub fn new() -> Self {
        Self { nav: whole(1), units: whole(0), carry: whole(0), eras: 0 }
    }

    /// What a carry can be for one unit.
    pub fn carry_per_unit(&self) -> Exact {
        if self.units.is_zero() { whole(0) } else { &self.carry / &self.units }
    }

    /// Adds units for this much share value; says by how much `ceil_8(s / nav)` may give more.
    pub fn give(&mut self, amount: &Exact) -> Exact {
        let exact = amount / &self.nav;
        let units = ceil(&exact, 8);
        let slack = if units == exact { whole(0) } else { tiny(8) };
        self.units += units;
        if self.nav == whole(1) { slack } else { tiny(8) }
    }

    /// Takes units back for this much share value.
    pub fn take(&mut self, amount: &Exact) {
        let rest = floor(&(&self.units - amount / &self.nav), 8);
        self.units = rest.max(whole(0));
    }
}
