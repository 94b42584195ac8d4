//! The vouchers: lists, new codes, and handing out. Each statement that changes a voucher also checks its state, so a
//! change happens once.

use gongxiang::identity::{Day, Id};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::Goods;
use super::code::VoucherCode;
use crate::ledger::goods::Voucher;
use crate::ledger::store::Result;
use crate::ledger::store::sql::goods::{VOUCHER, VoucherColumns};
use crate::transaction::begin;

/// Which vouchers are listed; what is left out is not asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Which<'a> {
    pub member: Option<&'a Id>,
    pub item: Option<&'a Id>,
}

/// Who hands out a piece.
#[derive(Clone, Copy, Debug)]
pub struct HandOver<'a> {
    /// Where; nothing if the operator does it.
    pub shop: Option<&'a Id>,
    /// As in the journal.
    pub actor: &'a str,
    /// The hash of the request, so that its repetition is known.
    pub key: &'a str,
}

impl Goods {
    /// A voucher.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn voucher(&self, id: &Id) -> Result<Option<Voucher>> {
        Ok(self.one("id", id.as_str()).await?.map(|(_, voucher)| voucher))
    }

    /// The voucher of a code.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn voucher_of_code(&self, code: &VoucherCode) -> Result<Option<(Id, Voucher)>> {
        self.one("code", &code.hash()).await
    }

    async fn one(&self, column: &str, value: &str) -> Result<Option<(Id, Voucher)>> {
        let sql = format!("SELECT {VOUCHER} FROM vouchers WHERE {column} = $1");
        let row: Option<VoucherColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(value.to_owned()).fetch_optional(&self.pool).await?;
        row.map(VoucherColumns::read).transpose()
    }

    /// Vouchers before this place of the journal (`i64::MAX` for all), newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn vouchers(&self, which: Which<'_>, before: i64, limit: usize) -> Result<Vec<(Id, Voucher)>> {
        let wanted = [("member", which.member), ("item", which.item)];
        let wanted: Vec<_> = wanted.iter().filter_map(|(column, id)| Some((*column, (*id)?))).collect();
        let conditions: Vec<_> =
            (3..).zip(&wanted).map(|(number, (column, _))| format!(" AND {column} = ${number}")).collect();
        let conditions = conditions.concat();
        let sql = format!("SELECT {VOUCHER} FROM vouchers WHERE place < $1{conditions} ORDER BY place DESC LIMIT $2");
        let mut query = sqlx::query_as::<_, VoucherColumns>(AssertSqlSafe(sql))
            .bind(before)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        for (_, id) in wanted {
            query = query.bind(id.to_string());
        }
        query.fetch_all(&self.pool).await?.into_iter().map(VoucherColumns::read).collect()
    }

    /// Open vouchers whose last day is before this one, by it and by id, after such a pair.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn overdue(&self, today: Day, after: (&str, &str), limit: i64) -> Result<Vec<(Id, Voucher)>> {
        let sql = format!(
            "SELECT {VOUCHER} FROM vouchers WHERE state = 'open' AND until < $1 AND (until, id) > ($2, $3)
             ORDER BY until, id LIMIT $4"
        );
        let query = sqlx::query_as::<_, VoucherColumns>(AssertSqlSafe(sql))
            .bind(today.to_string())
            .bind(after.0.to_owned())
            .bind(after.1.to_owned())
            .bind(limit);
        query.fetch_all(&self.pool).await?.into_iter().map(VoucherColumns::read).collect()
    }

    /// Gives an open voucher a new code in place of the one before; `false` if it is not open any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew_code(&self, id: &Id, code: &VoucherCode) -> Result<bool> {
        let renewed = sqlx::query("UPDATE vouchers SET code = $1 WHERE id = $2 AND state = 'open'");
        Ok(renewed.bind(code.hash()).bind(id.to_string()).execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Hands out the piece of a voucher; `false` if it is not open any more, or has another code by now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hand_out(&self, id: &Id, voucher: &Voucher, by: HandOver<'_>) -> Result<bool> {
        let mut tx = begin(&self.pool).await?;
        // The voucher before the item, as in the ledger.
        let used = sqlx::query(
            "UPDATE vouchers SET state = 'used', deliver_to = NULL, ended = $1, ended_by = $2, shop = $3, used_key = $4
             WHERE id = $5 AND state = 'open' AND code = $6",
        )
        .bind(Timestamp::now().as_second())
        .bind(by.actor.to_owned())
        .bind(by.shop.map(Id::to_string))
        .bind(by.key.to_owned())
        .bind(id.to_string())
        .bind(voucher.code.clone())
        .execute(&mut *tx)
        .await?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("UPDATE goods SET reserved = reserved - 1, handed_out = handed_out + 1 WHERE id = $1")
            .bind(voucher.item.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}
