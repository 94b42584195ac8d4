//! Goods for points: the catalogue, the member's vouchers with their codes, and redeeming points for anything else.

use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::action_form::{available, left, typed};
use super::answer::{asked, of_member};
use super::{fault, invite, named, redeem, worth};
use crate::action::{Action, GoodsTerms};
use crate::api::Fault;
use crate::figure::{money, number, two_places};
use crate::goods::{self, Item, ShownCode, Voucher};
use crate::outbox;
use crate::state::App;
use crate::text::{Words, frame, goods as t, home, signin};
use crate::ui;
use crate::wallet::Wallet;

/// What the screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Goods {
    items: Vec<Item>,
    vouchers: Vec<Voucher>,
    /// Where older vouchers begin.
    older: Option<i64>,
    /// Items of vouchers that are no longer offered.
    former: Vec<Item>,
}

impl Goods {
    /// The name of an item; its id if the item is not known.
    fn name(&self, id: &Id) -> String {
        let mut known = self.items.iter().chain(&self.former);
        known.find(|item| item.id == *id).map_or_else(|| id.to_string(), |item| item.name.clone())
    }
}

async fn open(me: Id) -> Result<Goods, Fault> {
    let items = goods::items(false).await?;
    let (vouchers, older) = goods::vouchers(Some(&me), None).await?;
    let former = former(&items, &vouchers).await;
    Ok(Goods { items, vouchers, older, former })
}

/// The items of vouchers that are not among those offered. One that cannot be asked for keeps its id.
async fn former(known: &[Item], vouchers: &[Voucher]) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for id in vouchers.iter().map(|voucher| &voucher.item) {
        if known.iter().chain(&found).all(|item| item.id != *id)
            && let Ok(item) = goods::item(id).await
        {
            found.push(item);
        }
    }
    found
}

pub fn screen(app: App, id: Id) -> AnyView {
    let other = redeem::Typed { points: typed(app), item: typed(app), is_open: RwSignal::new(false) };
    of_member(app, id, t::GOODS, move |wallet| {
        let me = wallet.member.clone();
        let load = move || open(me.clone());
        view! {
            <p class="lead">{app.say(t::GOODS_NOTE)}</p>
            {asked(app, load, move |goods| shown(app, &wallet, &goods, other))}
        }
        .into_any()
    })
}

fn shown(app: App, wallet: &Arc<Wallet>, goods: &Goods, other: redeem::Typed) -> AnyView {
    let items: Vec<_> = goods.items.iter().map(|item| offered(app, wallet, item)).collect();
    view! {
        {vouchers(app, &wallet.member, goods)}
        <section class="card">{available(app, wallet)}</section>
        {if items.is_empty() { ui::empty(app, "no-goods", t::NONE) } else {
            view! { <ul class="goods" data-testid="goods">{items}</ul> }.into_any()
        }}
        <details class="more-ways" open=other.is_open.get_untracked()>
            <summary data-testid="redeem-other" on:click=move |_| other.is_open.update(|is_open| *is_open = !*is_open)>{app.say(t::OTHER)}</summary>
            {redeem::form(app, wallet, other)}
        </details>
    }
    .into_any()
}

/// The picture of an item; nothing without one.
pub fn picture(item: &Item) -> AnyView {
    let Some(picture) = &item.picture else { return ().into_any() };
    view! { <img src=format!("/v1/pictures/{picture}") alt="" loading="lazy" width="320" height="240" /> }.into_any()
}

/// What an item costs.
pub fn price(app: App, item: &Item) -> AnyView {
    view! {
        {ui::amount(app, number(&item.points), home::POINTS)}
        {item.money.is_positive().then(|| view! { " + " {ui::amount(app, money(item.money), frame::YUAN)} }.into_any())}
    }
    .into_any()
}

