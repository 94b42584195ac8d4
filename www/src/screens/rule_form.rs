//! The form of a rule set: a field for each value, in the groups of the rule set, with its unit, its limits, and the
//! source of the seed's value.

use gongxiang::ruleset::RuleSetError;
use gongxiang::tree::Tree;
use gongxiang_words::{rule_choice, rule_hint, rule_key};
use leptos::prelude::*;

use crate::json;
use crate::lang::Lang;
use crate::reactive::memo;
use crate::rule_values as values;
use crate::state::App;
use crate::text::{Words, rule_form as t};

/// The values that are chosen from a list.
const CHOICES: [(&str, &[&str]); 2] =
    [("price.policy", &["turnover", "market", "operator"]), ("redemption", &["burn", "treasury"])];

/// The groups that `rules.adopted` may change, in the order of the rule set.
const GROUPS: [&str; 10] =
    ["release", "price", "signup", "packs", "merchant", "order", "share", "service", "area", "market"];

include!(concat!(env!("OUT_DIR"), "/seed.rs"));

/// What is being edited, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct Editor {
    /// The rules in force, as `edited` begins.
    pub now: StoredValue<Tree>,
    pub edited: RwSignal<Tree>,
    pub error: Memo<Option<RuleSetError>>,
}

impl Editor {
    /// The keys of a group that has fields; a single choice is a group of its own.
    fn keys(self, group: &str) -> Vec<String> {
        let inner = format!("{group}.");
        values::keys(&self.edited.read()).into_iter().filter(|key| key == group || key.starts_with(&inner)).collect()
    }

    fn text(self, key: &str) -> String {
        values::value(&self.edited.read(), key).map(values::text).unwrap_or_default()
    }

    fn text_now(self, key: &str) -> Option<String> {
        self.now.with_value(|now| values::value(now, key).map(values::text))
    }
}

/// What a value is called: its group, the pack or role that it belongs to, and its own name.
pub fn name(lang: Lang, key: &str) -> String {
    let words = |key: &str| rule_key(lang.catalogue(), key).unwrap_or_default();
    let parts: Vec<_> = key.split('.').collect();
    let of = match parts.as_slice() {
        ["packs", name, ..] => (*name).to_owned(),
        ["service", "roles", at, ..] => {
            format!("{} {}", words("service.roles"), at.parse::<u8>().map_or(0, |at| at + 1))
        }
        _ => String::new(),
    };
    let own = if parts.len() > 1 && key != "service.roles" { words(&values::word_key(key)) } else { "" };
    let named: Vec<_> = [words(parts.first().copied().unwrap_or_default()), &of, own]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    named.join(" · ")
}

/// A value as people read it.
pub fn shown(lang: Lang, value: &str) -> String {
    match value {
        "true" => t::YES.of(lang).to_owned(),
        "false" => t::NO.of(lang).to_owned(),
        // It is not there.
        "" => "—".to_owned(),
        value => rule_choice(lang.catalogue(), value).unwrap_or(value).to_owned(),
    }
}

/// Why a rule set is not valid.
pub fn refusal(lang: Lang, error: &RuleSetError) -> String {
    let key = &error.key;
    if key == "share.offline_points_rate" && error.message.starts_with("and ") {
        return t::SUM_TOO_HIGH.of(lang).to_owned();
    }
    let hint = rule_hint(lang.catalogue(), &values::word_key(key));
    match (hint, lang) {
        (Some(hint), lang) => format!("{}{hint}", t::MUST.of(lang)),
        (None, Lang::En) => error.to_string(),
        (None, Lang::Zh) => format!("{} {key}", t::BAD_KEY.of(lang)),
    }
}

pub fn form(app: App, editor: Editor) -> AnyView {
    let groups: Vec<_> = GROUPS.iter().map(|group| fields(app, editor, group)).collect();
    view! {
        {groups}
        {choice(app, editor, "redemption")}
        {as_text(app, editor)}
    }
    .into_any()
}

/// The fields of a group, folded. A pack or a role that comes or goes draws them anew.
fn fields(app: App, editor: Editor, group: &'static str) -> AnyView {
    let keys = memo(move || editor.keys(group));
    let changed = memo(move || {
        keys.read().iter().filter(|key| editor.text_now(key).as_deref() != Some(&*editor.text(key))).count()
    });
    let body = move || keys.get().into_iter().map(|key| field(app, editor, key)).collect::<Vec<_>>();
    view! {
        <details class="rule-group" data-testid="rule-group" data-key=group>
            <summary>
                {move || rule_key(app.lang().catalogue(), group)}
                {move || (changed.get() > 0).then(|| view! { " " <span class="tag shop">{changed.get()} " " {app.say(t::CHANGED)}</span> }.into_any())}
            </summary>
            {body}
        </details>
    }
    .into_any()
}

fn field(app: App, editor: Editor, key: String) -> AnyView {
    let word = values::word_key(&key);
    if CHOICES.iter().any(|(known, _)| *known == key) {
        return choice(app, editor, CHOICES.iter().find(|(known, _)| *known == key).map_or("", |(known, _)| known));
    }
    let is_flag = matches!(values::value(&editor.edited.read_untracked(), &key), Some(Tree::Bool(_)));
    let input = if is_flag { flag(editor, &key) } else { number(editor, &key, word == "service.roles.name") };
    framed(app, editor, key, input)
}

