//! Shows the answer of the server to a request: first a placeholder, then the answer or a fault.

use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fault;
use crate::api::Fault;
use crate::query::{Query, Remote, fetch, refetch};
use crate::reactive::effect;
use crate::state::App;
use crate::text::Words;
use crate::ui;
use crate::wallet::{self, Wallet};

/// The head of a member's screen: its title and the member's id.
pub fn member_bar(app: App, id: &Id, title: Words) -> AnyView {
    view! {
        <section class="member">
            <h1>{app.say(title)}</h1>
            <p class="who" data-testid="member">{id.to_string()}</p>
        </section>
    }
    .into_any()
}

/// Asks the server, shows the answer, and asks again after every settled action.
pub fn asked<T, F>(app: App, ask: impl Fn() -> F + 'static, shown: impl Fn(T) -> AnyView + Send + 'static) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    shown_when_ready(app, fetch(ask), Box::new(shown))
}

/// [`asked`] with a boxed closure, so that the binary has the code below only once for each type of answer.
fn shown_when_ready<T>(app: App, found: Query<T>, shown: Box<dyn Fn(T) -> AnyView + Send>) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    ask_again(app, found);
    ready(app, found, shown)
}

/// Asks for what is known of a member. It begins with what the screen before knew, and keeps the answer for the next.
pub fn recall<T, F>(app: App, member: &Id, ask: impl Fn() -> F + 'static) -> Query<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    let found = refetch(app.known(member), ask);
    let member = member.clone();
    effect(move |_| {
        if let Remote::Ready(known) = &*found.state.read() {
            app.keep(&member, known.clone());
        }
    });
    found
}

/// [`recall`] of what follows from a member's wallet. It is asked for after each answer for the wallet, and never beside it: figures of two
/// moments do not add up.
pub fn recall_after_wallet<T, F>(app: App, member: &Id, ask: impl Fn() -> F + 'static) -> Query<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    let found = recall(app, member, move || {
        let asks = app.is_fresh.get_untracked().then(&ask);
        async move {
            match asks {
                Some(asks) => asks.await,
                None => std::future::pending().await,
            }
        }
    });
    effect(move |first| {
        if app.is_fresh.get() && !first {
            found.again();
        }
    });
    found
}

/// Asks again after every settled action, and when somebody looks at this tab again. Not for a screen with a form: what is typed would be
/// lost if the answer draws it anew.
pub fn follow<T: Send + Sync + 'static>(app: App, found: Query<T>) {
    effect(move |first| {
        app.changes.track();
        app.looked.track();
        if !first {
            found.again();
        }
    });
}

/// Asks again after every settled action.
pub fn ask_again<T: Send + Sync + 'static>(app: App, found: Query<T>) {
    effect(move |first| {
        app.changes.track();
        if !first {
            found.again();
        }
    });
}

/// The answer to a request, once it is there.
pub fn ready<T>(app: App, found: Query<T>, shown: Box<dyn Fn(T) -> AnyView + Send>) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    effect(move |_| {
        // The session has ended: this locks the screen.
        if matches!(*found.state.read(), Remote::Failed(Fault::Status { status: 401, .. })) {
            app.ask_session();
        }
    });
    view! {
        {move || match found.state.get() {
            Remote::Loading => ui::skeleton(app),
            Remote::Failed(why) => fault::fault(app, &why, Box::new(move || found.again())),
            Remote::Ready(value) => shown(value),
        }}
    }
    .into_any()
}

/// A member's screen: its head, and below it the view that `shown` makes of the wallet. It begins with the wallet of the screen before.
pub fn of_member(app: App, id: Id, title: Words, shown: impl Fn(Arc<Wallet>) -> AnyView + Send + 'static) -> AnyView {
    member_screen(app, id, title, ask_again, Box::new(shown))
}

/// [`of_member`] for a screen that only shows: see [`follow`].
pub fn of_member_live(
    app: App,
    id: Id,
    title: Words,
    shown: impl Fn(Arc<Wallet>) -> AnyView + Send + 'static,
) -> AnyView {
    member_screen(app, id, title, follow, Box::new(shown))
}

fn member_screen(
    app: App,
    id: Id,
    title: Words,
    ask_again: fn(App, Query<Arc<Wallet>>),
    shown: Box<dyn Fn(Arc<Wallet>) -> AnyView + Send>,
) -> AnyView {
    let bar = member_bar(app, &id, title);
    if let Some(wallet) = app.known::<Arc<Wallet>>(&id) {
        notice(app, &wallet);
    }
    let of = id.clone();
    let found = recall(app, &of, move || opened(app, id.clone()));
    ask_again(app, found);
    view! { {bar} {ready(app, found, shown)} }.into_any()
}

/// Opens a member's wallet, and updates the notices that follow from it.
pub async fn opened(app: App, id: Id) -> Result<Arc<Wallet>, Fault> {
    app.wallets_asked.update_value(|asked| *asked += 1);
    let asked = app.wallets_asked.get_value();
    app.is_fresh.set(false);
    let wallet = wallet::open(id, app.days).await;
    if asked == app.wallets_asked.get_value() {
        // Not at once: if the wallet is another, the screen is drawn anew first, and asks for what follows from it by itself.
        spawn_local(async move { app.is_fresh.set(true) });
    }
    match &wallet {
        Ok(wallet) => {
            notice(app, wallet);
            // A stored answer may be older than what is known.
            if wallet.since.is_none() {
                app.learn_shop(&wallet.member, wallet.account.shop.is_some());
            }
        }
        Err(Fault::BadAnswer | Fault::OtherRules) => app.doubted.set(true),
        Err(_) => {}
    }
    wallet.map(Arc::new)
}

/// Says above the screen whether the wallet is a stored one, and whether it is in doubt.
fn notice(app: App, wallet: &Wallet) {
    app.stale.set(wallet.since.as_ref().map(|since| (since.clone(), wallet.day.to_string())));
    app.doubted.set(!wallet.is_verified());
}
