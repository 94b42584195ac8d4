//! A member's account, as it was last settled and as it is now (RULES.md sections 2 and 5).

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id, Region};
use crate::quantity::{OutOfRange, Points, ShareValue, Units};
use crate::release::{EndedEras, Holding, Release};

/// A member's account (会员账户), as it was last settled. It does not contain the releases of the days since then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// The member who recommended this one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub referrer: Option<Id>,
    /// Whether the member is activated: one of its packs has taken effect.
    pub activated: bool,
    /// Share value that is locked until the member is activated.
    pub locked: ShareValue,
    /// Points that the member can spend.
    pub points: Points,
    /// The member's part in the release.
    pub holding: Holding,
    /// The name of the member's service role.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub role: Option<Id>,
    /// Whether the member has bought a merchant pack.
    pub merchant_pack: bool,
    /// The region of the member's shop, if it has one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub shop: Option<Region>,
    /// The day on which the member's last area pack took effect.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub area_pack: Option<Day>,
    /// The city whose partner the member is.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub city: Option<Region>,
    /// Whether the member is frozen and can do nothing itself.
    pub frozen: bool,
}

impl Account {
    /// The part of the account that other members may see: only whether it is frozen. That is enough to preview a transfer or
    /// a trade with it.
    #[must_use]
    pub fn for_others(&self) -> Self {
        Self { frozen: self.frozen, ..Self::default() }
    }

    /// Sets all balances to 0, for readers who may not see them.
    pub fn hide_balances(&mut self) {
        self.locked = ShareValue::ZERO;
        self.points = Points::ZERO;
        self.holding = Holding::default();
    }

    /// The account settled to the present (RULES.md section 5). Changes nothing.
    ///
    /// # Errors
    /// [`OutOfRange`] if the account was settled later than this release.
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

/// An account settled to the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountState {
    /// Share value: `floor_8(units × nav)`.
    pub share_value: ShareValue,
    /// Share value that is locked until the member is activated.
    pub locked: ShareValue,
    /// Points.
    pub points: Points,
    /// Units.
    pub units: Units,
}