/// A field with its name above, and its unit, its value now and what is wrong with it below.
fn framed(app: App, editor: Editor, key: String, input: AnyView) -> AnyView {
    let (id, error_id) = (id_of(&key), format!("{}-error", id_of(&key)));
    let (label, of_hint, of_now, of_error) = (key.clone(), values::word_key(&key), key.clone(), key.clone());
    let now = move || {
        let (lang, now) = (app.lang(), editor.text_now(&of_now)?);
        (now != editor.text(&of_now)).then(|| format!(" · {} {}", t::NOW.of(lang), shown(lang, &now)))
    };
    let wrong = move || {
        let error = editor.error.get()?;
        (error.key == of_error).then(|| refusal(app.lang(), &error))
    };
    let source = source(&key).map(|(value, words)| {
        move || format!(" · {} {} ({})", t::SEED.of(app.lang()), shown(app.lang(), value), words.of(app.lang()))
    });
    view! {
        <div class="field" data-testid="rule-field" data-key=key>
            <label for=id>{move || short_name(app.lang(), &label)}</label>
            {input}
            <p class="hint">{move || rule_hint(app.lang().catalogue(), &of_hint)} {source} <b>{now}</b></p>
            <p class="error" id=error_id aria-live="polite">{wrong}</p>
        </div>
    }
    .into_any()
}

/// The name of a value within its group.
fn short_name(lang: Lang, key: &str) -> String {
    let whole = name(lang, key);
    whole.split_once(" · ").map_or(whole.clone(), |(_, rest)| rest.to_owned())
}

fn number(editor: Editor, key: &str, is_text: bool) -> AnyView {
    let (id, of_value, of_error, of_input) = (id_of(key), key.to_owned(), key.to_owned(), key.to_owned());
    view! {
        <input id=id.clone() data-testid=id.clone() inputmode=if is_text { "text" } else { "decimal" } autocomplete="off" autocapitalize="off"
            spellcheck="false" prop:value=move || editor.text(&of_value) aria-describedby=format!("{id}-error")
            aria-invalid=move || editor.error.read().as_ref().is_some_and(|error| error.key == of_error).to_string()
            on:input=move |event| {
                let new = values::typed(&of_input, &event_target_value(&event));
                editor.edited.update(|edited| values::set(edited, &of_input, new));
            } />
    }
    .into_any()
}

fn flag(editor: Editor, key: &str) -> AnyView {
    let (id, of_value, of_input) = (id_of(key), key.to_owned(), key.to_owned());
    view! {
        <input type="checkbox" id=id.clone() data-testid=id prop:checked=move || editor.text(&of_value) == "true"
            on:change=move |event| {
                let new = Tree::Bool(event_target_checked(&event));
                editor.edited.update(|edited| values::set(edited, &of_input, new));
            } />
    }
    .into_any()
}

fn choice(app: App, editor: Editor, key: &'static str) -> AnyView {
    let names = CHOICES.iter().find(|(known, _)| *known == key).map_or(&[][..], |(_, names)| names);
    let options: Vec<_> = names
        .iter()
        .map(|name| {
            view! {
                <option value=*name prop:selected=move || editor.text(key) == *name>{move || shown(app.lang(), name)}</option>
            }
            .into_any()
        })
        .collect();
    let id = id_of(key);
    let select = view! {
        <select id=id.clone() data-testid=id on:change=move |event| {
            let new = Tree::Text(event_target_value(&event));
            editor.edited.update(|edited| values::set(edited, key, new));
        }>{options}</select>
    };
    framed(app, editor, key.to_owned(), select.into_any())
}

/// The changes as text, for packs and roles that come or go.
fn as_text(app: App, editor: Editor) -> AnyView {
    let unreadable = RwSignal::new(None::<String>);
    let text = move || editor.now.with_value(|now| values::changes(now, &editor.edited.read()).canonical());
    let read = move |event| {
        let typed = json::parse(&event_target_value(&event)).and_then(|typed| json::read_value::<Tree>(&typed));
        match typed {
            Ok(changes) => {
                unreadable.set(None);
                editor.edited.set(editor.now.with_value(|now| values::replaced(now, &changes)));
            }
            Err(error) => unreadable.set(Some(error.to_string())),
        }
    };
    view! {
        <details class="rule-group" data-testid="rules-as-text">
            <summary>{app.say(t::AS_TEXT)}</summary>
            <div class="field">
                <label for="changes">{app.say(t::CHANGES)}</label>
                <textarea id="changes" data-testid="changes" rows="6" spellcheck="false" prop:value=text on:change=read></textarea>
                <p class="error" data-testid="unreadable" aria-live="polite">{move || unreadable.get().map(|why| format!("{} {why}", app.say(t::NO_JSON)()))}</p>
            </div>
        </details>
    }
    .into_any()
}

fn id_of(key: &str) -> String {
    format!("rule-{}", key.replace('.', "-"))
}

/// The seed's value and where it comes from.
fn source(key: &str) -> Option<(&'static str, Words)> {
    let (_, value, source) = SEED.iter().find(|(known, ..)| *known == key)?;
    let words = match *source {
        "doc" => t::OF_DOCUMENT,
        "sibling" => t::OF_SIBLINGS,
        _ => t::OURS,
    };
    Some((value, words))
}
