//! The orders at a shop's counter, those of the open day first, and the page of one order with its refund.

use gongxiang::identity::{Day, Id};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Money, Points};
use gongxiang::receipt::{Amount, Party, Posting, Receipt, Rule};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;

use super::action_form::action_button;
use super::answer::{asked, follow, ready};
use super::till::{is_merchant, points_of};
use super::{named, order_parts};
use crate::action::{Action, Expectation, foresee};
use crate::api::{self, Fault, Item, OrdersPage, Session};
use crate::counter::{self, Customer, OrderSearch};
use crate::figure::{money, number};
use crate::ids;
use crate::input;
use crate::order::returned_concession_ceil;
use crate::outbox;
use crate::query::{Query, Remote, fetch, refetch};
use crate::reactive::{effect, memo};
use crate::route::{self, Counter, Route};
use crate::state::App;
use crate::text::{Words, actions as a, calculator as c, counter as t, frame, home, orders as o, signin};
use crate::ui;

/// Most pages of a day's orders that are asked for.
const PAGES_MAX: usize = 100;

/// The orders of the open day, and the newest of those before.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Orders {
    day: Day,
    today: Vec<Item<Order>>,
    /// None for a cashier.
    earlier: OrdersPage,
}

async fn newest(shop: &Id) -> Result<Orders, Fault> {
    let day = counter::open(shop).await?.day;
    let mut orders = Orders { day, today: Vec::new(), earlier: OrdersPage { rows: Vec::new(), next: None } };
    for _ in 0..PAGES_MAX {
        let page = api::orders(shop, orders.earlier.next).await?;
        let (today, earlier): (Vec<_>, Vec<_>) = page.rows.into_iter().partition(|order| order.value.day >= day);
        orders.today.extend(today);
        orders.earlier = OrdersPage { rows: earlier, next: page.next };
        if orders.earlier.next.is_none() || !orders.earlier.rows.is_empty() {
            break;
        }
    }
    Ok(orders)
}

pub fn screen(app: App, shop: &Id) -> AnyView {
    let asks = shop.clone();
    let load = move || {
        let shop = asks.clone();
        async move { newest(&shop).await }
    };
    let of = shop.clone();
    let found = refetch(None, load);
    follow(app, found);
    // What is typed outlives a newer list.
    let search = RwSignal::new(String::new());
    view! {
        <section class="member"><h1>{app.say(t::ORDERS)}</h1></section>
        {ready(app, found, Box::new(move |orders| list(app, &of, orders, search)))}
    }
    .into_any()
}

fn list(app: App, shop: &Id, orders: Orders, search: RwSignal<String>) -> AnyView {
    let Orders { day, today, earlier } = orders;
    view! {
        {if today.is_empty() { ui::empty(app, "no-orders", t::NONE_TODAY) } else { of_today(app, shop, day, &today) }}
        {find(app, shop.clone(), search)}
        {(!earlier.rows.is_empty()).then(|| of_before(app, shop, earlier))}
    }
    .into_any()
}

fn of_today(app: App, shop: &Id, day: Day, orders: &[Item<Order>]) -> AnyView {
    let lines: Vec<_> = orders.iter().map(|order| line(app, shop, order)).collect();
    let table = counter::csv(orders);
    let name = format!("{shop}-{day}.csv");
    let save = move |_| save(&name, &table);
    view! {
        {counter::total(orders).map(|total| view! {
            <section class="card" data-testid="day-total" data-day=day.to_string()>
                <h2>{app.say(t::TODAY)} " " <time>{day.to_string()}</time></h2>
                <dl class="sums">
                    {ui::figure(app, t::COUNT, "day-orders", &total.orders, None)}
                    {ui::sum(app, t::TOTAL, "day-amount", total.amount)}
                    {ui::sum(app, t::GIVEN, "day-concession", total.concession)}
                    {ui::figure(app, t::PAID, "day-points", &total.points, Some(home::POINTS))}
                </dl>
            </section>
        }.into_any())}
        <ul class="card entries" data-testid="orders">{lines}</ul>
        {ui::button(app, "secondary", "save-csv", t::SAVE_CSV, save)}
    }
    .into_any()
}

/// What was found for a number.
#[derive(Clone, Debug)]
enum Found {
    Nothing,
    Asking,
    Wrong(Words),
    /// The number fits several.
    Several(Vec<Item<Order>>),
}

