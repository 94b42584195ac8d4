//! What the two sides of an open trade write to each other, and their disputes. None of it is in the journal.
//!
//! Triggers of the database make the notes of a trade when it is taken, and delete them when it ends
//! (`0029_trades.sql`). This file only reads and changes them. So nothing can be written for a trade that has ended,
//! even if both happen at the same moment.

use std::collections::BTreeMap;

use gongxiang::identity::Id;
use sqlx::{AssertSqlSafe, FromRow};

use super::actions::{Deed, enter};
use super::store::{People, now};
use crate::limits::{STATEMENT_LENGTH_MAX, TRADE_NOTE_LENGTH_MAX};
use crate::transaction::begin;

/// A side of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Buyer,
    Seller,
}

impl Party {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
        }
    }
}

/// A text of one side about a trade, or about goods: no control characters, and none that change the direction of the text around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeText(String);

impl TradeText {
    /// A payee detail or a note of a payment; an empty one takes it back.
    #[must_use]
    pub fn note(text: &str) -> Option<Self> {
        Self::of(text, 0, TRADE_NOTE_LENGTH_MAX)
    }

    /// A statement in a dispute, or the operator's reason.
    #[must_use]
    pub fn statement(text: &str) -> Option<Self> {
        Self::of(text, 1, STATEMENT_LENGTH_MAX)
    }

    /// What an item is said to be; it may be empty.
    #[must_use]
    pub fn description(text: &str) -> Option<Self> {
        Self::of(text, 0, STATEMENT_LENGTH_MAX)
    }

    /// Where something is to be sent.
    #[must_use]
    pub fn address(text: &str) -> Option<Self> {
        Self::of(text, 1, TRADE_NOTE_LENGTH_MAX)
    }

    fn of(text: &str, least: usize, most: usize) -> Option<Self> {
        let text = text.trim();
        let is_sound = (least..=most).contains(&text.chars().count()) && !text.contains(is_refused);
        is_sound.then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, line and paragraph separators, and the marks of direction: with those an account number could be shown in
/// another order than it is copied.
fn is_refused(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What is noted of a living trade.
#[derive(Clone, Debug, FromRow)]
pub struct NotesRow {
    pub trade: String,
    /// Seconds since 1970, as all below.
    pub taken: i64,
    /// When the buyer reported the payment.
    pub paid: Option<i64>,
    /// Where the seller is paid.
    pub payee: String,
    /// The buyer's note of the payment.
    pub payment: String,
}

/// A dispute.
#[derive(Clone, Debug, FromRow)]
pub struct DisputeRow {
    pub trade: String,
    pub opened: i64,
    /// The [`Party`] that opened it.
    pub opener: String,
    /// The statement of the buyer.
    pub buyer: String,
    /// The statement of the seller.
    pub seller: String,
    /// The operator's, with the decision.
    pub reason: String,
    /// When the trade ended.
    pub ended: Option<i64>,
}

const DISPUTE: &str = "trade, opened, opener, buyer, seller, reason, ended";

impl People {
    /// The notes of those of these trades that live.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn trade_notes(&self, trades: &[&Id]) -> sqlx::Result<BTreeMap<String, NotesRow>> {
        let rows: Vec<NotesRow> = self.of_trades("trade, taken, paid, payee, payment FROM trade_notes", trades).await?;
        Ok(rows.into_iter().map(|row| (row.trade.clone(), row)).collect())
    }

    /// The disputes about these trades.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn disputes_of(&self, trades: &[&Id]) -> sqlx::Result<BTreeMap<String, DisputeRow>> {
        let rows: Vec<DisputeRow> = self.of_trades(&format!("{DISPUTE} FROM disputes"), trades).await?;
        Ok(rows.into_iter().map(|row| (row.trade.clone(), row)).collect())
    }

    async fn of_trades<R>(&self, columns: &str, trades: &[&Id]) -> sqlx::Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
    {
        if trades.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<_> = (1..=trades.len()).map(|number| format!("${number}")).collect();
        let sql = format!("SELECT {columns} WHERE trade IN ({})", places.join(", "));
        let query = sqlx::query_as(AssertSqlSafe(sql));
        trades.iter().fold(query, |query, trade| query.bind(trade.to_string())).fetch_all(&self.pool).await
    }

    /// Open disputes, oldest first, after the one that was opened at this moment about this trade.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open_disputes(&self, after: (i64, &str), limit: usize) -> sqlx::Result<Vec<DisputeRow>> {
        let sql = format!(
            "SELECT {DISPUTE} FROM disputes WHERE ended IS NULL AND (opened, trade) > ($1, $2) ORDER BY opened, trade LIMIT $3"
        );
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(after.0)
            .bind(after.1.to_owned())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
    }

