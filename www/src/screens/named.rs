//! Members and orders as screens show them: by a name or a short id, with the whole id to copy.

use gongxiang::identity::Id;
use gongxiang::receipt::Party;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ids::{ending, short};
use crate::state::App;
use crate::text;

/// The number of an order. A tap copies the whole id.
pub fn number(id: &Id) -> AnyView {
    let said = ending(id).to_owned();
    copied(id, Box::new(move || said.clone()))
}

/// A member by its name. A tap copies the whole id.
pub fn member(app: App, id: &Id) -> AnyView {
    let named = id.clone();
    app.names.want(id);
    copied(id, Box::new(move || app.names.of(&named)))
}

/// What is said of an id. A tap copies the whole id.
fn copied(id: &Id, said: Box<dyn Fn() -> String + Send>) -> AnyView {
    let whole = id.to_string();
    let copied = RwSignal::new(false);
    let to_copy = whole.clone();
    let copy = move |_| {
        let written = window().navigator().clipboard().write_text(&to_copy);
        spawn_local(async move { copied.set(wasm_bindgen_futures::JsFuture::from(written).await.is_ok()) });
    };
    view! {
        <button type="button" class="id" data-testid="id" data-copied=move || copied.get().to_string() title=whole on:click=copy>
            <bdi>{said}</bdi>
        </button>
    }
    .into_any()
}

/// A member by its name or id, as text.
pub fn plain(app: App, id: &Id) -> AnyView {
    let id = id.clone();
    app.names.want(&id);
    view! { <bdi>{move || app.names.of(&id)}</bdi> }.into_any()
}

/// What else is known of a member whose id stands there: the name, or the short number; nothing if that is all.
pub fn beside(app: App, id: &Id) -> AnyView {
    let id = id.clone();
    app.names.want(&id);
    let name = move || Some(app.names.of(&id)).filter(|name| *name != short(&id));
    view! { <small data-testid="named"><bdi>{name}</bdi></small> }.into_any()
}

/// A party: a member by its name, the scheme's own accounts by their words.
pub fn party(app: App, party: &Party) -> AnyView {
    match party {
        Party::Member(id) => member(app, id),
        other => {
            let other = other.clone();
            view! { <bdi>{move || text::party(app.lang(), &other)}</bdi> }.into_any()
        }
    }
}
