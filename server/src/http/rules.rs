//! Rule sets: in force, earlier, and proposed; with the red flags that they raise.

use axum::extract::State;
use gongxiang::event::Refusal;
use gongxiang::identity::Day;
use gongxiang::quantity::Rate;
use gongxiang::review::{Declaration, FLAGS, Finding, red, review};
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::answer::Answer;
use super::api;
use super::app::App;
use super::body::Body;
use super::problem::Problem;
use super::query::{NoParameters, Query};
use super::rights::{Anybody, Auditor};
use crate::flags::{changed, explained, rate};
use crate::language::Language;
use crate::ledger::group::{AdoptionTerms, Guard};
use crate::ledger::store::Place;
use crate::limits::RULES_BYTES_MAX;

/// The field or parameter with the accepted red flags.
pub const ACCEPT_FLAGS: &str = "accept_flags";

/// The field with the fingerprint of the rules that an adoption changes.
pub const BASED_ON: &str = "based_on";

/// The field with the first day of rules that are announced.
pub const FROM: &str = "from";

/// The rules in force.
pub async fn current(State(app): State<App>, _: Anybody, _: Query<NoParameters>) -> Result<Answer<RuleSet>, Problem> {
    Ok(Answer::of(&app.ledger.read().await?.now().await?.rules))
}

/// All rule sets that were ever in force.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// Oldest first.
    rules: Vec<Version>,
}

/// A rule set, and how it came into force.
#[derive(Serialize, ToSchema)]
struct Version {
    #[serde(rename = "version")]
    number: usize,
    /// The place of its adoption in the journal; 0 for the first.
    place: Place,
    /// The red flags that were accepted with it.
    #[schema(value_type = Vec<FlagCode>)]
    accepted_flags: Vec<String>,
    rules: RuleSet,
}

/// All rule sets that were ever in force.
pub async fn history(State(app): State<App>, _: Anybody, _: Query<NoParameters>) -> Result<Answer<History>, Problem> {
    let mut tx = app.ledger.read().await?;
    let mut versions = Vec::new();
    for (number, (place, rules)) in (1..).zip(tx.rules().await?) {
        let accepted_flags = tx.entered(place).await?.map(|entered| entered.accepted_flags).unwrap_or_default();
        versions.push(Version { number, place, accepted_flags, rules });
    }
    Ok(Answer::of(&History { rules: versions }))
}

/// The red flags of a rule set.
#[derive(Serialize, ToSchema)]
pub struct Review {
    /// The gravest first, each with its texts; none does not mean that all is well.
    #[schema(value_type = Vec<Flag>)]
    flags: Vec<Value>,
    /// The codes that an adoption has to accept.
    #[schema(value_type = Vec<FlagCode>)]
    red: Vec<&'static str>,
}

/// A red flag with its texts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the texts are read from a file")]
struct Flag {
    code: FlagCode,
    #[schema(pattern = "^(red|high|notice)$")]
    severity: String,
    evidence: Vec<Evidence>,
    /// Where it is written, with a few words.
    rules: Vec<String>,
    title: String,
    when: String,
    cleaner: String,
}

/// A key of the rule set and its value.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Evidence {
    key: String,
    value: String,
}

/// The code of a red flag.
pub struct FlagCode;

impl PartialSchema for FlagCode {
    fn schema() -> RefOr<Schema> {
        api::schema(json!({"type": "string", "enum": codes()}))
    }
}

impl ToSchema for FlagCode {}

fn codes() -> Vec<&'static str> {
    FLAGS.iter().map(|(code, ..)| *code).collect()
}

impl Review {
    fn of(findings: &[Finding], language: Language) -> Self {
        let flags = findings.iter().map(|finding| explained(finding, language)).collect();
        Self { flags, red: red(findings).collect() }
    }
}

/// How a review is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewQuery {
    /// The language of the texts: `en` or `zh-CN`.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^(en|zh-CN)$", default = "en")]
    language: Tag,
    /// The merchants' concession as a part of the amount, from 0 to 1.
    #[schema(value_type = Option<String>, pattern = "^(0(\\.[0-9]{1,8})?|1(\\.0{1,8})?)$", nullable = false)]
    concession_rate: Option<Part>,
}

impl ReviewQuery {
    fn declared(&self) -> Declaration {
        let declared = Declaration::default();
        let concession_rate = self.concession_rate.as_ref().map_or(declared.concession_rate, |Part(rate)| *rate);
        Declaration { concession_rate, ..declared }
    }
}

/// A language by its tag.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Tag(pub(super) Language);

impl Default for Tag {
    fn default() -> Self {
        Self(Language::English)
    }
}

impl TryFrom<String> for Tag {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let known = [Language::English, Language::Chinese].into_iter().find(|known| known.tag() == text);
        known.map(Self).ok_or("must be `en` or `zh-CN`")
    }
}

/// A part of an amount, from 0 to 1.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Part(Rate);

impl TryFrom<String> for Part {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        rate(&text).map(Self).map_err(|_| "must be a decimal from 0 to 1")
    }
}

/// The red flags of the rules in force.
pub async fn flags(
    State(app): State<App>,
    _: Anybody,
    Query(query): Query<ReviewQuery>,
) -> Result<Answer<Review>, Problem> {
    let rules = app.ledger.read().await?.now().await?.rules;
    Ok(Answer::of(&Review::of(&review(&rules, &query.declared())?, query.language.0)))
}

