//! Offers and trades.

use num_traits::Signed;

use crate::event::Kind::{Id, Points, Side};
use crate::event::{Event, Row};
use crate::exact::{Exact, whole};
use crate::state::{Offer, Trade, TradeStage};
use crate::{Model, Stop, refuse};

/// The events of this file.
pub(crate) const EVENTS: &[Row] = &[
    (
        "offer.placed",
        &[
            ("offer", Id, false),
            ("member", Id, false),
            ("side", Side, false),
            ("points", Points, false),
            ("unit_price", Points, false),
        ],
        Model::offer_placed,
    ),
    (
        "offer.taken",
        &[("offer", Id, false), ("trade", Id, false), ("member", Id, false), ("points", Points, false)],
        Model::offer_taken,
    ),
    ("trade.paid", &[("trade", Id, false)], Model::trade_paid),
    ("trade.confirmed", &[("trade", Id, false)], Model::trade_confirmed),
    ("trade.cancelled", &[("trade", Id, false)], Model::trade_cancelled),
    ("offer.cancelled", &[("offer", Id, false)], Model::offer_cancelled),
];

impl Model {
    /// `price × (1 ± price_band)` of this moment.
    pub(crate) fn band(&self) -> (Exact, Exact) {
        let band = &self.rules.price_band;
        (&self.price * (whole(1) - band), &self.price * (whole(1) + band))
    }

    fn outside_band(&self, unit_price: &Exact) -> bool {
        let (low, high) = self.band();
        !unit_price.is_positive() || *unit_price < low || *unit_price > high
    }

    pub(crate) fn offer_placed(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, member) = (event.text("offer"), event.text("member"));
        let (points, unit_price) = (event.number("points"), event.number("unit_price"));
        let sells = event.text("side") == "sell";
        self.known(member)?;
        self.free(member)?;
        refuse(self.offers.contains_key(id), "offer_exists")?;
        refuse(!points.is_positive(), "bad_amount")?;
        refuse(self.outside_band(&unit_price), "price_outside_band")?;
        if sells {
            self.enough(member, &points, "points_short")?;
            self.pay(member, &-&points);
            self.escrow += &points;
        }
        let offer = Offer { member: member.to_owned(), sells, left: points, unit_price, open: true };
        self.offers.insert(id.to_owned(), offer);
        Ok(())
    }

    pub(crate) fn offer_taken(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, trade, member) = (event.text("offer"), event.text("trade"), event.text("member"));
        let points = event.number("points");
        let offer = self.offers.get(id).ok_or(Stop::Refused("unknown_offer"))?;
        self.known(member)?;
        self.free(member)?;
        self.free(&offer.member)?;
        refuse(self.trades.iter().any(|(id, _)| id == trade), "trade_exists")?;
        refuse(!offer.open, "offer_closed")?;
        refuse(offer.member == member, "self_dealing")?;
        refuse(!points.is_positive(), "bad_amount")?;
        refuse(self.outside_band(&offer.unit_price), "price_outside_band")?;
        refuse(points > offer.left, "offer_short")?;
        if !offer.sells {
            self.enough(member, &points, "points_short")?;
            self.pay(member, &-&points);
            self.escrow += &points;
        }
        if let Some(offer) = self.offers.get_mut(id) {
            offer.left -= &points;
        }
        let taken =
            Trade { offer: id.to_owned(), taker: member.to_owned(), points, day: self.today, stage: TradeStage::Taken };
        self.trades.push((trade.to_owned(), taken));
        Ok(())
    }

    fn trade(&self, event: &Event, allowed: &[TradeStage]) -> Result<usize, Stop> {
        let id = event.text("trade");
        let at = self.trades.iter().position(|(other, _)| other == id).ok_or(Stop::Refused("unknown_trade"))?;
        refuse(!allowed.contains(&self.trades[at].1.stage), "wrong_trade_state")?;
        Ok(at)
    }

    pub(crate) fn trade_paid(&mut self, event: &Event) -> Result<(), Stop> {
        let at = self.trade(event, &[TradeStage::Taken])?;
        self.trades[at].1.stage = TradeStage::Paid;
        Ok(())
    }

    pub(crate) fn trade_confirmed(&mut self, event: &Event) -> Result<(), Stop> {
        let at = self.trade(event, &[TradeStage::Taken, TradeStage::Paid])?;
        self.trades[at].1.stage = TradeStage::Confirmed;
        let trade = self.trades[at].1.clone();
        let Some(offer) = self.offers.get(&trade.offer) else {
            return Ok(());
        };
        let buyer = if offer.sells { trade.taker } else { offer.member.clone() };
        let (low, high) = self.band();
        self.traded_money += &trade.points * offer.unit_price.clone().max(low).min(high);
        self.traded_points += &trade.points;
        self.escrow -= &trade.points;
        self.pay(&buyer, &trade.points);
        Ok(())
    }

    pub(crate) fn trade_cancelled(&mut self, event: &Event) -> Result<(), Stop> {
        let at = self.trade(event, &[TradeStage::Taken, TradeStage::Paid])?;
        self.cancel_trade(at);
        Ok(())
    }

    pub(crate) fn cancel_trade(&mut self, at: usize) {
        self.trades[at].1.stage = TradeStage::Cancelled;
        let trade = self.trades[at].1.clone();
        let Some(offer) = self.offers.get_mut(&trade.offer) else {
            return;
        };
        if offer.open {
            offer.left += &trade.points;
        }
        // Only the points of an open sell offer stay in escrow: they are on offer again.
        if offer.sells && offer.open {
            return;
        }
        let seller = if offer.sells { offer.member.clone() } else { trade.taker };
        self.escrow -= &trade.points;
        self.pay(&seller, &trade.points);
    }

    pub(crate) fn offer_cancelled(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("offer");
        let offer = self.offers.get_mut(id).ok_or(Stop::Refused("unknown_offer"))?;
        refuse(!offer.open, "offer_closed")?;
        offer.open = false;
        let (left, member, sells) = (std::mem::take(&mut offer.left), offer.member.clone(), offer.sells);
        if sells {
            self.escrow -= &left;
            self.pay(&member, &left);
        }
        Ok(())
    }
}
