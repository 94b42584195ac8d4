//! The lines of a statement: a day's release with its formula, or an entry with its reason.

use gongxiang::identity::Id;
use leptos::prelude::*;

use crate::figure::{grouped, money, number};
use crate::history::{Entry, Row};
use crate::state::App;
use crate::text::{self, home as h, statement as t};
use crate::ui;
use crate::wallet::{Agreement, Line};

pub fn row(app: App, me: &Id, row: &Row) -> AnyView {
    match row {
        Row::Day(line) => day(app, line),
        Row::Entry(booked) => entry(app, me, booked),
    }
}

/// The formula of a day, `888 × 966.13 ÷ 1,610.00 = 532.87`; `None` if it does not explain what was earned.
pub fn formula(line: &Line) -> Option<String> {
    // A day on which nothing was released has no formula.
    let sign = match line.agreement().filter(|_| line.released.is_positive())? {
        Agreement::Exact => "=",
        Agreement::Close => "≈",
    };
    let [released, before, total, earned] =
        [line.released.to_string(), line.before.to_string(), line.total.to_string(), line.earned.to_string()]
            .map(|canonical| grouped(&canonical));
    Some(format!("{released} × {before} ÷ {total} {sign} {earned}"))
}

/// A closed day.
pub fn day(app: App, line: &Line) -> AnyView {
    let formula = formula(line).map(|formula| {
        view! {
            <p class="why" data-testid="formula"><span class="hidden">{app.say(t::FORMULA)} ": "</span>{formula}</p>
        }
        .into_any()
    });
    view! {
        <li class="entry" data-testid="statement-day" data-day=line.day.to_string() data-earned=line.earned.to_string()
            data-share-value=line.after.to_string() data-worth=line.worth.to_string()>
            <p class="head">
                <span class="what">
                    {move || text::rule(app.lang(), "release")} " "
                    <span class="tag class-static">{app.say(text::class(gongxiang::receipt::Class::Static).1)}</span>
                </span>
                <span class="gets gain">"+" {ui::amount(app, number(&line.earned), h::POINTS)}</span>
            </p>
            <p class="foot">
                <time>{line.day.to_string()}</time>
                <span>{app.say(t::WORTH_THEN)} " " {money(line.worth)}</span>
                <span>{app.say(t::SHARE_VALUE_AFTER)} " " {number(&line.after)}</span>
            </p>
            {formula}
        </li>
    }
    .into_any()
}

fn entry(app: App, me: &Id, entry: &Entry) -> AnyView {
    let gain = entry.is_gain(me);
    let other = entry.other(me).to_owned();
    let (rule, reason) = (entry.rule.clone(), entry.reason.clone());
    let class = entry.class().map(|class| {
        let (name, words) = text::class(class);
        view! { " " <span class=format!("tag class-{name}")>{app.say(words)}</span> }.into_any()
    });
    let asset = text::asset(&entry.asset);
    view! {
        <li class="entry" data-testid="entry" data-day=entry.day.to_string() data-rule=entry.rule.clone()
            data-asset=entry.asset.clone() data-amount=entry.amount.to_string() data-gain=gain.to_string()>
            <p class="head">
                <span class="what">{move || text::rule(app.lang(), &rule)} {class}</span>
                <span class="gets" class:gain=gain>
                    {if gain { "+" } else { "−" }} {ui::amount(app, number(&entry.amount), asset)}
                </span>
            </p>
            <p class="foot">
                <time>{entry.day.to_string()}</time>
                <span>
                    {app.say(if gain { t::FROM } else { t::TO })} " "
                    <bdi>{move || text::party(app.lang(), &other)}</bdi>
                </span>
            </p>
            <p class="why">{move || text::reason(app.lang(), &reason)}</p>
        </li>
    }
    .into_any()
}