/// Any order of the shop by its number or its code: a cashier gets no list of earlier days, and goods come back later.
fn find(app: App, shop: Id, typed: RwSignal<String>) -> AnyView {
    let found = RwSignal::new(Found::Nothing);
    let look = {
        let shop = shop.clone();
        move || look_for(&shop, typed, found)
    };
    let scanned = look.clone();
    effect(move |_| {
        // A code is whole as soon as it is read; a number goes on.
        if typed.with(|typed| typed.contains("://")) {
            scanned();
        } else {
            found.set(Found::Nothing);
        }
    });
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        look();
    };
    view! {
        <form class="card form" on:submit=open>
            {ui::heading(app, t::FIND)}
            {ui::note(app, t::FIND_NOTE)}
            <GX-SCAN data-for="order-id" lang=move || app.lang().tag()></GX-SCAN>
            {ui::field(app, "order-id", o::NUMBER, "text", typed, memo(|| None))}
            <button class="secondary" data-testid="find">{app.say(a::FIND)}</button>
            <p class="error" role="alert" data-testid="find-error">{move || match *found.read() {
                Found::Wrong(words) => Some(words.of(app.lang())),
                _ => None,
            }}</p>
            {move || matches!(*found.read(), Found::Asking).then(|| ui::note(app, t::CHECKING))}
            {move || match &*found.read() {
                Found::Several(orders) => several(app, &shop, orders),
                _ => ().into_any(),
            }}
        </form>
    }
    .into_any()
}

/// Orders that a number fits, to choose from.
fn several(app: App, shop: &Id, orders: &[Item<Order>]) -> AnyView {
    let lines: Vec<_> = orders.iter().map(|order| line(app, shop, order)).collect();
    view! {
        {ui::note(app, t::FITS_SEVERAL)}
        <ul class="entries" data-testid="found">{lines}</ul>
    }
    .into_any()
}

/// Goes to the order of a number or a code, or says why not. Another shop's order is as unknown as one that nobody gave.
fn look_for(shop: &Id, typed: RwSignal<String>, found: RwSignal<Found>) {
    let text = typed.get_untracked();
    if let Some(Customer::Code(..)) = Customer::read(&text) {
        return found.set(Found::Wrong(t::MEMBER_CODE));
    }
    let number = match OrderSearch::read(&text) {
        Some(OrderSearch::Code(of, order)) if of == *shop => return route::go(&Route::ShopOrder(of, order)),
        Some(OrderSearch::Number(number)) => number,
        Some(OrderSearch::Code(..)) | None => return found.set(Found::Wrong(a::NOT_FOUND)),
    };
    let shop = shop.clone();
    found.set(Found::Asking);
    spawn_local(async move {
        let answer = counter::orders_of_number(&shop, &number).await;
        // The field may have another text by now, or the screen was left.
        if typed.try_get_untracked().as_ref() != Some(&text) {
            return;
        }
        match answer {
            Ok(mut orders) if orders.len() == 1 => {
                if let Some(Item { id, .. }) = orders.pop() {
                    route::go(&Route::ShopOrder(shop, id));
                }
            }
            Ok(orders) if orders.is_empty() => found.set(Found::Wrong(a::NOT_FOUND)),
            Ok(orders) => found.set(Found::Several(orders)),
            Err(Fault::Status { status: 429, .. }) => found.set(Found::Wrong(t::TOO_MANY)),
            Err(_) => found.set(Found::Wrong(t::FAILED)),
        }
    });
}

/// The orders before the open day, a page at a time.
fn of_before(app: App, shop: &Id, first: OrdersPage) -> AnyView {
    let page = RwSignal::new(first);
    let (of, shop) = (shop.clone(), shop.clone());
    let more = move |_| {
        let Some(before) = page.with_untracked(|page| page.next) else { return };
        let shop = of.clone();
        spawn_local(async move {
            // If that fails, the button stays.
            let Ok(older) = api::orders(&shop, Some(before)).await else { return };
            page.try_update(|page| {
                // A second click during the request would add the same page twice.
                if page.next == Some(before) {
                    page.rows.extend(older.rows);
                    page.next = older.next;
                }
            });
        });
    };
    view! {
        {ui::heading(app, t::EARLIER)}
        <ul class="card entries" data-testid="earlier">
            {move || page.read().rows.iter().map(|order| line(app, &shop, order)).collect::<Vec<_>>()}
        </ul>
        {move || page.read().next.is_some().then(|| ui::button(app, "more", "more-orders", signin::MORE, more.clone()))}
    }
    .into_any()
}

