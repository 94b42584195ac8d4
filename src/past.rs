//! The figures of a journal, day by day and cohort by cohort. They are the figures that [`crate::economy`] computes for a
//! scenario.

use std::collections::BTreeMap;

use crate::book::{Book, Outcome};
use crate::economy::{Cohort, DayFigures, Mix, Run, Totals, gini, ratio};
use crate::event::{Code, Event, Refusal};
use crate::identity::Id;
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};
use crate::receipt::{Amount, Party, Rule};
use crate::review::{Dealings, Finding, IncomeEntry, review_book};

/// Share value given to a member and points it earned, according to the receipts.
#[derive(Clone, Copy, Debug, Default)]
struct Member {
    /// The number of days closed before the member joined.
    joined: usize,
    promised: ShareValue,
    earned: Points,
}

/// The sums of a cohort. Money is in 10^-16 yuan and rounded once, at the end.
#[derive(Clone, Copy, Debug, Default)]
struct CohortSums {
    cohort: Cohort,
    cash: i128,
    /// Money received for points, plus the value of the points that are left.
    back: i128,
}

/// Collects the figures of a journal, event by event.
#[derive(Clone, Debug, Default)]
pub struct Past {
    dealings: Dealings,
    members: BTreeMap<Id, Member>,
    minted: ShareValue,
    /// Concessions that were wanted and that were refused on the open day, in cents.
    wanted: i128,
    refused: i128,
    used: Points,
    burned_before: Points,
    /// Points of all orders, in 10^-8.
    burned_by_orders: i128,
    paid_by_merchants: i128,
    /// Concessions of all orders, in cents.
    turnover: i128,
    /// Share value of all orders, in 10^-8.
    minted_by_orders: i128,
    days: Vec<DayFigures>,
    last_order: usize,
}

impl Past {
    /// The platform's income from an event. Call it just before the event is applied, with the book at that moment.
    #[must_use]
    pub fn income_of(&self, event: &Event, before: &Book) -> IncomeEntry {
        self.dealings.income_of(event, before)
    }

    /// Adds an event with its income ([`Past::income_of`]) and its outcome.
    ///
    /// # Errors
    /// [`OutOfRange`] if a sum does not fit.
    pub fn observe(&mut self, event: &Event, income: IncomeEntry, outcome: &Outcome) -> Result<(), OutOfRange> {
        if outcome.repeated {
            return Ok(());
        }
        if let Event::OrderPlaced(order) = event {
            let short = matches!(&outcome.result, Err(refusal) if refusal.code == Code::MerchantPointsShort);
            if short || outcome.result.is_ok() {
                self.wanted += order.concession.raw();
            }
            if short {
                self.refused += order.concession.raw();
            }
        }
        let Ok(receipt) = &outcome.result else { return Ok(()) };
        self.dealings.record(event, income);
        if let Event::MemberRegistered { member, .. } = event {
            self.members.insert(member.clone(), Member { joined: self.days.len(), ..Member::default() });
        }
        if let Event::OrderPlaced(order) = event {
            self.last_order = self.days.len() + 1;
            self.turnover += order.concession.raw();
        }
        if let Some(quote) = &receipt.order {
            self.used = self.used.plus(quote.points)?;
            self.paid_by_merchants += quote.points.raw();
            let given: i128 = quote.rewards.iter().map(|reward| reward.points.raw()).sum();
            self.minted_by_orders += quote.rewards.iter().map(|reward| reward.share_value.raw()).sum::<i128>();
            self.burned_by_orders += quote.points.raw() - given;
        }
        for posting in &receipt.postings {
            self.post(posting.rule, &posting.to, posting.amount)?;
        }
        Ok(())
    }

    fn post(&mut self, rule: Rule, to: &Party, amount: Amount) -> Result<(), OutOfRange> {
        let Party::Member(id) = to else { return Ok(()) };
        let Some(member) = self.members.get_mut(id) else { return Ok(()) };
        match amount {
            // Unlocked share value was already counted as promised when it was locked.
            Amount::Locked(value) => member.promised = member.promised.plus(value)?,
            Amount::ShareValue(value) => {
                self.minted = self.minted.plus(value)?;
                if rule != Rule::Activation {
                    member.promised = member.promised.plus(value)?;
                }
            }
            Amount::Points(points) if rule == Rule::Release => member.earned = member.earned.plus(points)?,
            Amount::Points(_) => {}
        }
        Ok(())
    }

