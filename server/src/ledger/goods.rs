//! Goods for points (积分兑换商品), as far as the ledger settles them: which piece a redemption takes, and when a piece comes
//! back. Pure: no storage, no clock.
//!
//! One transaction settles the event (`points.redeemed` or `redemption.cancelled`, RULES.md section 4) and writes the
//! piece. So the piece and the points are taken together, and come back together.
//!
//! - A member's request carries a [`Claim`]. The group that settles it loads and locks the item's row, checks the claim
//!   against that row, and stores the voucher and the item's new count together with the event. If the rules refuse the
//!   redemption, nothing is stored. If the process stops before the commit, neither points nor piece are taken. If a
//!   key is sent again, its first outcome is found before the claim is checked.
//! - Whoever takes a piece of an item has locked its row (`SQLite` has one writer). So the stock, the member's limit
//!   and the days hold for any number of processes. A `CHECK` of the table ensures the same.
//! - Every `redemption.cancelled` loads the voucher of its redemption, whoever sends it, so every cancellation returns
//!   the piece. A voucher is handed out by one statement that also checks its state. The cancelling group locks the
//!   same row, so only one of the two happens.
//!
//! A saga of two steps (reserve, redeem, confirm) was dropped: after a kill, something would have to find out which
//! step came last.

use std::collections::BTreeMap;

use gongxiang::event::Event;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an item is and on which terms members can have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub name: String,
    pub description: String,
    /// For one piece.
    pub points: Points,
    /// What a member pays beside them when it gets the piece.
    pub money: Money,
    /// Pieces that one member may have; 0 for no limit.
    pub per_member: u32,
    /// The days on which it is offered, both included.
    pub from: Option<Day>,
    pub until: Option<Day>,
    /// The shops that hand it out.
    pub shops: Vec<Id>,
    /// Whether the operator sends it.
    pub delivery: bool,
}

/// An item with its pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockedItem {
    pub terms: Terms,
    /// All pieces that there ever were, those included that members have.
    pub stock: i64,
    /// Pieces that wait for their members.
    pub reserved: i64,
    /// Pieces that their members have.
    pub handed_out: i64,
    /// Whether it is no longer offered.
    pub withdrawn: bool,
}

impl StockedItem {
    /// Pieces that can still be had.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.stock.saturating_sub(self.reserved).saturating_sub(self.handed_out)
    }

    /// Whether it is offered on this day.
    #[must_use]
    pub fn is_offered(&self, day: Day) -> bool {
        let Terms { from, until, .. } = self.terms;
        !self.withdrawn && from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
    }
}

/// Where a voucher stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoucherState {
    Open,
    Used,
    Cancelled,
    /// Cancelled because nobody used it in time.
    Expired,
}

impl VoucherState {
    const ALL: [Self; 4] = [Self::Open, Self::Used, Self::Cancelled, Self::Expired];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A piece that a member paid for with points. Its id is that of the redemption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// Of the redemption in the journal.
    pub place: i64,
    pub member: Id,
    pub item: Id,
    pub state: VoucherState,
    /// The hash of the code.
    pub code: String,
    /// The last day on which it can be used.
    pub until: Day,
    pub points: Points,
    pub money: Money,
    /// Where it is to be sent, while it is open.
    pub deliver_to: Option<String>,
    /// Seconds since 1970, as below.
    pub made: i64,
    pub ended: Option<i64>,
    /// Who ended it, as in the journal.
    pub ended_by: Option<String>,
    /// Where it was handed out.
    pub shop: Option<Id>,
    /// The hash of the request that used it.
    pub used_key: Option<String>,
}

/// What a member agreed to, beside the points of the event.
#[derive(Clone, Debug)]
pub struct Claim {
    pub money: Money,
    pub deliver_to: Option<String>,
    /// The hash of the voucher's code.
    pub code: String,
    /// Days after the day of the redemption on which the voucher can be used.
    pub days: u32,
}

