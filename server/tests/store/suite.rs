//! The checks that every engine has to pass. A check fails with an error, so that tests can see which broken store fails
//! which check.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use gongxiang::book::Book;
use gongxiang::event::{Code, Kind};
use gongxiang::identity::{Day, Id};
use gongxiang::market::{Side, Trade, TradeState};
use gongxiang::order::OrderState;
use gongxiang::quantity::{Points, ShareValue};
use gongxiang::receipt::{Amount, Posting, Rule};
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang_conformance::{cases, day_of, order_of};
use gongxiang_server::ledger::group::{self, Answer, Denial, Guard, Request};
use gongxiang_server::ledger::needs::{Due, Needs};
use gongxiang_server::ledger::queue::{Ledger, Submission};
use gongxiang_server::ledger::quota::{self, Exceeded, Excess, LastTrades, Open, OpenCounts, Quota};
use gongxiang_server::ledger::store::{Batch, Key, Page, Place, Scope, Store, StoreError, Transaction, paging};
use gongxiang_server::ledger::{audit, housekeeping, journal, pending};
use gongxiang_server::limits::REFUSALS_HOLD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::lists;

/// Makes an empty engine.
pub type Make<'a> = &'a (dyn Fn() -> Result<Engine> + Sync);

/// A check that takes longer than this has failed.
const TIME_MAX: Duration = Duration::from_secs(100);

pub async fn everything(make: Make<'_>) -> Result<()> {
    let checks = async {
        story(make).await.context("a story, and the same after reopening")?;
        a_dropped_transaction_leaves_nothing(make).await.context("rolling back")?;
        conflicts(make).await.context("conflicts")?;
        a_reader_sees_one_moment(make).await.context("reading")?;
        a_part_of_a_close_loads_the_first_that_are_due(make).await.context("what is due")?;
        what_is_open_is_counted(make).await.context("what is open")?;
        no_more_is_opened_than_may_be(make).await.context("a quota")?;
        many_writers(make).await.context("many writers")
    };
    tokio::time::timeout(TIME_MAX, checks).await.context("it does not come to an end")?
}

pub fn rules(json: &Value) -> Result<RuleSet> {
    let tree: Tree = serde_json::from_str(&json.to_string())?;
    Ok(RuleSet::from_tree(&tree)?)
}

pub fn cdnow_rules() -> Result<RuleSet> {
    rules(&serde_json::from_str(include_str!("../../../tests/data/cdnow.rules.json"))?)
}

pub fn sent(event: &Value) -> Submission {
    journal::parse(event.to_string().as_bytes()).map(|line| Request::of_journal(line, "operator"))
}

pub fn start(store: &Arc<dyn Store>, first_shard: u8) -> Ledger {
    Ledger::start(Arc::clone(store), first_shard, Arc::default()).0
}

async fn settle(ledger: &Ledger, events: &[Value]) -> Result<Vec<Answer>> {
    Ok(ledger.settle(events.iter().map(sent).collect()).await?)
}

pub async fn accepted(ledger: &Ledger, events: &[Value]) -> Result<()> {
    for (event, answer) in events.iter().zip(settle(ledger, events).await?) {
        ensure!(!answer.repeated, "{event} is answered as if it had come before");
        answer.outcome.map_err(|refusal| anyhow::anyhow!("{event} is refused: {refusal}"))?;
    }
    Ok(())
}

async fn audited(store: &Arc<dyn Store>) -> Result<usize> {
    let mut tx = store.begin(Scope::Reading).await?;
    Ok(audit::audit(&mut *tx).await?.events)
}

fn order(order: &str, buyer: &str) -> Value {
    json!({"type": "order.placed", "order": order, "buyer": buyer, "merchant": "shop", "channel": "offline",
        "amount": "100", "concession": "10", "region": "320106", "id": format!("order-{order}")})
}

