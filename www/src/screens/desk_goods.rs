//! The catalogue at the desk. An item is written as a whole; goods that were sent are marked as sent.

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast as _;
use serde_json::{Map, Value, json};
use web_sys::HtmlInputElement;

use super::answer::asked;
use super::goods::{picture, price, why};
use super::named;
use crate::api::Fault;
use crate::goods::{self, Item, Voucher};
use crate::input;
use crate::outbox;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{goods as t, signin};
use crate::ui;

const PICTURE: &str = "goods-picture";

/// What the form begins with.
#[derive(Clone, Copy)]
struct Form {
    app: App,
    id: RwSignal<String>,
    name: RwSignal<String>,
    description: RwSignal<String>,
    points: RwSignal<String>,
    money: RwSignal<String>,
    stock: RwSignal<String>,
    limit: RwSignal<String>,
    last_day: RwSignal<String>,
    shops: RwSignal<String>,
    is_sent: RwSignal<bool>,
    /// The first day of an item that is changed; the form leaves it as it is.
    from: RwSignal<Option<Day>>,
    failed: RwSignal<Option<Fault>>,
}

async fn open() -> Result<(Vec<Item>, Vec<Voucher>, Option<i64>), Fault> {
    let items = goods::items(true).await?;
    let (vouchers, older) = to_send(None).await?;
    Ok((items, vouchers, older))
}

/// A page of the vouchers, with those alone that wait to be sent.
async fn to_send(before: Option<i64>) -> Result<(Vec<Voucher>, Option<i64>), Fault> {
    let (mut vouchers, older) = goods::vouchers(None, before).await?;
    vouchers.retain(|voucher| voucher.state == "open" && voucher.deliver_to.is_some());
    Ok((vouchers, older))
}

pub fn screen(app: App) -> AnyView {
    let form = Form {
        app,
        id: RwSignal::default(),
        name: RwSignal::default(),
        description: RwSignal::default(),
        points: RwSignal::default(),
        money: RwSignal::default(),
        stock: RwSignal::default(),
        limit: RwSignal::default(),
        last_day: RwSignal::default(),
        shops: RwSignal::default(),
        is_sent: RwSignal::default(),
        from: RwSignal::default(),
        failed: RwSignal::default(),
    };
    // Who may only read has no form.
    let may_write =
        app.session.with_untracked(|session| session.as_ref().is_some_and(crate::api::Session::is_operator));
    view! {
        {ui::intro(app, t::AT_DESK, t::AT_DESK_NOTE)}
        {may_write.then(|| shown_form(form))}
        {asked(app, open, move |(items, vouchers, older)| {
            let lines: Vec<_> = items.iter().map(|item| line(form, item, may_write)).collect();
            view! {
                {sending(app, &items, vouchers, older, may_write)}
                <section class="card statement" data-testid="catalogue">
                    {if lines.is_empty() { ui::empty(app, "no-goods", t::NONE) } else {
                        view! { <ul class="entries">{lines}</ul> }.into_any()
                    }}
                </section>
            }
            .into_any()
        })}
    }
    .into_any()
}