/// Who ends a voucher.
#[derive(Clone, Debug)]
pub enum VoucherEnd {
    /// Its member.
    Member(Id),
    Operator,
    /// Nobody used it in time.
    Expiry,
}

/// Why a piece is not taken or does not come back.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GoodsError {
    #[error("it is not offered today")]
    NotOffered,
    /// This field is not what it was.
    #[error("`{0}` has changed")]
    Changed(&'static str),
    #[error("nothing is left")]
    SoldOut,
    /// A member may have so many.
    #[error("a member may have {0}")]
    PerMember(u32),
    /// Say where it is to be sent, or leave that out: it is handed out another way.
    #[error("the delivery does not fit")]
    Delivery,
    #[error("the voucher is {}", .0.as_str())]
    Ended(VoucherState),
}

/// The items and vouchers that a group works on.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    pub items: BTreeMap<Id, StockedItem>,
    /// How many open and used vouchers a member has of an item, for the pairs that claims name.
    pub held: BTreeMap<(Id, Id), i64>,
    /// By redemption.
    pub vouchers: BTreeMap<Id, Voucher>,
}

/// What a group changes of them.
#[derive(Clone, Debug, Default)]
pub struct GoodsChanges {
    /// Items whose counts changed, as they are now.
    pub items: BTreeMap<Id, StockedItem>,
    /// By redemption, each with whether it is new.
    pub vouchers: BTreeMap<Id, (Voucher, bool)>,
}

impl Shelf {
    /// Whether a member can have a piece for these points.
    ///
    /// # Errors
    /// Why not.
    pub fn check_claim(
        &self,
        claim: &Claim,
        item: &Id,
        member: &Id,
        points: Points,
        today: Day,
    ) -> Result<(), GoodsError> {
        let stocked = self.items.get(item).filter(|stocked| stocked.is_offered(today)).ok_or(GoodsError::NotOffered)?;
        let Terms { per_member, ref shops, delivery, .. } = stocked.terms;
        if stocked.terms.points != points {
            return Err(GoodsError::Changed("points"));
        }
        if stocked.terms.money != claim.money {
            return Err(GoodsError::Changed("money"));
        }
        let fits = if claim.deliver_to.is_some() { delivery } else { !shops.is_empty() };
        if !fits {
            return Err(GoodsError::Delivery);
        }
        if stocked.left() < 1 {
            return Err(GoodsError::SoldOut);
        }
        let held = self.held.get(&(item.clone(), member.clone())).copied().unwrap_or_default();
        if per_member > 0 && held >= i64::from(per_member) {
            return Err(GoodsError::PerMember(per_member));
        }
        Ok(())
    }

    /// Whether a voucher can be ended so; nothing if there is none, or it is another member's.
    #[must_use]
    pub fn check_end(&self, end: &VoucherEnd, voucher: &Id, today: Day) -> Option<Result<(), GoodsError>> {
        let voucher = self.vouchers.get(voucher)?;
        match end {
            VoucherEnd::Member(member) if voucher.member != *member => return None,
            VoucherEnd::Expiry if voucher.until >= today => return None,
            VoucherEnd::Member(_) | VoucherEnd::Operator | VoucherEnd::Expiry => {}
        }
        let is_open = voucher.state == VoucherState::Open;
        Some(if is_open { Ok(()) } else { Err(GoodsError::Ended(voucher.state)) })
    }

