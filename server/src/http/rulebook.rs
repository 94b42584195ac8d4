//! The rules in force, as members read them.

use std::sync::LazyLock;

use axum::extract::State;
use gongxiang::identity::Day;
use gongxiang::quantity::Price;
use gongxiang::rulebook::{Article, rulebook};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::Problem;
use super::query::Query;
use super::rights::Anybody;
use super::rules::Tag;
use crate::language::Language;
use crate::ledger::group::rules_fingerprint;
use crate::ledger::store::{Page, Place};

/// The sentences, in both languages. A test of the rules checks that none is missing.
static TEXTS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../src/rulebook/texts.json")).unwrap_or_default());

/// In which language.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulebookQuery {
    /// The language of the sentences: `en` or `zh-CN`.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^(en|zh-CN)$", default = "en")]
    language: Tag,
}

/// The rules in force, each in a sentence with an example.
#[derive(Serialize, ToSchema)]
pub struct Rulebook {
    /// The SHA-256 of the rule set as canonical JSON, in hex.
    hash: String,
    /// The day since which these rules hold.
    since: Day,
    /// The day and the price of the examples.
    day: Day,
    price: Price,
    rules: Vec<RuleInWords>,
}

/// A rule in a sentence, with an example that the engine computed.
#[derive(Serialize, ToSchema)]
struct RuleInWords {
    /// Its key.
    rule: &'static str,
    title: String,
    text: String,
    example: String,
}

impl RuleInWords {
    fn of(Article { rule, values }: &Article, language: Language) -> Self {
        let words = &TEXTS["rules"][*rule][language.key()];
        let value = |name: &str| {
            let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
            match name {
                "pack" => TEXTS["packs"][language.key()][value].as_str().unwrap_or(value),
                "role" => gongxiang_words::role(language.catalogue(), value).unwrap_or(value),
                _ => value,
            }
            .to_owned()
        };
        let filled = |part: &str| gongxiang_words::fill(words[part].as_str().unwrap_or_default(), value);
        Self { rule, title: filled("title"), text: filled("text"), example: filled("example") }
    }
}

/// The rules in force, in words.
pub async fn current(
    State(app): State<App>,
    _: Anybody,
    Query(RulebookQuery { language: Tag(language) }): Query<RulebookQuery>,
) -> Result<Answer<Rulebook>, Problem> {
    let mut tx = app.ledger.read().await?;
    let now = tx.now().await?;
    let adopted = tx.rules().await?.last().map_or(Place::default(), |(place, _)| *place);
    let since = if adopted == Place::default() {
        None
    } else {
        // The entry itself: the one after the place before it.
        tx.journal(Page { after: Place(adopted.0 - 1), limit: 1 }).await?.pop()
    };
    let articles = rulebook(&now.rules, now.head.day, now.head.price)?;
    Ok(Answer::of(&Rulebook {
        hash: rules_fingerprint(&now.rules),
        since: since.map_or(now.rules.genesis_day, |entry| entry.day),
        day: now.head.day,
        price: now.head.price,
        rules: articles.iter().map(|article| RuleInWords::of(article, language)).collect(),
    }))
}
