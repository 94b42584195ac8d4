//! What is seen when there is nothing to see: on its way, not there, or wrong.

use leptos::prelude::*;

use crate::api::Fault;
use crate::app::App;
use crate::fetched::Fetched;
use crate::text::Text;

/// Under way.
pub fn loading(app: App) -> impl IntoView {
    view! { <p class="loading" role="status" data-testid="loading">{move || app.text().loading}</p> }
}

/// A text in whatever language is chosen.
type Said = fn(&Text) -> &str;

/// Failed, and to be tried again.
pub fn fault<T: Send + Sync + 'static>(app: App, fault: &Fault, fetched: Fetched<T>) -> impl IntoView + use<T> {
    let (name, title, note): (_, Said, Said) = match fault {
        _ if fault.is_unknown_member() => ("unknown-member", |t| t.unknown_member, |t| t.unknown_member_note),
        Fault::Unreachable => ("unreachable", |t| t.unreachable, |t| t.unreachable_note),
        Fault::Status { .. } => ("failed", |t| t.failed, |t| t.failed_note),
        Fault::Nonsense => ("nonsense", |t| t.nonsense, |t| t.nonsense_note),
    };
    let detail = match fault {
        Fault::Status { status, problem } => Some(format!("{status} {}", problem.code)),
        _ => None,
    };
    view! {
        <section class="card fault" role="alert" data-testid="fault" data-fault=name>
            <h2>{move || title(app.text())}</h2>
            <p>{move || note(app.text())}</p>
            {detail.map(|detail| view! { <p><code>{detail}</code></p> })}
            <button type="button" class="primary" data-testid="retry" on:click=move |_| fetched.again()>
                {move || app.text().retry}
            </button>
        </section>
    }
}

/// No such address.
pub fn nowhere(app: App) -> impl IntoView {
    view! {
        <section class="card fault" data-testid="fault" data-fault="nowhere">
            <h2>{move || app.text().nowhere}</h2>
            <p>{move || app.text().nowhere_note}</p>
            <a class="primary" href="#/">{move || app.text().all_members}</a>
        </section>
    }
}
