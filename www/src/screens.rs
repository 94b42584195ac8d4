//! The screens, a file for each.

mod action_form;
mod answer;
mod deeds;
mod economy;
mod fault;
mod forecast;
mod gate;
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
mod orders;
mod redeem;
mod rules;
pub mod sheet;
mod shop;
mod staff;
mod statement;
mod statement_rows;
mod transfer;

use gongxiang::identity::Id;
use leptos::prelude::*;

use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::ui;

/// The screens of members and of visitors.
pub fn of_members(app: App, route: Route) -> Option<AnyView> {
    Some(match route {
        Route::SignIn => members::screen(app),
        Route::Join(id) => invite::joining(app, &id),
        Route::Member(id, page) => match denied(app, &id) {
            Some(instead) => instead,
            None => of_member(app, id, page),
        },
        Route::Order(id, order) => denied(app, &id).unwrap_or_else(|| orders::one(app, id, order)),
        Route::Operator(_) | Route::StaffCode(_) => return None,
        Route::Nowhere => fault::nowhere(app),
    })
}

/// What is shown instead of a member's screen to who may not see it. Nothing of a member is shown before it is known who asks.
fn denied(app: App, id: &Id) -> Option<AnyView> {
    match app.session.get() {
        None => Some(ui::skeleton(app)),
        Some(session) if session.is_nobody() => Some(members::screen(app)),
        Some(session) if session.member.as_ref().is_some_and(|me| me != id) => Some(fault::not_yours(app)),
        Some(_) => None,
    }
}

fn of_member(app: App, id: Id, page: MemberScreen) -> AnyView {
    match page {
        MemberScreen::Home => home::screen(app, id),
        MemberScreen::Statement => statement::screen(app, id),
        MemberScreen::Calculator => order::screen(app, &id),
        MemberScreen::Orders => orders::screen(app, &id),
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
        Route::Operator(desk) => Some(gate::screen(app, *desk)),
        Route::StaffCode(code) => Some(gate::enrol(app, code.clone())),
        Route::Nowhere => Some(fault::nowhere(app)),
        Route::SignIn | Route::Join(_) | Route::Member(..) | Route::Order(..) => None,
    }
}
