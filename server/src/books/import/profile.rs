//! How a shop or a payment system writes its orders: data (`profiles.toml`), which flags of the command line may replace.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::dates::Dates;
use super::guards::folded;
use super::mapping::{Field, Guards, Ids, LineItems};

/// One layout of an export.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file of profiles")]
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Profile {
    pub name: String,
    /// The names that a field's column may have.
    pub columns: BTreeMap<Field, Vec<String>>,
    pub defaults: BTreeMap<Field, String>,
    /// Columns, and what must stand in them for a row to count.
    pub only: BTreeMap<String, Vec<String>>,
    pub paid: Vec<String>,
    pub unpaid: Vec<String>,
    pub refunded: Vec<String>,
    pub refunds: Vec<String>,
    pub lines: Option<LineItems>,
    pub guards: Option<Guards>,
    pub ids: Option<Ids>,
    pub dates: Dates,
    pub convert_zones: bool,
    pub skip_guests: bool,
    pub sort: bool,
    /// Whether an amount below zero is a refund of the order of the same id.
    pub negative_refunds: bool,
    /// Where the id of a refund's order ends inside the refund's own.
    pub refund_cut: String,
    /// How the ids of credit notes begin that do not say what they belong to.
    pub credit_notes: Vec<String>,
    pub encoding: Option<String>,
    /// How the first row behind the table begins.
    pub ends: Vec<String>,
}

/// What a status says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Paid,
    Unpaid,
    /// Paid and refunded since: by this amount, or wholly.
    Refunded(Option<String>),
    /// The row is a refund.
    Refund,
}

#[derive(Deserialize)]
struct Profiles {
    profile: Vec<Profile>,
}

/// The layouts of a profile, by its name or from a file (`.toml`).
///
/// # Errors
/// If there is none.
pub(super) fn layouts(name: &str) -> Result<Vec<Profile>> {
    let is_file = Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if is_file {
        let text = std::fs::read_to_string(name).with_context(|| format!("cannot read the profile {name}"))?;
        let profiles: Profiles =
            toml::from_str(text.trim_start_matches('\u{feff}')).with_context(|| format!("{name} is no profile"))?;
        return Ok(profiles.profile);
    }
    let Profiles { profile: all } = toml::from_str(include_str!("profiles.toml")).context("the profiles")?;
    let (layouts, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|profile| profile.name == name);
    if layouts.is_empty() {
        let mut names: Vec<_> = others.into_iter().map(|profile| profile.name).collect();
        names.dedup();
        bail!("`{name}` is no profile; known are {}, or a file of one (`.toml`)", names.join(", "));
    }
    Ok(layouts)
}

impl Profile {
    /// What a status says; none if no list has it.
    pub fn standing(&self, text: &str) -> Option<Standing> {
        let text = folded(text);
        let rest = |words: &[String]| words.iter().find_map(|word| rest_of(&text, word));
        if rest(&self.paid).is_some() {
            Some(Standing::Paid)
        } else if rest(&self.unpaid).is_some() {
            Some(Standing::Unpaid)
        } else if let Some(rest) = rest(&self.refunded) {
            let amount = rest.trim_matches(|c: char| "()/:".contains(c) || c.is_whitespace()).to_owned();
            Some(Standing::Refunded(Some(amount).filter(|amount| !amount.is_empty())))
        } else {
            rest(&self.refunds).map(|_| Standing::Refund)
        }
    }

    /// Whether a row may be a refund of an order in another row.
    pub fn has_refund_rows(&self) -> bool {
        self.negative_refunds || !self.refunds.is_empty()
    }

    /// All words of the status column, for a sentence.
    pub fn words(&self) -> String {
        [&self.paid, &self.unpaid, &self.refunded, &self.refunds]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// What stands behind a word in a text that is it, or, with a `*` at its end, begins with it.
fn rest_of(text: &str, word: &str) -> Option<String> {
    match word.strip_suffix('*') {
        Some(start) => text.strip_prefix(&folded(start)).map(Into::into),
        None => (text == folded(word)).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_can_be_read() -> Result<()> {
        for name in
            ["shopify", "woocommerce", "taobao", "jd", "youzan", "wechat-bill", "wechat-merchant", "alipay", "uci"]
        {
            assert!(layouts(name)?.iter().all(|layout| !layout.columns.is_empty()), "{name}");
        }
        assert!(layouts("ebay").is_err());
        Ok(())
    }

    #[test]
    fn a_status_says_one_thing_or_is_unknown() -> Result<()> {
        let bill = layouts("wechat-bill")?.remove(0);
        let part = |text: &str| Some(Standing::Refunded(Some(text.into())));
        assert_eq!(bill.standing(" 支付成功\t"), Some(Standing::Paid));
        assert_eq!(bill.standing("已全额退款"), Some(Standing::Refunded(None)));
        assert_eq!(bill.standing("已退款(￥1.51)"), part("¥1.51"));
        assert_eq!(bill.standing("已退款（￥1.51）"), part("¥1.51"));
        assert_eq!(bill.standing("已退款￥1.51"), part("¥1.51"));
        assert_eq!(bill.standing("别的"), None);
        let shop = layouts("taobao")?.remove(0);
        assert_eq!(shop.standing("买家已付款,等待卖家发货"), Some(Standing::Paid));
        assert_eq!(layouts("jd")?.remove(0).standing("(删除)等待出库"), Some(Standing::Unpaid));
        Ok(())
    }
}
