//! The rules in force, for members: each in a sentence with an example, the red flags, and the fingerprint. Printed, it is a booklet.

use gongxiang::identity::Day;
use leptos::prelude::*;
use serde_json::Value;

use super::announced::told;
use super::answer::asked;
use crate::announced::{self, Announced};
use crate::api;
use crate::json::ReadError;
use crate::lang::Lang;
use crate::state::App;
use crate::text::{operator as o, rulebook as t};
use crate::ui;

/// A rule, or a red flag: its key, its title, its sentence, and an example or a cleaner alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Article {
    key: String,
    title: String,
    text: String,
    more: String,
    /// Of a flag.
    severity: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rulebook {
    hash: String,
    since: String,
    day: String,
    price: String,
    rules: Vec<Article>,
    flags: Vec<Article>,
}

fn text(of: &Value, name: &str) -> Result<String, ReadError> {
    of.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(ReadError)
}

impl Rulebook {
    fn read(book: &Value, review: &Value) -> Result<Self, ReadError> {
        let list = |of: &Value, name: &str, read: fn(&Value) -> Result<Article, ReadError>| {
            of.get(name).and_then(Value::as_array).ok_or(ReadError)?.iter().map(read).collect::<Result<Vec<_>, _>>()
        };
        let rule = |rule: &Value| {
            let [key, title, words, more] = ["rule", "title", "text", "example"].map(|name| text(rule, name));
            Ok(Article { key: key?, title: title?, text: words?, more: more?, severity: String::new() })
        };
        let flag = |flag: &Value| {
            let [key, title, words, more] = ["code", "title", "when", "cleaner"].map(|name| text(flag, name));
            Ok(Article { key: key?, title: title?, text: words?, more: more?, severity: text(flag, "severity")? })
        };
        let [hash, since, day, price] = ["hash", "since", "day", "price"].map(|name| text(book, name));
        let (rules, flags) = (list(book, "rules", rule)?, list(review, "flags", flag)?);
        Ok(Self { hash: hash?, since: since?, day: day?, price: price?, rules, flags })
    }
}

pub fn screen(app: App) -> AnyView {
    let ask = move || {
        let lang = app.lang.get();
        async move {
            let (book, review) = api::rulebook(lang.tag()).await?;
            // If that cannot be had, the rules in force are shown all the same.
            let announced = announced::last().await.unwrap_or_default();
            Ok((Rulebook::read(&book, &review)?, announced))
        }
    };
    view! {
        {ui::intro(app, t::TITLE, t::NOTE)}
        {asked(app, ask, move |(book, announced)| shown(app, &book, announced.as_ref()))}
    }
    .into_any()
}

fn shown(app: App, book: &Rulebook, announced: Option<&Announced>) -> AnyView {
    let print = move |_| _ = window().print();
    let mark = |lang: Lang| if lang == Lang::Zh { "：" } else { ": " };
    let rules: Vec<_> = book
        .rules
        .iter()
        .map(|rule| article(app, rule, move || format!("{}{}", app.say(t::EXAMPLE)(), mark(app.lang()))))
        .collect();
    let flags: Vec<_> =
        book.flags.iter().map(|flag| article(app, flag, move || app.say(t::CLEANER)().to_owned())).collect();
    view! {
        {announced.zip(Day::parse(&book.day)).map(|(announced, day)| told(app, announced, &book.hash, day))}
        <section class="card" data-testid="rulebook">
            <dl class="sums">
                <dt>{app.say(t::SINCE)}</dt><dd><time data-testid="since">{book.since.clone()}</time></dd>
                <dt>{app.say(t::PRICED)} " " <time>{book.day.clone()}</time></dt><dd>"¥" {book.price.clone()}</dd>
            </dl>
            <p class="note">{app.say(t::HASH)} <br /> <code class="hash" data-testid="hash">{book.hash.clone()}</code></p>
            {ui::button(app, "secondary", "print", t::PRINT, print)}
        </section>
        <ol class="rulebook">{rules}</ol>
        {if book.flags.is_empty() {
            ui::empty(app, "no-flags", o::NO_FLAG)
        } else {
            view! {
                <section>
                    {ui::heading(app, t::FLAGS)}
                    {ui::note(app, t::FLAGS_NOTE)}
                    <ul class="rulebook">{flags}</ul>
                </section>
            }
            .into_any()
        }}
    }
    .into_any()
}

fn article(app: App, article: &Article, before: impl Fn() -> String + Send + 'static) -> AnyView {
    let tag = match article.severity.as_str() {
        "red" => Some((o::SEVERITY_RED, "tag bad")),
        "high" => Some((o::SEVERITY_HIGH, "tag shop")),
        "notice" => Some((o::SEVERITY_NOTICE, "tag off")),
        _ => None,
    };
    view! {
        <li class="card" data-testid="article" data-key=article.key.clone()>
            <h2>{article.title.clone()} {tag.map(|(words, class)| view! { " " <span class=class>{app.say(words)}</span> }.into_any())}</h2>
            <p>{article.text.clone()}</p>
            <p class="note"><b>{before}</b> {article.more.clone()}</p>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rulebook_is_read_whole_or_not_at_all() {
        let book = json!({
            "hash": "0f", "since": "2026-01-01", "day": "2026-01-02", "price": "1",
            "rules": [{"rule": "cap", "title": "a", "text": "b", "example": "c"}],
        });
        let review = json!({"flags": [{"code": "DEPTH", "severity": "red", "title": "a", "when": "b", "cleaner": "c"}], "red": []});
        let read = Rulebook::read(&book, &review).expect("a rulebook");
        assert_eq!((read.rules.len(), read.flags[0].severity.as_str()), (1, "red"));
        assert!(Rulebook::read(&review, &book).is_err());
    }
}
