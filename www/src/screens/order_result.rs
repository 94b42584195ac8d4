//! The preview of an order: the receipt as a table, or the refusal with its code.

use gongxiang::event::Refusal;
use gongxiang::identity::Id;
use gongxiang::quantity::{Money, Points, ShareValue};
use gongxiang::receipt::{OrderQuote, Reward, Rule};
use gongxiang::wire::worded;
use gongxiang_words::Language;
use leptos::prelude::*;

use crate::figure::{money, number};
use crate::order::Preview;
use crate::state::App;
use crate::text::{self, calculator as t, frame, home};
use crate::ui;

pub fn result(app: App, me: &Id, preview: Preview) -> AnyView {
    match preview {
        // The fields show their own errors.
        Preview::Unread { .. } => view! { <p class="note" data-testid="unread">"—"</p> }.into_any(),
        Preview::Refused(refusal) => refused(app, refusal),
        Preview::Accepted { concession, receipt } => {
            receipt.order.as_ref().map(|quote| accepted(app, me, concession, quote)).into_any()
        }
    }
}

fn refused(app: App, refusal: Refusal) -> AnyView {
    let code = refusal.code;
    view! {
        <div class="refusal" role="alert" data-testid="refusal" data-code=code.as_str() data-field=refusal.field.into_owned()>
            <b>{app.say(t::REFUSED)}</b>
            <p>{move || text::code(app.lang(), code.as_str())}</p>
            {ui::code(app, code.as_str().to_owned())}
        </div>
    }
    .into_any()
}

fn accepted(app: App, me: &Id, concession: Money, quote: &OrderQuote) -> AnyView {
    let burned = quote.rewards.iter().try_fold(quote.points, |rest, reward| rest.minus(reward.points));
    let due = quote.due.map(|day| day.to_string());
    let due_value = due.clone().unwrap_or_default();
    let due_shown = move || due.clone().unwrap_or_else(|| t::DUE_NEVER.of(app.lang()).to_owned());
    view! {
        <dl class="sums">
            <div data-testid="concession-yuan" data-value=concession.to_string()>
                <dt>{app.say(t::CONCESSION_IS)}</dt>
                <dd>{ui::amount(app, money(concession), frame::YUAN)}</dd>
            </div>
            <div data-testid="order-points" data-value=quote.points.to_string()>
                <dt>{app.say(t::MERCHANT_PAYS)}</dt>
                <dd>{ui::amount(app, number(&quote.points), home::POINTS)}</dd>
            </div>
            {burned.ok().map(|burned: Points| view! {
                <div data-testid="burned" data-value=burned.to_string()>
                    <dt>{app.say(t::BURNED)}</dt>
                    <dd>{ui::amount(app, number(&burned), home::POINTS)}</dd>
                </div>
            }.into_any())}
            <div data-testid="due" data-value=due_value>
                <dt>{app.say(t::DUE)}</dt>
                <dd><time>{move || due_shown()}</time></dd>
            </div>
        </dl>
        {rewards(app, me, &quote.rewards)}
        {ui::note(app, t::DUE_NOTE)}
    }
    .into_any()
}

/// What the order brings the member itself. It stands above the form and stays in view, where on a phone the rest of the preview is below.
pub fn gain(app: App, me: &Id, preview: Option<Preview>) -> AnyView {
    let shown = match preview {
        Some(Preview::Accepted { receipt, .. }) => {
            let sum = receipt.order.as_ref().map(|quote| share_value_of(me, &quote.rewards)).unwrap_or_default();
            if !sum.is_positive() {
                return ui::empty(app, "nothing-for-me", t::NOTHING_FOR_YOU);
            }
            view! {
                <b class="mid" data-testid="for-me" data-value=sum.to_string()>"+" {ui::amount(app, number(&sum), home::SHARE_VALUE)}</b>
                <small data-testid="not-money">{app.say(t::NOT_MONEY)}</small>
            }
            .into_any()
        }
        Some(Preview::Refused(_)) => {
            return view! { <p class="card at-top bad" data-testid="gain"><b>{app.say(t::REFUSED)}</b></p> }.into_any();
        }
        Some(Preview::Unread { .. }) | None => view! { <b class="mid">"—"</b> }.into_any(),
    };
    view! { <p class="card at-top" data-testid="gain"><span>{app.say(t::YOU_GET)}</span> {shown}</p> }.into_any()
}

/// The share value that these rewards bring a member.
fn share_value_of(me: &Id, rewards: &[Reward]) -> ShareValue {
    let mut own = rewards.iter().filter(|reward| reward.member == *me);
    own.try_fold(ShareValue::ZERO, |sum, reward| sum.plus(reward.share_value)).unwrap_or_default()
}

fn rewards(app: App, me: &Id, rewards: &[Reward]) -> AnyView {
    if rewards.is_empty() {
        return view! { <p class="note" data-testid="no-rewards">{app.say(t::NOBODY)}</p> }.into_any();
    }
    let rows = rewards.iter().map(|reward| row(app, reward.member == *me, reward)).collect();
    ui::table(app, "rewards", &[t::WHO, t::WHAT_FOR, t::GETS, t::WHY], rows)
}

fn row(app: App, mine: bool, reward: &Reward) -> AnyView {
    let kind = reward.kind;
    let in_points = reward.points.is_positive();
    let amount = if in_points {
        ui::amount(app, number(&reward.points), home::POINTS)
    } else {
        ui::amount(app, number(&reward.share_value), home::SHARE_VALUE)
    };
    let why = reward.why.clone();
    view! {
        <tr class:mine=mine data-testid="reward" data-member=reward.member.to_string()
            data-kind=Rule::Reward(kind).as_str() data-class=kind.class().as_str()
            data-share-value=reward.share_value.to_string() data-points=reward.points.to_string()
            data-reason=worded::reason(&reward.why, Language::En)>
            <th scope="row" class="who">
                {reward.member.to_string()} " "
                {mine.then(|| view! { <span class="tag">{app.say(t::YOU)}</span> }.into_any())}
            </th>
            <td class="what">
                {move || text::rule(app.lang(), Rule::Reward(kind))} " "
                {ui::class_tag(app, kind.class())}
            </td>
            <td class="gets">{amount}</td>
            <td class="why">"= " {move || text::reason(app.lang(), &why)}</td>
        </tr>
    }
    .into_any()
}
