//! The management of a shop: its points, its usual concession, its poster and its staff.

use gongxiang::identity::Id;
use gongxiang::quantity::Money;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use super::{fault, profile, shop, till};
use crate::api::Fault;
use crate::counter::{self, Counter, Preset};
use crate::input;
use crate::order::ConcessionUnit;
use crate::reactive::memo;
use crate::route::{self, Desk, Route};
use crate::state::App;
use crate::text::{calculator as c, counter as t, goods};
use crate::ui;

pub fn screen(app: App, shop: &Id) -> AnyView {
    let of = shop.clone();
    let load = move || {
        let shop = of.clone();
        async move { counter::open(&shop).await }
    };
    view! {
        <section class="member"><h1>{app.say(t::MANAGE)}</h1></section>
        {asked(app, load, move |now| shown(app, &now))}
    }
    .into_any()
}

fn shown(app: App, now: &Counter) -> AnyView {
    let shop = &now.shop;
    let session = app.session.get_untracked().unwrap_or_default();
    // The account of the merchant is not the staff's to see.
    let points = if session.staff.is_none() {
        shop::working(app, shop.clone())
    } else {
        view! { <section class="card form">{till::left(app, now)} {ui::note(app, t::GET_MORE_NOTE)}</section> }
            .into_any()
    };
    view! {
        {points}
        {session.decides().then(|| view! { {preset(app, now)} {profile::of_shop(app, shop)} }.into_any())}
        <a class="card link-card" href=Route::Shop(shop.clone(), route::Counter::Goods).to_string() data-testid="to-goods">
            {app.say(goods::HAND_OUT)} <span aria-hidden="true">"›"</span>
        </a>
        <a class="card link-card" href=Route::Shop(shop.clone(), route::Counter::Online).to_string() data-testid="to-online">
            {app.say(t::ONLINE_ORDER)} <span aria-hidden="true">"›"</span>
        </a>
        <a class="card link-card" href=Route::Shop(shop.clone(), route::Counter::Poster).to_string() data-testid="to-poster">
            {app.say(t::POSTER)} <span aria-hidden="true">"›"</span>
        </a>
        {(session.role == "owner").then(|| view! {
            <a class="card link-card" href=Route::Operator(Desk::Staff).to_string() data-testid="to-staff">
                {app.say(t::TO_STAFF)} <span aria-hidden="true">"›"</span>
            </a>
        }.into_any())}
    }
    .into_any()
}

fn preset(app: App, now: &Counter) -> AnyView {
    let unit = RwSignal::new(now.preset.map_or(ConcessionUnit::Percent, |preset| preset.unit));
    let value = RwSignal::new(now.preset.map(|preset| preset.value.to_string()).unwrap_or_default());
    let (saved, failed) = (RwSignal::new(false), RwSignal::new(None::<Fault>));
    let read = memo(move || {
        let preset = Preset { unit: unit.get(), value: input::read(&value.read(), Money::parse).ok()? };
        let most = if preset.unit == ConcessionUnit::Percent { 100 * 100 } else { i128::MAX };
        (1..=most).contains(&preset.value.raw()).then_some(preset)
    });
    let error = memo(move || {
        let bad = !value.read().trim().is_empty() && read.read().is_none();
        bad.then(|| t::PRESET_BAD.of(app.lang()).to_owned())
    });
    let shop = now.shop.clone();
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(preset) = read.get_untracked() else { return };
        let shop = shop.clone();
        spawn_local(async move {
            let kept = counter::keep_preset(&shop, preset).await;
            saved.set(kept.is_ok());
            failed.set(kept.err());
        });
    };
    view! {
        <form class="card form" on:submit=save>
            {ui::heading(app, t::PRESET)}
            {ui::note(app, t::PRESET_NOTE)}
            {ui::segments(app, unit, t::PRESET, vec![
                (ConcessionUnit::Percent, "percent", c::BY_PERCENT),
                (ConcessionUnit::Yuan, "yuan", c::BY_YUAN),
            ])}
            {ui::field(app, "preset", t::PRESET_VALUE, "decimal", value, error)}
            <button class="primary" data-testid="save-preset" disabled=move || read.read().is_none()>{app.say(t::SAVE)}</button>
            <p role="status" data-testid="preset-saved">{move || saved.get().then(|| t::SAVED.of(app.lang()))}</p>
            <p class="error" role="alert">{move || failed.get().map(|why| fault::line(app.lang(), &why))}</p>
        </form>
    }
    .into_any()
}
