//! What the desk does for a member: the words, the fields and the action of each event.

use gongxiang::book::Account;
use gongxiang::event::{Event, Kind, ReturnTerms};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::limits::RETURN_DAYS_MAX;
use gongxiang::purchase::{Purchase, RedemptionRecord};
use gongxiang::quantity::{Points, ShareValue};
use gongxiang::ruleset::{Pack, RuleSet};

use crate::action::Action;
use crate::api::Item;
use crate::figure::{grouped, yuan};
use crate::input;
use crate::lang::Lang;
use crate::text::{self, Words, actions as a, home, people as t};

/// Whom an event concerns, as the desk sees it now.
#[derive(Clone, Debug)]
pub struct Subject {
    pub member: Id,
    pub day: Day,
    pub account: Account,
    /// Settled to the present.
    pub points: Points,
    pub share_value: ShareValue,
    pub rules: RuleSet,
    /// The packs that may still come back, and the redemptions that are not cancelled, newest first.
    pub returnable: Vec<Item<Purchase>>,
    pub cancellable: Vec<Item<RedemptionRecord>>,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A pack of the rules.
    Pack,
    /// A service role of the rules.
    Role,
    Region,
    City,
    Points,
    ShareValue,
    Days,
    /// A pack that may come back.
    Returnable,
    /// A redemption that is not cancelled.
    Cancellable,
    Id,
    /// An id that the form proposes.
    NewId,
}

pub struct Field {
    pub name: &'static str,
    pub label: Words,
    pub format: Format,
}

/// What the desk offers, in this order.
pub const OFFERED: [Kind; 15] = [
    Kind::PackPurchased,
    Kind::PackRefunded,
    Kind::RoleAssigned,
    Kind::RoleWithdrawn,
    Kind::PartnerAppointed,
    Kind::PartnerWithdrawn,
    Kind::MerchantOpened,
    Kind::MerchantClosed,
    Kind::TreasuryGranted,
    Kind::TreasuryReclaimed,
    Kind::BalanceOpened,
    Kind::PointsRedeemed,
    Kind::RedemptionCancelled,
    Kind::MemberFrozen,
    Kind::MemberUnfrozen,
];

/// The title of an event, and what it does.
pub const fn words(kind: Kind) -> (Words, Words) {
    match kind {
        Kind::PackPurchased => (t::PACK_BUY, t::PACK_BUY_NOTE),
        Kind::PackRefunded => (t::PACK_REFUND, t::PACK_REFUND_NOTE),
        Kind::RoleAssigned => (t::ROLE_ASSIGN, t::ROLE_ASSIGN_NOTE),
        Kind::RoleWithdrawn => (t::ROLE_WITHDRAW, t::ROLE_ASSIGN_NOTE),
        Kind::PartnerAppointed => (t::CITY_APPOINT, t::CITY_APPOINT_NOTE),
        Kind::PartnerWithdrawn => (t::CITY_WITHDRAW, t::ROLE_ASSIGN_NOTE),
        Kind::MerchantOpened => (t::SHOP_OPEN, t::SHOP_OPEN_NOTE),
        Kind::MerchantClosed => (t::SHOP_CLOSE, t::SHOP_CLOSE_NOTE),
        Kind::TreasuryGranted => (t::GRANT, t::GRANT_NOTE),
        Kind::TreasuryReclaimed => (t::RECLAIM, t::RECLAIM_NOTE),
        Kind::BalanceOpened => (t::OPENING, t::OPENING_NOTE),
        Kind::PointsRedeemed => (t::REDEEM, t::REDEEM_NOTE),
        Kind::RedemptionCancelled => (t::REDEEM_CANCEL, t::REDEEM_CANCEL_NOTE),
        Kind::MemberFrozen => (t::FREEZE, t::FREEZE_NOTE),
        Kind::MemberUnfrozen => (t::UNFREEZE, t::UNFREEZE_NOTE),
        _ => (a::REFUND, t::REFUND_NOTE),
    }
}