    /// Takes the piece of an event that was settled, or puts it back.
    pub fn follow(&mut self, event: &Event, why: Followed<'_>, changes: &mut GoodsChanges) {
        match event {
            Event::PointsRedeemed { member, points, item: Some(item), redemption: Some(redemption) } => {
                let Some(claim) = why.claim else { return };
                let last = (0..claim.days).try_fold(why.today, |day, _| day.next());
                let voucher = Voucher {
                    place: why.place,
                    member: member.clone(),
                    item: item.clone(),
                    state: VoucherState::Open,
                    code: claim.code.clone(),
                    until: last.unwrap_or(why.today),
                    points: *points,
                    money: claim.money,
                    deliver_to: claim.deliver_to.clone(),
                    made: why.at,
                    ended: None,
                    ended_by: None,
                    shop: None,
                    used_key: None,
                };
                self.count(item, |stocked| stocked.reserved += 1, changes);
                *self.held.entry((item.clone(), member.clone())).or_default() += 1;
                self.keep(redemption, voucher, true, changes);
            }
            Event::RedemptionCancelled { redemption } => {
                let Some(voucher) = self.vouchers.get(redemption).cloned() else { return };
                match voucher.state {
                    VoucherState::Open => self.count(&voucher.item, |stocked| stocked.reserved -= 1, changes),
                    // Goods that came back.
                    VoucherState::Used => self.count(&voucher.item, |stocked| stocked.handed_out -= 1, changes),
                    VoucherState::Cancelled | VoucherState::Expired => return,
                }
                if let Some(held) = self.held.get_mut(&(voucher.item.clone(), voucher.member.clone())) {
                    *held -= 1;
                }
                let state = if why.expires { VoucherState::Expired } else { VoucherState::Cancelled };
                let (ended, ended_by) = (Some(why.at), Some(why.actor.to_owned()));
                let voucher = Voucher { state, deliver_to: None, ended, ended_by, ..voucher };
                self.keep(redemption, voucher, false, changes);
            }
            _ => {}
        }
    }

    fn count(&mut self, item: &Id, change: impl FnOnce(&mut StockedItem), changes: &mut GoodsChanges) {
        let Some(stocked) = self.items.get_mut(item) else { return };
        change(stocked);
        changes.items.insert(item.clone(), stocked.clone());
    }

    fn keep(&mut self, id: &Id, voucher: Voucher, new: bool, changes: &mut GoodsChanges) {
        self.vouchers.insert(id.clone(), voucher.clone());
        // One that the same group made is still new.
        let new = new || changes.vouchers.get(id).is_some_and(|(_, new)| *new);
        changes.vouchers.insert(id.clone(), (voucher, new));
    }
}

