//! The ways to move points.

use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;

use super::answer::member_bar;
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{Words, actions as t, counter, goods, profile, team, told};
use crate::wallet::Wallet;

pub fn screen(app: App, id: &Id) -> AnyView {
    let way = |page: MemberScreen, title: Words, note: Words, name: &'static str| {
        view! {
            <li>
                <a class="card way-card" href=Route::Member(id.clone(), page).to_string() data-testid=name>
                    <b>{app.say(title)}</b>
                    <span class="note">{app.say(note)}</span>
                </a>
            </li>
        }
        .into_any()
    };
    let has_market = app.session.with(|session| session.as_ref().is_none_or(|session| !session.no_market));
    // As far as is known: who comes here first of all sees the way, and the screen says that there is no city.
    let has_city = app.known::<Arc<Wallet>>(id).is_none_or(|wallet| wallet.account.city.is_some());
    view! {
        {member_bar(app, id, t::MOVE)}
        <p class="lead">{app.say(t::MOVE_NOTE)}</p>
        <ul class="way-cards">
            {way(MemberScreen::Transfer, t::TRANSFER, t::TRANSFER_NOTE, "to-transfer")}
            {has_market.then(|| way(MemberScreen::Market, t::MARKET, t::MARKET_NOTE, "to-market"))}
            {way(MemberScreen::Redeem, goods::GOODS, goods::GOODS_NOTE, "to-redeem")}
            {way(MemberScreen::Code, counter::MY_CODE, counter::MY_CODE_NOTE, "to-code")}
            {way(MemberScreen::Invite, t::INVITE, t::INVITE_NOTE, "to-invite")}
            {way(MemberScreen::Team, team::TEAM, team::TEAM_NOTE, "to-team")}
            {has_city.then(|| way(MemberScreen::City, team::CITY, team::CITY_NOTE, "to-city"))}
            {way(MemberScreen::Notices, told::NOTICES, told::NOTICES_NOTE, "to-notices")}
            {way(MemberScreen::Profile, profile::PROFILE, profile::PROFILE_NOTE, "to-profile")}
        </ul>
    }
    .into_any()
}
