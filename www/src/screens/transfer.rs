//! Transfers points to another member, found by a scanned code, a short number or an id.

use std::sync::Arc;

use gongxiang::identity::Id;
use gongxiang::quantity::Points;
use leptos::prelude::*;

use super::action_form::{ask, available, left, submit, typed};
use super::answer::of_member_live;
use super::member_field::MemberField;
use super::worth;
use crate::action::Action;
use crate::figure::money;
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{actions as t, frame};
use crate::ui;
use crate::wallet::Wallet;

pub fn screen(app: App, id: Id) -> AnyView {
    let (to, points) = (MemberField::new(app, typed(app)), typed(app));
    // What is typed outlives the form.
    of_member_live(app, id, t::TRANSFER, move |wallet| form(app, &wallet, to, points))
}

fn form(app: App, wallet: &Arc<Wallet>, to: MemberField, points: RwSignal<String>) -> AnyView {
    let me = wallet.member.clone();
    let basis = worth::falls(wallet.rules.price_policy);
    let action = memo(move || {
        let points = input::read(&points.read(), Points::parse).ok()?;
        Some(Action::transfer(&me, &to.id()?, points).with_basis(basis))
    });
    let all = Arc::clone(wallet);
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {available(app, wallet)}
            // Not while a sheet is open: the camera would go on behind it.
            {move || app.asked.read().is_none().then(|| view! {
                <GX-SCAN data-for="to" lang=move || app.lang().tag()></GX-SCAN>
            }.into_any())}
            {to.shown("to", t::TO, t::TO_WHOM)}
            {ui::field(app, "points", t::POINTS, "decimal", points, ui::number_error(app, points, Points::parse))}
            {ui::button(app, "link", "max", t::MAX, move |_| {
                points.set(untrack(|| left(app, &all)).to_string());
            })}
            {worth_of(app, wallet, points)}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

/// What the points are worth now, and on what that rests.
fn worth_of(app: App, wallet: &Wallet, points: RwSignal<String>) -> AnyView {
    let (price, policy) = (wallet.price, wallet.rules.price_policy);
    let worth = memo(move || input::read(&points.read(), Points::parse).ok()?.worth_floor(price).ok());
    view! {
        {move || worth.get().map(|worth| view! {
            <div>
                <p class="fixed">
                    <span>{app.say(t::WORTH_NOW)}</span>
                    <b data-testid="points-worth" data-value=worth.to_string()>{ui::amount(app, money(worth), frame::YUAN)}</b>
                </p>
                {worth::basis(app, price, policy)}
            </div>
        }.into_any())}
    }
    .into_any()
}
