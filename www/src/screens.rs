//! The screens, a file for each.

mod account;
mod action_form;
mod answer;
mod economy;
mod entry;
mod fault;
mod forecast;
mod home;
mod invite;
mod market;
mod members;
mod moves;
pub mod notices;
mod operator;
mod order;
mod order_form;
mod order_result;
mod redeem;
mod rules;
pub mod sheet;
mod shop;
mod statement;
mod statement_rows;
mod transfer;

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::route::{self, Desk, MemberScreen, Route};
use crate::state::App;
use crate::ui;

/// The screens of members and of visitors.
pub fn of_members(app: App, route: Route) -> Option<AnyView> {
    Some(match route {
        Route::SignIn => members::screen(app),
        Route::Join(id) => invite::joining(app, &id),
        Route::Enrol(code) => entry::enrolling(app, code),
        Route::Account => match app.session.get() {
            None => ui::skeleton(app),
            Some(session) => session.member.map_or_else(|| members::screen(app), |me| account::screen(app, me)),
        },
        Route::Member(id, page) => match app.session.get() {
            // Nothing of a member is shown before it is known who asks.
            None => ui::skeleton(app),
            Some(session) if session.is_nobody() => members::screen(app),
            Some(session) if session.member.as_ref().is_some_and(|me| *me != id) => fault::not_yours(app),
            Some(_) => of_member(app, id, page),
        },
        Route::Operator(_) => return None,
        Route::Nowhere => fault::nowhere(app),
    })
}

/// Signs out and shows the entry. If actions wait, the account's screen asks first.
pub fn leave(app: App) {
    let waits = app.outbox.waiting.with_untracked(|all| !all.is_empty());
    if waits {
        return route::go(&Route::Account);
    }
    spawn_local(async move {
        app.sign_out().await;
        route::go(&Route::SignIn);
    });
}

fn of_member(app: App, id: Id, page: MemberScreen) -> AnyView {
    match page {
        MemberScreen::Home => home::screen(app, id),
        MemberScreen::Statement => statement::screen(app, id),
        MemberScreen::Calculator => order::screen(app, &id),
        MemberScreen::Forecast => forecast::screen(app, id),
        MemberScreen::Move => moves::screen(app, &id),
        MemberScreen::Transfer => transfer::screen(app, id),
        MemberScreen::Redeem => redeem::screen(app, id),
        MemberScreen::Market => market::screen(app, id),
        MemberScreen::Invite => invite::screen(app, &id),
        MemberScreen::Shop => shop::screen(app, id),
    }
}

/// The screens of the operator.
pub fn of_operator(app: App, route: &Route) -> Option<AnyView> {
    match route {
        Route::Operator(Desk::Overview) => Some(operator::screen(app)),
        Route::Operator(Desk::Rules) => Some(rules::screen(app)),
        Route::Operator(Desk::Economy) => Some(economy::screen(app)),
        Route::Nowhere => Some(fault::nowhere(app)),
        Route::SignIn | Route::Join(_) | Route::Enrol(_) | Route::Account | Route::Member(..) => None,
    }
}
