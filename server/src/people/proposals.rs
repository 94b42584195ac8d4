//! Commands that wait for a second person. The statement that decides a proposal changes its row only if it still
//! waits, so two people decide it once, however many processes there are. The event is settled under the key of the
//! command, so it is settled once.

use gongxiang::event::Kind;
use gongxiang::identity::{Day, Id};
use sqlx::{AssertSqlSafe, FromRow};

use super::actions::{Deed, enter};
use super::store::{People, now};
use super::trades::TradeText;
use crate::limits::{PROPOSAL_SECONDS, PROPOSALS_MAX};
use crate::transaction::begin;

/// What stands in the journal between who proposed an event and who approved it.
pub const APPROVED_BY: &str = ", approved by ";

/// A command to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewProposal<'a> {
    /// Whose idempotency key it is, the key under which it is settled, and the hash of what was sent with it.
    pub owner: &'a str,
    pub key: &'a str,
    pub fingerprint: &'a str,
    pub kind: Kind,
    /// The event, as the journal will have it.
    pub event: &'a str,
    /// The codes of the red flags that are accepted with it, as a list in JSON.
    pub flags: &'a str,
    /// The fingerprint of the rules that it changes, if it says so.
    pub based_on: Option<&'a str>,
    /// Who of the staff proposes it.
    pub staff: Option<&'a Id>,
    /// The same, as in the journal.
    pub actor: &'a str,
    /// The first day on which new rules hold, if they are to be announced.
    pub begins: Option<Day>,
}

/// A command that was kept.
#[derive(Clone, Debug, FromRow)]
pub struct ProposalRow {
    pub id: i64,
    pub owner: String,
    pub request_key: String,
    pub fingerprint: String,
    pub kind: String,
    pub event: String,
    pub flags: String,
    pub based_on: Option<String>,
    pub staff: Option<String>,
    pub actor: String,
    /// Seconds since 1970, as all below.
    pub proposed: i64,
    pub expires: i64,
    pub state: String,
    pub decider: Option<String>,
    pub decided: Option<i64>,
    pub reason: Option<String>,
    pub code: Option<String>,
    pub begins: Option<String>,
}

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalState {
    Waiting,
    /// Approved, and neither settled nor refused yet: whoever approves it again goes on.
    Approved,
    Settled,
    /// The rules refused it when it was approved.
    Refused,
    Declined,
    /// Nobody decided in time.
    Expired,
}

/// Whether a command was kept.
#[derive(Clone, Debug)]
pub enum Proposing {
    Kept(ProposalRow),
    /// It was kept before.
    Known(ProposalRow),
    /// Too many wait.
    TooMany,
}

/// Which proposals are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    /// Those that can still be decided.
    Open,
}

const COLUMNS: &str = "id, owner, request_key, fingerprint, kind, event, flags, based_on, staff, actor, proposed, expires, state, decider, decided, \
                       reason, code, begins";

impl ProposalState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Settled => "settled",
            Self::Refused => "refused",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }
}

impl ProposalRow {
    #[must_use]
    pub fn state(&self) -> ProposalState {
        match self.state.as_str() {
            "approved" => ProposalState::Approved,
            "settled" => ProposalState::Settled,
            "refused" => ProposalState::Refused,
            "declined" => ProposalState::Declined,
            _ if self.expires <= now() => ProposalState::Expired,
            _ => ProposalState::Waiting,
        }
    }

    /// Whom an action is about.
    fn title(&self) -> String {
        format!("proposal {} ({})", self.id, self.kind)
    }
}

