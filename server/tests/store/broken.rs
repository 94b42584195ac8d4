//! Stores that are broken on purpose, each in one way.

use std::sync::Arc;

use async_trait::async_trait;
use gongxiang::book::{Account, Flow};
use gongxiang::day_report::DayReport;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Side, Trade};
use gongxiang::order::Order;
use gongxiang::purchase::{Purchase, RedemptionRecord};
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::statement::BookedPosting;
use gongxiang_server::ledger::needs::Needs;
use gongxiang_server::ledger::reports::{ClosedReport, Spending};
use gongxiang_server::ledger::store::{
    Batch, ClosedDay, CurrentState, FirstOutcome, HeadChange, Headline, JournalEntry, Key, Page, Place, Result, Scope,
    Store, StoreError, TradeCursor, Transaction, WorkingSet,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    ForgetsAnswers,
    KeepsNoAnswers,
    DropsAPosting,
    LosesAnAccount,
    LosesAnOrder,
    LosesAPurchase,
    LosesARedemption,
    LosesAFlow,
    CommitsUnasked,
    CommitsNothing,
    DoublesAnEntry,
    GivesAPageTwice,
    SkipsARow,
    MistakesTheOrder,
    HidesConflicts,
    MovesOnWhileRead,
    LoadsAllThatIsDue,
}

impl Fault {
    pub const ALL: [Self; 17] = [
        Self::ForgetsAnswers,
        Self::KeepsNoAnswers,
        Self::DropsAPosting,
        Self::LosesAnAccount,
        Self::LosesAnOrder,
        Self::LosesAPurchase,
        Self::LosesARedemption,
        Self::LosesAFlow,
        Self::CommitsUnasked,
        Self::CommitsNothing,
        Self::DoublesAnEntry,
        Self::GivesAPageTwice,
        Self::SkipsARow,
        Self::MistakesTheOrder,
        Self::HidesConflicts,
        Self::MovesOnWhileRead,
        Self::LoadsAllThatIsDue,
    ];
}

#[derive(Debug)]
pub struct Broken {
    pub inner: Arc<dyn Store>,
    pub fault: Fault,
}

#[async_trait]
impl Store for Broken {
    async fn begin(&self, scope: Scope) -> Result<Box<dyn Transaction>> {
        let moves_on = self.fault == Fault::MovesOnWhileRead && scope == Scope::Reading;
        let inner = if moves_on { None } else { Some(self.inner.begin(scope).await?) };
        Ok(Box::new(Work { store: Arc::clone(&self.inner), inner, scope, fault: self.fault }))
    }

