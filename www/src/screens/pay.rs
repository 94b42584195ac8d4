//! The screen to which a shop's QR code leads its customer: the shop, the customer's own code, and the order that the
//! till shows. The phone computes that order itself before the customer agrees, and compares it with the settled one.

use std::time::Duration;

use gongxiang::book::Book;
use gongxiang::event::Entry;
use gongxiang::identity::{Id, Region};
use gongxiang::order::Order;
use gongxiang::ruleset::Channel;
use leptos::leptos_dom::helpers::{IntervalHandle, set_interval_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use super::code;
use crate::api::{self, Fault, Item, text_of};
use crate::counter::Brings;
use crate::figure::{money, number};
use crate::order::Parties;
use crate::route::{MemberScreen, OrderToBe, Route};
use crate::state::App;
use crate::text::{calculator as c, counter as t, frame, home};
use crate::ui;

/// How often the phone looks for the order to which it agreed.
const LOOK: Duration = Duration::from_secs(2);

/// A shop as the directory has it.
#[derive(Clone, Debug)]
struct Shop {
    id: Id,
    region: Region,
    name: Option<String>,
    address: Option<String>,
}

async fn find(shop: &Id) -> Result<Option<Shop>, Fault> {
    let found = match api::get_value(&format!("/v1/shops/{shop}")).await {
        Err(Fault::Status { status: 404, .. }) => return Ok(None),
        found => found?,
    };
    let region = text_of(&found, "region").and_then(|region| Region::parse(&region)).ok_or(Fault::BadAnswer)?;
    Ok(Some(Shop { id: shop.clone(), region, name: text_of(&found, "name"), address: text_of(&found, "address") }))
}

/// The screen, for this member.
pub fn screen(app: App, me: Id, shop: Id, order: Option<OrderToBe>) -> AnyView {
    let load = move || {
        let shop = shop.clone();
        async move { find(&shop).await }
    };
    asked(app, load, move |found| match found {
        None => ui::empty(app, "no-shop", t::NO_SHOP),
        Some(shop) => shown(app, &me, &shop, order),
    })
}

fn shown(app: App, me: &Id, shop: &Shop, order: Option<OrderToBe>) -> AnyView {
    let title = shop.name.clone().unwrap_or_else(|| shop.id.to_string());
    let code = Route::Member(me.clone(), MemberScreen::Code).to_string();
    view! {
        <section class="intro" data-testid="pay" data-shop=shop.id.to_string()>
            <h1>{title}</h1>
            <p>{shop.address.clone()}</p>
        </section>
        {match order {
            Some(order) => proposed(app, me, shop, order),
            None => view! {
                <section class="card form">
                    {ui::heading(app, t::PAY_HERE)}
                    {ui::note(app, t::PAY_HERE_NOTE)}
                    <a class="primary" href=code data-testid="show-code">{app.say(t::SHOW_CODE)}</a>
                </section>
            }.into_any(),
        }}
    }
    .into_any()
}

/// What is computed here before one agrees, and the newest order of that moment.
#[derive(Clone, Copy, Debug)]
struct Proposal {
    brings: Brings,
    newest: u64,
}

async fn propose(me: &Id, shop: &Shop, order: OrderToBe) -> Result<Proposal, Fault> {
    let parties =
        Parties { buyer: me.clone(), merchant: shop.id.clone(), channel: Channel::Offline, region: shop.region };
    let book = Book::from(api::excerpt(&parties).await?);
    let entry = Entry::from(parties.order(order.amount, order.concession));
    let receipt = book.preview(&entry).map_err(|refusal| Fault::Status {
        status: 422,
        problem: api::Problem { code: refusal.code.as_str().to_owned(), field: refusal.field.to_string() },
    })?;
    let rewards = receipt.order.iter().flat_map(|quote| quote.rewards.iter());
    let brings = Brings::of(rewards, me).ok_or(Fault::BadAnswer)?;
    let newest = api::bought(me, None).await?.rows.first().map_or(0, |order| order.value.sequence);
    Ok(Proposal { brings, newest })
}

fn proposed(app: App, me: &Id, shop: &Shop, order: OrderToBe) -> AnyView {
    let (asks, of) = (me.clone(), shop.clone());
    let load = move || {
        let (me, shop) = (asks.clone(), of.clone());
        async move { propose(&me, &shop, order).await }
    };
    let (me, shop) = (me.clone(), shop.id.clone());
    let agreed = RwSignal::new(false);
    view! {
        <section class="card">
            <dl class="sums">
                <div><dt>{app.say(c::AMOUNT)}</dt><dd>{ui::amount(app, money(order.amount), frame::YUAN)}</dd></div>
                <div><dt>{app.say(c::CONCESSION_IS)}</dt><dd>{ui::amount(app, money(order.concession), frame::YUAN)}</dd></div>
            </dl>
        </section>
        {asked(app, load, move |proposal| offered(app, &me, &shop, order, &proposal, agreed))}
    }
    .into_any()
}

fn offered(app: App, me: &Id, shop: &Id, order: OrderToBe, proposal: &Proposal, agreed: RwSignal<bool>) -> AnyView {
    let Proposal { brings, newest } = *proposal;
    let of = me.clone();
    let settled = RwSignal::new(None::<bool>);
    let (me, shop) = (me.clone(), shop.clone());
    let ticking = StoredValue::new(None::<IntervalHandle>);
    let end_look = move || _ = ticking.try_update_value(|ticking| ticking.take().map(|ticking| ticking.clear()));
    on_cleanup(end_look);
    let agree = move |_| {
        agreed.set(true);
        let look = watch(me.clone(), shop.clone(), order, brings, newest, settled);
        end_look();
        ticking.set_value(set_interval_with_handle(look, LOOK).ok());
    };
    view! {
        <section class="card form" data-testid="proposal" data-share-value=brings.share_value.to_string() data-points=brings.points.to_string()>
            {ui::heading(app, t::YOU_GET)}
            <p class="mid">"+" {if brings.points.is_positive() {
                ui::amount(app, number(&brings.points), home::POINTS)
            } else {
                ui::amount(app, number(&brings.share_value), home::SHARE_VALUE)
            }}</p>
            {(brings == Brings::default()).then(|| ui::note(app, t::NOTHING))}
            {move || (!agreed.get()).then(|| ui::button(app, "primary", "agree", t::AGREE, agree.clone()))}
        </section>
        {move || match settled.get() {
            Some(same) => view! {
                <p class="notice" class:bad=!same role="status" data-testid="compared" data-same=same.to_string()>
                    {app.say(if same { t::SAME } else { t::DIFFERENT })}
                </p>
            }.into_any(),
            None if agreed.get() => view! {
                {ui::note(app, t::AGREED)}
                {code::card(app, of.clone(), format!("/{brings}"))}
                {ui::note(app, t::WAITING)}
            }.into_any(),
            None => ().into_any(),
        }}
    }
    .into_any()
}

/// Looks for the order, and compares what it brings once it is there.
fn watch(
    me: Id,
    shop: Id,
    order: OrderToBe,
    expected: Brings,
    newest: u64,
    settled: RwSignal<Option<bool>>,
) -> impl Fn() + 'static {
    move || {
        // Found already, or the screen was left.
        if settled.try_get_untracked() != Some(None) {
            return;
        }
        let (me, shop) = (me.clone(), shop.clone());
        spawn_local(async move {
            let Ok(bought) = api::bought(&me, None).await else { return };
            // The first order of this shop since then. The till may have settled another sum than the customer agreed to.
            let fits = |placed: &&Order| placed.sequence > newest && placed.merchant == shop;
            if let Some(placed) = bought.rows.iter().map(|Item { value, .. }| value).rfind(fits) {
                let terms = OrderToBe { amount: placed.amount, concession: placed.concession };
                let brings = Brings::of(placed.rewards.iter().map(|(reward, _)| reward), &me);
                settled.try_set(Some(terms == order && brings == Some(expected)));
            }
        });
    }
}
