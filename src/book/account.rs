//! A member's account: as it was last settled, and settled to the present.

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id, Region};
use crate::quantity::{OutOfRange, Points, ShareValue, Units};
use crate::release::{EndedEras, Holding, Release};

/// A member's account (会员账户), as it was last settled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Who recommended the member.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub referrer: Option<Id>,
    /// Whether it has bought a pack.
    pub activated: bool,
    /// Share value that waits for the activation.
    pub locked: ShareValue,
    /// Points, of which it can dispose.
    pub points: Points,
    /// Its part in the release.
    pub holding: Holding,
    /// Its service role.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub role: Option<Id>,
    /// Whether it has bought a merchant pack.
    pub merchant_pack: bool,
    /// Where its shop is.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub shop: Option<Region>,
    /// The day of its last area pack.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub area_pack: Option<Day>,
    /// The city of which it is the partner.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub city: Option<Region>,
    /// Whether it can do nothing of its own.
    pub frozen: bool,
}

impl Account {
    /// What others may know for a transfer or a trade: that the member is there, and whether it can act.
    #[must_use]
    pub fn for_others(&self) -> Self {
        Self { frozen: self.frozen, ..Self::default() }
    }

    /// Takes out all balances, for somebody who needs to know only who the member is.
    pub fn hide_balances(&mut self) {
        self.locked = ShareValue::ZERO;
        self.points = Points::ZERO;
        self.holding = Holding::default();
    }

    /// This account settled to the present.
    ///
    /// # Errors
    /// [`OutOfRange`] if the release is older than the account.
    pub fn state(&self, release: &Release, ended: &EndedEras) -> Result<AccountState, OutOfRange> {
        let mut holding = self.holding;
        let earned = release.settle(&mut holding, ended)?;
        Ok(AccountState {
            share_value: holding.units.share_value_floor(release.nav)?,
            locked: self.locked,
            points: self.points.plus(earned)?,
            units: holding.units,
        })
    }
}

/// An account, settled to the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountState {
    /// `floor_8(units × nav)`.
    pub share_value: ShareValue,
    /// Share value that waits for the activation.
    pub locked: ShareValue,
    /// Points.
    pub points: Points,
    /// Units.
    pub units: Units,
}
