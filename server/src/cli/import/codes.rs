//! Settles members into a book at once, and prints the sheet of codes by which they sign in first.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use fast_qr::QRBuilder;
use gongxiang::event::{Code, Event};
use gongxiang::identity::Id;

use crate::cli::replay::settle;
use crate::cli::{open_existing, with_ledger};
use crate::ledger::group::Denial;
use crate::ledger::journal::{JournalLine, JournalReader};
use crate::ledger::store::Store;
use crate::output::Output;
use crate::people::actions::{COMMAND_LINE, Deed};
use crate::people::enrolments::EnrolmentOutcome;
use crate::people::holder::Holder;
use crate::people::store::People;

/// Where the members go, and the form of their sheet.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    pub database: &'a str,
    /// Where the wallet is; without it, the sheet has codes and no links.
    pub origin: Option<&'a str>,
    /// A page to print, with a QR code for each; without it, lines on standard output.
    pub sheet: Option<&'a Path>,
}

/// A new member, and what lets it in.
struct Ticket {
    member: Id,
    /// A link or a code.
    way_in: String,
}

#[derive(Clone, Debug, Default)]
pub struct Settled {
    pub events: usize,
    /// Members that were there already: they get no code.
    pub known: usize,
    /// Everything else that was refused.
    pub refused: usize,
    pub codes: usize,
    /// How long the codes hold, in hours.
    pub hours: i64,
}

/// Settles the events of a table of members and writes a sheet of codes for those who are new. The server may keep running. What was
/// settled before counts once, as in any journal that is sent again.
pub async fn settle_members(events: &str, destination: Destination<'_>, report: fn(&str)) -> Result<Settled> {
    let lines: Vec<JournalLine> =
        JournalReader::new(events.as_bytes()).map(|line| Ok(line??)).collect::<Result<_>>().context("a bad event")?;
    // Before anything is settled, so that a sheet that cannot be written costs nothing.
    let sheet = destination.sheet.map(|file| Output::open(Some(file))).transpose()?;
    let store = open_existing(destination.database).await?;
    let people = People::new(store.pool().clone());
    let store: Arc<dyn Store> = Arc::new(store);
    let (mut settled, mut denied) = (Settled::default(), Vec::new());
    settled.events = with_ledger(Arc::clone(&store), async |ledger| {
        let sent = &mut lines.iter().cloned().map(|line| Ok(Ok(line)));
        settle(sent, ledger, |number, denial| {
            denied.push((number - 1, denial.clone()));
            Ok(())
        })
        .await
    })
    .await?;
    for (at, denial) in &denied {
        match denial {
            Denial::Refused(refusal) if refusal.code == Code::MemberExists => settled.known += 1,
            denial => {
                settled.refused += 1;
                report(&format!("{}: {denial}", lines[*at].text));
            }
        }
    }
    let denied: HashSet<usize> = denied.into_iter().map(|(at, _)| at).collect();
    let registered = lines.iter().enumerate().filter(|(at, _)| !denied.contains(at));
    let new = registered.filter_map(|(_, line)| match &line.entry.event {
        Event::MemberRegistered { member, .. } => Some(member.clone()),
        _ => None,
    });
    let mut tickets = Vec::new();
    for member in new {
        let EnrolmentOutcome::Made { code, holds } = people.enrol(&Holder::Member(member.clone()), None).await? else {
            bail!("{member} has too many open codes");
        };
        people.enter_action(COMMAND_LINE, Deed::CodeMade, &format!("member {member}")).await?;
        settled.hours = holds / 3_600;
        let way_in = match destination.origin {
            Some(origin) => format!("{}/#/enrol/{code}", origin.trim_end_matches('/')),
            None => code,
        };
        tickets.push(Ticket { member, way_in });
    }
    settled.codes = tickets.len();
    store.close().await;
    match sheet {
        Some(mut sheet) => {
            sheet.write_all(page(&tickets, settled.hours)?.as_bytes()).context("cannot write the sheet")?;
            sheet.keep()?;
        }
        None => {
            for Ticket { member, way_in } in &tickets {
                println!("{member}\t{way_in}");
            }
        }
    }
    Ok(settled)
}

const STYLE: &str = "body{font:14px sans-serif;margin:1cm}main{display:grid;grid-template-columns:repeat(3,1fr);gap:0}\
    article{border:1px dashed #999;padding:4mm;text-align:center;break-inside:avoid;overflow-wrap:anywhere}\
    svg{width:38mm;height:38mm}small{display:block;font-size:7px;margin-top:2mm}";

/// The sheet as a page to print and cut: no script, no font, no network.
fn page(tickets: &[Ticket], hours: i64) -> Result<String> {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>登录码 Codes</title><style>{STYLE}</style></head><body>\n\
         <p>{hours} 小时内有效，只能用一次。Each code works once, within {hours} hours. 请当面交给本人，不要拍照转发。Hand it over in person.</p>\n<main>\n"
    );
    for Ticket { member, way_in } in tickets {
        let qr = QRBuilder::new(way_in.as_str()).build().context("the link does not fit a QR code")?;
        // Ids have none of the signs of HTML; a link has those of its origin, which is checked as an origin by the server alone.
        let shown = way_in.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let svg = svg(&qr);
        // Writing to a string cannot fail.
        _ = writeln!(out, "<article><strong>{member}</strong><br>{svg}<small>{shown}</small></article>");
    }
    out.push_str("</main></body></html>\n");
    Ok(out)
}

/// The QR code as a picture, with the white border of four modules that the standard asks for.
fn svg(qr: &fast_qr::QRCode) -> String {
    let mut path = String::new();
    for row in 0..qr.size {
        for (column, module) in qr[row].iter().enumerate() {
            if module.value() {
                // Writing to a string cannot fail.
                _ = write!(path, "M{} {}h1v1h-1z", column + 4, row + 4);
            }
        }
    }
    let wide = qr.size + 8;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {wide}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    )
}
