//! The balances of another system, as `balance.opened` (RULES.md section 4).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::Code;
use gongxiang::quantity::{OutOfRange, Points, ShareValue};

use super::cells::{self, Refused};
use super::mapping::{Pair, Reading};
use super::rows::BadRow;
use super::sheet::{Known, Sheet};
use crate::limits::IMPORT_MEMBERS_MAX;

const FIELDS: [Known; 3] = [
    Known {
        name: "member",
        columns: &["member", "会员", "会员ID", "会员编号", "会员号", "用户ID", "用户编号", "member_id"],
    },
    Known { name: "share_value", columns: &["share_value", "share value", "共享值", "共享值余额"] },
    Known { name: "points", columns: &["points", "共享积分", "积分", "积分余额"] },
];

/// What was read.
#[derive(Clone, Copy, Debug)]
pub struct Sums {
    pub members: u64,
    pub share_value: ShareValue,
    pub points: Points,
    /// Members without a balance.
    pub empty: u64,
    pub refused: u64,
}

/// Reads all balances and writes their events; `refused` hears of each row that has none.
///
/// # Errors
/// If the table cannot be read, lacks a column, or the events cannot be written.
pub fn read(
    file: &Path,
    reading: &Reading,
    columns: &[Pair<String>],
    register: bool,
    output: &mut impl std::io::Write,
    mut refused: impl FnMut(&BadRow),
) -> Result<Sums> {
    let mut sheet = Sheet::open(file, reading, &FIELDS, columns, &[])?;
    let mut sums = Sums { members: 0, share_value: ShareValue::ZERO, points: Points::ZERO, empty: 0, refused: 0 };
    let mut lines: HashMap<String, u64> = HashMap::new();
    while let Some(row) = sheet.next()? {
        let mut bad = Vec::new();
        match row {
            Err(width) => bad.push(width),
            Ok(row) => {
                let member = sheet.id(&row, "member", &mut bad);
                let share_value = sheet.value(&row, "share_value", cells::share_value, &mut bad);
                let points = sheet.value(&row, "points", cells::points, &mut bad);
                if member.is_none() && bad.is_empty() {
                    bad.push(sheet.bad(row.line, "member", Refused::bad_row("is empty")));
                }
                let below = [
                    (
                        "share_value",
                        share_value.filter(|value| *value < ShareValue::ZERO).map(|value| value.to_string()),
                    ),
                    ("points", points.filter(|value| *value < Points::ZERO).map(|value| value.to_string())),
                ];
                for (field, value) in below {
                    bad.extend(value.map(|value| sheet.bad(row.line, field, Refused::of(Code::BadAmount, &value))));
                }
                if let Some(member) = member.filter(|_| bad.is_empty()) {
                    if lines.len() == IMPORT_MEMBERS_MAX {
                        bail!("there are more than {IMPORT_MEMBERS_MAX} members: import them in parts");
                    }
                    if let Some(first) = lines.insert(member.to_string(), row.line) {
                        let message = format!("`{member}` stands in line {first} already: one member has one balance");
                        bad.push(sheet.bad(row.line, "member", Refused::bad_row(message)));
                    } else {
                        let opened = (share_value.filter(|v| v.is_positive()), points.filter(|v| v.is_positive()));
                        let text = event(member.as_str(), opened, register);
                        output.write_all(text.as_bytes()).context("cannot write the events")?;
                        if add(&mut sums, opened).is_err() {
                            bail!("line {}: out_of_range: {}", row.line, Code::OutOfRange.sentence());
                        }
                    }
                }
            }
        }
        sums.refused += u64::from(!bad.is_empty());
        bad.iter().for_each(&mut refused);
    }
    Ok(sums)
}

type Opened = (Option<ShareValue>, Option<Points>);

fn event(member: &str, (share_value, points): Opened, register: bool) -> String {
    // Writing to a text does not fail.
    let mut text = String::new();
    if register {
        _ = writeln!(text, r#"{{"type":"member.registered","member":"{member}"}}"#);
    }
    if share_value.is_none() && points.is_none() {
        return text;
    }
    _ = write!(text, r#"{{"type":"balance.opened","member":"{member}""#);
    if let Some(share_value) = share_value {
        _ = write!(text, r#","share_value":"{share_value}""#);
    }
    if let Some(points) = points {
        _ = write!(text, r#","points":"{points}""#);
    }
    text.push_str("}\n");
    text
}

fn add(sums: &mut Sums, (share_value, points): Opened) -> Result<(), OutOfRange> {
    if share_value.is_none() && points.is_none() {
        sums.empty += 1;
        return Ok(());
    }
    sums.members += 1;
    sums.share_value = sums.share_value.plus(share_value.unwrap_or(ShareValue::ZERO))?;
    sums.points = sums.points.plus(points.unwrap_or(Points::ZERO))?;
    Ok(())
}
