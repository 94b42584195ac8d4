//! Adopting rules: shows the changes, and the red flags of the whole new rule set, before anything is sent.

use std::collections::BTreeSet;

use gongxiang::identity::Day;
use gongxiang::review::{Declaration, Finding, Severity, review};
use gongxiang::ruleset::{RuleSet, RuleSetError};
use gongxiang::tree::Tree;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::action_form::{ask, submit};
use super::announced;
use super::answer::asked;
use super::fault;
use super::rule_difference;
use super::rule_form::{self, Editor};
use crate::action::Action;
use crate::announced::Announced;
use crate::api::{self, Fault};
use crate::lang::Lang;
use crate::query::{Query, Remote, fetch};
use crate::reactive::memo;
use crate::rule_values as values;
use crate::state::App;
use crate::text::{Words, operator as t};
use crate::ui;

/// How many days ahead the server lets rules be announced.
const ANNOUNCED_DAYS_MAX: u64 = 365;

/// What the edited rules mean.
#[derive(Clone, Debug, PartialEq)]
enum Meaning {
    Unsound(RuleSetError),
    Sound { changes: Tree, findings: Vec<Finding>, earlier: Vec<Finding>, differences: Vec<[String; 3]> },
}

pub fn screen(app: App) -> AnyView {
    view! {
        {ui::intro(app, t::RULES_TITLE, t::RULES_NOTE)}
        {asked(app, to_change, move |(now, announced)| {
            let waits = announced.filter(Announced::waits);
            let card = waits.as_ref().map(|waits| announced::card(app, waits, &now.1, withdrawal(app, waits.id)));
            let form = shown(app, now, waits.is_some());
            view! { {card} {form} }.into_any()
        })}
    }
    .into_any()
}

/// The rules in force with their fingerprint and the open day, and what was announced last.
type ToChange = ((RuleSet, String, Day), Option<Announced>);

async fn to_change() -> Result<ToChange, Fault> {
    Ok((api::rules_to_change().await?, crate::announced::last().await?))
}

/// The button that withdraws announced rules.
fn withdrawal(app: App, id: i64) -> AnyView {
    let failed = RwSignal::new(None::<Fault>);
    let withdraw = move |_| {
        spawn_local(async move {
            match crate::announced::withdraw(id).await {
                // 404: they do not wait any more.
                Ok(()) | Err(Fault::Status { status: 404, .. }) => app.changed(),
                Err(fault) => failed.set(Some(fault)),
            }
        });
    };
    view! {
        {ui::button(app, "secondary", "withdraw-rules", t::WITHDRAW, withdraw)}
        {move || failed.get().map(|fault| {
            view! { <p class="error" role="alert">{fault::line(app.lang(), &fault)}</p> }.into_any()
        })}
    }
    .into_any()
}

/// The day that was typed, if any; an error unless announced rules can begin on it.
fn begins(typed: &str, today: Day) -> Result<Option<Day>, ()> {
    if typed.is_empty() {
        return Ok(None);
    }
    let day = Day::parse(typed).ok_or(())?;
    let last = today.plus(ANNOUNCED_DAYS_MAX).ok_or(())?;
    if today < day && day <= last { Ok(Some(day)) } else { Err(()) }
}

/// The field of the first day. While other rules wait for theirs, nothing can be announced.
fn first_day(app: App, typed: RwSignal<String>, today: Day, waits: bool) -> AnyView {
    if waits {
        return ui::note(app, t::ANNOUNCED_WAITS);
    }
    let wrong = move || begins(&typed.read(), today).is_err();
    let [min, max] = [1, ANNOUNCED_DAYS_MAX].map(|days| today.plus(days).map(|day| day.to_string()));
    view! {
        <div class="field">
            <label for="rules-from">{app.say(t::BEGINS)}</label>
            <input type="date" id="rules-from" data-testid="rules-from" min=min max=max prop:value=move || typed.get()
                aria-invalid=move || wrong().to_string() aria-describedby="rules-from-hint rules-from-error"
                on:input=move |event| typed.set(event_target_value(&event)) />
            <p class="hint" id="rules-from-hint">{app.say(t::BEGINS_HINT)}</p>
            <p class="error" id="rules-from-error" aria-live="polite">{move || wrong().then(|| app.say(t::BEGINS_WRONG)())}</p>
        </div>
    }
    .into_any()
}

fn shown(app: App, (rules, hash, today): (RuleSet, String, Day), waits: bool) -> AnyView {
    let typed = RwSignal::new(String::new());
    let now = values::spelled_out(rules.to_tree());
    let edited = RwSignal::new(now.clone());
    let accepted = RwSignal::new(BTreeSet::<&'static str>::new());
    // Without them the codes are shown alone.
    let texts = fetch(move || {
        let lang = app.lang.get();
        async move { api::flags(lang.tag()).await }
    });
    let of_meaning = now.clone();
    let meaning =
        memo(move || meaning(&rules, &values::changes(&of_meaning, &edited.read())).unwrap_or_else(Meaning::Unsound));
    let error = memo(move || match &*meaning.read() {
        Meaning::Unsound(error) => Some(error.clone()),
        Meaning::Sound { .. } => None,
    });
    let action = memo(move || match &*meaning.read() {
        Meaning::Sound { changes, findings, earlier, differences } if !differences.is_empty() => {
            let accepted = accepted.get();
            let red: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Red).collect();
            let all = red.iter().all(|finding| earlier.contains(finding) || accepted.contains(finding.code));
            let codes: Vec<_> = red.iter().map(|finding| finding.code.to_owned()).collect();
            let from = begins(&typed.read(), today).ok()?;
            let mut facts = facts(app.lang(), differences);
            facts.extend(from.map(|day| (t::BEGINS_ROW, day.to_string())));
            all.then(|| Action::adopt_upon(&hash, changes, &codes).announced(from).with_facts(facts))
        }
        _ => None,
    });
    let editor = Editor { now: StoredValue::new(now), edited, error };
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {rule_form::form(app, editor)}
            {move || match meaning.get() {
                Meaning::Unsound(error) => view! {
                    <p class="refusal" role="alert" data-testid="unsound">
                        {app.say(t::UNSOUND)} " " {rule_form::name(app.lang(), &error.key)} " · " {rule_form::refusal(app.lang(), &error)}
                    </p>
                }
                .into_any(),
                Meaning::Sound { findings, earlier, differences, .. } => view! {
                    {flags(app, &findings, &earlier, (accepted, texts))}
                    {rule_difference::table(app, &differences)}
                }
                .into_any(),
            }}
            {first_day(app, typed, today, waits)}
            {submit(app, action)}
        </form>
        {move || backtest(app, &meaning.read())}
    }
    .into_any()
}

