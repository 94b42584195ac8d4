//! Every limit of the rules. A value beyond its limit is refused where it is read, with a code and the field.

/// Longest id of anything: member, purchase, order, offer, trade, redemption, event, item, reference.
pub const ID_LENGTH_MAX: usize = 64;

/// Largest size of a decimal or whole number in an event or a rule set (RULES.md section 1).
pub const NUMBER_MAX: u64 = 1_000_000_000_000;

/// Deepest nesting of an event or a rule set. The deepest valid rule set has five levels.
pub const DEPTH_MAX: usize = 16;

/// Most values in one event or rule set, tables and lists included.
pub const VALUES_MAX: usize = 4_096;

/// Longest text inside an event or a rule set, in bytes.
pub const TEXT_LENGTH_MAX: usize = 1_024;

/// Longest line of a journal, in bytes.
pub const LINE_LENGTH_MAX: usize = 65_536;

/// Largest total of all units, in 10^-8. Up to it, every intermediate result of a release fits 256 bits. A grant that would
/// exceed it is refused as `out_of_range`.
pub const UNITS_RAW_MAX: i128 = 10_i128.pow(37);

/// Longest time for returning a pack, in days (RULES.md section 4).
pub const RETURN_DAYS_MAX: u64 = 30;

/// Most trades, packs and orders of one `day.closing` (RULES.md section 4).
pub const CLOSING_MOST: u64 = 10_000;

/// Fewest days with turnover, of the last 30, from which a mean is taken for a forecast.
pub const TURNOVER_DAYS_MIN: usize = 7;

/// Longest scenario or forecast, in days: 100 years.
pub const SCENARIO_DAYS_MAX: usize = 36_525;

/// Most cohorts, and most watched days, of a scenario.
pub const SCENARIO_COHORTS_MAX: usize = 128;

/// Most members, shops, cities, and new members a day, of a scenario.
pub const SCENARIO_MEMBERS_MAX: u64 = 10_000_000_000;
