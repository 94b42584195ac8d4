//! The proposal as text: the proposed numbers, a table and a small plot of the three cases, and what would end the
//! pilot.

use std::fmt::Write as _;

use gongxiang::economy::DayFigures;
use gongxiang::quantity::{Money, Rate};
use gongxiang::ruleset::PricePolicy;

use super::answers::Answers;
use super::proposal::{Case, Outcome, Proposal, Sink};
use super::words::{sentence, word};
use crate::language::Language;

/// Days that one sign of a plot stands for.
const DAYS_PER_SIGN: usize = 2;
const SIGNS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A part of a whole with one decimal place, rounded down.
fn percent(rate: Rate) -> String {
    let tenths = rate.raw() * 1_000 / Rate::SCALE;
    match tenths % 10 {
        0 => format!("{} %", tenths / 10),
        rest => format!("{}.{rest} %", tenths / 10),
    }
}

/// The whole report. `rules` is the argument that it shows for `gongxiang review`.
pub fn report(answers: &Answers, proposal: &Proposal, rules: &str, language: Language) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    _ = writeln!(out, "{}\n{}\n", title(answers, language), given(answers, language));
    _ = writeln!(out, "{}", word(language, "proposed"));
    for line in proposed(answers, proposal, language) {
        _ = writeln!(out, "  - {line}");
    }
    _ = writeln!(out, "\n{}", word(language, "outlook"));
    table(&mut out, &proposal.outcomes, language);
    out.push('\n');
    plots(&mut out, &proposal.outcomes, language);
    _ = writeln!(out, "\n{}\n{}", word(language, "cases"), word(language, "assumed"));
    _ = writeln!(out, "\n{}", word(language, "sinks"));
    sinks(&mut out, proposal, language);
    _ = writeln!(out, "\n{}", flags(proposal, rules, language));
    out
}

/// Which flags the rules raise. A scheme without red flags can still be forbidden.
fn flags(proposal: &Proposal, rules: &str, language: Language) -> String {
    let none = word(language, "flags.none");
    let codes = |codes: &[&str]| if codes.is_empty() { none.to_owned() } else { codes.join(", ") };
    let (red, other) = (codes(&proposal.red_flags), codes(&proposal.other_flags));
    sentence(language, "flags", &[("red", &red), ("other", &other), ("rules", rules)])
}

pub fn title(answers: &Answers, language: Language) -> String {
    let (shops, members) = (answers.shops.to_string(), answers.members.to_string());
    let values = [
        ("shops", shops.as_str()),
        ("members", &members),
        ("day", &answers.first_day.to_string()),
        ("rules", &answers.rules),
    ];
    sentence(language, "title", &values)
}

pub fn given(answers: &Answers, language: Language) -> String {
    let daily = answers.daily_concession().unwrap_or_default();
    let values = [
        ("sales", answers.sales.to_string()),
        ("concession", percent(answers.concession)),
        ("daily", daily.to_string()),
        ("margin", percent(answers.margin)),
    ];
    sentence(language, "answers", &values.each_ref().map(|(key, value)| (*key, value.as_str())))
}

fn proposed(answers: &Answers, proposal: &Proposal, language: Language) -> Vec<String> {
    let rules = &proposal.rules;
    let limit = percent(rules.price_daily_limit);
    let policy = match rules.price_policy {
        PricePolicy::Operator => "policy.operator",
        PricePolicy::Turnover => "policy.turnover",
        PricePolicy::Market => "policy.market",
    };
    let policy = sentence(language, policy, &[("limit", &limit)]);
    let release =
        [("release", &*rules.release_daily.to_string()), ("percent", &format!("{} %", proposal.release_percent))];
    let each = proposal.shop_points.each.to_string();
    vec![
        sentence(language, "release", &release),
        sentence(language, "price", &[("price", &rules.price_initial.to_string()), ("policy", &policy)]),
        sentence(
            language,
            "treasury",
            &[("treasury", &rules.supply_treasury.to_string()), ("cap", &rules.supply_cap.to_string())],
        ),
        sentence(language, "shop_points", &[("each", each.as_str()), ("all", &proposal.shop_points.all.to_string())]),
        sentence(language, "vesting", &[("days", &answers.return_days.to_string())]),
    ]
}

