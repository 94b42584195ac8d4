//! For a member who is not activated, on its home: what a gift pack costs, what it gives, and who sells it.

use gongxiang::identity::Id;
use gongxiang::purchase::Purchase;
use gongxiang::ruleset::Pack;
use leptos::prelude::*;

use crate::api;
use crate::figure::{money, number};
use crate::query::{Remote, fetch};
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{self, counter, frame, home as t};
use crate::ui;
use crate::wallet::Wallet;

/// The packs that a member has paid for and that may still come back, with the day on which each takes effect. Nothing without an answer.
pub fn bought(app: App, member: &Id) -> AnyView {
    let member = member.clone();
    let asked = fetch(move || {
        let member = member.clone();
        async move { api::returnable(&member).await }
    });
    view! {
        {move || match &*asked.state.read() {
            Remote::Ready(rows) if !rows.is_empty() => view! {
                <section class="card statement" data-testid="packs-bought">
                    {ui::heading(app, t::BOUGHT)}
                    {ui::note(app, t::BOUGHT_NOTE)}
                    <ul class="entries">{rows.iter().map(|row| pending(app, &row.value)).collect::<Vec<_>>()}</ul>
                </section>
            }.into_any(),
            _ => ().into_any(),
        }}
    }
    .into_any()
}

fn pending(app: App, purchase: &Purchase) -> AnyView {
    let pack = purchase.pack();
    let value = pack.price.share_value_floor(pack.share_value_rate).unwrap_or_default();
    let due = purchase.due.map(|day| day.to_string());
    let of = due.clone();
    view! {
        <li class="entry" data-testid="pack-bought" data-due=of data-share-value=value.to_string()>
            <p class="head">
                <span class="what">{app.say(text::people::pack(&pack))}</span>
                <span class="gets">"+" {ui::amount(app, number(&value), t::SHARE_VALUE)}</span>
            </p>
            <p class="foot">
                <span>{ui::amount(app, money(pack.price), frame::YUAN)}</span>
                {due.map(|due| view! { <span>{app.say(text::people::EFFECTIVE_AT)} " " <time>{due}</time></span> }.into_any())}
            </p>
        </li>
    }
    .into_any()
}

/// The packs of the rules; nothing where the rules have none.
pub fn packs(app: App, wallet: &Wallet) -> AnyView {
    if wallet.rules.packs.is_empty() {
        return ().into_any();
    }
    let (me, locked) = (wallet.member.clone(), wallet.mine.locked);
    let code = Route::Member(me.clone(), MemberScreen::Code).to_string();
    let asked = fetch(move || {
        let me = me.clone();
        async move { api::short_number(&me).await }
    });
    // Without an answer the code is enough.
    let short_number = move || match asked.state.get() {
        Remote::Ready(Some(number)) => Some(
            view! {
                <p class="fixed">
                    <span>{app.say(counter::SHORT_NUMBER)}</span>
                    <b data-testid="short-number" data-value=number.clone()>{text::spaced(&number)}</b>
                </p>
            }
            .into_any(),
        ),
        _ => None,
    };
    let mut packs: Vec<_> = wallet.rules.packs.iter().collect();
    packs.sort_by_key(|(_, pack)| pack.price);
    let lines: Vec<_> = packs.into_iter().map(|(name, pack)| line(app, name, pack)).collect();
    view! {
        <section class="card statement" data-testid="packs">
            {ui::heading(app, t::ACTIVATE)}
            <p class="note">
                {app.say(t::ACTIVATE_NOTE)} " "
                {locked.is_positive().then(|| view! {
                    {app.say(t::UNLOCKS)} " " {ui::amount(app, number(&locked), t::SHARE_VALUE)}
                }.into_any())}
            </p>
            <ul class="entries">{lines}</ul>
            <p>{app.say(t::HOW_TO_BUY)}</p>
            {short_number}
            <div class="shortcuts">
                <a class="card link-card" href=code data-testid="packs-code">{app.say(counter::SHOW_CODE)}</a>
                <a class="card link-card" href=Route::Rules.to_string() data-testid="packs-rules">{app.say(frame::RULES_IN_FORCE)}</a>
            </div>
        </section>
    }
    .into_any()
}

/// A pack with its price and what it gives beside the activation.
fn line(app: App, name: &str, pack: &Pack) -> AnyView {
    let value = pack.price.share_value_floor(pack.share_value_rate).unwrap_or_default();
    let allows = match pack {
        Pack { area_partner: true, .. } => Some(t::ALLOWS_CITY),
        Pack { merchant: true, .. } => Some(t::ALLOWS_SHOP),
        _ => None,
    };
    view! {
        <li class="entry" data-testid="pack" data-pack=name.to_owned() data-share-value=value.to_string()>
            <p class="head">
                <span class="what">{app.say(text::people::pack(pack))}</span>
                <span class="gets">{ui::amount(app, money(pack.price), frame::YUAN)}</span>
            </p>
            <p class="foot">
                {value.is_positive().then(|| view! {
                    <span>"+" {ui::amount(app, number(&value), t::SHARE_VALUE)}</span>
                }.into_any())}
                {allows.map(|allows| view! { <span>{app.say(allows)}</span> }.into_any())}
            </p>
        </li>
    }
    .into_any()
}
