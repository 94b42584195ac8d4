//! What the files of a journal share: the dice and the steps.

use serde_json::Value;

/// A generator of pseudo-random numbers (`SplitMix64`). The same seed gives the same journal on every machine and in every
/// version.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(super) u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`, which is above 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).unwrap_or(1);
        usize::try_from(self.roll() % n).unwrap_or_default()
    }

    /// Yes in `percent` of 100 cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// An event of a journal.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(super) event: Value,
    /// Whether its day is the open day. The day changes if a close before it is left out.
    pub(super) names_today: bool,
    /// Whether it closes that day.
    pub(super) closes: bool,
}
