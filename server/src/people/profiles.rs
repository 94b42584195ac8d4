//! Profiles, which members write about themselves, and their short numbers. The first number is given when the member first gets in,
//! or a code to get in; after the profile was erased, the next one when it is written again.

use gongxiang::identity::Id;
use gongxiang::wire::profile::{Category, MemberNumber, Profile};

use super::profile_text::CheckedProfile;
use super::store::{People, no_secret};
use crate::limits::{NUMBER_DRAWS_MAX, NUMBERS_MAX};
use crate::transaction::begin;

/// A profile with its member and short number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProfile {
    pub member: Id,
    pub number: MemberNumber,
    pub profile: Profile,
}

/// How much of a profile somebody reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfilePart {
    Whole,
    /// What it says of the shop, and nothing of the person behind it.
    Shop,
}

impl ProfilePart {
    /// As much of a profile.
    #[must_use]
    pub fn of(self, profile: Profile) -> Profile {
        match self {
            Self::Whole => profile,
            Self::Shop => Profile { name: None, phone: None, ..profile },
        }
    }

    /// What an older row takes from the new one.
    const fn replaced(self) -> &'static str {
        match self {
            Self::Whole => {
                "shop_name = excluded.shop_name, shop_key = excluded.shop_key, address = excluded.address,
                 category = excluded.category, name = excluded.name, phone = excluded.phone"
            }
            Self::Shop => {
                "shop_name = excluded.shop_name, shop_key = excluded.shop_key, address = excluded.address,
                 category = excluded.category"
            }
        }
    }
}

/// The result of storing a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileOutcome {
    Stored(StoredProfile),
    /// Another shop's name looks like this one's.
    ShopNameTaken,
    /// The name of another member's shop looks like the member's name.
    NameOfShop,
    /// The member has erased its profile too often to get another short number.
    TooMany,
}

#[derive(sqlx::FromRow)]
pub(super) struct ProfileRow {
    member: String,
    number: String,
    name: Option<String>,
    shop_name: Option<String>,
    address: Option<String>,
    category: Option<String>,
    phone: Option<String>,
}

impl ProfileRow {
    fn read(self) -> sqlx::Result<StoredProfile> {
        let Self { member, number, name, shop_name, address, category, phone } = self;
        let category = category.as_deref().and_then(Category::parse);
        let wrong = || sqlx::Error::Decode(format!("the profile of `{member}` is not one of ours").into());
        Ok(StoredProfile {
            number: MemberNumber::parse(&number).ok_or_else(wrong)?,
            profile: Profile { name, shop_name, address, category, phone },
            member: Id::parse(&member).ok_or_else(wrong)?,
        })
    }
}

const COLUMNS: &str = "member, number, name, shop_name, address, category, phone";

