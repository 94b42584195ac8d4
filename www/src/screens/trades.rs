//! A member's trades: open ones with everything that is needed to finish them, those that ended, and the reminder of
//! both on the home.

use gongxiang::identity::Id;
use gongxiang::market::TradeState;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::action_form::action_button;
use super::fault;
use super::named;
use super::summary;
use crate::action::{Action, Deal, Step};
use crate::api::Fault;
use crate::figure::{money, number};
use crate::query::{Query, Remote};
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{Words, actions as a, frame, home, signin, trades as t};
use crate::trade::{self, Dispute, InMarket, Note, TradeDetail, TradesPage};
use crate::ui;

/// What the sheet says first of an offer or a trade: amount, price, sum, to whom.
pub fn summary(app: App, action: &Action) -> AnyView {
    let Some(Deal { points, unit_price, buys, other }) = action.deal() else { return ().into_any() };
    let sum = points.worth_floor(unit_price).ok();
    let (pays, role) = if buys { (t::YOU_PAY, t::SELLER) } else { (t::YOU_GET_PAID, t::BUYER) };
    let pays = if action.member.is_some() { pays } else { t::SUM };
    view! {
        <dl class="sums" data-testid="deal">
            {sum.map(|sum| view! {
                <div class="sum">
                    <dt>{app.say(pays)}</dt>
                    <dd data-testid="deal-sum" data-value=sum.to_string()>{ui::amount(app, money(sum), frame::YUAN)}</dd>
                </div>
            }.into_any())}
            {row(app, t::AMOUNT, ui::amount(app, number(&points), home::POINTS))}
            {row(app, t::PRICE, ui::amount(app, number(&unit_price), frame::YUAN))}
            {other.map(|other| row(app, role, named::plain(app, &other)))}
            {decided(app, action)}
            {action.member.is_some().then(|| summary::no_fee(app))}
        </dl>
    }
    .into_any()
}

/// Of a trade that the operator decides: its two sides, and the reason that both will read.
fn decided(app: App, action: &Action) -> Option<Vec<AnyView>> {
    let (buyer, seller, reason) = action.decided()?;
    Some(vec![
        row(app, t::BUYER, named::plain(app, buyer)),
        row(app, t::SELLER, named::plain(app, seller)),
        row(app, t::REASON, quoted("deal-reason", reason)),
    ])
}

/// What waits for the member, on its home. Without an answer there is none.
pub fn notices(app: App, me: &Id, traded: Query<InMarket>) -> AnyView {
    let me = me.clone();
    view! {
        {move || match &*traded.state.read() {
            Remote::Ready(traded) => traded.trades.iter().filter_map(|trade| notice(app, &me, trade)).collect(),
            _ => Vec::new(),
        }}
    }
    .into_any()
}

fn notice(app: App, me: &Id, trade: &TradeDetail) -> Option<AnyView> {
    let notes = trade.notes.as_ref()?;
    let buys = trade.buyer == *me;
    let (words, rest) = match (buys, trade.trade.value.state) {
        (_, TradeState::Paid) if trade.dispute.is_some() => (t::TOLD_DISPUTED, None),
        (false, TradeState::Paid) => (t::TOLD_PAID, Some(t::TOLD_PAID_TO_DO)),
        (true, TradeState::Taken) => (t::TOLD_TO_PAY, None),
        (false, TradeState::Taken) if notes.payee.is_empty() => (t::TOLD_TO_SAY_WHERE, None),
        _ => return None,
    };
    let market = Route::Member(me.clone(), MemberScreen::Market).to_string();
    Some(
        view! {
            <a class="notice" href=market data-testid="trade-notice" data-trade=trade.trade.id.to_string()>
                {app.say(words)} " " {ui::amount(app, money(trade.sum), frame::YUAN)} {rest.map(|rest| app.say(rest))}
            </a>
        }
        .into_any(),
    )
}

/// The trades that live, a card each.
pub fn living(app: App, me: &Id, page: RwSignal<TradesPage>) -> AnyView {
    let me = me.clone();
    view! {
        {move || page.read().trades.iter().filter(|trade| trade.lives()).map(|trade| card(app, &me, trade)).collect::<Vec<_>>()}
    }
    .into_any()
}

