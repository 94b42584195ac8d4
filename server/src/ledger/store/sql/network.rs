//! The sums of members' networks: adds the lines that groups left, and reads what a screen shows.

use std::collections::BTreeMap;

use gongxiang::book::Account;
use gongxiang::identity::{Day, Id, Region};
use serde::de::DeserializeOwned;

use super::dialect::{integer, text};
use super::load::list;
use super::rows::RowTexts;
use super::{SqlTransaction, from_json, parse_id};
use crate::ledger::network::{Brought, Chains, LEVELS, NetworkLine, Size, Sums, Trade, sources};
use crate::ledger::store::{DirectMember, Page, Result, differs};
use crate::limits::{NETWORK_BYTES_AT_ONCE, NETWORK_ROWS_AT_ONCE};

/// Reads an amount that this server wrote.
fn decimal<Q: DeserializeOwned>(text: &str) -> Result<Q> {
    from_json("an amount", &format!("\"{text}\""))
}

/// The rows that one transaction adds up, at least one, and whether more may wait. A row has its place, its line and its bytes.
fn first_rows(waiting: &[(i64, i64, i64)]) -> (&[(i64, i64, i64)], bool) {
    let mut bytes = 0;
    let is_last = |(_, _, size): &(i64, i64, i64)| {
        bytes += size;
        bytes >= NETWORK_BYTES_AT_ONCE
    };
    let count = waiting.iter().position(is_last).map_or(waiting.len(), |last| last + 1);
    (&waiting[..count], count < waiting.len() || waiting.len() == NETWORK_ROWS_AT_ONCE)
}

/// The lines of a row. A row of an earlier build has one, not in a list.
fn lines_of(content: &str) -> Result<Vec<NetworkLine>> {
    if content.starts_with('[') { from_json("lines", content) } else { Ok(vec![from_json("a line", content)?]) }
}

impl SqlTransaction {
    /// Adds some of the lines to the sums, and deletes them; returns whether more may wait.
    pub(super) async fn gather_lines(&mut self) -> Result<bool> {
        let lock = self.dialect.lock(self.scope);
        let sql = format!(
            "SELECT place, line, octet_length(content) AS size FROM network_lines
             ORDER BY place, line LIMIT {NETWORK_ROWS_AT_ONCE}{lock}"
        );
        // After a close there are large rows, of which a transaction takes few.
        let waiting: Vec<(i64, i64, i64)> = self.many("place, line, size", &sql, &[]).await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let (now, more) = first_rows(&waiting);
        let mut taken = RowTexts::new(self.dialect);
        for (place, line, _) in now {
            taken.row(|row| {
                row.integer("place", place);
                row.integer("line", line);
            });
        }
        let taken = taken.into_json();
        let named = self.dialect.rows(&[integer("place"), integer("line")]);
        let named = format!("(place, line) IN (SELECT place, line FROM {named} AS r)");
        let sql = format!("SELECT content FROM network_lines WHERE {named}");
        let rows: Vec<(String,)> = self.many("content", &sql, &[&taken]).await?;
        let mut lines = Vec::new();
        for (content,) in &rows {
            lines.extend(lines_of(content)?);
        }
        let chains = self.chains(&lines).await?;
        let sums = Sums::of(&lines, &chains);
        self.add_sizes(sums.sizes).await?;
        self.add_trades("team_months", ["holder", "month", "level"], months(sums.months)).await?;
        self.add_trades("city_days", ["city", "day", "shop"], sums.cities).await?;
        self.add_rewards(sums.rewards).await?;
        self.run(&format!("DELETE FROM network_lines WHERE {named}"), &[&taken]).await?;
        Ok(more)
    }

