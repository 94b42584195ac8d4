//! Vouchers: a member redeems points for a piece and shows the code, and a shop or the operator hands the piece out.
//! The ledger takes points and piece, and gives them back, in one transaction ([`crate::ledger::goods`]).

use axum::extract::{Path, State};
use gongxiang::event::{Event, Kind};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points};
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::body::{self, SignInBody, Table};
use super::commands::Command;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Number, Query};
use super::rights::{GoodsKeeper, SignedIn, Somebody, has};
use super::sessions::Nothing;
use super::settle::{CommandKey, Resolved, key_reused, resolve};
use super::sheet::{Address, Format, Listed, Sheet};
use super::view::Seen;
use crate::goods::code::VoucherCode;
use crate::goods::vouchers::{HandOver, Which};
use crate::ledger::goods::{Claim, GoodsError, Voucher, VoucherEnd, VoucherState};
use crate::ledger::group::{self, Guard};
use crate::ledger::journal;
use crate::ledger::store::Key;
use crate::people::actor::Actor;
use crate::people::role::Duty;
use crate::people::trades::TradeText;
use crate::text::fingerprint;

/// A piece that a member paid for with points. Times are seconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct VoucherNow {
    /// The same as its redemption's.
    voucher: Id,
    member: Id,
    item: Id,
    points: Points,
    /// Yuan that the member pays when it gets the piece.
    money: Money,
    #[schema(pattern = "^(open|used|cancelled|expired)$")]
    state: &'static str,
    /// The last day on which it can be used.
    until: Day,
    /// Where it is to be sent, while it is open.
    #[schema(required = true)]
    deliver_to: Option<String>,
    made: i64,
    #[schema(required = true)]
    ended: Option<i64>,
    /// Where it was handed out; null if the operator did it.
    #[schema(required = true)]
    shop: Option<Id>,
    /// Who ended it, as in the journal. For who runs the scheme alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended_by: Option<String>,
}

impl VoucherNow {
    fn of(id: Id, voucher: Voucher, today: Day, actor: &Actor) -> Self {
        let state = state(&voucher, today).as_str();
        let Voucher { member, item, points, money, until, deliver_to, made, ended, ended_by, shop, .. } = voucher;
        let ended_by = ended_by.filter(|_| actor.may(Duty::Read));
        Self { voucher: id, member, item, points, money, state, until, deliver_to, made, ended, shop, ended_by }
    }
}

/// One that is over and not cancelled yet has expired: its points are on their way.
fn state(voucher: &Voucher, today: Day) -> VoucherState {
    let is_over = voucher.state == VoucherState::Open && voucher.until < today;
    if is_over { VoucherState::Expired } else { voucher.state }
}

/// The code of a voucher: what its member shows or reads out.
#[derive(Serialize, ToSchema)]
pub struct ShownCode {
    /// Sixteen letters and digits in groups of four.
    #[schema(pattern = "^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")]
    code: String,
    /// The text of the QR code.
    qr: String,
}

impl From<&VoucherCode> for ShownCode {
    fn from(code: &VoucherCode) -> Self {
        Self { code: code.to_string(), qr: code.qr() }
    }
}

/// What a member agrees to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// What the item costs, as the member saw it.
    points: Points,
    #[serde(default)]
    money: Money,
    /// Where it is to be sent; left out for what is fetched from a shop.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    deliver_to: Option<String>,
}

/// The answer to a redemption for goods.
#[derive(Serialize, ToSchema)]
pub struct Redeemed {
    voucher: VoucherNow,
    /// Shown once. Null in the answer to a repetition: the member asks for a new code.
    #[schema(required = true)]
    code: Option<ShownCode>,
    repeated: bool,
    #[schema(value_type = Receipt)]
    receipt: Seen<Receipt>,
}

fn no_randomness(error: getrandom::Error) -> Problem {
    tracing::error!(%error, "no random numbers");
    Failure::Unavailable.into()
}

async fn today(app: &App) -> Result<Day, Problem> {
    Ok(app.ledger.read().await?.now().await?.head.day)
}

