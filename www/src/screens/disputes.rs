//! Disputes at the desk: trades whose two sides disagree, with both statements, and the decision.

use leptos::prelude::*;

use super::answer::asked;
use super::named;
use super::trades::statements;
use crate::action::{Action, Step};
use crate::figure::{money, number};
use crate::state::App;
use crate::text::{frame, home, trades as t};
use crate::trade::{self, TradeDetail};
use crate::ui;

pub fn screen(app: App) -> AnyView {
    let list = move |page: trade::TradesPage| {
        if page.trades.is_empty() {
            return ui::empty(app, "no-disputes", t::NO_DISPUTES);
        }
        let cards: Vec<_> = page.trades.iter().map(|trade| card(app, trade)).collect();
        view! { {cards} }.into_any()
    };
    view! {
        {ui::intro(app, t::DISPUTES, t::DISPUTES_NOTE)}
        {asked(app, trade::disputes, list)}
    }
    .into_any()
}

fn card(app: App, detail: &TradeDetail) -> AnyView {
    let TradeDetail { trade, offer, buyer, seller, sum, notes, dispute } = detail;
    let side = |title, shown: AnyView| view! { <div><dt>{app.say(title)}</dt><dd>{shown}</dd></div> }.into_any();
    let quoted = |text: String| view! { <bdi>{text}</bdi> }.into_any();
    let written = notes.as_ref().map(|notes| [(t::PAYEE, notes.payee.clone()), (t::PAYMENT, notes.payment.clone())]);
    let written = written.into_iter().flatten().filter(|(_, text)| !text.is_empty());
    let reason = RwSignal::new(String::new());
    let decide = |step, id, words| {
        let (trade, offer) = (trade.clone(), offer.clone());
        let ask = move |_| {
            let reason = reason.get_untracked().split_whitespace().collect::<Vec<_>>().join(" ");
            app.asked.set(Some(Action::decide(step, &trade, &offer, reason)));
        };
        view! {
            <button type="button" class="secondary" data-testid=id disabled=move || reason.read().trim().is_empty() on:click=ask>
                {app.say(words)}
            </button>
        }
        .into_any()
    };
    let field = format!("reason-{}", trade.id);
    view! {
        <section class="card form" data-testid="dispute" data-trade=trade.id.to_string()>
            <h2 class="mid">{ui::amount(app, money(*sum), frame::YUAN)}</h2>
            <dl class="sums">
                {side(t::BUYER, named::member(app, buyer))}
                {side(t::SELLER, named::member(app, seller))}
                <div><dt>{app.say(t::AMOUNT)}</dt><dd>{ui::amount(app, number(&trade.value.points), home::POINTS)}</dd></div>
                <div><dt>{app.say(t::PRICE)}</dt><dd>{ui::amount(app, number(&offer.value.unit_price), frame::YUAN)}</dd></div>
                {written.map(|(title, text)| side(title, quoted(text))).collect::<Vec<_>>()}
            </dl>
            {statements(app, dispute.as_ref())}
            <div class="field">
                <label for=field.clone()>{app.say(t::DECIDE_REASON)}</label>
                <textarea id=field data-testid="reason" rows="2" maxlength="500" prop:value=move || reason.get()
                    on:input=move |event| reason.set(event_target_value(&event))></textarea>
            </div>
            <div class="buttons">
                {decide(Step::Confirm, "complete", t::DECIDE_BUYER)}
                {decide(Step::Cancel, "cancel", t::DECIDE_SELLER)}
            </div>
        </section>
    }
    .into_any()
}
