//! The sheet in which an action is confirmed. It shows the expected receipt, then the settled one.

use gongxiang::quantity::Points;
use gongxiang::receipt::{Amount, Party, Posting, Receipt, Rule};
use gongxiang::wire::worded;
use gongxiang_words::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::HtmlDialogElement;

use super::named;
use super::{fault, summary, trades};
use crate::action::{Action, Expectation, foresee};
use crate::api::Fault;
use crate::figure::number;
use crate::order::TO_BE_MADE;
use crate::outbox::{self, Outcome};
use crate::reactive::effect;
use crate::receipt::moves_like;
use crate::state::App;
use crate::text::{self, Words, actions as t, counter as c, fault as f, frame, proposals as p, signin, summary as s};
use crate::ui;

/// The stage of an action.
#[derive(Clone, Debug)]
enum Stage {
    Foreseeing,
    /// The key is its idempotency key if it is confirmed.
    Foreseen(String, Result<Expectation, Fault>),
    /// Confirmed under this key. Keeps the foreseen receipt, which is compared with the settled one.
    Sent(String, Option<Receipt>),
    Answered(Outcome, Option<Receipt>),
}

const SHEET: &str = "sheet";

/// Lines of a receipt shown at first, and with each click on "more". The close of a day may have thousands.
const SHOWN: usize = 100;

fn dialog() -> Option<HtmlDialogElement> {
    document().get_element_by_id(SHEET)?.dyn_into().ok()
}

/// Adds an entry for the sheet to the browser's history.
fn enter() -> bool {
    window().history().is_ok_and(|history| history.push_state_with_url(&JsValue::NULL, "", None).is_ok())
}

/// Leaves the entry that [`enter`] made.
fn leave_entry() {
    if let Ok(history) = window().history() {
        // Fails only if the page is being left already.
        let _ = history.back();
    }
}

/// The sheet.
pub fn sheet(app: App) -> AnyView {
    let stage = RwSignal::new(Stage::Foreseeing);
    // Set while the open sheet has an entry of its own in the browser's history, so that Back closes it.
    let entered = StoredValue::new(false);
    window_event_listener(leptos::ev::popstate, move |_| {
        if entered.get_value() {
            entered.set_value(false);
            app.asked.set(None);
        }
    });
    effect(move |_| {
        let Some(dialog) = dialog() else { return };
        let Some(action) = app.asked.get() else {
            if entered.get_value() {
                entered.set_value(false);
                leave_entry();
            }
            // An outcome that comes now is not read here.
            stage.set(Stage::Foreseeing);
            return dialog.close();
        };
        stage.set(Stage::Foreseeing);
        if !dialog.open() {
            let _ = dialog.show_modal();
            entered.set_value(enter());
        }
        spawn_local(async move {
            let spent = action.member.as_ref().map_or(Points::ZERO, |me| untrack(|| app.outbox.spends(me)));
            let (key, foreseen) = match outbox::new_key() {
                Ok(key) => (key.clone(), foresee(&action, &key, app.days, spent).await),
                Err(fault) => (String::new(), Err(fault)),
            };
            if matches!(foreseen, Err(Fault::OtherRules)) {
                app.doubted.set(true);
            }
            if app.asked.with_untracked(|asked| asked.as_ref() == Some(&action)) {
                stage.set(Stage::Foreseen(key, foreseen));
            }
        });
    });
    effect(move |_| {
        let Some((key, outcome)) = app.outbox.answered.get() else { return };
        if let Stage::Sent(mine, foreseen) = stage.get_untracked()
            && mine == key
        {
            // Here it is read.
            app.outbox.read(&key);
            stage.set(Stage::Answered(outcome, foreseen));
        }
        app.changed();
    });
    let close = move || app.asked.set(None);
    view! {
        <dialog id=SHEET class="sheet" data-testid="sheet" aria-labelledby="sheet-title" on:close=move |_| close()>
            {move || app.asked.get().map(|action| view! {
                <header>
                    <h2 id="sheet-title">{app.say(action.title)}</h2>
                    <button type="button" class="close" aria-label=app.say(frame::CLOSE) on:click=move |_| close()>"×"</button>
                </header>
                {trades::summary(app, &action)}
                {note(app, action.note, stage)}
                {(!action.facts.is_empty()).then(|| facts(app, &action.facts))}
                <div class="body" aria-live="polite">{move || body(app, &action, stage)}</div>
            }.into_any())}
        </dialog>
    }
    .into_any()
}

/// Tells what happens to money and points; nothing once it only waits.
fn note(app: App, note: Words, stage: RwSignal<Stage>) -> AnyView {
    let waits = move || stage.with(|stage| matches!(stage, Stage::Answered(Outcome::Proposed, _)));
    view! { {move || (!waits()).then(|| ui::note(app, note))} }.into_any()
}