fn name(case: Case, language: Language) -> &'static str {
    match case {
        Case::Weak => word(language, "weak"),
        Case::Middling => word(language, "middling"),
        Case::Strong => word(language, "strong"),
    }
}

/// The columns that a text takes on a terminal.
fn width(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}') { 2 } else { 1 }).sum()
}

fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

fn pad_left(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

/// A row of the table: its word, and what it shows of a case.
type Row = (&'static str, fn(&Outcome) -> String);

const ROWS: [Row; 15] = [
    ("row.members", |of| of.members.to_string()),
    ("row.turnover", |of| whole(of.turnover)),
    ("row.refused", |of| percent(of.refused)),
    ("row.price_first", |of| of.price_first.to_string()),
    ("row.price_last", |of| of.price_last.to_string()),
    ("row.price_lowest", |of| of.price_lowest.to_string()),
    ("row.released", |of| (of.released.raw() / gongxiang::quantity::Points::SCALE).to_string()),
    ("row.released_worth", |of| whole(of.released_worth)),
    ("row.goods", |of| whole(of.goods)),
    ("row.owed", |of| whole(of.owed)),
    ("row.treasury", |of| (of.treasury.raw() / gongxiang::quantity::Points::SCALE).to_string()),
    ("row.income", |of| whole(of.income)),
    ("row.joining", |of| percent(of.joining)),
    ("row.came_back", |of| percent(of.came_back)),
    ("row.thousand", |of| of.thousand.to_string()),
];

/// Whole yuan, rounded down.
fn whole(money: Money) -> String {
    (money.raw() / Money::SCALE).to_string()
}

fn table(out: &mut String, outcomes: &[Outcome], language: Language) {
    let heads: Vec<_> = outcomes.iter().map(|outcome| name(outcome.case, language)).collect();
    let rows: Vec<_> =
        ROWS.iter().map(|(key, of)| (word(language, key), outcomes.iter().map(of).collect::<Vec<_>>())).collect();
    let first = rows.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    let cells = rows.iter().flat_map(|(_, cells)| cells.iter().map(|cell| width(cell)));
    let wide = cells.chain(heads.iter().map(|head| width(head))).max().unwrap_or(0);
    let mut line = |label: &str, cells: &mut dyn Iterator<Item = &str>| {
        _ = write!(out, "  {}", pad(label, first));
        cells.for_each(|cell| _ = write!(out, "  {}", pad_left(cell, wide)));
        out.push('\n');
    };
    line("", &mut heads.iter().copied());
    for (label, cells) in &rows {
        line(label, &mut cells.iter().map(String::as_str));
    }
}

/// What a plot draws of a day, as a whole number of any unit.
type Drawn = fn(&DayFigures) -> i128;

/// What stands for the most that is drawn.
type Shown = fn(i128) -> String;

/// One line a case, on one scale for all cases.
fn plots(out: &mut String, outcomes: &[Outcome], language: Language) {
    let released: Drawn = |day| day.released.worth_floor(day.price).unwrap_or_default().raw();
    let plots: [(&str, Drawn, Shown); 3] = [
        (
            word(language, "plot.price"),
            |day| day.price.raw(),
            |most| gongxiang::quantity::Price::checked_from_raw(most).unwrap_or_default().to_string(),
        ),
        (word(language, "plot.released"), released, |most| (most / Money::SCALE).to_string()),
        (word(language, "plot.owed"), |day| day.worth.raw(), |most| (most / Money::SCALE).to_string()),
    ];
    let wide = outcomes.iter().map(|outcome| width(name(outcome.case, language))).max().unwrap_or(0);
    for (label, drawn, shown) in plots {
        let most = outcomes.iter().flat_map(|outcome| &outcome.run.days).map(drawn).max().unwrap_or(0);
        _ = writeln!(out, "  {label} ({})", sentence(language, "most", &[("value", &shown(most))]));
        for outcome in outcomes {
            let signs: String =
                outcome.run.days.iter().step_by(DAYS_PER_SIGN).map(|day| sign(drawn(day), most)).collect();
            _ = writeln!(out, "    {} {signs}", pad(name(outcome.case, language), wide));
        }
    }
}

/// How high a value is among those up to `most`; only 0 has no height.
fn sign(value: i128, most: i128) -> char {
    let top = i128::try_from(SIGNS.len() - 1).unwrap_or(1);
    let height = if most > 0 { (value.max(0) * top + most - 1) / most } else { 0 };
    usize::try_from(height).ok().and_then(|height| SIGNS.get(height)).copied().unwrap_or(' ')
}

fn sinks(out: &mut String, proposal: &Proposal, language: Language) {
    let always = proposal.sinks.iter().map(|sink| (word(language, "always"), sink));
    let of_cases = proposal.outcomes.iter();
    let of_cases = of_cases.flat_map(|outcome| outcome.sinks.iter().map(|sink| (name(outcome.case, language), sink)));
    let all: Vec<_> = always.chain(of_cases).collect();
    if all.is_empty() {
        _ = writeln!(out, "  - {}", word(language, "nothing"));
    }
    for (case, sink) in all {
        _ = writeln!(out, "  - {case}{}{}", language.colon(), told(sink, language));
    }
}

/// A sink as a sentence without a full stop.
fn told(sink: &Sink, language: Language) -> String {
    let (key, values): (_, Vec<(&str, String)>) = match sink {
        Sink::ConcessionAboveMargin { concession, margin } => {
            ("sink.concession_above_margin", vec![("concession", percent(*concession)), ("margin", percent(*margin))])
        }
        Sink::OrdersRefused { day, part } => {
            ("sink.orders_refused", vec![("day", day.to_string()), ("part", percent(*part))])
        }
        Sink::PriceFalls { from, to } => ("sink.price_falls", vec![("from", from.to_string()), ("to", to.to_string())]),
        Sink::ReleaseAboveTurnover { released_worth, turnover } => (
            "sink.release_above_turnover",
            vec![("released_worth", whole(*released_worth)), ("turnover", whole(*turnover))],
        ),
        Sink::GoodsAboveIncome { goods, income } => {
            ("sink.goods_above_income", vec![("goods", whole(*goods)), ("income", whole(*income))])
        }
        Sink::TreasuryEnds { left } => ("sink.treasury_ends", vec![("left", left.to_string())]),
        Sink::IncomeFromJoining { part } => ("sink.income_from_joining", vec![("part", percent(*part))]),
    };
    let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    sentence(language, key, &values)
}

#[cfg(test)]
mod tests {
    use gongxiang::quantity::{Points, Price};

    use super::*;

    #[test]
    fn every_word_of_the_catalogue_is_used_and_every_sink_has_one() {
        let sources = [
            include_str!("report.rs"),
            include_str!("files.rs"),
            include_str!("answers.rs"),
            include_str!("../init.rs"),
            include_str!("../wind_down.rs"),
        ]
        .concat();
        for (section, keys) in gongxiang_words::keys(gongxiang_words::Language::En) {
            for key in keys.iter().filter(|_| section == "pilots") {
                assert!(sources.contains(&format!("\"{key}\"")), "nothing says `{key}`");
            }
        }
        let rate = Rate::percent(10);
        let sinks = [
            Sink::ConcessionAboveMargin { concession: rate, margin: rate },
            Sink::OrdersRefused { day: 3, part: rate },
            Sink::PriceFalls { from: Price::default(), to: Price::default() },
            Sink::ReleaseAboveTurnover { released_worth: Money::yuan(3), turnover: Money::yuan(1) },
            Sink::GoodsAboveIncome { goods: Money::yuan(3), income: Money::yuan(1) },
            Sink::TreasuryEnds { left: Points::ZERO },
            Sink::IncomeFromJoining { part: rate },
        ];
        for language in [Language::English, Language::Chinese] {
            for sink in &sinks {
                let told = told(sink, language);
                assert!(!told.starts_with("sink.") && !told.contains('{'), "{told}");
            }
        }
    }

    #[test]
    fn only_nothing_has_no_height() {
        assert_eq!([0, 1, 50, 100].map(|value| sign(value, 100)), [' ', '▁', '▄', '█']);
        assert_eq!(sign(0, 0), ' ');
        assert_eq!(percent(Rate::percent(7)), "7 %");
        assert_eq!(percent(Rate::parse("0.0799").unwrap_or_default()), "7.9 %");
    }
}
