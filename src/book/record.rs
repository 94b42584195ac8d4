//! The record of a closed day.

use serde::{Deserialize, Serialize};

use crate::identity::Day;
use crate::quantity::{Index, Money, Points, Price, ShareValue, Units};

/// What the close of a day did, and the release after it (RULES.md section 5, step 6). These records are all that a wallet needs
/// to bring an old account up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayRecord {
    /// The day that was closed.
    pub day: Day,
    /// The price of that day, in yuan for one point.
    pub price: Price,
    /// Points released by the close.
    pub released: Points,
    /// Share value of all members before the release (`T`).
    pub total: ShareValue,
    /// Units of all members after the release.
    pub units: Units,
    /// `nav` after the release.
    pub nav: Index,
    /// `acc` after the release.
    pub acc: Index,
    /// The era after the release, from 0.
    pub era: u32,
    /// The last `acc` of each era that ended with this close.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Index>,
    /// The day's turnover in yuan. There is none before the first day with a turnover above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Money>,
}
