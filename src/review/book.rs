//! Red flags of a book in use: the referral tree, the sources of the platform's income, and circular trades.

use std::collections::BTreeMap;

use super::dealings::Dealings;
use super::finding::{Finding, Findings, Severity};
use crate::book::Book;
use crate::economy::ratio;
use crate::event::Refusal;
use crate::identity::Id;
use crate::quantity::{Money, OutOfRange};

/// A member and all members below it.
#[derive(Clone, Copy, Debug, Default)]
struct Subtree {
    people: u64,
    levels: u64,
    paid: i128,
}

/// The subtree with the most people among those with at least three levels, and its root.
fn largest_subtree(book: &Book, dealings: &Dealings) -> Option<(Id, Subtree)> {
    let mut below: BTreeMap<&Id, Vec<&Id>> = BTreeMap::new();
    let mut roots = Vec::new();
    for (id, account) in book.accounts() {
        match &account.referrer {
            Some(referrer) => below.entry(referrer).or_default().push(id),
            None => roots.push(id),
        }
    }
    // Parents before children, without recursion, because a chain may be as long as the network is large.
    let mut order = roots;
    let mut next = 0;
    while let Some(id) = order.get(next).copied() {
        order.extend(below.get(id).into_iter().flatten());
        next += 1;
    }
    let mut trees: BTreeMap<&Id, Subtree> = BTreeMap::new();
    let mut largest: Option<(&Id, Subtree)> = None;
    for id in order.into_iter().rev() {
        let mut tree = Subtree { people: 1, levels: 1, paid: dealings.paid.get(id).copied().unwrap_or(0) };
        for child in below.get(id).into_iter().flatten().filter_map(|child| trees.get(child)) {
            tree.people += child.people;
            tree.levels = tree.levels.max(child.levels + 1);
            tree.paid += child.paid;
        }
        trees.insert(id, tree);
        if tree.levels >= 3 && largest.is_none_or(|(_, other)| tree.people > other.people) {
            largest = Some((id, tree));
        }
    }
    largest.map(|(id, tree)| (id.clone(), tree))
}

/// The red flags of a book in use.
///
/// # Errors
/// `out_of_range` if a figure does not fit.
pub fn review_book(book: &Book, dealings: &Dealings) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Findings::default();
    if let Some((root, tree)) = largest_subtree(book, dealings).filter(|(_, tree)| tree.people >= 30) {
        let mut evidence = vec![
            Findings::evidence("member", root.to_string()),
            Findings::evidence("people", tree.people.to_string()),
            Findings::evidence("levels", tree.levels.to_string()),
            Findings::evidence("paid", Money::checked_from_raw(tree.paid).ok_or(OutOfRange)?.to_string()),
        ];
        // 立案追诉标准(二) art. 78 and the interpretation of 2013: 120 people or 2.5 million yuan is grave.
        if tree.people >= 120 || tree.paid >= 250_000_000 {
            evidence.push(Findings::evidence("severe", "true".into()));
        }
        findings.raise("SUBTREE", evidence);
    }
    let income = dealings.income()?;
    if income.joining.raw() > 30_000_000 {
        findings.raise("JOIN_INCOME_SHARE", vec![Findings::evidence("income.joining", income.joining.to_string())]);
    }
    let referrer = |id: &Id| book.account(id.as_str()).and_then(|account| account.referrer.as_ref());
    let mut circles = 0;
    for ((buyer, shop), cents) in &dealings.bought {
        let tied = referrer(buyer) == Some(shop) || referrer(shop) == Some(buyer);
        if tied && dealings.moved.contains(&(buyer.clone(), shop.clone())) {
            circles += cents;
        }
    }
    let part = ratio(circles, dealings.turnover);
    if part.raw() > 1_000_000 {
        findings.raise("WASH_TRADE", vec![Findings::evidence("closed_loops.turnover", part.to_string())]);
    }
    debug_assert!(findings.0.iter().all(|finding| finding.severity >= Severity::High));
    Ok(findings.sorted())
}
