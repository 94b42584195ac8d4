//! Handing out goods for points: the cashier scans or types a code, checks it, and uses it once.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::goods::why;
use crate::api::Fault;
use crate::figure::{money, number};
use crate::goods::{self, Piece};
use crate::outbox;
use crate::reactive::{effect, memo};
use crate::state::App;
use crate::text::{frame, goods as t, home};
use crate::ui;

/// What the server said of the code in the field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    Checking,
    /// It can be handed out. The key is sent with each attempt, so that an answer that is lost is got by trying again.
    Valid(Piece, String),
    Done(Piece),
    Failed(Fault),
}

pub fn screen(app: App) -> AnyView {
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(Found::Nothing);
    let check = move || {
        let code = typed.get_untracked();
        if code.trim().is_empty() {
            return;
        }
        found.set(Found::Checking);
        spawn_local(async move {
            let now = match (goods::check(&code).await, outbox::new_key()) {
                (Ok(piece), Ok(key)) => Found::Valid(piece, key),
                (Err(fault), _) | (_, Err(fault)) => Found::Failed(fault),
            };
            // The field may have another code by now.
            if typed.try_get_untracked() == Some(code) {
                found.set(now);
            }
        });
    };
    effect(move |_| {
        // What was scanned is whole, and looked up at once.
        if typed.with(|typed| typed.starts_with("GXG1.")) {
            check();
        } else {
            found.set(Found::Nothing);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        check();
    };
    // Drawn anew only when that changes: a camera that is on stays on while somebody types.
    let scans = memo(move || matches!(*found.read(), Found::Nothing | Found::Failed(_)));
    view! {
        <section class="intro"><h1>{app.say(t::HAND_OUT)}</h1><p class="lead">{app.say(t::HAND_OUT_NOTE)}</p></section>
        <section class="card form">
            {move || scans.get().then(|| view! {
                <GX-SCAN data-for="voucher" lang=move || app.lang().tag()></GX-SCAN>
            }.into_any())}
            <form class="form" on:submit=submit>
                {ui::field(app, "voucher", t::CODE, "text", typed, memo(|| None))}
                <button class="secondary" data-testid="check-voucher">{app.say(t::CHECK)}</button>
            </form>
        </section>
        <div aria-live="polite">{move || answer(app, typed, found)}</div>
    }
    .into_any()
}

fn answer(app: App, typed: RwSignal<String>, found: RwSignal<Found>) -> AnyView {
    let again = move |_| typed.set(String::new());
    match found.get() {
        Found::Nothing => ().into_any(),
        Found::Checking => ui::skeleton(app),
        Found::Failed(fault) => {
            let words = match &fault {
                Fault::Unreachable => t::NEEDS_NETWORK.of(app.lang()).to_owned(),
                fault => why(app, fault),
            };
            let code = match &fault {
                Fault::Status { problem, .. } => problem.code.clone(),
                _ => String::new(),
            };
            view! { <p class="notice bad" role="alert" data-testid="voucher-refused" data-code=code>{words}</p> }
                .into_any()
        }
        Found::Valid(piece, key) => {
            let hand_out = {
                let piece = piece.clone();
                move |_| {
                    let (code, key, piece) = (typed.get_untracked(), key.clone(), piece.clone());
                    found.set(Found::Checking);
                    spawn_local(async move {
                        found.set(match goods::hand_out(&code, &key).await {
                            Ok(done) => Found::Done(done),
                            // It may be done. The same key finds out.
                            Err(Fault::Unreachable) => Found::Valid(piece, key),
                            Err(fault) => Found::Failed(fault),
                        });
                    });
                }
            };
            view! {
                <section class="card form" data-testid="piece">
                    {shown(app, &piece)}
                    {ui::button(app, "primary", "hand-out", t::HAND_OUT, hand_out)}
                </section>
            }
            .into_any()
        }
        Found::Done(piece) => view! {
            <section class="card form" data-testid="handed-out">
                <p class="done"><span class="sign" aria-hidden="true">"✓"</span> <b>{app.say(t::DONE)}</b></p>
                {shown(app, &piece)}
                {ui::button(app, "primary", "next-voucher", t::NEXT, again)}
            </section>
        }
        .into_any(),
    }
}

/// The item, what to take, and until when.
fn shown(app: App, piece: &Piece) -> AnyView {
    let pays = if piece.money.is_positive() {
        view! {
            <p class="notice" data-testid="take-money" data-value=piece.money.to_string()>
                {app.say(t::TAKE_MONEY)} " " <b>{ui::amount(app, money(piece.money), frame::YUAN)}</b>
            </p>
        }
        .into_any()
    } else {
        ui::note(app, t::NO_MONEY)
    };
    view! {
        <h2>{piece.name.clone()}</h2>
        <p class="note">
            {ui::amount(app, number(&piece.points), home::POINTS)} " · " {app.say(t::UNTIL)} " " <time>{piece.until.to_string()}</time>
        </p>
        {pays}
    }
    .into_any()
}
