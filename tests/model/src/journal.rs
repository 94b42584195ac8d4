//! Random journals: a seeded function, and a strategy for property tests that shrinks by leaving events out.
//!
//! The writer asks the model who has points and which trades are open. So most events are accepted, and about one event in
//! eight is wrong on purpose.

mod dice;
mod parties;
mod rule_sets;
mod trading;
mod writer;
mod wrong;
mod wrong_form;

use std::fmt;
use std::ops::RangeInclusive;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::dates;
use dice::{Dice, Step};
use writer::Writer;

/// A rule set and a journal of `length` events, the same for the same arguments.
#[must_use]
pub fn random_journal(seed: u64, length: usize) -> (Value, Vec<Value>) {
    let (rules, steps) = write(seed, length);
    (rules, steps.into_iter().map(|step| step.event).collect())
}

fn write(seed: u64, length: usize) -> (Value, Vec<Step>) {
    let mut dice = Dice(seed);
    let rules = rule_sets::random(&mut dice);
    let steps = Writer::new(dice, &rules).map(|writer| writer.write(length)).unwrap_or_default();
    (rules, steps)
}

/// A journal with its rule set, as a property test gets it.
#[derive(Clone, PartialEq, Eq)]
pub struct Journal {
    /// The rule set.
    pub rules: Value,
    /// The events.
    pub events: Vec<Value>,
}

impl fmt::Debug for Journal {
    /// As lines that can be pasted into a file: the rules, then one event a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.rules)?;
        self.events.iter().try_for_each(|event| writeln!(f, "{event}"))
    }
}

/// Journals of a length within `lengths`.
#[must_use]
pub fn journals(lengths: RangeInclusive<usize>) -> Journals {
    Journals { lengths }
}

/// The strategy of [`journals`].
#[derive(Debug, Clone)]
pub struct Journals {
    lengths: RangeInclusive<usize>,
}

impl Strategy for Journals {
    type Tree = Shrinking;
    type Value = Journal;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        use proptest::num::u64::ANY;
        let seed = ANY.new_tree(runner)?.current();
        let length = self.lengths.clone().new_tree(runner)?.current();
        let (rules, steps) = write(seed, length);
        Ok(Shrinking::new(rules, steps))
    }
}

/// A journal while it is shrunk: runs of events are left out, long ones first, single events last.
#[derive(Debug, Clone)]
pub struct Shrinking {
    rules: Value,
    steps: Vec<Step>,
    /// How many events are left out at a time.
    run: usize,
    at: usize,
    /// What was there before the last attempt.
    before: Option<Vec<Step>>,
}

impl Shrinking {
    fn new(rules: Value, steps: Vec<Step>) -> Self {
        let run = steps.len().div_ceil(2);
        Self { rules, steps, run, at: 0, before: None }
    }
}

impl ValueTree for Shrinking {
    type Value = Journal;

    fn current(&self) -> Journal {
        let mut today = self.rules["genesis_day"].as_str().and_then(dates::number).unwrap_or_default();
        let mut events = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let mut event = step.event.clone();
            if step.names_today {
                event["day"] = json!(dates::text(today));
            }
            today += i64::from(step.closes);
            events.push(event);
        }
        Journal { rules: self.rules.clone(), events }
    }

    fn simplify(&mut self) -> bool {
        if self.at >= self.steps.len() {
            if self.run <= 1 {
                return false;
            }
            self.run = self.run.div_ceil(2);
            self.at = 0;
        }
        if self.steps.is_empty() {
            return false;
        }
        self.before = Some(self.steps.clone());
        let end = (self.at + self.run).min(self.steps.len());
        self.steps.drain(self.at..end);
        true
    }

    fn complicate(&mut self) -> bool {
        let Some(before) = self.before.take() else { return false };
        self.steps = before;
        self.at += self.run;
        // What is current again did fail: it may be simplified further.
        true
    }
}