/// An item that can be had, and how.
fn offered(app: App, wallet: &Arc<Wallet>, item: &Item) -> AnyView {
    let is_sold_out = item.left <= 0;
    let address = RwSignal::new(String::new());
    // Who can choose fetches it, as long as no address is typed.
    let must_send = item.shops.is_empty();
    let action = {
        let (me, basis, item) = (wallet.member.clone(), worth::falls(wallet.rules.price_policy), item.clone());
        move || {
            let deliver_to = Some(address.read_untracked().trim().to_owned()).filter(|to| !to.is_empty());
            let mut facts = vec![(t::PICK, item.name.clone())];
            if item.money.is_positive() {
                facts.push((
                    t::PAY_THEN,
                    format!("{} {}", two_places(item.money), frame::YUAN.of(app.lang.get_untracked())),
                ));
            }
            facts.extend(deliver_to.clone().map(|to| (t::ADDRESS, to)));
            let terms = GoodsTerms { money: item.money, deliver_to };
            Action::redeem_for(&me, &item.id, item.points, terms).with_basis(basis).with_facts(facts)
        }
    };
    let (wallet, needs) = (Arc::clone(wallet), item.points);
    let is_short = move || needs > left(app, &wallet);
    let is_disabled = move || is_sold_out || is_short() || (must_send && address.read().trim().is_empty());
    let field = format!("address-{}", item.id);
    let shops: Vec<_> = item.shops.iter().map(|shop| view! { {named::plain(app, shop)} " " }.into_any()).collect();
    view! {
        <li class="card" data-testid="item" data-item=item.id.to_string() data-left=item.left.to_string()>
            {picture(item)}
            <h2>{item.name.clone()}</h2>
            <p class="mid">{price(app, item)}</p>
            {(!item.description.is_empty()).then(|| view! { <p>{item.description.clone()}</p> }.into_any())}
            <p class="note">
                {if is_sold_out { view! { {app.say(t::SOLD_OUT)} }.into_any() } else {
                    view! { {app.say(t::LEFT)} " " {item.left.to_string()} }.into_any()
                }}
                {(item.per_member > 0).then(|| view! { " · " {app.say(t::PER_MEMBER)} " " {item.per_member.to_string()} }.into_any())}
                {item.until.map(|until| view! { " · " {app.say(t::UNTIL)} " " <time>{until.to_string()}</time> }.into_any())}
            </p>
            {(!shops.is_empty()).then(|| view! { <p class="note">{app.say(t::AT)} " " {shops}</p> }.into_any())}
            {item.delivery.then(|| view! {
                <div class="field">
                    <label for=field.clone()>{app.say(t::ADDRESS)}</label>
                    <input id=field data-testid="address" autocomplete="street-address" maxlength="200"
                        prop:value=move || address.get() on:input=move |event| address.set(event_target_value(&event)) />
                    <p class="hint">{app.say(t::ADDRESS_NOTE)}</p>
                </div>
            }.into_any())}
            <button type="button" class="primary" data-testid="pick" disabled=is_disabled on:click=move |_| app.asked.set(Some(action()))>
                {app.say(t::PICK)}
            </button>
        </li>
    }
    .into_any()
}

/// One's own vouchers, newest first.
fn vouchers(app: App, me: &Id, goods: &Goods) -> AnyView {
    if goods.vouchers.is_empty() {
        return ().into_any();
    }
    let shown = RwSignal::new(goods.clone());
    let me = me.clone();
    let more = move |_| {
        let Some(before) = shown.with_untracked(|shown| shown.older) else { return };
        let me = me.clone();
        spawn_local(async move {
            // If that fails, the button stays.
            let Ok((vouchers, older)) = goods::vouchers(Some(&me), Some(before)).await else { return };
            let known = shown.with_untracked(|shown| [&shown.items[..], &shown.former[..]].concat());
            let former = former(&known, &vouchers).await;
            shown.update(|shown| {
                // A second click during the request would add the same page twice.
                if shown.older == Some(before) {
                    shown.former.extend(former);
                    shown.vouchers.extend(vouchers);
                    shown.older = older;
                }
            });
        });
    };
    view! {
        <section class="card statement" data-testid="vouchers">
            {ui::heading(app, t::MINE)}
            {move || shown.with(|shown| {
                let lines: Vec<_> = shown.vouchers.iter().map(|it| voucher(app, it, &shown.name(&it.item))).collect();
                view! { <ul class="entries">{lines}</ul> }.into_any()
            })}
            {move || shown.read().older.is_some().then(|| ui::button(app, "more", "more-vouchers", signin::MORE, more.clone()))}
        </section>
    }
    .into_any()
}

