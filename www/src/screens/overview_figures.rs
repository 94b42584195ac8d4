//! The figures of the overview: what needs attention, members, trade, income, what is owed, and shops that run out of points.

use gongxiang::day_report::DayReport;
use gongxiang::quantity::Money;
use leptos::prelude::*;

use super::named;
use crate::api::text_of;
use crate::figure::{grouped, money, number};
use crate::overview::{Overview, ShopReach, Warning};
use crate::route::Route;
use crate::state::App;
use crate::text::{Words, frame, home, overview as t};
use crate::ui;

/// What needs attention; nothing if nothing does.
pub fn attention(app: App, warnings: &[Warning]) -> AnyView {
    let lines: Vec<_> = warnings.iter().filter_map(|warning| sentence(app, warning)).collect();
    if lines.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="card notice bad" data-testid="attention">
            {ui::heading(app, t::ATTENTION)}
            <ul class="plain">{lines}</ul>
        </section>
    }
    .into_any()
}

/// A warning as a sentence with its numbers; nothing for one that this build does not know.
fn sentence(app: App, Warning { of, fields }: &Warning) -> Option<AnyView> {
    let text = |name: &str| text_of(fields, name).map(|text| grouped(&text)).unwrap_or_default();
    let count = |name: &str| fields.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default().to_string();
    let (before, words, after) = match of.as_str() {
        "shops_run_dry" => {
            let shop = text_of(fields, "shop").as_deref().and_then(gongxiang::identity::Id::parse)?;
            let day = text_of(fields, "day");
            let name = view! { {named::member(app, &shop)} " " <time>{day}</time> }.into_any();
            (count("shops"), t::SHOPS_DRY, name)
        }
        "announced_rules_fail" => {
            let (day, code) = (text_of(fields, "from")?, text_of(fields, "code")?);
            let why = move || match code.as_str() {
                "rules_changed" => t::OTHERS_ADOPTED.of(app.lang()).to_owned(),
                code => crate::text::code(app.lang(), code).unwrap_or_else(|| code.to_owned()),
            };
            (String::new(), t::ANNOUNCED_FAIL, view! { <time>{day}</time> " · " {why} }.into_any())
        }
        "days_not_closed" => {
            let command = format!("gongxiang days catch-up --until {}", text_of(fields, "until")?);
            let days = view! {
                <time>{text_of(fields, "from")}</time> " – " <time>{text_of(fields, "until")}</time> " · "
                {app.say(t::WOULD_RELEASE)} " " <span class="num">{text("points")}</span> " " {app.say(t::CATCH_UP)} " "
                <code>{command}</code>
            };
            (count("days"), t::NOT_CLOSED, days.into_any())
        }
        "clock_in_doubt" => (String::new(), t::CLOCK_IN_DOUBT, ().into_any()),
        "orders_refused" => (count("orders"), t::REFUSED, ().into_any()),
        "price_falls" => (String::new(), t::FALLING, plain(format!("{} → {}", text("from"), text("to")))),
        "release_above_turnover" => {
            (String::new(), t::ABOVE, plain(format!("{} / {}", text("released_worth"), text("turnover"))))
        }
        "treasury_ends" => (String::new(), t::TREASURY_ENDS, plain(text("left"))),
        "income_from_joining" => {
            (String::new(), t::JOINING, plain(format!("{} / {}", text("joining"), text("income"))))
        }
        _ => return None,
    };
    let name = format!("warning-{of}");
    Some(view! { <li data-testid=name>{before} " " {app.say(words)} " " {after}</li> }.into_any())
}

fn plain(text: String) -> AnyView {
    view! { <span class="num">{text}</span> }.into_any()
}

/// The sums of the last days, the open one included.
pub fn month(overview: &Overview) -> DayReport {
    let mut sum = overview.today;
    overview.days.iter().for_each(|day| sum.merge(&day.report));
    sum
}

/// All income of some days: packs less refunds of packs, and points of the treasury.
pub fn income(report: &DayReport) -> Money {
    let joining = report.joining().unwrap_or_default();
    joining.plus(report.granted_worth).unwrap_or(joining)
}

/// Four figures at the top.
pub fn chief(app: App, overview: &Overview) -> AnyView {
    let (today, total, month) = (&overview.today, &overview.total, month(overview));
    let members = total.registered;
    let joined = format!("{} {}", grouped(&total.activated.to_string()), t::ACTIVATED.of(app.lang()));
    let new = format!("+{} {}", grouped(&today.registered.to_string()), t::TODAY.of(app.lang()));
    let orders = format!("{} {}", grouped(&today.orders.to_string()), t::ORDERS.of(app.lang()));
    let income = income(&month);
    let joining = month.joining().unwrap_or_default();
    let split = |sum: Money, words: Words| view! { {money(sum)} " " {app.say(words)} }.into_any();
    view! {
        <section class="figures" data-testid="operator" data-day=overview.day.to_string()>
            {ui::figure_card(app, t::MEMBERS, "members", &members, number(&members), quiet(vec![joined, new]))}
            {ui::figure_card(app, t::CONCESSIONS, "concessions", &today.concession,
                ui::amount(app, money(today.concession), frame::YUAN), view! {
                    {quiet(vec![orders])}
                    <p class="note">{app.say(frame::DAY_NOW)} " " <time>{overview.day.to_string()}</time></p>
                }.into_any())}
            {ui::figure_card(app, t::INCOME, "income", &income, ui::amount(app, money(income), frame::YUAN), view! {
                <p class="note" data-testid="from-joining" data-value=joining.to_string()>{split(joining, t::FROM_JOINING)}</p>
                <p class="note">{split(month.granted_worth, t::FROM_POINTS)}</p>
            }.into_any())}
            {ui::figure_card(app, t::OWED, "owed", &overview.held_worth,
                ui::amount(app, money(overview.held_worth), frame::YUAN), ui::note(app, t::OWED_NOTE))}
        </section>
    }
    .into_any()
}