/// Takes the points and a piece together, or neither.
pub async fn redeem(
    State(app): State<App>,
    SignedIn(member): SignedIn,
    CommandKey(key): CommandKey,
    _: Query<NoParameters>,
    Path(item): Path<String>,
    body: Result<Table<Agreement>, Problem>,
) -> Result<Answer<Redeemed>, Problem> {
    let item = Id::parse(&item).ok_or(Failure::NotFound)?;
    let sent = body?.fields;
    let fingerprint =
        fingerprint(format!("/v1/goods/{item}/redemptions {}", Tree::Table(sent.clone()).canonical()).as_bytes());
    let Agreement { points, money, deliver_to } = body::read(sent)?;
    let deliver_to = match deliver_to {
        Some(text) => Some(TradeText::address(&text).ok_or_else(bad_delivery)?.as_str().to_owned()),
        None => None,
    };
    let actor = Actor::Member(member);
    let key = Key { scope: actor.owner(), key, fingerprint };
    let _flight = app.flights.take_off(&key)?;
    let event = vec![("item".into(), Tree::Text(item.to_string())), ("points".into(), Tree::Text(points.to_string()))];
    let Resolved { event, .. } = resolve(&Command::of(Kind::PointsRedeemed), &actor, app.quota, event, &key.key)?;
    let line = journal::line_of(&event)?;
    let code = VoucherCode::draw().map_err(no_randomness)?;
    let claim = Claim { money, deliver_to, code: code.hash(), days: app.goods_days };
    let Event::PointsRedeemed { redemption: Some(id), .. } = &line.entry.event else {
        return Err(Failure::Unavailable.into());
    };
    let id = id.clone();
    let request = group::Request { line, key: Some(key), actor: actor.name().into(), guard: Some(Guard::Claim(claim)) };
    let group::Answer { repeated, outcome } = app.ledger.settle_one(request).await?;
    let receipt = outcome.map_err(|denial| key_reused(denial).repeated(repeated))?;
    let voucher = app.goods.voucher(&id).await?.ok_or(Failure::NotFound)?;
    let today = today(&app).await?;
    Ok(Answer::of(&Redeemed {
        voucher: VoucherNow::of(id, voucher, today, &actor),
        code: (!repeated).then(|| ShownCode::from(&code)),
        repeated,
        receipt: Seen::receipt(receipt, &actor),
    }))
}

fn bad_delivery() -> Problem {
    Problem::new(Failure::BadDelivery, "deliver_to", Failure::BadDelivery.sentence())
}

/// A page of vouchers.
#[derive(Serialize, ToSchema)]
pub struct VouchersPage {
    /// Newest first.
    vouchers: Vec<VoucherNow>,
    /// What to ask for next, as `before`; nothing on the last page.
    #[schema(required = true)]
    next: Option<i64>,
}

/// Which page of the vouchers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VouchersQuery {
    /// Only this member's. A member has only its own anyway.
    #[schema(nullable = false)]
    member: Option<Id>,
    /// Only those for this item.
    #[schema(nullable = false)]
    item: Option<Id>,
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

const COLUMNS: [&str; 12] = [
    "voucher",
    "member",
    "item",
    "points",
    "money",
    "state",
    "until",
    "deliver_to",
    "made",
    "ended",
    "shop",
    "ended_by",
];

/// A member's own vouchers, or all for who reads what concerns members.
pub async fn list(
    State(app): State<App>,
    Somebody(actor): Somebody,
    address: Address,
    Query(VouchersQuery { member, item, before, limit, format }): Query<VouchersQuery>,
) -> Result<Listed<VouchersPage>, Problem> {
    let member = match (&actor, member) {
        (Actor::Member(own), None) => Some(own.clone()),
        (Actor::Member(own), Some(named)) if named == *own => Some(named),
        (_, named) => {
            has(&actor, Duty::Read)?;
            named
        }
    };
    let which = Which { member: member.as_ref(), item: item.as_ref() };
    let before = before.map_or(i64::MAX, |Number(before)| before);
    let mut found = app.goods.vouchers(which, before, limit.rows() + 1).await?;
    let next = cut(&mut found, limit, |(_, last)| last.place);
    let today = today(&app).await?;
    let vouchers = found.into_iter().map(|(id, voucher)| VoucherNow::of(id, voucher, today, &actor)).collect();
    let page = VouchersPage { vouchers, next };
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "before" };
    Listed::of(&page, &page.vouchers, next.map(|next| next.to_string()), &sheet)
}

/// A voucher that somebody may see. Others do not learn whether it exists.
async fn seen(app: &App, actor: &Actor, id: &str) -> Result<(Id, Voucher), Problem> {
    let id = Id::parse(id).ok_or(Failure::NotFound)?;
    let voucher = app.goods.voucher(&id).await?.ok_or(Failure::NotFound)?;
    let is_own = matches!(actor, Actor::Member(own) if *own == voucher.member);
    if is_own || actor.may(Duty::Read) { Ok((id, voucher)) } else { Err(Failure::NotFound.into()) }
}

