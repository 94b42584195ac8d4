//! The keys of the till.

use leptos::prelude::*;

use crate::state::App;
use crate::text::counter as t;

/// Large keys for an amount. A keyboard types into the same field.
pub fn keypad(app: App, amount: RwSignal<String>) -> AnyView {
    let key = |sign: &'static str| {
        let press = move |_| amount.update(|amount| press(amount, sign));
        view! { <button type="button" data-testid=format!("key-{sign}") on:click=press>{sign}</button> }.into_any()
    };
    let keys: Vec<_> = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0"].into_iter().map(key).collect();
    let delete = move |_| amount.update(|amount| _ = amount.pop());
    view! {
        <div class="keypad">
            {keys}
            <button type="button" data-testid="key-delete" aria-label=app.say(t::DELETE) on:click=delete>"⌫"</button>
        </div>
    }
    .into_any()
}

/// Presses a key: at most one point, two places, and as many digits as an amount has.
fn press(amount: &mut String, sign: &str) {
    const LENGTH_MAX: usize = 16;
    let places = amount.split_once('.').map(|(_, places)| places.len());
    match (sign, places) {
        (".", Some(_)) | (_, Some(2)) => {}
        (".", None) if amount.is_empty() => amount.push_str("0."),
        _ if amount.len() >= LENGTH_MAX => {}
        _ if amount == "0" && sign != "." => sign.clone_into(amount),
        _ => amount.push_str(sign),
    }
}

#[cfg(test)]
mod tests {
    use super::press;

    #[test]
    fn keys_make_an_amount_with_at_most_two_places() {
        for (keys, amount) in [
            ("12.50", "12.50"),
            (".5", "0.5"),
            ("0012", "12"),
            ("0.05", "0.05"),
            ("1..5", "1.5"),
            ("1.234", "1.23"),
            ("12345678901234567", "1234567890123456"),
        ] {
            let mut typed = String::new();
            for key in keys.split("").filter(|key| !key.is_empty()) {
                press(&mut typed, key);
            }
            assert_eq!(typed, amount, "{keys}");
        }
    }
}
