//! The questions of `gongxiang init`. Flags answer them; on a terminal, the command asks what no flag answers.

use std::io::{BufRead, Write};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use gongxiang::identity::Day;
use gongxiang::quantity::{Money, OutOfRange, Rate};

use super::words::word;
use crate::cli::settings::parse_day;
use crate::language::Language;

/// The most shops of a pilot, and the most members: beyond, it is no pilot.
const SHOPS_MAX: u32 = 10_000;
const MEMBERS_MAX: u32 = 10_000_000;
/// The most yuan of sales a day.
const SALES_MAX: i32 = 1_000_000_000;
/// The most days in which goods may come back.
const RETURN_DAYS_MAX: u64 = 90;
/// How often a question is asked again.
const TRIES: usize = 3;

/// The questions. What is left out is asked on a terminal; where there is none, the first five are needed.
#[derive(Args, Clone, Debug, Default)]
pub struct Questions {
    /// How many shops begin.
    #[arg(long, value_parser = shops)]
    pub shops: Option<u32>,
    /// How many members are expected.
    #[arg(long, value_parser = members)]
    pub members: Option<u32>,
    /// What all shops together sell to members on a usual day, in yuan.
    #[arg(long, value_name = "YUAN", value_parser = sales)]
    pub sales: Option<Money>,
    /// The part of a sale that a shop gives up, such as `10%`.
    #[arg(long, value_name = "PART", value_parser = part)]
    pub concession: Option<Rate>,
    /// The part of a sale that is left to a shop after the cost of the goods, such as `30%`.
    #[arg(long, value_name = "PART", value_parser = part)]
    pub margin: Option<Rate>,
    /// The first day, `YYYY-MM-DD` [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub first_day: Option<Day>,
    /// The rules to begin with: a preset (single-level, seed) or a TOML file that is written like one [default: single-level]
    #[arg(long)]
    pub rules: Option<String>,
    /// The days in which a customer may bring goods back; rewards vest after them [default: 7]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(..=RETURN_DAYS_MAX))]
    pub return_days: Option<u64>,
    /// The part of the sales that is delivered, such as `20%`; the rest is sold at the counter [default: 0%]
    #[arg(long, value_name = "PART", value_parser = any_part)]
    pub online: Option<Rate>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answers {
    pub shops: u32,
    pub members: u32,
    /// Of all shops, on a usual day.
    pub sales: Money,
    pub concession: Rate,
    pub margin: Rate,
    pub first_day: Day,
    pub rules: String,
    pub return_days: u64,
    pub online: Rate,
}

impl Answers {
    /// The concessions of a usual day, in yuan, rounded down.
    pub fn daily_concession(&self) -> Result<Money, OutOfRange> {
        let cents = self.sales.raw().checked_mul(self.concession.raw()).ok_or(OutOfRange)? / Rate::SCALE;
        Money::checked_from_raw(cents).ok_or(OutOfRange)
    }
}

fn shops(text: &str) -> Result<u32, String> {
    whole(text, SHOPS_MAX)
}

fn members(text: &str) -> Result<u32, String> {
    whole(text, MEMBERS_MAX)
}

fn whole(text: &str, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("must be a whole number from 1 to {most}"))
}

fn sales(text: &str) -> Result<Money, String> {
    let money = Money::parse(text).map_err(|error| error.to_string())?;
    let fits = money >= Money::yuan(1) && money <= Money::yuan(SALES_MAX);
    if fits { Ok(money) } else { Err(format!("must be from 1 to {SALES_MAX} yuan")) }
}

/// A part above 0 and below 1.
fn part(text: &str) -> Result<Rate, String> {
    let part = any_part(text)?;
    if part.is_positive() && part < Rate::ONE { Ok(part) } else { Err("must be above 0% and below 100%".into()) }
}

/// A part from 0 to 1, as `10%` or `0.1`.
fn any_part(text: &str) -> Result<Rate, String> {
    let (number, parts) = text.strip_suffix('%').map_or((text, 1), |number| (number.trim_end(), 100));
    let rate = Rate::parse(number).map_err(|error| error.to_string())?;
    if rate.raw() % parts != 0 {
        return Err("has too many decimal places".into());
    }
    let rate = Rate::checked_from_raw(rate.raw() / parts).filter(|rate| rate.is_part());
    rate.ok_or_else(|| "must be between 0% and 100%".into())
}

fn return_days(text: &str) -> Result<u64, String> {
    let days = text.parse().ok().filter(|days| *days <= RETURN_DAYS_MAX);
    days.ok_or_else(|| format!("must be a whole number from 0 to {RETURN_DAYS_MAX}"))
}

impl Questions {
    /// Whether every question that has no default is answered.
    pub fn are_answered(&self) -> bool {
        self.open().is_empty()
    }

