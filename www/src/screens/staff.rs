//! The staff: the list, adding somebody, a new sign-in link, and removing somebody.

use gongxiang::identity::Id;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;

use super::answer::asked;
use super::member_field::MemberField;
use super::{fault, invite};
use crate::api::Fault;
use crate::reactive::memo;
use crate::route::Route;
use crate::staff::{self, StaffCode, StaffPage, StaffRow};
use crate::state::App;
use crate::text::{Words, people, proposals, signin, staff as t};
use crate::ui;

/// The roles that may be given, with whether they have a shop.
const ROLES: [(&str, Words, bool); 5] = [
    ("clerk", t::CLERK, false),
    ("auditor", t::AUDITOR, false),
    ("operator", t::OPERATOR, false),
    ("owner", t::OWNER, true),
    ("cashier", t::CASHIER, true),
];

/// What a role is called.
pub fn role(role: &str) -> Words {
    ROLES.iter().find(|(name, ..)| *name == role).map_or(t::STAFF, |(_, words, _)| *words)
}

/// Why something about the staff failed.
pub fn why(app: App, fault: &Fault) -> String {
    let words = match fault {
        Fault::Status { problem, .. } if problem.code == "staff_exists" => t::EXISTS,
        Fault::Status { problem, .. } if ["bad_staff", "bad_event", "not_a_merchant"].contains(&&*problem.code) => {
            t::BAD
        }
        Fault::Status { problem, .. } if problem.code == "bad_enrolment" => t::CODE_ENDED,
        Fault::Status { problem, .. } if problem.code == "needs_second_person" => proposals::BY_SERVER,
        fault => return fault::line(app.lang(), fault),
    };
    words.of(app.lang()).to_owned()
}

/// The link that was made last, and what failed last.
#[derive(Clone, Copy)]
struct Desk {
    app: App,
    code: RwSignal<Option<StaffCode>>,
    failed: RwSignal<Option<Fault>>,
}

impl Desk {
    /// Shows the answer to a change, and asks for the list again.
    fn show(self, answer: Result<Option<StaffCode>, Fault>) {
        match answer {
            Ok(code) => {
                self.failed.set(None);
                self.code.set(code);
                self.app.changed();
            }
            Err(fault) => self.failed.set(Some(fault)),
        }
    }
}

pub fn screen(app: App) -> AnyView {
    let desk = Desk { app, code: RwSignal::new(None), failed: RwSignal::new(None) };
    let is_owner =
        app.session.with_untracked(|session| session.as_ref().is_some_and(|session| session.role == "owner"));
    view! {
        {ui::intro(app, t::STAFF, t::STAFF_NOTE)}
        {form(desk, is_owner)}
        <p class="error" role="alert" data-testid="staff-error">{move || desk.failed.get().map(|fault| why(app, &fault))}</p>
        {move || desk.code.get().map(|code| link(app, &code))}
        {asked(app, staff::list, move |page| list(desk, &page))}
    }
    .into_any()
}

fn form(desk: Desk, is_owner: bool) -> AnyView {
    let Desk { app, .. } = desk;
    let name = RwSignal::new(String::new());
    let shop = MemberField::new(app, RwSignal::new(String::new()));
    // An owner adds staff of its own shop, which the server knows.
    let roles = ROLES.iter().filter(move |(.., of_shop)| !is_owner || *of_shop);
    let chosen = RwSignal::new(if is_owner { "cashier" } else { "clerk" }.to_owned());
    let has_shop =
        memo(move || !is_owner && ROLES.iter().any(|(role, _, of_shop)| *of_shop && *role == *chosen.read()));
    let is_bad = memo(move || name.read().trim().is_empty() || has_shop.get() && shop.is_open());
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let mut body = json!({"name": name.get_untracked().trim(), "role": chosen.get_untracked()});
        if let Some(shop) = untrack(|| shop.id()).filter(|_| has_shop.get_untracked()) {
            body["shop"] = json!(shop);
        }
        spawn_local(async move {
            let added = staff::add(&body).await;
            if added.is_ok() {
                name.set(String::new());
            }
            desk.show(added.map(Some));
        });
    };
    let options: Vec<_> = roles
        .map(|(role, words, _)| {
            view! { <option value=*role selected=move || *chosen.read() == *role>{app.say(*words)}</option> }.into_any()
        })
        .collect();
    view! {
        <form class="card form" on:submit=add>
            {ui::heading(app, t::ADD)}
            {ui::field(app, "staff-name", t::NAME, "text", name, memo(|| None))}
            <div class="field">
                <label for="staff-role">{app.say(t::ROLE)}</label>
                <select id="staff-role" data-testid="staff-role" on:change=move |event| chosen.set(event_target_value(&event))>
                    {options}
                </select>
            </div>
            {move || has_shop.get().then(|| shop.shown("staff-shop", t::SHOP, signin::MERCHANT))}
            <button class="primary" data-testid="staff-add" disabled=move || is_bad.get()>{app.say(t::ADD)}</button>
        </form>
    }
    .into_any()
}

