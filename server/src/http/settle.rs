//! Carries out a command: who may, which event it is, and that it is settled once.

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::{Router, routing::post};
use gongxiang::event::Code;
use gongxiang::identity::Id;
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use gongxiang::wire;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::Serialize;

use super::actor::operator;
use super::answer::{Written, written};
use super::app::App;
use super::body::{json_body, table};
use super::commands::{COMMANDS, Command, Who};
use super::problem::{Failure, Problem};
use super::query::Parameters;
use super::rules::accepted_in_body;
use crate::ledger::group::{Answer, Denial, Guard, Ownership, Request as Event};
use crate::ledger::journal::Line;
use crate::ledger::store::Key;
use crate::limits::KEY_LENGTH_MAX;
use crate::people::actor::Actor;
use crate::text::fingerprint;

/// The routes of all commands.
pub fn routes(router: Router<App>) -> Router<App> {
    COMMANDS.iter().fold(router, |router, command| {
        let handler = move |app: State<App>,
                            actor: Actor,
                            path: Option<Path<Vec<(String, String)>>>,
                            parameters: Parameters,
                            request: Request| {
            let path = path.map_or_else(Vec::new, |Path(path)| path);
            settle(command, app.0, actor, path, parameters, request)
        };
        router.route(command.path, post(handler))
    })
}

#[derive(Serialize)]
struct Settled<'a> {
    /// The id that the server made, by its field.
    #[serde(flatten)]
    made: std::collections::BTreeMap<&'static str, String>,
    /// Whether the key was settled before, and this is that answer.
    repeated: bool,
    receipt: Worded<'a, Receipt>,
}

async fn settle(
    command: &Command,
    app: App,
    actor: Actor,
    path: Vec<(String, String)>,
    parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    parameters.finish()?;
    if actor == Actor::Nobody {
        return Err(Failure::Unauthorized.into());
    }
    let key = idempotency_key(request.headers())?;
    let body = json_body(request).await?;
    let mut fields = fields(command, &body)?;
    // As a JSON value: a client that writes its body anew may order and space it as it likes.
    let sent = Tree::Table(fields.clone()).canonical();
    let fingerprint = fingerprint(format!("{} {path:?} {sent}", command.path).as_bytes());
    let key = Key { scope: actor.owner(), fingerprint, key };
    let _flight = app.flights.take_off(&key)?;
    fields.extend(path.into_iter().map(|(name, value)| (name, Tree::Text(value))));
    let Meant { event, guard, made } = event(command, &actor, fields, &key.key)?;
    let entry = wire::event::read(&event)?;
    let line = Line { text: event.canonical(), entry };
    let request = Event { line, key: Some(key), actor: actor.name().into(), guard };
    let Answer { repeated, outcome } = app.ledger.settle_one(request).await?;
    let receipt = outcome.map_err(|denial| match denial {
        Denial::Refused(refusal) if refusal.code == Code::IdConflict && refusal.field == "id" => {
            Failure::KeyReused.into()
        }
        denial => Problem::from(denial),
    })?;
    // Under a reference that has an order already, it is that order's.
    let settled = |(field, made)| {
        let order = receipt.order.as_ref().map(|quote| quote.order.to_string());
        (field, order.filter(|_| field == "order").unwrap_or(made))
    };
    let made = made.map(settled);
    let receipt = Worded(&*receipt, Language::En);
    Ok(written(&Settled { made: made.into_iter().collect(), repeated, receipt }))
}

/// What a command means.
pub(super) struct Meant {
    /// The event that it is.
    pub(super) event: Tree,
    /// What has to be so when it is settled.
    pub(super) guard: Option<Guard>,
    /// The id that was made for it, by its field.
    made: Option<(&'static str, String)>,
}

/// What a command with these fields means, if whoever gives it may.
pub(super) fn event(
    command: &Command,
    actor: &Actor,
    mut fields: Vec<(String, Tree)>,
    key: &str,
) -> Result<Meant, Problem> {
    let mut guard = None;
    match command.who {
        Who::Operator => operator(actor)?,
        Who::Payment => {
            if !matches!(actor, Actor::Payment(_)) {
                operator(actor)?;
            }
        }
        Who::Own(field) => {
            if !matches!(actor, Actor::Member(_)) {
                operator(actor)?;
            }
            speak_for(actor, field, &mut fields)?;
        }
        Who::Merchant => speak_for(actor, "merchant", &mut fields)?,
        Who::Owner(ownership) => {
            // A merchant's key is for its shop, not for its owner's points.
            if matches!(actor, Actor::Merchant(..)) && ownership != Ownership::Order {
                return Err(Failure::Forbidden.into());
            }
            match actor.member() {
                Some(member) => guard = Some(Guard::Owner { ownership, member: member.clone() }),
                None => operator(actor)?,
            }
        }
    }
    let made = match command.made {
        Some((field, _)) if fields.iter().any(|(name, _)| name == field) => {
            operator(actor)?;
            None
        }
        // From the key: the same request gets the same id.
        Some((field, start)) => {
            let hash = fingerprint(format!("{} {key}", actor.owner()).as_bytes());
            Some((field, format!("{start}{}", &hash[..32])))
        }
        None => None,
    };
    if let Some((field, id)) = &made {
        fields.push(((*field).into(), Tree::Text(id.clone())));
    }
    if command.kind == "rules.adopted" {
        guard = Some(accepted_in_body(&mut fields)?);
    }
    fields.push(("type".into(), Tree::Text(command.kind.into())));
    Ok(Meant { event: Tree::Table(fields), guard, made })
}

/// Who acts for itself may leave its name out, and may not name another.
pub(super) fn speak_for(actor: &Actor, field: &str, fields: &mut Vec<(String, Tree)>) -> Result<(), Problem> {
    let Some(member) = actor.member() else { return operator(actor) };
    match fields.iter().find(|(name, _)| name == field) {
        Some((_, Tree::Text(named))) if named == member.as_str() => {}
        Some(_) => return Err(Failure::Forbidden.into()),
        None => fields.push((field.into(), Tree::Text(Id::to_string(member)))),
    }
    Ok(())
}

/// The body's fields: a table, with no key that the command does not have.
fn fields(command: &Command, body: &Bytes) -> Result<Vec<(String, Tree)>, Problem> {
    let made = command.made.map(|(field, _)| field);
    let known = |name: &str| made == Some(name) || command.fields.iter().any(|field| field.name == name);
    table(body, known)
}

pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    if (1..=KEY_LENGTH_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(key.into());
    }
    Err(Problem::new(Failure::BadKey, IDEMPOTENCY_KEY, Failure::BadKey.sentence()))
}
