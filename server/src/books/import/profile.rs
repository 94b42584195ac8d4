//! Profiles of shops and payment systems: which columns their exports have, and what the words in them mean. They are data
//! (`profiles.toml`); flags of the command line replace parts of them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::dates::Dates;
use super::guards::folded;
use super::mapping::{Field, Guards, Ids, LineItems};

/// One layout of an export; a profile may have several.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file of profiles")]
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Profile {
    pub name: String,
    /// The names that a field's column may have.
    pub columns: BTreeMap<Field, Vec<String>>,
    pub defaults: BTreeMap<Field, String>,
    /// Columns with their allowed values; an order with another value does not count.
    pub only: BTreeMap<String, Vec<String>>,
    /// The same for rows that are a refund; a column that is not there says nothing.
    pub refund_only: BTreeMap<String, Vec<String>>,
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
    /// The characters that end the order's id inside the refund's id.
    pub refund_cut: String,
    /// The prefixes of credit notes, whose ids do not name their order.
    pub credit_notes: Vec<String>,
    pub encoding: Option<String>,
    /// The beginnings of the first row after the table.
    pub ends: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Paid,
    Unpaid,
    /// Paid, and refunded by this amount or whole.
    Refunded(Option<String>),
    /// The row is a refund.
    Refund,
}

#[derive(Deserialize)]
struct Profiles {
    profile: Vec<Profile>,
}

/// The layouts of a profile, by its name or from a file (`.toml`).
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
    /// The meaning of a status; `None` if no list has it.
    pub fn status(&self, text: &str) -> Option<Status> {
        let text = folded(text);
        let rest = |words: &[String]| words.iter().find_map(|word| rest_of(&text, word));
        if rest(&self.paid).is_some() {
            Some(Status::Paid)
        } else if rest(&self.unpaid).is_some() {
            Some(Status::Unpaid)
        } else if let Some(rest) = rest(&self.refunded) {
            let amount = rest.trim_matches(|c: char| "()/:".contains(c) || c.is_whitespace()).to_owned();
            Some(Status::Refunded(Some(amount).filter(|amount| !amount.is_empty())))
        } else {
            rest(&self.refunds).map(|_| Status::Refund)
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

/// The rest of a text after a word. The text must equal the word or, if the word ends with `*`, begin with it.
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
        let error = layouts("ebay").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with("`ebay` is no profile; known are shopify, "), "{error}");
        Ok(())
    }

    #[test]
    fn a_status_says_one_thing_or_is_unknown() -> Result<()> {
        let bill = layouts("wechat-bill")?.remove(0);
        let part = |text: &str| Some(Status::Refunded(Some(text.into())));
        assert_eq!(bill.status(" 支付成功\t"), Some(Status::Paid));
        assert_eq!(bill.status("已全额退款"), Some(Status::Refunded(None)));
        assert_eq!(bill.status("已退款(￥1.51)"), part("¥1.51"));
        assert_eq!(bill.status("已退款（￥1.51）"), part("¥1.51"));
        assert_eq!(bill.status("已退款￥1.51"), part("¥1.51"));
        assert_eq!(bill.status("别的"), None);
        let shop = layouts("taobao")?.remove(0);
        assert_eq!(shop.status("买家已付款,等待卖家发货"), Some(Status::Paid));
        assert_eq!(layouts("jd")?.remove(0).status("(删除)等待出库"), Some(Status::Unpaid));
        Ok(())
    }
}
