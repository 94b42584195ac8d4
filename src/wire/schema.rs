//! `OpenAPI` schemas of what crosses a border, for the server's document.
//!
//! Types whose serde is derived have their schema derived beside it. Here are the schemas of those that are read or
//! written by hand: texts, receipts, the eve, scenarios. A test of the server holds real answers against the document.

use std::borrow::Cow;

use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{OneOfBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::book::{Eve, SoFar};
use crate::economy::Scenario;
use crate::event::Kind;
use crate::forecast::Assumptions;
use crate::identity::{Day, Id, Region};
use crate::order::Order;
use crate::quantity::{Index, Money, Points, Price, Rate, ShareValue, Units};
use crate::receipt::{Class, Party, Posting, Reason, Receipt, Reward, RewardKind, Rule};
use crate::release::Grant;
use crate::ruleset::{Channel, RuleSet};
use crate::wire::profile::MemberNumber;
use crate::wire::statement::BookedPosting;

/// A type that travels as a text of one form.
macro_rules! text {
    ($($name:ident: $pattern:literal, $what:literal;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .pattern(Some($pattern))
                    .description(Some($what))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

text! {
    Id: "^[A-Za-z0-9_.:-]{1,64}$", "An id: 1 to 64 of A-Z a-z 0-9 _ . : -";
    MemberNumber: "^[1-9][0-9]{7}$", "A member's short number: seven digits and a check digit of ISO 7064, MOD 11,10";
    Region: "^[0-9]{6}$", "A region by its code of GB/T 2260; a city ends in 00";
    Day: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "A day of the scheme, such as 2026-01-31";
    Money: "^-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,2})?$", "Yuan, as a decimal with up to 2 places";
    Price: "^-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,8})?$", "Yuan for one point, as a decimal with up to 8 places";
    Points: "^-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,8})?$", "Share points, as a decimal with up to 8 places";
    ShareValue: "^-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,8})?$", "Share value, as a decimal with up to 8 places";
    Units: "^-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,8})?$", "Units of share value, as a decimal with up to 8 places";
    Index: "^-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,18})?$", "An index per unit, as a decimal with up to 18 places";
    Rate: "^-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,8})?$", "A plain factor, as a decimal with up to 8 places";
    Kind: "^[a-z]+\\.[a-z]+$", "The type of an event, such as order.placed";
    Rule: "^[a-z_]+$", "The rule that moved an amount, such as consumption";
    Party: "^[a-z]+( [A-Za-z0-9_.:-]{1,64})?$", "Whose account: `member ID`, or one of the scheme's own, such as `pool`";
    Channel: "^(online|offline)$", "online (到家) or offline (到店)";
}

impl PartialSchema for Reason {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
        ObjectBuilder::new()
            .description(Some("Why an amount is what it is: its tag in `of`, and each number or id as a text"))
            .property("of", text())
            .required("of")
            .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(text().into()))))
            .into()
    }
}

impl ToSchema for Reason {}

impl PartialSchema for RuleSet {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("A rule set: the keys of section 3 of the rules, decimals as texts"))
            .into()
    }
}

impl ToSchema for RuleSet {}

/// The schema of a type is that of a mirror: a struct with the fields that are written.
macro_rules! mirrored {
    ($($name:ident as $mirror:ident)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $mirror::schema()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }

            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                $mirror::schemas(schemas);
            }
        }
    )*};
}

mirrored! {
    Posting as PostingFields
    BookedPosting as BookedPostingFields
    Reward as RewardFields
    Receipt as ReceiptFields
    Order as OrderFields
    Eve as EveFields
    Assumptions as AssumptionsFields
    Scenario as ScenarioFields
}

/// An amount that moved.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct PostingFields {
    from: Party,
    to: Party,
    /// What moved: `points`, `share_value`, `locked` or `units`.
    asset: String,
    /// How much, as a decimal.
    amount: String,
    rule: Rule,
    class: Option<Class>,
    /// `why` in English.
    reason: String,
    why: Reason,
}

/// A posting in a member's statement.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct BookedPostingFields {
    /// The place of its event in the journal.
    place: u64,
    /// Its number in the receipt, from 0.
    line: u64,
    day: Day,
    giver: Party,
    receiver: Party,
    asset: String,
    /// How much, as a decimal.
    amount: String,
    rule: Rule,
    /// `why` in English.
    reason: String,
    why: Reason,
}

/// A reward of an order.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct RewardFields {
    member: Id,
    kind: RewardKind,
    share_value: ShareValue,
    points: Points,
    class: Class,
    /// `why` in English.
    reason: String,
    why: Reason,
}

/// How an event was answered: what moved, and whose accounts it touched.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct ReceiptFields {
    /// The version of a receipt's shape.
    #[schema(minimum = 2, maximum = 2)]
    version: u32,
    #[schema(rename = "type")]
    kind: Kind,
    day: Day,
    /// The order, its points, the day of its vesting and its rewards: of an order's receipt only.
    #[schema(nullable = false)]
    order: Option<Id>,
    #[schema(nullable = false)]
    points: Option<Points>,
    due: Option<Day>,
    #[schema(nullable = false)]
    rewards: Option<Vec<Reward>>,
    /// What a refund could not get back: earned and reward points that a receiver no longer has.
    #[schema(nullable = false)]
    unrecovered: Option<Points>,
    postings: Vec<Posting>,
    accounts: Vec<Id>,
}

