//! Turns sources into notices.
//!
//! A source is stored in the transaction of its event, and deleted in the transaction that stores its notices. If a
//! source concerns everybody, such as the close of a day, each transaction handles some of the members, and the source
//! says how far it got. So a process may stop at any moment, and several processes may work at once: the first one
//! wins, and the others find nothing to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use gongxiang::book::DayRecord;
use gongxiang::event::{Event, Kind};
use gongxiang::identity::{Day, Id};
use jiff::Timestamp;
use serde_json::json;
use sqlx::AnyConnection;
use tokio::sync::watch;

use super::Notices;
use super::kind::{NoticeKind, Pace};
use super::news::{self, News, Standing};
use crate::ledger::journal;
use crate::ledger::needs::Needs;
use crate::ledger::store::announcement::AnnouncedRules;
use crate::ledger::store::paging;
use crate::ledger::store::{JournalEntry, Place, Scope, Store, Transaction};
use crate::limits::{DELIVERY_WAIT_MIN, NOTICE_MEMBERS_AT_ONCE, NOTICE_POLL, NOTICE_SOURCES_AT_ONCE};
use crate::shutdown::ended;
use crate::transaction::begin;

/// Something that happened.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Source {
    kind: String,
    subject: String,
    /// The last member who has its notice, of what concerns everybody.
    passed: String,
}

/// A part of what a source has to say, for one transaction.
#[derive(Default)]
struct Part {
    news: Vec<News>,
    standings: Vec<Standing>,
    /// The last member of this part; nothing if it is the last part.
    passed: Option<String>,
}

/// Works until `end`. A few sources wait for more: each transaction of these takes the disk's time from the orders.
pub async fn keep_on(notices: Notices, store: Arc<dyn Store>, mut end: watch::Receiver<bool>) {
    loop {
        let gathered = tokio::select! {
            gathered = notices.gather(&*store) => gathered,
            () = ended(&mut end) => return,
        };
        let mut pause = NOTICE_POLL;
        match gathered {
            Ok(sources) if sources >= NOTICE_SOURCES_AT_ONCE => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "notices are made later");
                pause = DELIVERY_WAIT_MIN;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = ended(&mut end) => return,
        }
    }
}

impl Notices {
    /// Makes notices of some of the sources; returns of how many.
    ///
    /// # Errors
    /// If the database does not answer, or a row cannot be read. The other sources have had their turn.
    pub async fn gather(&self, store: &dyn Store) -> Result<usize> {
        let sql = format!(
            "SELECT kind, subject, passed FROM notice_sources ORDER BY kind, subject LIMIT {NOTICE_SOURCES_AT_ONCE}"
        );
        let sources: Vec<Source> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await?;
        if sources.is_empty() {
            return Ok(0);
        }
        let count = sources.len();
        let mut tx = store.begin(Scope::Reading).await?;
        let (mut done, mut failed) = (Vec::new(), None);
        for source in sources {
            match self.gather_one(&mut *tx, &source).await {
                Ok(true) => done.push(source),
                Ok(false) => {}
                Err(error) => failed = Some(error.context(format!("{} {}", source.kind, source.subject))),
            }
        }
        self.forget_sources(&done).await?;
        failed.map_or(Ok(count), Err)
    }

    /// Makes notices of a source, a part at a time; `true` if it has nothing to say to anybody and can go.
    async fn gather_one(&self, tx: &mut dyn Transaction, source: &Source) -> Result<bool> {
        let entry = match source.kind.as_str() {
            "close" | "event" => tx.entered(Place(source.subject.parse()?)).await?,
            _ => None,
        };
        let (mut source, mut days) = (source.clone(), Vec::new());
        loop {
            let part = match (&entry, source.kind.as_str()) {
                (Some(entry), _) => self.part_of(tx, entry, &source.passed, &mut days).await?,
                (None, "dispute") => self.part_of_dispute(tx, &source.subject).await?,
                (None, "announced") => self.part_of_announced(tx, &source).await?,
                (None, "voucher") => self.part_of_voucher(tx, &source.subject).await?,
                (None, _) => Part::default(),
            };
            let wanted = self.wanted(&part).await?;
            if part.passed.is_none() && part.standings.is_empty() && wanted.is_empty() {
                return Ok(true);
            }
            let passed = part.passed.clone();
            if !self.store(&source, part, &wanted).await? {
                return Ok(false);
            }
            let Some(passed) = passed else { return Ok(false) };
            source.passed = passed;
        }
    }

