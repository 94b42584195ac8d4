//! A field for a member: a code that is scanned, a short number or an id, and below it the name of whom the text means.

use std::time::Duration;

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::named;
use crate::api::Fault;
use crate::counter::{self, Customer};
use crate::reactive::{effect, memo};
use crate::state::App;
use crate::text::{Words, actions as t, counter as c};
use crate::ui;

/// The pause after which an id that is typed is taken as whole, and its name asked for.
const PAUSE: Duration = Duration::from_millis(400);

/// Whom the text of the field means, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meant {
    Nobody,
    Checking,
    Known(Id),
    Wrong(Words),
}

/// The text of the field, and whom it means. It outlives what is drawn of it.
#[derive(Clone, Copy)]
pub struct MemberField {
    app: App,
    typed: RwSignal<String>,
    meant: RwSignal<Meant>,
}

impl MemberField {
    pub fn new(app: App, typed: RwSignal<String>) -> Self {
        let meant = RwSignal::new(Meant::Nobody);
        effect(move |_| meant.set(read(typed, meant)));
        Self { app, typed, meant }
    }

    /// The member, once it is known.
    pub fn id(self) -> Option<Id> {
        match &*self.meant.read() {
            Meant::Known(id) => Some(id.clone()),
            _ => None,
        }
    }

    /// Whether something is typed that means nobody, or that is still looked up.
    pub fn is_open(self) -> bool {
        matches!(*self.meant.read(), Meant::Checking | Meant::Wrong(_))
    }

    /// The field, and below it the member, as `who` it is.
    pub fn shown(self, name: &'static str, label: Words, who: Words) -> AnyView {
        let Self { app, typed, meant } = self;
        let error = memo(move || match &*meant.read() {
            Meant::Wrong(words) => Some(words.of(app.lang()).to_owned()),
            _ => None,
        });
        view! {
            {ui::field(app, name, label, "text", typed, error)}
            {move || self.named(who)}
        }
        .into_any()
    }

    /// The name of the member. Of an id it is asked for once nothing more is typed, not for each letter.
    fn named(self, who: Words) -> AnyView {
        let Self { app, meant, .. } = self;
        let id = match meant.get() {
            Meant::Known(id) => id,
            Meant::Checking => return ui::note(app, c::CHECKING),
            Meant::Nobody | Meant::Wrong(_) => return ().into_any(),
        };
        let is_whole = RwSignal::new(false);
        set_timeout(
            move || {
                // There is no signal if another letter was typed meanwhile.
                is_whole.try_set(true);
            },
            PAUSE,
        );
        let whole = id.to_string();
        view! {
            <p class="fixed" data-testid="meant" data-member=whole>
                <span>{app.say(who)}</span>
                <b>{move || if is_whole.get() { named::plain(app, &id) } else { ().into_any() }}</b>
            </p>
        }
        .into_any()
    }
}

/// Reads what was typed or scanned, and asks the server whose a short number is.
fn read(typed: RwSignal<String>, meant: RwSignal<Meant>) -> Meant {
    let text = typed.get();
    if text.trim().is_empty() {
        return Meant::Nobody;
    }
    match Customer::read(&text) {
        Some(Customer::Id(id) | Customer::Code(id, ..)) => Meant::Known(id),
        Some(Customer::Number(number)) => {
            spawn_local(async move {
                let found = match counter::of_number(number).await {
                    Ok(id) => Meant::Known(id),
                    Err(Fault::Unreachable) => Meant::Wrong(t::TO_OFFLINE),
                    Err(Fault::Status { status: 404, .. }) => Meant::Wrong(c::NO_NUMBER),
                    Err(Fault::Status { status: 429, .. }) => Meant::Wrong(c::TOO_MANY),
                    Err(_) => Meant::Wrong(c::FAILED),
                };
                // The field may have another text by now, or the screen was left.
                if typed.try_get_untracked().as_ref() == Some(&text) {
                    meant.set(found);
                }
            });
            Meant::Checking
        }
        Some(Customer::OfShop | Customer::OfOrder | Customer::OfVoucher) => Meant::Wrong(t::TO_NO_MEMBER),
        Some(Customer::WrongNumber) => Meant::Wrong(c::WRONG_NUMBER),
        None => Meant::Wrong(c::NOT_A_CODE),
    }
}
