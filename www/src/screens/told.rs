//! A member's notices: the list, on which devices it gets them, and of what.

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points, ShareValue};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::{ask_again, member_bar, ready, recall};
use super::pages::Pages;
use super::{fault, notices};
use crate::api::{Fault, text_of};
use crate::figure::{money, number};
use crate::lang::Lang;
use crate::reactive::memo;
use crate::route::{Counter, MemberScreen, Route};
use crate::state::App;
use crate::subscription::{self, Browser, Channels, Notice, Offer, Refused, Subscription, Told};
use crate::text::{Words, frame, home, told as t};
use crate::ui;

/// What the parts of the screen share.
#[derive(Clone)]
struct Screen {
    app: App,
    member: Id,
    failed: RwSignal<Option<Words>>,
    email: RwSignal<String>,
}

pub fn screen(app: App, id: &Id) -> AnyView {
    let screen = Screen { app, member: id.clone(), failed: RwSignal::default(), email: RwSignal::default() };
    let failed = screen.failed;
    let asks = id.clone();
    let load = move || {
        let id = asks.clone();
        async move { Ok(app.took(subscription::told(&id).await?)) }
    };
    // An equal answer draws nothing anew, so nothing moves under a finger.
    let found = recall(app, id, load);
    ask_again(app, found);
    view! {
        {member_bar(app, id, t::NOTICES)}
        <p class="lead">{app.say(t::NOTICES_NOTE)}</p>
        <p class="error" role="status" data-testid="notices-error">{move || failed.get().map(|words| words.of(app.lang()))}</p>
        {ready(app, found, Box::new(move |told| screen.shown(told)))}
    }
    .into_any()
}

/// Why there is no subscription, in words.
fn refusal(refused: &Refused) -> Words {
    match refused {
        Refused::Browser => t::NOT_ALLOWED,
        Refused::Server(Fault::Status { problem, .. }) => match (&*problem.code, &*problem.field) {
            ("push_refused", _) => t::NOT_ALLOWED,
            ("bad_subscription", "email") => t::BAD_EMAIL,
            ("bad_subscription", "channel") => t::NO_PHONE,
            ("too_many_subscriptions", _) => t::TOO_MANY,
            _ => fault::words(&Fault::BadAnswer).1,
        },
        Refused::Server(other) => fault::words(other).1,
    }
}

impl Screen {
    /// Changes something, and asks for everything again.
    fn act(&self, act: impl Future<Output = Result<(), Refused>> + 'static) {
        let act: std::pin::Pin<Box<dyn Future<Output = Result<(), Refused>>>> = Box::pin(act);
        let (app, failed) = (self.app, self.failed);
        spawn_local(async move {
            let outcome = act.await;
            failed.set(outcome.err().map(|refused| refusal(&refused)));
            app.changed();
        });
    }

    fn shown(&self, told: Told) -> AnyView {
        let app = self.app;
        let Told { channels, page } = told;
        let Some(Channels { offer, browser, subscriptions }) = channels else { return self.latest(page) };
        if offer.channels.is_empty() {
            return ui::empty(app, "notices-off", t::OFF);
        }
        let is_here = subscriptions.iter().any(Subscription::is_here);
        let by_sms = subscriptions.iter().any(|known| known.channel == "sms");
        let cards: Vec<_> = subscriptions.iter().map(|known| self.subscription(&offer, known)).collect();
        view! {
            {cards}
            {(offer.has("push") && !is_here).then(|| self.here(&offer, browser))}
            {offer.has("email").then(|| self.email(&offer))}
            {(offer.has("sms") && !by_sms).then(|| self.sms(&offer))}
            {self.latest(page)}
        }
        .into_any()
    }

    /// The way to be told in this browser.
    fn here(&self, offer: &Offer, browser: Browser) -> AnyView {
        let app = self.app;
        let body = match browser {
            Browser::Denied => ui::note(app, t::DENIED),
            Browser::Unable => ui::note(app, t::UNABLE),
            Browser::Ready => {
                let (screen, offer) = (self.clone(), offer.clone());
                let subscribe = move |_| {
                    let (member, offer, lang) = (screen.member.clone(), offer.clone(), lang(app));
                    screen.act(async move { subscription::subscribe_here(&member, &offer, lang).await });
                };
                view! {
                    {ui::note(app, t::HERE_NOTE)}
                    {ui::button(app, "primary", "push-on", t::TURN_ON, subscribe)}
                }
                .into_any()
            }
        };
        view! { <section class="card form" data-testid="push-here">{ui::heading(app, t::HERE)} {body}</section> }
            .into_any()
    }