/// The language of a catalogue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueQuery {
    /// The language of the texts: `en` or `zh-CN`.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^(en|zh-CN)$", default = "en")]
    language: Tag,
}

/// Every red flag that there is, raised or not.
#[derive(Serialize, ToSchema)]
pub struct Catalogue {
    /// Each with its texts and without evidence.
    #[schema(value_type = Vec<Flag>)]
    flags: Vec<Value>,
}

/// Every red flag that there is.
pub async fn catalogue(
    _: Anybody,
    Query(CatalogueQuery { language: Tag(language) }): Query<CatalogueQuery>,
) -> Answer<Catalogue> {
    let text =
        |&(code, severity, rules): &_| explained(&Finding { code, severity, rules, evidence: Vec::new() }, language);
    Answer::of(&Catalogue { flags: FLAGS.iter().map(text).collect() })
}

/// The rules that are to be checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesToCheck {
    /// The top-level keys that change.
    #[schema(value_type = RuleSet)]
    rules: Tree,
}

/// What would hold, and its red flags.
#[derive(Serialize, ToSchema)]
pub struct CheckedRules {
    /// The top-level keys that change.
    changed: Vec<String>,
    /// The rule set that would hold.
    rules: RuleSet,
    #[serde(flatten)]
    review: Review,
}

/// What an adoption would make of the rules in force. It stores nothing.
pub async fn check(
    State(app): State<App>,
    Query(query): Query<ReviewQuery>,
    _: Auditor,
    Body(RulesToCheck { rules: changes }): Body<RulesToCheck, RULES_BYTES_MAX>,
) -> Result<Answer<CheckedRules>, Problem> {
    let rules = app.ledger.read().await?.now().await?.rules;
    let next = rules.adopt(&changes).map_err(Refusal::from)?;
    let review = Review::of(&review(&next, &query.declared())?, query.language.0);
    Ok(Answer::of(&CheckedRules { changed: changed(&rules, &next), rules: next, review }))
}

/// Codes of flags in an address, with commas between them.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct AcceptedFlags(Guard);

impl Default for AcceptedFlags {
    fn default() -> Self {
        Self(Guard::Rules(AdoptionTerms::default()))
    }
}

impl AcceptedFlags {
    /// What is checked when an event is settled.
    pub fn guard(self) -> Guard {
        self.0
    }
}

impl TryFrom<String> for AcceptedFlags {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let codes = known(text.split(',').map(Some)).ok_or("must be codes of flags with commas between them")?;
        Ok(Self(Guard::Rules(AdoptionTerms::accepting(codes))))
    }
}

impl PartialSchema for AcceptedFlags {
    fn schema() -> RefOr<Schema> {
        let one = codes().join("|");
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(format!("^({one})(,({one}))*$")))
            .into()
    }
}

impl ToSchema for AcceptedFlags {}

/// The schema of the field [`ACCEPT_FLAGS`] of a body.
pub fn accepted_schema() -> RefOr<Schema> {
    RefOr::T(ArrayBuilder::new().items(FlagCode::schema()).unique_items(true).build().into())
}

/// Takes the terms of an adoption out of a command's body.
pub(super) fn terms_in_body(fields: &mut Vec<(String, Tree)>) -> Result<Guard, Problem> {
    let based_on = match taken(fields, BASED_ON) {
        None => None,
        Some(Tree::Text(hash)) if is_fingerprint(&hash) => Some(hash.into()),
        Some(_) => return Err(Refusal::bad_event(BASED_ON, "must be the `hash` of a rulebook").into()),
    };
    let accepted = accepted_in_body(fields)?;
    Ok(Guard::Rules(AdoptionTerms { accepted: accepted.into(), based_on }))
}

/// Takes the first day of announced rules out of a command's body; nothing if they are adopted at once.
pub(super) fn begins_in_body(fields: &mut Vec<(String, Tree)>) -> Result<Option<Day>, Problem> {
    match taken(fields, FROM) {
        None => Ok(None),
        Some(Tree::Text(day)) if Day::parse(&day).is_some() => Ok(Day::parse(&day)),
        Some(_) => Err(Refusal::bad_event(FROM, "must be a day").into()),
    }
}

fn is_fingerprint(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn taken(fields: &mut Vec<(String, Tree)>, field: &str) -> Option<Tree> {
    let at = fields.iter().position(|(name, _)| name == field)?;
    Some(fields.swap_remove(at).1)
}

fn accepted_in_body(fields: &mut Vec<(String, Tree)>) -> Result<Vec<String>, Problem> {
    let Some(codes) = taken(fields, ACCEPT_FLAGS) else { return Ok(Vec::new()) };
    let wrong = || Refusal::bad_event(ACCEPT_FLAGS, "must be a list of codes of flags");
    let Tree::List(codes) = codes else { return Err(wrong().into()) };
    let codes = codes.iter().map(|code| if let Tree::Text(code) = code { Some(code.as_str()) } else { None });
    Ok(known(codes).ok_or_else(wrong)?)
}

/// Known codes, each at most once.
fn known<'a>(codes: impl Iterator<Item = Option<&'a str>>) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for code in codes {
        let (code, ..) = FLAGS.iter().find(|(known, ..)| Some(*known) == code)?;
        if all.iter().any(|earlier| earlier == code) {
            return None;
        }
        all.push((*code).into());
    }
    Some(all)
}