/// The last days of the live book under these changes (`backtest.js`); nothing before there are any.
fn backtest(app: App, meaning: &Meaning) -> AnyView {
    match meaning {
        Meaning::Sound { changes, differences, .. } if !differences.is_empty() => {
            let changes = changes.canonical();
            view! {
                <section class="card" data-testid="backtest-card">
                    {ui::heading(app, t::BACKTEST)}
                    {ui::note(app, t::BACKTEST_NOTE)}
                    <GX-BACKTEST data-changes=changes lang=move || app.lang().tag()></GX-BACKTEST>
                </section>
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

fn meaning(rules: &RuleSet, changes: &Tree) -> Result<Meaning, RuleSetError> {
    let then = rules.adopt(changes)?;
    let flags = |rules: &RuleSet| {
        review(rules, &Declaration::default())
            .map_err(|error| RuleSetError { key: String::new(), message: error.to_string() })
    };
    let (earlier, findings) = (flags(rules)?, flags(&then)?);
    Ok(Meaning::Sound { changes: changes.clone(), findings, earlier, differences: differences(rules, &then) })
}

fn differences(now: &RuleSet, then: &RuleSet) -> Vec<[String; 3]> {
    values::differences(&values::spelled_out(now.to_tree()), &values::spelled_out(then.to_tree()))
}

/// The red flags. One that the rules in force raise by the same values is folded and needs no second acceptance.
fn flags(
    app: App,
    findings: &[Finding],
    earlier: &[Finding],
    (accepted, texts): (RwSignal<BTreeSet<&'static str>>, FlagTexts),
) -> AnyView {
    if findings.is_empty() {
        return ui::empty(app, "no-flags", t::NO_FLAG);
    }
    let (same, touched): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| earlier.contains(finding));
    let touched: Vec<_> = touched
        .into_iter()
        .map(|finding| {
            let is_new = !earlier.iter().any(|earlier| earlier.code == finding.code);
            let tag = if is_new { t::FLAG_NEW } else { t::FLAG_TOUCHED };
            flag(app, finding, texts, Some((accepted, tag)))
        })
        .collect();
    let same: Vec<_> = same.into_iter().map(|finding| flag(app, finding, texts, None)).collect();
    view! {
        <section>
            {(!touched.is_empty()).then(|| view! {
                {ui::heading(app, t::FLAGS)}
                {ui::note(app, t::ACCEPT)}
                <ul class="flags" data-testid="touched-flags">{touched}</ul>
            }.into_any())}
            {(!same.is_empty()).then(|| view! {
                <details class="rule-group" data-testid="same-flags">
                    <summary>{app.say(t::FLAGS_SAME)} " " <span class="tag off">{same.len()}</span></summary>
                    <ul class="flags">{same}</ul>
                </details>
            }.into_any())}
        </section>
    }
    .into_any()
}

/// The codes of all flags, each with its title and its sentence.
type FlagTexts = Query<Vec<[String; 3]>>;

/// A red flag. `choice` has what it is in these changes, and what is accepted; without it nothing is asked.
fn flag(
    app: App,
    finding: &Finding,
    texts: FlagTexts,
    choice: Option<(RwSignal<BTreeSet<&'static str>>, Words)>,
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
    let label = view! {
        <code>{code}</code> " " <span class=class>{app.say(severity)}</span>
        {choice.map(|(_, tag)| view! { " " <span class="tag bad">{app.say(tag)}</span> }.into_any())}
    }
    .into_any();
    let named = if let (Severity::Red, Some((accepted, _))) = (finding.severity, choice) {
        let toggle = move |event: web_sys::Event| {
            let on = event_target_checked(&event);
            accepted.update(|all| _ = if on { all.insert(code) } else { all.remove(code) });
        };
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

/// What these changes would make of the rules in force: each value that differs, as it is now and then.
pub fn changes(rules: &RuleSet, changes: &Tree) -> Vec<[String; 3]> {
    rules.adopt(changes).map(|then| differences(rules, &then)).unwrap_or_default()
}

/// The same as rows of the sheet: `Released each day: 888 → 900`.
pub fn facts(lang: Lang, differences: &[[String; 3]]) -> Vec<(Words, String)> {
    let row = |[key, now, then]: &[String; 3]| {
        let [now, then] = [now, then].map(|value| rule_form::shown(lang, value));
        (t::CHANGE, format!("{}: {now} → {then}", rule_form::name(lang, key)))
    };
    differences.iter().map(row).collect()
}
