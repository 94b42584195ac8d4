//! Opens the shop of an approved application as soon as pack and deposit are there, by the ordinary event
//! `merchant.opened`.
//!
//! The approval is stored first ([`crate::people::applications`]). The event has no idempotency key and needs none: a
//! shop that is open already is refused with `merchant_exists`, and that is the same outcome. So a process may stop at
//! any moment, and several may look at the same applications.

use anyhow::{Context as _, Result};
use gongxiang::book::{Account, Excerpt};
use gongxiang::event::Code;
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::{OutOfRange, Points};
use tokio::sync::watch;

use crate::ledger::group::{Denial, Request};
use crate::ledger::journal;
use crate::ledger::needs::Needs;
use crate::ledger::queue::Ledger;
use crate::limits::{APPROVED_AT_ONCE, APPROVED_LOOK_EVERY};
use crate::people::applications::{ApplicationRow, ApplicationState};
use crate::people::store::People;
use crate::shutdown::ended;

/// What the books still want before a member may open a shop (RULES.md section 4, `merchant.opened`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanting {
    /// The merchant pack.
    pub pack: bool,
    /// Points of the deposit at today's price.
    pub points: Points,
    /// The member is frozen.
    pub frozen: bool,
}

impl Wanting {
    /// What is wanting of this account; `None` if it has a shop.
    ///
    /// # Errors
    /// If the account was settled later than the book.
    pub fn of(account: &Account, book: &Excerpt) -> Result<Option<Self>, OutOfRange> {
        if account.shop.is_some() {
            return Ok(None);
        }
        let deposit = book.rules.merchant_deposit.points_ceil(book.head.price)?;
        let points = account.state(&book.head.release, &book.ended)?.points;
        let points = if points < deposit { deposit.minus(points)? } else { Points::ZERO };
        Ok(Some(Self { pack: !account.merchant_pack, points, frozen: account.frozen }))
    }

    #[must_use]
    pub fn is_nothing(self) -> bool {
        !self.pack && self.points.is_zero() && !self.frozen
    }
}

/// Opens shops now and then, until `end` says so.
pub async fn keep_on(ledger: Ledger, people: People, mut end: watch::Receiver<bool>) {
    loop {
        let turn = async {
            if let Err(error) = open_approved(&ledger, &people).await {
                tracing::warn!(%error, "shops of approved applications could not be opened; trying again");
            }
            tokio::time::sleep(APPROVED_LOOK_EVERY).await;
        };
        tokio::select! {
            () = turn => {}
            () = ended(&mut end) => return,
        }
    }
}

/// Opens every shop that can be opened; answers with how many it was.
///
/// # Errors
/// If the database does not answer.
pub async fn open_approved(ledger: &Ledger, people: &People) -> Result<usize> {
    let (mut after, mut opened) = (0, 0);
    loop {
        let rows = people.approved_applications(after, APPROVED_AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok(opened) };
        after = last.id;
        let members = rows.iter().filter_map(|row| Id::parse(&row.member)).collect();
        let book = ledger.read().await?.load(&Needs { members, ..Needs::default() }).await?.excerpt;
        for row in &rows {
            opened += usize::from(open(ledger, people, row, &book).await?);
        }
    }
}

/// Opens one, if the books want nothing; whether it is open now. `book` has its member.
///
/// # Errors
/// If the database does not answer.
pub async fn open(ledger: &Ledger, people: &People, row: &ApplicationRow, book: &Excerpt) -> Result<bool> {
    let (Some(member), Some(region)) = (Id::parse(&row.member), Region::parse(&row.region)) else { return Ok(false) };
    let Some(account) = book.accounts.get(&member).filter(|_| row.state() == ApplicationState::Approved) else {
        return Ok(false);
    };
    match Wanting::of(account, book)? {
        None => {}
        Some(wanting) if wanting.is_nothing() => {
            people.name_shop(row, &member).await?;
            if !settle(ledger, row, &member, region).await? {
                return Ok(false);
            }
        }
        Some(_) => return Ok(false),
    }
    people.shop_opened(row.id).await?;
    Ok(true)
}

/// Settles the event in the name of who approved it; `false` if the books want something by now.
async fn settle(ledger: &Ledger, row: &ApplicationRow, member: &Id, region: Region) -> Result<bool> {
    let event = format!(r#"{{"type":"merchant.opened","member":"{member}","region":"{region}"}}"#);
    let line = journal::parse(event.as_bytes()).context("cannot be")?;
    let actor = row.decider.as_deref().unwrap_or("scheduler").into();
    match ledger.settle_one(Request { line, key: None, actor, guard: None }).await?.outcome {
        Ok(_) => Ok(true),
        Err(Denial::Refused(refusal)) if refusal.code == Code::MerchantExists => Ok(true),
        Err(denial) => {
            tracing::info!(application = row.id, %denial, "an approved shop is not opened yet");
            Ok(false)
        }
    }
}
