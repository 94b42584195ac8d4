//! The parts of a form that makes an action.

use std::sync::Arc;

use gongxiang::quantity::Points;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::action::Action;
use crate::figure::number;
use crate::reactive::effect;
use crate::state::App;
use crate::text::{Words, actions as t, home};
use crate::ui;
use crate::wallet::Wallet;

/// The text of a field. It stays when the balances are loaded again, and is emptied once an action was settled.
pub fn typed(app: App) -> RwSignal<String> {
    let typed = RwSignal::new(String::new());
    effect(move |first| {
        app.changes.track();
        if !first {
            typed.set(String::new());
        }
    });
    typed
}

/// The points that the member can move: what waits to be sent is not among them.
pub fn left(app: App, wallet: &Wallet) -> Points {
    let (points, spends) = (wallet.mine.points, app.outbox.spends(&wallet.member));
    if points > spends { points.minus(spends).unwrap_or_default() } else { Points::ZERO }
}

/// Shows [`left`], and the points that waiting actions will spend.
pub fn available(app: App, wallet: &Arc<Wallet>) -> AnyView {
    let wallet = Arc::clone(wallet);
    let left = move || {
        let spends = app.outbox.spends(&wallet.member);
        let left = left(app, &wallet);
        view! {
            <b data-testid="available" data-value=left.to_string()>{ui::amount(app, number(&left), home::POINTS)}</b>
            {spends.is_positive().then(|| view! {
                <small class="below" data-testid="available-waits">{app.say(t::WAITS)} " " {number(&spends)}</small>
            }.into_any())}
        }
        .into_any()
    };
    view! { <p class="fixed"><span>{app.say(t::AVAILABLE)}</span> {left}</p> }.into_any()
}

/// The `submit` handler of a form: opens the sheet with its action.
pub fn ask(app: App, action: Memo<Option<Action>>) -> impl Fn(SubmitEvent) + 'static {
    move |event| {
        event.prevent_default();
        if let Some(action) = action.get_untracked() {
            app.asked.set(Some(action));
        }
    }
}

/// The button of a form. It is disabled while a field cannot be read.
pub fn submit(app: App, action: Memo<Option<Action>>) -> AnyView {
    view! {
        <button class="primary" data-testid="preview" disabled=move || action.read().is_none()>{app.say(t::PREVIEW)}</button>
    }
    .into_any()
}

/// A button that opens the sheet with an action.
pub fn action_button(app: App, class: &'static str, id: &'static str, words: Words, action: Action) -> AnyView {
    ui::button(app, class, id, words, move |_| app.asked.set(Some(action.clone())))
}