/// An order as the book keeps it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct OrderFields {
    buyer: Id,
    merchant: Id,
    /// The day on which it was placed.
    day: Day,
    /// What the buyer paid.
    amount: Money,
    concession: Money,
    points: Points,
    /// Its number among all orders.
    sequence: u64,
    /// The day of its vesting.
    #[schema(required = true)]
    due: Option<Day>,
    state: crate::order::OrderState,
    /// What is left of the concession.
    left: Money,
    /// What was left of it at vesting.
    #[schema(required = true)]
    left_at_vesting: Option<Money>,
    /// Burned points that went back to the merchant.
    burned_back: Points,
    rewards: Vec<OrderRewardFields>,
}

#[derive(ToSchema)]
#[schema(as = OrderReward)]
#[expect(dead_code, reason = "only its schema is used")]
struct OrderRewardFields {
    reward: Reward,
    #[schema(required = true)]
    grant: Option<Grant>,
}

/// The eve of a close: what a forecast starts from. The carries and the fraction are whole numbers of their smallest part.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct EveFields {
    rules: RuleSet,
    day: Day,
    price: Price,
    issued: Points,
    total_units: Units,
    nav: Index,
    #[schema(pattern = "^[0-9]{1,38}$")]
    carry_points: String,
    #[schema(pattern = "^[0-9]{1,38}$")]
    carry_value: String,
    returned: Points,
    units: Units,
    #[schema(pattern = "^[0-9]{1,38}$")]
    fraction: String,
    points: Points,
    turnovers: Vec<Money>,
    inflow: ShareValue,
    #[schema(required = true)]
    so_far: Option<SoFar>,
}

/// What a forecast assumes. Whatever is left out is taken from the book.
#[derive(ToSchema, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct AssumptionsFields {
    /// Whose forecast; one's own if left out.
    #[schema(nullable = false)]
    member: Option<Id>,
    /// Growth in 30 days, one for each path of the band.
    #[schema(max_items = 12, nullable = false)]
    growth_30d: Option<Vec<Rate>>,
    /// After how many closes to look.
    #[schema(min_items = 1, max_items = 12, nullable = false)]
    horizons: Option<Vec<u32>>,
    /// The turnover of a day.
    #[schema(nullable = false)]
    turnover: Option<Money>,
    /// The new share value of a day.
    #[schema(nullable = false)]
    inflow: Option<ShareValue>,
    /// Turnover and new share value of each day.
    #[schema(nullable = false)]
    series: Option<Vec<Vec<String>>>,
}

/// A network that a simulation runs day by day. Whatever is left out has the default of `docs/economy.md`.
#[derive(ToSchema, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct ScenarioFields {
    /// The rules; those in force if left out.
    #[schema(nullable = false)]
    rules: Option<RuleSet>,
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(minimum = 1, maximum = 36525, nullable = false)]
    days: Option<u32>,
    /// Of the noise.
    #[schema(minimum = 0, nullable = false)]
    seed: Option<u64>,
    /// Concessions a day: one number, one for each day, or a table.
    #[schema(schema_with = turnover)]
    turnover: Option<String>,
    #[schema(nullable = false)]
    noise: Option<Rate>,
    /// The part of orders that are online.
    #[schema(nullable = false)]
    online: Option<Rate>,
    /// The part of members who have a referrer.
    #[schema(nullable = false)]
    referred: Option<Rate>,
    #[schema(nullable = false)]
    roles: Option<bool>,
    #[schema(nullable = false)]
    partners: Option<bool>,
    #[schema(minimum = 0, maximum = 10_000_000_000_i64, nullable = false)]
    members: Option<u64>,
    /// New members a day.
    #[schema(minimum = 0, maximum = 10_000_000_000_i64, nullable = false)]
    joining: Option<u64>,
    #[schema(nullable = false)]
    joining_growth_30d: Option<Rate>,
    #[schema(minimum = 0, maximum = 10_000_000_000_i64, nullable = false)]
    merchants: Option<u64>,
    #[schema(nullable = false)]
    leaving_30d: Option<Rate>,
    #[schema(minimum = 0, maximum = 10_000_000_000_i64, nullable = false)]
    cities: Option<u64>,
    #[schema(nullable = false)]
    refunds: Option<Rate>,
    #[schema(nullable = false)]
    hold: Option<Rate>,
    #[schema(minimum = 0, nullable = false)]
    hold_days: Option<u64>,
    #[schema(minimum = 0, nullable = false)]
    sell_days: Option<u64>,
    #[schema(nullable = false)]
    redeem: Option<Rate>,
    /// What a washer turns over a day.
    #[schema(nullable = false)]
    wash: Option<Money>,
    #[schema(minimum = 0, nullable = false)]
    wash_days: Option<u64>,
    /// Made-up accounts.
    #[schema(minimum = 0, maximum = 10_000_000_000_i64, nullable = false)]
    farm: Option<u64>,
    /// `rules`, `clearing` or `retiring`.
    #[schema(pattern = "^(rules|clearing|retiring)$", nullable = false)]
    price: Option<String>,
    #[schema(minimum = 1, maximum = 128, nullable = false)]
    cohorts: Option<u64>,
    /// Days whose share value is watched.
    #[schema(max_items = 128, nullable = false)]
    probes: Option<Vec<u64>>,
}

fn turnover() -> RefOr<Schema> {
    let reference = |name: &str| RefOr::Ref::<Schema>(Ref::from_schema_name(name));
    let money = || reference("Money");
    let rate = || reference("Rate");
    let count = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).minimum(Some(1.0)).build();
    let table = ObjectBuilder::new()
        .property("daily", money())
        .required("daily")
        .property("growth_30d", rate())
        .property("crash_day", count())
        .property("crash_to", rate())
        .property("swing_days", count())
        .property("swing_by", rate())
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    OneOfBuilder::new().item(money()).item(utoipa::openapi::ArrayBuilder::new().items(money())).item(table).into()
}
