//! Carries out a command: checks who may give it, makes its event, and settles it once.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use gongxiang::event::{Code, Event, Kind};
use gongxiang::identity::{Day, Id};
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use gongxiang::wire::command::Ownership;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{HttpMethod, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::actor::MEMBER;
use super::announced::{self, Announced, Announcement};
use super::answer::Answer;
use super::api::{Api, Description, Input};
use super::app::App;
use super::body::{json_body, table};
use super::commands::{COMMANDS, Command, REASON, Who};
use super::event_errors;
use super::newcomers::is_reserved;
use super::problem::{Failure, Problem};
use super::proposals::{self, Proposal, Proposed};
use super::query::{NoParameters, Query};
use super::rights::{Somebody, has};
use super::rules::{begins_in_body, terms_in_body};
use super::schemas::fields_schema;
use super::trades::bad_note;
use super::view::Seen;
use crate::ledger::close;
use crate::ledger::group::{self, Denial, Guard};
use crate::ledger::quota::Quota;
use crate::ledger::store::{Key, StoreError};
use crate::limits::{COMMAND_BYTES_MAX, KEY_LENGTH_MAX, RULES_BYTES_MAX};
use crate::people::actor::Actor;
use crate::people::role::Duty;
use crate::people::second_person::SecondPerson;
use crate::people::trades::TradeText;
use crate::text::fingerprint;

/// The routes of all commands.
pub fn routes(api: Api) -> Api {
    COMMANDS.iter().fold(api, |api, command| {
        let handler = move |app: State<App>,
                            somebody: Somebody,
                            _: Query<NoParameters>,
                            path: Option<Path<Vec<(String, String)>>>,
                            request: Request| {
            let path = path.map_or_else(Vec::new, |Path(path)| path);
            settle(command, app.0, somebody.0, path, request)
        };
        let id = command.kind.as_str().replace('.', "_");
        let describe = |description: &mut Description| describe(command, description);
        api.route(HttpMethod::Post, command.path, &id, command.title, post(handler), describe)
    })
}

fn describe(command: &Command, description: &mut Description) {
    description.closed(&whom(command));
    description.say(&format!(
        "It is the event `{}` (RULES.md section 4), settled once under its `Idempotency-Key`: the same key with the same body gets the first answer again.",
        command.kind.as_str()
    ));
    let key = description.schema::<IdempotencyKey>();
    description.parameter(IDEMPOTENCY_KEY, ParameterIn::Header, true, key);
    let member = description.schema::<Id>();
    description.parameter(MEMBER, ParameterIn::Header, false, member);
    let made = command.made.map(|(field, _)| field);
    let required = command.fields.iter().any(|field| field.required);
    description.body(fields_schema(&command.fields, made), required);
    let settled = description.schema::<Settlement>();
    description.response("200", "It is settled", Some(settled));
    if command.kind == Kind::RulesAdopted {
        let one_of =
            OneOfBuilder::new().item(description.schema::<Proposal>()).item(description.schema::<Announcement>());
        let kept = "It is not settled: it waits for a second person, or for its day";
        description.response("202", kept, Some(one_of.into()));
    } else if SecondPerson::may_concern(command.kind) {
        let proposal = description.schema::<Proposal>();
        description.response("202", "It is not settled: it waits for a second person", Some(proposal));
    }
}

/// Who may give a command, in words.
fn whom(command: &Command) -> String {
    let others = Duty::Command(command.kind).holders();
    match command.who {
        Who::Operator => others,
        Who::Payment => format!("a payment key, or {others}"),
        Who::Own(field) => format!("the member in `{field}`, or {others}"),
        Who::Merchant => format!("the shop's merchant, its key, or {others}"),
        Who::Owner(_) => format!("whoever it belongs to, or {others}"),
    }
}

/// The id that the server made, if the command makes one.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct MadeIds {
    #[schema(nullable = false)]
    member: Option<Id>,
    #[schema(nullable = false)]
    order: Option<Id>,
    #[schema(nullable = false)]
    redemption: Option<Id>,
    #[schema(nullable = false)]
    offer: Option<Id>,
    #[schema(nullable = false)]
    trade: Option<Id>,
}

