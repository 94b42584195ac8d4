//! What the rules make of an order: the receipt as a table, or the refusal with its code.

use gongxiang::event::Refusal;
use gongxiang::identity::Id;
use gongxiang::quantity::{Money, Points};
use gongxiang::receipt::{OrderQuote, Reward, Rule};
use leptos::prelude::*;

use crate::app::App;
use crate::figure::{money, number};
use crate::order::Preview;
use crate::text::EN;

/// The result.
pub fn result(app: App, me: &Id, preview: Preview) -> AnyView {
    match preview {
        // The fields say it themselves.
        Preview::Unread { .. } => view! { <p class="note" data-testid="unread">"—"</p> }.into_any(),
        Preview::Refused(refusal) => refused(app, refusal).into_any(),
        Preview::Accepted { concession, receipt } => {
            receipt.order.as_ref().map(|quote| accepted(app, me, concession, quote)).into_any()
        }
    }
}

fn refused(app: App, refusal: Refusal) -> impl IntoView {
    let code = refusal.code;
    view! {
        <div class="refusal" role="alert" data-testid="refusal" data-code=code.as_str() data-field=refusal.field>
            <b>{move || app.text().refused}</b>
            <p>{move || app.text().code(code)}</p>
            <p><code>{code.as_str()}</code></p>
        </div>
    }
}

fn accepted(app: App, me: &Id, concession: Money, quote: &OrderQuote) -> impl IntoView + use<> {
    let burned = quote.rewards.iter().try_fold(quote.points, |rest, reward| rest.minus(reward.points));
    let due = quote.due.map(|day| day.to_string());
    let due_value = due.clone().unwrap_or_default();
    let due_shown = move || due.clone().unwrap_or_else(|| app.text().due_never.to_owned());
    view! {
        <dl class="sums">
            <div data-testid="concession-yuan" data-value=concession.to_string()>
                <dt>{move || app.text().concession_is}</dt>
                <dd>{money(concession)} " " <small>{move || app.text().yuan}</small></dd>
            </div>
            <div data-testid="order-points" data-value=quote.points.to_string()>
                <dt>{move || app.text().merchant_pays}</dt>
                <dd>{number(&quote.points)} " " <small>{move || app.text().points}</small></dd>
            </div>
            {burned.ok().map(|burned: Points| view! {
                <div data-testid="burned" data-value=burned.to_string()>
                    <dt>{move || app.text().burned}</dt>
                    <dd>{number(&burned)} " " <small>{move || app.text().points}</small></dd>
                </div>
            })}
            <div data-testid="due" data-value=due_value>
                <dt>{move || app.text().due}</dt>
                <dd><time>{due_shown}</time></dd>
            </div>
        </dl>
        {rewards(app, me, &quote.rewards)}
        <p class="note">{move || app.text().due_note}</p>
    }
}

fn rewards(app: App, me: &Id, rewards: &[Reward]) -> AnyView {
    if rewards.is_empty() {
        return view! { <p class="note" data-testid="no-rewards">{move || app.text().nobody}</p> }.into_any();
    }
    view! {
        <table class="rewards" data-testid="rewards">
            <thead>
                <tr>
                    <th scope="col">{move || app.text().who}</th>
                    <th scope="col">{move || app.text().what_for}</th>
                    <th scope="col">{move || app.text().gets}</th>
                    <th scope="col">{move || app.text().why}</th>
                </tr>
            </thead>
            <tbody>{rewards.iter().map(|reward| line(app, reward.member == *me, reward)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn line(app: App, mine: bool, reward: &Reward) -> impl IntoView + use<> {
    let kind = reward.kind;
    let class = kind.class();
    let (class_name, _) = EN.class(class);
    let in_points = reward.points.is_positive();
    let amount = if in_points { number(&reward.points) } else { number(&reward.share_value) };
    let asset = move || if in_points { app.text().points } else { app.text().share_value };
    let reason = reward.reason.clone();
    view! {
        <tr class:mine=mine data-testid="reward" data-member=reward.member.to_string()
            data-kind=Rule::Reward(kind).as_str() data-class=class_name
            data-share-value=reward.share_value.to_string() data-points=reward.points.to_string()
            data-reason=reward.reason.to_string()>
            <th scope="row" class="who">
                {reward.member.to_string()} " "
                {mine.then(|| view! { <span class="tag">{move || app.text().you}</span> })}
            </th>
            <td class="what">
                {move || app.text().kind(kind)} " "
                <span class=format!("tag class-{class_name}")>{move || app.text().class(class).1}</span>
            </td>
            <td class="gets">{amount} " " <small>{asset}</small></td>
            <td class="why">"= " {move || app.text().reason(&reason)}</td>
        </tr>
    }
}