fn words(order: &Order) -> Words {
    match order.state {
        OrderState::Pending => a::ORDER_PENDING,
        OrderState::Vested(_) => a::ORDER_VESTED,
        OrderState::Refunded => a::ORDER_REFUNDED,
    }
}

fn is_part(order: &Order) -> bool {
    order.state != OrderState::Refunded && order.left != order.concession
}

fn line(app: App, shop: &Id, order: &Item<Order>) -> AnyView {
    let Item { id, value } = order;
    view! {
        <li class="entry" data-testid="shop-order" data-order=id.to_string() data-state=counter::state(value) data-buyer=value.buyer.to_string()>
            <p class="head">
                <span class="what">{named::member(app, &value.buyer)}</span>
                <span class="gets">{ui::amount(app, money(value.amount), frame::YUAN)}</span>
            </p>
            <p class="foot">
                <a href=Route::ShopOrder(shop.clone(), id.clone()).to_string() data-testid="to-order"><bdi>{ids::ending(id).to_owned()}</bdi></a>
                <time>{value.day.to_string()}</time>
                <span>{app.say(t::CONCESSION)} " " {ui::amount(app, money(value.left), frame::YUAN)}</span>
                <span>{points_of(app, value)}</span>
                <span class="tag">{app.say(if is_part(value) { t::REFUNDED_PART } else { words(value) })}</span>
            </p>
        </li>
    }
    .into_any()
}

/// Gives the browser a file to save.
fn save(name: &str, text: &str) {
    // The mark at the start tells spreadsheets that it is UTF-8.
    let parts = js_sys::Array::of1(&format!("\u{feff}{text}").into());
    let Ok(file) = web_sys::Blob::new_with_str_sequence(&parts) else { return };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&file) else { return };
    if let Ok(link) = document().create_element("a") {
        let link: web_sys::HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // Fails only for a text that is no URL.
    let _ = web_sys::Url::revoke_object_url(&url);
}

/// The page of an order.
pub fn one(app: App, shop: &Id, order: Id) -> AnyView {
    let load = move || {
        let order = order.clone();
        async move { api::order(&order).await }
    };
    let all = Route::Shop(shop.clone(), Counter::Orders).to_string();
    let of = shop.clone();
    view! {
        <section class="member"><h1>{app.say(t::ORDER)}</h1></section>
        {asked(app, load, move |order| details(app, &of, &order))}
        <a class="card link-card" href=all>{app.say(t::ORDERS)} <span aria-hidden="true">"›"</span></a>
    }
    .into_any()
}

fn details(app: App, shop: &Id, order: &Item<Order>) -> AnyView {
    let Item { id, value } = order;
    if value.merchant != *shop {
        return ui::empty(app, "order-not-found", a::NOT_FOUND);
    }
    let row = |words: Words, shown: AnyView| view! { <div><dt>{app.say(words)}</dt><dd>{shown}</dd></div> }.into_any();
    let text = |text: String| view! { <bdi>{text}</bdi> }.into_any();
    // A cashier does not read the statement of the shop's merchant.
    let reads = app.session.with_untracked(|session| {
        is_merchant(session.as_ref(), shop) || session.as_ref().is_some_and(Session::is_operator)
    });
    view! {
        <section class="card" data-testid="order-page" data-order=id.to_string() data-state=counter::state(value) data-left=value.left.to_string()>
            <div class="fixed">
                <p class="mid">{ui::amount(app, money(value.amount), frame::YUAN)}</p>
                <span class="tag">{app.say(if is_part(value) { t::REFUNDED_PART } else { words(value) })}</span>
            </div>
            <dl class="sums">
                {row(t::BUYER, named::member(app, &value.buyer))}
                {row(c::CONCESSION_IS, ui::amount(app, money(value.concession), frame::YUAN))}
                {row(t::REST, ui::amount(app, money(value.left), frame::YUAN))}
                {row(t::PAID, points_of(app, value))}
                {row(o::PLACED, text(value.day.to_string()))}
                {row(o::NUMBER, named::number(id))}
            </dl>
        </section>
        {(value.state != OrderState::Refunded).then(|| refund(app, shop, order))}
        {order_parts::card(app, shop, order, reads)}
    }
    .into_any()
}