/// What the action is about.
fn facts(app: App, facts: &[(Words, String)]) -> AnyView {
    let rows: Vec<_> = facts.iter().map(|(name, value)| ui::text_row(app, *name, value.clone())).collect();
    view! { <dl class="sums" data-testid="facts">{rows}</dl> }.into_any()
}

fn body(app: App, action: &Action, stage: RwSignal<Stage>) -> AnyView {
    match stage.get() {
        Stage::Foreseeing => ui::skeleton(app),
        Stage::Foreseen(key, Ok(foreseen)) => confirm(app, action, key, stage, &foreseen),
        Stage::Foreseen(key, Err(Fault::Unreachable | Fault::OtherRules)) => {
            confirm(app, action, key, stage, &Expectation::Unknown)
        }
        Stage::Foreseen(_, Err(fault)) => {
            let code = match &fault {
                Fault::Status { problem, .. } => problem.code.clone(),
                _ => String::new(),
            };
            let (_, title, note) = fault::words(&fault);
            refused(app, title, &code, note)
        }
        Stage::Sent(key, _) => {
            let kept = move || {
                let waits = app.outbox.waiting.with(|all| all.iter().any(|waiting| waiting.key == key));
                (waits && !app.outbox.storage_fails.get()).then(|| ui::note(app, t::QUEUED))
            };
            view! {
                <p class="sending" data-testid="sending">{app.say(t::SENDING)}</p>
                {move || kept()}
                {next(app, action)}
            }
            .into_any()
        }
        Stage::Answered(Outcome::Settled(receipt), foreseen) => {
            let receipt = action.seen(receipt);
            let as_seen = foreseen.map(|foreseen| moves_like(&foreseen, &receipt));
            let says = as_seen.map(|same| if same { t::AS_SEEN } else { t::NOT_AS_SEEN });
            view! {
                <p class="done" data-testid="settled" data-as-seen=as_seen.map(|same| same.to_string())>
                    <span class="sign" aria-hidden="true">"✓"</span>
                    <b>{app.say(t::SETTLED_TITLE)}</b> " " {says.map(|says| view! { <small>{app.say(says)}</small> }.into_any())}
                </p>
                {settled(app, action, &receipt)}
                {next(app, action)}
            }
            .into_any()
        }
        Stage::Answered(Outcome::Proposed, _) => {
            let kept = view! { <small>{app.say(p::KEPT)}</small> }.into_any();
            view! { <div data-testid="proposed">{done(app, p::KEPT_TITLE, kept)}</div> }.into_any()
        }
        Stage::Answered(Outcome::Announced, _) => {
            view! { <div data-testid="announced-now">{done(app, t::ANNOUNCED, ().into_any())}</div> }.into_any()
        }
        Stage::Answered(Outcome::Done, _) => {
            view! { <div data-testid="declined">{done(app, p::DECLINED, ().into_any())}</div> }.into_any()
        }
        Stage::Answered(Outcome::Refused(problem), _) => refused(app, t::REFUSED, &problem.code, f::FAILED_NOTE),
        Stage::Answered(Outcome::Unclear, _) => refused(app, t::REFUSED, "", t::UNCLEAR),
    }
}

/// What has been done, with more about it.
fn done(app: App, words: Words, more: AnyView) -> AnyView {
    view! { <p class="done"><span class="sign" aria-hidden="true">"✓"</span> <b>{app.say(words)}</b> " " {more}</p> }
        .into_any()
}

/// At a till, the way to the next customer.
fn next(app: App, action: &Action) -> AnyView {
    if action.title != c::CHARGE {
        return ().into_any();
    }
    ui::button(app, "primary", "next-customer", c::NEXT, move |_| app.asked.set(None))
}

/// A refusal with its code. `other` is shown for a code without words.
fn refused(app: App, title: Words, code: &str, other: Words) -> AnyView {
    let looked_up = code.to_owned();
    let why = move || text::refusal(app.lang(), &looked_up).unwrap_or_else(|| other.of(app.lang()).to_owned());
    view! {
        <div class="refusal" role="alert" data-testid="action-refused" data-code=code.to_owned()>
            <b>{app.say(title)}</b>
            <p>{move || why()}</p>
            {ui::code(app, code.to_owned())}
        </div>
    }
    .into_any()
}

/// What was settled: its summary, as before it was confirmed, and all that moved below it.
fn settled(app: App, action: &Action, receipt: &Receipt) -> AnyView {
    if action.changes_rules() {
        return ().into_any();
    }
    let all = shown(app, receipt, "settled");
    match summary::summary(app, action, receipt, None, None, true) {
        Some(summary) => folded(app, summary, all),
        None => all,
    }
}