    /// Those above the members whom lines name.
    async fn chains(&mut self, lines: &[NetworkLine]) -> Result<Chains> {
        const DEPTH_MAX: usize = 1_000;
        let sql = format!(
            "WITH RECURSIVE up (source, member, depth) AS (
                 SELECT a.member, a.referrer, 1 FROM accounts a WHERE a.member IN {sources} AND a.referrer IS NOT NULL
                 UNION ALL
                 SELECT up.source, a.referrer, up.depth + 1 FROM up {join} accounts a ON a.member = up.member
                 WHERE a.referrer IS NOT NULL AND up.depth < {DEPTH_MAX}
             ) SELECT source, member, depth FROM up ORDER BY source, depth",
            sources = self.dialect.list(1),
            join = self.dialect.by_key(),
        );
        let rows: Vec<(String, String, i32)> =
            self.many("source, member, depth", &sql, &[&list(sources(lines))]).await?;
        let mut chains = Chains::new();
        for (source, member, _) in rows {
            chains.entry(parse_id(&source)?).or_default().push(parse_id(&member)?);
        }
        Ok(chains)
    }

    async fn add_sizes(&mut self, sizes: BTreeMap<(Id, u8), Size>) -> Result<()> {
        let columns = [text("holder"), integer("level"), integer("members"), integer("activated")];
        let mut rows = RowTexts::new(self.dialect);
        if sizes.is_empty() {
            return Ok(());
        }
        for ((holder, level), Size { members, activated }) in &sizes {
            rows.row(|row| {
                row.text("holder", holder);
                row.integer("level", level);
                row.integer("members", members);
                row.integer("activated", activated);
            });
        }
        let sql = format!(
            "INSERT INTO team_sizes (holder, level, members, activated)
             SELECT holder, level, members, activated FROM {} AS r WHERE true
             ON CONFLICT (holder, level) DO UPDATE SET
                 members = team_sizes.members + excluded.members, activated = team_sizes.activated + excluded.activated",
            self.dialect.rows(&columns)
        );
        self.run(&sql, &[&rows.into_json()]).await.map(drop)
    }

    /// Adds to rows of orders and concessions, by three columns of text. Money is no number of either engine, so it is added here.
    async fn add_trades(
        &mut self,
        table: &str,
        [one, two, three]: [&'static str; 3],
        mut sums: BTreeMap<(String, String, String), Trade>,
    ) -> Result<()> {
        if sums.is_empty() {
            return Ok(());
        }
        let keys = [text(one), text(two), text(three)];
        let mut wanted = RowTexts::new(self.dialect);
        for (a, b, c) in sums.keys() {
            wanted.row(|row| {
                row.text(one, a);
                row.text(two, b);
                row.text(three, c);
            });
        }
        // The wanted value is cast and not the stored column, so that the table's key finds it.
        let third =
            |of: &str| if three == "level" { format!("CAST({of}level AS BIGINT)") } else { format!("{of}{three}") };
        let sql = format!(
            "SELECT t.{one}, t.{two}, CAST(t.{three} AS TEXT) AS third, t.orders, t.concession FROM {} w {} {table} t
             ON t.{one} = w.{one} AND t.{two} = w.{two} AND t.{three} = {wanted}",
            self.dialect.rows(&keys),
            self.dialect.by_key(),
            wanted = third("w."),
        );
        let columns = format!("{one}, {two}, third, orders, concession");
        let stored: Vec<(String, String, String, i64, String)> =
            self.many(&columns, &sql, &[&wanted.into_json()]).await?;
        for (a, b, c, orders, concession) in stored {
            let concession = decimal(&concession)?;
            sums.entry((a, b, c)).or_default().add(Trade { orders, concession });
        }
        let mut rows = RowTexts::new(self.dialect);
        for ((a, b, c), Trade { orders, concession }) in &sums {
            rows.row(|row| {
                row.text(one, a);
                row.text(two, b);
                row.text(three, c);
                row.integer("orders", orders);
                row.text("concession", concession);
            });
        }
        let third = third("");
        let from = self.dialect.rows(&[text(one), text(two), text(three), integer("orders"), text("concession")]);
        let sql = format!(
            "INSERT INTO {table} ({one}, {two}, {three}, orders, concession)
             SELECT {one}, {two}, {third}, orders, concession FROM {from} AS r WHERE true
             ON CONFLICT ({one}, {two}, {three}) DO UPDATE SET orders = excluded.orders, concession = excluded.concession"
        );
        self.run(&sql, &[&rows.into_json()]).await.map(drop)
    }

    async fn add_rewards(&mut self, mut sums: BTreeMap<(Id, String, String), Brought>) -> Result<()> {
        if sums.is_empty() {
            return Ok(());
        }
        let mut wanted = RowTexts::new(self.dialect);
        for (holder, month, branch) in sums.keys() {
            wanted.row(|row| {
                row.text("holder", holder);
                row.text("month", month);
                row.text("branch", branch);
            });
        }
        let sql = format!(
            "SELECT t.holder, t.month, t.branch, t.share_value, t.points FROM {} w {} team_rewards t
             ON t.holder = w.holder AND t.month = w.month AND t.branch = w.branch",
            self.dialect.rows(&[text("holder"), text("month"), text("branch")]),
            self.dialect.by_key(),
        );
        let stored: Vec<(String, String, String, String, String)> =
            self.many("holder, month, branch, share_value, points", &sql, &[&wanted.into_json()]).await?;
        for (holder, month, branch, share_value, points) in stored {
            sums.entry((parse_id(&holder)?, month, branch)).or_default().add(brought(&share_value, &points)?);
        }
        let mut rows = RowTexts::new(self.dialect);
        for ((holder, month, branch), Brought { share_value, points }) in &sums {
            rows.row(|row| {
                row.text("holder", holder);
                row.text("month", month);
                row.text("branch", branch);
                row.text("share_value", share_value);
                row.text("points", points);
            });
        }
        let columns = [text("holder"), text("month"), text("branch"), text("share_value"), text("points")];
        let sql = format!(
            "INSERT INTO team_rewards (holder, month, branch, share_value, points)
             SELECT holder, month, branch, share_value, points FROM {} AS r WHERE true
             ON CONFLICT (holder, month, branch) DO UPDATE SET share_value = excluded.share_value, points = excluded.points",
            self.dialect.rows(&columns)
        );
        self.run(&sql, &[&rows.into_json()]).await.map(drop)
    }

    /// How many members are below a holder, by level.
    pub(super) async fn sizes_of(&mut self, holder: &Id) -> Result<Vec<(u8, Size)>> {
        let sql = "SELECT level, members, activated FROM team_sizes WHERE holder = $1 ORDER BY level";
        let rows: Vec<(i64, i64, i64)> = self.all(sql, &[holder.as_str()]).await?;
        let size = |(level, members, activated)| (level_of(level), Size { members, activated });
        Ok(rows.into_iter().map(size).collect())
    }

    /// What those below a holder bought, by month and level, from this month on.
    pub(super) async fn trade_below(&mut self, holder: &Id, from: &str) -> Result<Vec<(String, u8, Trade)>> {
        let sql = "SELECT month, level, orders, concession FROM team_months
                   WHERE holder = $1 AND month >= $2 ORDER BY month, level";
        let rows: Vec<(String, i64, i64, String)> = self.all(sql, &[holder.as_str(), from]).await?;
        let row = |(month, level, orders, concession): (String, i64, i64, String)| {
            let concession = decimal(&concession)?;
            Ok((month, level_of(level), Trade { orders, concession }))
        };
        rows.into_iter().map(row).collect()
    }

    /// What vested for a holder, by month from this month on.
    pub(super) async fn rewards_of(&mut self, holder: &Id, from: &str) -> Result<Vec<(String, Brought)>> {
        let sql = "SELECT month, share_value, points FROM team_rewards
                   WHERE holder = $1 AND month >= $2 AND month <> '' AND branch = '' ORDER BY month";
        let rows: Vec<(String, String, String)> = self.all(sql, &[holder.as_str(), from]).await?;
        rows.into_iter().map(|(month, value, points)| Ok((month, brought(&value, &points)?))).collect()
    }

    /// Those who have a holder as referrer, by id, with what each one's branch brought the holder.
    pub(super) async fn members_below(&mut self, holder: &Id, page: Page<&str>) -> Result<Vec<DirectMember>> {
        type Row = (String, String, Option<String>, Option<String>, Option<String>);
        let sql = "SELECT a.member, a.account, a.since, r.share_value, r.points FROM (
                       SELECT member, account, since FROM accounts WHERE referrer = $1 AND member > $2
                       ORDER BY member LIMIT CAST($3 AS BIGINT)
                   ) a LEFT JOIN team_rewards r ON r.holder = $1 AND r.month = '' AND r.branch = a.member
                   ORDER BY a.member";
        let rows: Vec<Row> = self.all(sql, &[holder.as_str(), page.after, &page.limit.to_string()]).await?;
        let direct = |(member, account, since, value, points): Row| {
            let account: Account = from_json(&member, &account)?;
            let brought = match (value, points) {
                (Some(value), Some(points)) => brought(&value, &points)?,
                _ => Brought::default(),
            };
            let since = since.as_deref().and_then(Day::parse);
            Ok(DirectMember { member: parse_id(&member)?, activated: account.activated, since, brought })
        };
        rows.into_iter().map(direct).collect()
    }

    /// What was bought in a city on days after this one.
    pub(super) async fn trade_in(&mut self, city: Region, after: &str) -> Result<Vec<(Day, Trade)>> {
        let sql =
            "SELECT day, orders, concession FROM city_days WHERE city = $1 AND day > $2 AND shop = '' ORDER BY day";
        let rows: Vec<(String, i64, String)> = self.all(sql, &[&city.to_string(), after]).await?;
        let row = |(day, orders, concession): (String, i64, String)| {
            let concession = decimal(&concession)?;
            let day = Day::parse(&day).ok_or_else(|| differs(format!("`{day}` is no day")))?;
            Ok((day, Trade { orders, concession }))
        };
        rows.into_iter().map(row).collect()
    }

    /// What was bought in a month from a city's shops, by id after this one.
    pub(super) async fn shops_in(&mut self, city: Region, month: &str, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let sql = "SELECT shop, orders, concession FROM city_days WHERE city = $1 AND day = $2 AND shop > $3
                   ORDER BY shop LIMIT CAST($4 AS BIGINT)";
        let rows: Vec<(String, i64, String)> =
            self.all(sql, &[&city.to_string(), month, page.after, &page.limit.to_string()]).await?;
        let row = |(shop, orders, concession): (String, i64, String)| {
            Ok((parse_id(&shop)?, Trade { orders, concession: decimal(&concession)? }))
        };
        rows.into_iter().map(row).collect()
    }
}