    fn open(&self) -> Vec<&'static str> {
        let needed = [
            ("--shops", self.shops.is_none()),
            ("--members", self.members.is_none()),
            ("--sales", self.sales.is_none()),
            ("--concession", self.concession.is_none()),
            ("--margin", self.margin.is_none()),
        ];
        needed.into_iter().filter(|(_, is_open)| *is_open).map(|(flag, _)| flag).collect()
    }

    /// The answers by flags alone; what has a default and no flag takes the default.
    pub fn answered(&self, today: Day) -> Result<Answers> {
        let without = || format!("without a terminal nobody can be asked: name {}", self.open().join(", "));
        Ok(Answers {
            shops: self.shops.with_context(without)?,
            members: self.members.with_context(without)?,
            sales: self.sales.with_context(without)?,
            concession: self.concession.with_context(without)?,
            margin: self.margin.with_context(without)?,
            first_day: self.first_day.unwrap_or(today),
            rules: self.rules.clone().unwrap_or_else(|| "single-level".into()),
            return_days: self.return_days.unwrap_or(7),
            online: self.online.unwrap_or_default(),
        })
    }

    /// Asks for what no flag says. An empty answer takes what stands in brackets.
    pub fn ask(
        &self,
        today: Day,
        language: Language,
        input: &mut dyn BufRead,
        output: &mut dyn Write,
    ) -> Result<Answers> {
        let mut ask = Dialogue { language, input, output };
        Ok(Answers {
            shops: ask.for_value(self.shops, "ask.shops", "3", shops)?,
            members: ask.for_value(self.members, "ask.members", "100", members)?,
            sales: ask.for_value(self.sales, "ask.sales", "6000", sales)?,
            concession: ask.for_value(self.concession, "ask.concession", "10%", part)?,
            margin: ask.for_value(self.margin, "ask.margin", "30%", part)?,
            first_day: ask.for_value(self.first_day, "ask.first_day", &today.to_string(), parse_day)?,
            rules: ask.for_value(self.rules.clone(), "ask.rules", "single-level", |text| Ok(text.to_owned()))?,
            return_days: ask.for_value(self.return_days, "ask.return_days", "7", return_days)?,
            online: ask.for_value(self.online, "ask.online", "0%", any_part)?,
        })
    }
}

/// Questions and answers, line by line.
struct Dialogue<'a> {
    language: Language,
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
}

impl Dialogue<'_> {
    /// The value of a flag, or else the answer to a question.
    fn for_value<T>(
        &mut self,
        flag: Option<T>,
        question: &'static str,
        otherwise: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T> {
        if let Some(value) = flag {
            return Ok(value);
        }
        let question = format!("{} [{otherwise}] ", word(self.language, question));
        for _ in 0..TRIES {
            let answer = prompt(self.input, self.output, &question)?;
            let answer = if answer.is_empty() { otherwise } else { &answer };
            match read(answer) {
                Ok(value) => return Ok(value),
                Err(error) => writeln!(self.output, "`{answer}` {error}")?,
            }
        }
        bail!("no answer after {TRIES} tries, so nothing is made");
    }
}

/// One line of an answer, without blanks at its ends.
pub fn prompt(input: &mut dyn BufRead, output: &mut dyn Write, question: &str) -> Result<String> {
    write!(output, "{question}")?;
    output.flush()?;
    let mut line = String::new();
    if input.read_line(&mut line).context("cannot read the answer")? == 0 {
        bail!("the answers ended, so nothing is made");
    }
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-12-01").unwrap_or_else(|| panic!("a day"))
    }

    #[test]
    fn an_empty_answer_takes_the_default_and_a_bad_one_is_asked_again() {
        let mut output = Vec::new();
        let mut input = "\n120\n-5\n8000.50\n12.5%\n\n\n\n14\n\n".as_bytes();
        let answers = Questions::default()
            .ask(today(), Language::English, &mut input, &mut output)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((answers.shops, answers.members, answers.return_days), (3, 120, 14));
        assert_eq!(answers.sales.to_string(), "8000.5");
        assert_eq!((answers.concession.to_string(), answers.margin.to_string()), ("0.125".into(), "0.3".into()));
        assert_eq!((answers.first_day, answers.rules.as_str()), (today(), "single-level"));
        assert_eq!(answers.daily_concession().map(|money| money.to_string()), Ok("1000.06".into()));
        let output = String::from_utf8_lossy(&output);
        assert_eq!(output.matches("on a usual day").count(), 2, "{output}");
        assert!(output.contains("`-5` must be from 1 to"), "{output}");
    }

    #[test]
    fn a_flag_is_not_asked_for_and_an_end_of_input_makes_nothing() {
        let questions = Questions { shops: Some(9), ..Questions::default() };
        let mut output = Vec::new();
        let error = questions
            .ask(today(), Language::Chinese, &mut "".as_bytes(), &mut output)
            .err()
            .map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("the answers ended, so nothing is made"));
        let asked = String::from_utf8_lossy(&output);
        assert!(asked.starts_with("预计多少位会员？") && !asked.contains("家店铺"), "{asked}");
        let open = questions.answered(today()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(open.contains("--members, --sales, --concession, --margin") && !open.contains("--shops"), "{open}");
    }

    #[test]
    fn a_part_is_a_percentage_or_a_decimal() {
        assert_eq!(any_part("12.5%"), any_part("0.125"));
        assert_eq!(part("0%"), Err("must be above 0% and below 100%".into()));
        assert!(part("100%").is_err() && any_part("101%").is_err() && any_part("-1%").is_err() && part("ten").is_err());
    }
}
