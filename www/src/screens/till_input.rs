//! The input of the till: the digits typed, and the customer.

use gongxiang::identity::Id;
use gongxiang::quantity::Money;
use gongxiang::receipt::Receipt;
use leptos::prelude::*;

use crate::counter::{self, Brings, Counter, LateCode};
use crate::input;
use crate::route::OrderToBe;
use crate::state::App;
use crate::text::Words;

/// What is typed at the till.
#[derive(Clone, Copy)]
pub struct Till {
    pub app: App,
    /// The field of the customer.
    pub typed: RwSignal<String>,
    pub buyer: RwSignal<Buyer>,
    pub amount: RwSignal<String>,
    /// In place of the usual concession; `None` until somebody changes it.
    pub concession: RwSignal<Option<String>>,
    /// Whether the order is shown to the customer as a QR code.
    pub shows: RwSignal<bool>,
    /// Of the order before.
    pub compared: RwSignal<Option<Comparison>>,
}

impl Till {
    pub fn new(app: App) -> Self {
        Self {
            app,
            typed: RwSignal::default(),
            buyer: RwSignal::new(Buyer::Nobody),
            amount: RwSignal::default(),
            concession: RwSignal::default(),
            shows: RwSignal::default(),
            compared: RwSignal::default(),
        }
    }

    /// Makes it ready for the next customer.
    pub fn clear(self) {
        if let Buyer::Known { id, unchecked, expects, .. } = self.buyer.get_untracked() {
            if let Some(code) = unchecked {
                counter::check_later(&code);
            }
            self.compared.set(expects.map(|expects| Comparison { buyer: id, expects, same: None }));
        }
        self.typed.set(String::new());
        self.buyer.set(Buyer::Nobody);
        self.amount.set(String::new());
        self.concession.set(None);
        self.shows.set(false);
    }

    /// Compares a settled receipt with what the customer's phone computed.
    pub fn compare(self, receipt: &Receipt) {
        let rewards = receipt.order.as_ref().map(|quote| &quote.rewards);
        self.compared.update(|compared| {
            if let (Some(Comparison { buyer, expects, same }), Some(rewards)) = (compared, rewards) {
                *same = Some(Brings::of(rewards.iter(), buyer).as_ref() == Some(expects));
            }
        });
    }

    pub fn amount(self) -> Option<Money> {
        input::read(&self.amount.read(), Money::parse).ok().filter(|amount| amount.raw() > 0)
    }

    /// The concession that was typed, or the usual one of this amount.
    pub fn concession(self, now: &Counter) -> Option<Money> {
        let concession = match &*self.concession.read() {
            Some(typed) => input::read(typed, Money::parse).ok(),
            None => now.preset?.concession(self.amount()?),
        };
        concession.filter(|concession| concession.raw() > 0)
    }

    pub fn order(self, now: &Counter) -> Option<OrderToBe> {
        let (amount, concession) = (self.amount()?, self.concession(now)?);
        (concession <= amount).then_some(OrderToBe { amount, concession })
    }
}

/// Who the customer is, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Buyer {
    Nobody,
    Checking,
    Known {
        id: Id,
        /// A code that was taken without a network.
        unchecked: Option<LateCode>,
        /// Whether the server checked a code.
        checked: bool,
        /// What the customer's phone computed, if the customer agreed to an order there.
        expects: Option<Brings>,
    },
    Wrong(Words),
}

/// What a customer's phone computed, beside the settled receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub buyer: Id,
    pub expects: Brings,
    /// Whether both are equal; `None` until the order is settled.
    pub same: Option<bool>,
}
