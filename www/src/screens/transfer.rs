//! Points to another member.

use gongxiang::identity::Id;
use gongxiang::quantity::Points;
use leptos::prelude::*;

use super::action_form::{ask, available, submit};
use super::answer::of_member;
use super::worth;
use crate::action::Action;
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::actions as t;
use crate::ui;

pub fn screen(app: App, id: Id) -> AnyView {
    of_member(app, id, t::TRANSFER, move |wallet| {
        let me = wallet.member.clone();
        let (to, points) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let basis = worth::falls(wallet.rules.price_policy);
        let action = memo(move || {
            let to = Id::parse(to.read().trim())?;
            let points = input::read(&points.read(), Points::parse).ok()?;
            Some(Action::transfer(&me, &to, points).with_basis(basis))
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
