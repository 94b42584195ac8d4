//! What the operator's desk shows of the whole: what each day brought, what is owed, and which shops run out of points.

use axum::extract::State;
use gongxiang::book::{Head, Supply};
use gongxiang::day_report::DayReport;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points, Price, ShareValue};
use gongxiang::release::{EndedEras, Release};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::problem::Problem;
use super::query::{Limit, NoParameters, Query};
use super::rights::Auditor;
use super::sheet::{Address, Format, Listed, Sheet};
use crate::ledger::group::rules_fingerprint;
use crate::ledger::needs::Needs;
use crate::ledger::reports::ClosedReport;
use crate::ledger::store::{ClosedDay, CurrentState, Page, Transaction};
use crate::ledger::warnings::{Situation, Warning, warnings};
use crate::limits::{OVERVIEW_DAYS, OVERVIEW_SHOPS_MAX, OVERVIEW_SHOPS_SHOWN};

/// A page of the reports of closed days.
#[derive(Serialize, ToSchema)]
pub struct ReportsPage {
    /// Oldest first.
    reports: Vec<ClosedReport>,
}

/// Which page of the reports.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportsQuery {
    /// The last day of the page before.
    #[schema(nullable = false)]
    after: Option<Day>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

const COLUMNS: [&str; 22] = [
    "day",
    "report.registered",
    "report.activated",
    "report.shops_opened",
    "report.shops_closed",
    "report.orders",
    "report.orders_short",
    "report.amount",
    "report.concession",
    "report.refunded",
    "report.order_points",
    "report.redeemed",
    "report.redemptions_cancelled",
    "report.traded",
    "report.traded_money",
    "report.member_packs",
    "report.merchant_packs",
    "report.area_packs",
    "report.packs_refunded",
    "report.granted",
    "report.granted_worth",
    "report.reclaimed",
];

pub async fn reports(
    State(app): State<App>,
    _: Auditor,
    address: Address,
    Query(ReportsQuery { after, limit, format }): Query<ReportsQuery>,
) -> Result<Listed<ReportsPage>, Problem> {
    let reports = app.ledger.read().await?.day_reports(Page { after, limit: limit.rows() }).await?;
    // A page that is not full is the last one.
    let next = reports.get(limit.rows() - 1).map(|last| last.day.to_string());
    let page = ReportsPage { reports };
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "after" };
    Listed::of(&page, &page.reports, next, &sheet)
}

/// A closed day with its report.
#[derive(Serialize, ToSchema)]
pub struct DayOverview {
    #[serde(flatten)]
    closed: ClosedDay,
    /// What the day brought; nothing of a day that an earlier build closed.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<DayReport>,
}

/// Points that members can redeem, sell or get back, at today's price.
#[derive(Serialize, ToSchema)]
pub struct Liabilities {
    /// What members have, and what is released and not credited yet.
    held: Points,
    /// Their worth at the price of the open day, rounded down to the cent.
    held_worth: Money,
    /// What waits for orders to vest and for trades to end.
    escrow: Points,
    escrow_worth: Money,
}

/// A shop and how long its points last.
#[derive(Serialize, ToSchema)]
pub struct ShopReach {
    shop: Id,
    points: Points,
    /// What it paid for orders on the open day and the 6 days before, the open day first.
    spent: Vec<Points>,
    /// The first day on which its points do not last, if it goes on as on the days since the first of these 7 on which it paid; nothing if
    /// it paid nothing, or if they last for 90 days.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    dry: Option<Day>,
}

/// The scheme at a glance.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// The open day.
    day: Day,
    price: Price,
    supply: Supply,
    liabilities: Liabilities,
    /// What the open day has brought so far.
    today: DayReport,
    /// What all days have brought, the open one included.
    total: DayReport,
    /// The last 30 closed days, oldest first.
    days: Vec<DayOverview>,
    /// What needs attention, the most urgent first.
    warnings: Vec<Warning>,
    /// How many shops are open; at most 20,000 are counted.
    shops: usize,
    /// What these shops have.
    shops_points: Points,
    shops_share_value: ShareValue,
    /// The shops whose points end first; at most 50.
    running_dry: Vec<ShopReach>,
}

/// All shops together.
#[derive(Default)]
struct Shops {
    count: usize,
    points: Points,
    share_value: ShareValue,
    /// Those whose points end first.
    running_dry: Vec<ShopReach>,
}

