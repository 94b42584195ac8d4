//! The balances of another system, as `balance.opened` (RULES.md section 4).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::Code;
use gongxiang::identity::Id;
use gongxiang::quantity::{OutOfRange, Points, ShareValue};

use super::cells::{self, BadRow, CellError};
use super::ids::EventIds;
use super::mapping::{Pair, Reading};
use super::sheet::{Sheet, SheetField};
use super::table::Row;
use crate::limits::IMPORT_MEMBERS_MAX;

const FIELDS: [SheetField; 3] = [
    SheetField {
        name: "member",
        columns: &["member", "会员", "会员ID", "会员编号", "会员号", "用户ID", "用户编号", "member_id"],
    },
    SheetField { name: "share_value", columns: &["share_value", "share value", "共享值", "共享值余额"] },
    SheetField { name: "points", columns: &["points", "共享积分", "积分", "积分余额"] },
];

#[derive(Clone, Copy, Debug)]
pub struct Sums {
    pub members: u64,
    pub share_value: ShareValue,
    pub points: Points,
    /// Members without a balance.
    pub empty: u64,
    pub refused: u64,
}

struct BalanceRow {
    member: Id,
    share_value: Option<ShareValue>,
    points: Option<Points>,
}

/// Reads all balances and writes their events. `report` gets every error.
pub fn read(
    file: &Path,
    reading: &Reading,
    columns: &[Pair<String>],
    register: bool,
    ids: &EventIds,
    output: &mut dyn io::Write,
    mut report: impl FnMut(&BadRow),
) -> Result<Sums> {
    let mut sheet = Sheet::open(file, reading, &FIELDS, columns, &[])?;
    let mut sums = Sums { members: 0, share_value: ShareValue::ZERO, points: Points::ZERO, empty: 0, refused: 0 };
    let mut lines = HashMap::new();
    while let Some(row) = sheet.next()? {
        if lines.len() == IMPORT_MEMBERS_MAX {
            bail!("there are more than {IMPORT_MEMBERS_MAX} members: import them in parts");
        }
        match row.map_err(|bad| vec![bad]).and_then(|row| balance(&sheet, &row, &mut lines)) {
            Ok((line, balance)) => {
                let text = event(&balance, register, ids);
                output.write_all(text.as_bytes()).context("cannot write the events")?;
                if sums.add(&balance).is_err() {
                    bail!("line {line}: out_of_range: {}", Code::OutOfRange.sentence());
                }
            }
            Err(bad) => {
                sums.refused += 1;
                bad.iter().for_each(&mut report);
            }
        }
    }
    Ok(sums)
}

/// The balance in a row, with its line; `lines` has the line of each member.
fn balance(sheet: &Sheet, row: &Row, lines: &mut HashMap<Id, u64>) -> Result<(u64, BalanceRow), Vec<BadRow>> {
    let (mut bad, line) = (Vec::new(), row.line);
    let member = sheet.id(row, "member", &mut bad);
    let share_value = sheet.value(row, "share_value", cells::share_value, &mut bad);
    let points = sheet.value(row, "points", cells::points, &mut bad);
    if member.is_none() && bad.is_empty() {
        bad.push(sheet.bad(line, "member", CellError::bad_row("is empty")));
    }
    let negative = [
        ("share_value", share_value.filter(|value| *value < ShareValue::ZERO).map(|value| value.to_string())),
        ("points", points.filter(|value| *value < Points::ZERO).map(|value| value.to_string())),
    ];
    for (field, value) in negative {
        bad.extend(value.map(|value| sheet.bad(line, field, CellError::of(Code::BadAmount, &value))));
    }
    let Some(member) = member.filter(|_| bad.is_empty()) else { return Err(bad) };
    if let Some(first) = lines.insert(member.clone(), line) {
        let message = format!("`{member}` stands in line {first} already: one member has one balance");
        return Err(vec![sheet.bad(line, "member", CellError::bad_row(message))]);
    }
    let (share_value, points) = (share_value.filter(|v| v.is_positive()), points.filter(|v| v.is_positive()));
    Ok((line, BalanceRow { member, share_value, points }))
}

fn event(balance: &BalanceRow, register: bool, ids: &EventIds) -> String {
    let BalanceRow { member, share_value, points } = balance;
    // Writing to a string cannot fail.
    let mut text = String::new();
    if register {
        _ = writeln!(text, r#"{{"type":"member.registered","member":"{member}"}}"#);
    }
    if share_value.is_none() && points.is_none() {
        return text;
    }
    let mut balance = format!(r#""member":"{member}""#);
    if let Some(share_value) = share_value {
        _ = write!(balance, r#","share_value":"{share_value}""#);
    }
    if let Some(points) = points {
        _ = write!(balance, r#","points":"{points}""#);
    }
    let id = ids.of(format_args!("balance {balance}"));
    _ = writeln!(text, r#"{{"type":"balance.opened",{balance},"id":"{id}"}}"#);
    text
}

impl Sums {
    fn add(&mut self, balance: &BalanceRow) -> Result<(), OutOfRange> {
        let BalanceRow { share_value, points, .. } = balance;
        if share_value.is_none() && points.is_none() {
            self.empty += 1;
            return Ok(());
        }
        self.members += 1;
        self.share_value = self.share_value.plus(share_value.unwrap_or(ShareValue::ZERO))?;
        self.points = self.points.plus(points.unwrap_or(Points::ZERO))?;
        Ok(())
    }
}
