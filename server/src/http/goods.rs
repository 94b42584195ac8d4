//! The catalogue of goods for points, and its pictures.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::enter;
use super::answer::{Answer, Gone};
use super::api::{Description, Input, Output};
use super::app::App;
use super::body::{Body, media_type, raw};
use super::page::{PageById, cut};
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Query};
use super::rights::{Anybody, GoodsKeeper, Somebody, has};
use crate::goods::catalogue::{CatalogueItem, Written};
use crate::goods::picture::{self, PictureError, PictureFormat};
use crate::ledger::goods::{StockedItem, Terms};
use crate::ledger::needs::Needs;
use crate::ledger::store::Page;
use crate::limits::{ITEM_SHOPS_MAX, PICTURE_BYTES_MAX, STOCK_MAX};
use crate::people::actions::Deed;
use crate::people::actor::Actor;
use crate::people::profile_text::item_name;
use crate::people::role::Duty;
use crate::people::trades::TradeText;

/// What members can have for points.
#[derive(Serialize, ToSchema)]
pub struct ItemNow {
    item: Id,
    name: String,
    description: String,
    /// For one piece.
    points: Points,
    /// Yuan that a member pays beside them when it gets the piece.
    money: Money,
    /// Pieces that can still be had.
    left: i64,
    /// Pieces that one member may have; 0 for no limit.
    per_member: u32,
    /// The first day on which it is offered; null if it has none.
    #[schema(required = true)]
    from: Option<Day>,
    /// The last day, included.
    #[schema(required = true)]
    until: Option<Day>,
    /// The shops that hand it out.
    shops: Vec<Id>,
    /// Whether the operator sends it.
    delivery: bool,
    /// Its picture is `/v1/pictures/PICTURE`; null without one.
    #[schema(required = true)]
    picture: Option<String>,
    /// All pieces that there ever were, those included that members have. This and what follows is for who runs the scheme alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stock: Option<i64>,
    /// Pieces that wait for their members.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reserved: Option<i64>,
    /// Pieces that their members have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    handed_out: Option<i64>,
    /// Whether it is no longer offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    withdrawn: Option<bool>,
}

impl ItemNow {
    pub(super) fn of(known: CatalogueItem, actor: &Actor) -> Self {
        let CatalogueItem { id, item, picture } = known;
        let left = item.left();
        let StockedItem { terms, stock, reserved, handed_out, withdrawn } = item;
        let is_reader = actor.may(Duty::Read);
        let Terms { name, description, points, money, per_member, from, until, shops, delivery } = terms;
        Self {
            item: id,
            name,
            description,
            points,
            money,
            left,
            per_member,
            from,
            until,
            shops,
            delivery,
            picture,
            stock: is_reader.then_some(stock),
            reserved: is_reader.then_some(reserved),
            handed_out: is_reader.then_some(handed_out),
            withdrawn: is_reader.then_some(withdrawn),
        }
    }
}

/// A page of the catalogue.
#[derive(Serialize, ToSchema)]
pub struct ItemsPage {
    items: Vec<ItemNow>,
    /// What to ask for next, as `after`; nothing on the last page.
    #[schema(required = true)]
    next: Option<Id>,
}

/// Which page of the catalogue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemsQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    after: Option<Id>,
    #[serde(default)]
    limit: Limit,
    /// For who runs the scheme: also what is not offered today.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(true|false)$", nullable = false)]
    all: All,
}

/// `true` or `false`, as an address has it.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum All {
    True,
    #[default]
    False,
}

/// What is offered today, by id.
pub async fn items(
    State(app): State<App>,
    Somebody(actor): Somebody,
    Query(ItemsQuery { after, limit, all }): Query<ItemsQuery>,
) -> Result<Answer<ItemsPage>, Problem> {
    let offered = if matches!(all, All::True) {
        has(&actor, Duty::Read)?;
        None
    } else {
        Some(app.ledger.read().await?.now().await?.head.day)
    };
    let page = PageById { after, limit };
    let Page { after, limit: rows } = page.and_one();
    let mut found = app.goods.items(offered, after, rows).await?;
    let next = cut(&mut found, limit, |last| last.id.clone());
    let items = found.into_iter().map(|known| ItemNow::of(known, &actor)).collect();
    Ok(Answer::of(&ItemsPage { items, next }))
}