    fn writers(&self) -> u8 {
        self.inner.writers()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

struct Work {
    store: Arc<dyn Store>,
    /// `None` between two snapshots of a store whose snapshot moves.
    inner: Option<Box<dyn Transaction>>,
    scope: Scope,
    fault: Fault,
}

/// Calls the inner transaction, and begins it if there is none.
macro_rules! inner {
    ($work:ident, $inner:ident => $ask:expr) => {{
        let mut begun = match $work.inner.take() {
            Some(inner) => inner,
            None => $work.store.begin($work.scope).await?,
        };
        let $inner = &mut begun;
        let answer = $ask.await;
        if $work.fault != Fault::MovesOnWhileRead || $work.scope != Scope::Reading {
            $work.inner = Some(begun);
        }
        answer
    }};
}

impl Work {
    fn spoiled(&self, mut batch: Batch) -> Batch {
        match self.fault {
            Fault::KeepsNoAnswers => batch.answers.clear(),
            Fault::LosesAnAccount => drop(batch.accounts.pop()),
            Fault::LosesAnOrder => drop(batch.orders.pop()),
            Fault::LosesAPurchase => drop(batch.purchases.pop()),
            Fault::LosesARedemption => drop(batch.redemptions.pop()),
            Fault::LosesAFlow if matches!(batch.head, HeadChange::Flow(_)) => {
                batch.head = HeadChange::Flow(Flow::default());
            }
            Fault::DoublesAnEntry => {
                if let Some(mut last) = batch.journal.last().cloned() {
                    last.place = last.place.nth(1);
                    batch.journal.push(last);
                }
            }
            _ => {}
        }
        batch
    }

    fn listed<V>(&self, mut rows: Vec<V>) -> Vec<V> {
        match self.fault {
            Fault::SkipsARow if rows.len() > 1 => drop(rows.remove(0)),
            Fault::MistakesTheOrder => rows.reverse(),
            _ => {}
        }
        rows
    }
}

#[async_trait]
impl Transaction for Work {
    async fn answered(&mut self, keys: &[Key]) -> Result<Vec<FirstOutcome>> {
        let answered = inner!(self, inner => inner.answered(keys))?;
        Ok(if self.fault == Fault::ForgetsAnswers { Vec::new() } else { answered })
    }

    async fn load(&mut self, needs: &Needs) -> Result<WorkingSet> {
        let mut needs = needs.clone();
        if let (Fault::LoadsAllThatIsDue, Some(due)) = (self.fault, &mut needs.due) {
            due.most = None;
        }
        inner!(self, inner => inner.load(&needs))
    }

    async fn write(&mut self, batch: &Batch) -> Result<()> {
        let spoiled = self.spoiled(batch.clone());
        match inner!(self, inner => inner.write(&spoiled)) {
            Err(StoreError::Conflict) if self.fault == Fault::HidesConflicts => return Ok(()),
            written => written?,
        }
        if self.fault == Fault::CommitsUnasked
            && let Some(inner) = self.inner.take()
        {
            inner.commit().await?;
        }
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        match self.inner {
            Some(inner) if self.fault != Fault::CommitsNothing => inner.commit().await,
            _ => Ok(()),
        }
    }

    async fn now(&mut self) -> Result<CurrentState> {
        inner!(self, inner => inner.now())
    }

    async fn journal(&mut self, page: Page<Place>) -> Result<Vec<JournalEntry>> {
        let rows = inner!(self, inner => inner.journal(page))?;
        Ok(self.listed(rows))
    }

    async fn headlines(&mut self, page: Page<Place>) -> Result<Vec<Headline>> {
        let rows = inner!(self, inner => inner.headlines(page))?;
        Ok(self.listed(rows))
    }

    async fn entered(&mut self, place: Place) -> Result<Option<JournalEntry>> {
        inner!(self, inner => inner.entered(place))
    }

    async fn postings(&mut self, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        let mut rows = inner!(self, inner => inner.postings(page))?;
        if self.fault == Fault::DropsAPosting && rows.len() < page.limit {
            rows.pop();
        }
        Ok(self.listed(rows))
    }

    async fn postings_of(&mut self, member: &Id, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        let rows = inner!(self, inner => inner.postings_of(member, page))?;
        Ok(self.listed(rows))
    }

    async fn count_postings_of_members(&mut self) -> Result<u64> {
        inner!(self, inner => inner.count_postings_of_members())
    }

    async fn accounts(&mut self, page: Page<&str>) -> Result<Vec<(Id, Account)>> {
        // The second page is the first again; later ones are right, so that a reader comes to an end.
        let again = self.fault == Fault::GivesAPageTwice && page.limit == 1 && page.after == "ann";
        let page = if again { Page { after: "", ..page } } else { page };
        let rows = inner!(self, inner => inner.accounts(page))?;
        Ok(self.listed(rows))
    }

    async fn members_starting(&mut self, beginning: &str, page: Page<&str>) -> Result<Vec<Id>> {
        let rows = inner!(self, inner => inner.members_starting(beginning, page))?;
        Ok(self.listed(rows))
    }

    async fn shops(&mut self, city: Option<Region>, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account)>> {
        let rows = inner!(self, inner => inner.shops(city, page))?;
        Ok(self.listed(rows))
    }

    async fn days(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedDay>> {
        let rows = inner!(self, inner => inner.days(page))?;
        Ok(self.listed(rows))
    }

    async fn day_reports(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedReport>> {
        let rows = inner!(self, inner => inner.day_reports(page))?;
        Ok(self.listed(rows))
    }

    async fn report_so_far(&mut self) -> Result<(DayReport, DayReport)> {
        inner!(self, inner => inner.report_so_far())
    }

    async fn spending(&mut self, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account, Spending)>> {
        let rows = inner!(self, inner => inner.spending(page))?;
        Ok(self.listed(rows))
    }

    async fn rules(&mut self) -> Result<Vec<(Place, RuleSet)>> {
        inner!(self, inner => inner.rules())
    }

    async fn orders(&mut self, page: Page<&str>) -> Result<Vec<(Id, Order)>> {
        let rows = inner!(self, inner => inner.orders(page))?;
        Ok(self.listed(rows))
    }

    async fn orders_of(&mut self, merchant: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        let rows = inner!(self, inner => inner.orders_of(merchant, page))?;
        Ok(self.listed(rows))
    }

    async fn orders_ending(
        &mut self,
        merchant: &Id,
        ending: &str,
        among: usize,
        limit: usize,
    ) -> Result<Vec<(Id, Order)>> {
        let rows = inner!(self, inner => inner.orders_ending(merchant, ending, among, limit))?;
        Ok(self.listed(rows))
    }

    async fn orders_by(&mut self, buyer: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        let rows = inner!(self, inner => inner.orders_by(buyer, page))?;
        Ok(self.listed(rows))
    }

    async fn orders_for(&mut self, member: &Id, page: Page<(Option<Day>, i64)>) -> Result<Vec<(Id, Order)>> {
        let rows = inner!(self, inner => inner.orders_for(member, page))?;
        Ok(self.listed(rows))
    }

    async fn oldest_pending(&mut self) -> Result<Option<i64>> {
        inner!(self, inner => inner.oldest_pending())
    }

    async fn offers(&mut self, open: bool, page: Page<&str>) -> Result<Vec<(Id, Offer)>> {
        let rows = inner!(self, inner => inner.offers(open, page))?;
        Ok(self.listed(rows))
    }

    async fn board(&mut self, side: Side, page: Page<Option<&Id>>) -> Result<Option<Vec<(Id, Offer)>>> {
        let rows = inner!(self, inner => inner.board(side, page))?;
        Ok(rows.map(|rows| self.listed(rows)))
    }

    async fn offers_of(&mut self, owner: &Id, page: Page<&str>) -> Result<Vec<(Id, Offer)>> {
        let rows = inner!(self, inner => inner.offers_of(owner, page))?;
        Ok(self.listed(rows))
    }

    async fn trades(&mut self, member: Option<&Id>, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let rows = inner!(self, inner => inner.trades(member, page))?;
        Ok(self.listed(rows))
    }

    async fn trades_of(&mut self, member: &Id, page: Page<TradeCursor>) -> Result<Vec<(Id, Trade, Offer)>> {
        let rows = inner!(self, inner => inner.trades_of(member, page))?;
        Ok(self.listed(rows))
    }

    async fn paid_trades(&mut self, until: Day, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let rows = inner!(self, inner => inner.paid_trades(until, page))?;
        Ok(self.listed(rows))
    }

    async fn purchases(&mut self, page: Page<&str>) -> Result<Vec<(Id, Purchase)>> {
        let rows = inner!(self, inner => inner.purchases(page))?;
        Ok(self.listed(rows))
    }

    async fn purchases_of(&mut self, member: &Id, page: Page<i64>) -> Result<Vec<(Id, Purchase)>> {
        let rows = inner!(self, inner => inner.purchases_of(member, page))?;
        Ok(self.listed(rows))
    }

    async fn redemptions_of(
        &mut self,
        member: &Id,
        page: Page<Option<&Id>>,
    ) -> Result<Option<Vec<(Id, RedemptionRecord)>>> {
        let rows = inner!(self, inner => inner.redemptions_of(member, page))?;
        Ok(rows.map(|rows| self.listed(rows)))
    }

    async fn redemptions(&mut self, page: Page<&str>) -> Result<Vec<(Id, RedemptionRecord)>> {
        let rows = inner!(self, inner => inner.redemptions(page))?;
        Ok(self.listed(rows))
    }
}
