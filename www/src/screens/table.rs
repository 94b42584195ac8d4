//! A whole list of the server as a table for spreadsheets.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{fault, statement};
use crate::api::{self, Fault};
use crate::state::App;
use crate::text::people as t;
use crate::ui;

/// The button that saves the list at this address, without its parameters, as a file of this name.
pub fn download(app: App, path: &'static str, name: &'static str) -> AnyView {
    let failed = RwSignal::new(None::<Fault>);
    let is_loading = RwSignal::new(false);
    let load = move |_| {
        if is_loading.get_untracked() {
            return;
        }
        is_loading.set(true);
        spawn_local(async move {
            let table = api::table(path).await;
            is_loading.set(false);
            match table {
                Ok(table) => {
                    failed.set(None);
                    statement::save(&format!("gongxiang-{name}.csv"), &table);
                }
                Err(fault) => failed.set(Some(fault)),
            }
        });
    };
    view! {
        <div class="buttons">{ui::button(app, "secondary", "csv", t::CSV, load)}</div>
        <p class="note" role="status">{move || is_loading.get().then(|| t::CSV_LOADING.of(app.lang()))}</p>
        <p class="error" role="status" data-testid="csv-error">
            {move || failed.get().map(|fault| fault::line(app.lang(), &fault))}
        </p>
    }
    .into_any()
}
