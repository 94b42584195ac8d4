//! The members of another system, with their referrers, packs, points, roles and shops.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use gongxiang::event::Code;
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Points;

use super::cells::{self, BadRow, CellError};
use super::ids::Known;
use super::mapping::{Pair, Reading};
use super::sheet::{Sheet, SheetField};
use super::table::Row;
use crate::limits::IMPORT_MEMBERS_MAX;

const FIELDS: [SheetField; 6] = [
    SheetField {
        name: "member",
        columns: &["member", "会员", "会员ID", "会员编号", "会员号", "用户ID", "用户编号", "member_id"],
    },
    SheetField { name: "referrer", columns: &["referrer", "推荐人", "推荐人ID", "邀请人"] },
    SheetField { name: "pack", columns: &["pack", "礼包"] },
    SheetField { name: "role", columns: &["role", "角色"] },
    SheetField { name: "points", columns: &["points", "共享积分", "积分"] },
    SheetField { name: "region", columns: &["region", "店铺地区"] },
];

struct MemberRow {
    line: u64,
    id: Id,
    referrer: Option<Id>,
    pack: Option<Id>,
    role: Option<Id>,
    points: Option<Points>,
    /// Of its shop.
    region: Option<Region>,
}

#[derive(Clone, Debug)]
pub struct Counts {
    pub members: u64,
    /// Members of whom the earlier journals have all that the table says.
    pub known: u64,
    pub packs: u64,
    pub without_pack: u64,
    pub shops: u64,
    /// Shops without points of this table.
    pub shops_without_points: u64,
    pub points: Points,
    pub refused: u64,
}

/// Reads all members and returns their events, referrers before those they referred. `report` gets every error.
pub fn read(
    file: &Path,
    reading: &Reading,
    columns: &[Pair<String>],
    defaults: &[Pair<String>],
    known: &Known,
    mut report: impl FnMut(&BadRow),
) -> Result<(String, Counts)> {
    let mut sheet = Sheet::open(file, reading, &FIELDS, columns, defaults)?;
    let (mut members, mut places) = (Vec::new(), HashMap::new());
    let mut counts = Counts {
        members: 0,
        known: 0,
        packs: 0,
        without_pack: 0,
        shops: 0,
        shops_without_points: 0,
        points: Points::ZERO,
        refused: 0,
    };
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
                bad.iter().for_each(&mut report);
            }
        }
    }
    let is_known = |member: &str| known.members.contains(member);
    let mut events = String::new();
    let mut visits = vec![Visit::None; members.len()];
    for start in 0..members.len() {
        for (place, outcome) in visit(start, &members, &places, &mut visits, &is_known) {
            let member = &members[place];
            match outcome {
                Ok(()) => write(member, known, &mut events, &mut counts)?,
                Err(why) => {
                    counts.refused += 1;
                    let referrer = member.referrer.as_ref().map(Id::to_string).unwrap_or_default();
                    let error = CellError::new(Code::UnknownMember, format!("`{referrer}` {why}"));
                    report(&sheet.bad(member.line, "referrer", error));
                }
            }
        }
    }
    Ok((events, counts))
}

fn member(
    sheet: &Sheet,
    row: &Row,
    places: &HashMap<Id, usize>,
    members: &[MemberRow],
) -> Result<MemberRow, Vec<BadRow>> {
    let mut bad = Vec::new();
    let line = row.line;
    let id = sheet.id(row, "member", &mut bad);
    let referrer = sheet.id(row, "referrer", &mut bad);
    let pack = sheet.id(row, "pack", &mut bad);
    let role = sheet.id(row, "role", &mut bad);
    let points = sheet.value(row, "points", cells::points, &mut bad);
    let region = sheet.value(row, "region", cells::region, &mut bad);
    if id.is_none() && bad.is_empty() {
        bad.push(sheet.bad(line, "member", CellError::bad_row("is empty")));
    }
    if let Some(points) = points.filter(|points| *points < Points::ZERO) {
        bad.push(sheet.bad(line, "points", CellError::of(Code::BadAmount, &points.to_string())));
    }
    if let Some(first) = id.as_ref().and_then(|id| places.get(id)).and_then(|place| members.get(*place)) {
        let message = format!("`{}` stands in line {} already", first.id, first.line);
        bad.push(sheet.bad(line, "member", CellError::new(Code::MemberExists, message)));
    }
    match id {
        Some(id) if bad.is_empty() => Ok(MemberRow { line, id, referrer, pack, role, points, region }),
        _ => Err(bad),
    }
}

