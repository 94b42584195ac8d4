//! Where all points are, up to the cap, as one bar of parts: for members on their home, and at the desk.

use gongxiang::book::Supply;
use gongxiang::quantity::Points;
use leptos::prelude::*;

use crate::state::App;
use crate::text::operator as t;

/// Where the points are, up to the cap, as one bar of parts.
pub fn whereabouts(app: App, supply: &Supply, cap: Points) -> AnyView {
    const WIDTH: i128 = 1_000;
    let parts = [
        ("held", t::HELD, supply.held),
        ("escrow", t::ESCROW, supply.escrow),
        ("pool", t::POOL, supply.pool),
        ("treasury", t::TREASURY, supply.treasury),
        ("burned", t::BURNED, supply.burned),
        ("rest", t::NOT_ISSUED, cap.minus(supply.issued).unwrap_or_default()),
    ];
    // A part of the cap, in 1,000ths.
    let of_cap = |raw: i128| raw.saturating_mul(WIDTH).checked_div(cap.raw()).unwrap_or_default();
    let mut before = 0_i128;
    let (mut bars, mut names) = (Vec::new(), Vec::new());
    // Of members, what is released and not settled is a part of what they hold.
    let parts = parts.into_iter().filter(|(name, _, points)| *name != "pool" || points.is_positive());
    for (name, words, points) in parts {
        let left = of_cap(before);
        before = before.saturating_add(points.raw());
        let width = of_cap(before) - left;
        let class = format!("of-{name}");
        let tenths = of_cap(points.raw());
        bars.push(
            view! { <rect class=class.clone() x=left.to_string() y="0" width=width.to_string() height="24"></rect> }
                .into_any(),
        );
        names.push(
            view! {
                <li data-testid="whereabouts-part" data-part=name data-value=points.to_string()>
                    <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class=class width="12" height="12"></rect></svg>
                    {app.say(words)} " " {format!("{}.{}%", tenths / 10, tenths % 10)}
                </li>
            }
            .into_any(),
        );
    }
    view! {
        <svg class="whereabouts" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>
        <ul class="legend" data-testid="whereabouts" aria-label=app.say(t::WHEREABOUTS)>{names}</ul>
    }
    .into_any()
}
