//! The form of an order. Every field says what is wrong with it right there.

use gongxiang::identity::{Id, Region};
use gongxiang::ruleset::Channel;
use leptos::prelude::*;

use super::order::Form;
use crate::api::{self, Fault};
use crate::app::App;
use crate::fetched::{Remote, fetched};
use crate::order::{ConcessionAs, FieldError, Preview};
use crate::text::Text;

/// Merchants are few among the members, and the list has no filter for them: it is read in large pages, up to so many.
const MERCHANT_PAGES: usize = 20;
const PER_PAGE: u32 = 500;

/// The form.
pub fn form(app: App, buyer: &Id, form: Form, outcome: Signal<Option<Preview>>) -> impl IntoView + use<> {
    let region_shown = move || form.channel.get() == Channel::Online;
    let bad_merchant = move || {
        let merchant = form.merchant.read();
        (!merchant.is_empty() && Id::parse(merchant.trim()).is_none()).then(|| app.text().id_bad.to_owned())
    };
    let bad_region =
        move || Region::parse(form.region.read().trim()).is_none().then(|| app.text().region_bad.to_owned());
    let error_at = move |field: &'static str| error_at(app.text(), outcome.read().as_ref(), field);
    view! {
        <form class="card order" on:submit=|event| event.prevent_default()>
            <p class="fixed"><span>{move || app.text().buyer}</span> <b>{buyer.to_string()}</b></p>
            {merchant(app, form, move || bad_merchant().or_else(|| error_at("merchant")))}
            <fieldset>
                <legend>{move || app.text().channel}</legend>
                {segments(app, form.channel, [
                    (Channel::Online, "online", |t| t.online),
                    (Channel::Offline, "offline", |t| t.offline),
                ])}
            </fieldset>
            // In a shop the shop's own city counts.
            <div hidden=move || !region_shown()>
                {field("region", move || app.text().region, "numeric", form.region, move || {
                    bad_region().or_else(|| error_at("region"))
                })}
                <p class="hint">{move || app.text().region_hint}</p>
            </div>
            {field("amount", move || app.text().amount, "decimal", form.amount, move || error_at("amount"))}
            <div class="pair">
                {field("concession", move || app.text().concession, "decimal", form.concession, move || error_at("concession"))}
                {segments(app, form.concession_as, [
                    (ConcessionAs::Percent, "percent", |t| t.by_percent),
                    (ConcessionAs::Yuan, "yuan", |t| t.by_yuan),
                ])}
            </div>
        </form>
    }
}

/// What is wrong with one field, in words.
fn error_at(text: &Text, outcome: Option<&Preview>, field: &str) -> Option<String> {
    let error = match outcome? {
        Preview::Unread { amount, .. } if field == "amount" => amount.clone()?,
        Preview::Unread { concession, .. } if field == "concession" => concession.clone()?,
        Preview::Refused(refusal) if refusal.field == field => FieldError::Refused(refusal.clone()),
        _ => return None,
    };
    Some(match error {
        FieldError::Decimal(error) => text.decimal_error(error).to_owned(),
        FieldError::Refused(refusal) => text.code(refusal.code).to_owned(),
    })
}

/// A field that is read with every key.
fn field(
    name: &'static str,
    label: impl Fn() -> &'static str + Send + 'static,
    keyboard: &'static str,
    value: RwSignal<String>,
    error: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> impl IntoView {
    let error = Memo::new(move |_| error());
    let error_id = format!("{name}-error");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name data-testid=name inputmode=keyboard autocomplete="off" prop:value=value
                aria-invalid=move || error.read().is_some().to_string() aria-describedby=error_id.clone()
                on:input:target=move |event| value.set(event.target().value()) />
            <p class="error" id=error_id.clone() data-testid=error_id aria-live="polite">{move || error.get()}</p>
        </div>
    }
}

/// A value to choose, its name for tests, its word.
type Choice<T> = (T, &'static str, fn(&'static Text) -> &'static str);

/// A choice of two.
fn segments<T>(app: App, value: RwSignal<T>, choices: [Choice<T>; 2]) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let button = move |(this, name, label): Choice<T>| {
        view! {
            <button type="button" data-testid=name aria-pressed=move || (value.get() == this).to_string()
                on:click=move |_| value.set(this)>
                {move || label(app.text())}
            </button>
        }
    };
    view! { <div class="segments" role="group">{choices.map(button).into_iter().collect_view()}</div> }
}

/// The merchant: one of those that were found, or any id.
fn merchant(app: App, form: Form, error: impl Fn() -> Option<String> + Send + Sync + 'static) -> impl IntoView {
    let found = fetched(merchants);
    let error = Memo::new(move |_| error());
    let options = move || match found.state.get() {
        Remote::Ready(merchants) => {
            merchants.into_iter().map(|id| view! { <option value=id.to_string()></option> }).collect_view()
        }
        _ => Vec::new(),
    };
    let hint = move || match &*found.state.read() {
        Remote::Ready(merchants) if !merchants.is_empty() => app.text().choose_merchant,
        Remote::Loading => app.text().loading,
        _ => app.text().no_merchants,
    };
    // The first one, so that there is something to see at once; never over what was typed meanwhile.
    Effect::new(move |_| {
        if let Remote::Ready(merchants) = &*found.state.read()
            && let Some(first) = merchants.first()
            && form.merchant.read_untracked().is_empty()
        {
            form.merchant.set(first.to_string());
        }
    });
    view! {
        <div class="field">
            <label for="merchant">{move || app.text().merchant}</label>
            <input id="merchant" data-testid="merchant" list="merchants" autocomplete="off" autocapitalize="off"
                spellcheck="false" prop:value=form.merchant aria-describedby="merchant-hint merchant-error"
                aria-invalid=move || error.read().is_some().to_string()
                on:change:target=move |event| form.merchant.set(event.target().value()) />
            <datalist id="merchants" data-testid="merchants">{options}</datalist>
            <p class="hint" id="merchant-hint">{hint}</p>
            <p class="error" id="merchant-error" data-testid="merchant-error" aria-live="polite">
                {move || error.get()}
            </p>
        </div>
    }
}

async fn merchants() -> Result<Vec<Id>, Fault> {
    let mut merchants = Vec::new();
    let mut after = String::new();
    for _ in 0..MERCHANT_PAGES {
        let page = api::members(&after, PER_PAGE).await?;
        merchants.extend(page.members.into_iter().filter(|line| line.merchant).map(|line| line.member));
        let Some(next) = page.next else { break };
        next.as_str().clone_into(&mut after);
    }
    Ok(merchants)
}
