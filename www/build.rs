//! Checks the event handlers in the markup. `view!` accepts any name as a custom event, so a misspelt event or modifier would
//! compile, and its handler would never be called.

use std::path::Path;
use std::{fs, io};

const EVENTS: [&str; 7] = ["change", "click", "close", "focus", "input", "submit", "toggle"];
const MODIFIERS: [&str; 3] = ["capture", "target", "undelegated"];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=src");
    check(Path::new("src"))
}

/// Fails at the first handler below this directory with an unknown event or modifier.
fn check(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            check(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            for (number, line) in text.lines().enumerate() {
                if let Some(unknown) = unknown(line) {
                    let place = format!("{}:{}", path.display(), number + 1);
                    return Err(io::Error::other(format!("{place}: unknown event or modifier in `on:{unknown}`")));
                }
            }
        }
    }
    Ok(())
}

/// The first handler in a line of markup that is unknown: `on:EVENT:MODIFIER…=`.
fn unknown(line: &str) -> Option<&str> {
    let names = line.split("on:").skip(1).filter_map(|rest| rest.split_once('=').map(|(name, _)| name));
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphabetic() || b == b':');
    names.filter(is_name).find(|name| {
        let mut parts = name.split(':');
        !parts.next().is_some_and(|event| EVENTS.contains(&event)) || !parts.all(|part| MODIFIERS.contains(&part))
    })
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn a_known_event_with_known_modifiers_passes() {
        for line in
            ["<b on:click=move |_| go() />", "on:input:target=f", "a on:input:target:capture=f on:close=g", "on: x"]
        {
            assert_eq!(unknown(line), None, "{line}");
        }
    }

    #[test]
    fn an_unknown_event_or_modifier_is_found() {
        for name in ["clik", "input:targt", "input:target:", "click:once", ""] {
            assert_eq!(unknown(&format!("<b on:click=f on:{name}=move |_| go() />")), Some(name));
        }
    }
}
