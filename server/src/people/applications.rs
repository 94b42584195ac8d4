//! Applications to open a shop: what a member writes, and what the operator decided. None of it is in the journal.
//!
//! The statement of each step changes the row only if it is in the state before. So an application is decided once,
//! however many people and processes there are. An approval is stored before the shop is opened; if the server stops in
//! between, [`crate::admission`] opens the shop later.

use gongxiang::identity::{Id, Region};
use gongxiang::wire::profile::{Category, Profile};
use jiff::Timestamp;
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

use super::actions::{Deed, enter};
use super::profile_text::{CheckedProfile, TextError, contact, licence};
use super::profiles::{ProfilePart, write};
use super::store::{People, now};
use super::trades::TradeText;
use crate::limits::{
    APPLICATION_CHANGES_MAX, APPLICATION_DAY_SECONDS, APPLICATION_HOLDS_SECONDS, APPLICATIONS_PER_DAY,
};
use crate::transaction::begin;

/// What a member says of the shop that it wants to open.
#[derive(Clone, Debug)]
pub struct ApplicationText {
    pub region: Region,
    pub shop_name: String,
    pub address: String,
    pub category: Category,
    /// Whom the operator asks for.
    pub contact: String,
    pub phone: String,
    pub licence: String,
}

/// The same, checked and in its stored form.
#[derive(Clone, Debug)]
pub struct CheckedApplication {
    region: Region,
    shop: CheckedProfile,
    contact: String,
    phone: String,
    licence: String,
}

impl CheckedApplication {
    /// Brings the texts into their stored form: those of a profile, and the number of a licence.
    ///
    /// # Errors
    /// The first field that is refused, and why.
    pub fn of(text: ApplicationText) -> Result<Self, (&'static str, TextError)> {
        let ApplicationText { region, shop_name, address, category, contact: person, phone, licence: number } = text;
        let (shop_name, address, category) = (Some(shop_name), Some(address), Some(category));
        let shop = CheckedProfile::of(Profile { name: None, shop_name, address, category, phone: None })?;
        let (contact, phone) = contact(&person, &phone)?;
        let licence = licence(&number).map_err(|error| ("licence", error))?;
        Ok(Self { region, shop, contact, phone, licence })
    }
}

/// An application as it is kept. The texts are nothing once the member erased its profile.
#[derive(Clone, Debug, FromRow)]
pub struct ApplicationRow {
    pub id: i64,
    pub member: String,
    pub region: String,
    pub shop_name: Option<String>,
    pub address: Option<String>,
    pub category: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    pub licence: Option<String>,
    /// Seconds since 1970, as `decided`.
    pub applied: i64,
    /// How often it was changed.
    pub changes: i64,
    state: String,
    pub decider: Option<String>,
    pub decided: Option<i64>,
    pub reason: Option<String>,
}

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationState {
    Waiting,
    /// Approved, and the shop is not open yet: pack or points are missing.
    Approved,
    /// The shop was opened.
    Opened,
    Declined,
    /// The member took it back, or erased its profile.
    Withdrawn,
}

/// The result of writing an application.
#[derive(Clone, Debug)]
pub enum Applying {
    Stored(Box<ApplicationRow>),
    /// The member has one that is open.
    Open,
    /// It is decided or withdrawn.
    Decided,
    /// Too many within a day, or too many changes; with the limit.
    TooMany(i64),
    /// Another shop's name looks like this one's.
    ShopNameTaken,
}

/// The result of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deciding {
    Done,
    /// It was decided or withdrawn before.
    Decided,
    /// The member changed it since it was read.
    Changed,
}

const COLUMNS: &str = "id, member, region, shop_name, address, category, contact, phone, licence, applied, changes, state, decider, \
                       decided, reason";

impl ApplicationState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Approved, Self::Opened, Self::Declined, Self::Withdrawn];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Opened => "opened",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the shop may still come of it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Approved)
    }
}

impl ApplicationRow {
    #[must_use]
    pub fn state(&self) -> ApplicationState {
        // The table takes no other.
        ApplicationState::parse(&self.state).unwrap_or(ApplicationState::Withdrawn)
    }

    /// Whom an action is about. Actions stay when a profile is erased, so it says nothing that the application said.
    fn title(&self) -> String {
        format!("application {} of {}", self.id, self.member)
    }

    /// What it says of the shop, as a profile; nothing if it was erased.
    fn shop(&self) -> Option<Profile> {
        let category = self.category.as_deref().and_then(Category::parse);
        let (shop_name, address) = (self.shop_name.clone(), self.address.clone());
        shop_name.is_some().then_some(Profile { name: None, shop_name, address, category, phone: None })
    }
}