    fn email(&self, offer: &Offer) -> AnyView {
        let (app, typed) = (self.app, self.email);
        let (screen, offer) = (self.clone(), offer.clone());
        let subscribe = move |_| {
            let (member, offer, lang) = (screen.member.clone(), offer.clone(), lang(app));
            let email = typed.get_untracked().trim().to_owned();
            screen.act(async move { subscription::subscribe_by(&member, &offer, lang, Some(email)).await });
        };
        view! {
            <section class="card form">
                {ui::field(app, "email", t::EMAIL, "email", typed, memo(|| None))}
                {ui::button(app, "secondary", "email-on", t::BY_EMAIL, subscribe)}
            </section>
        }
        .into_any()
    }

    fn sms(&self, offer: &Offer) -> AnyView {
        let app = self.app;
        let (screen, offer) = (self.clone(), offer.clone());
        let subscribe = move |_| {
            let (member, offer, lang) = (screen.member.clone(), offer.clone(), lang(app));
            screen.act(async move { subscription::subscribe_by(&member, &offer, lang, None).await });
        };
        view! {
            <section class="card form">
                {ui::heading(app, t::SMS)}
                {ui::note(app, t::SMS_NOTE)}
                {ui::button(app, "secondary", "sms-on", t::BY_SMS, subscribe)}
            </section>
        }
        .into_any()
    }

    /// Something that the member gets: where, of what, and the way to end it.
    fn subscription(&self, offer: &Offer, known: &Subscription) -> AnyView {
        let app = self.app;
        let name = match &*known.channel {
            "push" if known.is_here() => t::HERE,
            "push" => t::OTHER_BROWSER,
            "wechat" => t::WECHAT,
            "email" => t::EMAIL,
            _ => t::SMS,
        };
        let choice = Choice {
            screen: self.clone(),
            known: known.clone(),
            kinds: RwSignal::new(known.kinds.clone()),
            is_sending: RwSignal::new(false),
        };
        let kinds: Vec<_> = offer.kinds.iter().filter_map(|kind| choice.kind(kind)).collect();
        let end = {
            let (screen, known) = (self.clone(), known.clone());
            move |_| {
                let known = known.clone();
                screen.act(async move { subscription::end(&known).await.map_err(Refused::Server) });
            }
        };
        let trouble = known.trouble.clone().map(|why| {
            view! { <p class="notice bad" data-testid="trouble"><b>{app.say(t::TROUBLE)}</b> " " <bdi>{why}</bdi></p> }.into_any()
        });
        view! {
            <section class="card form" data-testid="subscription" data-channel=known.channel.clone()>
                <h2>{app.say(name)} " " <small><bdi>{known.to.clone()}</bdi></small></h2>
                {trouble}
                <fieldset><legend>{app.say(t::KINDS)}</legend> {kinds}</fieldset>
                {ui::button(app, "secondary", "end", t::TURN_OFF, end)}
            </section>
        }
        .into_any()
    }

    /// What the member was told.
    fn latest(&self, page: subscription::NoticesPage) -> AnyView {
        let (app, member) = (self.app, self.member.clone());
        if page.notices.is_empty() {
            return ui::empty(app, "no-notices", t::NONE);
        }
        let pages = Pages::begin((page.notices, page.next));
        let asks = member.clone();
        let ask = move |before| {
            let member = asks.clone();
            async move { subscription::page(&member, before).await.map(|page| (page.notices, page.next)) }
        };
        view! {
            <section class="card statement">
                {ui::heading(app, t::LATEST)}
                <ul class="entries">{move || pages.rows.read().iter().filter_map(|row| notice(app, &member, row)).collect::<Vec<_>>()}</ul>
                {pages.more(app, "more-notices", ask)}
            </section>
        }
        .into_any()
    }
}

/// What a subscription tells, while the member chooses.
#[derive(Clone)]
struct Choice {
    screen: Screen,
    known: Subscription,
    kinds: RwSignal<Vec<String>>,
    is_sending: RwSignal<bool>,
}