fn transfer(id: &str, from: &str, to: &str) -> Value {
    json!({"type": "points.transferred", "from": from, "to": to, "points": "0.01", "id": id})
}

pub fn opening() -> Vec<Value> {
    let mut events = vec![json!({"type": "member.registered", "member": "shop"})];
    events.push(json!({"type": "pack.purchased", "member": "shop", "pack": "merchant"}));
    events.push(json!({"type": "treasury.granted", "member": "shop", "points": "9000"}));
    events.push(json!({"type": "merchant.opened", "member": "shop", "region": "320106"}));
    for (member, referrer) in [("ann", "shop"), ("bob", "ann"), ("cat", "bob"), ("dan", "cat"), ("eve", "ann")] {
        events.push(json!({"type": "member.registered", "member": member, "referrer": referrer}));
        events.push(json!({"type": "pack.purchased", "member": member, "pack": "member"}));
        events.push(json!({"type": "treasury.granted", "member": member, "points": "300"}));
    }
    events
}

fn trading() -> Vec<Value> {
    let mut events: Vec<Value> = (1..=5).map(|n| order(&format!("o{n}"), "bob")).collect();
    for (offer, member, side) in [
        ("f1", "ann", "sell"),
        ("f2", "bob", "sell"),
        ("f3", "cat", "buy"),
        ("f4", "dan", "sell"),
        ("f5", "ann", "buy"),
    ] {
        events.push(json!({"type": "offer.placed", "offer": offer, "member": member, "side": side, "points": "10",
            "unit_price": "1"}));
    }
    for (offer, trade, member) in [("f1", "t1", "eve"), ("f1", "t2", "bob"), ("f2", "t3", "cat"), ("f3", "t4", "ann")] {
        events.push(json!({"type": "offer.taken", "offer": offer, "trade": trade, "member": member, "points": "5"}));
    }
    events.push(json!({"type": "trade.paid", "trade": "t1"}));
    events.push(json!({"type": "trade.confirmed", "trade": "t1"}));
    events.push(json!({"type": "trade.cancelled", "trade": "t2"}));
    events.push(json!({"type": "offer.cancelled", "offer": "f2"}));
    events.push(json!({"type": "day.closed", "day": "1997-01-01"}));
    events.push(json!({"type": "day.closed", "day": "1997-01-02"}));
    events.push(json!({"type": "rules.adopted", "rules": {"release": {"daily": "999", "min_total": "1"}}}));
    events.push(json!({"type": "order.refunded", "order": "o2"}));
    events.push(json!({"type": "day.closed", "day": "1997-01-03"}));
    events.push(json!({"type": "points.redeemed", "member": "ann", "points": "1"}));
    for n in 1..=3 {
        let (purchase, redemption) = (format!("p{n}"), format!("r{n}"));
        events.push(json!({"type": "pack.purchased", "member": "dan", "pack": "member", "purchase": purchase,
            "return_days": 1}));
        events.push(json!({"type": "points.redeemed", "member": "ann", "points": "1", "redemption": redemption}));
    }
    events.push(json!({"type": "pack.refunded", "purchase": "p3"}));
    events.push(json!({"type": "redemption.cancelled", "redemption": "r3"}));
    events
}

