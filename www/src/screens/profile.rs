//! A member's profile: what it says about itself and its shop. The member can change, export and delete it.

use gongxiang::identity::Id;
use gongxiang::wire::profile::Category;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::answer::{asked, of_member};
use super::{fault, statement};
use crate::api::{self, Fault};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, applications, profile as t};
use crate::ui;

pub fn screen(app: App, id: Id) -> AnyView {
    of_member(app, id, t::PROFILE, move |wallet| {
        let (asks, has_shop) = (wallet.member.clone(), wallet.account.shop.is_some());
        let load = move || {
            let id = asks.clone();
            async move { api::profile(&id).await }
        };
        let member = wallet.member.clone();
        asked(app, load, move |now| shown(app, &member, &now, has_shop))
    })
}

/// The fields of the form, as they are typed.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    shop_name: RwSignal<String>,
    address: RwSignal<String>,
    category: RwSignal<String>,
    phone: RwSignal<String>,
}

impl Form {
    fn of(now: &Value) -> Self {
        let text =
            |field: &str| RwSignal::new(now.get("profile").and_then(|it| api::text_of(it, field)).unwrap_or_default());
        Self {
            name: text("name"),
            shop_name: text("shop_name"),
            address: text("address"),
            category: text("category"),
            phone: text("phone"),
        }
    }

    const fn fields(self) -> [(&'static str, RwSignal<String>); 5] {
        [
            ("name", self.name),
            ("shop_name", self.shop_name),
            ("address", self.address),
            ("category", self.category),
            ("phone", self.phone),
        ]
    }

    /// The body of a request. An empty field says nothing.
    fn body(self) -> String {
        let typed = self.fields().map(|(name, field)| (name, field.get_untracked()));
        let fields = typed.into_iter().filter(|(_, text)| !text.trim().is_empty());
        Value::Object(fields.map(|(name, text)| (name.to_owned(), Value::String(text))).collect()).to_string()
    }
}

/// What became of the last request.
pub type Outcome = RwSignal<Option<Result<Words, Fault>>>;

fn shown(app: App, member: &Id, now: &Value, has_shop: bool) -> AnyView {
    let form = Form::of(now);
    let outcome: Outcome = RwSignal::default();
    let number = RwSignal::new(api::text_of(now, "number"));
    let field =
        |name, label, keyboard, value| ui::field(app, name, label, keyboard, value, field_error(app, outcome, name));
    view! {
        <form class="card form" data-testid="profile" on:submit=save(app, member, form, number, outcome)>
            <p class="fixed">
                <span>{app.say(t::NUMBER)}</span>
                <b data-testid="number">{move || number.get().unwrap_or_else(|| t::NO_NUMBER.of(app.lang()).to_owned())}</b>
            </p>
            {field("name", t::NAME, "text", form.name)}
            {has_shop.then(|| shop_fields(app, form, outcome))}
            {field("phone", t::PHONE, "tel", form.phone)}
            {ui::note(app, t::PUBLIC_NOTE)}
            <button class="primary" data-testid="save">{app.say(t::SAVE)}</button>
            <p role="status" data-testid="saved">{move || told(app, &outcome.get()?)}</p>
        </form>
        {away(app, member, form, number, outcome)}
    }
    .into_any()
}

/// What the public sees of a shop, for whoever decides for it. The rest of its merchant's profile stays as it is.
pub fn of_shop(app: App, shop: &Id) -> AnyView {
    let (asks, shop) = (shop.clone(), shop.clone());
    let load = move || {
        let shop = asks.clone();
        async move { api::profile(&shop).await }
    };
    asked(app, load, move |now| {
        let form = Form::of(&now);
        let outcome: Outcome = RwSignal::default();
        view! {
            <form class="card form" data-testid="shop-profile" on:submit=save(app, &shop, form, RwSignal::default(), outcome)>
                {ui::heading(app, t::SHOP)}
                {ui::note(app, t::SHOP_NOTE)}
                {shop_fields(app, form, outcome)}
                <button class="primary" data-testid="save-shop">{app.say(t::SAVE)}</button>
                <p role="status" data-testid="shop-saved">{move || told(app, &outcome.get()?)}</p>
            </form>
        }
        .into_any()
    })
}

fn shop_fields(app: App, form: Form, outcome: Outcome) -> AnyView {
    let field = |name, label, value| ui::field(app, name, label, "text", value, field_error(app, outcome, name));
    view! {
        {field("shop_name", t::SHOP_NAME, form.shop_name)}
        {field("address", t::ADDRESS, form.address)}
        {category(app, form.category)}
    }
    .into_any()
}

/// The `submit` handler of a form of this member's profile.
fn save(
    app: App,
    member: &Id,
    form: Form,
    number: RwSignal<Option<String>>,
    outcome: Outcome,
) -> impl Fn(SubmitEvent) + 'static {
    let id = member.clone();
    move |event| {
        event.prevent_default();
        let id = id.clone();
        spawn_local(async move {
            let stored = api::keep_profile(&id, form.body()).await;
            if let Ok(now) = &stored {
                number.set(api::text_of(now, "number"));
                app.names.forget();
            }
            outcome.set(Some(stored.map(|_| t::SAVED)));
        });
    }
}

