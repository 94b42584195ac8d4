//! What is seen, a file for each screen.

pub mod economy;
pub mod fault;
pub mod forecast;
pub mod home;
pub mod invite;
pub mod market;
pub mod members;
pub mod moves;
pub mod notices;
pub mod operator;
pub mod order;
mod order_form;
mod order_result;
pub mod redeem;
pub mod rules;
pub mod sheet;
pub mod shop;
pub mod statement;
mod statement_rows;
pub mod transfer;

use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;

use crate::api::Fault;
use crate::app::App;
use crate::fetched::{Fetched, Remote, fetched};
use crate::markup::{view, watch};
use crate::text::Words;
use crate::ui;
use crate::wallet::{self, Wallet};

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