/// The answer to a command.
#[derive(Serialize, ToSchema)]
struct Settlement {
    /// The id that the server made, by its field.
    #[serde(flatten)]
    #[schema(value_type = MadeIds)]
    made: BTreeMap<&'static str, String>,
    /// Whether the key was settled before, and this is that answer.
    repeated: bool,
    #[schema(value_type = Receipt)]
    receipt: Seen<Receipt>,
}

/// What a command is answered with.
enum CommandAnswer {
    Settled(Answer<Settlement>),
    Proposed(Proposed),
    Announced(Announced),
}

impl IntoResponse for CommandAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Settled(settled) => settled.into_response(),
            Self::Proposed(proposed) => proposed.into_response(),
            Self::Announced(announced) => announced.into_response(),
        }
    }
}

async fn settle(
    command: &Command,
    app: App,
    actor: Actor,
    path: Vec<(String, String)>,
    request: Request,
) -> Result<CommandAnswer, Problem> {
    let key = idempotency_key(request.headers())?;
    let body = json_body(request, bytes_max(command.kind)).await?;
    let mut fields = table(&body)?;
    // Compared as a JSON value: order and spacing may differ when a client sends it again.
    let sent = Tree::Table(fields.clone()).canonical();
    let fingerprint = fingerprint(format!("{} {path:?} {sent}", command.path).as_bytes());
    let key = Key { scope: actor.owner(), fingerprint, key };
    let _flight = app.flights.take_off(&key)?;
    let unknown = event_errors::take_unknown(&mut fields, |name| command.has_in_body(name));
    fields.extend(path.into_iter().map(|(name, value)| (name, Tree::Text(value))));
    let resolved = resolve(command, &actor, app.quota, fields, &key.key);
    let Resolved { event, guard, made, reason, begins } =
        resolved.map_err(|problem| event_errors::unknown_first(&unknown, problem))?;
    let line = event_errors::line_of(command.kind, &event, unknown)?;
    if let Event::DayClosed { day } = line.entry.event {
        close::do_ahead(&app.ledger, day, &actor.name()).await.map_err(|_| Failure::Unavailable)?;
    }
    let decided = decided_trade(&line.entry.event);
    let request = group::Request { line, key: Some(key), actor: actor.name().into(), guard };
    if let Some(proposed) = proposals::instead(&app, &actor, &request, begins).await? {
        return Ok(CommandAnswer::Proposed(proposed));
    }
    if let Some(from) = begins {
        return announced::announce(&app, &request, from).await.map(CommandAnswer::Announced);
    }
    refuse_catalogue(&app, &actor, &request).await?;
    refuse_unadmitted(&app, &actor, &request).await?;
    let group::Answer { repeated, outcome } = app.ledger.settle_one(request).await?;
    let receipt = outcome.map_err(|denial| key_reused(denial).repeated(repeated))?;
    if let Some((trade, reason)) = decided.zip(reason) {
        let kept = app.people.enter_decision(&trade, &reason, &actor.name(), repeated).await;
        kept.map_err(StoreError::from)?;
    }
    // If the reference has an order already, the answer is about that one.
    let settled = |(field, made)| {
        let order = receipt.order.as_ref().map(|quote| quote.order.to_string());
        (field, order.filter(|_| field == "order").unwrap_or(made))
    };
    let made = made.map(settled).into_iter().collect();
    let settlement = Settlement { made, repeated, receipt: Seen::receipt(receipt, &actor) };
    Ok(CommandAnswer::Settled(Answer::of(&settlement)))
}

