//! Transfers points to another member, found by a scanned code, a short number or an id.

use std::sync::Arc;
use std::time::Duration;

use gongxiang::identity::Id;
use gongxiang::quantity::Points;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::action_form::{ask, available, left, submit, typed};
use super::answer::of_member;
use super::{named, worth};
use crate::action::Action;
use crate::api::Fault;
use crate::counter::{self, Customer};
use crate::figure::money;
use crate::input;
use crate::reactive::{effect, memo};
use crate::state::App;
use crate::text::{Words, actions as t, counter as c, frame};
use crate::ui;
use crate::wallet::Wallet;

/// The pause after which an id that is typed is taken as whole, and its name asked for.
const PAUSE: Duration = Duration::from_millis(400);

/// To whom the points go, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Receiver {
    Nobody,
    Checking,
    Known(Id),
    Wrong(Words),
}

pub fn screen(app: App, id: Id) -> AnyView {
    let (to, points) = (typed(app), typed(app));
    let receiver = RwSignal::new(Receiver::Nobody);
    effect(move |_| receiver.set(read(to, receiver)));
    of_member(app, id, t::TRANSFER, move |wallet| form(app, &wallet, to, points, receiver))
}

fn form(
    app: App,
    wallet: &Arc<Wallet>,
    to: RwSignal<String>,
    points: RwSignal<String>,
    receiver: RwSignal<Receiver>,
) -> AnyView {
    let me = wallet.member.clone();
    let basis = worth::falls(wallet.rules.price_policy);
    let action = memo(move || {
        let Receiver::Known(to) = &*receiver.read() else { return None };
        let points = input::read(&points.read(), Points::parse).ok()?;
        Some(Action::transfer(&me, to, points).with_basis(basis))
    });
    let error = memo(move || match &*receiver.read() {
        Receiver::Wrong(words) => Some(words.of(app.lang()).to_owned()),
        _ => None,
    });
    let all = Arc::clone(wallet);
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {available(app, wallet)}
            // Not while a sheet is open: the camera would go on behind it.
            {move || app.asked.read().is_none().then(|| view! {
                <GX-SCAN data-for="to" lang=move || app.lang().tag()></GX-SCAN>
            }.into_any())}
            {ui::field(app, "to", t::TO, "text", to, error)}
            {move || named(app, receiver)}
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

/// Reads what was typed or scanned, and asks the server whose a short number is.
fn read(to: RwSignal<String>, receiver: RwSignal<Receiver>) -> Receiver {
    let text = to.get();
    if text.trim().is_empty() {
        return Receiver::Nobody;
    }
    match Customer::read(&text) {
        Some(Customer::Id(id) | Customer::Code(id, ..)) => Receiver::Known(id),
        Some(Customer::Number(number)) => {
            spawn_local(async move {
                let found = match counter::of_number(number).await {
                    Ok(id) => Receiver::Known(id),
                    Err(Fault::Unreachable) => Receiver::Wrong(t::TO_OFFLINE),
                    Err(Fault::Status { status: 404, .. }) => Receiver::Wrong(c::NO_NUMBER),
                    Err(Fault::Status { status: 429, .. }) => Receiver::Wrong(c::TOO_MANY),
                    Err(_) => Receiver::Wrong(c::FAILED),
                };
                // The field may have another text by now, or the screen was left.
                if to.try_get_untracked().as_ref() == Some(&text) {
                    receiver.set(found);
                }
            });
            Receiver::Checking
        }
        Some(Customer::OfShop | Customer::OfOrder | Customer::OfVoucher) => Receiver::Wrong(t::TO_NO_MEMBER),
        Some(Customer::WrongNumber) => Receiver::Wrong(c::WRONG_NUMBER),
        None => Receiver::Wrong(c::NOT_A_CODE),
    }
}

/// The name of who gets the points. Of an id it is asked for once nothing more is typed, not for each letter.
fn named(app: App, receiver: RwSignal<Receiver>) -> AnyView {
    let id = match receiver.get() {
        Receiver::Known(id) => id,
        Receiver::Checking => return ui::note(app, c::CHECKING),
        Receiver::Nobody | Receiver::Wrong(_) => return ().into_any(),
    };
    let is_whole = RwSignal::new(false);
    set_timeout(
        move || {
            // There is no signal if another letter was typed meanwhile.
            is_whole.try_set(true);
        },
        PAUSE,
    );
    let whole = id.to_string();
    view! {
        <p class="fixed" data-testid="receiver" data-member=whole>
            <span>{app.say(t::TO_WHOM)}</span>
            <b>{move || if is_whole.get() { named::plain(app, &id) } else { ().into_any() }}</b>
        </p>
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