/// The trades that ended, and the button for more of both.
pub fn ended(app: App, me: &Id, page: RwSignal<TradesPage>) -> AnyView {
    let (mine, me) = (me.clone(), me.clone());
    let more = move |_| {
        let Some(before) = page.with_untracked(|page| page.next.clone()) else { return };
        let me = me.clone();
        spawn_local(async move {
            // If that fails, the button stays.
            let Ok(older) = trade::of_member(&me, Some(&before)).await else { return };
            page.update(|page| {
                // A second click during the request would add the same page twice.
                if page.next.as_deref() == Some(&before) {
                    page.trades.extend(older.trades);
                    page.next = older.next;
                }
            });
        });
    };
    view! {
        {move || {
            let lines: Vec<_> = page.read().trades.iter().filter(|trade| !trade.lives()).map(|trade| line(app, &mine, trade)).collect();
            (!lines.is_empty()).then(|| view! {
                <section class="card statement">
                    {ui::heading(app, t::ENDED)}
                    <ul class="entries" data-testid="ended-trades">{lines}</ul>
                </section>
            }.into_any())
        }}
        {move || page.read().next.is_some().then(|| ui::button(app, "more", "more-trades", signin::MORE, more.clone()))}
    }
    .into_any()
}

/// A trade that has ended.
fn line(app: App, me: &Id, detail: &TradeDetail) -> AnyView {
    let TradeDetail { trade, offer, buyer, seller, sum, dispute, .. } = detail;
    let buys = buyer == me;
    let other = if buys { seller } else { buyer };
    let done = trade.value.state == TradeState::Confirmed;
    let (state, name) = if done { (t::COMPLETED, "confirmed") } else { (t::CANCELLED, "cancelled") };
    let reason = dispute.as_ref().map(|dispute| dispute.reason.clone()).filter(|reason| !reason.is_empty());
    view! {
        <li class="entry" data-testid="ended-trade" data-trade=trade.id.to_string() data-state=name>
            <p class="head">
                <span class="what">
                    {app.say(if buys { t::BOUGHT } else { t::SOLD })} " " {ui::amount(app, number(&trade.value.points), home::POINTS)}
                </span>
                <span class="gets">{ui::amount(app, money(*sum), frame::YUAN)}</span>
            </p>
            <p class="foot">
                <time>{trade.value.day.to_string()}</time>
                <span>{app.say(t::PRICE)} " " {number(&offer.value.unit_price)}</span>
                {named::plain(app, other)}
                <span class="tag" class:off=!done>{app.say(state)}</span>
            </p>
            {reason.map(|reason| view! { <p class="why">{app.say(t::REASON)} ": " <bdi>{reason}</bdi></p> }.into_any())}
        </li>
    }
    .into_any()
}

/// A trade that lives: what it is about, where and until when to pay, and the next steps.
fn card(app: App, me: &Id, detail: &TradeDetail) -> AnyView {
    let TradeDetail { trade, offer, buyer, seller, sum, notes, dispute } = detail;
    let buys = buyer == me;
    let (title, role, other) = if buys { (a::YOU_BUY, t::SELLER, seller) } else { (a::YOU_SELL, t::BUYER, buyer) };
    let (state, state_name) = match (dispute, detail.is_paid()) {
        (Some(_), _) => (t::DISPUTED, "disputed"),
        (None, true) => (a::STATE_PAID, "paid"),
        (None, false) => (a::STATE_TAKEN, "taken"),
    };
    let (payee, payment) = notes.as_ref().map_or(("", ""), |notes| (&notes.payee, &notes.payment));
    let until = notes.as_ref().and_then(|notes| notes.until).filter(|_| !detail.is_paid());
    view! {
        <section class="card deal" data-testid="trade" data-trade=trade.id.to_string() data-state=state_name>
            <div class="fixed">
                <h2>{app.say(title)} " " {ui::amount(app, number(&trade.value.points), home::POINTS)}</h2>
                <span class="tag">{app.say(state)}</span>
            </div>
            <p class="mid" data-testid="trade-sum" data-value=sum.to_string()>{ui::amount(app, money(*sum), frame::YUAN)}</p>
            <dl class="sums">
                {row(app, t::PRICE, ui::amount(app, number(&offer.value.unit_price), frame::YUAN))}
                {row(app, role, named::plain(app, other))}
                {until.map(|until| time_left(app, until))}
                {(!payee.is_empty()).then(|| copied(app, payee))}
                {(!payment.is_empty()).then(|| row(app, t::PAYMENT, quoted("payment", payment)))}
            </dl>
            {steps(app, me, detail)}
        </section>
    }
    .into_any()
}

