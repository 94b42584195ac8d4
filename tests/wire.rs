//! A value that is written and read back is the same. A receipt of another version is refused by its number.

use std::collections::BTreeSet;
use std::error::Error;

use gongxiang::book::Book;
use gongxiang::event::{Event, Kind};
use gongxiang::preset;
use gongxiang::receipt::{Party, Receipt, Rule};
use gongxiang::tree::Tree;
use gongxiang::wire::answer::StatementPage;
use gongxiang::wire::statement::BookedPosting;
use gongxiang::wire::worded::Worded;
use gongxiang::wire::{RECEIPT_VERSION, command, event};
use gongxiang_words::Language;

type Result = std::result::Result<(), Box<dyn Error>>;

/// The names of all vectors.
fn vectors() -> std::result::Result<Vec<String>, Box<dyn Error>> {
    let files = std::fs::read_dir(format!("{}/tests/vectors", env!("CARGO_MANIFEST_DIR")))?;
    let name = |file: std::fs::DirEntry| file.path().file_stem().map(|name| name.to_string_lossy().into_owned());
    let names: Vec<String> = files.filter_map(|file| name(file.ok()?)).collect();
    assert!(names.len() >= 65, "the vectors are all there");
    Ok(names)
}

/// The receipts of a vector's accepted events, and the events.
fn settled(vector: &str) -> std::result::Result<Vec<(Event, Receipt)>, Box<dyn Error>> {
    let text = std::fs::read_to_string(format!("{}/tests/vectors/{vector}.json", env!("CARGO_MANIFEST_DIR")))?;
    let vector: serde_json::Value = serde_json::from_str(&text)?;
    let rules = match &vector["rules"] {
        serde_json::Value::String(name) => preset::by_name(name).ok_or("no such preset")??,
        rules => gongxiang::ruleset::RuleSet::from_tree(&serde_json::from_value(rules.clone())?)?,
    };
    let mut book = Book::open(rules);
    let mut settled = Vec::new();
    for line in vector["events"].as_array().ok_or("a vector has events")? {
        let Ok(entry) = event::read(&serde_json::from_value(line.clone())?) else { continue };
        if let Ok(receipt) = book.apply(&entry).result {
            settled.push((entry.event, (*receipt).clone()));
        }
    }
    Ok(settled)
}

#[test]
fn a_receipt_comes_back_from_its_json_with_and_without_words() -> Result {
    for vector in vectors()? {
        for (_, receipt) in settled(&vector)? {
            let kept = serde_json::to_string(&receipt)?;
            assert!(!kept.contains("\"reason\""), "{kept}");
            assert_eq!(serde_json::from_str::<Receipt>(&kept)?, receipt);
            for language in Language::ALL {
                let shown = serde_json::to_string(&Worded(&receipt, language))?;
                assert_eq!(serde_json::from_str::<Receipt>(&shown)?, receipt, "{shown}");
            }
        }
    }
    Ok(())
}

#[test]
fn an_event_comes_back_from_its_json_and_is_a_request() -> Result {
    let mut kinds = Vec::new();
    for vector in vectors()? {
        for (event, _) in settled(&vector)? {
            let json = serde_json::to_string(&event)?;
            assert_eq!(serde_json::from_str::<Event>(&json)?, event);
            let command::Request { path, body } = command::request(&event);
            assert!(path.starts_with("/v1/") && !path.contains(['{', '}']), "{path}");
            assert!(body.get("type").is_none(), "{body:?}");
            kinds.push(event.kind());
        }
    }
    for kind in Kind::ALL {
        assert!(kinds.contains(kind), "no vector settles `{kind}`");
    }
    Ok(())
}

