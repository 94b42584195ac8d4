//! What other rules change: each value as it is and as it will be.

use leptos::prelude::*;

use super::rule_form;
use crate::state::App;
use crate::text::operator as t;
use crate::ui;

pub fn table(app: App, differences: &[[String; 3]]) -> AnyView {
    if differences.is_empty() {
        return ui::empty(app, "no-difference", t::NO_DIFFERENCE);
    }
    let rows = differences.iter().cloned().map(|[key, now, then]| {
        let named = key.clone();
        view! {
            <tr data-testid="difference" data-key=key>
                <th scope="row">{move || rule_form::name(app.lang(), &named)}</th>
                <td>{move || rule_form::shown(app.lang(), &now)}</td>
                <td><b>{move || rule_form::shown(app.lang(), &then)}</b></td>
            </tr>
        }
        .into_any()
    });
    view! {
        <section>
            {ui::heading(app, t::DIFFERENCE)}
            {ui::table(app, "differences", &[t::KEY, t::BEFORE, t::AFTER], rows.collect())}
        </section>
    }
    .into_any()
}
