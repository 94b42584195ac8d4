//! The members of another system: who referred them, and what packs, points, roles and shops they have.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use gongxiang::event::Code;
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Points;

use super::cells::{self, Refused};
use super::mapping::{Pair, Reading};
use super::rows::BadRow;
use super::sheet::{Known, Sheet};
use crate::limits::IMPORT_MEMBERS_MAX;

const FIELDS: [Known; 6] = [
    Known {
        name: "member",
        columns: &["member", "会员", "会员ID", "会员编号", "会员号", "用户ID", "用户编号", "member_id"],
    },
    Known { name: "referrer", columns: &["referrer", "推荐人", "推荐人ID", "邀请人"] },
    Known { name: "pack", columns: &["pack", "礼包"] },
    Known { name: "role", columns: &["role", "角色"] },
    Known { name: "points", columns: &["points", "共享积分", "积分"] },
    Known { name: "region", columns: &["region", "店铺地区"] },
];

/// A member as the table has it.
struct Member {
    line: u64,
    id: Id,
    referrer: Option<Id>,
    pack: Option<Id>,
    role: Option<Id>,
    points: Option<Points>,
    /// Of its shop.
    region: Option<Region>,
}

/// What the table became.
#[derive(Clone, Debug)]
pub struct Counts {
    pub members: u64,
    pub packs: u64,
    pub shops: u64,
    /// Shops without points of this table.
    pub shops_without_points: u64,
    pub points: Points,
    pub refused: u64,
}

/// Reads all members and answers with their events, a referrer before those it referred.
///
/// # Errors
/// If the table cannot be read, lacks a column, or has too many rows.
pub fn read(
    file: &Path,
    reading: &Reading,
    columns: &[Pair<String>],
    defaults: &[Pair<String>],
    is_known: impl Fn(&str) -> bool,
    mut refused: impl FnMut(&BadRow),
) -> Result<(String, Counts)> {
    let mut sheet = Sheet::open(file, reading, &FIELDS, columns, defaults)?;
    let (mut members, mut places) = (Vec::new(), HashMap::new());
    let mut counts =
        Counts { members: 0, packs: 0, shops: 0, shops_without_points: 0, points: Points::ZERO, refused: 0 };
    while let Some(row) = sheet.next()? {
        if members.len() == IMPORT_MEMBERS_MAX {
            bail!("there are more than {IMPORT_MEMBERS_MAX} members: import them in parts");
        }
        let read = row.map_err(|bad| vec![bad]).and_then(|row| member(&sheet, &row, &places, &members));
        match read {
            Ok(member) => {
                places.insert(member.id.clone(), members.len());
                members.push(member);
            }
            Err(bad) => {
                counts.refused += 1;
                bad.iter().for_each(&mut refused);
            }
        }
    }
    let mut events = String::new();
    let mut known = vec![Turn::Waiting; members.len()];
    for start in 0..members.len() {
        for (place, outcome) in turns(start, &members, &places, &mut known, &is_known) {
            let member = &members[place];
            match outcome {
                Ok(()) => write(member, is_known(member.id.as_str()), &mut events, &mut counts)?,
                Err(why) => {
                    counts.refused += 1;
                    let referrer = member.referrer.as_ref().map(Id::to_string).unwrap_or_default();
                    let refused_ =
                        Refused { code: Code::UnknownMember.as_str(), message: format!("`{referrer}` {why}") };
                    refused(&sheet.bad(member.line, "referrer", refused_));
                }
            }
        }
    }
    Ok((events, counts))
}

