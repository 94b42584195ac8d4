//! Finds the customer of an order: by a scanned code, or by a short number or an id that is typed.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::named;
use super::till_input::{Buyer, Till};
use crate::api::Fault;
use crate::counter::{self, Customer, LateCode};
use crate::reactive::memo;
use crate::text::{Words, counter as t};
use crate::ui;

impl Till {
    /// Reads what was typed or scanned, and asks whose it is.
    pub fn take(self) {
        let text = self.typed.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        let known = |id| Buyer::Known { id, unchecked: None, checked: false, expects: None };
        match Customer::read(&text) {
            None => self.buyer.set(Buyer::Wrong(t::NOT_A_CODE)),
            Some(Customer::WrongNumber) => self.buyer.set(Buyer::Wrong(t::WRONG_NUMBER)),
            Some(Customer::OfShop) => self.buyer.set(Buyer::Wrong(t::SHOP_CODE)),
            Some(Customer::OfOrder) => self.buyer.set(Buyer::Wrong(t::ORDER_CODE)),
            Some(Customer::OfVoucher) => self.buyer.set(Buyer::Wrong(t::VOUCHER_CODE)),
            Some(Customer::Id(id)) => self.buyer.set(known(id)),
            Some(Customer::Code(member, code, expects)) => self.ask(async move {
                match counter::check_code(&code, None).await {
                    Ok(id) => Buyer::Known { id, unchecked: None, checked: true, expects },
                    Err(Fault::Unreachable) => {
                        Buyer::Known { id: member, unchecked: Some(LateCode::of(code)), checked: false, expects }
                    }
                    Err(fault) => Buyer::Wrong(why(&fault)),
                }
            }),
            Some(Customer::Number(number)) => self.ask(async move {
                match counter::of_number(number).await {
                    Ok(id) => known(id),
                    Err(Fault::Unreachable) => Buyer::Wrong(t::NUMBER_OFFLINE),
                    Err(Fault::Status { status: 404, .. }) => Buyer::Wrong(t::NO_NUMBER),
                    Err(fault) => Buyer::Wrong(why(&fault)),
                }
            }),
        }
    }

    fn ask(self, answer: impl Future<Output = Buyer> + 'static) {
        let text = self.typed.get_untracked();
        self.buyer.set(Buyer::Checking);
        spawn_local(async move {
            let buyer = answer.await;
            // The field may have another text by now.
            if self.typed.try_get_untracked().as_ref() == Some(&text) {
                self.buyer.set(buyer);
            }
        });
    }
}

/// Why a code was not taken.
fn why(fault: &Fault) -> Words {
    let Fault::Status { problem, status } = fault else { return t::FAILED };
    match problem.code.as_str() {
        "bad_member_code" => t::BAD_CODE,
        "member_code_expired" => t::EXPIRED,
        "member_clock_wrong" => t::CLOCK,
        _ if *status == 429 => t::TOO_MANY,
        _ => t::FAILED,
    }
}

/// The field and the camera for a customer, or who the customer is.
pub fn customer(till: Till) -> AnyView {
    let app = till.app;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        till.take();
    };
    let is_known = memo(move || matches!(*till.buyer.read(), Buyer::Known { .. }));
    view! {
        <section class="card form">
            {move || if is_known.get() { known(till) } else {
                view! {
                    // Not while a sheet is open: the camera would read the code of the customer before.
                    {move || app.asked.read().is_none().then(|| view! {
                        <GX-SCAN data-for="till-customer" lang=move || app.lang().tag()></GX-SCAN>
                    }.into_any())}
                    <form class="form" on:submit=submit>
                        {ui::field(app, "till-customer", t::CUSTOMER, "text", till.typed, memo(|| None))}
                        <button class="secondary" data-testid="take">{app.say(t::TAKE)}</button>
                    </form>
                }.into_any()
            }}
            <p class="error" role="alert" data-testid="customer-error">{move || match *till.buyer.read() {
                Buyer::Wrong(words) => Some(words.of(app.lang())),
                _ => None,
            }}</p>
            {move || (*till.buyer.read() == Buyer::Checking).then(|| ui::note(app, t::CHECKING))}
        </section>
    }
    .into_any()
}

fn known(till: Till) -> AnyView {
    let app = till.app;
    let Buyer::Known { id, unchecked, checked, .. } = till.buyer.get_untracked() else { return ().into_any() };
    let change = move |_| {
        till.typed.set(String::new());
        till.buyer.set(Buyer::Nobody);
    };
    let said = if unchecked.is_some() { Some(t::LATER) } else { checked.then_some(t::CHECKED) };
    view! {
        <div class="fixed" data-testid="customer" data-member=id.to_string() data-checked=checked.to_string()>
            <b>{named::member(app, &id)}</b>
            {ui::button(app, "link", "change-customer", t::CHANGE, change)}
        </div>
        {said.map(|said| ui::note(app, said))}
    }
    .into_any()
}
