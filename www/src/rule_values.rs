//! The values of a rule set one by one, as a form shows and changes them. The key of a value is the name that a refusal
//! uses for it: `release.daily`, `packs.member.price`, `service.roles.1.points_rate`.

use gongxiang::tree::Tree;

use crate::input;

/// What a pack may allow. A rule set writes only what is true.
const PACK_FLAGS: [&str; 2] = ["merchant", "area_partner"];

/// The values that are whole numbers. All other numbers are texts.
const WHOLE: [&str; 5] = [
    "price.window_days",
    "order.vesting_days.online",
    "order.vesting_days.offline",
    "service.max_depth",
    "area.repurchase_days",
];

/// A rule set with every flag of its packs written out, so that each has a place in the form.
pub fn spelled_out(mut rules: Tree) -> Tree {
    for (_, pack) in entries_mut(&mut rules, "packs") {
        let missing: Vec<_> = PACK_FLAGS.into_iter().filter(|flag| pack.get(flag).is_none()).collect();
        if let Tree::Table(entries) = pack {
            entries.extend(missing.into_iter().map(|flag| (flag.to_owned(), Tree::Bool(false))));
        }
    }
    rules
}

/// The keys of all values, in the order of the rule set.
pub fn keys(rules: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    collect("", rules, &mut found);
    found
}

fn collect(key: &str, tree: &Tree, found: &mut Vec<String>) {
    let dot = if key.is_empty() { "" } else { "." };
    match tree {
        Tree::Table(entries) => {
            for (name, inner) in entries {
                collect(&format!("{key}{dot}{name}"), inner, found);
            }
        }
        Tree::List(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(&format!("{key}{dot}{at}"), item, found);
            }
        }
        _ => found.push(key.to_owned()),
    }
}

/// The value of a key; `None` if the rule set has no such key.
pub fn value<'a>(rules: &'a Tree, key: &str) -> Option<&'a Tree> {
    key.split('.').try_fold(rules, |tree, name| match tree {
        Tree::List(items) => items.get(name.parse::<usize>().ok()?),
        tree => tree.get(name),
    })
}

/// Sets the value of a key that is there.
pub fn set(rules: &mut Tree, key: &str, new: Tree) {
    let place = key.split('.').try_fold(rules, |tree, name| match tree {
        Tree::List(items) => items.get_mut(name.parse::<usize>().ok()?),
        tree => entry_mut(tree, name),
    });
    if let Some(place) = place {
        *place = new;
    }
}

fn entry_mut<'a>(tree: &'a mut Tree, name: &str) -> Option<&'a mut Tree> {
    let Tree::Table(entries) = tree else { return None };
    entries.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The entries of a table below this one; none if there is no such table.
fn entries_mut<'a>(tree: &'a mut Tree, name: &str) -> &'a mut [(String, Tree)] {
    match entry_mut(tree, name) {
        Some(Tree::Table(entries)) => entries,
        _ => &mut [],
    }
}

/// What somebody typed into the field of this key.
pub fn typed(key: &str, text: &str) -> Tree {
    let plain = input::plain(text);
    let is_whole = WHOLE.contains(&key) && plain.parse::<i64>().is_ok();
    if is_whole { Tree::number(plain) } else { Tree::Text(plain) }
}

/// A value as text.
pub fn text(value: &Tree) -> String {
    match value {
        Tree::Text(text) => text.clone(),
        other => other.canonical(),
    }
}

/// What `rules.adopted` carries: the top-level keys that differ.
pub fn changes(now: &Tree, then: &Tree) -> Tree {
    let Tree::Table(then) = then else { return then.clone() };
    Tree::Table(then.iter().filter(|(key, value)| now.get(key) != Some(value)).cloned().collect())
}

/// The rule set with whole top-level keys replaced, sound or not.
pub fn replaced(now: &Tree, changes: &Tree) -> Tree {
    let (Tree::Table(mut entries), Tree::Table(changes)) = (now.clone(), changes) else { return changes.clone() };
    for (key, value) in changes {
        match entries.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => old.clone_from(value),
            None => entries.push((key.clone(), value.clone())),
        }
    }
    spelled_out(Tree::Table(entries))
}

/// Every value that differs, with what it is now and then. A list that is longer or shorter counts as one value.
pub fn differences(now: &Tree, then: &Tree) -> Vec<[String; 3]> {
    let mut found = Vec::new();
    differ("", now, then, &mut found);
    found
}