/// The state of a member while referrers are put first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visit {
    None,
    /// On the way up from a member that it may have referred.
    Begun,
    Registered,
    CellError,
}

/// The chain of referrers of `start`, from the top down, with the reason if a member cannot be registered.
fn visit(
    start: usize,
    members: &[MemberRow],
    places: &HashMap<Id, usize>,
    visits: &mut [Visit],
    is_known: &impl Fn(&str) -> bool,
) -> Vec<(usize, Result<(), &'static str>)> {
    let (mut chain, mut at) = (Vec::new(), start);
    let mut outcome = loop {
        match visits[at] {
            Visit::Registered => break Ok(()),
            Visit::CellError => break Err("is refused itself"),
            Visit::Begun => break Err("was referred by this member: the table has a circle"),
            Visit::None => {
                visits[at] = Visit::Begun;
                chain.push(at);
            }
        }
        let Some(referrer) = &members[at].referrer else { break Ok(()) };
        match places.get(referrer) {
            Some(place) => at = *place,
            None if is_known(referrer.as_str()) => break Ok(()),
            None => break Err("is in no row, nor in an earlier journal (`--after`)"),
        }
    };
    let mut settled = Vec::new();
    for place in chain.into_iter().rev() {
        visits[place] = if outcome.is_ok() { Visit::Registered } else { Visit::CellError };
        settled.push((place, outcome));
        outcome = outcome.map_err(|_| "is refused itself");
    }
    settled
}

/// Writes what the earlier journals do not have of a member.
fn write(member: &MemberRow, known: &Known, events: &mut String, counts: &mut Counts) -> Result<()> {
    let MemberRow { id, referrer, pack, role, points, region, .. } = member;
    let before = events.len();
    if !known.members.contains(id.as_str()) {
        match referrer {
            Some(referrer) => {
                writeln!(events, r#"{{"type":"member.registered","member":"{id}","referrer":"{referrer}"}}"#)?;
            }
            None => writeln!(events, r#"{{"type":"member.registered","member":"{id}"}}"#)?,
        }
    }
    let mut write = |kind: &str, says: &str| {
        let event = known.ids.of(format_args!("{kind} {id} {says}"));
        let is_new = !known.ids.has(&event);
        if is_new {
            // Writing to a string cannot fail.
            _ = writeln!(events, r#"{{"type":"{kind}","member":"{id}",{says},"id":"{event}"}}"#);
        }
        is_new
    };
    if let Some(pack) = pack
        && write("pack.purchased", &format!(r#""pack":"{pack}""#))
    {
        counts.packs += 1;
    }
    if let Some(role) = role {
        write("role.assigned", &format!(r#""role":"{role}""#));
    }
    let points = points.filter(|points| points.is_positive());
    if let Some(points) = points
        && write("treasury.granted", &format!(r#""points":"{points}""#))
    {
        let Ok(sum) = counts.points.plus(points) else { bail!("out_of_range: {}", Code::OutOfRange.sentence()) };
        counts.points = sum;
    }
    if let Some(region) = region
        && write("merchant.opened", &format!(r#""region":"{region}""#))
    {
        counts.shops += 1;
        counts.shops_without_points += u64::from(points.is_none());
    }
    if events.len() > before {
        counts.members += 1;
        counts.without_pack += u64::from(pack.is_none());
    } else {
        counts.known += 1;
    }
    Ok(())
}
