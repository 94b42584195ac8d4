//! Gift packs: at once, or after the days in which they may come back.

use crate::event::Kind::{Count, Id};
use crate::event::{Event, Row};
use crate::exact::floor;
use crate::rules::Pack;
use crate::state::{Purchase, PurchaseStage};
use crate::{Model, Stop, refuse};

/// The events of this file.
pub(crate) const EVENTS: &[Row] = &[
    (
        "pack.purchased",
        &[("member", Id, false), ("pack", Id, false), ("purchase", Id, true), ("return_days", Count(30), true)],
        Model::pack_purchased,
    ),
    ("pack.refunded", &[("purchase", Id, false)], Model::pack_refunded),
];

impl Model {
    pub(crate) fn pack_purchased(&mut self, event: &Event) -> Result<(), Stop> {
        let member = event.text("member");
        self.known(member)?;
        let pack = self.rules.packs.get(event.text("pack")).cloned().ok_or(Stop::Refused("unknown_pack"))?;
        let (Some(id), Some(days)) = (event.maybe("purchase"), event.count("return_days")) else {
            self.take_effect(member, pack);
            return Ok(());
        };
        refuse(self.purchases.iter().any(|p| p.id == id), "purchase_exists")?;
        let (id, member, due) = (id.to_owned(), member.to_owned(), self.today + days);
        self.purchases.push(Purchase { id, member, pack, due, stage: PurchaseStage::Waiting });
        Ok(())
    }

    pub(crate) fn pack_refunded(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("purchase");
        let found = self.purchases.iter_mut().find(|p| p.id == id);
        let purchase = found.ok_or(Stop::Refused("unknown_purchase"))?;
        refuse(purchase.stage == PurchaseStage::Refunded, "purchase_refunded")?;
        refuse(purchase.stage == PurchaseStage::Final, "pack_final")?;
        purchase.stage = PurchaseStage::Refunded;
        Ok(())
    }

    /// All that a pack does, as if it were bought today.
    pub(crate) fn take_effect(&mut self, id: &str, pack: Pack) {
        let today = self.today;
        let mut activation = None;
        if let Some(member) = self.members.get_mut(id) {
            member.merchant_pack |= pack.merchant;
            if pack.area_partner {
                member.area_pack = Some(today);
            }
            if !member.activated {
                member.activated = true;
                activation = Some((std::mem::take(&mut member.locked), member.referrer.clone()));
            }
        }
        if let Some((locked, referrer)) = activation {
            self.give(id, &locked);
            if let Some(referrer) = referrer {
                let part = self.rules.signup_referrer.clone();
                self.give(&referrer, &part);
            }
        }
        self.give(id, &floor(&(pack.price * pack.share_value_rate), 8));
    }
}