fn row(app: App, title: Words, value: AnyView) -> AnyView {
    view! { <div><dt>{app.say(title)}</dt><dd>{value}</dd></div> }.into_any()
}

/// A text that somebody else wrote.
fn quoted(id: &'static str, text: &str) -> AnyView {
    view! { <bdi data-testid=id>{text.to_owned()}</bdi> }.into_any()
}

/// Seconds since 1970, by this device's clock.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "milliseconds since 1970 are below 2^53")]
fn now() -> i64 {
    js_sys::Date::now() as i64 / 1_000
}

fn time_left(app: App, until: i64) -> AnyView {
    let left = until - now();
    let shown = match left {
        ..=0 => view! { {app.say(t::OVERDUE)} }.into_any(),
        1..3_600 => ui::amount(app, number(&(left / 60).max(1)), t::MINUTES),
        _ => ui::amount(app, number(&(left / 3_600)), t::HOURS),
    };
    row(app, t::TIME_LEFT, shown)
}

/// Where the seller is paid, with a button that copies it.
fn copied(app: App, payee: &str) -> AnyView {
    let done = RwSignal::new(false);
    let to_copy = payee.to_owned();
    let copy = move |_| {
        let written = window().navigator().clipboard().write_text(&to_copy);
        spawn_local(async move { done.set(wasm_bindgen_futures::JsFuture::from(written).await.is_ok()) });
    };
    let button = view! {
        {quoted("payee", payee)} " "
        <button type="button" class="link" data-testid="copy-payee" on:click=copy>
            {move || app.say(if done.get() { a::COPIED } else { t::COPY })()}
        </button>
    };
    row(app, t::PAYEE, button.into_any())
}

/// What the member can do now.
fn steps(app: App, me: &Id, detail: &TradeDetail) -> AnyView {
    let TradeDetail { trade, offer, buyer, notes, dispute, .. } = detail;
    let step = |step, class, id, words| action_button(app, class, id, words, Action::trade(me, step, trade, offer));
    let cancel = || step(Step::Cancel, "secondary", "cancel-trade", a::CANCEL_TRADE);
    let confirm = || step(Step::Confirm, "primary", "confirm-trade", a::CONFIRM);
    let no_payee = notes.as_ref().is_none_or(|notes| notes.payee.is_empty());
    // The seller has until the deadline to look; the server holds the same.
    let until = notes.as_ref().and_then(|notes| notes.until);
    let may_dispute = buyer != me || until.is_none_or(|until| until <= now());
    match (buyer == me, detail.is_paid()) {
        (true, false) => view! {
            {no_payee.then(|| ui::empty(app, "no-payee", t::PAYEE_NONE))}
            {pay(app, me, detail)}
            <div class="buttons">{cancel()}</div>
        }
        .into_any(),
        (false, false) => view! {
            {ui::note(app, t::WAIT_BUYER)}
            {writes(app, &trade.id, Note::Payee, notes.as_ref().map_or("", |notes| &notes.payee))}
            <div class="buttons">{confirm()} {cancel()}</div>
        }
        .into_any(),
        (buys, true) => view! {
            {ui::note(app, if buys { t::WAIT_SELLER } else { a::CONFIRM_NOTE })}
            <div class="buttons">{if buys { cancel() } else { confirm() }}</div>
            {statements(app, dispute.as_ref())}
            {if dispute.is_some() || may_dispute { disputes(app, buys, detail) } else { ui::note(app, t::TOO_EARLY) }}
        }
        .into_any(),
    }
}

/// Both statements of a dispute.
pub fn statements(app: App, dispute: Option<&Dispute>) -> AnyView {
    let Some(Dispute { buyer, seller, .. }) = dispute else { return ().into_any() };
    let said = |title, id, text: &String| {
        let shown = if text.is_empty() { view! { {app.say(t::NO_STATEMENT)} }.into_any() } else { quoted(id, text) };
        view! { <div class="said"><p class="hint">{app.say(title)}</p><p>{shown}</p></div> }.into_any()
    };
    view! { {said(t::OF_BUYER, "of-buyer", buyer)} {said(t::OF_SELLER, "of-seller", seller)} }.into_any()
}

