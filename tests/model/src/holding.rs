//! What a day's release does to one holding of share value, and by how much the indexed rules may differ from it.

use num_traits::{One, Zero};

use crate::exact::{BOUND, Exact, bound_product, bound_sum, ceil, cut_product, cut_sum, tiny, whole};

/// Bounds on how far the indexed rules may be from the model, both ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// On share value.
    pub share_value: Exact,
    /// On points.
    pub points: Exact,
}

/// Share value and the points it earned: an account, or a single grant within one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holding {
    pub share_value: Exact,
    pub points: Exact,
    pub slack: Tolerance,
}

/// What is known of a day's release.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// `T`, all share value.
    pub total: Exact,
    /// How far the indexed `W × nav` may be from `total`.
    pub total_slack: Exact,
    pub released: Exact,
    /// How far the indexed `released` may be from ours; 0 when theirs was adopted.
    pub released_slack: Exact,
    pub price: Exact,
    /// Share value per unit before the release.
    pub nav: Exact,
    /// What one unit may miss of points or share value because `step` and `drop` are rounded.
    pub per_unit: Exact,
    /// New eras at this close (generously: a near miss counts).
    pub eras: i64,
}

/// One day's release: its factors, worked out once for all holdings.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    /// `R / T`.
    earn: Exact,
    /// `1 − R × P / T`.
    keep: Exact,
    /// Bound on the indexed `R / T`.
    earn_bound: Exact,
    /// Bound on the indexed factor by which an excess shrinks.
    keep_bound: Exact,
    /// Bound on the indexed part of the share value that is used up.
    convert_bound: Exact,
    total_slack: Exact,
    released_slack: Exact,
    per_unit: Exact,
    /// What `released_slack` is in share value.
    converted_slack: Exact,
    /// What the new eras may take.
    eras: Exact,
    /// `1 / T`, up.
    part: Exact,
    /// Units per share value, up.
    units: Exact,
}

fn up(x: &Exact) -> Exact {
    ceil(x, BOUND)
}

impl Terms {
    pub fn release(&self) -> Release {
        let earn = &self.released / &self.total;
        let low = &self.total - &self.total_slack;
        // Nobody ever earns more than 1/P points per share value.
        let most = Exact::one() / &self.price;
        let earn_bound = if low > Exact::zero() { (&self.released / low).min(most) } else { most };
        let converted = (&self.released - &self.released_slack) * &self.price;
        Release {
            total_slack: up(&self.total_slack),
            released_slack: up(&self.released_slack),
            per_unit: up(&self.per_unit),
            keep: Exact::one() - &earn * &self.price,
            convert_bound: up(&(&earn_bound * &self.price)),
            converted_slack: up(&(&self.released_slack * &self.price)),
            eras: whole(self.eras) * tiny(8),
            earn_bound: up(&earn_bound),
            keep_bound: up(&(Exact::one() - converted / (&self.total + &self.total_slack)).min(Exact::one())),
            part: up(&(Exact::one() / &self.total)),
            units: up(&(Exact::one() / &self.nav)),
            earn,
        }
    }
}

impl Release {
    /// The day's rule: `s/T × R` points are earned, `s/T × R × P` share value is used up.
    ///
    /// The bounds follow the indexed account `V = s + e`, of `W × nav = T + E` in all: it earns `V / (T + E) × R`,
    /// which is away from `s / T × R` by at most `R / (T + E) × (|e| + s/T × |E|)`, and likewise for what is used up.
    /// To that come the rounded `step` and `drop`, per unit, and `floor_8(units / 10^3)` for each new era.
    pub fn apply(&self, holding: &mut Holding) {
        if holding.share_value.is_zero() && holding.slack.share_value.is_zero() {
            return;
        }
        let slack = &mut holding.slack;
        let part = bound_product(&holding.share_value, &self.part);
        let units = bound_product(&bound_sum(&[&holding.share_value, &slack.share_value]), &self.units);
        let rounding = bound_product(&units, &self.per_unit);
        let others = bound_product(&part, &self.total_slack);
        let wrong = bound_sum(&[&slack.share_value, &others]);
        let points = [
            &slack.points,
            &bound_product(&wrong, &self.earn_bound),
            &bound_product(&part, &self.released_slack),
            &rounding,
        ];
        let share_value = [
            &bound_product(&slack.share_value, &self.keep_bound),
            &bound_product(&others, &self.convert_bound),
            &bound_product(&part, &self.converted_slack),
            &rounding,
            &self.eras,
        ];
        (slack.points, slack.share_value) = (bound_sum(&points), bound_sum(&share_value));
        let earned = cut_product(&holding.share_value, &self.earn);
        holding.points = cut_sum(&holding.points, &earned);
        holding.share_value = cut_product(&holding.share_value, &self.keep);
    }
}