impl Form {
    /// What is sent, with the id; `None` while a field cannot be read.
    fn terms(self) -> Option<(Id, String)> {
        let id = Id::parse(self.id.read().trim())?;
        let mut terms = Map::new();
        let mut put = |name: &str, value: Value| drop(terms.insert(name.to_owned(), value));
        let name = self.name.read().trim().to_owned();
        if name.is_empty() {
            return None;
        }
        put("name", json!(name));
        put("description", json!(self.description.read().trim()));
        put("points", json!(input::read(&self.points.read(), Points::parse).ok()?.to_string()));
        put("stock", json!(self.stock.read().trim().parse::<u32>().ok()?));
        put("delivery", json!(self.is_sent.get()));
        let shops: Option<Vec<_>> =
            self.shops.read().split_whitespace().map(|id| Some(json!(Id::parse(id)?.as_str()))).collect();
        put("shops", Value::Array(shops?));
        let typed = |field: RwSignal<String>| Some(field.read().trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(money) = typed(self.money) {
            put("money", json!(input::read(&money, Money::parse).ok()?.to_string()));
        }
        if let Some(limit) = typed(self.limit) {
            put("per_member", json!(limit.parse::<u32>().ok()?));
        }
        if let Some(day) = typed(self.last_day) {
            put("until", json!(Day::parse(&day)?.to_string()));
        }
        if let Some(day) = self.from.get() {
            put("from", json!(day.to_string()));
        }
        Some((id, Value::Object(terms).to_string()))
    }

    fn fill(self, item: &Item) {
        let number = |number: i64| if number == 0 { String::new() } else { number.to_string() };
        self.id.set(item.id.to_string());
        self.name.set(item.name.clone());
        self.description.set(item.description.clone());
        self.points.set(item.points.to_string());
        self.money.set(if item.money.is_positive() { item.money.to_string() } else { String::new() });
        self.stock.set(item.stock.unwrap_or_default().to_string());
        self.limit.set(number(item.per_member.into()));
        self.last_day.set(item.until.map(|day| day.to_string()).unwrap_or_default());
        self.shops.set(item.shops.iter().map(Id::as_str).collect::<Vec<_>>().join(" "));
        self.is_sent.set(item.delivery);
        self.from.set(item.from);
        self.failed.set(None);
    }

    fn clear(self) {
        for field in [
            self.id,
            self.name,
            self.description,
            self.points,
            self.money,
            self.stock,
            self.limit,
            self.last_day,
            self.shops,
        ] {
            field.set(String::new());
        }
        self.is_sent.set(false);
        self.from.set(None);
        self.failed.set(None);
        if let Some(input) = chooser() {
            input.set_value("");
        }
    }

    async fn save(self) -> Result<(), Fault> {
        let Some((id, terms)) = untrack(|| self.terms()) else { return Ok(()) };
        goods::write(&id, terms).await?;
        let chosen = chooser().and_then(|input| input.files()?.get(0));
        if let Some(file) = chosen {
            goods::write_picture(&id, &file).await?;
        }
        Ok(())
    }
}

fn chooser() -> Option<HtmlInputElement> {
    document().get_element_by_id(PICTURE)?.dyn_into().ok()
}

fn shown_form(form: Form) -> AnyView {
    let app = form.app;
    let none = memo(|| None);
    let text = |name, words, value| ui::field(app, name, words, "text", value, none);
    let whole = |name, words, value| ui::field(app, name, words, "numeric", value, none);
    let points_error = ui::number_error(app, form.points, Points::parse);
    let money_error = ui::number_error(app, form.money, Money::parse);
    let ready = memo(move || form.terms().is_some());
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match form.save().await {
                Ok(()) => {
                    form.clear();
                    app.changed();
                }
                Err(fault) => form.failed.set(Some(fault)),
            }
        });
    };
    view! {
        <form class="card form" on:submit=save data-testid="goods-form">
            {ui::heading(app, t::ADD)}
            {ui::field(app, "goods-id", t::ITEM_ID, "text", form.id, ui::id_error(app, form.id))}
            {text("goods-name", t::NAME, form.name)}
            {text("goods-description", t::DESCRIPTION, form.description)}
            {ui::field(app, "goods-points", t::POINTS_EACH, "decimal", form.points, points_error)}
            {ui::field(app, "goods-money", t::MONEY_EACH, "decimal", form.money, money_error)}
            {whole("goods-stock", t::STOCK, form.stock)}
            {whole("goods-limit", t::LIMIT, form.limit)}
            {text("goods-last-day", t::LAST_DAY, form.last_day)}
            {text("goods-shops", t::SHOPS, form.shops)}
            <label class="check-box">
                <input type="checkbox" data-testid="goods-sent" prop:checked=move || form.is_sent.get()
                    on:change:target=move |event| form.is_sent.set(event.target().checked()) />
                " " {app.say(t::BY_POST)}
            </label>
            <div class="field">
                <label for=PICTURE>{app.say(t::PICTURE)}</label>
                <input id=PICTURE type="file" accept="image/png,image/jpeg,image/webp" data-testid=PICTURE />
            </div>
            {move || form.failed.get().map(|fault| {
                let detail = match &fault {
                    Fault::Status { problem, .. } => problem.field.clone(),
                    _ => String::new(),
                };
                view! { <p class="error" role="alert" data-testid="goods-error">{why(app, &fault)} " " <code>{detail}</code></p> }.into_any()
            })}
            <button class="primary" data-testid="goods-save" disabled=move || !ready.get()>{app.say(t::SAVE)}</button>
        </form>
    }
    .into_any()
}

