//! The open shops, by city, for everybody: the name, category and address of each. Each leads to the same page as the
//! shop's poster.

use gongxiang::identity::{Id, Region};
use gongxiang::wire::profile::Category;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::answer::asked;
use super::profile;
use crate::api::{self, Fault, text_of};
use crate::ids::short;
use crate::reactive::{effect, memo};
use crate::route::Route;
use crate::state::App;
use crate::text::{shops as t, signin};
use crate::ui;

/// A shop as the directory has it.
#[derive(Clone, Debug)]
struct Shop {
    id: Id,
    name: Option<String>,
    address: Option<String>,
    category: Option<Category>,
}

impl Shop {
    fn read(row: &Value) -> Option<Self> {
        let category = text_of(row, "category");
        let named = |known: &Category| category.as_deref() == Some(known.as_str());
        Some(Self {
            id: Id::parse(&text_of(row, "shop")?)?,
            name: text_of(row, "name"),
            address: text_of(row, "address"),
            category: Category::ALL.into_iter().find(named),
        })
    }
}

/// A page of the directory.
#[derive(Clone, Debug)]
struct Shops {
    rows: Vec<Shop>,
    /// Where the next page begins.
    next: Option<String>,
}

/// `/v1/shops`: the shops of a city, or of all of them.
async fn find(city: Option<Region>, after: Option<&str>) -> Result<Shops, Fault> {
    let city = city.map(|city| format!("&city={city}")).unwrap_or_default();
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    let page = api::get_value(&format!("/v1/shops?limit=50{city}{after}")).await?;
    let rows = page.get("shops").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    Ok(Shops { rows: rows.iter().filter_map(Shop::read).collect(), next: text_of(&page, "next") })
}

pub fn screen(app: App) -> AnyView {
    let typed = RwSignal::new(String::new());
    // Without a city all are listed; while it is typed, the list stays.
    let city = RwSignal::new(None);
    let error = ui::region_error(app, typed);
    effect(move |_| {
        let typed = typed.read();
        let read = Region::parse(typed.trim()).map(Region::city);
        if typed.trim().is_empty() || read.is_some() {
            city.set(read);
        }
    });
    let city = memo(move || city.get());
    let load = move || {
        let city = city.get();
        async move { find(city, None).await }
    };
    view! {
        {ui::intro(app, t::SHOPS, t::NOTE)}
        <section class="card form">
            {ui::field(app, "city", t::CITY, "numeric", typed, error)}
            <GX-REGIONS data-for="city" data-level="city" lang=move || app.lang().tag()></GX-REGIONS>
        </section>
        {asked(app, load, move |found| list(app, city.get_untracked(), found))}
    }
    .into_any()
}

fn list(app: App, city: Option<Region>, found: Shops) -> AnyView {
    if found.rows.is_empty() {
        return ui::empty(app, "no-shops", t::NONE);
    }
    let page = RwSignal::new(found);
    let more = move |_| {
        let Some(after) = page.with_untracked(|page| page.next.clone()) else { return };
        spawn_local(async move {
            // If that fails, the button stays.
            let Ok(later) = find(city, Some(&after)).await else { return };
            page.try_update(|page| {
                // A second click during the request would add the same page twice.
                if page.next.as_ref() == Some(&after) {
                    page.rows.extend(later.rows);
                    page.next = later.next;
                }
            });
        });
    };
    view! {
        <ul class="members" data-testid="shops">
            {move || page.read().rows.iter().map(|shop| line(app, shop)).collect::<Vec<_>>()}
        </ul>
        {move || page.read().next.is_some().then(|| ui::button(app, "more", "more", signin::MORE, more))}
    }
    .into_any()
}

fn line(app: App, shop: &Shop) -> AnyView {
    let Shop { id, name, address, category } = shop;
    view! {
        <li>
            <a href=Route::Pay(id.clone(), None).to_string() data-testid="to-pay" data-shop=id.to_string()>
                <b>
                    <bdi>{name.clone().unwrap_or_else(|| short(id))}</bdi>
                    {address.clone().map(|address| view! { <small><bdi>{address}</bdi></small> }.into_any())}
                </b>
                {category.map(|category| view! { <span class="tag shop">{app.say(profile::words(category))}</span> }.into_any())}
            </a>
        </li>
    }
    .into_any()
}