fn member(
    sheet: &Sheet,
    row: &super::table::Row,
    places: &HashMap<Id, usize>,
    members: &[Member],
) -> Result<Member, Vec<BadRow>> {
    let mut bad = Vec::new();
    let line = row.line;
    let id = sheet.id(row, "member", &mut bad);
    let referrer = sheet.id(row, "referrer", &mut bad);
    let pack = sheet.id(row, "pack", &mut bad);
    let role = sheet.id(row, "role", &mut bad);
    let points = sheet.value(row, "points", cells::points, &mut bad);
    let region = sheet.value(row, "region", cells::region, &mut bad);
    if id.is_none() && bad.is_empty() {
        bad.push(sheet.bad(line, "member", Refused::bad_row("is empty")));
    }
    if let Some(points) = points.filter(|points| *points < Points::ZERO) {
        bad.push(sheet.bad(line, "points", Refused::of(Code::BadAmount, &points.to_string())));
    }
    if let Some(first) = id.as_ref().and_then(|id| places.get(id)).and_then(|place| members.get(*place)) {
        let message = format!("`{}` stands in line {} already", first.id, first.line);
        bad.push(sheet.bad(line, "member", Refused { code: Code::MemberExists.as_str(), message }));
    }
    match id {
        Some(id) if bad.is_empty() => Ok(Member { line, id, referrer, pack, role, points, region }),
        _ => Err(bad),
    }
}

/// Where a member stands while referrers are put first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Waiting,
    /// Looked at, on the way from somebody it may have referred.
    Asked,
    Registered,
    Refused,
}

/// Members that can be settled now, from the one furthest up the chain of `start` down to it, or why not.
fn turns(
    start: usize,
    members: &[Member],
    places: &HashMap<Id, usize>,
    turns: &mut [Turn],
    is_known: &impl Fn(&str) -> bool,
) -> Vec<(usize, Result<(), &'static str>)> {
    let (mut chain, mut at) = (Vec::new(), start);
    let mut outcome = loop {
        match turns[at] {
            Turn::Registered => break Ok(()),
            Turn::Refused => break Err("is refused itself"),
            Turn::Asked => break Err("was referred by this member: the table has a circle"),
            Turn::Waiting => {
                turns[at] = Turn::Asked;
                chain.push(at);
            }
        }
        let Some(referrer) = &members[at].referrer else { break Ok(()) };
        match places.get(referrer) {
            Some(place) => at = *place,
            None if is_known(referrer.as_str()) => break Ok(()),
            None => break Err("is in no row, nor in a journal before it (`--after`)"),
        }
    };
    let mut settled = Vec::new();
    for place in chain.into_iter().rev() {
        turns[place] = if outcome.is_ok() { Turn::Registered } else { Turn::Refused };
        settled.push((place, outcome));
        outcome = outcome.map_err(|_| "is refused itself");
    }
    settled
}

fn write(member: &Member, is_known: bool, events: &mut String, counts: &mut Counts) -> Result<()> {
    let Member { id, referrer, pack, role, points, region, .. } = member;
    if !is_known {
        match referrer {
            Some(referrer) => {
                writeln!(events, r#"{{"type":"member.registered","member":"{id}","referrer":"{referrer}"}}"#)?;
            }
            None => writeln!(events, r#"{{"type":"member.registered","member":"{id}"}}"#)?,
        }
    }
    counts.members += 1;
    if let Some(pack) = pack {
        writeln!(events, r#"{{"type":"pack.purchased","member":"{id}","pack":"{pack}"}}"#)?;
        counts.packs += 1;
    }
    if let Some(role) = role {
        writeln!(events, r#"{{"type":"role.assigned","member":"{id}","role":"{role}"}}"#)?;
    }
    let points = points.filter(|points| points.is_positive());
    if let Some(points) = points {
        writeln!(events, r#"{{"type":"treasury.granted","member":"{id}","points":"{points}"}}"#)?;
        let Ok(sum) = counts.points.plus(points) else { bail!("out_of_range: {}", Code::OutOfRange.sentence()) };
        counts.points = sum;
    }
    if let Some(region) = region {
        writeln!(events, r#"{{"type":"merchant.opened","member":"{id}","region":"{region}"}}"#)?;
        counts.shops += 1;
        counts.shops_without_points += u64::from(points.is_none());
    }
    Ok(())
}