/// The outcome in words. What belongs to a field stands there.
pub fn told(app: App, outcome: &Result<Words, Fault>) -> Option<String> {
    match outcome {
        Ok(done) => Some(done.of(app.lang()).to_owned()),
        Err(Fault::Status { problem, .. }) if field_words(&problem.code).is_some() => None,
        Err(fault) => Some(fault::line(app.lang(), fault)),
    }
}

fn field_words(code: &str) -> Option<Words> {
    match code {
        "bad_text" => Some(t::BAD_TEXT),
        "reserved_name" => Some(t::RESERVED_NAME),
        "bad_phone" => Some(t::BAD_PHONE),
        "bad_licence" => Some(applications::BAD_LICENCE),
        "shop_name_taken" => Some(t::SHOP_NAME_TAKEN),
        _ => None,
    }
}

pub fn field_error(app: App, outcome: Outcome, name: &'static str) -> ui::FieldError {
    memo(move || match &*outcome.read() {
        Some(Err(Fault::Status { problem, .. })) if problem.field == name => {
            field_words(&problem.code).map(|words| words.of(app.lang()).to_owned())
        }
        _ => None,
    })
}

pub fn category(app: App, value: RwSignal<String>) -> AnyView {
    let choice = |category: Category| {
        let name = category.as_str();
        view! { <option value=name selected=move || *value.read() == *name>{app.say(words(category))}</option> }
            .into_any()
    };
    view! {
        <div class="field">
            <label for="category">{app.say(t::CATEGORY)}</label>
            <select id="category" data-testid="category" on:change=move |event| value.set(event_target_value(&event))>
                <option value="">{app.say(t::NONE)}</option>
                {Category::ALL.into_iter().map(choice).collect::<Vec<_>>()}
            </select>
        </div>
    }
    .into_any()
}

pub const fn words(category: Category) -> Words {
    match category {
        Category::Food => t::FOOD,
        Category::Groceries => t::GROCERIES,
        Category::Clothing => t::CLOTHING,
        Category::Beauty => t::BEAUTY,
        Category::Health => t::HEALTH,
        Category::Home => t::HOME,
        Category::Electronics => t::ELECTRONICS,
        Category::Education => t::EDUCATION,
        Category::Travel => t::TRAVEL,
        Category::Services => t::SERVICES,
        Category::Other => t::OTHER,
    }
}

/// What takes the data away: as a file, or for ever after a second tap.
fn away(app: App, member: &Id, form: Form, number: RwSignal<Option<String>>, outcome: Outcome) -> AnyView {
    let (exports, erases) = (member.clone(), member.clone());
    let sure = RwSignal::new(false);
    let export = move |_| {
        let id = exports.clone();
        spawn_local(async move {
            match api::export(&id).await {
                Ok(text) => statement::save(&format!("gongxiang-{id}.json"), &text),
                Err(fault) => outcome.set(Some(Err(fault))),
            }
        });
    };
    let erase = move |_| {
        if !sure.get_untracked() {
            return sure.set(true);
        }
        let id = erases.clone();
        spawn_local(async move {
            let answer = api::erase_profile(&id).await;
            if answer.is_ok() {
                for (_, field) in form.fields() {
                    field.set(String::new());
                }
                number.set(None);
                app.names.forget();
            }
            sure.set(false);
            outcome.set(Some(answer.map(|()| t::ERASED)));
        });
    };
    view! {
        <section class="card form">
            {ui::button(app, "secondary", "export", t::EXPORT, export)}
            {ui::note(app, t::ERASE_NOTE)}
            <button type="button" class="secondary" data-testid="erase" on:click=erase>
                {move || app.say(if sure.get() { t::ERASE_SURE } else { t::ERASE })()}
            </button>
        </section>
    }
    .into_any()
}
