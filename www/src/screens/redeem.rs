//! Redeeming points for something that is not in the catalogue.

use std::sync::Arc;

use gongxiang::identity::Id;
use gongxiang::quantity::Points;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::worth;
use crate::action::Action;
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{actions as t, goods};
use crate::ui;
use crate::wallet::Wallet;

/// What is typed. It outlives a newer wallet.
#[derive(Clone, Copy)]
pub struct Typed {
    pub points: RwSignal<String>,
    pub item: RwSignal<String>,
    /// Whether the form is unfolded.
    pub is_open: RwSignal<bool>,
}

pub fn form(app: App, wallet: &Arc<Wallet>, Typed { points, item, .. }: Typed) -> AnyView {
    let me = wallet.member.clone();
    let basis = worth::falls(wallet.rules.price_policy);
    let action = memo(move || {
        let points = input::read(&points.read(), Points::parse).ok()?;
        let item = item.read();
        let named = Id::parse(item.trim());
        (item.trim().is_empty() || named.is_some())
            .then(|| Action::redeem(&me, points, named.as_ref()).with_basis(basis))
    });
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {ui::note(app, goods::OTHER_NOTE)}
            {ui::field(app, "points", t::POINTS, "decimal", points, ui::number_error(app, points, Points::parse))}
            {ui::field(app, "item", t::ITEM, "text", item, ui::id_error(app, item))}
            {ui::note(app, t::ITEM_HINT)}
            {submit(app, action)}
        </form>
    }
    .into_any()
}
