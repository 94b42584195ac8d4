//! The part of `pkg/index.d.ts` that follows from the contract's tables: codes, events, rules and reasons. It is written, not typed:
//! `WRITE_TYPES=1 cargo test --test types contract` after a change of `src/contract.rs`.

use std::fmt::Write as _;
use std::{env, fs};

use gongxiang::event::{Code, Field, Format, Kind};
use gongxiang::receipt::{Reason, RewardKind, Rule};

use crate::Result;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pkg/index.d.ts");
const START: &str =
    "// From here on written by `WRITE_TYPES=1 cargo test --test types contract`, from src/contract.rs.\n";
/// Codes of the loader, which no rule has.
pub const OF_THE_LOADER: [&str; 2] = ["not_initialised", "not_loaded"];
/// Signs in a line.
const WIDTH: usize = 140;

fn format(format: Format) -> &'static str {
    match format {
        Format::Money | Format::Points | Format::ShareValue | Format::Price => "Decimal",
        Format::Region | Format::City => "Region",
        Format::Channel => "Channel",
        Format::Side => "'sell' | 'buy'",
        Format::Day => "Day",
        Format::Count(_) => "number",
        Format::Rules => "Partial<Omit<RuleSet, 'genesis_day' | 'supply'>>",
        Format::Id(_) => "Id",
    }
}

/// A union of texts, several in a line.
fn union(text: &mut String, what: &str, name: &str, of: impl Iterator<Item = &'static str>) -> Result {
    write!(text, "\n/** {what} */\nexport type {name} =\n ")?;
    let mut width = 1;
    for member in of {
        let member = format!(" | '{member}'");
        if width + member.len() > WIDTH {
            text.push_str("\n ");
            width = 1;
        }
        width += member.len();
        text.push_str(&member);
    }
    text.push_str(";\n");
    Ok(())
}

fn event(kind: Kind) -> String {
    let field = |Field { name, format: of, is_optional }| {
        format!("; {name}{}: {}", if is_optional { "?" } else { "" }, format(of))
    };
    format!("  | {{ type: '{kind}'{} }}\n", kind.fields().into_iter().map(field).collect::<String>())
}

fn reason((tag, fields): &(&str, &[(&str, &str)])) -> String {
    let field = |(name, of): &(&str, &str)| {
        let of = if ["Id", "Index"].contains(of) { of } else { "Decimal" };
        format!("; {name}: {of}")
    };
    format!("  | {{ of: '{tag}'{} }}\n", fields.iter().map(field).collect::<String>())
}

fn written() -> Result<String> {
    let mut text = START.to_owned();
    let codes = Code::ALL.iter().map(|code| code.as_str()).chain(OF_THE_LOADER);
    union(&mut text, "Why something is refused.", "Code", codes)?;
    text.push_str(
        "\n/** One line of the journal (RULES.md section 4). */\nexport type JournalEvent = Journalled & (\n",
    );
    text.extend(Kind::ALL.iter().copied().map(event));
    text.push_str(");\n");
    let rewards = RewardKind::ALL.into_iter().map(|kind| Rule::Reward(kind).as_str());
    union(&mut text, "What somebody earns by an order.", "RewardKind", rewards)?;
    union(&mut text, "By which rule an amount moved.", "Rule", Rule::ALL.iter().map(|rule| rule.as_str()))?;
    text.push_str("\n/** Why an amount is what it is: a tag, and the reason's numbers and ids as texts. */\nexport type Reason =\n");
    text.extend(Reason::TAGS.iter().map(reason));
    text.insert(text.len() - 1, ';');
    Ok(text)
}

#[test]
fn the_types_of_the_contract_are_those_of_its_tables() -> Result {
    let declared = fs::read_to_string(FILE)?;
    let (by_hand, _) = declared.split_once(START).ok_or("index.d.ts has no part that is written")?;
    let expected = format!("{by_hand}{}", written()?);
    if env::var_os("WRITE_TYPES").is_some() {
        fs::write(FILE, expected)?;
    } else {
        assert_eq!(declared, expected, "run `WRITE_TYPES=1 cargo test --test types contract`");
    }
    Ok(())
}