    /// What an event of the journal says, from the member after `passed` on.
    async fn part_of(
        &self,
        tx: &mut dyn Transaction,
        entry: &JournalEntry,
        passed: &str,
        days: &mut Vec<DayRecord>,
    ) -> Result<Part> {
        let mut part = Part::default();
        if matches!(entry.kind, Kind::OrderPlaced | Kind::DayClosing | Kind::DayClosed) && passed.is_empty() {
            part.news = news::vested(&entry.receipt, entry.place.0);
        }
        match entry.kind {
            Kind::DayClosed => {
                if days.is_empty() {
                    let closed = paging::days(tx).await?.into_iter().map(|closed| closed.record);
                    days.extend(closed.filter(|record| record.day <= entry.day));
                }
                self.close_for(tx, days, passed, &mut part).await?;
            }
            Kind::RulesAdopted => {
                let members = self.subscribers(passed).await?;
                part.passed = next_part(&members);
                part.news.extend(members.into_iter().map(|member| News {
                    member,
                    kind: NoticeKind::RulesChanged,
                    subject: entry.place.to_string(),
                    day: entry.day,
                    detail: json!({}),
                }));
            }
            Kind::DayClosing => {}
            _ => {
                let line = journal::parse(entry.event.as_bytes()).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
                self.event_for(tx, &line.entry.event, entry, &mut part).await?;
            }
        }
        Ok(part)
    }

    /// What an event says to those whom it names.
    async fn event_for(
        &self,
        tx: &mut dyn Transaction,
        event: &Event,
        entry: &JournalEntry,
        part: &mut Part,
    ) -> Result<()> {
        let needs = match event {
            // Most shops have no subscription, and orders are many.
            Event::OrderPlaced(order) if self.subscribed(&[&order.merchant]).await?.is_empty() => return Ok(()),
            Event::OrderPlaced(order) => Needs { members: [order.merchant.clone()].into(), ..Needs::default() },
            Event::OrderRefunded { order, .. } => Needs { orders: [order.clone()].into(), ..Needs::default() },
            Event::OfferTaken { offer, .. } => Needs { offers: [offer.clone()].into(), ..Needs::default() },
            Event::TradePaid { trade } => Needs { trades: [trade.clone()].into(), ..Needs::default() },
            _ => return Ok(()),
        };
        let loaded = tx.load(&needs).await?.excerpt;
        part.news.extend(news::of_event(event, entry.day, entry.place.0, &loaded));
        if let Event::OrderPlaced(order) = event {
            let shop = loaded.accounts.get(&order.merchant);
            part.standings.extend(shop.and_then(|shop| news::standing(&order.merchant, shop, &loaded)));
        }
        Ok(())
    }

    /// What the close of a day says to some of the members.
    async fn close_for(
        &self,
        tx: &mut dyn Transaction,
        days: &[DayRecord],
        passed: &str,
        part: &mut Part,
    ) -> Result<()> {
        let members = self.subscribers(passed).await?;
        part.passed = next_part(&members);
        let loaded = tx.load(&Needs { members: members.into_iter().collect(), ..Needs::default() }).await?.excerpt;
        for (member, account) in &loaded.accounts {
            part.news.extend(news::of_close(member, account, days, &loaded));
            part.standings.extend(news::standing(member, account, &loaded));
        }
        Ok(())
    }