    /// Adds the figures of a day if the last event closed one. Call it after each event.
    ///
    /// # Errors
    /// [`OutOfRange`] if a figure does not fit.
    pub fn closed(&mut self, book: &Book) -> Result<(), OutOfRange> {
        let Some(record) = book.days().get(self.days.len()) else { return Ok(()) };
        let supply = book.head().supply;
        let burned = supply.burned.minus(self.burned_before).unwrap_or_default();
        self.burned_before = supply.burned;
        let daily = book.rules().release_daily;
        let coverage = ratio(burned.raw(), daily.raw());
        let clearing = record.price.raw().checked_mul(coverage.raw()).ok_or(OutOfRange)? / Rate::SCALE;
        let clearing = Price::checked_from_raw(clearing).ok_or(OutOfRange)?;
        let converted = ShareValue::from_worth(record.released.worth(record.price)?);
        let circulation = supply.issued.minus(supply.burned)?.minus(supply.treasury)?;
        self.days.push(DayFigures {
            day: self.days.len() + 1,
            members: i128::try_from(self.members.len()).map_err(|_| OutOfRange)?,
            turnover: record.turnover.unwrap_or_default(),
            price: record.price,
            clearing,
            gap: ratio(record.price.raw(), clearing.raw()),
            released: record.released,
            total: record.total,
            release_yield: ratio(converted.raw(), record.total.raw()),
            circulation,
            worth: circulation.worth_floor(record.price)?,
            offered: record.released,
            used: std::mem::take(&mut self.used),
            refused: ratio(std::mem::take(&mut self.refused), std::mem::take(&mut self.wanted)),
            coverage,
        });
        Ok(())
    }

    /// The figures so far, with members grouped into `cohorts` cohorts by the day of joining. Earned points are
    /// valued at the last price, because a journal does not settle every account every day.
    ///
    /// # Errors
    /// [`OutOfRange`] if a figure does not fit.
    pub fn finish(&self, book: &Book, cohorts: usize) -> Result<Run, OutOfRange> {
        let head = book.head();
        let length = self.days.len().max(1);
        let mut table = vec![CohortSums::default(); cohorts.max(1)];
        let mut groups = Vec::with_capacity(self.members.len().min(4_096));
        for (id, member) in &self.members {
            let Some(account) = book.account(id.as_str()) else { continue };
            let Some(state) = book.account_state(id.as_str())? else { continue };
            let at = (member.joined * table.len() / length).min(table.len() - 1);
            let CohortSums { cohort, cash, back } = &mut table[at];
            if cohort.members == 0 || member.joined + 1 < cohort.from_day {
                cohort.from_day = member.joined + 1;
            }
            cohort.members += 1;
            cohort.promised = cohort.promised.plus(member.promised)?;
            cohort.left = cohort.left.plus(state.share_value)?.plus(state.locked)?;
            cohort.points = cohort.points.plus(member.earned)?.plus(state.points.minus(account.points)?)?;
            cohort.kept = cohort.kept.plus(state.points)?;
            let money = self.dealings.cash(id);
            *cash += money;
            *back += money + state.points.worth(head.price)?;
        }
        let mut run = Run { days: self.days.clone(), ..Run::default() };
        for CohortSums { mut cohort, cash, back } in table.into_iter().filter(|sums| sums.cohort.members > 0) {
            cohort.worth = cohort.points.worth_floor(head.price)?;
            cohort.cash = Money::from_worth(cash)?;
            cohort.came_back = ratio(ShareValue::from_worth(back).raw(), cohort.promised.raw());
            groups.push((cohort.members, Money::from_worth(back)?.raw()));
            run.cohorts.push(cohort);
        }
        let mut converted = 0_i128;
        for record in book.days() {
            converted = converted.checked_add(record.released.worth(record.price)?).ok_or(OutOfRange)?;
        }
        let supply = head.supply;
        // 10^-8 share value over cents, in whole cents of share value.
        let k = ratio(self.minted_by_orders / 1_000_000, self.turnover);
        let came_back = |cohort: Option<&Cohort>| cohort.map_or(0, |cohort| cohort.came_back.raw());
        let late = run.cohorts.iter().rfind(|cohort| cohort.from_day <= length / 2 + 1);
        run.totals = Totals {
            minted: self.minted,
            converted: ShareValue::from_worth(converted),
            held: head.release.total()?,
            issued: supply.issued,
            burned: supply.burned,
            treasury: supply.treasury,
            escrow: supply.escrow,
            circulating: supply.held.plus(supply.pool)?,
            mix: Mix { minted: k, burned: ratio(self.burned_by_orders, self.paid_by_merchants) },
            last_release: book.days().iter().rposition(|day| day.released.is_positive()).map_or(0, |at| at + 1),
            last_order: self.last_order,
            early_late: ratio(came_back(run.cohorts.first()), came_back(late)),
            gini: gini(&groups),
            income: self.dealings.income()?,
            ..Totals::default()
        };
        Ok(run)
    }

    /// The red flags of the journal so far.
    ///
    /// # Errors
    /// `out_of_range` if a figure does not fit.
    pub fn review(&self, book: &Book) -> Result<Vec<Finding>, Refusal> {
        review_book(book, &self.dealings)
    }
}