fn quiet(lines: Vec<String>) -> AnyView {
    lines.into_iter().map(|line| view! { <p class="note">{line}</p> }.into_any()).collect::<Vec<_>>().into_any()
}

/// Income of the last days and of all, source by source.
pub fn incomes(app: App, overview: &Overview) -> AnyView {
    let (month, total) = (month(overview), &overview.total);
    let row = |id: &'static str, words: Words, read: fn(&DayReport) -> Money| {
        view! {
            <tr data-testid=id data-value=read(total).to_string()>
                <th scope="row">{app.say(words)}</th>
                <td>{money(read(&month))}</td>
                <td>{money(read(total))}</td>
            </tr>
        }
        .into_any()
    };
    let points = |id: &'static str, words: Words, read: fn(&DayReport) -> gongxiang::quantity::Points| {
        view! {
            <tr data-testid=id data-value=read(total).to_string()>
                <th scope="row">{app.say(words)}</th>
                <td>{number(&read(&month))}</td>
                <td>{number(&read(total))}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <section class="card">
            {ui::heading(app, t::INCOMES)}
            <div class="scroll" tabindex="0" role="region" aria-label=app.say(t::INCOMES)>
            <table class="incomes" data-testid="incomes">
                <thead><tr><td></td>{ui::column(app, t::MONTH)}{ui::column(app, t::SINCE_OPENING)}</tr></thead>
                <tbody>
                    {row("member-packs", t::MEMBER_PACKS, |report| report.member_packs)}
                    {row("merchant-packs", t::MERCHANT_PACKS, |report| report.merchant_packs)}
                    {row("area-packs", t::AREA_PACKS, |report| report.area_packs)}
                    {row("packs-refunded", t::PACKS_REFUNDED, |report| report.packs_refunded)}
                    {row("points-granted", t::POINTS_SOLD, |report| report.granted_worth)}
                    {points("order-points", t::ORDERS_BURNED, |report| report.order_points)}
                    {points("goods-points", t::GOODS_BURNED, |report| {
                        report.redeemed.minus(report.redemptions_cancelled).unwrap_or_default()
                    })}
                </tbody>
            </table>
            </div>
        </section>
    }
    .into_any()
}

/// What is owed: points at today's price.
pub fn liabilities(app: App, overview: &Overview) -> AnyView {
    let row = |id: &'static str, words: Words, points: &dyn ToString, worth: Money| {
        view! {
            <div data-testid=id data-value=points.to_string()>
                <dt>{app.say(words)}</dt>
                <dd>{ui::amount(app, number(points), home::POINTS)} " ≈ " {ui::amount(app, money(worth), frame::YUAN)}</dd>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card">
            {ui::heading(app, t::LIABILITIES)}
            <dl class="sums">
                {row("owed-held", t::HELD, &overview.held, overview.held_worth)}
                {row("owed-escrow", t::IN_ESCROW, &overview.supply.escrow, overview.escrow_worth)}
            </dl>
        </section>
    }
    .into_any()
}

/// Shops by how long their points last, each with the way to a grant.
pub fn running_dry(app: App, overview: &Overview) -> AnyView {
    let line = |ShopReach { shop, points, dry }: &ShopReach| {
        let to = Route::DeskMember(shop.clone()).to_string();
        view! {
            <tr data-testid="running-dry" data-member=shop.to_string() data-dry=dry.to_string()>
                <th scope="row">{named::member(app, shop)}</th>
                <td>{number(points)}</td>
                <td><time>{dry.to_string()}</time></td>
                <td><a href=to data-testid="grant-shop">{app.say(t::GRANT)}</a></td>
            </tr>
        }
        .into_any()
    };
    let body = if overview.running_dry.is_empty() {
        ui::empty(app, "none-dry", t::NONE_DRY)
    } else {
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label=app.say(t::RUNNING_DRY)>
            <table class="dry">
                <thead><tr><td></td>{ui::column(app, home::POINTS)}{ui::column(app, t::DRY_ON)}<td></td></tr></thead>
                <tbody>{overview.running_dry.iter().map(line).collect::<Vec<_>>()}</tbody>
            </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card" data-testid="shops-reach">
            <h2>{app.say(t::RUNNING_DRY)} " " <small>{format!("{} / {}", overview.running_dry.len(), overview.shops)}</small></h2>
            {ui::note(app, t::RUNNING_DRY_NOTE)}
            {body}
        </section>
    }
    .into_any()
}