/// Takes the same time for any number of members; for shops it reads one row of each.
pub async fn overview(State(app): State<App>, _: Auditor, _: Query<NoParameters>) -> Result<Answer<Overview>, Problem> {
    let mut tx = app.ledger.read().await?;
    let CurrentState { head: Head { day, price, supply, release, .. }, rules, .. } = tx.now().await?;
    let ended = tx.load(&Needs::default()).await?.excerpt.ended;
    let (today, mut total) = tx.report_so_far().await?;
    total.merge(&today);
    let after = (0..=OVERVIEW_DAYS).try_fold(day, |day, _| day.previous());
    let page = Page { after, limit: OVERVIEW_DAYS };
    let reports = tx.day_reports(page).await?;
    let report_of = |day: Day| reports.iter().find(|closed| closed.day == day).map(|closed| closed.report);
    let days = tx.days(page).await?;
    let days: Vec<_> = days.into_iter().map(|closed| (closed.clone(), report_of(closed.record.day))).collect();
    let held = supply.held.plus(supply.pool)?;
    let liabilities = Liabilities {
        held,
        held_worth: held.worth_floor(price)?,
        escrow: supply.escrow,
        escrow_worth: supply.escrow.worth_floor(price)?,
    };
    let Shops { count: shops, points: shops_points, share_value: shops_share_value, running_dry } =
        shops(&mut *tx, day, (&release, &ended)).await?;
    let dry: Vec<_> = running_dry.iter().filter_map(|reach| Some((reach.dry?, reach.shop.clone()))).collect();
    let (announced, rules) = (tx.announced().await?, rules_fingerprint(&rules));
    let (announced, rules) = (announced.as_ref(), rules.as_str());
    let doubt = app.ledger.close_waits();
    let situation = Situation {
        day,
        close_waits: doubt.as_ref(),
        treasury: supply.treasury,
        today: &today,
        days: &days,
        announced,
        rules,
        dry: &dry,
    };
    let warnings = warnings(&situation);
    let days = days.into_iter().map(|(closed, report)| DayOverview { closed, report }).collect();
    Ok(Answer::of(&Overview {
        day,
        price,
        supply,
        liabilities,
        today,
        total,
        days,
        warnings,
        shops,
        shops_points,
        shops_share_value,
        running_dry,
    }))
}

/// The shops, at the release of now.
async fn shops(
    tx: &mut dyn Transaction,
    today: Day,
    (release, ended): (&Release, &EndedEras),
) -> Result<Shops, Problem> {
    let (mut after, mut shops, mut dry) = ((String::new(), String::new()), Shops::default(), Vec::new());
    loop {
        let rows = tx.spending(Page { after: (&after.0, &after.1), limit: OVERVIEW_SHOPS_SHOWN * 20 }).await?;
        let Some((last, account, _)) = rows.last() else { break };
        after = (account.shop.map(|region| region.city().to_string()).unwrap_or_default(), last.to_string());
        shops.count += rows.len();
        for (shop, account, spending) in rows {
            let now = account.state(release, ended)?;
            shops.points = shops.points.plus(now.points)?;
            shops.share_value = shops.share_value.plus(now.share_value)?;
            let spent = spending.until(today);
            if let Some(days) = lasts(account.points, &spent) {
                dry.push((
                    days,
                    ShopReach { shop, points: account.points, spent: spent.to_vec(), dry: today.plus(days) },
                ));
            }
        }
        dry.sort_by(|(days, one), (other_days, other)| (days, &one.shop).cmp(&(other_days, &other.shop)));
        dry.truncate(OVERVIEW_SHOPS_SHOWN);
        if shops.count >= OVERVIEW_SHOPS_MAX {
            break;
        }
    }
    shops.running_dry = dry.into_iter().map(|(_, reach)| reach).collect();
    Ok(shops)
}

/// For how many whole days points last at the mean of the last 7 days, or of fewer if the first order was later.
fn lasts(points: Points, spent: &[Points]) -> Option<u64> {
    const LONGEST: u64 = 90;
    let first = spent.iter().rposition(|points| points.is_positive())?;
    let sum = spent.iter().map(|points| points.raw()).sum::<i128>();
    let days = i128::try_from(first + 1).ok()?;
    let days = points.raw().checked_mul(days)? / sum;
    u64::try_from(days).ok().filter(|days| *days < LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Points {
        Points::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn points_last_as_long_as_the_mean_of_the_days_since_the_first_order_says() {
        let spent = |sums: [&str; 7]| sums.map(points);
        assert_eq!(lasts(points("100"), &spent(["0"; 7])), None, "who pays nothing does not run dry");
        assert_eq!(lasts(points("100"), &spent(["10", "0", "0", "0", "0", "0", "0"])), Some(10));
        assert_eq!(lasts(points("100"), &spent(["0", "10", "0", "0", "0", "0", "0"])), Some(20));
        assert_eq!(lasts(points("99.9"), &spent(["10", "10", "10", "10", "10", "10", "10"])), Some(9));
        assert_eq!(lasts(points("0"), &spent(["10", "0", "0", "0", "0", "0", "0"])), Some(0));
        assert_eq!(lasts(points("900"), &spent(["10", "0", "0", "0", "0", "0", "0"])), None, "for a quarter they last");
    }
}