/// The form of a refund: goods that are taken back, or the whole rest.
fn refund(app: App, shop: &Id, order: &Item<Order>) -> AnyView {
    let goods = RwSignal::new(String::new());
    let amount = order.value.amount;
    let error = memo(move || {
        let typed = goods.read();
        if typed.trim().is_empty() {
            return None;
        }
        match input::read(&typed, Money::parse) {
            Err(error) => Some(input::error_words(error).of(app.lang()).to_owned()),
            Ok(goods) => (goods > amount).then(|| t::GOODS_TOO_MUCH.of(app.lang()).to_owned()),
        }
    });
    let item = order.clone();
    let part = memo(move || {
        let goods = input::read(&goods.read(), Money::parse).ok()?;
        let Order { amount, concession, left, .. } = item.value;
        returned_concession_ceil(goods, amount, concession, left)
    });
    let merchant = app.session.with_untracked(|session| is_merchant(session.as_ref(), shop));
    let (item, of) = (order.clone(), shop.clone());
    let action = memo(move || part.get().map(|part| Action::take_back(&of, &item, Some(part), merchant)));
    let whole = Action::take_back(shop, order, None, merchant);
    view! {
        <section class="card form">
            {ui::heading(app, t::TAKE_BACK)}
            {ui::field(app, "goods", t::GOODS, "decimal", goods, error)}
            {loss(app, shop, order, part, action)}
            <button type="button" class="primary" data-testid="refund-part" disabled=move || action.read().is_none()
                on:click=move |_| app.asked.set(action.get_untracked())>{app.say(t::REFUND_PART)}</button>
            {ui::note(app, if order.value.state == OrderState::Pending { t::NO_LOSS } else { t::LOSS_NOTE })}
            {action_button(app, "secondary", "refund-whole", t::WHOLE, whole)}
        </section>
    }
    .into_any()
}

/// The sum of the points in these postings of a receipt.
fn moved(receipt: &Receipt, is: impl Fn(&Posting) -> bool) -> Points {
    let points = receipt.postings.iter().filter(|posting| is(posting)).filter_map(|posting| match posting.amount {
        Amount::Points(points) => Some(points),
        Amount::ShareValue(_) | Amount::Locked(_) => None,
    });
    points.fold(Points::ZERO, |sum, points| sum.plus(points).unwrap_or(sum))
}

/// What a refund brings back and what not, before it is asked for.
fn loss(app: App, shop: &Id, order: &Item<Order>, part: Memo<Option<Money>>, action: Memo<Option<Action>>) -> AnyView {
    let found: Query<Option<Receipt>> = fetch(move || {
        let action = action.get();
        async move {
            let Some(action) = action else { return Ok(None) };
            // Nothing is sent under this key: the server previews only what it could settle.
            let key = outbox::new_key()?;
            Ok(match foresee(&action, &key, app.days, Points::ZERO).await? {
                Expectation::Receipt(receipt, ..) => Some(receipt),
                Expectation::Refused(_) | Expectation::Unknown | Expectation::Nothing => None,
            })
        }
    });
    let (shop, order) = (shop.clone(), order.value.clone());
    view! {
        {move || {
            let part = part.get()?;
            let Remote::Ready(Some(receipt)) = found.state.get() else { return None };
            let of_part = counter::points_of_part(&order, part)?;
            let party = Party::Member(shop.clone());
            // What is released to the shop on the way is its own already.
            let back = moved(&receipt, |posting| posting.to == party && posting.rule != Rule::Release);
            // What the order's reward has brought the shop since it vested.
            let taken = moved(&receipt, |posting| posting.from == party);
            let lost = of_part.minus(back).unwrap_or_default();
            Some(view! {
                <dl class="sums" data-testid="loss" data-part=part.to_string() data-back=back.to_string() data-lost=lost.to_string() data-taken=taken.to_string()>
                    <div><dt>{app.say(t::CONCESSION_BACK)}</dt><dd>{ui::amount(app, money(part), frame::YUAN)}</dd></div>
                    <div><dt>{app.say(t::COMES_BACK)}</dt><dd>{number(&back)}</dd></div>
                    <div><dt>{app.say(t::LOST)}</dt><dd>{number(&lost)}</dd></div>
                    {taken.is_positive().then(|| view! {
                        <div><dt>{app.say(t::TAKEN)}</dt><dd>{number(&taken)}</dd></div>
                    }.into_any())}
                </dl>
            }.into_any())
        }}
    }
    .into_any()
}