fn level_of(level: i64) -> u8 {
    u8::try_from(level).unwrap_or(LEVELS)
}

fn brought(share_value: &str, points: &str) -> Result<Brought> {
    Ok(Brought { share_value: decimal(share_value)?, points: decimal(points)? })
}

fn months(sums: BTreeMap<(Id, String, u8), Trade>) -> BTreeMap<(String, String, String), Trade> {
    sums.into_iter()
        .map(|((holder, month, level), trade)| ((holder.to_string(), month, level.to_string()), trade))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_takes_rows_up_to_its_bytes_and_says_whether_more_wait() {
        let row = |size: i64| (1, 0, size);
        let large = NETWORK_BYTES_AT_ONCE;
        for (sizes, count, more) in [
            (vec![5; 3], 3, false),
            (vec![large + 1], 1, false),
            (vec![large + 1, 1], 1, true),
            (vec![large / 2, large / 2, 1], 2, true),
            (vec![large / 2, large / 2], 2, false),
            (vec![large - 1, 1, 1], 2, true),
            (vec![1; NETWORK_ROWS_AT_ONCE], NETWORK_ROWS_AT_ONCE, true),
            (vec![1; NETWORK_ROWS_AT_ONCE - 1], NETWORK_ROWS_AT_ONCE - 1, false),
        ] {
            let waiting: Vec<_> = sizes.iter().copied().map(row).collect();
            let (now, may_wait) = first_rows(&waiting);
            assert_eq!((now.len(), may_wait), (count, more), "{:?}", &sizes[..sizes.len().min(4)]);
        }
    }
}