/// What has to be filled in, in the order in which [`action`] takes it. Where there is nothing, the button opens the sheet at once.
pub const fn fields(kind: Kind) -> &'static [Field] {
    const fn field(name: &'static str, label: Words, format: Format) -> Field {
        Field { name, label, format }
    }
    const POINTS: Field = field("points", a::POINTS, Format::Points);
    match kind {
        Kind::PackPurchased => {
            const {
                &[
                    field("pack", t::PACK, Format::Pack),
                    field("return-days", t::RETURN_DAYS, Format::Days),
                    field("purchase", t::PURCHASE, Format::NewId),
                ]
            }
        }
        Kind::PackRefunded => const { &[field("purchase", t::PACK, Format::Returnable)] },
        Kind::RoleAssigned => const { &[field("role", t::ROLE, Format::Role)] },
        Kind::PartnerAppointed => const { &[field("city", t::CITY_CODE, Format::City)] },
        Kind::MerchantOpened => const { &[field("region", a::SHOP_REGION, Format::Region)] },
        Kind::TreasuryGranted | Kind::TreasuryReclaimed => const { &[POINTS] },
        Kind::BalanceOpened => {
            const {
                &[
                    field("share-value", t::OPENING_SHARE_VALUE, Format::ShareValue),
                    field("points", t::OPENING_POINTS, Format::Points),
                ]
            }
        }
        Kind::PointsRedeemed => {
            const { &[POINTS, field("item", a::ITEM, Format::Id), field("redemption", t::REDEMPTION, Format::NewId)] }
        }
        Kind::RedemptionCancelled => const { &[field("redemption", t::REDEEMED, Format::Cancellable)] },
        _ => &[],
    }
}

/// Whether the account allows it at all. The rules have the last word, in the preview.
pub fn is_offered(kind: Kind, of: &Subject) -> bool {
    let account = &of.account;
    match kind {
        Kind::RoleAssigned => !of.rules.service_roles.is_empty(),
        Kind::PackRefunded => !of.returnable.is_empty(),
        Kind::RedemptionCancelled => !of.cancellable.is_empty(),
        Kind::RoleWithdrawn => account.role.is_some(),
        Kind::PartnerAppointed => account.city.is_none(),
        Kind::PartnerWithdrawn => account.city.is_some(),
        Kind::MerchantOpened => account.shop.is_none(),
        Kind::MerchantClosed => account.shop.is_some(),
        Kind::MemberFrozen => !account.frozen,
        Kind::MemberUnfrozen => account.frozen,
        Kind::BalanceOpened => of.day == of.rules.genesis_day,
        _ => true,
    }
}

/// The action of an event with what was typed; `None` while a field cannot be read.
pub fn action(kind: Kind, of: &Subject, typed: &[String], lang: Lang) -> Option<Action> {
    let event = event(kind, of, typed)?;
    let facts = facts(of, &event, lang);
    let (title, note) = words(kind);
    Some(Action::of_desk(title, note, event).with_facts(facts))
}

fn event(kind: Kind, of: &Subject, typed: &[String]) -> Option<Event> {
    let text = |at: usize| typed.get(at).map_or("", |text| text.trim());
    let id = |at| Id::parse(text(at));
    let points = |at| input::read(text(at), Points::parse).ok();
    let member = of.member.clone();
    Some(match kind {
        Kind::PackPurchased => {
            let terms = match text(1) {
                "" => None,
                days => Some(ReturnTerms { return_days: return_days(days)?, purchase: id(2)? }),
            };
            Event::PackPurchased { member, pack: id(0)?, terms }
        }
        Kind::PackRefunded => Event::PackRefunded { purchase: id(0)? },
        Kind::RoleAssigned => Event::RoleAssigned { member, role: id(0)? },
        Kind::RoleWithdrawn => Event::RoleWithdrawn { member },
        Kind::PartnerAppointed => Event::PartnerAppointed { member, region: city(text(0))? },
        Kind::PartnerWithdrawn => Event::PartnerWithdrawn { member },
        Kind::MerchantOpened => Event::MerchantOpened { member, region: Region::parse(text(0))? },
        Kind::MerchantClosed => Event::MerchantClosed { member },
        Kind::TreasuryGranted => Event::TreasuryGranted { member, points: points(0)? },
        Kind::TreasuryReclaimed => Event::TreasuryReclaimed { member, points: points(0)? },
        Kind::BalanceOpened => {
            let share_value = match text(0) {
                "" => None,
                typed => Some(input::read(typed, ShareValue::parse).ok()?),
            };
            let points = if text(1).is_empty() { None } else { Some(points(1)?) };
            if share_value.is_none() && points.is_none() {
                return None;
            }
            Event::BalanceOpened { member, share_value, points }
        }
        Kind::PointsRedeemed => {
            let item = if text(1).is_empty() { None } else { Some(id(1)?) };
            Event::PointsRedeemed { member, points: points(0)?, item, redemption: Some(id(2)?) }
        }
        Kind::RedemptionCancelled => Event::RedemptionCancelled { redemption: id(0)? },
        Kind::MemberFrozen => Event::MemberFrozen { member },
        Kind::MemberUnfrozen => Event::MemberUnfrozen { member },
        _ => return None,
    })
}

