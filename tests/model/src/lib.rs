//! A second, slow and obvious implementation of the rules, for tests only.
//!
//! It follows section 5 day by day and account by account: every account holds its share value as a fraction, and at a
//! close it earns `s/T × R` points and loses `s/T × R × P` share value. There are no units and no indices. Everything
//! else is as the rules have it, with the roundings that they name.
//!
//! # How to compare
//!
//! The indexed rules round in places where this model does not. For each account the model carries a bound on the
//! difference ([`Model::slack`]), worked out from what was rounded; [`Model::promise`] is the last invariant of
//! section 7. Where rounding decides, the model says so instead of deciding:
//!
//! - an account has just enough or just too few points: [`Model::apply`] answers [`Verdict::TooClose`] and changes
//!   nothing; [`Model::adopt`] applies the event with the verdict of the rules;
//! - `released` may differ when `min_total` or returned points limit it: [`Model::adopt`] takes the rules' figure.
//!
//! [`Model::follow`] does all of that: it applies an event, given what the rules answered, and objects where they
//! differ by more than rounding. [`Model::check_state`], [`Model::check_day`], [`Model::check_order`] and [`Model::check_refund`] compare the
//! JSON of section 9.

mod accessors;
mod close;
mod compare;
mod dates;
mod event;
pub mod exact;
mod holding;
mod index;
pub mod journal;
mod market;
mod orders;
mod packs;
mod parties;
mod points;
mod refunds;
mod rules;
mod state;

use std::collections::BTreeMap;

use serde_json::Value;

use event::{Event, Kind, Row};
use exact::{Exact, whole};
pub use holding::Tolerance;
use index::Index;
use rules::Rules;
pub use state::{Day, Order, OrderStage, Reward, Supply};
use state::{Member, Offer, Purchase, Redemption, Trade};

/// The events of this file.
const EVENTS: &[Row] = &[("rules.adopted", &[("rules", Kind::Rules, false)], Model::rules_adopted)];

/// The event types, by the file that has them.
const TYPES: &[&[Row]] = &[
    parties::EVENTS,
    packs::EVENTS,
    points::EVENTS,
    orders::EVENTS,
    refunds::EVENTS,
    market::EVENTS,
    close::EVENTS,
    EVENTS,
];