/// An item, also one that is no longer offered: members have vouchers for it.
pub async fn item(
    State(app): State<App>,
    Somebody(actor): Somebody,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Answer<ItemNow>, Problem> {
    Ok(Answer::of(&ItemNow::of(known(&app, &id).await?, &actor)))
}

async fn known(app: &App, id: &str) -> Result<CatalogueItem, Problem> {
    let id = Id::parse(id).ok_or(Failure::NotFound)?;
    Ok(app.goods.item(&id).await?.ok_or(Failure::NotFound)?)
}

/// What is to be said of an item.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemTerms {
    #[schema(min_length = 1, max_length = 32)]
    name: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
    /// Above 0.
    points: Points,
    /// Yuan that a member pays beside them when it gets the piece.
    #[serde(default)]
    money: Money,
    /// All pieces that there ever were, those included that members have or wait for.
    #[schema(maximum = 10_000_000)]
    stock: u32,
    /// Pieces that one member may have; 0 for no limit.
    #[serde(default)]
    per_member: u32,
    /// The first day on which it is offered.
    #[schema(nullable = false)]
    from: Option<Day>,
    /// The last day, included.
    #[schema(nullable = false)]
    until: Option<Day>,
    /// The shops that hand it out; at most 500.
    #[serde(default)]
    shops: Vec<Id>,
    /// Whether the operator sends it.
    #[serde(default)]
    delivery: bool,
}

fn bad_item(field: &str, why: impl Into<String>) -> Problem {
    Problem::new(Failure::BadItem, field, why)
}

impl ItemTerms {
    /// The terms as they are stored, and the stock.
    fn check(self) -> Result<(Terms, i64), Problem> {
        let Self { name, description, points, money, stock, per_member, from, until, shops, delivery } = self;
        let name = item_name(&name).map_err(|error| Problem::new(Failure::BadText, "name", error.to_string()))?;
        let description = TradeText::description(&description)
            .ok_or_else(|| Problem::new(Failure::BadNote, "description", Failure::BadNote.sentence()))?;
        if points.raw() <= 0 {
            return Err(bad_item("points", "must be above 0"));
        }
        if stock > STOCK_MAX {
            return Err(bad_item("stock", format!("must be at most {STOCK_MAX}")));
        }
        if from.zip(until).is_some_and(|(from, until)| from > until) {
            return Err(bad_item("until", "must not be before `from`"));
        }
        let shops: BTreeSet<Id> = shops.into_iter().collect();
        if shops.len() > ITEM_SHOPS_MAX {
            return Err(bad_item("shops", format!("must be at most {ITEM_SHOPS_MAX}")));
        }
        if shops.is_empty() && !delivery {
            return Err(bad_item("shops", "name a shop that hands it out, or say that it is sent"));
        }
        let (shops, description) = (shops.into_iter().collect(), description.as_str().to_owned());
        let terms = Terms { name, description, points, money, per_member, from, until, shops, delivery };
        Ok((terms, stock.into()))
    }
}