/// With what, when and by whom an event was settled.
#[derive(Clone, Copy, Debug)]
pub struct Followed<'a> {
    pub claim: Option<&'a Claim>,
    /// Whether a voucher ends because nobody used it in time.
    pub expires: bool,
    /// Of the event in the journal.
    pub place: i64,
    pub today: Day,
    /// Seconds since 1970.
    pub at: i64,
    pub actor: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    type TestResult = Result<(), Box<dyn std::error::Error>>;

    fn id(text: &str) -> Result<Id, String> {
        Id::parse(text).ok_or_else(|| format!("`{text}` is no id"))
    }

    fn day(text: &str) -> Result<Day, String> {
        Day::parse(text).ok_or_else(|| format!("`{text}` is no day"))
    }

    fn shelf(stock: i64, per_member: u32) -> Result<Shelf, Box<dyn std::error::Error>> {
        let terms = Terms {
            name: "Mug".into(),
            description: String::new(),
            points: Points::parse("5")?,
            money: Money::parse("1.50")?,
            per_member,
            from: Some(day("2026-01-02")?),
            until: Some(day("2026-01-03")?),
            shops: vec![id("kiosk")?],
            delivery: false,
        };
        let stocked = StockedItem { terms, stock, reserved: 0, handed_out: 0, withdrawn: false };
        Ok(Shelf { items: [(id("mug")?, stocked)].into(), ..Shelf::default() })
    }

    fn claim() -> Result<Claim, Box<dyn std::error::Error>> {
        Ok(Claim { money: Money::parse("1.5")?, deliver_to: None, code: "hash".into(), days: 30 })
    }

    #[test]
    fn the_last_piece_is_taken_once_and_comes_back_once() -> TestResult {
        let (mut shelf, mut changes) = (shelf(1, 0)?, GoodsChanges::default());
        let (claim, today, points) = (claim()?, day("2026-01-02")?, Points::parse("5")?);
        let (mug, ann, bob) = (id("mug")?, id("ann")?, id("bob")?);
        let check = |shelf: &Shelf, member: &Id| shelf.check_claim(&claim, &mug, member, points, today);
        assert_eq!(check(&shelf, &ann), Ok(()));
        let redeemed =
            Event::PointsRedeemed { member: ann.clone(), points, item: Some(mug.clone()), redemption: Some(id("r1")?) };
        let followed = Followed { claim: Some(&claim), expires: false, place: 7, today, at: 9, actor: "x" };
        shelf.follow(&redeemed, followed, &mut changes);
        assert_eq!(check(&shelf, &bob), Err(GoodsError::SoldOut));
        assert_eq!(changes.items.get(&mug).map(|item| (item.reserved, item.left())), Some((1, 0)));
        assert_eq!(shelf.vouchers.get(&id("r1")?).map(|voucher| voucher.until), Some(day("2026-02-01")?));

        let end = |shelf: &Shelf, end: VoucherEnd, today: Day| shelf.check_end(&end, &id("r1").ok()?, today);
        assert_eq!(end(&shelf, VoucherEnd::Member(bob.clone()), today), None, "it is not bob's");
        assert_eq!(end(&shelf, VoucherEnd::Expiry, day("2026-02-01")?), None, "it holds on its last day");
        assert_eq!(end(&shelf, VoucherEnd::Expiry, day("2026-02-02")?), Some(Ok(())));
        assert_eq!(end(&shelf, VoucherEnd::Member(ann.clone()), today), Some(Ok(())));
        let cancelled = Event::RedemptionCancelled { redemption: id("r1")? };
        for _ in 0..2 {
            shelf.follow(&cancelled, Followed { claim: None, ..followed }, &mut changes);
            assert_eq!(shelf.items.get(&mug).map(StockedItem::left), Some(1));
        }
        assert_eq!(end(&shelf, VoucherEnd::Operator, today), Some(Err(GoodsError::Ended(VoucherState::Cancelled))));
        let rows: Vec<_> = changes.vouchers.values().map(|(voucher, new)| (*new, voucher.state)).collect();
        assert_eq!(rows, [(true, VoucherState::Cancelled)], "one row, which is still new");
        Ok(())
    }

    #[test]
    fn a_claim_is_refused_for_each_reason_that_there_is() -> TestResult {
        let (shelf, today, points) = (shelf(9, 1)?, day("2026-01-02")?, Points::parse("5")?);
        let (mug, ann) = (id("mug")?, id("ann")?);
        let said = |shelf: &Shelf, claim: &Claim, item: &Id, points: Points, today: Day| {
            shelf.check_claim(claim, item, &ann, points, today).err()
        };
        let own = claim()?;
        assert_eq!(said(&shelf, &own, &mug, points, today), None);
        assert_eq!(said(&shelf, &own, &id("cup")?, points, today), Some(GoodsError::NotOffered));
        assert_eq!(said(&shelf, &own, &mug, points, day("2026-01-01")?), Some(GoodsError::NotOffered));
        assert_eq!(said(&shelf, &own, &mug, points, day("2026-01-04")?), Some(GoodsError::NotOffered));
        assert_eq!(said(&shelf, &own, &mug, Points::parse("4")?, today), Some(GoodsError::Changed("points")));
        let cheap = Claim { money: Money::parse("1")?, ..own.clone() };
        assert_eq!(said(&shelf, &cheap, &mug, points, today), Some(GoodsError::Changed("money")));
        let sent = Claim { deliver_to: Some("x".into()), ..own.clone() };
        assert_eq!(said(&shelf, &sent, &mug, points, today), Some(GoodsError::Delivery));
        let mut had = shelf.clone();
        had.held.insert((mug.clone(), ann.clone()), 1);
        assert_eq!(said(&had, &own, &mug, points, today), Some(GoodsError::PerMember(1)));
        Ok(())
    }
}
