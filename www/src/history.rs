//! A member's whole statement. Postings are fetched once and stored. The rules compute the releases of the days between them
//! ([`statement::history`]).

use std::sync::Arc;

use gongxiang::book::DayRecord;
use gongxiang::identity::Id;
use gongxiang::statement::{self, History};
use gongxiang::wire::statement::BookedPosting;

use crate::api::{self, Fault};
use crate::keep::{self, Store};
use crate::wallet::Wallet;

/// Limit of the pages that are fetched: 20,000 postings.
const PAGES_MAX: usize = 40;

/// Fetches the postings that are not stored yet, and computes the days. Newest first.
pub async fn open(wallet: &Wallet, days: &[DayRecord]) -> Result<Arc<History>, Fault> {
    let postings = postings(&wallet.member).await?;
    let history = statement::history(&wallet.member, &wallet.account, &postings, days);
    let mut history = history.map_err(|_| Fault::BadAnswer)?;
    history.rows.reverse();
    Ok(Arc::new(history))
}

/// All postings, oldest first.
async fn postings(me: &Id) -> Result<Vec<BookedPosting>, Fault> {
    let key = format!("statement {me}");
    let mut known = keep::read(Store::Answers, &key).await.map(|text| read_kept(&text)).unwrap_or_default();
    let last = known.last().map(|booked| (booked.place, booked.line));
    let mut fresh = Vec::new();
    let mut before = None;
    for _ in 0..PAGES_MAX {
        let page = match api::statement(me, before.as_deref()).await {
            Ok(page) => page,
            Err(Fault::Unreachable) if last.is_some() => return Ok(known),
            Err(fault) => return Err(fault),
        };
        let asked = page.postings.len();
        fresh.extend(page.postings.into_iter().take_while(|booked| Some((booked.place, booked.line)) > last));
        let reached_known = fresh.len() < asked;
        before = page.next.filter(|_| !reached_known);
        if before.is_none() {
            break;
        }
    }
    if !fresh.is_empty() {
        known.extend(fresh.into_iter().rev());
        if let Ok(text) = serde_json::to_string(&known) {
            keep::write(Store::Answers, &key, &text).await;
        }
    }
    Ok(known)
}

/// The stored postings; none if another version stored them in another format. Then all are fetched again.
fn read_kept(text: &str) -> Vec<BookedPosting> {
    api::read(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_version_kept_is_dropped_and_not_misread() {
        let place = r#""place":7,"line":0,"day":"2026-01-02","giver":"pool","receiver":"member ann""#;
        let amount = r#""asset":"points","amount":"1.5","rule":"release""#;
        let kept = |reason: &str| read_kept(&format!("[{{{place},{amount},{reason}}}]"));
        let now = kept(r#""why":{"of":"release","units":"12.5","acc":"0.12"}"#);
        assert_eq!(now.len(), 1);
        assert_eq!(serde_json::to_string(&now).map(|text| read_kept(&text)).ok(), Some(now));
        for other in [
            r#""reason":"12.5 units, released until 0.12 points per unit""#,
            r#""why":"12.5 units, released until 0.12 points per unit""#,
            r#""why":{"of":"release","units":"12.5"}"#,
            r#""why":{"of":"something_newer"}"#,
        ] {
            assert_eq!(kept(other), [], "{other}");
        }
    }
}
