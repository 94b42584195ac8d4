//! Members and orders as screens show them: a name or a short id, and the whole id to copy.

use gongxiang::identity::Id;
use gongxiang::receipt::{Party, Posting, Rule};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ids::{ending, short};
use crate::state::App;
use crate::text::{Words, statement as t};

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

/// What a movement to or from one of the scheme's own accounts is to a person, who knows none of them; nothing between two members.
pub const fn phrase(from: &Party, to: &Party, rule: Rule) -> Option<Words> {
    Some(match (from, to) {
        (_, Party::Issuance) | (Party::Issuance, _) if matches!(rule, Rule::Activation) => t::UNLOCKED,
        (_, Party::Issuance) => t::TAKEN_BACK,
        (_, Party::Escrow) => t::INTO_ESCROW,
        (_, Party::Burned) => t::DESTROYED,
        (_, Party::Treasury) => t::TO_PLATFORM,
        (Party::Pool, _) | (_, Party::Pool) => t::RELEASED,
        (Party::Issuance, _) => t::GRANTED,
        (Party::Treasury, _) => t::FROM_PLATFORM,
        (Party::Escrow, _) => t::OUT_OF_ESCROW,
        (Party::Burned, _) => t::REISSUED,
        (Party::Member(_), Party::Member(_)) => return None,
    })
}

/// Between whom a posting moves something.
pub fn parties(app: App, Posting { from, to, rule, .. }: &Posting) -> AnyView {
    let named = |party: &Party| match party {
        Party::Member(id) => Some(member(app, id)),
        _ => None,
    };
    match phrase(from, to, *rule) {
        Some(words) => {
            let whose = named(from).or_else(|| named(to)).map(|whose| view! { {whose} " · " }.into_any());
            view! { {whose} {app.say(words)} }.into_any()
        }
        None => view! { {named(from)} " → " {named(to)} }.into_any(),
    }
}
