//! Comparing with the JSON of section 9.

use num_traits::Signed;
use serde_json::Value;

use crate::Model;
use crate::exact::{Exact, bound_sum, output, text, tiny, whole};

fn number(object: &Value, key: &str) -> Result<Exact, String> {
    let value = object[key].as_str().ok_or_else(|| format!("no {key} in {object}"))?;
    output(value, 18).ok_or_else(|| format!("{key}: {value} is no decimal"))
}

fn near(what: &str, theirs: &Exact, ours: &Exact, slack: &Exact) -> Result<(), String> {
    // Multiplied out, because reducing the difference would cost more than all the rest.
    let difference = theirs.numer() * ours.denom() - ours.numer() * theirs.denom();
    if difference.abs() * slack.denom() <= slack.numer() * theirs.denom() * ours.denom() {
        return Ok(());
    }
    let [theirs, ours, slack] = [theirs, ours, slack].map(|x| text(x, 20));
    Err(format!("{what}: {theirs}, the model has {ours} (± {slack})"))
}

impl Model {
    /// Compares the record of a day.
    ///
    /// # Errors
    ///
    /// A difference that rounding does not explain.
    pub fn check_day(&self, theirs: &Value) -> Result<(), String> {
        let day = theirs["day"].as_str().unwrap_or_default();
        let ours = self.days().iter().find(|d| d.day == day).ok_or_else(|| format!("no day {day}"))?;
        near(&format!("{day} price"), &number(theirs, "price")?, &ours.price, &whole(0))?;
        near(&format!("{day} total"), &number(theirs, "total")?, &ours.total, &ours.total_slack)?;
        near(&format!("{day} released"), &number(theirs, "released")?, &ours.released, &ours.released_slack)
    }

    /// Compares a receipt: exact.
    ///
    /// # Errors
    ///
    /// Any difference.
    pub fn check_order(&self, theirs: &Value) -> Result<(), String> {
        let id = theirs["order"].as_str().unwrap_or_default();
        let ours = self.orders().iter().find(|o| o.id == id).ok_or_else(|| format!("no order {id}"))?;
        near(&format!("{id} points"), &number(theirs, "points")?, &ours.points, &whole(0))?;
        let rewards = theirs["rewards"].as_array().map(Vec::as_slice).unwrap_or_default();
        if rewards.len() != ours.rewards.len() {
            return Err(format!("{id}: rewards {rewards:?}, the model has {:?}", ours.rewards));
        }
        for (theirs, ours) in rewards.iter().zip(&ours.rewards) {
            let same = theirs["member"] == ours.member.as_str()
                && theirs["kind"] == ours.kind
                && number(theirs, "share_value")? == ours.share_value
                && number(theirs, "points")? == ours.points;
            if !same {
                return Err(format!("{id}: reward {theirs}, the model has {ours:?}"));
            }
        }
        Ok(())
    }

    /// Compares the receipt of the refund that was applied last.
    ///
    /// # Errors
    ///
    /// A difference that rounding does not explain.
    pub fn check_refund(&self, theirs: &Value) -> Result<(), String> {
        let (ours, slack) = self.unrecovered();
        let theirs = if theirs["unrecovered"].is_null() { whole(0) } else { number(theirs, "unrecovered")? };
        near("unrecovered", &theirs, ours, slack)
    }

    /// Compares a state: accounts within [`Model::slack`], the rest exact or within [`Model::supply_slack`].
    ///
    /// # Errors
    ///
    /// A difference that rounding does not explain.
    pub fn check_state(&self, theirs: &Value) -> Result<(), String> {
        if theirs["day"] != self.day().as_str() {
            return Err(format!("day {}, the model has {}", theirs["day"], self.day()));
        }
        let exact = whole(0);
        near("price", &number(theirs, "price")?, self.price(), &exact)?;
        let accounts = theirs["accounts"].as_object().ok_or("no accounts")?;
        if !accounts.keys().map(String::as_str).eq(self.members()) {
            return Err(format!("accounts of {:?}", accounts.keys()));
        }
        let mut held_slack = tiny(8);
        for (id, account) in accounts {
            let (Some(share_value), Some(points), Some(locked), Some(slack)) =
                (self.share_value(id), self.points(id), self.locked(id), self.slack(id))
            else {
                return Err(format!("no account {id}"));
            };
            near(&format!("{id} share_value"), &number(account, "share_value")?, share_value, &slack.share_value)?;
            near(&format!("{id} points"), &number(account, "points")?, points, &slack.points)?;
            near(&format!("{id} locked"), &number(account, "locked")?, locked, &exact)?;
            held_slack = bound_sum(&[&held_slack, &slack.points]);
        }
        let supply = self.supply();
        let (issued_slack, returned_slack) = self.supply_slack();
        let parts = &theirs["supply"];
        near("issued", &number(parts, "issued")?, &supply.issued, issued_slack)?;
        near("burned", &number(parts, "burned")?, &supply.burned, &exact)?;
        near("treasury", &number(parts, "treasury")?, &supply.treasury, &exact)?;
        near("escrow", &number(parts, "escrow")?, &supply.escrow, &exact)?;
        let held = number(parts, "held")? + number(parts, "pool")?;
        near("held and pool", &held, &supply.held, &held_slack)?;
        let returned = number(&theirs["release"], "returned")?;
        near("returned", &returned, self.returned(), returned_slack)
    }

    /// The accounts of a state that are further away than section 7 promises.
    ///
    /// # Errors
    ///
    /// The first such account.
    pub fn check_promise(&self, theirs: &Value, all: bool) -> Result<(), String> {
        for (id, account) in theirs["accounts"].as_object().ok_or("no accounts")? {
            let (Some(share_value), Some(points), Some(promise)) =
                (self.share_value(id), self.points(id), self.promise(id, all))
            else {
                return Err(format!("no account {id}"));
            };
            near(&format!("{id} share_value"), &number(account, "share_value")?, share_value, &promise.share_value)?;
            near(&format!("{id} points"), &number(account, "points")?, points, &promise.points)?;
        }
        Ok(())
    }
}
