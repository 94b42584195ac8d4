//! Adopting rules: the changes, and the red flags of the whole new rule set, before anything is sent.

use std::collections::BTreeSet;

use gongxiang::review::{Declaration, Finding, Severity, review};
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::answer::asked;
use crate::action::Action;
use crate::api;
use crate::json;
use crate::query::{Query, Remote, fetch};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, operator as t};
use crate::ui;

/// The typed rules.
#[derive(Clone, Debug, PartialEq)]
enum RulesInput {
    Unsound(String),
    Sound { changes: Tree, findings: Vec<Finding>, earlier: Vec<&'static str>, differences: Vec<[String; 3]> },
}

pub fn screen(app: App) -> AnyView {
    let load = || async { api::rules().await.map(|kept| kept.value) };
    view! {
        {ui::intro(app, t::RULES_TITLE, t::RULES_NOTE)}
        {asked(app, load, move |rules| shown(app, rules))}
    }
    .into_any()
}

fn shown(app: App, rules: RuleSet) -> AnyView {
    let typed = RwSignal::new("{\"release\": {\"daily\": \"888\", \"min_total\": \"1\"}}".to_owned());
    let accepted = RwSignal::new(BTreeSet::<&'static str>::new());
    // Without them the codes are shown alone.
    let texts = fetch(move || {
        let lang = app.lang.get();
        async move { api::flags(lang.tag()).await }
    });
    let understood = memo(move || read(&rules, &typed.read()));
    let action = memo(move || match &*understood.read() {
        RulesInput::Sound { changes, findings, differences, .. } if !differences.is_empty() => {
            let accepted = accepted.get();
            let red = findings.iter().filter(|finding| finding.severity == Severity::Red);
            let all = red.clone().all(|finding| accepted.contains(finding.code));
            let codes: Vec<_> = red.map(|finding| finding.code.to_owned()).collect();
            all.then(|| Action::adopt(changes, &codes).with_facts(facts(differences)))
        }
        _ => None,
    });
    view! {
        <form class="card form" on:submit=ask(app, action)>
            <div class="field">
                <label for="changes">{app.say(t::CHANGES)}</label>
                <textarea id="changes" data-testid="changes" rows="6" spellcheck="false" prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))></textarea>
            </div>
            {move || match understood.get() {
                RulesInput::Unsound(why) => view! {
                    <p class="refusal" role="alert" data-testid="unsound">{app.say(t::UNSOUND)} " " {why}</p>
                }
                .into_any(),
                RulesInput::Sound { findings, earlier, differences, .. } => view! {
                    {flags(app, &findings, &earlier, (accepted, texts))}
                    {difference(app, &differences)}
                }
                .into_any(),
            }}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

fn read(rules: &RuleSet, typed: &str) -> RulesInput {
    let parsed = serde_json::from_str(typed).map_err(|error| error.to_string());
    let changes = parsed.and_then(|changes| json::read_value::<Tree>(&changes).map_err(|error| error.to_string()));
    let adopted = changes.and_then(|changes| {
        let then = rules.adopt(&changes).map_err(|error| error.to_string())?;
        let flags = |rules: &RuleSet| review(rules, &Declaration::default()).map_err(|error| error.to_string());
        let earlier = flags(rules)?.iter().map(|finding| finding.code).collect();
        let findings = flags(&then)?;
        let mut differences = Vec::new();
        differ("", &rules.to_tree(), &then.to_tree(), &mut differences);
        Ok(RulesInput::Sound { changes, findings, earlier, differences })
    });
    adopted.unwrap_or_else(RulesInput::Unsound)
}

/// Collects every key that differs, with its value now and then: `release.daily`, `888`, `900`.
fn differ(key: &str, now: &Tree, then: &Tree, found: &mut Vec<[String; 3]>) {
    if now == then {
        return;
    }
    if let (Tree::Table(before), Tree::Table(after)) = (now, then) {
        let names: BTreeSet<_> = before.iter().chain(after).map(|(name, _)| name.as_str()).collect();
        let none = Tree::Text(String::new());
        for name in names {
            let inner = if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
            differ(&inner, now.get(name).unwrap_or(&none), then.get(name).unwrap_or(&none), found);
        }
        return;
    }
    let text = |tree: &Tree| match tree {
        Tree::Text(text) => text.clone(),
        other => other.canonical(),
    };
    found.push([key.to_owned(), text(now), text(then)]);
}

fn flags(
    app: App,
    findings: &[Finding],
    earlier: &[&'static str],
    (accepted, texts): (RwSignal<BTreeSet<&'static str>>, FlagTexts),
) -> AnyView {
    if findings.is_empty() {
        return ui::empty(app, "no-flags", t::NO_FLAG);
    }
    let lines: Vec<_> = findings.iter().map(|finding| flag(app, finding, earlier, (accepted, texts))).collect();
    view! {
        <section>
            {ui::heading(app, t::FLAGS)}
            {ui::note(app, t::ACCEPT)}
            <ul class="flags">{lines}</ul>
        </section>
    }
    .into_any()
}

/// The codes of all flags, each with its title and its sentence.
type FlagTexts = Query<Vec<[String; 3]>>;

fn flag(
    app: App,
    finding: &Finding,
    earlier: &[&'static str],
    (accepted, texts): (RwSignal<BTreeSet<&'static str>>, FlagTexts),
) -> AnyView {
    let code = finding.code;
    let words = move || match texts.state.get() {
        Remote::Ready(all) => all
            .into_iter()
            .find(|[known, ..]| known == code)
            .map(|[_, title, when]| view! { <p data-testid="flag-words"><b>{title}</b> " · " {when}</p> }.into_any()),
        _ => None,
    };
    let (severity, class): (Words, _) = match finding.severity {
        Severity::Red => (t::SEVERITY_RED, "tag bad"),
        Severity::High => (t::SEVERITY_HIGH, "tag shop"),
        Severity::Notice => (t::SEVERITY_NOTICE, "tag off"),
    };
    let evidence: Vec<_> = finding.evidence.iter().map(|seen| format!("{} = {}", seen.key, seen.value)).collect();
    let is_new = !earlier.contains(&code);
    let toggle = move |event: web_sys::Event| {
        let on = event_target_checked(&event);
        accepted.update(|all| _ = if on { all.insert(code) } else { all.remove(code) });
    };
    let label = view! {
        <code>{code}</code> " " <span class=class>{app.say(severity)}</span>
        {is_new.then(|| view! { " " <span class="tag bad">{app.say(t::FLAG_NEW)}</span> }.into_any())}
    }
    .into_any();
    let named = if finding.severity == Severity::Red {
        view! {
            <label>
                <input type="checkbox" data-testid="accept" data-code=code
                    prop:checked=move || accepted.read().contains(code) on:change=toggle />
                " " {label}
            </label>
        }
        .into_any()
    } else {
        view! { <p>{label}</p> }.into_any()
    };
    view! { <li data-testid="flag" data-code=code>{named} {words} <p class="note">{evidence.join(" · ")}</p></li> }
        .into_any()
}

/// What these changes would make of the rules in force: each key that differs, its value now and then.
pub fn changes(rules: &RuleSet, changes: &Tree) -> Vec<[String; 3]> {
    let mut differences = Vec::new();
    if let Ok(then) = rules.adopt(changes) {
        differ("", &rules.to_tree(), &then.to_tree(), &mut differences);
    }
    differences
}

/// The same as rows of the sheet: `release.daily: 888 → 900`.
pub fn facts(differences: &[[String; 3]]) -> Vec<(Words, String)> {
    differences.iter().map(|[key, now, then]| (t::CHANGE, format!("{key}: {now} → {then}"))).collect()
}

pub fn difference(app: App, differences: &[[String; 3]]) -> AnyView {
    if differences.is_empty() {
        return ui::empty(app, "no-difference", t::NO_DIFFERENCE);
    }
    let rows = differences.iter().map(|[key, now, then]| {
        view! {
            <tr data-testid="difference" data-key=key.clone()>
                <th scope="row"><code>{key.clone()}</code></th>
                <td>{now.clone()}</td>
                <td><b>{then.clone()}</b></td>
            </tr>
        }
        .into_any()
    });
    view! {
        <section>
            {ui::heading(app, t::DIFFERENCE)}
            {ui::table(app, "differences", &[t::KEY, t::BEFORE, t::AFTER], rows.collect())}
        </section>
    }
    .into_any()
}