fn differ(key: &str, now: &Tree, then: &Tree, found: &mut Vec<[String; 3]>) {
    if now == then {
        return;
    }
    let inner = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match (now, then) {
        (Tree::Table(before), Tree::Table(after)) => {
            let new = after.iter().filter(|(name, _)| now.get(name).is_none());
            for (name, _) in before.iter().chain(new) {
                let sides = [now.get(name), then.get(name)];
                // A pack that comes or goes is shown by its values.
                let none = match sides {
                    [Some(Tree::Table(_)), None] | [None, Some(Tree::Table(_))] => Tree::Table(Vec::new()),
                    _ => Tree::Text(String::new()),
                };
                let [now, then] = sides.map(|side| side.unwrap_or(&none));
                differ(&inner(name), now, then, found);
            }
        }
        (Tree::List(before), Tree::List(after)) if before.len() == after.len() => {
            for (at, (before, after)) in before.iter().zip(after).enumerate() {
                differ(&inner(&at.to_string()), before, after, found);
            }
        }
        _ => found.push([key.to_owned(), text(now), text(then)]),
    }
}

/// The key under which the catalogue has a value's words: without the name of a pack and the number of a role.
pub fn word_key(key: &str) -> String {
    let mut parts: Vec<_> = key.split('.').collect();
    match parts.as_slice() {
        ["packs", _, ..] => _ = parts.remove(1),
        ["service", "roles", _, ..] => _ = parts.remove(2),
        _ => {}
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use gongxiang::ruleset::RuleSet;
    use gongxiang_words::{Language, rule_hint, rule_key};

    use super::*;

    fn rules() -> RuleSet {
        let tree = crate::json::read(include_str!("../../tests/data/cdnow.rules.json")).expect("a tree");
        RuleSet::from_tree(&tree).expect("a rule set")
    }

    fn seed() -> Tree {
        spelled_out(rules().to_tree())
    }

    #[test]
    fn every_value_of_a_rule_set_has_a_name_a_unit_and_its_place() {
        let rules = seed();
        for key in keys(&rules).into_iter().filter(|key| key != "genesis_day" && !key.starts_with("supply.")) {
            let (word, group) = (word_key(&key), key.split('.').next().expect("a part"));
            for language in Language::ALL {
                assert!(rule_key(language, &word).is_some(), "{language:?}: no name of {word}");
                assert!(rule_key(language, group).is_some(), "{language:?}: no name of {group}");
                assert!(rule_hint(language, &word).is_some(), "{language:?}: no unit of {word}");
            }
            let mut changed = rules.clone();
            set(&mut changed, &key, Tree::Text("other".into()));
            assert_eq!(value(&changed, &key).map(text).as_deref(), Some("other"), "{key}");
            assert_eq!(differences(&rules, &changed).len(), 1, "{key}");
        }
    }

    #[test]
    fn what_is_typed_becomes_the_change_that_the_rules_adopt() {
        let rules = rules();
        let now = seed();
        let mut then = now.clone();
        for (key, new) in [
            ("release.daily", " ９００ "),
            ("order.vesting_days.online", "5"),
            ("service.roles.1.points_rate", "0.025"),
        ] {
            set(&mut then, key, typed(key, new));
        }
        set(&mut then, "packs.member.merchant", Tree::Bool(true));
        let changes = changes(&now, &then);
        let adopted = rules.adopt(&changes).expect("a sound rule set");
        assert_eq!(
            differences(&now, &spelled_out(adopted.to_tree())),
            [
                ["release.daily", "888", "900"],
                ["packs.member.merchant", "false", "true"],
                ["order.vesting_days.online", "7", "5"],
                ["service.roles.1.points_rate", "0.02", "0.025"],
            ]
        );
        assert_eq!(replaced(&now, &changes), then);
    }

    #[test]
    fn a_pack_that_comes_is_shown_by_its_values() {
        let now = seed();
        let pack =
            [("price", "999"), ("share_value_rate", "1")].map(|(key, text)| (key.to_owned(), Tree::Text(text.into())));
        let Some(Tree::Table(mut packs)) = now.get("packs").cloned() else { panic!("no packs") };
        packs.push(("gold".to_owned(), Tree::Table(pack.to_vec())));
        let then = replaced(&now, &Tree::Table(vec![("packs".to_owned(), Tree::Table(packs))]));
        let found = differences(&now, &then);
        assert_eq!(found[0], ["packs.gold.price", "", "999"]);
        assert_eq!(differences(&then, &now)[0], ["packs.gold.price", "999", ""]);
    }

    #[test]
    fn a_list_of_another_length_is_one_difference() {
        let now = seed();
        let roles = |rules: &Tree| value(rules, "service.roles").cloned().expect("roles");
        let Tree::List(mut fewer) = roles(&now) else { panic!("no list") };
        fewer.pop();
        let mut then = now.clone();
        set(&mut then, "service.roles", Tree::List(fewer));
        let found = differences(&now, &then);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0][0], "service.roles");
    }
}