impl People {
    /// Keeps a command. One that was kept under this key before is answered as it is now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn propose(&self, new: NewProposal<'_>) -> sqlx::Result<Proposing> {
        let mut tx = begin(&self.pool).await?;
        let sql = format!(
            "INSERT INTO proposals (owner, request_key, fingerprint, kind, event, flags, staff, actor, proposed, expires, based_on, begins)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING {COLUMNS}"
        );
        let kept: Option<ProposalRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(new.owner.to_owned())
            .bind(new.key.to_owned())
            .bind(new.fingerprint.to_owned())
            .bind(new.kind.as_str())
            .bind(new.event.to_owned())
            .bind(new.flags.to_owned())
            .bind(new.staff.map(Id::to_string))
            .bind(new.actor.to_owned())
            .bind(now())
            .bind(now().saturating_add(PROPOSAL_SECONDS))
            .bind(new.based_on.map(str::to_owned))
            .bind(new.begins.map(|day| day.to_string()))
            .fetch_optional(&mut *tx)
            .await?;
        let Some(kept) = kept else {
            tx.rollback().await?;
            let known = self.proposal_of(new.owner, new.key).await?;
            return known.map(Proposing::Known).ok_or(sqlx::Error::RowNotFound);
        };
        let open = "SELECT COUNT(*) FROM proposals WHERE state IN ('waiting', 'approved') AND expires > $1";
        let (open,): (i64,) = sqlx::query_as(open).bind(now()).fetch_one(&mut *tx).await?;
        if open > PROPOSALS_MAX {
            return Ok(Proposing::TooMany);
        }
        enter(&mut *tx, new.actor, Deed::ProposalMade, &kept.title()).await?;
        tx.commit().await?;
        Ok(Proposing::Kept(kept))
    }

    /// The proposal under a key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn proposal_of(&self, owner: &str, key: &str) -> sqlx::Result<Option<ProposalRow>> {
        let sql = format!("SELECT {COLUMNS} FROM proposals WHERE owner = $1 AND request_key = $2");
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(owner.to_owned()).bind(key.to_owned());
        query.fetch_optional(&self.pool).await
    }

    /// The proposal with a number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn proposal(&self, id: i64) -> sqlx::Result<Option<ProposalRow>> {
        let sql = format!("SELECT {COLUMNS} FROM proposals WHERE id = $1");
        sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.pool).await
    }

    /// Proposals before this one (`i64::MAX` for all), newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn proposals(&self, which: Which, before: i64, limit: usize) -> sqlx::Result<Vec<ProposalRow>> {
        let open = match which {
            Which::All => "$2 = $2",
            Which::Open => "(state = 'approved' OR (state = 'waiting' AND expires > $2))",
        };
        let sql = format!("SELECT {COLUMNS} FROM proposals WHERE id < $1 AND {open} ORDER BY id DESC LIMIT $3");
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(before)
            .bind(now())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
    }

    /// Takes the decision to settle it; `false` if it does not wait any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn approve(&self, proposal: &ProposalRow, actor: &str) -> sqlx::Result<bool> {
        self.decide(proposal, actor, None).await
    }

    /// Takes the decision not to settle it; `false` if it does not wait any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn decline(&self, proposal: &ProposalRow, actor: &str, reason: &TradeText) -> sqlx::Result<bool> {
        self.decide(proposal, actor, Some(reason.as_str())).await
    }

    async fn decide(&self, proposal: &ProposalRow, actor: &str, reason: Option<&str>) -> sqlx::Result<bool> {
        let mut tx = begin(&self.pool).await?;
        let state = if reason.is_some() { ProposalState::Declined } else { ProposalState::Approved };
        let decided = sqlx::query(
            "UPDATE proposals SET state = $1, decider = $2, decided = $3, reason = $4
             WHERE id = $5 AND state = 'waiting' AND expires > $3",
        )
        .bind(state.as_str())
        .bind(actor.to_owned())
        .bind(now())
        .bind(reason.map(str::to_owned))
        .bind(proposal.id)
        .execute(&mut *tx)
        .await?;
        if decided.rows_affected() == 0 {
            return Ok(false);
        }
        let (deed, subject) = match reason {
            None => (Deed::ProposalApproved, proposal.title()),
            Some(reason) => (Deed::ProposalDeclined, format!("{}: {reason}", proposal.title())),
        };
        enter(&mut *tx, actor, deed, &subject).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps what became of an approved proposal: settled, or refused with this code.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn conclude(&self, id: i64, code: Option<&str>) -> sqlx::Result<()> {
        let state = if code.is_some() { ProposalState::Refused } else { ProposalState::Settled };
        sqlx::query("UPDATE proposals SET state = $1, code = $2 WHERE id = $3 AND state = 'approved'")
            .bind(state.as_str())
            .bind(code.map(str::to_owned))
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
