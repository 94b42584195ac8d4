//! Staff: people with names who work for the operator or in a shop.
//!
//! They sign in as members do: with a code one makes the first passkey, and a passkey opens a session (`sign_in.rs`).
//! Removing somebody ends all of these at once, and also the codes that the person made for others.

use gongxiang::identity::Id;
use serde::Serialize;
use sqlx::{AnyConnection, FromRow, Row as _, any::AnyRow};
use thiserror::Error;
use utoipa::ToSchema;

use super::actions::{Deed, enter};
use super::actor::Staff;
use super::holder::Holder;
use super::role::StaffRole;
use super::store::{People, no_secret, now, secret};
use crate::limits::{STAFF_MAX, STAFF_NAME_LENGTH_MAX};
use crate::transaction::begin;

/// Somebody of the staff, as in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StaffRow {
    #[serde(rename = "staff")]
    pub id: Id,
    pub name: String,
    pub role: StaffRole,
    /// The shop of an owner or a cashier.
    #[schema(required = true)]
    pub shop: Option<Id>,
    /// Seconds since 1970, as `ended`.
    pub since: i64,
    #[schema(required = true)]
    pub ended: Option<i64>,
}

/// Why somebody was not added.
#[derive(Debug, Error)]
pub enum StaffError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(
        "a name has 1 to {STAFF_NAME_LENGTH_MAX} characters, none of them a control character, and no space at its ends"
    )]
    Name,
    #[error("an owner or a cashier has a shop, and nobody else has one")]
    Shop,
    #[error("somebody of this name is there already")]
    Exists,
    #[error("there are {STAFF_MAX} already")]
    TooMany,
}

/// Somebody who is to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewStaff<'a> {
    pub name: &'a str,
    pub role: StaffRole,
    pub shop: Option<&'a Id>,
}

const COLUMNS: &str = "id, name, role, shop, since, ended";

impl FromRow<'_, AnyRow> for StaffRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let (id, role): (String, String) = (row.try_get("id")?, row.try_get("role")?);
        let shop: Option<String> = row.try_get("shop")?;
        let wrong = |column: &str| sqlx::Error::ColumnNotFound(column.into());
        Ok(Self {
            id: Id::parse(&id).ok_or_else(|| wrong("id"))?,
            name: row.try_get("name")?,
            role: StaffRole::parse(&role).ok_or_else(|| wrong("role"))?,
            shop: shop.map(|shop| Id::parse(&shop).ok_or_else(|| wrong("shop"))).transpose()?,
            since: row.try_get("since")?,
            ended: row.try_get("ended")?,
        })
    }
}

impl NewStaff<'_> {
    fn check(&self) -> Result<(), StaffError> {
        let length = self.name.chars().count();
        if !(1..=STAFF_NAME_LENGTH_MAX).contains(&length)
            || self.name.trim() != self.name
            || self.name.contains(char::is_control)
        {
            return Err(StaffError::Name);
        }
        if self.role.is_of_a_shop() == self.shop.is_some() { Ok(()) } else { Err(StaffError::Shop) }
    }
}

impl People {
    /// Adds somebody.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn add_staff(&self, new: NewStaff<'_>, actor: &str) -> Result<StaffRow, StaffError> {
        new.check()?;
        let NewStaff { name, role, shop } = new;
        let id = format!("s-{}", &secret().map_err(no_secret)?[..12]);
        let mut tx = begin(&self.pool).await?;
        let sql = format!(
            "INSERT INTO staff (id, name, role, shop, since) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING RETURNING {COLUMNS}"
        );
        let added: Option<StaffRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(id)
            .bind(name.to_owned())
            .bind(role.as_str())
            .bind(shop.map(Id::to_string))
            .bind(now())
            .fetch_optional(&mut *tx)
            .await?;
        let added = added.ok_or(StaffError::Exists)?;
        let count = sqlx::query("SELECT COUNT(*) FROM staff WHERE ended IS NULL AND COALESCE(shop, '') = $1")
            .bind(shop.map_or_else(String::new, Id::to_string))
            .fetch_one(&mut *tx)
            .await?;
        if count.try_get::<i64, _>(0)? > STAFF_MAX {
            return Err(StaffError::TooMany);
        }
        enter(&mut *tx, actor, Deed::StaffAdded, &added.title()).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Everybody who is there or was, by id: of one shop, or of the operator and all shops.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn staff(&self, shop: Option<&Id>, after: &str, limit: usize) -> sqlx::Result<Vec<StaffRow>> {
        let of_shop = if shop.is_some() { "shop = $3" } else { "$3 = ''" };
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE id > $1 AND {of_shop} ORDER BY id LIMIT $2");
        sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(after.to_owned())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(shop.map_or_else(String::new, Id::to_string))
            .fetch_all(&self.pool)
            .await
    }

    /// Those who are there and have this name or id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn staff_named(&self, name: &str) -> sqlx::Result<Vec<StaffRow>> {
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE ended IS NULL AND (name = $1 OR id = $1) ORDER BY id");
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(name.to_owned()).fetch_all(&self.pool).await
    }

    /// Somebody who is there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn one_of_staff(&self, id: &Id) -> sqlx::Result<Option<StaffRow>> {
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE id = $1 AND ended IS NULL");
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(&self.pool).await
    }

    /// Ends somebody: it is signed out and cannot sign in again. `false` if it is not there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_staff(&self, id: &Id, actor: &str) -> sqlx::Result<bool> {
        let mut tx = begin(&self.pool).await?;
        let sql = format!("UPDATE staff SET ended = $1 WHERE id = $2 AND ended IS NULL RETURNING {COLUMNS}");
        let ended: Option<StaffRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now()).bind(id.to_string()).fetch_optional(&mut *tx).await?;
        let Some(ended) = ended else { return Ok(false) };
        drop_access(&mut tx, &Holder::Staff(id.clone())).await?;
        enter(&mut *tx, actor, Deed::StaffEnded, &ended.title()).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Its passkeys, codes and sessions, and the codes that it made for others while it was signed in.
async fn drop_access(tx: &mut AnyConnection, holder: &Holder) -> sqlx::Result<()> {
    // Passkeys first and codes last, so that a sign-in or a code in progress is waited for.
    let passkeys: Vec<(String,)> = sqlx::query_as("DELETE FROM passkeys WHERE member = $1 RETURNING id")
        .bind(holder.to_string())
        .fetch_all(&mut *tx)
        .await?;
    for sql in ["DELETE FROM sessions WHERE member = $1", "DELETE FROM enrolments WHERE member = $1"] {
        sqlx::query(sql).bind(holder.to_string()).execute(&mut *tx).await?;
    }
    for (passkey,) in passkeys {
        sqlx::query("DELETE FROM enrolments WHERE passkey = $1").bind(passkey).execute(&mut *tx).await?;
    }
    Ok(())
}

impl StaffRow {
    /// Whom an action is about.
    #[must_use]
    pub fn title(&self) -> String {
        let shop = self.shop.as_ref().map_or_else(String::new, |shop| format!(" of {shop}"));
        format!("staff {} {} ({}{shop})", self.name, self.id, self.role.as_str())
    }
}

impl From<StaffRow> for Staff {
    fn from(StaffRow { id, name, role, shop, .. }: StaffRow) -> Self {
        Self { id, name, role, shop }
    }
}
