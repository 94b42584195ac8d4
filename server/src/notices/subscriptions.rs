//! The subscriptions: which member wants to be told, of what, and by which channel.

use std::collections::BTreeSet;

use gongxiang::identity::Id;
use gongxiang_words::Language;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Notices;
use super::kind::{NoticeKind, read, stored};
use crate::limits::{CONSENTS_MAX, SUBSCRIPTIONS_MAX};
use crate::transaction::begin;

/// The way on which notices go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeChannel)]
pub enum Channel {
    /// Web Push, to a browser.
    Push,
    /// 订阅消息 of a mini-program, one for each consent.
    #[serde(rename = "wechat")]
    WeChat,
    /// By the operator's gateway.
    Email,
    /// The same, to the telephone number of the profile.
    Sms,
}

impl Channel {
    pub const ALL: [Self; 4] = [Self::Push, Self::WeChat, Self::Email, Self::Sms];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::WeChat => "wechat",
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub channel: Channel,
    /// The endpoint, the openid or the address for e-mail.
    pub address: String,
    /// Of a browser.
    pub secrets: String,
    pub kinds: BTreeSet<NoticeKind>,
    pub language: Language,
    /// Whether the member has just consented to one message of `WeChat`.
    pub consent: bool,
}

/// A subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub id: String,
    pub channel: Channel,
    pub address: String,
    pub kinds: BTreeSet<NoticeKind>,
    pub language: Language,
    /// Messages that `WeChat` still takes.
    pub consents: i64,
    /// Seconds since 1970.
    pub made: i64,
    /// Why the last message failed; empty if it did not.
    pub trouble: String,
}

#[derive(sqlx::FromRow)]
struct SubscriptionRow {
    id: String,
    channel: String,
    address: String,
    kinds: String,
    language: String,
    consents: i64,
    made: i64,
    trouble: String,
}

const COLUMNS: &str = "id, channel, address, kinds, language, consents, made, trouble";

impl SubscriptionRow {
    fn read(self) -> sqlx::Result<Subscription> {
        let Self { id, channel, address, kinds, language, consents, made, trouble } = self;
        let wrong = || sqlx::Error::Decode(format!("the subscription `{id}` is not one of ours").into());
        let channel = Channel::parse(&channel).ok_or_else(wrong)?;
        let language = language_of(&language).ok_or_else(wrong)?;
        Ok(Subscription { channel, kinds: read(&kinds), language, address, consents, made, trouble, id })
    }
}

#[must_use]
pub const fn language_code(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh",
    }
}

#[must_use]
pub fn language_of(code: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language_code(*language) == code)
}

impl Notices {
    /// A member's subscriptions, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn subscriptions(&self, member: &Id) -> sqlx::Result<Vec<Subscription>> {
        let sql = format!("SELECT {COLUMNS} FROM subscriptions WHERE member = $1 ORDER BY made, id");
        let rows: Vec<SubscriptionRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(member.to_string()).fetch_all(&self.pool).await?;
        rows.into_iter().map(SubscriptionRow::read).collect()
    }

    /// Stores a subscription. The member's own for the same address is replaced and keeps its id; another member's for the same browser
    /// or account of `WeChat` ends, because somebody else uses it now. `None` if the member has too many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn subscribe(&self, member: &Id, wish: &Wish) -> sqlx::Result<Option<Subscription>> {
        let mut tx = begin(&self.pool).await?;
        if matches!(wish.channel, Channel::Push | Channel::WeChat) {
            sqlx::query("DELETE FROM subscriptions WHERE channel = $1 AND address = $2 AND member <> $3")
                .bind(wish.channel.as_str())
                .bind(wish.address.clone())
                .bind(member.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let sql = format!(
            "UPDATE subscriptions SET secrets = $1, kinds = $2, language = $3, failures = 0, due = 0, trouble = '',
                 consents = CASE WHEN consents + $4 > {CONSENTS_MAX} THEN {CONSENTS_MAX} ELSE consents + $4 END
             WHERE channel = $5 AND address = $6 AND member = $7 RETURNING {COLUMNS}"
        );
        let old: Option<SubscriptionRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(wish.secrets.clone())
            .bind(stored(&wish.kinds))
            .bind(language_code(wish.language))
            .bind(i64::from(wish.consent))
            .bind(wish.channel.as_str())
            .bind(wish.address.clone())
            .bind(member.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let row = if let Some(old) = old { Some(old) } else { insert(&mut tx, member, wish).await? };
        if row.is_some() {
            tx.commit().await?;
        }
        row.map(SubscriptionRow::read).transpose()
    }

    /// Changes what a member's subscription is for; `None` if it has no such subscription.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn change_subscription(
        &self,
        member: &Id,
        id: &str,
        kinds: &BTreeSet<NoticeKind>,
        language: Language,
    ) -> sqlx::Result<Option<Subscription>> {
        let sql = format!(
            "UPDATE subscriptions SET kinds = $1, language = $2 WHERE id = $3 AND member = $4 RETURNING {COLUMNS}"
        );
        let mut tx = begin(&self.pool).await?;
        let row: Option<SubscriptionRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(stored(kinds))
            .bind(language_code(language))
            .bind(id.to_owned())
            .bind(member.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        // What waits and is no longer wanted is not sent either.
        sqlx::query("DELETE FROM notice_sends WHERE subscription = $1 AND $2 NOT LIKE '%,' || kind || ',%'")
            .bind(row.as_ref().map(|row| row.id.clone()).unwrap_or_default())
            .bind(stored(kinds))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        row.map(SubscriptionRow::read).transpose()
    }

    /// Counts one more consent of `WeChat`; `None` if the member has no such subscription.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn consent(&self, member: &Id, id: &str) -> sqlx::Result<Option<Subscription>> {
        let sql = format!(
            "UPDATE subscriptions SET consents = CASE WHEN consents < {CONSENTS_MAX} THEN consents + 1 ELSE consents END
             WHERE id = $1 AND member = $2 AND channel = 'wechat' RETURNING {COLUMNS}"
        );
        let row: Option<SubscriptionRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(id.to_owned())
            .bind(member.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.map(SubscriptionRow::read).transpose()
    }

    /// Ends a member's subscription, with what waits for it; `false` if it has no such subscription.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unsubscribe(&self, member: &Id, id: &str) -> sqlx::Result<bool> {
        let ended = sqlx::query("DELETE FROM subscriptions WHERE id = $1 AND member = $2")
            .bind(id.to_owned())
            .bind(member.to_string())
            .execute(&self.pool)
            .await?;
        Ok(ended.rows_affected() > 0)
    }
}

/// A new one; `None` if the member has too many.
async fn insert(tx: &mut sqlx::AnyConnection, member: &Id, wish: &Wish) -> sqlx::Result<Option<SubscriptionRow>> {
    let random = getrandom::u64().map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
    let sql = format!(
        "INSERT INTO subscriptions (id, member, channel, address, secrets, kinds, language, consents, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}"
    );
    let row: SubscriptionRow = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(format!("s-{random:016x}"))
        .bind(member.to_string())
        .bind(wish.channel.as_str())
        .bind(wish.address.clone())
        .bind(wish.secrets.clone())
        .bind(stored(&wish.kinds))
        .bind(language_code(wish.language))
        .bind(i64::from(wish.consent))
        .bind(Timestamp::now().as_second())
        .fetch_one(&mut *tx)
        .await?;
    let (all,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM subscriptions WHERE member = $1")
        .bind(member.to_string())
        .fetch_one(&mut *tx)
        .await?;
    Ok(Some(row).filter(|_| all <= SUBSCRIPTIONS_MAX))
}
