//! The frame around every screen: name, language, the caution that is always there.

use leptos::prelude::*;

use crate::lang::Lang;
use crate::route::{self, Route};
use crate::screens;
use crate::text::Text;
use crate::wallet::Days;

/// What every screen shares.
#[derive(Clone, Copy)]
pub struct App {
    /// The language.
    lang: RwSignal<Lang>,
    /// The records of the closed days.
    pub days: Days,
}

impl App {
    /// The words of the language; whoever reads them follows a switch.
    pub fn text(self) -> &'static Text {
        self.lang.get().text()
    }
}

/// The wallet.
pub fn app() -> impl IntoView {
    let app = App { lang: RwSignal::new(Lang::preferred()), days: StoredValue::new(Vec::new()) };
    let route = route::follow();
    Effect::new(move |_| app.lang.get().announce());
    view! {
        <header class="bar">
            <a class="brand" href="#/">
                <span class="mark" aria-hidden="true"></span>
                <span>
                    <b>{move || app.text().title}</b>
                    <small>{move || app.text().tagline}</small>
                </span>
            </a>
            {languages(app)}
        </header>
        <main>{move || screen(app, route.get())}</main>
        <footer><p>{move || app.text().caution}</p></footer>
    }
}

fn screen(app: App, route: Route) -> AnyView {
    match route {
        Route::Members => screens::members::screen(app).into_any(),
        Route::Home(id) => screens::home::screen(app, id).into_any(),
        Route::Order(id) => screens::order::screen(app, &id).into_any(),
        Route::Nowhere => screens::fault::nowhere(app).into_any(),
    }
}

fn languages(app: App) -> impl IntoView {
    let choice = move |lang: Lang| {
        let choose = move |_| {
            lang.remember();
            app.lang.set(lang);
        };
        view! {
            <button type="button" lang=lang.tag() data-testid=format!("lang-{}", lang.tag())
                aria-pressed=move || (app.lang.get() == lang).to_string() on:click=choose>
                {lang.name()}
            </button>
        }
    };
    view! {
        <div class="segments" role="group" aria-label=move || app.text().language>
            {choice(Lang::Zh)} {choice(Lang::En)}
        </div>
    }
}
