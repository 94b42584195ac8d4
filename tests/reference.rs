//! The release room against numbers from other projects' tests of the same mathematics (`tests/data/reference-cases.json`).

use std::collections::BTreeMap;

use gongxiang::quantity::{Index, OutOfRange, Points, ShareValue};
use gongxiang::release::{Grant, Holding, Release};
use serde_json::Value;

/// A decimal as a whole number of 10^-18, however many places it has.
fn exact(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<18}").parse().expect("a decimal with at most 18 places")
}

#[derive(Default)]
struct Network {
    /// The case, and the operation at which it is.
    at: String,
    release: Release,
    ended: Vec<Index>,
    members: BTreeMap<String, (Holding, Points)>,
}

impl Network {
    fn settle(&mut self, name: &str) -> Result<&mut Holding, OutOfRange> {
        let release = self.release;
        let new = (Holding::new_at(&release), Points::ZERO);
        let (holding, points) = self.members.entry(name.into()).or_insert(new);
        *points = points.plus(release.settle(holding, &self.ended)?)?;
        Ok(holding)
    }

    fn run(&mut self, op: &[&str], tolerance: i128) -> Result<(), OutOfRange> {
        let value = |text| ShareValue::parse(text).expect("share value");
        match *op {
            ["give", name, amount] => {
                let mut release = self.release;
                release.give(self.settle(name)?, value(amount))?;
                self.release = release;
            }
            ["release", points, amount] => {
                let ended = self.release.release(Points::parse(points).expect("points"), value(amount))?;
                self.ended.extend(ended);
            }
            ["leave", name] => {
                let mut release = self.release;
                let ended = self.ended.clone();
                let holding = self.settle(name)?;
                let all = Grant { units: holding.units, acc: holding.acc, era: holding.era };
                release.take_back(holding, &all, &ended)?;
                self.release = release;
            }
            ["expect", name, share_value, points] => self.expect(name, share_value, points, tolerance)?,
            _ => panic!("{}: nobody knows this operation", self.at),
        }
        Ok(())
    }

    fn expect(&mut self, name: &str, share_value: &str, points: &str, tolerance: i128) -> Result<(), OutOfRange> {
        let nav = self.release.nav;
        let has = self.settle(name)?.units.share_value_floor(nav)?;
        let (_, has_points) = self.members[name];
        for (what, got, expected) in
            [("share value", has.to_string(), share_value), ("points", has_points.to_string(), points)]
        {
            let off = (exact(&got) - exact(expected)).abs();
            assert!(off <= tolerance, "{}: {name} has {got} {what}, not {expected}", self.at);
        }
        Ok(())
    }
}

#[test]
fn the_release_room_reproduces_other_projects_numbers() {
    let cases: Value = serde_json::from_str(include_str!("data/reference-cases.json")).expect("JSON");
    let cases = cases.as_array().expect("a list of cases");
    assert_eq!(cases.len(), 15);
    for case in cases {
        let text = |value: &Value| String::from(value.as_str().expect("a text"));
        let id = text(&case["id"]);
        let tolerance = exact(&text(&case["tolerance"]));
        let mut network = Network::default();
        for (number, op) in (1..).zip(case["ops"].as_array().expect("operations")) {
            let op: Vec<_> = op.as_array().expect("an operation").iter().map(text).collect();
            let op: Vec<_> = op.iter().map(String::as_str).collect();
            network.at = format!("{id}, operation {number} ({})", op.join(" "));
            network.run(&op, tolerance).unwrap_or_else(|error| panic!("{}: {error}", network.at));
        }
        network.at = format!("{id}, at the end");
        for (name, expected) in case["expect"].as_object().expect("expectations") {
            network
                .expect(name, &text(&expected["share_value"]), &text(&expected["points"]), tolerance)
                .unwrap_or_else(|error| panic!("{}: {name}: {error}", network.at));
        }
    }
}
