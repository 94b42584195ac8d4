//! What a journal still lacks before its orders can be settled and earn something.

use super::journal::JournalWriter;

impl JournalWriter {
    /// A sentence for each lack, with a number and a remedy.
    #[must_use]
    pub fn lacks(&self) -> Vec<String> {
        let mut lacks = Vec::new();
        let buyers = self.buyers.len();
        let mut lack = |count: usize, of: usize, what: &str, how: &str| {
            if count > 0 {
                lacks.push(format!("{count} of {of} {what}: {how}"));
            }
        };
        let absent =
            |set: &std::collections::HashSet<String>| self.buyers.iter().filter(|buyer| !set.contains(*buyer)).count();
        lack(
            absent(&self.index.members),
            buyers,
            "buyers are not registered, so their orders are refused",
            "`--members`, or `gongxiang import members` and `--after`",
        );
        lack(
            absent(&self.index.active),
            buyers,
            "buyers have no pack, so they earn nothing",
            "`--members --pack PACK`, or a column `pack` for `gongxiang import members`",
        );
        let shops = || self.shops.iter();
        let closed = shops().filter(|(shop, _)| !self.index.shops.contains(*shop)).count();
        lack(
            closed,
            self.shops.len(),
            "shops are not opened, so their orders are refused",
            "`--open-shops REGION --shop-points POINTS`, or columns `pack`, `points` and `region` for `gongxiang import members`",
        );
        let poor = || shops().filter(|(shop, _)| !self.index.with_points.contains(*shop));
        let fen = poor().map(|(_, fen)| fen).sum::<i128>();
        let what = format!(
            "shops have no points; their deposit and these orders take points worth the deposit and {}.{:02} yuan",
            fen / 100,
            fen % 100
        );
        lack(
            poor().count(),
            self.shops.len(),
            &what,
            "`--shop-points POINTS`, or a column `points` for `gongxiang import members`",
        );
        lacks
    }

    /// A sentence about the first day, if it is not known to be that of the rules.
    #[must_use]
    pub fn first_day(&self) -> Option<String> {
        let first = self.first.filter(|_| self.index.closed.is_none())?;
        let text = match self.genesis() {
            Some(genesis) if genesis == first => return None,
            Some(genesis) => format!(
                "the journal begins on {first}, and the rules on {genesis}: leave `--open` out, and the days between are closed"
            ),
            None => format!(
                "the journal begins on {first}: the `genesis_day` of the rule set must be this day; `--rules FILE` compares \
                 them, and closes the days between"
            ),
        };
        Some(text)
    }
}
