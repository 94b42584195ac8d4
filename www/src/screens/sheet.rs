//! The sheet in which an action is confirmed. It shows the expected receipt, then the settled one.

use gongxiang::receipt::{Amount, Party, Posting, Receipt, Rule};
use gongxiang::wire::worded;
use gongxiang_words::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlDialogElement;

use super::fault;
use crate::action::{Action, Expectation, foresee};
use crate::api::Fault;
use crate::figure::number;
use crate::outbox::{self, Outcome};
use crate::reactive::effect;
use crate::receipt::moves_like;
use crate::state::App;
use crate::text::{self, Words, actions as t, fault as f, frame, signin};
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

/// The sheet.
pub fn sheet(app: App) -> AnyView {
    let stage = RwSignal::new(Stage::Foreseeing);
    effect(move |_| {
        let Some(dialog) = dialog() else { return };
        let Some(action) = app.asked.get() else { return dialog.close() };
        stage.set(Stage::Foreseeing);
        if !dialog.open() {
            let _ = dialog.show_modal();
        }
        spawn_local(async move {
            let (key, foreseen) = match outbox::new_key() {
                Ok(key) => (key.clone(), foresee(&action, &key, app.days).await),
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
            stage.set(Stage::Answered(outcome, foreseen));
        }
        app.changes.update(|changes| *changes += 1);
    });
    let close = move || app.asked.set(None);
    view! {
        <dialog id=SHEET class="sheet" data-testid="sheet" aria-labelledby="sheet-title" on:close=move |_| close()>
            {move || app.asked.get().map(|action| view! {
                <header>
                    <h2 id="sheet-title">{app.say(action.title)}</h2>
                    <button type="button" class="close" aria-label=app.say(frame::CLOSE) on:click=move |_| close()>"×"</button>
                </header>
                {ui::note(app, action.note)}
                <div class="body" aria-live="polite">{move || body(app, &action, stage)}</div>
            }.into_any())}
        </dialog>
    }
    .into_any()
}

fn body(app: App, action: &Action, stage: RwSignal<Stage>) -> AnyView {
    match stage.get() {
        Stage::Foreseeing => ui::skeleton(app),
        Stage::Foreseen(key, Ok(foreseen)) => confirm(app, action, key, stage, &foreseen),
        Stage::Foreseen(key, Err(Fault::Unreachable | Fault::OtherRules)) => {
            confirm(app, action, key, stage, &Expectation::Unknown)
        }
        Stage::Foreseen(_, Err(fault)) => {
            let (_, title, note) = fault::words(&fault);
            let code = match &fault {
                Fault::Status { status, problem } => format!("{status} {}", problem.code),
                _ => String::new(),
            };
            refused(app, title, &code, note)
        }
        Stage::Sent(key, _) => {
            let kept = move || {
                let waits = app.outbox.waiting.with(|all| all.iter().any(|waiting| waiting.key == key));
                (waits && !app.outbox.storage_fails.get()).then(|| ui::note(app, t::QUEUED))
            };
            view! { <p class="sending" data-testid="sending">{app.say(t::SENDING)}</p> {move || kept()} }.into_any()
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
                {shown(app, &receipt, "settled")}
            }
            .into_any()
        }
        Stage::Answered(Outcome::Refused(problem), _) => refused(app, t::REFUSED, &problem.code, f::FAILED_NOTE),
        Stage::Answered(Outcome::Unclear, _) => refused(app, t::REFUSED, "", t::UNCLEAR),
    }
}

/// A refusal with its code. `other` is shown for a code that is not one of the rules.
fn refused(app: App, title: Words, code: &str, other: Words) -> AnyView {
    let looked_up = code.to_owned();
    let why = move || text::code(app.lang(), &looked_up).unwrap_or_else(|| other.of(app.lang()).to_owned());
    view! {
        <div class="refusal" role="alert" data-testid="action-refused" data-code=code.to_owned()>
            <b>{app.say(title)}</b>
            <p>{move || why()}</p>
            <p><code>{code.to_owned()}</code></p>
        </div>
    }
    .into_any()
}

fn confirm(app: App, action: &Action, key: String, stage: RwSignal<Stage>, foreseen: &Expectation) -> AnyView {
    let (content, receipt) = match foreseen {
        Expectation::Refused(refusal) => {
            return refused(app, t::WOULD_REFUSE, refusal.code.as_str(), f::FAILED_NOTE);
        }
        Expectation::Receipt(receipt) => {
            let preview = view! { <h3>{app.say(t::PREVIEW_TITLE)}</h3> {shown(app, receipt, "preview")} }.into_any();
            (preview, Some(receipt.clone()))
        }
        Expectation::Unknown => (ui::empty(app, "no-preview", t::NO_PREVIEW), None),
    };
    let action = action.clone();
    let send = move |_| {
        app.outbox.take(&action, key.clone());
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
    let Posting { from, to, amount, rule, why } = posting;
    let (giver, receiver, reason) = (from.to_string(), to.to_string(), worded::reason(&why, Language::En));
    view! {
        <li data-testid="posting" data-from=giver data-to=receiver data-asset=amount.asset() data-amount=amount.to_string()
            data-rule=rule.as_str() data-reason=reason>
            <span class="what">{move || text::rule(app.lang(), rule)}</span>
            <span class="gets">{number(&amount)} " " <small>{move || text::asset(app.lang(), amount)}</small></span>
            <span class="parties">
                <bdi>{move || text::party(app.lang(), &from)}</bdi> " → "
                <bdi>{move || text::party(app.lang(), &to)}</bdi>
            </span>
            <span class="why">{move || text::reason(app.lang(), &why)}</span>
        </li>
    }
    .into_any()
}
