//! Screens of an answer of the server: a placeholder, then the answer or a fault.

use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;

use super::fault;
use crate::api::Fault;
use crate::query::{Query, Remote, fetch};
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

/// A member's screen: its head, and below it the view that `shown` makes of the wallet.
pub fn of_member(app: App, id: Id, title: Words, shown: impl Fn(Arc<Wallet>) -> AnyView + Send + 'static) -> AnyView {
    let bar = member_bar(app, &id, title);
    view! { {bar} {asked(app, move || opened(app, id.clone()), shown)} }.into_any()
}

/// Opens a member's wallet, and updates the notices that follow from it.
pub async fn opened(app: App, id: Id) -> Result<Arc<Wallet>, Fault> {
    let wallet = wallet::open(id, app.days).await;
    match &wallet {
        Ok(wallet) => {
            app.stale.set(wallet.since.as_ref().map(|since| (since.clone(), wallet.day.to_string())));
            app.doubted.set(!wallet.is_verified());
        }
        Err(Fault::BadAnswer | Fault::OtherRules) => app.doubted.set(true),
        Err(_) => {}
    }
    wallet.map(Arc::new)
}