async fn story(make: Make<'_>) -> Result<()> {
    let (engine, rules) = (make()?, cdnow_rules()?);
    let store = engine.open(&rules).await?;
    let ledger = start(&store, 0);
    let events = [opening(), trading()].concat();
    accepted(&ledger, &events).await?;
    ensure!(audited(&store).await? == events.len(), "the journal has another number of events than were accepted");
    lists::are_read_page_by_page(&store).await?;
    lists::of_what_can_be_taken_back_are_newest_first(&store).await?;
    let again = order("o1", "bob");
    let refused = json!({"type": "member.registered", "member": "ann", "id": "refused"});
    let mut other = order("o9", "bob");
    other["id"] = json!("order-o1");
    let asked = [again, refused.clone(), refused, other];
    let first = settle(&ledger, &asked).await?;
    idempotent(&first)?;
    let before = lists::all(&store).await?;
    drop(ledger);
    store.close().await;

    let store = engine.open(&rules).await?;
    let ledger = start(&store, 3);
    ensure!(lists::all(&store).await? == before, "something else is kept after reopening");
    let second = settle(&ledger, &asked).await?;
    ensure!(second.iter().zip(&first).all(|(now, then)| now.outcome == then.outcome), "other answers after reopening");
    ensure!(second.iter().take(3).all(|answer| answer.repeated), "a key is forgotten after reopening");
    ensure!(audited(&store).await? == events.len(), "a repeated event was entered");
    accepted(&ledger, &[order("o6", "eve"), json!({"type": "day.closed", "day": "1997-01-04"})]).await?;
    ensure!(audited(&store).await? == events.len() + 2, "an event is not in the journal");
    Ok(())
}

/// A repeated order, a refusal, the repeated refusal, and another order under the key of the first.
fn idempotent(answers: &[Answer]) -> Result<()> {
    let [order, refusal, again, conflict] = answers else { bail!("four answers were wanted") };
    ensure!(order.repeated && order.outcome.is_ok(), "an order that comes again is settled again");
    ensure!(!refusal.repeated && refusal.outcome.is_err(), "a refusal is none");
    ensure!(again.repeated && again.outcome == refusal.outcome, "a refusal is not remembered");
    let code = conflict.outcome.as_ref().err().and_then(Denial::code).map(Code::as_str);
    ensure!(code == Some("id_conflict"), "another request under a key is answered with {code:?}");
    Ok(())
}

/// A transaction that has written the order `o1`, and what it wrote.
async fn write_an_order(store: &Arc<dyn Store>) -> Result<(Box<dyn Transaction>, Batch)> {
    let requests = vec![sent(&order("o1", "bob"))?];
    let needs = Needs::of(requests.iter().map(|request| &request.line.entry.event));
    let mut work = store.begin(Scope::Everyday { shard: 1 }).await?;
    let loaded = work.load(&needs).await?;
    let group = group::settle(&requests, loaded, Vec::new(), &needs, "now");
    let batch = group.batch.context("an order changes nothing")?;
    work.write(&batch).await?;
    Ok((work, batch))
}

/// For engines that live on.
pub async fn refusals_are_forgotten(make: Make<'_>) -> Result<()> {
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    let ledger = start(&store, 0);
    accepted(&ledger, &opening()).await?;
    let unknown = || sent(&json!({"type": "member.frozen", "member": "nobody", "id": "of-the-journal"}));
    let command = |scope: &str, member: &str| -> Result<Request> {
        let mut request = sent(&json!({"type": "member.frozen", "member": member}))?;
        request.key = Some(Key { scope: scope.into(), key: "k".into(), fingerprint: member.into() });
        Ok(request)
    };
    let requests = || Ok::<_, anyhow::Error>([command("operator", "nobody")?, command("shop ann", "ann")?, unknown()?]);
    let repeated = async || -> Result<Vec<bool>> {
        let mut all = Vec::new();
        for request in requests()? {
            all.push(ledger.settle_one(request).await?.repeated);
        }
        Ok(all)
    };
    ensure!(repeated().await? == [false; 3], "what comes first is answered as if it had come before");
    let now = Timestamp::now();
    ensure!(housekeeping::forget(&*store, now).await? == 0, "a refusal of this moment is forgotten");
    ensure!(repeated().await? == [true; 3], "what is new is not remembered");
    let later = now + REFUSALS_HOLD + Duration::from_secs(2);
    ensure!(housekeeping::forget(&*store, later).await? == 1, "not just the command's refusal is forgotten");
    ensure!(repeated().await? == [false, true, true], "what was settled, or is of a journal, is forgotten");
    Ok(())
}