impl People {
    /// A member's profile, if it has one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn profile(&self, member: &Id) -> sqlx::Result<Option<StoredProfile>> {
        self.one_profile("member", member.as_str()).await
    }

    /// The profile with a short number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn profile_by_number(&self, number: MemberNumber) -> sqlx::Result<Option<StoredProfile>> {
        self.one_profile("number", &number.to_string()).await
    }

    /// Members whose name, shop's name or phone has this text in it, or whose short number it is, by id. Upper and lower case are the
    /// same as far as the engine knows them: `SQLite` those of ASCII, `PostgreSQL` all. It reads every profile, so only the staff may
    /// ask. Returns at most `limit` members after the id `after`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn members_like(&self, text: &str, after: &str, limit: usize) -> sqlx::Result<Vec<Id>> {
        let sql = "SELECT member FROM profiles
             WHERE member > $1 AND (number = $2 OR LOWER(name) LIKE $3 ESCAPE '!' OR LOWER(shop_name) LIKE $3 ESCAPE '!'
                OR $4 <> '' AND phone LIKE '%' || $4 || '%' ESCAPE '!')
             ORDER BY member LIMIT $5";
        let escaped: String = text.to_lowercase().chars().fold(String::new(), |mut escaped, character| {
            if "%_!".contains(character) {
                escaped.push('!');
            }
            escaped.push(character);
            escaped
        });
        // Phones are kept without spaces and dashes.
        let phone: String = escaped.chars().filter(|character| !" -".contains(*character)).collect();
        let rows: Vec<(String,)> = sqlx::query_as(sql)
            .bind(after.to_owned())
            // Screens show a short number with a space.
            .bind(text.split_whitespace().collect::<String>())
            .bind(format!("%{escaped}%"))
            .bind(phone)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().filter_map(|(member,)| Id::parse(member)).collect())
    }

    async fn one_profile(&self, column: &str, value: &str) -> sqlx::Result<Option<StoredProfile>> {
        let sql = format!("SELECT {COLUMNS} FROM profiles WHERE {column} = $1");
        let row: Option<ProfileRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(value.to_owned()).fetch_optional(&self.pool).await?;
        row.map(ProfileRow::read).transpose()
    }

    /// The profiles of members, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn profiles(&self, members: impl IntoIterator<Item = &Id>) -> sqlx::Result<Vec<StoredProfile>> {
        let members: Vec<String> = members.into_iter().map(Id::to_string).collect();
        if members.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<_> = (1..=members.len()).map(|place| format!("${place}")).collect();
        let sql = format!("SELECT {COLUMNS} FROM profiles WHERE member IN ({}) ORDER BY member", places.join(", "));
        let mut query = sqlx::query_as::<_, ProfileRow>(sqlx::AssertSqlSafe(sql));
        for member in members {
            query = query.bind(member);
        }
        query.fetch_all(&self.pool).await?.into_iter().map(ProfileRow::read).collect()
    }

    /// Stores this part of a member's profile in place of the one before. One who has none gets a short number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_profile(
        &self,
        member: &Id,
        part: ProfilePart,
        checked: &CheckedProfile,
    ) -> sqlx::Result<ProfileOutcome> {
        if part == ProfilePart::Whole && self.is_name_of_shop(member, checked).await? {
            return Ok(ProfileOutcome::NameOfShop);
        }
        match self.write_profile(member, part, checked).await {
            Ok(Some(stored)) => stored.read().map(ProfileOutcome::Stored),
            Ok(None) => Ok(ProfileOutcome::TooMany),
            // Members and numbers are new or one's own, so it is the name.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(ProfileOutcome::ShopNameTaken),
            Err(error) => Err(error),
        }
    }

    /// Whether the shop of another member is called like this member. One that takes the name in the same moment is not seen, and
    /// neither is one that takes it later.
    async fn is_name_of_shop(&self, member: &Id, checked: &CheckedProfile) -> sqlx::Result<bool> {
        let Some(key) = &checked.name_key else { return Ok(false) };
        let found: Option<(String,)> =
            sqlx::query_as("SELECT member FROM profiles WHERE shop_key = $1 AND member <> $2")
                .bind(key.clone())
                .bind(member.to_string())
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.is_some())
    }

    async fn write_profile(
        &self,
        member: &Id,
        part: ProfilePart,
        checked: &CheckedProfile,
    ) -> sqlx::Result<Option<ProfileRow>> {
        let mut tx = begin(&self.pool).await?;
        let row = write(&mut tx, member, part, checked).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Erases a member's profile. Its short number is not given again, and nothing says whose it was: what stays is the number of numbers
    /// that the member was given. Subscriptions go, with the addresses in them, and notices. Addresses to which goods were to be sent go, too: what cannot be
    /// sent expires, and its points come back. So does what its applications for a shop said; one that is open is withdrawn.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn erase_profile(&self, member: &Id) -> sqlx::Result<()> {
        let mut tx = begin(&self.pool).await?;
        // First, in the order in which who opens a shop takes the same rows.
        sqlx::query(
            "UPDATE applications SET shop_name = NULL, address = NULL, category = NULL, contact = NULL, phone = NULL, licence = NULL,
             reason = NULL, state = CASE WHEN state IN ('waiting', 'approved') THEN 'withdrawn' ELSE state END WHERE member = $1",
        )
        .bind(member.to_string())
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM profiles WHERE member = $1").bind(member.to_string()).execute(&mut *tx).await?;
        for table in ["subscriptions", "notices"] {
            let sql = format!("DELETE FROM {table} WHERE member = $1");
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(member.to_string()).execute(&mut *tx).await?;
        }
        sqlx::query("UPDATE vouchers SET deliver_to = NULL WHERE member = $1")
            .bind(member.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}

/// Stores this part of a profile. `None` if the member was given too many short numbers.
pub(super) async fn write(
    tx: &mut sqlx::AnyConnection,
    member: &Id,
    part: ProfilePart,
    checked: &CheckedProfile,
) -> sqlx::Result<Option<ProfileRow>> {
    let CheckedProfile { profile, shop_key, .. } = checked;
    let old: Option<(String,)> = sqlx::query_as("UPDATE profiles SET name = name WHERE member = $1 RETURNING number")
        .bind(member.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    let number = match old {
        Some((number,)) => number,
        None => match new_number(&mut *tx, member).await? {
            Some(number) => number,
            None => return Ok(None),
        },
    };
    let sql = format!(
        "INSERT INTO profiles (member, number, name, shop_name, shop_key, address, category, phone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (member) DO UPDATE SET {} RETURNING {COLUMNS}",
        part.replaced()
    );
    let row = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(member.to_string())
        .bind(number)
        .bind(profile.name.clone())
        .bind(profile.shop_name.clone())
        .bind(shop_key.clone())
        .bind(profile.address.clone())
        .bind(profile.category.map(|category| category.as_str().to_owned()))
        .bind(profile.phone.clone())
        .fetch_one(&mut *tx)
        .await?;
    Ok(Some(row))
}

/// Gives a member its first short number, with a profile that says nothing yet. A member that was ever given one gets none: what it
/// erased does not come back by itself.
pub(super) async fn give_first_number(tx: &mut sqlx::AnyConnection, member: &Id) -> sqlx::Result<()> {
    let first = sqlx::query("INSERT INTO number_counts (member, given) VALUES ($1, 0) ON CONFLICT (member) DO NOTHING")
        .bind(member.to_string())
        .execute(&mut *tx)
        .await?;
    if first.rows_affected() == 0 {
        return Ok(());
    }
    let Some(number) = new_number(&mut *tx, member).await? else { return Ok(()) };
    // There is one if it was written before these counts were kept.
    sqlx::query("INSERT INTO profiles (member, number) VALUES ($1, $2) ON CONFLICT (member) DO NOTHING")
        .bind(member.to_string())
        .bind(number)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// A number that was never given before, which is then given; `None` if the member was given too many.
async fn new_number(tx: &mut sqlx::AnyConnection, member: &Id) -> sqlx::Result<Option<String>> {
    let (given,): (i64,) = sqlx::query_as(
        "INSERT INTO number_counts (member, given) VALUES ($1, 1)
         ON CONFLICT (member) DO UPDATE SET given = number_counts.given + 1 RETURNING given",
    )
    .bind(member.to_string())
    .fetch_one(&mut *tx)
    .await?;
    if given > NUMBERS_MAX {
        return Ok(None);
    }
    for _ in 0..NUMBER_DRAWS_MAX {
        let Some(number) = draw().map_err(no_secret)? else { continue };
        let number = number.to_string();
        let given = sqlx::query("INSERT INTO member_numbers (number) VALUES ($1) ON CONFLICT (number) DO NOTHING")
            .bind(number.clone())
            .execute(&mut *tx)
            .await?;
        if given.rows_affected() == 1 {
            return Ok(Some(number));
        }
    }
    Err(sqlx::Error::Io(std::io::Error::other("almost every short number is given")))
}

/// A number by chance, each as likely as another; `None` if it would begin with 0.
fn draw() -> Result<Option<MemberNumber>, getrandom::Error> {
    let span = MemberNumber::BODY_MAX + 1;
    let drawn = getrandom::u32()?;
    // What is left of the 32 bits beyond a multiple of the span would make small numbers likelier.
    Ok((drawn < u32::MAX / span * span).then(|| drawn % span).and_then(MemberNumber::from_body))
}
