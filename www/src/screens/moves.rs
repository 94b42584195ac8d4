//! The ways to move points.

use gongxiang::identity::Id;
use leptos::prelude::*;

use super::answer::member_bar;
use crate::route::{Page, Route};
use crate::state::App;
use crate::text::{Words, actions as t};

pub fn screen(app: App, id: &Id) -> AnyView {
    let way = |page: Page, title: Words, note: Words, name: &'static str| {
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
    view! {
        {member_bar(app, id, t::MOVE)}
        <p class="lead">{app.say(t::MOVE_NOTE)}</p>
        <ul class="way-cards">
            {way(Page::Transfer, t::TRANSFER, t::TRANSFER_NOTE, "to-transfer")}
            {way(Page::Market, t::MARKET, t::MARKET_NOTE, "to-market")}
            {way(Page::Redeem, t::REDEEM, t::REDEEM_NOTE, "to-redeem")}
            {way(Page::Invite, t::INVITE, t::INVITE_NOTE, "to-invite")}
        </ul>
    }
    .into_any()
}