    /// Writes where the seller is paid; `false` if the trade has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_payee(&self, trade: &Id, payee: &TradeText) -> sqlx::Result<bool> {
        self.note("UPDATE trade_notes SET payee = $1 WHERE trade = $2", trade, payee).await
    }

    /// Writes the buyer's note of the payment; `false` if the trade has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_payment_note(&self, trade: &Id, note: &TradeText) -> sqlx::Result<bool> {
        self.note("UPDATE trade_notes SET payment = $1 WHERE trade = $2", trade, note).await
    }

    async fn note(&self, sql: &'static str, trade: &Id, text: &TradeText) -> sqlx::Result<bool> {
        let query = sqlx::query(sql).bind(text.0.clone()).bind(trade.to_string());
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Enters the statement of one side, which opens the dispute if there is none; `false` if the trade is not `paid`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn dispute(&self, trade: &Id, party: Party, statement: &TradeText) -> sqlx::Result<bool> {
        let mut tx = begin(&self.pool).await?;
        // Takes the row, so that the trade does not end before the dispute is there.
        let paid = sqlx::query("UPDATE trade_notes SET paid = paid WHERE trade = $1 AND paid IS NOT NULL")
            .bind(trade.to_string())
            .execute(&mut *tx)
            .await?;
        if paid.rows_affected() == 0 {
            return Ok(false);
        }
        let side = party.as_str();
        let sql = format!(
            "INSERT INTO disputes (trade, opened, opener, {side}) VALUES ($1, $2, '{side}', $3)
             ON CONFLICT (trade) DO UPDATE SET {side} = excluded.{side}"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(trade.to_string())
            .bind(now())
            .bind(statement.0.clone())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps why the operator decided a trade: for both sides if there is a dispute, and in the actions. A decision that is `repeated`
    /// is not entered twice.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enter_decision(
        &self,
        trade: &Id,
        reason: &TradeText,
        actor: &str,
        repeated: bool,
    ) -> sqlx::Result<()> {
        let mut tx = begin(&self.pool).await?;
        let kept = sqlx::query("UPDATE disputes SET reason = $1 WHERE trade = $2 AND reason = ''")
            .bind(reason.0.clone())
            .bind(trade.to_string())
            .execute(&mut *tx)
            .await?;
        if kept.rows_affected() > 0 || !repeated {
            enter(&mut *tx, actor, Deed::TradeDecided, &format!("trade {trade}: {}", reason.0)).await?;
        }
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::TradeText;

    #[test]
    fn a_text_that_could_be_shown_otherwise_than_it_is_copied_is_refused() {
        for good in ["", "支付宝 138 0013 8000", "IBAN DE02 1203 0000 0000 2020 51", "微信 wx_id-1，备注“积分” 🙂"]
        {
            assert_eq!(TradeText::note(good).as_ref().map(TradeText::as_str), Some(good));
        }
        for bad in
            ["a\nb", "\u{202e}6543", "a\u{200f}", "a\u{2066}b", "a\u{200b}b", "a\u{7f}b", "a\u{feff}b", "a\u{2028}b"]
        {
            assert_eq!(TradeText::note(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_text_is_counted_in_characters() {
        assert!(TradeText::note(&"积".repeat(200)).is_some());
        assert!(TradeText::note(&"积".repeat(201)).is_none());
        assert!(TradeText::statement(&"积".repeat(500)).is_some());
        for bad in ["", "   "] {
            assert!(TradeText::statement(bad).is_none(), "{bad:?}");
        }
    }
}
