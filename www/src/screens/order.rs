//! The calculator: the form of an order and its preview.

use std::sync::Arc;

use gongxiang::book::Book;
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::Id;
use gongxiang::quantity::Price;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::{member_bar, opened};
use super::order_form::{self, Form};
use super::{fault, order_result};
use crate::api::{self, Fault};
use crate::order::{Parties, Preview, preview};
use crate::query::{Query, Remote, fetch};
use crate::reactive::memo;
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{calculator as t, counter, frame, home};
use crate::ui;

/// The part of the book that an order between these parties needs.
#[derive(Clone, Debug)]
struct OrderBasis {
    /// A refusal if the server does not know one of the parties.
    book: Result<Arc<Book>, Refusal>,
    parties: Parties,
}

pub fn screen(app: App, buyer: &Id) -> AnyView {
    let form = Form::new();
    let bar = member_bar(app, buyer, frame::CALCULATOR);
    let me = buyer.clone();
    let parties = memo(move || form.parties(&me));
    let cut = fetch(move || cut(parties.get()));
    // Computed on every key. Only other parties need another excerpt.
    let outcome = memo(move || match &*cut.state.read() {
        Remote::Ready(Some(OrderBasis { book: Ok(book), parties })) => {
            Some(preview(book, parties, &form.amount.read(), form.concession_unit.get(), &form.concession.read()))
        }
        Remote::Ready(Some(OrderBasis { book: Err(refusal), .. })) => Some(Preview::Refused(refusal.clone())),
        _ => None,
    });
    let (me, mine) = (buyer.clone(), buyer.clone());
    let code = Route::Member(buyer.clone(), MemberScreen::Code).to_string();
    // The preview needs only the excerpt. Opening the buyer's account shows whether the wallet can trust its own figures.
    let own = opened(app, buyer.clone());
    spawn_local(async move { _ = own.await });
    view! {
        {bar}
        <p class="lead">{app.say(t::ORDER_NOTE)}</p>
        {move || order_result::gain(app, &mine, outcome.get())}
        <div class="columns">
            {order_form::form(app, buyer, form, outcome)}
            <section class="card result" aria-live="polite" data-testid="result">
                {ui::heading(app, t::PREVIEW)}
                {ui::not_final(app)}
                {move || result(app, &me, cut, outcome)}
            </section>
        </div>
        // Only a shop places orders, so the way on is to show it one's code.
        <a class="card link-card" href=code data-testid="to-code">
            {app.say(counter::SHOW_CODE)} <span aria-hidden="true">"›"</span>
        </a>
    }
    .into_any()
}

async fn cut(parties: Option<Parties>) -> Result<Option<OrderBasis>, Fault> {
    let Some(parties) = parties else { return Ok(None) };
    let excerpt = api::excerpt(&parties).await;
    let book = match excerpt {
        Ok(excerpt) => Ok(Arc::new(Book::from(excerpt))),
        Err(Fault::Status { problem, .. }) if problem.code == Code::UnknownMember.as_str() => {
            Err(Refusal::new(Code::UnknownMember, if problem.field == "buyer" { "buyer" } else { "merchant" }))
        }
        Err(fault) => return Err(fault),
    };
    Ok(Some(OrderBasis { book, parties }))
}

fn result(app: App, me: &Id, cut: Query<Option<OrderBasis>>, outcome: Memo<Option<Preview>>) -> AnyView {
    let (price, parties) = match &*cut.state.read() {
        Remote::Loading => return ui::skeleton(app),
        Remote::Failed(why) => return fault::fault(app, why, Box::new(move || cut.again())),
        Remote::Ready(None) => {
            return view! { <p class="note" data-testid="fill-in">{app.say(t::FILL_IN)}</p> }.into_any();
        }
        Remote::Ready(Some(OrderBasis { book, parties })) => {
            (book.as_ref().ok().map(|book| book.head().price), parties.to_string())
        }
    };
    view! {
        <div class="outcome" data-testid="outcome" data-parties=parties>
            {outcome.get().map(|outcome| order_result::result(app, me, outcome))}
        </div>
        {price.map(|price| moment(app, price, cut))}
    }
    .into_any()
}

/// The price at which the preview was made, and a button to refresh it.
fn moment(app: App, price: Price, cut: Query<Option<OrderBasis>>) -> AnyView {
    view! {
        <p class="note moment">
            {app.say(t::PREVIEW_NOTE)} " " {app.say(home::PRICE)} ": " {price.to_string()} " "
            {app.say(frame::YUAN)}
            {ui::button(app, "link", "refresh", frame::REFRESH, move |_| cut.again())}
        </p>
    }
    .into_any()
}