async fn a_dropped_transaction_leaves_nothing(make: Make<'_>) -> Result<()> {
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    accepted(&start(&store, 0), &opening()).await?;
    let before = lists::all(&store).await?;
    drop(write_an_order(&store).await?);
    ensure!(lists::all(&store).await? == before, "what was not committed is there");
    let answers = settle(&start(&store, 0), &[order("o1", "bob")]).await?;
    ensure!(answers.iter().all(|answer| !answer.repeated), "a key was kept without its event");
    Ok(())
}

async fn conflicts(make: Make<'_>) -> Result<()> {
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    accepted(&start(&store, 0), &opening()).await?;
    let (work, batch) = write_an_order(&store).await?;
    work.commit().await?;

    let mut work = store.begin(Scope::Everyday { shard: 1 }).await?;
    let mut again = batch.clone();
    again.journal.clear();
    again.answers.clear();
    let result = work.write(&again).await;
    ensure!(matches!(result, Err(StoreError::Conflict)), "a row that is there was entered as a new one");
    drop(work);
    let mut work = store.begin(Scope::Everyday { shard: 1 }).await?;
    again = batch.clone();
    again.orders.clear();
    again.accounts.clear();
    again.journal.clear();
    let result = work.write(&again).await;
    ensure!(matches!(result, Err(StoreError::Conflict)), "a key has two answers");
    drop(work);
    ensure!(audited(&store).await? == opening().len() + 1, "something was entered that conflicts");
    Ok(())
}

