//! The form of an order. Each field shows its own error.

use gongxiang::identity::{Id, Region};
use gongxiang::ruleset::Channel;
use leptos::prelude::*;

use crate::api;
use crate::input;
use crate::lang::Lang;
use crate::order::{ConcessionUnit, Parties, Preview};
use crate::query::{Remote, fetch};
use crate::reactive::{effect, memo};
use crate::state::App;
use crate::text::{self, calculator as t, frame, signin};
use crate::ui;

/// The fields of the form.
#[derive(Clone, Copy)]
pub struct Form {
    pub merchant: RwSignal<String>,
    pub channel: RwSignal<Channel>,
    pub region: RwSignal<String>,
    pub amount: RwSignal<String>,
    pub concession_unit: RwSignal<ConcessionUnit>,
    pub concession: RwSignal<String>,
}

impl Form {
    pub fn new() -> Self {
        Self {
            merchant: RwSignal::new(String::new()),
            channel: RwSignal::new(Channel::Online),
            region: RwSignal::new("110101".into()),
            amount: RwSignal::new("100".into()),
            concession_unit: RwSignal::new(ConcessionUnit::Percent),
            concession: RwSignal::new("10".into()),
        }
    }

    /// `None` while a field cannot be read.
    pub fn parties(self, buyer: &Id) -> Option<Parties> {
        Some(Parties {
            buyer: buyer.clone(),
            merchant: Id::parse(self.merchant.read().trim())?,
            channel: self.channel.get(),
            region: Region::parse(self.region.read().trim())?,
        })
    }
}

pub fn form(app: App, buyer: &Id, form: Form, outcome: Memo<Option<Preview>>) -> AnyView {
    let region_shown = move || form.channel.get() == Channel::Online;
    let error_at = move |field: &'static str| error_at(app.lang(), outcome.read().as_ref(), field);
    let merchant_error = ui::id_error(app, form.merchant);
    let region_error = memo(move || {
        let bad = Region::parse(form.region.read().trim()).is_none();
        if bad { Some(t::REGION_BAD.of(app.lang()).to_owned()) } else { error_at("region") }
    });
    let amount_error = memo(move || error_at("amount"));
    let concession_error = memo(move || error_at("concession"));
    view! {
        <form class="card form order" on:submit=|event| event.prevent_default()>
            <p class="fixed"><span>{app.say(t::BUYER)}</span> <b>{buyer.to_string()}</b></p>
            {merchant(app, form, move || merchant_error.get().or_else(|| error_at("merchant")))}
            <fieldset>
                <legend>{app.say(t::CHANNEL)}</legend>
                {ui::segments(app, form.channel, t::CHANNEL, vec![
                    (Channel::Online, "online", t::ONLINE),
                    (Channel::Offline, "offline", t::OFFLINE),
                ])}
            </fieldset>
            // For an offline order the shop's own region counts.
            <div hidden=move || !region_shown()>
                {ui::field(app, "region", t::REGION, "numeric", form.region, region_error)}
                {ui::regions(app, "region")}
                <p class="hint">{app.say(t::REGION_HINT)}</p>
            </div>
            {ui::field(app, "amount", t::AMOUNT, "decimal", form.amount, amount_error)}
            <div class="pair">
                {ui::field(app, "concession", t::CONCESSION, "decimal", form.concession, concession_error)}
                {ui::segments(app, form.concession_unit, t::CONCESSION, vec![
                    (ConcessionUnit::Percent, "percent", t::BY_PERCENT),
                    (ConcessionUnit::Yuan, "yuan", t::BY_YUAN),
                ])}
            </div>
        </form>
    }
    .into_any()
}

/// The error of a field, in words.
fn error_at(lang: Lang, outcome: Option<&Preview>, field: &str) -> Option<String> {
    let words = match outcome? {
        Preview::Unread { amount: Some(error), .. } if field == "amount" => input::error_words(*error),
        Preview::Unread { concession: Some(error), .. } if field == "concession" => input::error_words(*error),
        Preview::Refused(refusal) if refusal.field == field => return text::code(lang, refusal.code.as_str()),
        _ => return None,
    };
    Some(words.of(lang).to_owned())
}

/// The field of the merchant. It suggests the open shops and accepts any id.
fn merchant(app: App, form: Form, error: impl Fn() -> Option<String> + Send + Sync + 'static) -> AnyView {
    let found = fetch(api::shops);
    let touched = StoredValue::new(false);
    let error = memo(error);
    let options = move || match found.state.get() {
        Remote::Ready(merchants) => merchants
            .into_iter()
            .map(|(shop, name)| view! { <option value=shop.to_string()>{name}</option> }.into_any())
            .collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let hint = move || match &*found.state.read() {
        Remote::Ready(merchants) if !merchants.is_empty() => t::CHOOSE_MERCHANT.of(app.lang()),
        Remote::Loading => frame::LOADING.of(app.lang()),
        _ => t::NO_MERCHANTS.of(app.lang()),
    };
    // Fills in the first merchant, so that there is a preview at once, but never after somebody has entered the field.
    effect(move |_| {
        if let Remote::Ready(merchants) = &*found.state.read()
            && let Some(first) = merchants.first()
            && !touched.get_value()
            && form.merchant.read_untracked().is_empty()
        {
            form.merchant.set(first.0.to_string());
        }
    });
    view! {
        <div class="field">
            <label for="merchant">{app.say(signin::MERCHANT)}</label>
            <input id="merchant" data-testid="merchant" list="merchants" autocomplete="off" autocapitalize="off"
                spellcheck="false" prop:value=move || form.merchant.get() aria-describedby="merchant-hint merchant-error"
                aria-invalid=move || error.read().is_some().to_string()
                on:focus=move |_| touched.set_value(true)
                on:change=move |event| form.merchant.set(event_target_value(&event)) />
            <datalist id="merchants" data-testid="merchants">{move || options()}</datalist>
            <p class="hint" id="merchant-hint">{move || hint()}</p>
            <p class="error" id="merchant-error" data-testid="merchant-error" aria-live="polite">
                {move || error.get()}
            </p>
        </div>
    }
    .into_any()
}
