//! The people as whom a demo lets visitors sign in: a card for each, with one sentence about what to try.

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::onward::enter;
use crate::api::{self, Guest};
use crate::route::{self, Counter, Desk, MemberScreen, Route};
use crate::state::App;
use crate::text::{Words, guests as t};
use crate::ui;

/// What a kind of guest is called, what there is to try, and the screen of a member where that is.
type Kind = (&'static str, Words, Words, fn(Id) -> Route);

const HOME: fn(Id) -> Route = |id| Route::Member(id, MemberScreen::Home);
const KINDS: [Kind; 8] = [
    ("member", t::MEMBER, t::MEMBER_TRY, HOME),
    ("buyer", t::BUYER, t::BUYER_TRY, |id| Route::Member(id, MemberScreen::Orders)),
    ("shop", t::SHOP, t::SHOP_TRY, |id| Route::Shop(id, Counter::Till)),
    ("cashier", t::CASHIER, t::CASHIER_TRY, HOME),
    ("role", t::ROLE, t::ROLE_TRY, HOME),
    ("partner", t::PARTNER, t::PARTNER_TRY, |id| Route::Member(id, MemberScreen::Statement)),
    ("clerk", t::CLERK, t::CLERK_TRY, HOME),
    ("operator", t::OPERATOR, t::OPERATOR_TRY, HOME),
];

/// The cards; nothing on a server that offers nobody.
pub fn cards(app: App, guests: &[Guest]) -> AnyView {
    if guests.is_empty() {
        return ().into_any();
    }
    view! {
        {ui::heading(app, t::TITLE)}
        <ul class="guests" data-testid="guests">{guests.iter().filter_map(|guest| card(app, guest)).collect::<Vec<_>>()}</ul>
    }
    .into_any()
}

/// `None` for a kind that this wallet does not know.
fn card(app: App, guest: &Guest) -> Option<AnyView> {
    let (_, who, to_try, screen) = *KINDS.iter().find(|(kind, ..)| *kind == guest.kind)?;
    let (member, staff) = (guest.member.clone(), guest.staff.clone());
    let sign_in = move |_| match (&member, &staff) {
        (Some(member), _) => enter(app, member.clone(), screen(member.clone())),
        (None, Some(staff)) => {
            let staff = staff.clone();
            spawn_local(async move {
                app.signs_in();
                // Whoever was ended meanwhile is not signed in; the desk says so.
                let _ = api::sign_in_to_demo("staff", &staff).await;
                app.signed_in().await;
                route::go(&app.session.with_untracked(|session| {
                    session.as_ref().and_then(api::Session::home).unwrap_or(Route::Operator(Desk::Overview))
                }));
            });
        }
        (None, None) => {}
    };
    Some(
        view! {
            <li>
                <button type="button" class="card guest" data-testid="guest" data-kind=guest.kind.clone() on:click=sign_in>
                    <b><bdi>{guest.name.clone()}</bdi></b>
                    <span class="tag">{app.say(who)}</span>
                    <span class="note">{app.say(to_try)}</span>
                </button>
            </li>
        }
        .into_any(),
    )
}