async fn a_reader_sees_one_moment(make: Make<'_>) -> Result<()> {
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    let ledger = start(&store, 0);
    accepted(&ledger, &opening()).await?;
    let mut tx = store.begin(Scope::Reading).await?;
    let page = Page { after: Place::default(), limit: 1_000 };
    let before = tx.journal(page).await?;
    let writing = tokio::spawn(async move { accepted(&ledger, &[order("o1", "bob")]).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    ensure!(tx.journal(page).await? == before, "a reader sees what was entered after its beginning");
    ensure!(tx.orders(Page { after: "", limit: 9 }).await?.is_empty(), "a reader sees half of a moment");
    drop(tx);
    writing.await??;
    let mut tx = store.begin(Scope::Reading).await?;
    ensure!(tx.journal(page).await?.len() == before.len() + 1, "an answered event cannot be read");
    Ok(())
}

async fn a_part_of_a_close_loads_the_first_that_are_due(make: Make<'_>) -> Result<()> {
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    let mut events = opening();
    events.push(json!({"type": "offer.placed", "offer": "f", "member": "ann", "side": "sell", "points": "9",
        "unit_price": "1"}));
    events.extend(
        ["t2", "t1"]
            .map(|trade| json!({"type": "offer.taken", "offer": "f", "trade": trade, "member": "eve", "points": "1"})),
    );
    events.extend(["p2", "p1"].map(|purchase| {
        json!({"type": "pack.purchased", "member": "dan", "pack": "member", "purchase": purchase, "return_days": 1})
    }));
    events.extend(["o3", "o1", "o2"].map(|id| order(id, "bob")));
    // Not due with the others.
    events
        .push(json!({"type": "pack.purchased", "member": "dan", "pack": "member", "purchase": "p0", "return_days": 2}));
    events.push(json!({"type": "day.closed", "day": "1997-01-01"}));
    accepted(&start(&store, 0), &events).await?;
    let day = Day::parse("1997-01-02").context("a day")?;
    let all = ["t2", "t1", "p2", "p1", "o3", "o1", "o2"];
    for most in (0..=8).map(Some).chain([None]) {
        let needs = Needs { due: Some(Due { day, most }), ..Needs::default() };
        let part = store.begin(Scope::Reading).await?.load(&needs).await?.excerpt;
        let loaded: BTreeSet<&str> =
            part.trades.keys().chain(part.purchases.keys()).chain(part.orders.keys()).map(Id::as_str).collect();
        let wanted: BTreeSet<&str> = all.into_iter().take(most.unwrap_or(usize::MAX)).collect();
        ensure!(loaded == wanted, "{most:?} of what is due are {loaded:?}");
        ensure!(part.days.is_empty() == most.is_some(), "only the close itself needs the days before");
        let counted = store.begin(Scope::Reading).await?.count_due(Due { day, most }).await?;
        // Of each kind, so many at most.
        let least = wanted.len();
        ensure!((least..=least * 3).contains(&counted), "{counted} are counted up to {most:?}");
    }
    let mut needs = Needs { due: Some(Due { day, most: Some(2) }), ..Needs::default() };
    let mut passed = BTreeSet::new();
    for _ in 0..all.len().div_ceil(2) {
        let part = store.begin(Scope::Reading).await?.load(&needs).await?.excerpt;
        needs.due_after.pass(&part);
        passed.extend(part.trades.into_keys().chain(part.purchases.into_keys()).chain(part.orders.into_keys()));
    }
    ensure!(passed.len() == all.len(), "parts of two after one another are {passed:?}");
    Ok(())
}

async fn what_is_open_is_counted(make: Make<'_>) -> Result<()> {
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    let ledger = start(&store, 0);
    for event in opening().iter().chain(&trading()) {
        accepted(&ledger, std::slice::from_ref(event)).await?;
        let mut tx = store.begin(Scope::Reading).await?;
        let all = Page { after: "", limit: 1_000 };
        let (orders, offers, trades) =
            (tx.orders(all).await?, tx.offers(false, all).await?, tx.trades(None, all).await?);
        let members = tx.accounts(all).await?.into_iter().map(|(id, _)| id).collect();
        let ids = offers.iter().map(|(id, _)| id.clone()).collect();
        let open = tx.load(&Needs { members, offers: ids, ..Needs::default() }).await?.open;
        let mut counted = OpenCounts {
            members: open.members.keys().map(|id| (id.clone(), Open::default())).collect(),
            offers: open.offers.keys().map(|id| (id.clone(), 0)).collect(),
        };
        for (_, order) in orders.iter().filter(|(_, order)| order.state == OrderState::Pending) {
            counted.members.entry(order.merchant.clone()).or_default().orders += 1;
        }
        for (_, offer) in offers.iter().filter(|(_, offer)| quota::wants(offer)) {
            counted.members.entry(offer.owner.clone()).or_default().offers += 1;
        }
        let unfinished = |trade: &Trade| matches!(trade.state, TradeState::Taken | TradeState::Paid);
        for (_, trade) in trades.iter().filter(|(_, trade)| unfinished(trade)) {
            counted.members.entry(trade.taker.clone()).or_default().trades += 1;
            *counted.offers.entry(trade.offer.clone()).or_default() += 1;
            let (_, offer) = offers.iter().find(|(id, _)| *id == trade.offer).expect("a trade has its offer");
            if offer.side == Side::Buy {
                counted.members.entry(offer.owner.clone()).or_default().bought += 1;
            }
        }
        let mut placed: Vec<_> = orders.iter().map(|(_, order)| order).collect();
        placed.sort_by_key(|order| order.sequence);
        for order in placed {
            counted.members.entry(order.merchant.clone()).or_default().spending.add(order.day, order.points);
        }
        for (member, counted) in &mut counted.members {
            let day = trades.iter().filter(|(_, trade)| trade.taker == *member).map(|(_, trade)| trade.day).max();
            let taken = |(_, trade): &&(Id, Trade)| trade.taker == *member && Some(trade.day) == day;
            counted.last_trades = LastTrades { day, trades: trades.iter().filter(taken).count().try_into()? };
        }
        ensure!(open == counted, "after {event} {open:?} is counted, and there is {counted:?}");
    }
    Ok(())
}

async fn no_more_is_opened_than_may_be(make: Make<'_>) -> Result<()> {
    const MOST: u32 = 3;
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    let ledgers = [start(&store, 0), start(&store, 8)];
    accepted(&ledgers[0], &opening()).await?;
    let quota = Quota { offers: MOST, ..Quota::default() };
    let offer = |n: usize| -> Result<Request> {
        let event = json!({"type": "offer.placed", "offer": format!("f{n}"), "member": "ann", "side": "buy", "points": "1",
            "unit_price": "1"});
        let mut request = sent(&event)?;
        request.guard = Some(Guard::Quota(quota));
        Ok(request)
    };
    let mut tasks = Vec::new();
    for n in 0..16 {
        let (ledger, request) = (ledgers[n % 2].clone(), offer(n)?);
        tasks.push(tokio::spawn(async move { ledger.settle_one(request).await }));
    }
    let mut placed = 0;
    for task in tasks {
        match task.await??.outcome {
            Ok(_) => placed += 1,
            Err(Denial::Exceeds(Excess { what: Exceeded::Offers, field: "member", limit })) if limit == "3" => {}
            Err(other) => bail!("an offer beyond the quota is answered with {other:?}"),
        }
    }
    ensure!(placed == MOST, "{placed} of at most {MOST} offers were placed by two processes at once");
    accepted(
        &ledgers[0],
        &[json!({"type": "offer.placed", "offer": "of-a-journal", "member": "ann", "side": "buy",
        "points": "1", "unit_price": "1"})],
    )
    .await
    .context("a journal has no quota")
}

async fn many_writers(make: Make<'_>) -> Result<()> {
    const TASKS: usize = 16;
    const EACH: usize = 8;
    let engine = make()?;
    let store = engine.open(&cdnow_rules()?).await?;
    accepted(&start(&store, 0), &opening()).await?;
    let ledgers = [start(&store, 0), start(&store, 8)];
    let members = ["ann", "bob", "cat", "dan", "eve"];
    let mut tasks = Vec::new();
    for task in 0..TASKS {
        // Each event comes twice, through both ledgers, at about the same time.
        let number = task / 2;
        let ledger = ledgers[task % 2].clone();
        tasks.push(tokio::spawn(async move {
            let mut answers = Vec::new();
            for n in 0..EACH {
                let (from, to) = (members[(number + n) % 5], members[(number + n + 1) % 5]);
                let event = match (number, n % 3) {
                    (0, _) => {
                        json!({"type": "treasury.granted", "member": from, "points": "0.5", "id": format!("g-{n}")})
                    }
                    (_, 0) => order(&format!("o-{number}-{n}"), from),
                    _ => transfer(&format!("t-{number}-{n}"), from, to),
                };
                answers.extend(settle(&ledger, &[event]).await?);
            }
            anyhow::Ok(answers)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await??);
    }
    for pair in all.chunks(2) {
        let [one, other] = pair else { bail!("an odd number of tasks") };
        for (one, other) in one.iter().zip(other) {
            ensure!(one.outcome.is_ok() && one.outcome == other.outcome, "{one:?} and {other:?}");
            ensure!(one.repeated != other.repeated, "an event was settled twice or never");
        }
    }
    let events = audited(&store).await?;
    ensure!(events == opening().len() + TASKS / 2 * EACH, "{events} events in the journal");
    let mut tx = store.begin(Scope::Reading).await?;
    ensure!(tx.entered(Place(i64::MAX)).await?.is_none(), "an event that is not there is found");
    Ok(())
}

/// Settles every vector and CDNOW through the ledger.
pub async fn vectors(make: Make<'_>) -> Result<()> {
    for case in cases() {
        let engine = make()?;
        let store = engine.open(&rules(&case.rules)?).await?;
        let answers = settle(&start(&store, 5), &case.events).await?;
        let (mut refused, mut orders) = (Vec::new(), Vec::new());
        for (place, answer) in answers.iter().enumerate().filter(|(_, answer)| !answer.repeated) {
            match &answer.outcome {
                Ok(receipt) => orders.extend(order_of(&serde_json::to_value(&**receipt)?)),
                Err(refusal) => refused.push(json!([place, refusal.code().map(Code::as_str)])),
            }
        }
        audited(&store).await.with_context(|| case.name.clone())?;
        let mut tx = store.begin(Scope::Reading).await?;
        let whole = paging::whole(&mut *tx).await?;
        let days: Vec<Value> =
            whole.days.iter().map(|day| Ok(day_of(&serde_json::to_value(day)?))).collect::<Result<_>>()?;
        let state = serde_json::to_value(Book::from(whole).state()?)?;
        drop(tx);
        store.close().await;
        case.compare(&json!({"refused": refused, "orders": orders, "days": days, "state": state}));
    }
    Ok(())
}

/// Settles every vector, and before each close asks what is to come to members: the close brings just that. Whoever has something to
/// come is asked, and so are some who have not.
pub async fn what_is_to_come_comes(make: Make<'_>) -> Result<()> {
    let mut compared = 0;
    for case in cases() {
        let engine = make()?;
        let store = engine.open(&rules(&case.rules)?).await?;
        let ledger = start(&store, 5);
        for (number, part) in case.events.split_inclusive(|event| event["type"] == "day.closed").enumerate() {
            let (close, before) = part.split_last().context("a part has an event")?;
            settle(&ledger, before).await?;
            let members = asked_about(&store, number).await?;
            let (to_come, day) = to_come(&store, &members).await?;
            let answers = settle(&ledger, std::slice::from_ref(close)).await?;
            let Some(Answer { outcome: Ok(receipt), repeated: false, .. }) = answers.first() else { continue };
            if receipt.kind != Kind::DayClosed {
                continue;
            }
            for (member, sum) in members.iter().zip(to_come) {
                ensure!(sum == given(&receipt.postings, member)?, "{}: {member} on {day}", case.name);
                compared += usize::from(sum != Default::default());
            }
            housekeeping::forget(&*store, Timestamp::now()).await?;
        }
        store.close().await;
    }
    ensure!(compared > 300, "only {compared} members got something");
    Ok(())
}

/// All members of a small book, and each time others of a large one.
async fn asked_about(store: &Arc<dyn Store>, turn: usize) -> Result<Vec<Id>> {
    const MOST: usize = 12;
    let accounts = store.begin(Scope::Reading).await?.accounts(Page { after: "", limit: 10_000 }).await?;
    let ids: Vec<Id> = accounts.into_iter().map(|(id, _)| id).collect();
    let step = ids.len().div_ceil(MOST).max(1);
    Ok(ids.into_iter().skip(turn % step).step_by(step).collect())
}

/// What is to come to members until the end of the open day.
async fn to_come(store: &Arc<dyn Store>, members: &[Id]) -> Result<(Vec<(ShareValue, Points)>, Day)> {
    let mut tx = store.begin(Scope::Reading).await?;
    let day = tx.now().await?.head.day;
    let mut sums = Vec::new();
    for member in members {
        sums.push(pending::pending(&mut *tx, member).await?.until(day)?);
    }
    Ok((sums, day))
}

/// What postings give a member as rewards of orders.
fn given(postings: &[Posting], member: &Id) -> Result<(ShareValue, Points)> {
    let mut sum = (ShareValue::ZERO, Points::ZERO);
    for posting in postings.iter().filter(|posting| matches!(posting.rule, Rule::Reward(_)) && posting.to.is(member)) {
        match posting.amount {
            Amount::ShareValue(value) => sum.0 = sum.0.plus(value)?,
            Amount::Points(points) => sum.1 = sum.1.plus(points)?,
            Amount::Locked(_) => {}
        }
    }
    Ok(sum)
}

/// A member of the test's story.
pub fn member(id: &str) -> Result<Id> {
    Id::parse(id).context("no id")
}
