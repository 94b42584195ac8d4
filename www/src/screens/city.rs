//! The city of an area partner: until when the partner's right holds, and what was bought there.

use gongxiang::identity::{Day, Id};
use leptos::prelude::*;

use super::answer::{asked, member_bar};
use super::named;
use crate::figure::{grouped, money, percent};
use crate::state::App;
use crate::team::{self, City, CityShop};
use crate::text::{frame, team as t};
use crate::ui::{self, Series};

/// The screen warns if the partner's right lapses within this many days.
const SOON: u64 = 5;

pub fn screen(app: App, id: &Id) -> AnyView {
    let of_city = id.clone();
    let load = move || {
        let id = of_city.clone();
        async move {
            let city = team::city(&id).await?;
            let today = crate::api::supply().await?.value.day;
            Ok((app.took(city), today))
        }
    };
    view! {
        {member_bar(app, id, t::CITY)}
        {asked(app, load, move |(city, today)| match city {
            Some(city) => shown(app, &city, today),
            None => ui::empty(app, "no-city", t::NO_CITY),
        })}
    }
    .into_any()
}

fn shown(app: App, city: &City, today: Day) -> AnyView {
    view! { {right(app, city, today)} {days(app, city)} {shops(app, city)} }.into_any()
}

/// Which city it is, and until when its orders count.
fn right(app: App, city: &City, today: Day) -> AnyView {
    let soon =
        city.until.filter(|_| city.eligible).is_some_and(|until| today.plus(SOON).is_some_and(|day| until <= day));
    let until = city.until.map(|until| until.to_string()).unwrap_or_default();
    let lapses = until.clone();
    view! {
        <section class="card">
            <h2>{ui::place(app, &city.code)}</h2>
            <dl class="sums">
                <div data-testid="city-until" data-eligible=city.eligible.to_string()>
                    <dt>{app.say(t::UNTIL)}</dt>
                    <dd><time>{until}</time></dd>
                </div>
                <div><dt>{app.say(t::RATE)}</dt><dd>{percent(city.offline_points_rate)}</dd></div>
            </dl>
            {soon.then(|| view! {
                <p class="notice bad" data-testid="city-soon"><b>{app.say(t::SOON)}</b> " " {lapses}</p>
            }.into_any())}
            {if city.eligible {
                ui::note(app, t::KEEP)
            } else {
                view! { <p class="notice bad" data-testid="city-lapsed">{app.say(t::LAPSED)}</p> }.into_any()
            }}
        </section>
    }
    .into_any()
}

fn days(app: App, city: &City) -> AnyView {
    if city.days.is_empty() {
        return ().into_any();
    }
    let along: Vec<_> = city.days.iter().map(|day| day.day.to_string()).collect();
    let values: Vec<_> = city.days.iter().map(|day| day.concession.to_string()).collect();
    let orders: i64 = city.days.iter().map(|day| day.orders).sum();
    let chart = move || {
        let name = t::CONCESSION.of(app.lang());
        let summary = format!("{}: {}", t::BY_DAY.of(app.lang()), values.last().cloned().unwrap_or_default());
        ui::bars("city-days", summary, &along, Series { name, values: values.clone() })
    };
    view! {
        <section class="card" data-testid="city-trade" data-orders=orders.to_string()>
            <h2>{app.say(t::BY_DAY)} " " <small>{grouped(&orders.to_string())} " " {app.say(t::ORDERS)}</small></h2>
            {move || chart()}
        </section>
    }
    .into_any()
}

fn shops(app: App, city: &City) -> AnyView {
    let line = |CityShop { shop, orders, concession }: &CityShop| {
        view! {
            <tr data-testid="city-shop" data-member=shop.to_string() data-concession=concession.to_string()>
                <th scope="row">{named::member(app, shop)}</th>
                <td>{grouped(&orders.to_string())} " " <small>{app.say(t::ORDERS)}</small></td>
                <td>{ui::amount(app, money(*concession), frame::YUAN)}</td>
            </tr>
        }
        .into_any()
    };
    let body = if city.shops.is_empty() {
        ui::empty(app, "no-city-shops", t::NO_SHOPS)
    } else {
        view! { <table><tbody>{city.shops.iter().map(line).collect::<Vec<_>>()}</tbody></table> }.into_any()
    };
    view! { <section class="card"><h2>{app.say(t::SHOPS)} " " <time>{city.month.clone()}</time></h2> {body}</section> }
        .into_any()
}
