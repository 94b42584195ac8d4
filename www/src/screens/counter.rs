//! The counter of a shop, for its merchant, its owner and its cashiers: who may see it, and which screen of it is
//! shown.

use gongxiang::identity::Id;
use leptos::prelude::*;

use super::answer::ask_again;
use super::{counter_manage, counter_online, counter_orders, fault, poster, shop, till};
use crate::api;
use crate::query::{Remote, fetch};
use crate::reactive::memo;
use crate::route::{self, Counter};
use crate::state::App;
use crate::ui;

/// A screen of the counter.
pub fn screen(app: App, shop: Id, page: Counter) -> AnyView {
    in_shop(app, shop, move |shop| match page {
        Counter::Till => till::screen(app, &shop),
        Counter::Orders => counter_orders::screen(app, &shop),
        Counter::Manage => counter_manage::screen(app, &shop),
        Counter::Online => counter_online::screen(app, &shop),
        Counter::Poster => poster::screen(app, shop),
        // Of the program `goods`.
        Counter::Goods => fault::nowhere(app),
    })
}

/// The page of an order.
pub fn order(app: App, shop: Id, order: Id) -> AnyView {
    in_shop(app, shop, move |shop| counter_orders::one(app, &shop, order.clone()))
}

/// A screen of a shop for those who work there. A member who has no shop yet can open one.
fn in_shop(app: App, shop: Id, shown: impl Fn(Id) -> AnyView + Send + 'static) -> AnyView {
    if let Some(denied) = denied(app, &shop) {
        return denied;
    }
    if app.session.with(|session| session.as_ref().is_some_and(|session| session.staff.is_some())) {
        return shown(shop);
    }
    // The counter of a shop that does not exist is a refusal, which a browser reports as an error: the account says it beforehand.
    let member = shop.clone();
    let found = fetch(move || {
        let member = member.clone();
        async move {
            let answer = api::member(&member).await?;
            let has_shop = answer.value.account.shop.is_some();
            if answer.since.is_none() {
                app.learn_shop(&member, has_shop);
            }
            Ok(has_shop)
        }
    });
    ask_again(app, found);
    // Drawn again only when the shop opens or closes: what is being typed stays.
    let has_shop = memo(move || match &*found.state.read() {
        Remote::Loading => None,
        Remote::Ready(has_shop) => Some(Ok(*has_shop)),
        Remote::Failed(why) => Some(Err(why.clone())),
    });
    view! {
        {move || match has_shop.get() {
            None => ui::skeleton(app),
            Some(Err(why)) => fault::fault(app, &why, Box::new(move || found.again())),
            Some(Ok(false)) => shop::opening(app, &shop),
            Some(Ok(true)) => shown(shop.clone()),
        }}
    }
    .into_any()
}

/// What is shown to who does not work in this shop.
pub fn denied(app: App, shop: &Id) -> Option<AnyView> {
    match app.session.get() {
        None => Some(ui::skeleton(app)),
        Some(session) if session.is_nobody() => {
            route::sign_in();
            Some(ui::skeleton(app))
        }
        Some(session) if !session.works_in(shop) => Some(fault::not_yours(app)),
        Some(_) => None,
    }
}