/// What the sheet says of an event: who, and what becomes of what.
fn facts(of: &Subject, event: &Event, lang: Lang) -> Vec<(Words, String)> {
    let Subject { account, points: had, .. } = of;
    let nothing = || t::NOTHING.of(lang).to_owned();
    let region = |region: Option<Region>| region.map_or_else(nothing, |region| region.to_string());
    let role_now = || account.role.as_ref().map_or_else(nothing, |role| role_name(role, lang));
    let changed = |name: Words, old: String, new: String| vec![(name, format!("{old} → {new}"))];
    let balance = |now: Option<Points>| {
        now.map_or_else(Vec::new, |now| changed(home::POINTS, grouped(&had.to_string()), grouped(&now.to_string())))
    };
    let mut facts = match event {
        Event::PackPurchased { pack, terms, .. } => pack_facts(of, pack, terms.as_ref(), lang),
        Event::PackRefunded { purchase } => vec![(t::PURCHASE, purchase.to_string())],
        Event::RoleAssigned { role, .. } => changed(t::ROLE, role_now(), role_name(role, lang)),
        Event::RoleWithdrawn { .. } => changed(t::ROLE, role_now(), nothing()),
        Event::PartnerAppointed { region: city, .. } => changed(t::CITY, region(account.city), city.to_string()),
        Event::PartnerWithdrawn { .. } => changed(t::CITY, region(account.city), nothing()),
        Event::MerchantOpened { region: shop, .. } => changed(t::SHOP, region(account.shop), shop.to_string()),
        Event::MerchantClosed { .. } => changed(t::SHOP, region(account.shop), nothing()),
        Event::MemberFrozen { .. } | Event::MemberUnfrozen { .. } => {
            let name = |frozen: bool| if frozen { t::FROZEN } else { t::NORMAL }.of(lang).to_owned();
            changed(t::STATUS, name(account.frozen), name(!account.frozen))
        }
        Event::TreasuryGranted { points, .. } => balance(had.plus(*points).ok()),
        Event::TreasuryReclaimed { points, .. } => balance(had.minus(*points).ok()),
        Event::PointsRedeemed { points, redemption, .. } => {
            let mut facts = balance(had.minus(*points).ok());
            facts.extend(redemption.iter().map(|id| (t::REDEMPTION, id.to_string())));
            facts
        }
        Event::RedemptionCancelled { redemption } => vec![(t::REDEMPTION, redemption.to_string())],
        Event::BalanceOpened { points, .. } => balance(points.and_then(|points| had.plus(points).ok())),
        _ => Vec::new(),
    };
    facts.insert(0, (t::MEMBER, of.member.to_string()));
    facts
}

fn pack_facts(of: &Subject, pack: &Id, terms: Option<&ReturnTerms>, lang: Lang) -> Vec<(Words, String)> {
    let found = of.rules.packs.iter().find(|(name, _)| name == pack.as_str());
    let mut facts: Vec<_> = found.iter().map(|(name, pack)| (t::PACK, pack_name(name, pack, lang))).collect();
    match terms {
        Some(ReturnTerms { purchase, return_days }) => {
            facts.extend(of.day.plus(*return_days).map(|day| (t::EFFECTIVE_AT, day.to_string())));
            facts.push((t::PURCHASE, purchase.to_string()));
        }
        None => facts.push((t::EFFECTIVE, t::AT_ONCE.of(lang).to_owned())),
    }
    facts
}

/// A pack by its title and price. Rules name packs as they like, so the name is there too.
pub fn pack_name(name: &str, pack: &Pack, lang: Lang) -> String {
    format!("{} ({name}) · {}", text::people::pack(pack).of(lang), yuan(pack.price))
}

