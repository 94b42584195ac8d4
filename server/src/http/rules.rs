//! Rule sets: those that hold and held, what a change would make of them, and the red flags they raise.

use std::sync::Arc;

use axum::extract::{Request, State};
use gongxiang::event::Refusal;
use gongxiang::review::{Declaration, FLAGS, Finding, red, review};
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use serde::Serialize;
use serde_json::Value;

use super::actor::operator;
use super::answer::{Written, written};
use super::app::App;
use super::body::{json_body, table};
use super::problem::Problem;
use super::query::Parameters;
use crate::flags::{changed, explained, rate};
use crate::language::Language;
use crate::ledger::group::Guard;
use crate::ledger::store::Place;
use crate::people::actor::Actor;

/// The field of a body, and the parameter of an address, that names the red flags which are accepted.
pub const ACCEPT_FLAGS: &str = "accept_flags";

/// `GET /v1/rules`: those that hold now.
pub async fn current(State(app): State<App>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    Ok(written(&app.ledger.read().await?.now().await?.rules))
}

#[derive(Serialize)]
struct History {
    /// Oldest first.
    rules: Vec<Version>,
}

#[derive(Serialize)]
struct Version {
    #[serde(rename = "version")]
    number: usize,
    /// The place of its adoption in the journal; 0 for the first.
    place: Place,
    /// The red flags that were accepted with it.
    accepted_flags: Vec<String>,
    rules: RuleSet,
}

/// `GET /v1/rules/history`: all rule sets that were ever in force.
pub async fn history(State(app): State<App>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let mut tx = app.ledger.read().await?;
    let mut versions = Vec::new();
    for (number, (place, rules)) in (1..).zip(tx.rules().await?) {
        let accepted_flags = tx.entered(place).await?.map(|entered| entered.accepted_flags).unwrap_or_default();
        versions.push(Version { number, place, accepted_flags, rules });
    }
    Ok(written(&History { rules: versions }))
}

#[derive(Serialize)]
struct Review {
    /// The gravest first, each with its texts; none does not mean that all is well.
    flags: Vec<Value>,
    /// The codes that an adoption has to accept.
    red: Vec<&'static str>,
}

impl Review {
    fn of(findings: &[Finding], language: Language) -> Self {
        let flags = findings.iter().map(|finding| explained(finding, language)).collect();
        Self { flags, red: red(findings).collect() }
    }
}

/// `GET /v1/rules/review?language&concession_rate`: the red flags of the rules in force.
pub async fn flags(State(app): State<App>, mut parameters: Parameters) -> Result<Written, Problem> {
    let (language, declared) = asked(&mut parameters)?;
    parameters.finish()?;
    let rules = app.ledger.read().await?.now().await?.rules;
    Ok(written(&Review::of(&review(&rules, &declared)?, language)))
}

#[derive(Serialize)]
struct Checked {
    /// The top-level keys that change.
    changed: Vec<String>,
    /// The rule set that would hold.
    rules: RuleSet,
    #[serde(flatten)]
    review: Review,
}

/// `POST /v1/rules/check?language&concession_rate`: what an adoption would make of the rules in force. Nothing is kept.
pub async fn check(
    State(app): State<App>,
    actor: Actor,
    mut parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    let (language, declared) = asked(&mut parameters)?;
    parameters.finish()?;
    operator(&actor)?;
    let fields = table(&json_body(request).await?, |name| name == "rules")?;
    let [(_, changes)] = fields.as_slice() else { return Err(Refusal::bad_event("rules", "is missing").into()) };
    let rules = app.ledger.read().await?.now().await?.rules;
    let next = rules.adopt(changes).map_err(Refusal::from)?;
    let review = Review::of(&review(&next, &declared)?, language);
    Ok(written(&Checked { changed: changed(&rules, &next), rules: next, review }))
}

fn asked(parameters: &mut Parameters) -> Result<(Language, Declaration), Problem> {
    let language = |text: &str| [Language::English, Language::Chinese].into_iter().find(|known| known.tag() == text);
    let language = parameters.optional("language", "`en` or `zh-CN`", language)?.unwrap_or(Language::English);
    let rate = parameters.optional("concession_rate", "a decimal from 0 to 1", |text| rate(text).ok())?;
    let declared = Declaration::default();
    Ok((language, Declaration { concession_rate: rate.unwrap_or(declared.concession_rate), ..declared }))
}

/// Takes the accepted flags out of a command's body.
pub(super) fn accepted_in_body(fields: &mut Vec<(String, Tree)>) -> Result<Guard, Problem> {
    let Some(at) = fields.iter().position(|(name, _)| name == ACCEPT_FLAGS) else {
        return Ok(Guard::Flags(Arc::default()));
    };
    let wrong = || Refusal::bad_event(ACCEPT_FLAGS, "must be a list of codes of flags");
    let Tree::List(codes) = fields.swap_remove(at).1 else { return Err(wrong().into()) };
    let codes = codes.iter().map(|code| if let Tree::Text(code) = code { Some(code.as_str()) } else { None });
    Ok(known(codes).ok_or_else(wrong)?)
}

/// The accepted flags in an address.
pub(super) fn accepted_in_address(parameters: &mut Parameters) -> Result<Guard, Problem> {
    let read = |text: &str| known(text.split(',').map(Some));
    let guard = parameters.optional(ACCEPT_FLAGS, "codes of flags with commas between them", read)?;
    Ok(guard.unwrap_or_else(|| Guard::Flags(Arc::default())))
}

/// Codes that there are, each at most once.
fn known<'a>(codes: impl Iterator<Item = Option<&'a str>>) -> Option<Guard> {
    let mut all: Vec<String> = Vec::new();
    for code in codes {
        let (code, ..) = FLAGS.iter().find(|(known, ..)| Some(*known) == code)?;
        if all.iter().any(|earlier| earlier == code) {
            return None;
        }
        all.push((*code).into());
    }
    Some(Guard::Flags(all.into()))
}