/// Refuses a member who redeems an item of the catalogue by this route: `/v1/goods/{item}/redemptions` also reserves a piece. A request
/// whose key is already settled passes, so that it gets its first answer again.
async fn refuse_catalogue(app: &App, actor: &Actor, request: &group::Request) -> Result<(), Problem> {
    let Event::PointsRedeemed { item: Some(item), .. } = &request.line.entry.event else { return Ok(()) };
    if actor.commands_all(Kind::PointsRedeemed) || app.goods.item(item).await?.is_none() {
        return Ok(());
    }
    if let Some(key) = &request.key
        && !app.ledger.read().await?.answered(std::slice::from_ref(key)).await?.is_empty()
    {
        return Ok(());
    }
    let why = format!("`{item}` is in the catalogue; redeem it by `/v1/goods/{item}/redemptions`");
    Err(Problem::new(Failure::BadItem, "item", why))
}

/// Refuses a member who opens a shop without approval, if the setting `shop-approval` is on. A request whose key is already settled
/// passes, so that it gets its first answer again.
async fn refuse_unadmitted(app: &App, actor: &Actor, request: &group::Request) -> Result<(), Problem> {
    if let Some(key) = &request.key
        && app.shop_approval
        && request.line.entry.event.kind() == Kind::MerchantOpened
        && !app.ledger.read().await?.answered(std::slice::from_ref(key)).await?.is_empty()
    {
        return Ok(());
    }
    check_admitted(app, actor, &request.line.entry.event).await
}

/// Checks that the operator approved the shop that an event opens, where the server's setting asks for it.
pub(super) async fn check_admitted(app: &App, actor: &Actor, event: &Event) -> Result<(), Problem> {
    let Event::MerchantOpened { member, region } = event else { return Ok(()) };
    if !app.shop_approval || actor.commands_all(Kind::MerchantOpened) {
        return Ok(());
    }
    let admitted = app.people.is_admitted(member, *region).await.map_err(StoreError::from)?;
    if admitted { Ok(()) } else { Err(Failure::ApprovalNeeded.into()) }
}

/// Why a command with a key was not settled.
pub(super) fn key_reused(denial: Denial) -> Problem {
    match denial {
        Denial::Refused(refusal) if refusal.code == Code::IdConflict && refusal.field == "id" => {
            Failure::KeyReused.into()
        }
        denial => denial.into(),
    }
}

/// The largest body of a command.
const fn bytes_max(kind: Kind) -> usize {
    match kind {
        Kind::RulesAdopted => RULES_BYTES_MAX,
        _ => COMMAND_BYTES_MAX,
    }
}