/// A dispute opens on a click; in an open one the member's own statement can be written at once.
fn disputes(app: App, buys: bool, detail: &TradeDetail) -> AnyView {
    let mine = detail.dispute.as_ref().map(|said| if buys { said.buyer.clone() } else { said.seller.clone() });
    let open = RwSignal::new(mine.as_ref().is_some_and(String::is_empty));
    let (trade, mine) = (detail.trade.id.clone(), mine.unwrap_or_default());
    view! {
        {move || if open.get() {
            view! { {ui::note(app, t::DISPUTE_NOTE)} {writes(app, &trade, Note::Statement, &mine)} }.into_any()
        } else {
            let words = if mine.is_empty() { t::DISPUTE } else { t::STATEMENT };
            ui::button(app, "secondary", "dispute", words, move |_| open.set(true))
        }}
    }
    .into_any()
}

/// A form for a text about a trade.
fn writes(app: App, trade: &Id, note: Note, known: &str) -> AnyView {
    let value = RwSignal::new(known.to_owned());
    let failed = RwSignal::new(None::<Fault>);
    let is_empty = move || value.read().trim().is_empty() && note == Note::Statement;
    let to = trade.clone();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let trade = to.clone();
        spawn_local(async move {
            match trade::write(&trade, note, &value.get_untracked()).await {
                Ok(()) => app.changed(),
                Err(fault) => failed.set(Some(fault)),
            }
        });
    };
    let words = if note == Note::Statement { t::SUBMIT } else { t::SAVE };
    view! {
        <form class="form" on:submit=send>
            {text_field(app, trade, note, value)}
            {failure(app, failed)}
            <button class="secondary" data-testid="write" disabled=is_empty>{app.say(words)}</button>
        </form>
    }
    .into_any()
}

/// The form with which the buyer reports the payment: the note goes first, so that the seller has it with the report.
fn pay(app: App, me: &Id, detail: &TradeDetail) -> AnyView {
    let TradeDetail { trade, offer, notes, .. } = detail;
    let known = notes.as_ref().map(|notes| notes.payment.clone()).unwrap_or_default();
    let value = RwSignal::new(known.clone());
    let failed = RwSignal::new(None::<Fault>);
    let id = trade.id.clone();
    let action = Action::trade(me, Step::Pay, trade, offer);
    let ask = move |event: SubmitEvent| {
        event.prevent_default();
        let (action, id, text) = (action.clone(), id.clone(), value.get_untracked());
        let is_new = text.trim() != known;
        spawn_local(async move {
            if is_new && let Err(fault) = trade::write(&id, Note::Payment, &text).await {
                return failed.set(Some(fault));
            }
            app.asked.set(Some(action));
        });
    };
    view! {
        <form class="form" on:submit=ask>
            {text_field(app, &trade.id, Note::Payment, value)}
            {failure(app, failed)}
            <button class="primary" data-testid="pay">{app.say(a::PAY)}</button>
        </form>
    }
    .into_any()
}

/// Why a text was not taken.
fn failure(app: App, failed: RwSignal<Option<Fault>>) -> AnyView {
    let why = move || failed.get().map(|fault| fault::said(app.lang(), &fault).1);
    view! { <p class="error" role="alert" data-testid="write-error">{why}</p> }.into_any()
}

fn text_field(app: App, trade: &Id, note: Note, value: RwSignal<String>) -> AnyView {
    let (label, hint, testid, most) = match note {
        Note::Payee => (t::PAYEE_LABEL, Some(t::PAYEE_HINT), "payee-field", "200"),
        Note::Payment => (t::PAYMENT_LABEL, Some(t::PAYMENT_HINT), "payment-field", "200"),
        Note::Statement => (t::STATEMENT, None, "statement-field", "500"),
    };
    // There may be several trades on one screen.
    let id = format!("{testid}-{trade}");
    view! {
        <div class="field">
            <label for=id.clone()>{app.say(label)}</label>
            <textarea id=id data-testid=testid rows="2" maxlength=most autocomplete="off" prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))></textarea>
            {hint.map(|hint| view! { <p class="hint">{app.say(hint)}</p> }.into_any())}
        </div>
    }
    .into_any()
}