impl People {
    /// Keeps a new application of a member.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn apply(&self, member: &Id, text: &CheckedApplication) -> sqlx::Result<Applying> {
        let mut tx = begin(&self.pool).await?;
        let sql = format!(
            "INSERT INTO applications (region, shop_name, address, category, contact, phone, licence, member, applied)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING {COLUMNS}"
        );
        let kept: Option<ApplicationRow> = bind(sqlx::query_as(AssertSqlSafe(sql)), text)
            .bind(member.to_string())
            .bind(now())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(kept) = kept else { return Ok(Applying::Open) };
        let (made,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM applications WHERE member = $1 AND applied > $2")
            .bind(member.to_string())
            .bind(now() - APPLICATION_DAY_SECONDS)
            .fetch_one(&mut *tx)
            .await?;
        if made > APPLICATIONS_PER_DAY {
            return Ok(Applying::TooMany(APPLICATIONS_PER_DAY));
        }
        if is_taken(&mut tx, member, text).await? {
            return Ok(Applying::ShopNameTaken);
        }
        tx.commit().await?;
        Ok(Applying::Stored(Box::new(kept)))
    }

    /// Stores an application in place of what it said before, while nobody has decided.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn change_application(&self, id: i64, member: &Id, text: &CheckedApplication) -> sqlx::Result<Applying> {
        let mut tx = begin(&self.pool).await?;
        let sql = format!(
            "UPDATE applications SET region = $1, shop_name = $2, address = $3, category = $4, contact = $5, phone = $6, licence = $7,
             changes = changes + 1 WHERE id = $8 AND member = $9 AND state = 'waiting' RETURNING {COLUMNS}"
        );
        let kept: Option<ApplicationRow> = bind(sqlx::query_as(AssertSqlSafe(sql)), text)
            .bind(id)
            .bind(member.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(kept) = kept else { return Ok(Applying::Decided) };
        if kept.changes > APPLICATION_CHANGES_MAX {
            return Ok(Applying::TooMany(APPLICATION_CHANGES_MAX));
        }
        if is_taken(&mut tx, member, text).await? {
            return Ok(Applying::ShopNameTaken);
        }
        tx.commit().await?;
        Ok(Applying::Stored(Box::new(kept)))
    }