/// Adds an item, or changes it as a whole; one that was withdrawn is offered again. Vouchers that members have keep their price.
pub async fn write(
    State(app): State<App>,
    GoodsKeeper(actor): GoodsKeeper,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<Body<ItemTerms>, Problem>,
) -> Result<Answer<ItemNow>, Problem> {
    let id = Id::parse(&id).ok_or(Failure::NotFound)?;
    let (terms, stock) = body?.0.check()?;
    let needs = Needs { members: terms.shops.iter().cloned().collect(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let is_shop = |id: &Id| part.accounts.get(id).is_some_and(|account| account.shop.is_some());
    if let Some(shop) = terms.shops.iter().find(|shop| !is_shop(shop)) {
        return Err(bad_item("shops", format!("`{shop}` has no open shop")));
    }
    match app.goods.write_item(&id, &terms, stock).await? {
        Written::Added | Written::Changed => {}
        Written::StockReserved(taken) => {
            return Err(Problem::exceeds(Failure::StockReserved, "stock", taken.to_string()));
        }
        Written::TooMany => return Err(Failure::TooManyItems.into()),
    }
    enter(&app, &actor, Deed::ItemWritten, &format!("item {id}")).await?;
    Ok(Answer::of(&ItemNow::of(known(&app, id.as_str()).await?, &actor)))
}

/// Offers an item no longer. Vouchers that members have can be used.
pub async fn withdraw(
    State(app): State<App>,
    GoodsKeeper(actor): GoodsKeeper,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Gone, Problem> {
    let id = Id::parse(&id).ok_or(Failure::NotFound)?;
    if !app.goods.withdraw(&id).await? {
        return Err(Failure::NotFound.into());
    }
    enter(&app, &actor, Deed::ItemWithdrawn, &format!("item {id}")).await?;
    Ok(Gone)
}

/// A picture as it was sent, in a format that was found in its bytes.
pub struct PictureBody {
    format: PictureFormat,
    content: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for PictureBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let said = media_type(&request).and_then(PictureFormat::of_media_type);
        let too_large = || Problem::exceeds(Failure::TooLarge, "picture", PICTURE_BYTES_MAX.to_string());
        let content = raw(request, PICTURE_BYTES_MAX)
            .await
            .map_err(|problem| if problem.is(Failure::TooLarge) { too_large() } else { problem })?;
        let format = picture::check(&content, said).map_err(|error| match error {
            PictureError::Format => Problem::new(Failure::BadPicture, "picture", Failure::BadPicture.sentence()),
            PictureError::Renamed(format) => {
                let why = format!("the bytes are {}, and the header says otherwise", format.media_type());
                Problem::new(Failure::BadPicture, "content-type", why)
            }
            PictureError::Side(most) => Problem::exceeds(Failure::BadPicture, "picture", most.to_string()),
            PictureError::TooLarge => too_large(),
        })?;
        Ok(Self { format, content })
    }
}

impl Input for PictureBody {
    fn describe(description: &mut Description) {
        description.bytes_body(&PictureFormat::ALL.map(PictureFormat::media_type));
    }
}

/// Where a picture is.
#[derive(Serialize, ToSchema)]
pub struct PictureName {
    /// Its address is `/v1/pictures/PICTURE`.
    picture: String,
}

/// Gives an item a picture in place of the one before.
pub async fn write_picture(
    State(app): State<App>,
    GoodsKeeper(actor): GoodsKeeper,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<PictureBody, Problem>,
) -> Result<Answer<PictureName>, Problem> {
    let id = Id::parse(&id).ok_or(Failure::NotFound)?;
    let PictureBody { format, content } = body?;
    let picture = app.goods.keep_picture(&id, format, &content).await?.ok_or(Failure::NotFound)?;
    enter(&app, &actor, Deed::PictureWritten, &format!("item {id}")).await?;
    Ok(Answer::of(&PictureName { picture }))
}

/// A picture as an answer. Every answer of the server has `nosniff` and a policy that runs nothing inline, so it is nothing but a picture.
pub struct Picture {
    format: PictureFormat,
    content: Vec<u8>,
}

impl IntoResponse for Picture {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, self.format.media_type()),
            (header::CONTENT_DISPOSITION, "inline"),
            // Its address is the hash of its content.
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ];
        (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), self.content).into_response()
    }
}

impl Output for Picture {
    fn describe(description: &mut Description) {
        description.bytes_answer(&PictureFormat::ALL.map(PictureFormat::media_type));
    }
}

/// For everybody who has its address: an `<img>` of a mini-program sends no token.
pub async fn picture(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    Path(picture): Path<String>,
) -> Result<Picture, Problem> {
    let (format, content) = app.goods.picture(&picture).await?.ok_or(Failure::NotFound)?;
    Ok(Picture { format, content })
}

/// What goods absorbed on a closed day.
#[derive(Serialize, ToSchema)]
pub struct AbsorbedDay {
    day: Day,
    /// Points that members redeemed.
    redeemed: Points,
    /// Points of redemptions that were cancelled, whenever they were made.
    cancelled: Points,
}

/// A page of what goods absorbed.
#[derive(Serialize, ToSchema)]
pub struct AbsorbedPage {
    /// Oldest first.
    days: Vec<AbsorbedDay>,
}

/// Which page of what goods absorbed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsorbedQuery {
    /// The last day of the page before.
    #[schema(nullable = false)]
    after: Option<Day>,
    #[serde(default)]
    limit: Limit,
}

/// For everybody who is signed in: the figures of the operator's reports.
pub async fn absorbed(
    State(app): State<App>,
    _: Somebody,
    Query(AbsorbedQuery { after, limit }): Query<AbsorbedQuery>,
) -> Result<Answer<AbsorbedPage>, Problem> {
    let reports = app.ledger.read().await?.day_reports(Page { after, limit: limit.rows() }).await?;
    let day = |closed: &crate::ledger::reports::ClosedReport| AbsorbedDay {
        day: closed.day,
        redeemed: closed.report.redeemed,
        cancelled: closed.report.redemptions_cancelled,
    };
    Ok(Answer::of(&AbsorbedPage { days: reports.iter().map(day).collect() }))
}
