//! Whom an event of the journal concerned: the members and shops that it names, and those behind the order, offer,
//! trade, pack or redemption that it names.

use gongxiang::book::Excerpt;
use gongxiang::event::{Event, Name, Referent};
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use gongxiang::wire;

use super::problem::{Failure, Problem};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Headline, Transaction};

/// Whom an event concerned.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// In the order in which the event names them.
    pub members: Vec<Id>,
    pub order: Option<Id>,
}

/// What an event names.
fn named(event: &Event) -> Vec<(Referent, Id)> {
    let mut all = Vec::new();
    event.names(&mut |name| {
        if let Name::Id(referent, id) = name {
            all.push((referent, id.clone()));
        }
    });
    all
}

/// Whom each of these events concerned, in their order.
pub async fn of(tx: &mut dyn Transaction, events: &[Headline]) -> Result<Vec<Concerned>, Problem> {
    let read = |headline: &Headline| {
        // Only what was read as an event is in the journal.
        let tree: Tree = serde_json::from_str(&headline.event).map_err(|_| Failure::Unavailable)?;
        Ok(named(&wire::event::read(&tree)?.event))
    };
    let all: Vec<Vec<(Referent, Id)>> = events.iter().map(read).collect::<Result<_, Problem>>()?;
    let mut needs = Needs::default();
    for (referent, id) in all.iter().flatten() {
        let rows = match referent {
            Referent::Order => &mut needs.orders,
            Referent::Offer => &mut needs.offers,
            Referent::Trade => &mut needs.trades,
            Referent::Purchase => &mut needs.purchases,
            Referent::Redemption => &mut needs.redemptions,
            _ => continue,
        };
        rows.insert(id.clone());
    }
    let part = if needs == Needs::default() { None } else { Some(tx.load(&needs).await?.excerpt) };
    Ok(all.into_iter().map(|named| Concerned::of(named, part.as_ref())).collect())
}

impl Concerned {
    fn of(named: Vec<(Referent, Id)>, part: Option<&Excerpt>) -> Self {
        let mut concerned = Self::default();
        for (referent, id) in named {
            match referent {
                Referent::Member | Referent::Referrer | Referent::Buyer | Referent::Merchant => concerned.add(id),
                Referent::Order => {
                    if let Some(order) = part.and_then(|part| part.orders.get(&id)) {
                        concerned.add(order.buyer.clone());
                        concerned.add(order.merchant.clone());
                    }
                    concerned.order = Some(id);
                }
                Referent::Offer => concerned.add_owner(&id, part),
                Referent::Trade => {
                    let Some(trade) = part.and_then(|part| part.trades.get(&id)) else { continue };
                    concerned.add(trade.taker.clone());
                    concerned.add_owner(&trade.offer, part);
                }
                Referent::Purchase => {
                    if let Some(purchase) = part.and_then(|part| part.purchases.get(&id)) {
                        concerned.add(purchase.member.clone());
                    }
                }
                Referent::Redemption => {
                    if let Some(redemption) = part.and_then(|part| part.redemptions.get(&id)) {
                        concerned.add(redemption.member.clone());
                    }
                }
                Referent::Pack | Referent::Role | Referent::Item => {}
            }
        }
        concerned
    }

    fn add_owner(&mut self, offer: &Id, part: Option<&Excerpt>) {
        if let Some(offer) = part.and_then(|part| part.offers.get(offer)) {
            self.add(offer.owner.clone());
        }
    }

    fn add(&mut self, member: Id) {
        if !self.members.contains(&member) {
            self.members.push(member);
        }
    }
}