/// An item with its stock, and what can be done with it.
fn line(form: Form, item: &Item, may_write: bool) -> AnyView {
    let app = form.app;
    let is_off = item.withdrawn == Some(true);
    let (edited, id) = (item.clone(), item.id.clone());
    let edit = move |_| {
        form.fill(&edited);
        if let Some(element) = document().get_element_by_id("goods-id") {
            element.scroll_into_view();
        }
    };
    let withdraw = move |_| {
        let id = id.clone();
        spawn_local(async move {
            match goods::withdraw(&id).await {
                Ok(()) => app.changed(),
                Err(fault) => form.failed.set(Some(fault)),
            }
        });
    };
    let count = |words, number: Option<i64>| {
        view! { <span>{app.say(words)} " " {number.unwrap_or_default().to_string()}</span> }.into_any()
    };
    view! {
        <li class="entry" data-testid="desk-item" data-item=item.id.to_string() data-withdrawn=is_off.to_string()>
            <p class="head">
                <span class="what">{item.name.clone()} " " {is_off.then(|| view! { <span class="tag off">{app.say(t::WITHDRAWN)}</span> }.into_any())}</span>
                <span class="gets">{price(app, item)}</span>
            </p>
            <p class="foot">
                {count(t::LEFT, Some(item.left))} {count(t::RESERVED, item.reserved)} {count(t::HANDED_OUT, item.handed_out)}
            </p>
            {picture(item)}
            {may_write.then(|| view! {
                <div class="buttons">
                    {ui::button(app, "secondary", "edit-item", t::EDIT, edit)}
                    {(!is_off).then(|| ui::button(app, "secondary", "withdraw-item", t::WITHDRAW, withdraw))}
                </div>
            }.into_any())}
        </li>
    }
    .into_any()
}

/// What members wait for by post.
fn sending(app: App, items: &[Item], first: Vec<Voucher>, older: Option<i64>, may_write: bool) -> AnyView {
    let (shown, next) = (RwSignal::new(first), RwSignal::new(older));
    let names: Vec<_> = items.iter().map(|item| (item.id.clone(), item.name.clone())).collect();
    let failed = RwSignal::new(None::<Fault>);
    let more = move |_| {
        let Some(before) = next.get_untracked() else { return };
        spawn_local(async move {
            // If that fails, the button stays.
            if let Ok((vouchers, older)) = to_send(Some(before)).await
                && next.get_untracked() == Some(before)
            {
                shown.update(|shown| shown.extend(vouchers));
                next.set(older);
            }
        });
    };
    let entry = move |voucher: &Voucher| {
        let name = names
            .iter()
            .find(|(id, _)| *id == voucher.item)
            .map_or_else(|| voucher.item.to_string(), |(_, name)| name.clone());
        let id = voucher.id.clone();
        let send = move |_| {
            let id = id.clone();
            spawn_local(async move {
                let done = match outbox::new_key() {
                    Ok(key) => goods::deliver(&id, &key).await,
                    Err(fault) => Err(fault),
                };
                match done {
                    Ok(()) => app.changed(),
                    Err(fault) => failed.set(Some(fault)),
                }
            });
        };
        view! {
            <li class="entry" data-testid="to-send" data-voucher=voucher.id.to_string()>
                <p class="head"><span class="what">{name}</span> <span class="gets">{named::plain(app, &voucher.member)}</span></p>
                <p class="note"><bdi>{voucher.deliver_to.clone()}</bdi></p>
                {may_write.then(|| ui::button(app, "secondary", "send-item", t::SEND, send))}
            </li>
        }
        .into_any()
    };
    view! {
        <section class="card statement">
            {ui::heading(app, t::TO_BE_SENT)}
            {move || if shown.read().is_empty() && next.read().is_none() {
                ui::empty(app, "none-to-send", t::NONE_TO_SEND)
            } else {
                view! { <ul class="entries">{shown.read().iter().map(&entry).collect::<Vec<_>>()}</ul> }.into_any()
            }}
            {move || next.read().is_some().then(|| ui::button(app, "more", "more-to-send", signin::MORE, more))}
            {move || failed.get().map(|fault| view! { <p class="error" role="alert">{why(app, &fault)}</p> }.into_any())}
        </section>
    }
    .into_any()
}