/// A command as an event.
pub(super) struct Resolved {
    pub(super) event: Tree,
    /// What is checked when it is settled.
    pub(super) guard: Option<Guard>,
    /// The id that was made for it, by its field.
    made: Option<(&'static str, String)>,
    /// Why the operator decides a trade.
    reason: Option<TradeText>,
    /// The first day of rules that are announced.
    begins: Option<Day>,
}

/// Makes the event of a command, after checking who gives it.
pub(super) fn resolve(
    command: &Command,
    actor: &Actor,
    quota: Quota,
    mut fields: Vec<(String, Tree)>,
    key: &str,
) -> Result<Resolved, Problem> {
    let duty = Duty::Command(command.kind);
    if matches!(actor, Actor::Staff(_)) {
        has(actor, duty)?;
    }
    // The operator is not limited: it acts for others.
    let mut guard = Some(Guard::Quota(quota)).filter(|_| !actor.commands_all(command.kind));
    match command.who {
        Who::Operator => has(actor, duty)?,
        Who::Payment => {
            if !matches!(actor, Actor::Payment(_)) {
                has(actor, duty)?;
            }
        }
        Who::Own(field) => {
            if !matches!(actor, Actor::Member(_)) {
                has(actor, duty)?;
            }
            speak_for(actor, duty, field, &mut fields)?;
        }
        Who::Merchant => speak_for(actor, duty, "merchant", &mut fields)?,
        Who::Owner(ownership) => {
            // A till is for its shop, not for its owner's points.
            if actor.is_till() && ownership != Ownership::Order {
                return Err(Failure::Forbidden.into());
            }
            match actor.member() {
                Some(member) => guard = Some(Guard::Owner { ownership, member: member.clone(), quota }),
                None => has(actor, duty)?,
            }
        }
    }
    let reason = reason_in_body(command.kind, actor, &mut fields)?;
    if command.kind == Kind::MemberRegistered {
        check_new_id(&fields)?;
    }
    let made = match command.made {
        Some((field, _)) if fields.iter().any(|(name, _)| name == field) => {
            if !actor.commands_all(command.kind) {
                return Err(Failure::Forbidden.into());
            }
            None
        }
        // Made from the key, so that a repeated request gets the same id.
        Some((field, start)) => {
            let hash = fingerprint(format!("{} {key}", actor.owner()).as_bytes());
            Some((field, format!("{start}{}", &hash[..32])))
        }
        None => None,
    };
    if let Some((field, id)) = &made {
        fields.push(((*field).into(), Tree::Text(id.clone())));
    }
    let mut begins = None;
    if command.kind == Kind::RulesAdopted {
        begins = begins_in_body(&mut fields)?;
        guard = Some(terms_in_body(&mut fields)?);
    }
    fields.push(("type".into(), Tree::from(command.kind.as_str())));
    Ok(Resolved { event: Tree::Table(fields), guard, made, reason, begins })
}

/// Takes the reason out of a decision about a trade. A side of the trade gives none: it has the dispute for that.
fn reason_in_body(kind: Kind, actor: &Actor, fields: &mut Vec<(String, Tree)>) -> Result<Option<TradeText>, Problem> {
    if !matches!(kind, Kind::TradeConfirmed | Kind::TradeCancelled) {
        return Ok(None);
    }
    let Some(at) = fields.iter().position(|(name, _)| name == REASON) else { return Ok(None) };
    if !actor.commands_all(kind) {
        return Err(Failure::Forbidden.into());
    }
    let Tree::Text(text) = fields.swap_remove(at).1 else { return Err(bad_note(REASON)) };
    TradeText::statement(&text).map(Some).ok_or_else(|| bad_note(REASON))
}

/// The trade that an event ends, for better or worse.
fn decided_trade(event: &Event) -> Option<Id> {
    match event {
        Event::TradeConfirmed { trade } | Event::TradeCancelled { trade } => Some(trade.clone()),
        _ => None,
    }
}

/// Checks that a new member gets no reserved id.
fn check_new_id(fields: &[(String, Tree)]) -> Result<(), Problem> {
    let named = fields.iter().find(|(name, _)| name == "member");
    if matches!(named, Some((_, Tree::Text(id))) if is_reserved(id)) { Err(Problem::reserved_id()) } else { Ok(()) }
}

/// Fills in the id of a member or shop that acts for itself; it may not name anybody else. An actor with the duty must name a member, and
/// may name any.
pub(super) fn speak_for(
    actor: &Actor,
    duty: Duty,
    field: &str,
    fields: &mut Vec<(String, Tree)>,
) -> Result<(), Problem> {
    let Some(member) = actor.member() else { return has(actor, duty) };
    match fields.iter().find(|(name, _)| name == field) {
        Some((_, Tree::Text(named))) if named == member.as_str() => {}
        Some(_) => return Err(Failure::Forbidden.into()),
        None => fields.push((field.into(), Tree::Text(Id::to_string(member)))),
    }
    Ok(())
}

pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The form of an `Idempotency-Key`.
pub(super) struct IdempotencyKey;

impl PartialSchema for IdempotencyKey {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        text.pattern(Some(format!("^[!-~]{{1,{KEY_LENGTH_MAX}}}$"))).into()
    }
}

impl ToSchema for IdempotencyKey {}

/// The `Idempotency-Key` of a request that is carried out once.
pub(super) struct CommandKey(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for CommandKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        idempotency_key(&parts.headers).map(Self)
    }
}

impl Input for CommandKey {
    fn describe(description: &mut Description) {
        let key = description.schema::<IdempotencyKey>();
        description.parameter(IDEMPOTENCY_KEY, ParameterIn::Header, true, key);
    }
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    if (1..=KEY_LENGTH_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(key.into());
    }
    Err(Problem::new(Failure::BadKey, IDEMPOTENCY_KEY, Failure::BadKey.sentence()))
}