/// What a service role is called.
pub fn role_name(role: &Id, lang: Lang) -> String {
    crate::text::role(lang, role.as_str())
}

/// The days within which a pack may come back.
pub fn return_days(typed: &str) -> Option<u64> {
    typed.parse().ok().filter(|days| (1..=RETURN_DAYS_MAX).contains(days))
}

pub fn city(typed: &str) -> Option<Region> {
    Region::parse(typed).filter(|region| region.is_city())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(account: Account) -> Subject {
        let rules = crate::json::read(include_str!("../../../tests/data/cdnow.rules.json")).expect("a tree");
        let rules = RuleSet::from_tree(&rules).expect("rules");
        Subject {
            member: Id::parse("ann").expect("an id"),
            day: rules.genesis_day,
            account,
            points: Points::parse("600").expect("points"),
            share_value: ShareValue::ZERO,
            rules,
            returnable: Vec::new(),
            cancellable: Vec::new(),
        }
    }

    /// What somebody types in a field.
    fn typed(format: Format) -> &'static str {
        match format {
            Format::Pack => "member",
            Format::Role => "dealer",
            Format::Region => "440106",
            Format::City => "440100",
            Format::Points | Format::ShareValue => "1.5",
            Format::Days => "7",
            Format::Returnable | Format::Cancellable | Format::Id | Format::NewId => "x-1",
        }
    }

    #[test]
    fn what_is_offered_makes_its_own_event_and_says_whom_it_concerns() {
        let of = subject(Account::default());
        for kind in OFFERED {
            let texts: Vec<_> = fields(kind).iter().map(|field| typed(field.format).to_owned()).collect();
            assert_eq!(event(kind, &of, &texts).map(|event| event.kind()), Some(kind));
            let action = action(kind, &of, &texts, Lang::En).expect("an action");
            assert_eq!(action.facts.first(), Some(&(t::MEMBER, "ann".to_owned())), "{kind}");
            assert!(action.facts.len() > 1, "{kind} says nothing of what changes");
        }
    }

    #[test]
    fn a_field_that_is_needed_is_needed() {
        let of = subject(Account::default());
        let optional = [Kind::PackPurchased, Kind::BalanceOpened, Kind::PointsRedeemed];
        for kind in OFFERED.into_iter().filter(|kind| !fields(*kind).is_empty() && !optional.contains(kind)) {
            assert!(event(kind, &of, &[String::new()]).is_none(), "{kind}");
        }
        let made = |kind, texts: [&str; 3]| event(kind, &of, &texts.map(str::to_owned)).is_some();
        assert!(made(Kind::PackPurchased, ["member", "", ""]) && made(Kind::PackPurchased, ["member", "30", "p-1"]));
        assert!(!made(Kind::PackPurchased, ["member", "31", "p-1"]) && !made(Kind::PackPurchased, ["member", "7", ""]));
        assert!(made(Kind::BalanceOpened, ["", "1", ""]) && !made(Kind::BalanceOpened, ["", "", ""]));
        assert!(made(Kind::PointsRedeemed, ["1", "", "r-1"]) && !made(Kind::PointsRedeemed, ["1", "", ""]));
        assert!(!made(Kind::PartnerAppointed, ["440106", "", ""]), "a district is no city");
    }

    #[test]
    fn only_what_the_account_allows_is_offered() {
        let plain = subject(Account::default());
        let shop = Region::parse("440106");
        let all = Account { role: Id::parse("vip"), shop, city: city("440100"), frozen: true, ..Account::default() };
        let all = subject(all);
        for (gives, takes) in [
            (Kind::PartnerAppointed, Kind::PartnerWithdrawn),
            (Kind::MerchantOpened, Kind::MerchantClosed),
            (Kind::MemberFrozen, Kind::MemberUnfrozen),
        ] {
            assert!(is_offered(gives, &plain) && !is_offered(takes, &plain), "{gives}");
            assert!(!is_offered(gives, &all) && is_offered(takes, &all), "{gives}");
        }
        assert!(!is_offered(Kind::RoleWithdrawn, &plain) && is_offered(Kind::RoleWithdrawn, &all));
        let later = Subject { day: plain.day.plus(1).expect("a day"), ..plain.clone() };
        assert!(is_offered(Kind::BalanceOpened, &plain) && !is_offered(Kind::BalanceOpened, &later));
    }
}
