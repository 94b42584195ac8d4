//! Checks the event handlers in the markup. `view!` accepts any name as a custom event, so a misspelt event or modifier would
//! compile, and its handler would never be called.
//!
//! Writes the seed's values with their sources, which the form of the rules shows: they stand in `presets/seed.toml`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

const EVENTS: [&str; 7] = ["change", "click", "close", "focus", "input", "submit", "toggle"];
const MODIFIERS: [&str; 3] = ["capture", "target", "undelegated"];

const SEED: &str = "../presets/seed.toml";
const SOURCES: [&str; 3] = ["doc", "sibling", "ours"];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed={SEED}");
    check(Path::new("src"))?;
    let mut table = String::from("pub const SEED: &[(&str, &str, &str)] = &[\n");
    for (key, value, source) in sources(&fs::read_to_string(SEED)?) {
        writeln!(table, "({key:?}, {value:?}, {source:?}),").map_err(io::Error::other)?;
    }
    table += "];\n";
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no OUT_DIR"))?;
    fs::write(Path::new(&out).join("seed.rs"), table)
}

/// Key, value and source of every value of a rule set whose comment names the source: on its line, or above the table.
fn sources(text: &str) -> Vec<(String, String, &'static str)> {
    let tag = |comment: &str| {
        let at = |source: &&&str| comment.find(&format!("[{source}]"));
        SOURCES.iter().filter(|source| at(source).is_some()).min_by_key(at).copied()
    };
    let (mut table, mut lists, mut above, mut of_table) = (String::new(), 0, None, None);
    let mut found = Vec::new();
    for line in text.lines() {
        let (said, comment) = line.split_once('#').unwrap_or((line, ""));
        let said = said.trim();
        if let Some(name) = said.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            // Tables of one list follow each other, under one comment.
            table = format!("{name}.{lists}");
            of_table = above.or(of_table);
            lists += 1;
        } else if let Some(name) = said.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (table, of_table) = (name.to_owned(), above);
        } else if let Some((key, value)) = said.split_once('=')
            && let Some(source) = tag(comment).or(of_table).or(above)
        {
            let dot = if table.is_empty() { "" } else { "." };
            found.push((format!("{table}{dot}{}", key.trim()), value.trim().trim_matches('"').to_owned(), source));
        }
        above = if said.is_empty() { tag(comment) } else { None };
    }
    found
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
    use super::{sources, unknown};

    #[test]
    fn a_value_has_the_source_of_its_line_or_of_its_table() {
        let text = "# [ours] where points go\nredemption = \"burn\"\n\n[a]\nb = \"1\" # [doc] said; the rest [ours]\nc = true\n\n# [sibling] both\n\
                    [[a.list]]\nd = 2\n\n[[a.list]]\nd = 3 # [doc]\n";
        let found = sources(text);
        let found: Vec<_> = found.iter().map(|(key, value, source)| (&**key, &**value, *source)).collect();
        let expected = [
            ("redemption", "burn", "ours"),
            ("a.b", "1", "doc"),
            ("a.list.0.d", "2", "sibling"),
            ("a.list.1.d", "3", "doc"),
        ];
        assert_eq!(found, expected);
    }

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