    /// Takes an application back; `false` if it is decided.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn withdraw_application(&self, id: i64, member: &Id) -> sqlx::Result<bool> {
        let withdrawn = sqlx::query(
            "UPDATE applications SET state = 'withdrawn', decided = $1 WHERE id = $2 AND member = $3 AND state = 'waiting'",
        )
        .bind(now())
        .bind(id)
        .bind(member.to_string())
        .execute(&self.pool)
        .await?;
        Ok(withdrawn.rows_affected() > 0)
    }

    /// Decides an application as it was after so many changes: for it, or against it with a reason.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn decide_application(
        &self,
        row: &ApplicationRow,
        changes: i64,
        actor: &str,
        reason: Option<&TradeText>,
    ) -> sqlx::Result<Deciding> {
        let (state, deed) = match reason {
            None => (ApplicationState::Approved, Deed::ApplicationApproved),
            Some(_) => (ApplicationState::Declined, Deed::ApplicationDeclined),
        };
        let mut tx = begin(&self.pool).await?;
        let decided = sqlx::query(
            "UPDATE applications SET state = $1, decider = $2, decided = $3, reason = $4
             WHERE id = $5 AND state = 'waiting' AND changes = $6",
        )
        .bind(state.as_str())
        .bind(actor.to_owned())
        .bind(now())
        .bind(reason.map(|reason| reason.as_str().to_owned()))
        .bind(row.id)
        .bind(changes)
        .execute(&mut *tx)
        .await?;
        if decided.rows_affected() == 0 {
            let waits = "SELECT COUNT(*) FROM applications WHERE id = $1 AND state = 'waiting'";
            let (waits,): (i64,) = sqlx::query_as(waits).bind(row.id).fetch_one(&mut *tx).await?;
            return Ok(if waits > 0 { Deciding::Changed } else { Deciding::Decided });
        }
        enter(&mut *tx, actor, deed, &row.title()).await?;
        tx.commit().await?;
        Ok(Deciding::Done)
    }

    /// The application with a number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn application(&self, id: i64) -> sqlx::Result<Option<ApplicationRow>> {
        let sql = format!("SELECT {COLUMNS} FROM applications WHERE id = $1");
        sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.pool).await
    }

    /// Applications before this one (`i64::MAX` for all), newest first: all of them, or those in a state.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn applications(
        &self,
        state: Option<ApplicationState>,
        before: i64,
        limit: usize,
    ) -> sqlx::Result<Vec<ApplicationRow>> {
        let of_state = if state.is_some() { "state = $2" } else { "$2 = $2" };
        let sql = format!("SELECT {COLUMNS} FROM applications WHERE id < $1 AND {of_state} ORDER BY id DESC LIMIT $3");
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(before)
            .bind(state.map_or("", ApplicationState::as_str))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
    }

    /// A member's applications before this one, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn applications_of(&self, member: &Id, before: i64, limit: usize) -> sqlx::Result<Vec<ApplicationRow>> {
        let sql = format!("SELECT {COLUMNS} FROM applications WHERE member = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(member.to_string())
            .bind(before)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
    }

    /// Approved applications whose shops are not open, after this one, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn approved_applications(&self, after: i64, limit: usize) -> sqlx::Result<Vec<ApplicationRow>> {
        let sql =
            format!("SELECT {COLUMNS} FROM applications WHERE state = 'approved' AND id > $1 ORDER BY id LIMIT $2");
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(after)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
    }

    /// Whether a member was admitted with a shop in this region, and has not opened it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_admitted(&self, member: &Id, region: Region) -> sqlx::Result<bool> {
        let sql = "SELECT COUNT(*) FROM applications WHERE member = $1 AND region = $2 AND state = 'approved'";
        let query = sqlx::query_as(sql).bind(member.to_string()).bind(region.to_string());
        let (admitted,): (i64,) = query.fetch_one(&self.pool).await?;
        Ok(admitted > 0)
    }

    /// Writes what an approved application says of the shop into a profile that names no shop. Names of shops that are not open are shown
    /// to nobody, so it may be done before. If another shop took the name meanwhile, the merchant writes another one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn name_shop(&self, application: &ApplicationRow, member: &Id) -> sqlx::Result<()> {
        let mut tx = begin(&self.pool).await?;
        // Takes the row, so that a profile that is being erased does not come back.
        let sql =
            format!("UPDATE applications SET state = state WHERE id = $1 AND state = 'approved' RETURNING {COLUMNS}");
        let row: Option<ApplicationRow> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(application.id).fetch_optional(&mut *tx).await?;
        let Some(shop) = row.and_then(|row| row.shop()) else { return Ok(()) };
        let named = "SELECT COUNT(*) FROM profiles WHERE member = $1 AND shop_name IS NOT NULL";
        let (named,): (i64,) = sqlx::query_as(named).bind(member.to_string()).fetch_one(&mut *tx).await?;
        let Ok(checked) = CheckedProfile::of(shop) else { return Ok(()) };
        if named > 0 {
            return Ok(());
        }
        match write(&mut tx, member, ProfilePart::Shop, &checked).await {
            Ok(_) => tx.commit().await,
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => tx.rollback().await,
            Err(error) => Err(error),
        }
    }

    /// Forgets what applications said that were declined or withdrawn long ago; answers with how many it was.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_applications(&self, now: Timestamp) -> sqlx::Result<u64> {
        let forgotten = sqlx::query(
            "UPDATE applications SET shop_name = NULL, address = NULL, category = NULL, contact = NULL, phone = NULL, licence = NULL,
             reason = NULL WHERE state IN ('declined', 'withdrawn') AND decided < $1 AND contact IS NOT NULL",
        )
        .bind(now.as_second() - APPLICATION_HOLDS_SECONDS)
        .execute(&self.pool)
        .await?;
        Ok(forgotten.rows_affected())
    }

    /// Keeps that the shop of an approved application is open.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn shop_opened(&self, id: i64) -> sqlx::Result<()> {
        sqlx::query("UPDATE applications SET state = 'opened' WHERE id = $1 AND state = 'approved'")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

type Query<'q> = sqlx::query::QueryAs<'q, sqlx::Any, ApplicationRow, <sqlx::Any as sqlx::Database>::Arguments>;

/// Binds what an application says: the first seven places.
fn bind<'q>(query: Query<'q>, text: &CheckedApplication) -> Query<'q> {
    let CheckedApplication { region, shop: CheckedProfile { profile, .. }, contact, phone, licence } = text;
    query
        .bind(region.to_string())
        .bind(profile.shop_name.clone())
        .bind(profile.address.clone())
        .bind(profile.category.map(|category| category.as_str().to_owned()))
        .bind(contact.clone())
        .bind(phone.clone())
        .bind(licence.clone())
}

/// Whether another's shop has a name that looks like this one's.
async fn is_taken(tx: &mut AnyConnection, member: &Id, text: &CheckedApplication) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM profiles WHERE shop_key = $1 AND member <> $2";
    let query = sqlx::query_as(sql).bind(text.shop.shop_key.clone()).bind(member.to_string());
    let (taken,): (i64,) = query.fetch_one(tx).await?;
    Ok(taken > 0)
}