    /// The side of a trade that did not open the dispute.
    async fn part_of_dispute(&self, tx: &mut dyn Transaction, trade: &str) -> Result<Part> {
        let opener: Option<(String,)> = sqlx::query_as("SELECT opener FROM disputes WHERE trade = $1")
            .bind(trade.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        let (Some((opener,)), Some(id)) = (opener, Id::parse(trade)) else { return Ok(Part::default()) };
        let needs = Needs { trades: [id.clone()].into(), ..Needs::default() };
        let loaded = tx.load(&needs).await?.excerpt;
        let disputed = loaded.trades.get(&id).and_then(|trade| Some((trade, loaded.offers.get(&trade.offer)?)));
        let news = disputed.map(|(trade, offer)| News {
            member: if opener == "buyer" { trade.seller(offer) } else { trade.buyer(offer) }.clone(),
            kind: NoticeKind::TradeDisputed,
            subject: id.to_string(),
            day: loaded.head.day,
            detail: json!({"trade": id, "points": trade.points}),
        });
        Ok(Part { news: news.into_iter().collect(), ..Part::default() })
    }

    /// Everybody who wants to know of other rules: they hold from a day to come.
    async fn part_of_announced(&self, tx: &mut dyn Transaction, source: &Source) -> Result<Part> {
        let announced = tx.announced().await?.filter(AnnouncedRules::is_waiting);
        let Some(announced) = announced.filter(|announced| announced.id.to_string() == source.subject) else {
            return Ok(Part::default());
        };
        let day = tx.now().await?.head.day;
        let members = self.subscribers(&source.passed).await?;
        let passed = next_part(&members);
        let news = members.into_iter().map(|member| News {
            member,
            kind: NoticeKind::RulesChanged,
            subject: format!("announced {}", source.subject),
            day,
            detail: json!({"from": announced.made.from}),
        });
        Ok(Part { news: news.collect(), passed, ..Part::default() })
    }

    /// Whoever had goods handed out.
    async fn part_of_voucher(&self, tx: &mut dyn Transaction, voucher: &str) -> Result<Part> {
        let row: Option<(String, String)> = sqlx::query_as("SELECT member, item FROM vouchers WHERE id = $1")
            .bind(voucher.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        let Some((member, item)) = row else { return Ok(Part::default()) };
        let day = tx.now().await?.head.day;
        let news = Id::parse(&member).map(|member| News {
            member,
            kind: NoticeKind::GoodsHandedOut,
            subject: voucher.into(),
            day,
            detail: json!({"voucher": voucher, "item": item}),
        });
        Ok(Part { news: news.into_iter().collect(), ..Part::default() })
    }

    /// Members with a subscription, by id after this one.
    async fn subscribers(&self, passed: &str) -> Result<Vec<Id>> {
        let sql = "SELECT DISTINCT member FROM subscriptions WHERE member > $1 ORDER BY member LIMIT $2";
        let rows: Vec<(String,)> =
            sqlx::query_as(sql).bind(passed.to_owned()).bind(NOTICE_MEMBERS_AT_ONCE).fetch_all(&self.pool).await?;
        Ok(rows.iter().filter_map(|(member,)| Id::parse(member)).collect())
    }

    /// Stores a part, and how far its source is with it; `false` if another process was faster.
    async fn store(&self, source: &Source, part: Part, wanted: &BTreeSet<Id>) -> Result<bool> {
        let mut tx = begin(&self.pool).await?;
        // First, so that another process waits here and then finds nothing.
        let sql = match part.passed {
            Some(_) => "UPDATE notice_sources SET passed = $4 WHERE kind = $1 AND subject = $2 AND passed = $3",
            None => "DELETE FROM notice_sources WHERE kind = $1 AND subject = $2 AND passed = $3 AND $4 = ''",
        };
        let taken = sqlx::query(sql)
            .bind(source.kind.clone())
            .bind(source.subject.clone())
            .bind(source.passed.clone())
            .bind(part.passed.unwrap_or_default())
            .execute(&mut *tx)
            .await?;
        if taken.rows_affected() == 0 {
            return Ok(false);
        }
        for standing in part.standings {
            if let Some(news) = follow(&mut tx, &standing, &source.subject).await? {
                insert(&mut tx, &news).await?;
            }
        }
        for news in part.news.iter().filter(|news| wanted.contains(&news.member)) {
            insert(&mut tx, news).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Deletes sources that have nothing to say to anybody.
    async fn forget_sources(&self, sources: &[Source]) -> Result<()> {
        if sources.is_empty() {
            return Ok(());
        }
        let pairs: Vec<_> = (0..sources.len()).map(|n| format!("(${}, ${})", 2 * n + 1, 2 * n + 2)).collect();
        let sql = format!("DELETE FROM notice_sources WHERE (kind, subject) IN (VALUES {})", pairs.join(", "));
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for Source { kind, subject, .. } in sources {
            query = query.bind(kind.clone()).bind(subject.clone());
        }
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Those of the members whom a part names who have a subscription.
    async fn wanted(&self, part: &Part) -> Result<BTreeSet<Id>> {
        let named: BTreeSet<&Id> = part.news.iter().map(|news| &news.member).collect();
        self.subscribed(&named.into_iter().collect::<Vec<_>>()).await
    }

    /// Those of these members who have a subscription: most have none.
    async fn subscribed(&self, members: &[&Id]) -> Result<BTreeSet<Id>> {
        const AT_ONCE: usize = 500;
        let mut wanted = BTreeSet::new();
        for some in members.chunks(AT_ONCE) {
            let places: Vec<_> = (1..=some.len()).map(|place| format!("${place}")).collect();
            let sql = format!("SELECT DISTINCT member FROM subscriptions WHERE member IN ({})", places.join(", "));
            let query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            let query = some.iter().fold(query, |query, member| query.bind(member.to_string()));
            let rows: Vec<(String,)> = query.fetch_all(&self.pool).await?;
            wanted.extend(rows.iter().filter_map(|(member,)| Id::parse(member)));
        }
        Ok(wanted)
    }
}

/// The last member of a part, if more may come after it.
fn next_part(members: &[Id]) -> Option<String> {
    let is_whole = i64::try_from(members.len()).is_ok_and(|members| members == NOTICE_MEMBERS_AT_ONCE);
    members.last().filter(|_| is_whole).map(Id::to_string)
}

/// Remembers how a shop stands. It is told when its points fall below the deposit, and again only after they were above it.
async fn follow(tx: &mut AnyConnection, standing: &Standing, subject: &str) -> Result<Option<News>> {
    let shop = standing.shop.to_string();
    let Some((points, deposit)) = standing.short else {
        sqlx::query("DELETE FROM short_shops WHERE shop = $1").bind(shop).execute(tx).await?;
        return Ok(None);
    };
    let new = sqlx::query("INSERT INTO short_shops (shop) VALUES ($1) ON CONFLICT (shop) DO NOTHING")
        .bind(shop)
        .execute(tx)
        .await?;
    Ok((new.rows_affected() > 0).then(|| News {
        member: standing.shop.clone(),
        kind: NoticeKind::DepositShort,
        subject: subject.into(),
        day: standing.day,
        detail: json!({"points": points, "deposit": deposit}),
    }))
}

/// Stores a notice, and what has to be sent of it, unless its member does not want it or has it already.
async fn insert(tx: &mut AnyConnection, news: &News) -> Result<()> {
    let News { member, kind, subject, day, detail } = news;
    let pattern = format!("%,{},%", kind.as_str());
    let number: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO notices (member, kind, subject, day, detail, made) SELECT $1, $2, $3, $4, $5, CAST($6 AS BIGINT)
         WHERE EXISTS (SELECT 1 FROM subscriptions WHERE member = $1 AND kinds LIKE $7)
         ON CONFLICT (member, kind, subject) DO NOTHING RETURNING number",
    )
    .bind(member.to_string())
    .bind(kind.as_str())
    .bind(subject.clone())
    .bind(day.to_string())
    .bind(detail.to_string())
    .bind(Timestamp::now().as_second())
    .bind(pattern.clone())
    .fetch_optional(&mut *tx)
    .await?;
    let Some((number,)) = number else { return Ok(()) };
    let waits_for: Option<&Day> = (kind.pace() == Pace::Daily).then_some(day);
    // A message of WeChat needs a consent, so nothing waits for one that is not there.
    sqlx::query(
        "INSERT INTO notice_sends (subscription, notice, kind, day) SELECT id, CAST($1 AS BIGINT), $2, $3 FROM subscriptions
         WHERE member = $4 AND kinds LIKE $5 AND (channel <> 'wechat' OR consents > 0)",
    )
    .bind(number)
    .bind(kind.as_str())
    .bind(waits_for.map(Day::to_string).unwrap_or_default())
    .bind(member.to_string())
    .bind(pattern)
    .execute(tx)
    .await?;
    Ok(())
}
