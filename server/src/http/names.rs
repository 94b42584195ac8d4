//! Names of other members, short numbers, and the directory of shops. Of another member one sees only the name here.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use gongxiang::book::Account;
use gongxiang::identity::{Id, Region};
use gongxiang::wire::profile::{MemberName, MemberNumber, NamesList, Profile, ShopLine, ShopsPage};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Ids, Limit, NoParameters, Query};
use super::rights::{Anybody, Somebody};
use super::sheet::{Address, Format, Listed, Sheet};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, StoreError};
use crate::limits::NAMES_MAX;
use crate::people::profiles::StoredProfile;

/// Names of profiles; the names of shops that are not open are left out.
async fn seen(app: &App, stored: Vec<StoredProfile>) -> Result<Vec<MemberName>, Problem> {
    let members: BTreeSet<Id> = stored.iter().map(|stored| stored.member.clone()).collect();
    let needs = Needs { members, ..Needs::default() };
    let accounts = app.ledger.read().await?.load(&needs).await?.excerpt.accounts;
    let is_open = |member: &Id| accounts.get(member).is_some_and(|account| account.shop.is_some());
    let line = |StoredProfile { member, number, profile: Profile { name, shop_name, .. } }: StoredProfile| {
        let shop_name = shop_name.filter(|_| is_open(&member));
        MemberName { member, number, name, shop_name }
    };
    Ok(stored.into_iter().map(line).collect())
}

/// Whose names.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamesQuery {
    /// Ids with commas between them.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_.:,-]+$")]
    members: Ids<NAMES_MAX>,
}

/// The names of members by their ids, for members and shops.
pub async fn names(
    State(app): State<App>,
    Somebody(actor): Somebody,
    Query(NamesQuery { members: Ids(members) }): Query<NamesQuery>,
) -> Result<Answer<NamesList>, Problem> {
    app.names.names.count(&actor)?;
    let stored = app.people.profiles(&members).await.map_err(StoreError::from)?;
    Ok(Answer::of(&NamesList { names: seen(&app, stored).await? }))
}

/// Whose a short number is, for members and shops. A number that was erased is as unknown as one that was never given.
pub async fn number(
    State(app): State<App>,
    Somebody(actor): Somebody,
    _: Query<NoParameters>,
    Path(number): Path<String>,
) -> Result<Answer<MemberName>, Problem> {
    app.names.numbers.count(&actor)?;
    let number = MemberNumber::parse(&number).ok_or(Failure::NotFound)?;
    let stored = app.people.profile_by_number(number).await.map_err(StoreError::from)?;
    let name = seen(&app, stored.into_iter().collect()).await?.pop();
    Ok(Answer::of(&name.ok_or(Failure::NotFound)?))
}

/// Which page of the directory.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopsQuery {
    /// Only shops of this city, whose code ends in 00.
    #[schema(nullable = false)]
    city: Option<Region>,
    /// The `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}-[A-Za-z0-9_.:-]{1,64}$", nullable = false)]
    after: Option<ShopCursor>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

const COLUMNS: [&str; 5] = ["shop", "region", "name", "address", "category"];

/// Where a page of the directory ended: the city of its last shop, and the shop.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ShopCursor(Region, Id);

impl TryFrom<String> for ShopCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let read = || {
            let (city, shop) = text.split_once('-')?;
            Some(Self(Region::parse(city)?, Id::parse(shop)?))
        };
        read().ok_or("must be where a page ended")
    }
}

/// An open shop, for everybody: where its poster leads.
pub async fn shop(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    Path(shop): Path<String>,
) -> Result<Answer<ShopLine>, Problem> {
    let shop = Id::parse(&shop).ok_or(Failure::NotFound)?;
    let needs = Needs { members: [shop.clone()].into(), ..Needs::default() };
    let accounts = app.ledger.read().await?.load(&needs).await?.excerpt.accounts;
    let account = accounts.get(&shop).filter(|account| !account.frozen);
    let region = account.and_then(|account| account.shop).ok_or(Failure::NotFound)?;
    let stored = app.people.profile(&shop).await.map_err(StoreError::from)?;
    let Profile { shop_name: name, address, category, .. } = stored.map(|stored| stored.profile).unwrap_or_default();
    Ok(Answer::of(&ShopLine { region, shop, name, address, category }))
}

/// Open shops by city, for everybody.
pub async fn shops(
    State(app): State<App>,
    _: Anybody,
    address: Address,
    Query(ShopsQuery { city, after, limit, format }): Query<ShopsQuery>,
) -> Result<Listed<ShopsPage>, Problem> {
    if city.is_some_and(|city| !city.is_city()) {
        return Err(Problem::new(Failure::BadQuery, "city", "must be a city: six digits that end in 00"));
    }
    let (after_city, after_shop) =
        after.map_or_else(Default::default, |ShopCursor(city, shop)| (city.to_string(), shop.to_string()));
    let page = Page { after: (after_city.as_str(), after_shop.as_str()), limit: limit.rows() + 1 };
    let mut rows = app.ledger.read().await?.shops(city, page).await?;
    let cursor = |(shop, account): &(Id, Account)| Some(format!("{}-{shop}", account.shop?.city()));
    let next = cut(&mut rows, limit, cursor).flatten();
    rows.retain(|(_, account)| !account.frozen);
    let stored = app.people.profiles(rows.iter().map(|(shop, _)| shop)).await.map_err(StoreError::from)?;
    let mut profiles: BTreeMap<Id, Profile> =
        stored.into_iter().map(|stored| (stored.member, stored.profile)).collect();
    let line = |(shop, account): (Id, Account)| {
        let Profile { shop_name, address, category, .. } = profiles.remove(&shop).unwrap_or_default();
        Some(ShopLine { region: account.shop?, shop, name: shop_name, address, category })
    };
    let page = ShopsPage { shops: rows.into_iter().filter_map(line).collect(), next: next.clone() };
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "after" };
    Listed::of(&page, &page.shops, next, &sheet)
}
