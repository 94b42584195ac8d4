//! The rewards that a member is still to get: those of orders that have not vested.
//!
//! A member's own orders and those of its shop are found by their indices, back to the oldest pending order. All other
//! orders are found by rows that name their receivers. So the cost depends only on the member's own rows.

use gongxiang::identity::Id;
use gongxiang::order::Order;
use gongxiang::quantity::OutOfRange;
use gongxiang::wire::pending::PendingNow;

use crate::ledger::store::{Page, Result, Transaction, differs};

/// How many orders are read at once.
const PAGE: usize = 1_000;

/// What is to come to a member.
///
/// # Errors
/// If the database does not answer.
pub async fn pending(tx: &mut dyn Transaction, member: &Id) -> Result<PendingNow> {
    let mut pending = PendingNow::nothing(member.clone(), tx.now().await?.head.day);
    let Some(oldest) = tx.oldest_pending().await? else { return Ok(pending) };
    macro_rules! own {
        ($page:ident => $read:expr) => {
            let mut after = i64::MAX;
            while after > oldest {
                let $page = Page { after, limit: PAGE };
                let orders = $read.await?;
                after = if orders.len() < PAGE { oldest } else { last(&orders)?.1 };
                add(&mut pending, &orders)?;
            }
        };
    }
    own!(page => tx.orders_by(member, page));
    own!(page => tx.orders_of(member, page));
    let mut after = (None, 0);
    loop {
        let orders = tx.orders_for(member, Page { after, limit: PAGE }).await?;
        add(&mut pending, &orders)?;
        if orders.len() < PAGE {
            return Ok(pending);
        }
        let (order, number) = last(&orders)?;
        after = (order.due, number);
    }
}

fn add(pending: &mut PendingNow, orders: &[(Id, Order)]) -> Result<()> {
    let too_much = |_: OutOfRange| differs("what is to come to a member does not fit");
    orders.iter().try_for_each(|(_, order)| pending.add(order)).map_err(too_much)
}

/// The last order of a page and its number.
fn last(orders: &[(Id, Order)]) -> Result<(&Order, i64)> {
    let (id, order) = orders.last().ok_or_else(|| differs("a page of orders is empty"))?;
    let number = i64::try_from(order.sequence).map_err(|_| differs(format!("the number of order {id}")))?;
    Ok((order, number))
}