impl Choice {
    /// Whether the subscription tells of a kind. `None` for a kind that this wallet does not know.
    fn kind(&self, kind: &str) -> Option<AnyView> {
        let (app, kinds) = (self.screen.app, self.kinds);
        t::kind(Lang::En, kind)?;
        let (choice, name) = (self.clone(), kind.to_owned());
        let choose = move |_| choice.turn(&name);
        let (chosen, name) = (kind.to_owned(), kind.to_owned());
        let is_chosen = move || kinds.read().contains(&chosen);
        Some(
            view! {
                <label class="check-box">
                    <input type="checkbox" data-testid="kind" data-kind=kind.to_owned() prop:checked=is_chosen on:change=choose />
                    {move || t::kind(app.lang(), &name)}
                </label>
            }
            .into_any(),
        )
    }

    /// Adds a kind or takes it away, and sends the choice.
    fn turn(&self, kind: &str) {
        self.kinds.update(|kinds| match kinds.iter().position(|chosen| chosen == kind) {
            Some(at) => drop(kinds.remove(at)),
            None => kinds.push(kind.to_owned()),
        });
        if self.is_sending.get_untracked() {
            return;
        }
        self.is_sending.set(true);
        let choice = self.clone();
        self.screen.act(async move { choice.send().await.map_err(Refused::Server) });
    }

    /// Sends the choice, one request at a time, until the server has the last one. A screen that is left sends no more.
    async fn send(&self) -> Result<(), Fault> {
        let mut stored = self.known.kinds.clone();
        let mut outcome = Ok(());
        while let Some(kinds) = self.kinds.try_get_untracked().filter(|kinds| *kinds != stored) {
            outcome = subscription::choose(&self.known, &kinds, lang(self.screen.app)).await;
            if outcome.is_err() {
                self.kinds.try_set(stored);
                break;
            }
            stored = kinds;
        }
        self.is_sending.try_set(false);
        outcome
    }
}

fn lang(app: App) -> Lang {
    app.lang.get_untracked()
}

/// The screen that a notice is about.
fn screen_of(kind: &str, member: &Id) -> Route {
    let screen = match kind {
        "earned" => MemberScreen::Statement,
        "vested" | "order_refunded" => MemberScreen::Orders,
        "trade_taken" | "trade_paid" | "trade_disputed" => MemberScreen::Market,
        "partner_lapses" => MemberScreen::City,
        "goods_handed_out" => MemberScreen::Redeem,
        "deposit_short" => return Route::Shop(member.clone(), Counter::Manage),
        "rules_changed" => return Route::Rules,
        _ => MemberScreen::Home,
    };
    Route::Member(member.clone(), screen)
}

/// A notice with its amounts. `None` for a kind that this wallet does not know.
fn notice(app: App, member: &Id, row: &Notice) -> Option<AnyView> {
    t::kind(Lang::En, &row.kind)?;
    let kind = row.kind.clone();
    let text = |field| text_of(&row.about, field);
    let value = text("share_value").and_then(|text| ShareValue::parse(&text).ok()).filter(|value| value.is_positive());
    let points = text("points").and_then(|text| Points::parse(&text).ok()).filter(|points| points.is_positive());
    let worth = text("worth").and_then(|text| Money::parse(&text).ok());
    let until = text("until").or_else(|| text("from")).and_then(|text| Day::parse(&text));
    Some(
        view! {
            <li class="entry" data-testid="notice" data-kind=row.kind.clone()>
                <p class="head">
                    <a class="what" href=screen_of(&row.kind, member).to_string()>{move || t::kind(app.lang(), &kind)}</a>
                    <span class="gets">
                        {value.map(|value| view! { <span class="below">{ui::amount(app, number(&value), home::SHARE_VALUE)}</span> }.into_any())}
                        {points.map(|points| view! { <span class="below">{ui::amount(app, number(&points), home::POINTS)}</span> }.into_any())}
                        {worth.map(|worth| view! { <small class="below">{money(worth)} " " {app.say(frame::YUAN)}</small> }.into_any())}
                        {until.map(|until| view! { <time>{until.to_string()}</time> }.into_any())}
                    </span>
                </p>
                <p class="foot"><time>{{ let at = row.at; move || notices::local_seconds(app, at) }}</time></p>
            </li>
        }
        .into_any(),
    )
}