/// A summary, and all that moves, which one opens.
fn folded(app: App, summary: AnyView, all: AnyView) -> AnyView {
    view! {
        {summary}
        <details class="all" data-testid="all-that-moves"><summary>{app.say(s::DETAILS)}</summary> {all}</details>
    }
    .into_any()
}

fn confirm(app: App, action: &Action, key: String, stage: RwSignal<Stage>, foreseen: &Expectation) -> AnyView {
    let mut spends = Points::ZERO;
    let (content, receipt) = match foreseen {
        Expectation::Refused(refusal) => {
            return refused(app, t::WOULD_REFUSE, refusal.code.as_str(), f::FAILED_NOTE);
        }
        // What stands above says all of it: nothing moves before the money of a trade is paid, nor by new rules.
        Expectation::Receipt(receipt, ..)
            if receipt.postings.is_empty() && (action.deal().is_some() || action.changes_rules()) =>
        {
            (().into_any(), Some(receipt.clone()))
        }
        Expectation::Receipt(receipt, mine, close) => {
            let all = shown(app, receipt, "preview");
            spends = action.spends(receipt);
            let preview = match summary::summary(app, action, receipt, mine.as_ref(), close.as_ref(), false) {
                Some(summary) => folded(app, summary, all),
                None => view! { <h3>{app.say(t::PREVIEW_TITLE)}</h3> {all} }.into_any(),
            };
            (preview, Some(receipt.clone()))
        }
        Expectation::Nothing => (().into_any(), None),
        Expectation::Unknown => (ui::empty(app, "no-preview", t::NO_PREVIEW), None),
    };
    let action = action.clone();
    let send = move |_| {
        app.outbox.take(&action, key.clone(), spends);
        stage.set(Stage::Sent(key.clone(), receipt.clone()));
    };
    view! {
        {ui::not_final(app)}
        {content}
        <div class="buttons">
            <button type="button" class="secondary" on:click=move |_| app.asked.set(None)>{app.say(t::BACK)}</button>
            {ui::button(app, "primary", "confirm", t::DO_IT, send)}
        </div>
    }
    .into_any()
}

/// A receipt: what moves, from whom to whom, and why.
fn shown(app: App, receipt: &Receipt, kind: &'static str) -> AnyView {
    let rewards = receipt.order.iter().flat_map(|quote| quote.rewards.iter()).map(|reward| Posting {
        from: Party::Escrow,
        to: Party::Member(reward.member.clone()),
        amount: if reward.points.is_positive() {
            Amount::Points(reward.points)
        } else {
            Amount::ShareValue(reward.share_value)
        },
        rule: Rule::Reward(reward.kind),
        why: reward.why.clone(),
    });
    let postings: Vec<_> = receipt.postings.iter().cloned().chain(rewards).collect();
    let (day, all) = (receipt.day.to_string(), postings.len());
    if all == 0 {
        return ui::empty(app, "no-postings", t::NOTHING_MOVES);
    }
    let count = RwSignal::new(SHOWN);
    view! {
        {move || {
            let lines: Vec<_> = postings.iter().take(count.get()).cloned().map(|posting| line(app, posting)).collect();
            view! { <ul class="receipt" data-testid="receipt" data-kind=kind data-day=day.clone()>{lines}</ul> }.into_any()
        }}
        {move || (all > count.get()).then(|| view! {
            <button type="button" class="more" data-testid="more-postings" on:click=move |_| count.update(|count| *count += SHOWN)>
                {app.say(signin::MORE)} " · " {format!("{} / {all}", count.get())}
            </button>
        }.into_any())}
    }
    .into_any()
}

fn line(app: App, posting: Posting) -> AnyView {
    let between = named::parties(app, &posting);
    let Posting { from, to, amount, rule, why } = posting;
    let (giver, receiver, reason) = (from.to_string(), to.to_string(), worded::reason(&why, Language::En));
    // Before it is settled, there is no id.
    let is_known = !reason.contains(TO_BE_MADE);
    view! {
        <li data-testid="posting" data-from=giver data-to=receiver data-asset=amount.asset() data-amount=amount.to_string()
            data-rule=rule.as_str() data-reason=reason>
            <span class="what">{move || text::rule(app.lang(), rule)}</span>
            <span class="gets">{number(&amount)} " " <small>{move || text::asset(app.lang(), amount)}</small></span>
            <span class="parties">
                {between}
            </span>
            {is_known.then(|| view! { <span class="why">{move || text::reason(app.lang(), &why)}</span> }.into_any())}
        </li>
    }
    .into_any()
}
