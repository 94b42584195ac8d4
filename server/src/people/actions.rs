//! The changes that are not events, and who made them: keys, codes, staff, profiles, webhooks, the reasons of decided
//! trades. They contain no secrets.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{Any, Executor};
use utoipa::ToSchema;

use super::store::People;

/// The actor of what is done on the command line.
pub const COMMAND_LINE: &str = "command line";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    KeyAdded,
    KeyRevoked,
    CodeMade,
    AccessEnded,
    StaffAdded,
    StaffEnded,
    ProfileWritten,
    ProfileErased,
    PresetWritten,
    WebhookAdded,
    WebhookRemoved,
    WebhookSecretChanged,
    TradeDecided,
    ItemWritten,
    ItemWithdrawn,
    PictureWritten,
    ProposalMade,
    ProposalApproved,
    ProposalDeclined,
    RulesAnnounced,
    RulesWithdrawn,
    ApplicationApproved,
    ApplicationDeclined,
}

impl Deed {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyAdded => "key.added",
            Self::KeyRevoked => "key.revoked",
            Self::CodeMade => "code.made",
            Self::AccessEnded => "access.ended",
            Self::StaffAdded => "staff.added",
            Self::StaffEnded => "staff.ended",
            Self::ProfileWritten => "profile.written",
            Self::ProfileErased => "profile.erased",
            Self::PresetWritten => "preset.written",
            Self::WebhookAdded => "webhook.added",
            Self::WebhookRemoved => "webhook.removed",
            Self::WebhookSecretChanged => "webhook.secret_changed",
            Self::TradeDecided => "trade.decided",
            Self::ItemWritten => "item.written",
            Self::ItemWithdrawn => "item.withdrawn",
            Self::PictureWritten => "picture.written",
            Self::ProposalMade => "proposal.made",
            Self::ProposalApproved => "proposal.approved",
            Self::ProposalDeclined => "proposal.declined",
            Self::RulesAnnounced => "rules.announced",
            Self::RulesWithdrawn => "rules.withdrawn",
            Self::ApplicationApproved => "application.approved",
            Self::ApplicationDeclined => "application.declined",
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::FromRow)]
pub struct ActionRow {
    /// In their order.
    #[serde(skip)]
    pub id: i64,
    pub at: String,
    pub actor: String,
    pub deed: String,
    pub subject: String,
}

/// Enters one, in the transaction that does it if there is one.
pub(super) async fn enter<'c>(
    at: impl Executor<'c, Database = Any>,
    actor: &str,
    deed: Deed,
    subject: &str,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO actions (at, actor, deed, subject) VALUES ($1, $2, $3, $4)")
        .bind(Timestamp::now().to_string())
        .bind(actor.to_owned())
        .bind(deed.as_str())
        .bind(subject.to_owned())
        .execute(at)
        .await?;
    Ok(())
}

impl People {
    /// Enters what was done.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enter_action(&self, actor: &str, deed: Deed, subject: &str) -> sqlx::Result<()> {
        enter(&self.pool, actor, deed, subject).await
    }

    /// Actions before this one (`i64::MAX` for all), newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn actions(&self, before: i64, limit: usize) -> sqlx::Result<Vec<ActionRow>> {
        sqlx::query_as("SELECT id, at, actor, deed, subject FROM actions WHERE id < $1 ORDER BY id DESC LIMIT $2")
            .bind(before)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
    }
}
