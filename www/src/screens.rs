//! The screens, one file each.

mod account;
mod action_form;
mod announced;
mod answer;
mod applications;
mod applying;
mod city;
mod code;
mod counter;
mod counter_goods;
mod counter_manage;
mod counter_online;
mod counter_orders;
mod deeds;
mod desk_goods;
mod disputes;
mod economy;
mod entry;
mod fault;
mod forecast;
mod forecast_earlier;
mod gate;
mod goods;
mod guests;
mod home;
mod home_course;
mod invite;
mod keypad;
mod market;
mod member_field;
mod members;
mod moves;
mod named;
pub mod notices;
mod onward;
mod operator;
mod order;
mod order_form;
mod order_parts;
mod order_result;
mod orders;
mod overview_figures;
mod overview_trends;
mod packs;
mod pages;
mod pay;
mod people;
mod people_events;
mod people_forms;
mod people_lists;
mod people_member;
mod people_orders;
mod poster;
mod profile;
mod proposals;
mod redeem;
mod rule_difference;
mod rule_form;
mod rulebook;
mod rules;
pub mod sheet;
mod shop;
mod shops;
mod staff;
mod statement;
mod statement_rows;
mod summary;
mod table;
mod team;
mod till;
mod till_customer;
mod till_input;
mod told;
mod trades;
mod transfer;
mod whereabouts;
mod worth;

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::route::{self, Desk, MemberScreen, OrderToBe, Route};
use crate::state::App;
use crate::ui;

/// The screens of the program `account`.
pub fn of_account(app: App, route: Route) -> Option<AnyView> {
    Some(match route {
        Route::SignIn => members::screen(app),
        Route::Join(id) => invite::joining(app, &id),
        Route::Enrol(code) => entry::enrolling(app, code),
        Route::Account => match app.session.get() {
            None => ui::skeleton(app),
            Some(session) => {
                session.member.as_ref().map_or_else(|| members::screen(app), |me| account::screen(app, me, &session))
            }
        },
        Route::Member(id, MemberScreen::Profile) => denied(app, &id).unwrap_or_else(|| profile::screen(app, id)),
        Route::Member(id, MemberScreen::Code) => denied(app, &id).unwrap_or_else(|| code::screen(app, id)),
        Route::Pay(shop, order) => paying(app, shop, order),
        Route::Rules => rulebook::screen(app),
        Route::Nowhere => fault::nowhere(app),
        _ => return None,
    })
}