/// What the model says about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was applied whole.
    Applied,
    /// It was refused with this code; no balance changed.
    Refused(&'static str),
    /// The same `id` with the same content came before and was answered with this code, or applied. Nothing
    /// happened, and nothing is listed.
    Repeated(Option<&'static str>),
    /// Rounding decides whether it is refused with this code; nothing changed, nothing is remembered.
    TooClose(&'static str),
}

/// What the rules under test answered to an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The code it was refused with.
    pub refused: Option<String>,
    /// For a close that was accepted: what it released.
    pub released: Option<Exact>,
}

/// Why a handler stops before it changed anything.
enum Stop {
    Refused(&'static str),
    TooClose(&'static str),
}

fn refuse(when: bool, code: &'static str) -> Result<(), Stop> {
    if when { Err(Stop::Refused(code)) } else { Ok(()) }
}

/// The scheme, worked out day by day.
#[derive(Debug, Clone)]
pub struct Model {
    /// The rule set as JSON, for `rules.adopted` to change.
    source: Value,
    rules: Rules,
    today: i64,
    price: Exact,
    members: BTreeMap<String, Member>,
    /// Packs that could come back, in the order of buying.
    purchases: Vec<Purchase>,
    orders: Vec<Order>,
    redemptions: BTreeMap<String, Redemption>,
    offers: BTreeMap<String, Offer>,
    trades: Vec<(String, Trade)>,
    issued: Exact,
    burned: Exact,
    treasury: Exact,
    escrow: Exact,
    returned: Exact,
    /// Concessions of the orders that vested today, as far as not refunded today.
    turnover: Exact,
    /// The recorded turnovers of earlier days.
    turnovers: Vec<Exact>,
    traded_money: Exact,
    traded_points: Exact,
    days: Vec<Day>,
    releases: Vec<holding::Release>,
    /// Events with an `id` and how they were answered.
    answered: BTreeMap<String, (Value, Option<&'static str>)>,
    index: Index,
    total_slack: Exact,
    issued_slack: Exact,
    returned_slack: Exact,
    /// What the last refund could not recover, and how far the rules' figure may be from it.
    unrecovered: (Exact, Exact),
    grants: i64,
    lowest_price: Option<Exact>,
    /// The rules' verdict, where rounding decides.
    seen_accepted: Option<bool>,
    seen_released: Option<Exact>,
    objection: Option<String>,
}

impl Model {
    /// A scheme on its first day.
    ///
    /// # Errors
    ///
    /// The rule set is not sound; the text names the key.
    pub fn new(rules: &Value) -> Result<Self, String> {
        let source = rules.clone();
        let rules = Rules::read(rules)?;
        let zero = || whole(0);
        Ok(Self {
            source,
            today: rules.genesis_day,
            price: rules.initial_price.clone(),
            members: BTreeMap::new(),
            purchases: Vec::new(),
            orders: Vec::new(),
            redemptions: BTreeMap::new(),
            offers: BTreeMap::new(),
            trades: Vec::new(),
            issued: rules.treasury.clone(),
            burned: zero(),
            treasury: rules.treasury.clone(),
            escrow: zero(),
            returned: zero(),
            turnover: zero(),
            turnovers: Vec::new(),
            traded_money: zero(),
            traded_points: zero(),
            days: Vec::new(),
            releases: Vec::new(),
            answered: BTreeMap::new(),
            index: Index::new(),
            total_slack: zero(),
            issued_slack: zero(),
            returned_slack: zero(),
            unrecovered: (zero(), zero()),
            grants: 0,
            lowest_price: None,
            seen_accepted: None,
            seen_released: None,
            objection: None,
            rules,
        })
    }

    /// Applies an event by the model's own judgement.
    pub fn apply(&mut self, event: &Value) -> Verdict {
        self.seen_accepted = None;
        self.seen_released = None;
        self.decide(event)
    }

    /// Applies an event and lets `seen` decide where rounding does: whether an account has enough points, and what a
    /// close releases. Everything else is judged as in [`Model::apply`].
    ///
    /// # Errors
    ///
    /// `seen.released` is not within what rounding explains; the event is applied with it nevertheless.
    pub fn adopt(&mut self, event: &Value, seen: &Seen) -> Result<Verdict, String> {
        self.seen_accepted = Some(seen.refused.is_none());
        self.seen_released.clone_from(&seen.released);
        self.objection = None;
        let verdict = self.decide(event);
        self.seen_released = None;
        self.objection.take().map_or(Ok(verdict), Err)
    }

    /// [`Model::adopt`], and compares the verdicts. Answers with its own.
    ///
    /// # Errors
    ///
    /// The rules answered what rounding does not explain; the text says what was expected.
    pub fn follow(&mut self, event: &Value, seen: &Seen) -> Result<Verdict, String> {
        let verdict = self.adopt(event, seen)?;
        let expected = match verdict {
            // A repetition is answered as before, but listed only once: a list of refusals does not show it.
            Verdict::Repeated(_) if seen.refused.is_none() => None,
            Verdict::Applied => None,
            Verdict::Repeated(code) => code,
            Verdict::Refused(code) | Verdict::TooClose(code) => Some(code),
        };
        if expected == seen.refused.as_deref() {
            Ok(verdict)
        } else {
            Err(format!("{event}: answered {:?}, the model says {verdict:?}", seen.refused))
        }
    }

    fn decide(&mut self, value: &Value) -> Verdict {
        let Some(event) = Event::read(value, TYPES) else {
            return Verdict::Refused("bad_event");
        };
        let id = event.maybe("id");
        if let Some((before, answer)) = id.and_then(|id| self.answered.get(id)) {
            return if before == value { Verdict::Repeated(*answer) } else { Verdict::Refused("id_conflict") };
        }
        let (verdict, code) = match (event.handler)(self, &event) {
            Ok(()) => (Verdict::Applied, None),
            Err(Stop::Refused(code)) => (Verdict::Refused(code), Some(code)),
            Err(Stop::TooClose(code)) => return Verdict::TooClose(code),
        };
        if let Some(id) = id {
            self.answered.insert(id.to_owned(), (value.clone(), code));
        }
        verdict
    }

    /// Whether an account has this many points, if rounding cannot decide it.
    fn enough(&self, id: &str, need: &Exact, code: &'static str) -> Result<(), Stop> {
        let holding = &self.known(id)?.holding;
        let slack = &holding.slack.points;
        if &holding.points - slack >= *need {
            return Ok(());
        }
        if &holding.points + slack < *need {
            return Err(Stop::Refused(code));
        }
        match self.seen_accepted {
            None => Err(Stop::TooClose(code)),
            Some(true) => Ok(()),
            Some(false) => Err(Stop::Refused(code)),
        }
    }

    fn rules_adopted(&mut self, event: &Event) -> Result<(), Stop> {
        let bad = || Stop::Refused("bad_rules");
        let changes = event.rules().as_object().ok_or_else(bad)?;
        let mut source = self.source.clone();
        for (key, value) in changes {
            refuse(matches!(key.as_str(), "genesis_day" | "supply"), "bad_rules")?;
            source[key.as_str()] = value.clone();
        }
        self.rules = Rules::read(&source).map_err(|_| bad())?;
        self.source = source;
        Ok(())
    }
}