/// For its member and who reads what concerns members.
pub async fn voucher(
    State(app): State<App>,
    Somebody(actor): Somebody,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Answer<VoucherNow>, Problem> {
    let (id, voucher) = seen(&app, &actor, &id).await?;
    Ok(Answer::of(&VoucherNow::of(id, voucher, today(&app).await?, &actor)))
}

/// Makes a new code in place of the one before, for the member alone: no stored text can be read as a code.
pub async fn new_code(
    State(app): State<App>,
    SignedIn(member): SignedIn,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<ShownCode>, Problem> {
    let (id, voucher) = seen(&app, &Actor::Member(member), &id).await?;
    body?;
    check_open(&voucher, today(&app).await?)?;
    let code = VoucherCode::draw().map_err(no_randomness)?;
    if !app.goods.renew_code(&id, &code).await? {
        let now = app.goods.voucher(&id).await?.ok_or(Failure::NotFound)?;
        return Err(GoodsError::Ended(now.state).into());
    }
    Ok(Answer::of(&ShownCode::from(&code)))
}

fn check_open(voucher: &Voucher, today: Day) -> Result<(), Problem> {
    match state(voucher, today) {
        VoucherState::Open => Ok(()),
        ended => Err(GoodsError::Ended(ended).into()),
    }
}

/// The answer to a cancellation.
#[derive(Serialize, ToSchema)]
pub struct CancelledVoucher {
    /// Whether the key was settled before, and this is that answer.
    repeated: bool,
    #[schema(value_type = Receipt)]
    receipt: Seen<Receipt>,
}

/// Gives points and piece back, for the member and the operator. What was handed out, only `redemption.cancelled` takes back.
pub async fn cancel(
    State(app): State<App>,
    Somebody(actor): Somebody,
    CommandKey(key): CommandKey,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<CancelledVoucher>, Problem> {
    let end = if let Actor::Member(member) = &actor {
        VoucherEnd::Member(member.clone())
    } else {
        has(&actor, Duty::Command(Kind::RedemptionCancelled))?;
        VoucherEnd::Operator
    };
    let id = Id::parse(&id).ok_or(Failure::NotFound)?;
    body?;
    let fingerprint = fingerprint(format!("/v1/vouchers/{id}/cancel").as_bytes());
    let key = Key { scope: actor.owner(), key, fingerprint };
    let _flight = app.flights.take_off(&key)?;
    let event = Tree::Table(vec![
        ("redemption".into(), Tree::Text(id.to_string())),
        ("type".into(), Tree::from(Kind::RedemptionCancelled.as_str())),
    ]);
    let request = group::Request {
        line: journal::line_of(&event)?,
        key: Some(key),
        actor: actor.name().into(),
        guard: Some(Guard::Voucher(end)),
    };
    let group::Answer { repeated, outcome } = app.ledger.settle_one(request).await?;
    let receipt = outcome.map_err(|denial| key_reused(denial).repeated(repeated))?;
    Ok(Answer::of(&CancelledVoucher { repeated, receipt: Seen::receipt(receipt, &actor) }))
}

/// A code that was scanned or typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScannedCode {
    code: String,
}

/// What is to be handed out, and what is to be paid for it.
#[derive(Serialize, ToSchema)]
pub struct HandedOut {
    voucher: Id,
    item: Id,
    /// The item's.
    name: String,
    points: Points,
    /// Yuan that the member pays.
    money: Money,
    /// The last day on which it can be used.
    until: Day,
    /// Whether the same request handed it out before.
    repeated: bool,
}

/// Where somebody hands out goods; nothing for the operator, who does so everywhere.
fn counter_of(actor: &Actor) -> Result<Option<&Id>, Problem> {
    match actor {
        Actor::Member(shop) | Actor::Merchant(_, shop) => Ok(Some(shop)),
        actor => {
            has(actor, Duty::HandOut)?;
            Ok(actor.member())
        }
    }
}

/// What a request hands out.
struct Piece {
    id: Id,
    voucher: Voucher,
    name: String,
}

impl Piece {
    /// By its code, if it is handed out here. Of what is handed out elsewhere nothing else is said.
    async fn find(app: &App, actor: &Actor, code: &str) -> Result<Self, Problem> {
        let shop = counter_of(actor)?;
        app.names.codes.count(actor)?;
        let bad = || Problem::new(Failure::BadVoucherCode, "code", Failure::BadVoucherCode.sentence());
        let code = VoucherCode::parse(code).ok_or_else(bad)?;
        let (id, voucher) = app.goods.voucher_of_code(&code).await?.ok_or_else(bad)?;
        let (piece, shops) = Self::of(app, id, voucher).await?;
        let is_here = |shop: &Id| shops.contains(shop) && piece.voucher.deliver_to.is_none();
        if shop.is_none_or(is_here) {
            Ok(piece)
        } else {
            Err(Problem::new(Failure::VoucherElsewhere, "code", Failure::VoucherElsewhere.sentence()))
        }
    }

    /// With the shops that hand it out.
    async fn of(app: &App, id: Id, voucher: Voucher) -> Result<(Self, Vec<Id>), Problem> {
        let terms = app.goods.item(&voucher.item).await?.ok_or(Failure::NotFound)?.item.terms;
        Ok((Self { id, voucher, name: terms.name }, terms.shops))
    }

    /// Hands it out, once; the same request again is answered the same.
    async fn hand_out(self, app: &App, actor: &Actor, key: &str) -> Result<Answer<HandedOut>, Problem> {
        let key = fingerprint(format!("{}\n{key}", actor.owner()).as_bytes());
        let is_same = |voucher: &Voucher| voucher.used_key.as_ref() == Some(&key);
        if self.voucher.state == VoucherState::Used && is_same(&self.voucher) {
            return Ok(self.answer(true));
        }
        check_open(&self.voucher, today(app).await?)?;
        let by = HandOver { shop: counter_of(actor)?, actor: &actor.name(), key: &key };
        if app.goods.hand_out(&self.id, &self.voucher, by).await? {
            return Ok(self.answer(false));
        }
        // Somebody was faster: another counter, the member who cancelled, or the same request.
        let now = app.goods.voucher(&self.id).await?.ok_or(Failure::NotFound)?;
        match now.state {
            VoucherState::Used if is_same(&now) => Ok(self.answer(true)),
            VoucherState::Open => {
                Err(Problem::new(Failure::BadVoucherCode, "code", Failure::BadVoucherCode.sentence()))
            }
            ended => Err(GoodsError::Ended(ended).into()),
        }
    }

    fn answer(self, repeated: bool) -> Answer<HandedOut> {
        let Self { id, voucher, name } = self;
        let Voucher { item, points, money, until, .. } = voucher;
        Answer::of(&HandedOut { voucher: id, item, name, points, money, until, repeated })
    }
}

/// What a code stands for, before it is used: the cashier sees what to give and what to take for it.
pub async fn check_code(
    State(app): State<App>,
    Somebody(actor): Somebody,
    _: Query<NoParameters>,
    body: Result<SignInBody<ScannedCode>, Problem>,
) -> Result<Answer<HandedOut>, Problem> {
    counter_of(&actor)?;
    let piece = Piece::find(&app, &actor, &body?.0.code).await?;
    check_open(&piece.voucher, today(&app).await?)?;
    Ok(piece.answer(false))
}

/// Uses a code, for a shop that hands the item out and for the operator.
pub async fn hand_out(
    State(app): State<App>,
    Somebody(actor): Somebody,
    CommandKey(key): CommandKey,
    _: Query<NoParameters>,
    body: Result<SignInBody<ScannedCode>, Problem>,
) -> Result<Answer<HandedOut>, Problem> {
    counter_of(&actor)?;
    let piece = Piece::find(&app, &actor, &body?.0.code).await?;
    piece.hand_out(&app, &actor, &key).await
}

/// Says that a piece was sent. Its member needs no code for that.
pub async fn deliver(
    State(app): State<App>,
    GoodsKeeper(actor): GoodsKeeper,
    CommandKey(key): CommandKey,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<HandedOut>, Problem> {
    let id = Id::parse(&id).ok_or(Failure::NotFound)?;
    body?;
    let voucher = app.goods.voucher(&id).await?.ok_or(Failure::NotFound)?;
    if voucher.state == VoucherState::Open && voucher.deliver_to.is_none() {
        return Err(Problem::new(Failure::VoucherElsewhere, "voucher", Failure::VoucherElsewhere.sentence()));
    }
    Piece::of(&app, id, voucher).await?.0.hand_out(&app, &actor, &key).await
}
