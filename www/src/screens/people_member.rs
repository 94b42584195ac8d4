//! A member at the desk: its account, the actions for it, its ways of signing in, and the lists of its orders and
//! postings.

use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use super::named;
use super::people::Code;
use super::people_events::{Subject, role_name};
use super::people_forms::{FormState, forms, returnable};
use super::people_lists::list;
use super::people_orders::RefundState;
use crate::api::{self, Fault, Session};
use crate::people;
use crate::route::{Desk, Route};
use crate::state::App;
use crate::text::{Words, home, people as t, signin, staff};
use crate::ui;

pub fn screen(app: App, id: Id) -> AnyView {
    let (state, refunds, code) = (FormState::new(app), RefundState::new(app), Code::new(app));
    // Whether it has a shop; nothing before it is known that there is such a member.
    let has_shop = RwSignal::new(None::<bool>);
    let asks = id.clone();
    let load = move || {
        let id = asks.clone();
        async move {
            let of = subject(id).await?;
            let shop = Some(of.account.shop.is_some());
            if has_shop.try_get_untracked().is_some_and(|known| known != shop) {
                has_shop.set(shop);
            }
            Ok(of)
        }
    };
    let title = id.to_string();
    view! {
        <section class="member">
            <h1><bdi data-testid="desk-member">{title}</bdi></h1>
            {named::beside(app, &id)}
            <p><a href=Route::Operator(Desk::Members).to_string()>{app.say(t::MEMBERS)}</a></p>
        </section>
        {asked(app, load, move |of| view! { {account(app, &of)} {forms(state, &of)} }.into_any())}
        {move || has_shop.get().map(|shop| rest(refunds, code, &id, shop))}
    }
    .into_any()
}

/// What does not change with each action: the way to sign in, orders and postings.
fn rest(refunds: RefundState, code: Code, id: &Id, has_shop: bool) -> AnyView {
    let app = code.app;
    let is = |may: fn(&Session) -> bool| app.session.with_untracked(|session| session.as_ref().is_some_and(may));
    view! {
        {is(Session::makes_codes).then(|| access(app, id, code, is(Session::is_operator)))}
        {has_shop.then(|| list(refunds, id, t::SOLD, "sold", format!("/v1/orders?merchant={id}&")))}
        {list(refunds, id, t::BOUGHT, "bought", format!("/v1/members/{id}/orders?"))}
        {list(refunds, id, t::POSTINGS, "desk-postings", format!("/v1/members/{id}/statement?"))}
    }
    .into_any()
}

async fn subject(id: Id) -> Result<Arc<Subject>, Fault> {
    let (now, rules) = (api::member(&id).await?.value, api::rules().await?.value);
    let (returnable, cancellable) = (api::returnable(&id).await?, api::cancellable(&id).await?);
    Ok(Arc::new(Subject {
        member: now.member,
        day: now.day,
        account: now.account,
        points: now.state.points,
        share_value: now.state.share_value,
        rules,
        returnable,
        cancellable,
    }))
}

fn account(app: App, of: &Subject) -> AnyView {
    let Subject { account, points, share_value, .. } = of;
    let text =
        |name: Words, text: Option<String>| text.map_or_else(|| ().into_any(), |text| ui::text_row(app, name, text));
    let role = account.role.clone();
    let role = role.map(|role| {
        view! { <div><dt>{app.say(t::ROLE)}</dt><dd>{move || role_name(&role, app.lang())}</dd></div> }.into_any()
    });
    let (active, frozen) = (account.activated, account.frozen);
    let locked = account.locked.is_positive().then(|| ui::figure(app, home::LOCKED, "locked", &account.locked, None));
    view! {
        <section class="card" data-testid="desk-account" data-frozen=frozen.to_string() data-activated=active.to_string()>
            <div class="fixed">
                {ui::heading(app, t::ACCOUNT)}
                <span class="buttons">
                    <span class="tag" class:off=!active>
                        {app.say(if active { signin::ACTIVATED } else { signin::NOT_ACTIVATED })}
                    </span>
                    <span class="tag" class:bad=frozen>{app.say(if frozen { t::FROZEN } else { t::NORMAL })}</span>
                </span>
            </div>
            <dl class="sums">
                {ui::figure(app, home::POINTS, "desk-points", points, None)}
                {ui::figure(app, home::SHARE_VALUE, "desk-share-value", share_value, None)}
                {locked}
                {role}
                {of.returnable.iter().map(|row| ui::text_row(app, t::PACK_WAITS, returnable(app, row))).collect::<Vec<_>>()}
                {text(t::SHOP, account.shop.map(|shop| shop.to_string()))}
                {text(t::CITY, account.city.map(|city| city.to_string()))}
                {text(t::REFERRED_BY, account.referrer.as_ref().map(Id::to_string))}
            </dl>
        </section>
    }
    .into_any()
}

/// Codes to sign in, and for the operator the end of every way in.
fn access(app: App, id: &Id, code: Code, may_end: bool) -> AnyView {
    let sure = RwSignal::new(false);
    let ended = RwSignal::new(false);
    let (of_code, of_end) = (id.clone(), id.clone());
    let end = move |_| {
        let id = of_end.clone();
        spawn_local(async move {
            let answer = people::end_access(&id).await;
            ended.set(answer.is_ok());
            code.failed.set(answer.err());
            sure.set(false);
        });
    };
    let make = move |_| {
        ended.set(false);
        code.make(of_code.clone());
    };
    view! {
        <section class="card form" data-testid="member-access">
            {ui::heading(app, t::SIGN_IN)}
            {ui::note(app, t::SIGN_IN_NOTE)}
            <div class="buttons">
                {ui::button(app, "secondary", "new-code", t::NEW_CODE, make)}
                {may_end.then(|| ui::button(app, "secondary", "end-access", t::END_ACCESS, move |_| sure.set(true)))}
            </div>
            {move || sure.get().then(|| view! {
                <div class="refusal" role="alert">
                    <p>{app.say(t::END_ACCESS_SURE)}</p>
                    <div class="buttons">
                        {ui::button(app, "primary", "end-access-now", t::END_ACCESS_NOW, end.clone())}
                        {ui::button(app, "secondary", "keep", staff::KEEP, move |_| sure.set(false))}
                    </div>
                </div>
            }.into_any())}
            <p class="note" role="status" data-testid="access-ended">
                {move || ended.get().then(|| t::ACCESS_ENDED.of(app.lang()))}
            </p>
        </section>
        {code.shown()}
    }
    .into_any()
}
