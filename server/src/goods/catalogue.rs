//! The items and their pictures. The statement that changes an item's stock also checks how many pieces members hold,
//! so the stock is never lower than that.

use gongxiang::identity::{Day, Id};
use sqlx::{AssertSqlSafe, FromRow, Row as _};

use super::Goods;
use super::picture::PictureFormat;
use crate::ledger::goods::{StockedItem, Terms};
use crate::ledger::store::sql::goods::{ITEM, ItemColumns};
use crate::ledger::store::{Result, differs};
use crate::limits::GOODS_MAX;
use crate::text::{fingerprint, json};
use crate::transaction::begin;

/// An item of the catalogue.
#[derive(Clone, Debug)]
pub struct CatalogueItem {
    pub id: Id,
    pub item: StockedItem,
    /// The hash of its picture.
    pub picture: Option<String>,
}

/// What came of writing an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Added,
    Changed,
    /// Members have so many pieces, or wait for them.
    StockReserved(i64),
    TooMany,
}

#[derive(FromRow)]
struct Columns {
    #[sqlx(flatten)]
    item: ItemColumns,
    picture: Option<String>,
}

impl Columns {
    fn read(self) -> Result<CatalogueItem> {
        let (id, item) = self.item.read()?;
        Ok(CatalogueItem { id, item, picture: self.picture })
    }
}

impl Goods {
    /// Items by id; only those that are offered on a day, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn items(&self, offered: Option<Day>, after: &str, limit: usize) -> Result<Vec<CatalogueItem>> {
        let offered = offered.map(|day| day.to_string()).unwrap_or_default();
        let sql = format!(
            "SELECT {ITEM}, picture FROM goods
             WHERE id > $1 AND ($2 = '' OR (withdrawn = 0 AND first_day <= $2 AND last_day >= $2)) ORDER BY id LIMIT $3"
        );
        let rows: Vec<Columns> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(after.to_owned())
            .bind(offered)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(Columns::read).collect()
    }

    /// An item.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn item(&self, id: &Id) -> Result<Option<CatalogueItem>> {
        let sql = format!("SELECT {ITEM}, picture FROM goods WHERE id = $1");
        let row: Option<Columns> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(&self.pool).await?;
        row.map(Columns::read).transpose()
    }

    /// Adds an item, or changes it; one that was withdrawn is offered again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn write_item(&self, id: &Id, terms: &Terms, stock: i64) -> Result<Written> {
        let first = terms.from.map(|day| day.to_string()).unwrap_or_default();
        let last = terms.until.map_or("9999-12-31".to_owned(), |day| day.to_string());
        let changed = sqlx::query(
            "UPDATE goods SET content = $1, first_day = $2, last_day = $3, stock = $4, withdrawn = 0
             WHERE id = $5 AND reserved + handed_out <= $4",
        );
        let changed = changed.bind(json(terms)).bind(first.clone()).bind(last.clone()).bind(stock).bind(id.to_string());
        if changed.execute(&self.pool).await?.rows_affected() > 0 {
            return Ok(Written::Changed);
        }
        let (items,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM goods").fetch_one(&self.pool).await?;
        if items < GOODS_MAX {
            // Somebody else may add it at this moment.
            let added = sqlx::query(
                "INSERT INTO goods (id, content, first_day, last_day, stock) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (id) DO UPDATE SET content = excluded.content, first_day = excluded.first_day,
                     last_day = excluded.last_day, stock = excluded.stock, withdrawn = 0
                 WHERE goods.reserved + goods.handed_out <= excluded.stock",
            );
            let added = added.bind(id.to_string()).bind(json(terms)).bind(first).bind(last).bind(stock);
            if added.execute(&self.pool).await?.rows_affected() > 0 {
                return Ok(Written::Added);
            }
        }
        let taken = self.item(id).await?.map(|known| known.item.reserved + known.item.handed_out);
        Ok(taken.map_or(Written::TooMany, Written::StockReserved))
    }

    /// Offers an item no longer; vouchers for it stay as they are. `false` if there is no such item.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn withdraw(&self, id: &Id) -> Result<bool> {
        let withdrawn = sqlx::query("UPDATE goods SET withdrawn = 1 WHERE id = $1").bind(id.to_string());
        Ok(withdrawn.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Gives an item a picture in place of the one before; answers with its hash, or nothing if there is no such item.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_picture(&self, id: &Id, format: PictureFormat, content: &[u8]) -> Result<Option<String>> {
        let hash = fingerprint(content);
        let mut tx = begin(&self.pool).await?;
        let given = sqlx::query("UPDATE goods SET picture = $1 WHERE id = $2").bind(hash.clone()).bind(id.to_string());
        if given.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query(
            "INSERT INTO pictures (hash, format, content) VALUES ($1, $2, $3)
             ON CONFLICT (hash) DO UPDATE SET format = excluded.format",
        )
        .bind(hash.clone())
        .bind(format.media_type())
        .bind(content.to_vec())
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM pictures WHERE hash NOT IN (SELECT picture FROM goods WHERE picture IS NOT NULL)")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(hash))
    }

    /// A picture by its hash.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn picture(&self, hash: &str) -> Result<Option<(PictureFormat, Vec<u8>)>> {
        let sql = "SELECT format, content FROM pictures WHERE hash = $1";
        let Some(row) = sqlx::query(sql).bind(hash.to_owned()).fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let (format, content): (String, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        let wrong = || differs(format!("`{format}` is no format of a picture"));
        Ok(Some((PictureFormat::of_media_type(&format).ok_or_else(wrong)?, content)))
    }
}
