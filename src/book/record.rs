//! The record of a closed day.

use serde::{Deserialize, Serialize};

use crate::identity::Day;
use crate::quantity::{Index, Money, Points, Price, ShareValue, Units};

/// What one close did and what held after it (RULES.md section 5, step 6). With these alone a wallet brings an old
/// account up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayRecord {
    /// The day that was closed.
    pub day: Day,
    /// The price at which it was closed.
    pub price: Price,
    /// Points released.
    pub released: Points,
    /// Share value of all before the release (`T`).
    pub total: ShareValue,
    /// All units after it.
    pub units: Units,
    /// `nav` after it.
    pub nav: Index,
    /// `acc` after it.
    pub acc: Index,
    /// The era after it.
    pub era: u32,
    /// The last `acc` of each era that ended with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Index>,
    /// The day's turnover, from the first day that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Money>,
}