/// The screens of the program `wallet`.
pub fn of_wallet(app: App, route: Route) -> Option<AnyView> {
    match route {
        Route::Member(id, page) => {
            let screen: fn(App, Id) -> AnyView = match page {
                MemberScreen::Home => home::screen,
                MemberScreen::Statement => statement::screen,
                MemberScreen::Calculator => |app, id| order::screen(app, &id),
                _ => return None,
            };
            Some(denied(app, &id).unwrap_or_else(|| screen(app, id)))
        }
        Route::Shops => Some(shops::screen(app)),
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `points`.
pub fn of_points(app: App, route: Route) -> Option<AnyView> {
    match route {
        Route::Member(id, page) => {
            let screen: fn(App, Id) -> AnyView = match page {
                MemberScreen::Move => |app, id| moves::screen(app, &id),
                MemberScreen::Transfer => transfer::screen,
                MemberScreen::Market => market::screen,
                MemberScreen::Orders => |app, id| orders::screen(app, &id),
                MemberScreen::Invite => |app, id| invite::screen(app, &id),
                _ => return None,
            };
            Some(denied(app, &id).unwrap_or_else(|| screen(app, id)))
        }
        Route::Order(id, order) => Some(denied(app, &id).unwrap_or_else(|| orders::one(app, id, order))),
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `news`: what a member is told.
pub fn of_news(app: App, route: Route) -> Option<AnyView> {
    match route {
        Route::Member(id, page) => {
            let screen: fn(App, Id) -> AnyView = match page {
                MemberScreen::Notices => |app, id| told::screen(app, &id),
                MemberScreen::Team => team::screen,
                MemberScreen::City => |app, id| city::screen(app, &id),
                _ => return None,
            };
            Some(denied(app, &id).unwrap_or_else(|| screen(app, id)))
        }
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `shop`.
pub fn of_shop(app: App, route: Route) -> Option<AnyView> {
    match route {
        Route::Shop(_, route::Counter::Goods) => None,
        Route::Shop(id, page) => Some(counter::screen(app, id, page)),
        Route::ShopOrder(id, order) => Some(counter::order(app, id, order)),
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `goods`: goods for points, for members, at the counter and at the desk.
pub fn of_goods(app: App, route: Route) -> Option<AnyView> {
    match route {
        Route::Member(id, MemberScreen::Redeem) => Some(denied(app, &id).unwrap_or_else(|| goods::screen(app, id))),
        Route::Shop(shop, route::Counter::Goods) => {
            Some(counter::denied(app, &shop).unwrap_or_else(|| counter_goods::screen(app)))
        }
        Route::Operator(Desk::Goods) => Some(gate::screen(app, Desk::Goods, &|| desk_goods::screen(app))),
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `people`: members and staff at the desk. Who needs no other comes without the simulator.
pub fn of_people(app: App, route: Route) -> Option<AnyView> {
    match route {
        Route::Operator(desk) => {
            let opened: fn(App) -> AnyView = match desk {
                Desk::Members => people::screen,
                Desk::Staff => staff::screen,
                _ => return None,
            };
            Some(gate::screen(app, desk, &|| opened(app)))
        }
        Route::DeskMember(id) => Some(gate::screen(app, Desk::Members, &|| people_member::screen(app, id.clone()))),
        Route::StaffCode(code) => Some(gate::enrol(app, code)),
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `desk`.
pub fn of_desk(app: App, route: &Route) -> Option<AnyView> {
    match *route {
        Route::Operator(desk) => {
            let opened: fn(App) -> AnyView = match desk {
                Desk::Overview => operator::screen,
                Desk::Disputes => disputes::screen,
                Desk::Applications => applications::screen,
                Desk::Actions => deeds::screen,
                _ => return None,
            };
            Some(gate::screen(app, desk, &|| opened(app)))
        }
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `rules`: new rules.
pub fn of_rules(app: App, route: &Route) -> Option<AnyView> {
    match route {
        Route::Operator(Desk::Rules) => Some(gate::screen(app, Desk::Rules, &|| rules::screen(app))),
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// The screens of the program `ahead`: what is to come. With the forecast and the simulator behind them.
pub fn of_ahead(app: App, route: Route) -> Option<AnyView> {
    match route {
        Route::Member(id, MemberScreen::Forecast) => {
            Some(denied(app, &id).unwrap_or_else(|| forecast::screen(app, id)))
        }
        Route::Operator(desk) => (desk == Desk::Economy).then(|| gate::screen(app, desk, &|| economy::screen(app))),
        Route::Nowhere => Some(fault::nowhere(app)),
        _ => None,
    }
}

/// Where a shop's code leads, for who is signed in.
fn paying(app: App, shop: Id, order: Option<OrderToBe>) -> AnyView {
    match app.session.get() {
        None => ui::skeleton(app),
        Some(session) => {
            if let Some(me) = session.member {
                return pay::screen(app, me, shop, order);
            }
            route::sign_in();
            ui::skeleton(app)
        }
    }
}

/// What is shown instead of a member's screen to who may not see it. Nothing of a member is shown before it is known who asks.
fn denied(app: App, id: &Id) -> Option<AnyView> {
    match app.session.get() {
        None => Some(ui::skeleton(app)),
        Some(session) if session.is_nobody() => {
            route::sign_in();
            Some(ui::skeleton(app))
        }
        Some(session) if session.member.as_ref().is_some_and(|me| me != id) => Some(fault::not_yours(app)),
        Some(_) => None,
    }
}

/// Signs out whoever is signed in, and shows the entry. If actions wait, the screen of [`Route::Account`] asks first.
pub fn leave(app: App) {
    let Some(me) = app.session.with_untracked(|session| session.as_ref()?.sender().cloned()) else { return };
    spawn_local(async move {
        if app.outbox.holds(&me).await {
            return route::go(&Route::Account);
        }
        app.sign_out().await;
        route::go(&Route::SignIn);
    });
}
