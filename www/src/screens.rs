//! What is seen, a file for each screen.

mod economy;
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
pub mod transfer;

use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;

use crate::api::Fault;
use crate::app::App;
use crate::fetched::{Fetched, Remote, fetched};
use crate::markup::{view, watch};
use crate::route::{Desk, Page, Route};
use crate::text::Words;
use crate::ui;
use crate::wallet::{self, Wallet};

/// The screens of a member, and of who is none yet.
pub fn of_members(app: App, route: Route) -> Option<AnyView> {
    Some(match route {
        Route::SignIn => members::screen(app).into_any(),
        Route::Join(id) => invite::joining(app, &id).into_any(),
        Route::Member(id, page) => match page {
            Page::Home => home::screen(app, id),
            Page::Statement => statement::screen(app, id),
            Page::Calculator => order::screen(app, &id).into_any(),
            Page::Forecast => forecast::screen(app, id),
            Page::Move => moves::screen(app, &id),
            Page::Transfer => transfer::screen(app, id),
            Page::Redeem => redeem::screen(app, id),
            Page::Market => market::screen(app, id),
            Page::Invite => invite::screen(app, &id).into_any(),
            Page::Shop => shop::screen(app, id),
        },
        Route::Operator(_) => return None,
        Route::Nowhere => fault::nowhere(app).into_any(),
    })
}

/// The screens of the operator.
pub fn of_operator(app: App, route: &Route) -> Option<AnyView> {
    match route {
        Route::Operator(Desk::Overview) => Some(operator::screen(app)),
        Route::Operator(Desk::Rules) => Some(rules::screen(app)),
        Route::Operator(Desk::Economy) => Some(economy::screen(app)),
        Route::Nowhere => Some(fault::nowhere(app).into_any()),
        Route::SignIn | Route::Join(_) | Route::Member(..) => None,
    }
}

/// Whose screen it is, and which.
fn member_bar(app: App, id: &Id, title: Words) -> AnyView {
    view! {
        <section class="member">
            <h1>{app.say(title)}</h1>
            <p class="who" data-testid="member">{id.to_string()}</p>
        </section>
    }
}

/// Asks now, when something was settled, and shows what comes of it.
fn asked<T, F>(app: App, ask: impl Fn() -> F + 'static, shown: impl Fn(T) -> AnyView + Send + 'static) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    let found = fetched(ask);
    again_after_changes(app, found);
    view! {
        {move || match found.state.get() {
            Remote::Loading => ui::skeleton(app),
            Remote::Failed(why) => fault::fault(app, &why, found),
            Remote::Ready(value) => shown(value),
        }}
    }
}

/// Asks again when something was settled.
fn again_after_changes<T: Send + Sync + 'static>(app: App, found: Fetched<T>) {
    watch(Box::new(move |times| {
        app.changes.track();
        if times > 0 {
            found.again();
        }
    }));
}

/// A screen of a member: its title, and what is shown of its wallet.
fn of_member(app: App, id: Id, title: Words, shown: impl Fn(Arc<Wallet>) -> AnyView + Send + 'static) -> AnyView {
    let bar = member_bar(app, &id, title);
    view! { {bar} {asked(app, move || opened(app, id.clone()), shown)} }
}

/// A member's wallet, and what follows from it for every screen.
async fn opened(app: App, id: Id) -> Result<Arc<Wallet>, Fault> {
    let wallet = wallet::open(id, app.days).await;
    match &wallet {
        Ok(wallet) => {
            app.stale.set(wallet.since.as_ref().map(|since| (since.clone(), wallet.day.to_string())));
            app.doubted.set(!wallet.is_verified());
        }
        Err(Fault::Nonsense | Fault::OtherRules) => app.doubted.set(true),
        Err(_) => {}
    }
    wallet.map(Arc::new)
}
