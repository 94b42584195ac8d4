//! A shop's poster: a QR code to print, which opens the customer's wallet.

use gongxiang::identity::Id;
use leptos::prelude::*;

use super::answer::asked;
use super::invite;
use crate::counter::{self, Counter};
use crate::route::Route;
use crate::state::App;
use crate::text::counter as t;
use crate::ui;

pub fn screen(app: App, shop: Id) -> AnyView {
    let load = move || {
        let shop = shop.clone();
        async move { counter::open(&shop).await }
    };
    view! { {asked(app, load, move |now| shown(app, now))} }.into_any()
}

fn shown(app: App, now: Counter) -> AnyView {
    let link = invite::address_of(&Route::Pay(now.shop.clone(), None));
    // Fails only where the browser forbids printing; then nothing is to be said.
    let print = move |_| _ = window().print();
    view! {
        <section class="card invite poster" data-testid="poster" data-link=link.clone()>
            <h1>{now.name.unwrap_or_else(|| now.shop.to_string())}</h1>
            <p>{now.address}</p>
            {invite::qr_of(app, &link, t::PAY_HERE)}
            <p class="mid">{app.say(t::SCAN_HERE)}</p>
        </section>
        {ui::note(app, t::POSTER_NOTE)}
        {ui::button(app, "primary", "print", t::PRINT, print)}
    }
    .into_any()
}