/// The link of a code, for the person to scan or to open.
fn link(app: App, code: &StaffCode) -> AnyView {
    let origin = window().location().origin().unwrap_or_default();
    let path = window().location().pathname().unwrap_or_default();
    let link = format!("{origin}{path}{}", Route::StaffCode(code.enrolment.clone()));
    view! {
        <section class="card invite printed" data-testid="staff-code">
            <h2>{app.say(t::LINK_OF)} <bdi>{code.name.clone()}</bdi></h2>
            {invite::qr(app, &link)}
            <div class="field">
                <label for="staff-link">{app.say(t::LINK)}</label>
                <input id="staff-link" data-testid="staff-link" readonly prop:value=link />
            </div>
            // Fails only where the browser cannot print.
            {ui::button(app, "secondary", "print", people::PRINT, |_| { let _ = window().print(); })}
        </section>
    }
    .into_any()
}

fn list(desk: Desk, page: &StaffPage) -> AnyView {
    if page.staff.is_empty() {
        return ui::empty(desk.app, "no-staff", t::NOBODY);
    }
    // Those who are there come first.
    let (there, gone): (Vec<_>, Vec<_>) = page.staff.iter().partition(|row| row.ended.is_none());
    let rows: Vec<_> = there.into_iter().chain(gone).map(|row| line(desk, row)).collect();
    view! { <ul class="card entries" data-testid="staff-list">{rows}</ul> }.into_any()
}

fn line(desk: Desk, row: &StaffRow) -> AnyView {
    let Desk { app, .. } = desk;
    let tag = if row.ended.is_some() { t::ENDED } else { role(&row.role) };
    view! {
        <li class="entry" data-testid="staff-row" data-name=row.name.clone()>
            <p class="head">
                <span class="what"><bdi>{row.name.clone()}</bdi></span>
                <span class="tag" class:off=row.ended.is_some()>{app.say(tag)}</span>
            </p>
            <p class="foot"><span>{row.shop.as_ref().map(Id::to_string)}</span></p>
            {row.ended.is_none().then(|| choices(desk, row.staff.clone()))}
        </li>
    }
    .into_any()
}

fn choices(desk: Desk, id: Id) -> AnyView {
    let Desk { app, .. } = desk;
    let sure = RwSignal::new(false);
    let of_code = id.clone();
    let code = move |_| {
        let id = of_code.clone();
        spawn_local(async move { desk.show(staff::enrol(&id).await.map(Some)) });
    };
    let end = move |_| {
        let id = id.clone();
        spawn_local(async move { desk.show(staff::end(&id).await.map(|()| None)) });
    };
    view! {
        <div class="buttons">
            {ui::button(app, "secondary", "new-code", t::NEW_CODE, code)}
            {ui::button(app, "secondary", "end", t::END, move |_| sure.set(true))}
        </div>
        {move || sure.get().then(|| view! {
            <div class="refusal" role="alert">
                <p>{app.say(t::END_SURE)}</p>
                <div class="buttons">
                    {ui::button(app, "primary", "end-now", t::END_NOW, end.clone())}
                    {ui::button(app, "secondary", "keep", t::KEEP, move |_| sure.set(false))}
                </div>
            </div>
        }.into_any())}
    }
    .into_any()
}
