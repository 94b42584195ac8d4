//! Choose a member: by its id, or from the list.

use gongxiang::identity::Id;
use gongxiang::limits::ID_LENGTH_MAX;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fault;
use crate::api::{self, Fault, MemberLine};
use crate::app::App;
use crate::fetched::{Remote, fetched};
use crate::route::{self, Route};

const PER_PAGE: u32 = 50;

/// A page of those whose ids start as was typed.
#[derive(Clone, Debug)]
struct Page {
    members: Vec<MemberLine>,
    /// Where the next one starts, if there is one.
    next: Option<Id>,
}

/// The screen.
pub fn screen(app: App) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let query = Memo::new(move |_| typed.read().trim().to_owned());
    let first = fetched(move || {
        let query = query.get();
        async move { page(&query, &before(&query)).await }
    });
    let bad = move || !query.read().is_empty() && Id::parse(&query.read()).is_none();
    let open = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(id) = Id::parse(&query.get_untracked()) {
            route::go(&Route::Home(id));
        }
    };
    view! {
        <section class="intro">
            <h1>{move || app.text().members}</h1>
            <p>{move || app.text().members_note}</p>
        </section>
        <form class="search" on:submit=open>
            <label for="search">{move || app.text().search}</label>
            <div class="row">
                <input id="search" data-testid="search" autocomplete="off" autocapitalize="off" spellcheck="false"
                    placeholder=move || app.text().search_hint aria-invalid=move || bad().to_string()
                    aria-describedby="search-error" on:input:target=move |event| typed.set(event.target().value()) />
                <button class="primary" data-testid="open">{move || app.text().open}</button>
            </div>
            <p class="error" id="search-error" data-testid="search-error" aria-live="polite">
                {move || bad().then(|| app.text().id_bad)}
            </p>
        </form>
        {move || match first.state.get() {
            Remote::Loading => fault::loading(app).into_any(),
            Remote::Failed(why) => fault::fault(app, &why, first).into_any(),
            Remote::Ready(page) => shown(app, query.get_untracked(), page).into_any(),
        }}
    }
}

fn shown(app: App, query: String, first: Page) -> AnyView {
    if first.members.is_empty() {
        return view! { <p class="loading" data-testid="none-found">{move || app.text().none_found}</p> }.into_any();
    }
    let found = RwSignal::new(first);
    let failed = RwSignal::new(false);
    let more = move |_| {
        let query = query.clone();
        let Some(next) = found.with_untracked(|page| page.next.clone()) else { return };
        spawn_local(async move {
            let page = page(&query, next.as_str()).await;
            failed.set(page.is_err());
            let Ok(page) = page else { return };
            found.update(|found| {
                // A second click while the first was under way brought the same page.
                if found.next.as_ref() == Some(&next) {
                    found.members.extend(page.members);
                    found.next = page.next;
                }
            });
        });
    };
    view! {
        <ul class="members" data-testid="members">
            <For each=move || found.get().members key=|line| line.member.clone() children=move |line| member(app, &line) />
        </ul>
        <p class="error" aria-live="polite">{move || failed.get().then(|| app.text().unreachable)}</p>
        {move || found.read().next.is_some().then(|| view! {
            <button type="button" class="more" data-testid="more" on:click=more.clone()>
                {move || app.text().more}
            </button>
        })}
    }
    .into_any()
}

fn member(app: App, line: &MemberLine) -> impl IntoView + use<> {
    let activated = line.activated;
    let state = move || if activated { app.text().activated } else { app.text().not_activated };
    view! {
        <li>
            <a href=Route::Home(line.member.clone()).to_string() data-member=line.member.to_string()>
                <b>{line.member.to_string()}</b>
                {line.merchant.then(|| view! { <span class="tag shop">{move || app.text().merchant}</span> })}
                <span class="tag" class:off=!activated>{state}</span>
            </a>
        </li>
    }
}

/// The members after `after` whose ids start with `query`.
async fn page(query: &str, after: &str) -> Result<Page, Fault> {
    if !query.is_empty() && Id::parse(query).is_none() {
        return Ok(Page { members: Vec::new(), next: None });
    }
    let mut page = api::members(after, PER_PAGE).await?;
    let asked = page.members.len();
    page.members.retain(|line| line.member.as_str().starts_with(query));
    // The list is sorted: the first that starts otherwise ends it.
    let next = page.next.filter(|_| page.members.len() == asked);
    Ok(Page { members: page.members, next })
}

/// The last possible id before all that start with `query`: the list is asked for what comes after it.
fn before(query: &str) -> String {
    const SORTED: &str = "-.0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    let mut id = query.to_owned();
    let Some(last) = id.pop() else { return id };
    if let Some(lower) = SORTED.find(last).and_then(|at| SORTED[..at].chars().next_back()) {
        id.push(lower);
        while id.len() < ID_LENGTH_MAX {
            id.push('z');
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_starts_with_the_query_comes_before_it() {
        for (query, earlier) in [("c0001", "c0000"), ("a", "_zz"), ("a-", "a"), ("A0", "A.z"), ("0", ".")] {
            let before = before(query);
            assert!(Id::parse(&before).is_some() && before.as_str() < query, "{before}");
            assert!(earlier <= before.as_str(), "{earlier} is before {before}");
        }
        assert_eq!(before(""), "");
    }
}
