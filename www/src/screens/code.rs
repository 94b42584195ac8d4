//! The code that a member shows in a shop: a QR code that changes every minute, and the short number. It works without a network.

use gongxiang::identity::Id;
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use serde_json::Value;

use super::answer::{asked, member_bar};
use super::invite;
use crate::api::{self, Fault, field, text_of};
use crate::clock;
use crate::reactive::memo;
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{self, counter as t};
use crate::ui;

/// How much this device's clock may differ from the server's, in seconds.
const CLOCK_APART_MAX: u32 = 120;

/// The codes of a day.
#[derive(Clone, Debug)]
struct Codes {
    member: Id,
    number: Option<String>,
    /// The minute since 1970 of the first code.
    minute: u32,
    /// The digits of that minute and of those after it.
    digits: Vec<String>,
    /// Whether this device's clock was wrong when the server answered.
    clock_is_wrong: bool,
}

impl Codes {
    /// The text of the QR code of a minute; `None` if the server gave none.
    fn at(&self, minute: u32) -> Option<String> {
        let digits = self.digits.get(usize::try_from(minute.checked_sub(self.minute)?).ok()?)?;
        Some(format!("GX1.{}.{minute}.{digits}", self.member))
    }
}

async fn open(member: &Id) -> Result<Codes, Fault> {
    let answer = Box::pin(api::get_value_or_kept(&format!("/v1/members/{member}/codes"))).await?;
    let codes = answer.value.get("codes").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    let now: u32 = field(&answer.value, "now")?;
    Ok(Codes {
        member: field(&answer.value, "member")?,
        number: text_of(&answer.value, "number"),
        minute: field(&answer.value, "minute")?,
        digits: codes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        clock_is_wrong: answer.since.is_none() && now.abs_diff(clock::seconds()) > CLOCK_APART_MAX,
    })
}

pub fn screen(app: App, member: Id) -> AnyView {
    view! { {member_bar(app, &member, t::MY_CODE)} {card(app, member, String::new())} }.into_any()
}

/// The code of a member, on any screen, with what is added to its text.
pub fn card(app: App, member: Id, added: String) -> AnyView {
    let load = move || {
        let member = member.clone();
        async move { open(&member).await }
    };
    asked(app, load, move |codes| shown(app, codes, added.clone()))
}

fn shown(app: App, codes: Codes, added: String) -> AnyView {
    let minute = RwSignal::new(clock::seconds() / 60);
    let tick = move || {
        let now = clock::seconds() / 60;
        // Nobody looks any more if the signal is gone; an equal minute must not draw the code again.
        if minute.try_get_untracked().is_some_and(|shown| shown != now) {
            minute.set(now);
        }
    };
    if let Ok(ticking) = set_interval_with_handle(tick, std::time::Duration::from_secs(1)) {
        on_cleanup(move || ticking.clear());
    }
    let Codes { member, number, clock_is_wrong, .. } = codes.clone();
    let profile = Route::Member(member, MemberScreen::Profile).to_string();
    let code = memo(move || codes.at(minute.get()).map(|code| code + &added));
    view! {
        {clock_is_wrong.then(|| view! {
            <p class="notice bad" role="alert" data-testid="clock-wrong">{app.say(t::MY_CLOCK)}</p>
        }.into_any())}
        <section class="card invite">
            {move || match code.get() {
                Some(code) => view! { <div data-testid="my-code" data-code=code.clone()>{invite::qr_of(app, &code, t::MY_CODE_LABEL)}</div> }.into_any(),
                None => ui::empty(app, "no-code", t::CODE_STALE),
            }}
            {match number {
                Some(number) => view! {
                    <p class="mid" data-testid="short-number" data-value=number.clone()>{app.say(t::SHORT_NUMBER)} " " {text::spaced(&number)}</p>
                }.into_any(),
                None => view! { <p><a href=profile>{app.say(t::NO_SHORT_NUMBER)}</a></p> }.into_any(),
            }}
            {ui::note(app, t::MY_CODE_NOTE)}
        </section>
    }
    .into_any()
}
