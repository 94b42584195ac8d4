//! An order before it is placed: the form, and what the rules make of it.

use std::sync::Arc;

use gongxiang::book::Book;
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Price;
use gongxiang::ruleset::Channel;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{fault, member_bar, opened, order_form, order_result};
use crate::api::{self, Fault};
use crate::app::App;
use crate::fetched::{Fetched, Remote, fetched};
use crate::markup::{memo, view};
use crate::order::{ConcessionAs, Parties, Preview, preview};
use crate::text::{calculator as t, frame, home};
use crate::ui;

/// What is typed into the form.
#[derive(Clone, Copy)]
pub struct Form {
    pub merchant: RwSignal<String>,
    pub channel: RwSignal<Channel>,
    pub region: RwSignal<String>,
    pub amount: RwSignal<String>,
    pub concession_as: RwSignal<ConcessionAs>,
    pub concession: RwSignal<String>,
}

impl Form {
    fn new() -> Self {
        Self {
            merchant: RwSignal::new(String::new()),
            channel: RwSignal::new(Channel::Online),
            region: RwSignal::new("110101".into()),
            amount: RwSignal::new("100".into()),
            concession_as: RwSignal::new(ConcessionAs::Percent),
            concession: RwSignal::new("10".into()),
        }
    }

    /// Who trades with whom; nothing while a field cannot be read.
    fn parties(self, buyer: &Id) -> Option<Parties> {
        Some(Parties {
            buyer: buyer.clone(),
            merchant: Id::parse(self.merchant.read().trim())?,
            channel: self.channel.get(),
            region: Region::parse(self.region.read().trim())?,
        })
    }
}

/// The part of the book that the order needs, and for which parties it was cut out.
#[derive(Clone, Debug)]
struct Cut {
    /// None where the server knows one of the parties not: the order would be refused, with this.
    book: Result<Arc<Book>, Refusal>,
    parties: Parties,
}

/// The screen.
pub fn screen(app: App, buyer: &Id) -> AnyView {
    let form = Form::new();
    let bar = member_bar(app, buyer, frame::CALCULATOR);
    let me = buyer.clone();
    let parties = memo(move || form.parties(&me));
    let cut = fetched(move || cut(parties.get()));
    // Recomputed with every key; only other parties need another excerpt.
    let outcome = memo(move || match &*cut.state.read() {
        Remote::Ready(Some(Cut { book: Ok(book), parties })) => {
            Some(preview(book, parties, &form.amount.read(), form.concession_as.get(), &form.concession.read()))
        }
        Remote::Ready(Some(Cut { book: Err(refusal), .. })) => Some(Preview::Refused(refusal.clone())),
        _ => None,
    });
    let me = buyer.clone();
    // The preview needs an excerpt of the book only; whether it is to be trusted shows in the buyer's own account.
    let own = opened(app, buyer.clone());
    spawn_local(async move { _ = own.await });
    view! {
        {bar}
        <p class="lead">{app.say(t::ORDER_NOTE)}</p>
        <div class="columns">
            {order_form::form(app, buyer, form, outcome.into())}
            <section class="card result" aria-live="polite" data-testid="result">
                <h2>{app.say(t::PREVIEW)}</h2>
                {ui::not_final(app)}
                {move || result(app, &me, cut, outcome)}
            </section>
        </div>
    }
}

async fn cut(parties: Option<Parties>) -> Result<Option<Cut>, Fault> {
    let Some(parties) = parties else { return Ok(None) };
    let excerpt = api::excerpt(&parties).await;
    let book = match excerpt {
        Ok(excerpt) => Ok(Arc::new(Book::from(excerpt))),
        Err(Fault::Status { problem, .. }) if problem.code == Code::UnknownMember.as_str() => {
            Err(Refusal::new(Code::UnknownMember, if problem.field == "buyer" { "buyer" } else { "merchant" }))
        }
        Err(fault) => return Err(fault),
    };
    Ok(Some(Cut { book, parties }))
}

fn result(app: App, me: &Id, cut: Fetched<Option<Cut>>, outcome: Memo<Option<Preview>>) -> AnyView {
    let (price, parties) = match &*cut.state.read() {
        Remote::Loading => return ui::skeleton(app),
        Remote::Failed(why) => return fault::fault(app, why, cut),
        Remote::Ready(None) => {
            return view! { <p class="note" data-testid="fill-in">{app.say(t::FILL_IN)}</p> };
        }
        Remote::Ready(Some(Cut { book, parties })) => {
            (book.as_ref().ok().map(|book| book.head().price), parties.to_string())
        }
    };
    view! {
        <div class="outcome" data-testid="outcome" data-parties=parties>
            {outcome.get().map(|outcome| order_result::result(app, me, outcome))}
        </div>
        {price.map(|price| moment(app, price, cut))}
    }
}

/// For which moment the preview holds, and the way to a later one.
fn moment(app: App, price: Price, cut: Fetched<Option<Cut>>) -> AnyView {
    view! {
        <p class="note moment">
            {app.say(t::PREVIEW_NOTE)} " " {app.say(home::PRICE)} ": " {price.to_string()} " "
            {app.say(frame::YUAN)}
            <button type="button" class="link" data-testid="refresh" on:click=move |_| cut.again()>
                {app.say(frame::REFRESH)}
            </button>
        </p>
    }
}
