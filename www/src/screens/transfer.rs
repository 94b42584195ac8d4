//! Points to another member.

use gongxiang::identity::Id;
use gongxiang::quantity::Points;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::answer::of_member;
use crate::action::Action;
use crate::figure::number;
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{actions as t, home};
use crate::ui;
use crate::wallet::Wallet;

pub fn screen(app: App, id: Id) -> AnyView {
    of_member(app, id, t::TRANSFER, move |wallet| {
        let me = wallet.member.clone();
        let (to, points) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let action = memo(move || {
            let to = Id::parse(to.read().trim())?;
            let points = input::read(&points.read(), Points::parse).ok()?;
            Some(Action::transfer(&me, &to, points))
        });
        view! {
            <form class="card form" on:submit=ask(app, action)>
                {available(app, &wallet)}
                {ui::field(app, "to", t::TO, "text", to, ui::id_error(app, to))}
                {ui::field(app, "points", t::POINTS, "decimal", points, ui::number_error(app, points, Points::parse))}
                {submit(app, action)}
            </form>
        }
        .into_any()
    })
}

/// The points that the member can move.
pub fn available(app: App, wallet: &Wallet) -> AnyView {
    view! {
        <p class="fixed">
            <span>{app.say(t::AVAILABLE)}</span>
            <b data-testid="available" data-value=wallet.mine.points.to_string()>
                {ui::amount(app, number(&wallet.mine.points), home::POINTS)}
            </b>
        </p>
    }
    .into_any()
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
