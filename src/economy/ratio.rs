//! Ratios of sums, rounded down to 8 places.

use crate::quantity::Rate;

/// `a ÷ b`, rounded down to 8 places. 0 if `b` is 0; the largest rate if the result does not fit.
#[must_use]
pub fn ratio(a: i128, b: i128) -> Rate {
    if b == 0 {
        return Rate::default();
    }
    let one = Rate::SCALE;
    let exact = a.checked_mul(one).map(|a| a / b).or_else(|| (a / b).checked_mul(one));
    exact
        .and_then(Rate::checked_from_raw)
        .unwrap_or_else(|| Rate::checked_from_raw(i128::from(i64::MAX)).unwrap_or_default())
}

/// The Gini coefficient of groups, rounded down to 8 places. A group is `(members, sum that all of them got)`.
#[must_use]
pub fn gini(groups: &[(i128, i128)]) -> Rate {
    // Σ over pairs of groups |xi·nj − xj·ni| ÷ (2 · n · x): the mean absolute difference over twice the mean.
    let (mut differences, mut members, mut got) = (0_i128, 0_i128, 0_i128);
    for (n, x) in groups {
        members = members.saturating_add(*n);
        got = got.saturating_add(*x);
    }
    for (i, (n, x)) in groups.iter().enumerate() {
        for (m, y) in &groups[..i] {
            differences = differences.saturating_add(x.saturating_mul(*m).saturating_sub(y.saturating_mul(*n)).abs());
        }
    }
    ratio(differences, members.saturating_mul(got))
}