/// How far a voucher is.
pub fn state(voucher: &Voucher) -> Words {
    match voucher.state.as_str() {
        "open" if voucher.deliver_to.is_some() => t::TO_SEND,
        "open" => t::OPEN,
        "used" => t::USED,
        "cancelled" => t::CANCELLED,
        _ => t::EXPIRED,
    }
}

/// Why the server does not do it, by its code.
pub fn why(app: App, fault: &Fault) -> String {
    fault::said(app.lang(), fault).1
}

fn voucher(app: App, voucher: &Voucher, name: &str) -> AnyView {
    let is_open = voucher.state == "open";
    let is_fetched = is_open && voucher.deliver_to.is_none();
    let code = RwSignal::new(None::<ShownCode>);
    let (failed, is_sure) = (RwSignal::new(None::<Fault>), RwSignal::new(false));
    let (to_show, to_cancel) = (voucher.id.clone(), voucher.id.clone());
    let show = move |_| {
        let id = to_show.clone();
        spawn_local(async move {
            match goods::code(&id).await {
                Ok(shown) => code.set(Some(shown)),
                Err(fault) => failed.set(Some(fault)),
            }
        });
    };
    let cancel = move |_| {
        if !is_sure.get_untracked() {
            return is_sure.set(true);
        }
        let id = to_cancel.clone();
        spawn_local(async move {
            let done = match outbox::new_key() {
                Ok(key) => goods::cancel(&id, &key).await,
                Err(fault) => Err(fault),
            };
            match done {
                Ok(()) => app.changed(),
                Err(fault) => failed.set(Some(fault)),
            }
        });
    };
    view! {
        <li class="entry" data-testid="voucher" data-voucher=voucher.id.to_string() data-state=voucher.state.clone()>
            <p class="head">
                <span class="what">{name.to_owned()} " " <span class="tag" class:off=!is_open>{app.say(state(voucher))}</span></span>
                <span class="gets">{ui::amount(app, number(&voucher.points), home::POINTS)}</span>
            </p>
            {is_open.then(|| view! {
                <p class="foot">
                    <span>{app.say(t::UNTIL)} " " <time>{voucher.until.to_string()}</time></span>
                    {voucher.money.is_positive().then(|| view! {
                        <span>{app.say(t::PAY_THEN)} " " {ui::amount(app, money(voucher.money), frame::YUAN)}</span>
                    }.into_any())}
                </p>
                {voucher.deliver_to.clone().map(|to| view! { <p class="note"><bdi>{to}</bdi></p> }.into_any())}
            }.into_any())}
            {move || code.get().map(|ShownCode { code, qr }| view! {
                <div class="invite" data-testid="voucher-code" data-code=code.clone() data-qr=qr.clone()>
                    {invite::qr_of(app, &qr, t::CODE_LABEL)}
                    <p class="mid">{code.clone()}</p>
                    {ui::note(app, t::CODE_NOTE)}
                </div>
            }.into_any())}
            {move || failed.get().map(|fault| view! { <p class="error" role="alert" data-testid="voucher-error">{why(app, &fault)}</p> }.into_any())}
            {is_open.then(|| view! {
                <div class="buttons">
                    {is_fetched.then(|| ui::button(app, "primary", "show-voucher", t::SHOW, show))}
                    <button type="button" class="secondary" data-testid="cancel-voucher" on:click=cancel>
                        {move || app.say(if is_sure.get() { t::CANCEL_SURE } else { t::CANCEL })()}
                    </button>
                </div>
            }.into_any())}
        </li>
    }
    .into_any()
}
