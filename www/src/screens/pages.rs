//! A list that grows by a page with each tap on "more".

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Fault;
use crate::state::App;
use crate::text::{fault as f, signin};
use crate::ui;

/// The rows that were asked for so far, and where the next page begins.
pub struct Pages<T: 'static, N: 'static> {
    pub rows: RwSignal<Vec<T>>,
    next: RwSignal<Option<N>>,
}

impl<T, N> Clone for Pages<T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, N> Copy for Pages<T, N> {}

/// Rows, and where the next page begins; nothing on the last one.
pub type Page<T, N> = (Vec<T>, Option<N>);

impl<T: Send + Sync, N: Clone + PartialEq + Send + Sync> Pages<T, N> {
    pub fn begin((rows, next): Page<T, N>) -> Self {
        Self { rows: RwSignal::new(rows), next: RwSignal::new(next) }
    }

    /// The button for the next page, while there is one. If the server does not answer, it stays.
    pub fn more<F>(self, app: App, id: &'static str, ask: impl Fn(N) -> F + Clone + Send + 'static) -> AnyView
    where
        F: Future<Output = Result<Page<T, N>, Fault>> + 'static,
    {
        let Self { rows, next } = self;
        let failed = RwSignal::new(false);
        let load = move |_| {
            let Some(asked) = next.get_untracked() else { return };
            let page = ask(asked.clone());
            spawn_local(async move {
                let page = page.await;
                failed.set(page.is_err());
                // A second tap during the request would add the same page twice.
                if let Ok((more, following)) = page
                    && next.get_untracked() == Some(asked)
                {
                    rows.update(|rows| rows.extend(more));
                    next.set(following);
                }
            });
        };
        view! {
            <p class="error" aria-live="polite">{move || failed.get().then(|| f::UNREACHABLE.of(app.lang()))}</p>
            {move || next.read().is_some().then(|| ui::button(app, "more", id, signin::MORE, load.clone()))}
        }
        .into_any()
    }
}
