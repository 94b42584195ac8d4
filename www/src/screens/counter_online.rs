//! An online order of a shop, entered by hand: the goods go to a region, and the buyer is not at the counter.

use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Money;
use gongxiang::ruleset::Channel;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::answer::asked;
use super::member_field::MemberField;
use super::till::is_merchant;
use crate::action::Action;
use crate::counter::{self, Counter};
use crate::input;
use crate::order::Parties;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{calculator as c, counter as t};
use crate::ui;

pub fn screen(app: App, shop: &Id) -> AnyView {
    let load = {
        let shop = shop.clone();
        move || {
            let shop = shop.clone();
            async move { counter::open(&shop).await }
        }
    };
    view! {
        <section class="member"><h1>{app.say(t::ONLINE_ORDER)}</h1></section>
        {asked(app, load, move |now| form(app, &now))}
    }
    .into_any()
}

fn form(app: App, now: &Counter) -> AnyView {
    let text = || RwSignal::new(String::new());
    let buyer = MemberField::new(app, text());
    let (amount, concession, reference) = (text(), text(), text());
    let delivered = RwSignal::new(now.region.to_string());
    let shop = now.shop.clone();
    let action = memo(move || {
        let parties = Parties {
            buyer: buyer.id()?,
            merchant: shop.clone(),
            channel: Channel::Online,
            region: Region::parse(delivered.read().trim())?,
        };
        let amount = input::read(&amount.read(), Money::parse).ok()?;
        let concession = input::read(&concession.read(), Money::parse).ok()?;
        let is_merchant = app.session.with(|session| is_merchant(session.as_ref(), &shop));
        let own = match reference.read().trim() {
            "" => None,
            typed => Some(Id::parse(typed)?),
        };
        Some(Action::order(&parties, amount, concession, is_merchant).with_reference(own))
    });
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {ui::note(app, t::ONLINE_NOTE)}
            {buyer.shown("buyer", t::CUSTOMER, c::BUYER)}
            {ui::field(app, "region", c::REGION, "numeric", delivered, ui::region_error(app, delivered))}
            {ui::regions(app, "region")}
            {ui::field(app, "amount", c::AMOUNT, "decimal", amount, ui::number_error(app, amount, Money::parse))}
            {ui::field(app, "concession", c::CONCESSION_IS, "decimal", concession, ui::number_error(app, concession, Money::parse))}
            {ui::field(app, "reference", t::OWN_NUMBER_FIELD, "text", reference, ui::id_error(app, reference))}
            {submit(app, action)}
        </form>
    }
    .into_any()
}