#[test]
fn the_body_of_a_request_has_the_fields_that_are_neither_in_its_path_nor_added_by_the_server() -> Result {
    let event: Event = serde_json::from_str(
        r#"{"type": "offer.taken", "offer": "f-1", "trade": "preview", "member": "ann", "points": "1.5"}"#,
    )?;
    let command::Request { path, body } = command::request(&event);
    assert_eq!(path, "/v1/offers/f-1/trades");
    assert_eq!(body.canonical(), r#"{"member":"ann","points":"1.5"}"#);
    Ok(())
}

#[test]
fn a_receipt_of_another_version_is_refused_by_its_number() -> Result {
    let (_, receipt) = settled("worked-example")?.pop().ok_or("the vector settles nothing")?;
    let json = serde_json::to_string(&receipt)?;
    let error = |json: &str| serde_json::from_str::<Receipt>(json).map_err(|error| error.to_string()).err();
    let newer = json.replace(&format!("\"version\":{RECEIPT_VERSION}"), "\"version\":9");
    assert!(error(&newer).is_some_and(|error| error.contains("this receipt has version 9")), "{:?}", error(&newer));
    let older = json.replace(&format!("\"version\":{RECEIPT_VERSION},"), "");
    assert!(error(&older).is_some_and(|error| error.contains("missing field `version`")), "{:?}", error(&older));
    let other = json.replace("\"of\":\"", "\"of\":\"un");
    assert!(error(&other).is_some_and(|error| error.contains("is no reason that this version knows")));
    let rule = json.replace("\"rule\":\"", "\"rule\":\"un");
    assert!(error(&rule).is_some_and(|error| error.contains("is not a rule of postings that this version knows")));
    Ok(())
}

#[test]
fn a_statement_comes_back_from_its_json() -> Result {
    let mut postings = Vec::new();
    for (place, (_, receipt)) in (1..).zip(settled("random-2")?) {
        for (line, posting) in (0..).zip(receipt.postings) {
            postings.push(BookedPosting { place, line, day: receipt.day, posting });
        }
    }
    assert!(postings.len() > 50, "the vector posts much");
    let page = StatementPage { postings, next: Some("7-0".into()) };
    let shown = serde_json::to_string(&Worded(&page, Language::En))?;
    assert!(shown.contains(r#""reason":"10 × concession "#), "{shown}");
    assert_eq!(serde_json::from_str::<StatementPage>(&shown)?, page);
    assert_eq!(serde_json::from_str::<StatementPage>(&serde_json::to_string(&page)?)?, page);
    Ok(())
}

#[test]
fn a_party_and_a_rule_come_back_from_their_names() {
    for name in ["pool", "escrow", "treasury", "burned", "issuance", "member ann"] {
        assert_eq!(Party::parse(name).map(|party| party.to_string()).as_deref(), Some(name));
    }
    for name in ["", "ann", "member ", "member a b", "Pool"] {
        assert_eq!(Party::parse(name), None, "{name}");
    }
    for rule in Rule::ALL {
        assert_eq!(Rule::parse(rule.as_str()), Some(rule));
    }
}

#[test]
fn every_code_kind_rule_reason_asset_class_and_party_has_words_and_no_word_is_left_over() {
    use gongxiang::event::Code;
    use gongxiang::receipt::Reason;
    let rule_sets = preset::PRESETS.iter().filter_map(|(name, _)| preset::by_name(name)?.ok());
    let roles: Vec<String> = rule_sets.flat_map(|rules| rules.service_roles).map(|role| role.name).collect();
    let keys = rule_keys();
    for language in Language::ALL {
        for (section, words) in gongxiang_words::keys(language) {
            let known: Vec<&str> = match section {
                "codes" => Code::ALL.iter().map(|code| code.as_str()).collect(),
                // A test of the server compares these.
                "failures" | "notice_kinds" | "notices" | "pilots" | "reports" => continue,
                "events" => Kind::ALL.iter().map(|kind| kind.as_str()).collect(),
                "reasons" => Reason::TAGS.iter().map(|(tag, _)| *tag).collect(),
                "rules" => Rule::ALL.iter().map(|rule| rule.as_str()).collect(),
                "assets" => vec!["locked", "points", "share_value"],
                "classes" => vec!["dynamic", "own", "static"],
                "parties" => vec!["burned", "escrow", "issuance", "pool", "treasury"],
                "roles" => roles.iter().map(String::as_str).collect(),
                "units" => vec!["yuan"],
                "rule_choices" => vec!["burn", "market", "operator", "treasury", "turnover"],
                "rule_keys" => keys.iter().map(String::as_str).collect(),
                // A group has no unit, but the list of roles has a condition.
                "rule_hints" => {
                    keys.iter().map(String::as_str).filter(|key| key.contains('.') || *key == "redemption").collect()
                }
                other => panic!("{other} is no section that this test knows"),
            };
            for name in &known {
                assert!(words.contains(name), "{language:?} {section} lacks `{name}`");
            }
            for word in words {
                assert!(known.contains(word), "{language:?} {section} has `{word}`, which nothing is called");
            }
        }
    }
}

/// The keys of the presets' values and of their groups, without names of packs and numbers of roles. `genesis_day` and `supply`
/// cannot be adopted.
fn rule_keys() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = ["packs.merchant", "packs.area_partner"].map(str::to_owned).into();
    for (name, _) in preset::PRESETS {
        let Some(Ok(rules)) = preset::by_name(name) else { continue };
        collect_keys("", &rules.to_tree(), &mut keys);
    }
    keys.retain(|key| key != "genesis_day" && !key.starts_with("supply") && key != "order.vesting_days");
    keys
}

fn collect_keys(key: &str, tree: &Tree, keys: &mut BTreeSet<String>) {
    if !key.is_empty() {
        keys.insert(key.to_owned());
    }
    match tree {
        Tree::Table(entries) => {
            for (name, value) in entries {
                match (key, value) {
                    ("", value) => collect_keys(name, value, keys),
                    // A pack, by whatever name.
                    ("packs", Tree::Table(_)) => collect_keys(key, value, keys),
                    (key, value) => collect_keys(&format!("{key}.{name}"), value, keys),
                }
            }
        }
        Tree::List(items) => items.iter().for_each(|item| collect_keys(key, item, keys)),
        _ => {}
    }
}

#[test]
fn a_number_is_written_canonically() -> Result {
    let tree: Tree = serde_json::from_str(r#"{"type":"price.set","price":"1.50"}"#)?;
    assert_eq!(event::write(&event::read(&tree)?.event).canonical(), r#"{"price":"1.5","type":"price.set"}"#);
    Ok(())
}
