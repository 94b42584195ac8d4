//! A book of its own in which the examples happen, with everybody who has a part in an order.

use crate::book::{AccountState, Book};
use crate::event::{Code, Event, OrderPlaced, Refusal};
use crate::identity::{Id, Region};
use crate::limits::NUMBER_MAX;
use crate::quantity::{Money, Points, Price};
use crate::receipt::Receipt;
use crate::ruleset::{Channel, Pack, RuleSet};

pub(super) const BUYER: &str = "buyer";
pub(super) const SHOP: &str = "shop";

/// A book in which examples happen.
pub(super) struct Example {
    pub(super) book: Book,
}

impl Example {
    /// Its treasury has as many points as any example takes.
    pub(super) fn open(rules: &RuleSet, price: Price) -> Result<Self, Refusal> {
        let whole = i128::from(NUMBER_MAX) * 100_000_000;
        let points = |raw| Points::from_raw(raw);
        let rules = RuleSet { supply_cap: points(whole), supply_treasury: points(whole / 2), ..rules.clone() };
        let mut book = Book::open(rules);
        if price != book.head().price {
            book.settle(&Event::PriceSet { price })?;
        }
        Ok(Self { book })
    }

    pub(super) fn settle(&mut self, event: &Event) -> Result<Receipt, Refusal> {
        Ok(self.book.settle(event)?.receipt)
    }

    pub(super) fn state(&self, member: &str) -> Result<AccountState, Refusal> {
        self.book.account_state(member)?.ok_or_else(|| Refusal::new(Code::UnknownMember, "member"))
    }

    pub(super) fn register(&mut self, member: &str, referrer: Option<&str>) -> Result<(), Refusal> {
        self.settle(&Event::MemberRegistered { member: id(member), referrer: referrer.map(id) })?;
        Ok(())
    }

    /// Buys the cheapest pack of a kind; `false` if the rules have none of this kind.
    pub(super) fn buys(&mut self, member: &str, is_right: impl Fn(&Pack) -> bool) -> Result<bool, Refusal> {
        let packs = &self.book.rules().packs;
        let fitting = packs.iter().filter(|(_, pack)| is_right(pack));
        let found = fitting.min_by_key(|(_, pack)| pack.price).and_then(|(name, _)| Id::parse(name));
        let Some(pack) = found else { return Ok(false) };
        self.settle(&Event::PackPurchased { member: id(member), pack, terms: None })?;
        Ok(true)
    }

    pub(super) fn closes_day(&mut self) -> Result<(), Refusal> {
        let day = self.book.head().day;
        self.settle(&Event::DayClosed { day })?;
        Ok(())
    }

    /// A buyer with a referrer, a shop with another one, a team above the buyer's referrer, and a partner of the city. `None` if
    /// nobody can open a shop under these rules.
    pub(super) fn with_everybody(rules: &RuleSet, price: Price) -> Result<Option<Self>, Refusal> {
        let mut example = Self::open(rules, price)?;
        for (member, referrer) in [
            ("team", None),
            ("referrer", Some("team")),
            (BUYER, Some("referrer")),
            ("finder", None),
            (SHOP, Some("finder")),
        ] {
            example.register(member, referrer)?;
            if member != SHOP {
                example.buys(member, |_| true)?;
            }
        }
        if !example.buys(SHOP, |pack| pack.merchant)? {
            return Ok(None);
        }
        example.register("partner", None)?;
        if example.buys("partner", |pack| pack.area_partner)? {
            example.settle(&Event::PartnerAppointed { member: id("partner"), region: region().city() })?;
        }
        let deposit = rules.merchant_deposit.points_ceil(price)?;
        let points = deposit.plus(concession().points_ceil(price)?)?;
        example.settle(&Event::TreasuryGranted { member: id(SHOP), points })?;
        example.settle(&Event::MerchantOpened { member: id(SHOP), region: region() })?;
        Ok(Some(example))
    }

    /// The receipt of an order, which is placed.
    pub(super) fn order(&mut self, channel: Channel) -> Result<Receipt, Refusal> {
        self.settle(&Event::OrderPlaced(OrderPlaced {
            order: id("order"),
            buyer: id(BUYER),
            merchant: id(SHOP),
            channel,
            amount: amount(),
            concession: concession(),
            region: region(),
        }))
    }
}

/// The id of somebody in an example. All are constants of this file, which the tests read.
pub(super) fn id(name: &str) -> Id {
    Id::parse(name).expect("an id")
}

fn region() -> Region {
    Region::parse("110105").expect("a region")
}

/// The amount of the example order.
pub(super) fn amount() -> Money {
    Money::yuan(100)
}

/// The concession of the example order.
pub(super) fn concession() -> Money {
    Money::yuan(10)
}
