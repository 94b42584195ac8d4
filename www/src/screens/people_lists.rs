//! The lists of a member at the desk: the orders that it placed, those of its shop, and its postings.

use gongxiang::identity::Id;
use gongxiang::receipt::Party;
use gongxiang::wire::statement::BookedPosting;
use leptos::prelude::*;

use super::answer::asked;
use super::named;
use super::pages::Pages;
use super::people_orders::{self, RefundState};
use crate::figure::number;
use crate::people::{self, Row, Rows};
use crate::state::App;
use crate::text::{self, Words, people as t};
use crate::ui;

/// A list of the member `of`. `path` is its address, up to the parameters of the page.
pub fn list(state: RefundState, of: &Id, title: Words, id: &'static str, path: String) -> AnyView {
    let RefundState { app, .. } = state;
    let (of, of_page) = (of.clone(), path.clone());
    let load = move || {
        let path = path.clone();
        async move { people::rows(&path, None).await }
    };
    view! {
        <section class="card short" data-testid=id>
            {ui::heading(app, title)}
            {asked(app, load, move |first| rows(state, of.clone(), of_page.clone(), first))}
        </section>
    }
    .into_any()
}

fn rows(state: RefundState, of: Id, path: String, first: Rows) -> AnyView {
    let RefundState { app, .. } = state;
    if first.rows.is_empty() {
        return ui::empty(app, "no-rows", t::NO_ROWS);
    }
    let pages = Pages::begin((first.rows, first.next));
    let ask = move |before: String| {
        let path = path.clone();
        async move { people::rows(&path, Some(&before)).await.map(|page| (page.rows, page.next)) }
    };
    view! {
        <ul class="entries">{move || pages.rows.read().iter().map(|row| line(state, &of, row)).collect::<Vec<_>>()}</ul>
        {pages.more(app, "more-rows", ask)}
    }
    .into_any()
}

fn line(state: RefundState, of: &Id, row: &Row) -> AnyView {
    match row {
        Row::Order(order) => people_orders::line(state, order, order.merchant == *of),
        Row::Posting(line) => posting(state.app, of, line),
    }
}

fn posting(app: App, id: &Id, line: &BookedPosting) -> AnyView {
    let gain = line.is_gain(id);
    let between = match named::phrase(&line.posting.from, &line.posting.to, line.posting.rule) {
        Some(words) => view! { {app.say(words)} }.into_any(),
        None => match line.other(id) {
            Party::Member(other) => named::member(app, other),
            other => view! { <bdi>{other.to_string()}</bdi> }.into_any(),
        },
    };
    let (rule, amount, why) = (line.posting.rule, line.posting.amount, line.posting.why.clone());
    view! {
        <li class="entry" data-testid="desk-posting" data-rule=rule.as_str() data-amount=amount.to_string()>
            <p class="head">
                <span class="what">{move || text::rule(app.lang(), rule)}</span>
                <span class="gets" class:gain=gain>
                    {if gain { "+" } else { "−" }} {number(&amount)} " " <small>{move || text::asset(app.lang(), amount)}</small>
                </span>
            </p>
            <p class="foot"><time>{line.day.to_string()}</time> <span>{between}</span></p>
            <p class="why">{move || text::reason(app.lang(), &why)}</p>
        </li>
    }
    .into_any()
}
