//! An action of a member or the operator: an event, from which the command and the preview are made.

use gongxiang::book::{Account, Book, Excerpt, Supply};
use gongxiang::event::{Code, Entry, Event, Refusal};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Side, Trade};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Money, Points, Price};
use gongxiang::receipt::{Amount, Party, Posting, Receipt, Rule};
use gongxiang::tree::Tree;
use gongxiang::wire;
use gongxiang::wire::command::{self, Request};
use gongxiang::wire::event;

use crate::api::{self, Close, Fault, Item, Preview};
use crate::order::{Parties, id_to_be_made};
use crate::proposal::Proposal;
use crate::text::{Words, actions as t, counter as c, goods as g, people, proposals as p, trades as w};
use crate::wallet::{self, Days, Wallet};

#[derive(Clone, Debug)]
pub struct Action {
    pub title: Words,
    /// Tells what happens to money and points.
    pub note: Words,
    /// What the sheet shows beside the receipt: a name and its value, `old → new` for a change.
    pub facts: Vec<(Words, String)>,
    /// What a worth in yuan rests on, where the sheet shows one. Its form gives it, so that only the programs with such a form contain it.
    pub basis: Option<Words>,
    /// `None` for the operator.
    pub member: Option<Id>,
    /// Ids that the server makes are placeholders here.
    event: Event,
    /// The id that the desk gives, where the server would make one.
    named: Option<Id>,
    /// The shop's own number of an order.
    reference: Option<Id>,
    /// Codes of the red flags that the operator accepts together with new rules.
    accept_flags: Vec<String>,
    /// The fingerprint of the rules that new ones were written upon: those of somebody else meanwhile are not undone.
    based_on: Option<String>,
    /// The first day of new rules, if they are announced.
    begins: Option<Day>,
    /// Why the operator decides a trade.
    reason: Option<String>,
    /// Set if the preview needs accounts that the wallet must not see. Then the server makes it.
    by_server: bool,
    /// The other member, whose account the preview needs.
    other: Option<Id>,
    offer: Option<Item<Offer>>,
    trade: Option<Item<Trade>>,
    order: Option<Item<Order>>,
    /// The price in force, where the action changes it.
    replaces: Option<Price>,
    /// The piece of the catalogue for which points are redeemed.
    piece: Option<GoodsTerms>,
    /// The decision about what somebody else proposed, in place of the event's own command.
    decision: Option<Decision>,
}

/// What a member agrees to beside the points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodsTerms {
    /// Yuan that are paid when the piece is handed out.
    pub money: Money,
    /// Where it is to be sent; `None` if the member fetches it.
    pub deliver_to: Option<String>,
}

/// What a second person decides about a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decision {
    proposal: i64,
    /// Why it is declined; nothing if it is approved.
    reason: Option<String>,
}

impl PartialEq for Action {
    /// Screens compare the actions of two inputs. Title and note follow from the event, so they are left out.
    fn eq(&self, other: &Self) -> bool {
        wire::event::write(&self.event) == wire::event::write(&other.event)
            && self.member == other.member
            && self.reference == other.reference
            && self.accept_flags == other.accept_flags
            && self.reason == other.reason
            && self.offer == other.offer
            && self.trade == other.trade
            && self.piece == other.piece
            && self.decision == other.decision
    }
}

impl Action {
    fn new(title: Words, note: Words, member: Option<&Id>, event: Event) -> Self {
        Self {
            title,
            note,
            facts: Vec::new(),
            basis: None,
            member: member.cloned(),
            event,
            named: None,
            reference: None,
            accept_flags: Vec::new(),
            based_on: None,
            begins: None,
            reason: None,
            by_server: false,
            other: None,
            offer: None,
            trade: None,
            order: None,
            replaces: None,
            piece: None,
            decision: None,
        }
    }

    pub const fn event(&self) -> &Event {
        &self.event
    }

    pub const fn order_of(&self) -> Option<&Item<Order>> {
        self.order.as_ref()
    }

    /// Whether it adopts other rules, by which nothing moves.
    pub const fn changes_rules(&self) -> bool {
        matches!(self.event, Event::RulesAdopted { .. })
    }

    /// The price in force, where the action changes it.
    pub const fn replaces(&self) -> Option<&Price> {
        self.replaces.as_ref()
    }

    /// Its command.
    pub fn request(&self) -> Request {
        if let Some(Decision { proposal, reason }) = &self.decision {
            let what = if reason.is_some() { "decline" } else { "approve" };
            let reason = reason.iter().map(|reason| ("reason".to_owned(), Tree::Text(reason.clone())));
            return Request { path: format!("/v1/proposals/{proposal}/{what}"), body: Tree::Table(reason.collect()) };
        }
        if let (Some(GoodsTerms { money, deliver_to }), Event::PointsRedeemed { points, item: Some(item), .. }) =
            (&self.piece, &self.event)
        {
            let text = |name: &str, value: String| (name.to_owned(), Tree::Text(value));
            let mut body = vec![text("money", money.to_string()), text("points", points.to_string())];
            body.extend(deliver_to.clone().map(|to| text("deliver_to", to)));
            return Request { path: format!("/v1/goods/{item}/redemptions"), body: Tree::Table(body) };
        }
        let Request { path, mut body } = command::request(&self.event);
        if let (Tree::Table(fields), Some((made, _)), Some(id)) =
            (&mut body, command::made(self.event.kind()), &self.named)
        {
            fields.push((made.to_owned(), Tree::Text(id.to_string())));
        }
        if let (Tree::Table(fields), Some(hash)) = (&mut body, &self.based_on) {
            fields.push(("based_on".to_owned(), Tree::Text(hash.clone())));
        }
        if let (Tree::Table(fields), Some(day)) = (&mut body, self.begins) {
            fields.push(("from".to_owned(), Tree::Text(day.to_string())));
        }
        Request { path, body: self.with_added(body) }
    }

    /// The event for the server's preview, without the id that the server makes.
    fn previewed(&self) -> Tree {
        let mut event = event::write(&self.event);
        if self.named.is_none()
            && let (Tree::Table(fields), Some((made, _))) = (&mut event, command::made(self.event.kind()))
        {
            fields.retain(|(name, _)| name != made);
        }
        self.with_added(event)
    }

    /// Adds what the event does not have: the shop's own number, the accepted flags, the reason.
    fn with_added(&self, mut fields: Tree) -> Tree {
        if let (Tree::Table(fields), Some(reference)) = (&mut fields, &self.reference) {
            fields.push(("reference".to_owned(), Tree::Text(reference.to_string())));
        }
        if let (Tree::Table(fields), Some(reason)) = (&mut fields, &self.reason) {
            fields.push(("reason".to_owned(), Tree::Text(reason.clone())));
        }
        if let Tree::Table(fields) = &mut fields
            && !self.accept_flags.is_empty()
        {
            let codes = self.accept_flags.iter().cloned().map(Tree::Text).collect();
            fields.push(("accept_flags".to_owned(), Tree::List(codes)));
        }
        fields
    }

    /// The part of a receipt that the sheet shows: as the server cuts its answers.
    pub fn seen(&self, receipt: Receipt) -> Receipt {
        match &self.member {
            Some(me) => receipt.seen_by(me),
            None => receipt,
        }
    }

    /// The points that leave the member's balance by what is foreseen, apart from releases that are settled on the way.
    pub fn spends(&self, receipt: &Receipt) -> Points {
        let Some(me) = &self.member else { return Points::ZERO };
        let moved = |of: fn(&Posting) -> &Party| {
            let own = receipt.postings.iter().filter(|posting| posting.rule != Rule::Release && of(posting).is(me));
            own.fold(Points::ZERO, |sum, posting| match posting.amount {
                Amount::Points(points) => sum.plus(points).unwrap_or(sum),
                _ => sum,
            })
        };
        let (out, back) = (moved(|posting| &posting.from), moved(|posting| &posting.to));
        if out > back { out.minus(back).unwrap_or(Points::ZERO) } else { Points::ZERO }
    }

    fn by_server(mut self) -> Self {
        self.by_server = true;
        self
    }

    fn with_other(mut self, other: &Id) -> Self {
        self.other = Some(other.clone());
        self
    }

    /// Points to another member.
    pub fn transfer(me: &Id, to: &Id, points: Points) -> Self {
        let event = Event::PointsTransferred { from: me.clone(), to: to.clone(), points };
        Self::new(t::TRANSFER, t::TRANSFER_NOTE, Some(me), event).with_other(to)
    }

    /// Points for goods of the platform.
    pub fn redeem(me: &Id, points: Points, item: Option<&Id>) -> Self {
        let event = Event::PointsRedeemed { member: me.clone(), points, item: item.cloned(), redemption: None };
        Self::new(t::REDEEM, t::REDEEM_NOTE, Some(me), event)
    }

    /// Points for a piece of the catalogue.
    pub fn redeem_for(me: &Id, item: &Id, points: Points, terms: GoodsTerms) -> Self {
        let mut action = Self { note: g::PICK_NOTE, ..Self::redeem(me, points, Some(item)) };
        action.piece = Some(terms);
        action
    }

    /// An offer on the market.
    pub fn place_offer(me: &Id, sells: bool, points: Points, unit_price: Price) -> Self {
        let (side, note) = if sells { (Side::Sell, t::OFFER_SELL_NOTE) } else { (Side::Buy, t::OFFER_BUY_NOTE) };
        let event = Event::OfferPlaced { offer: id_to_be_made(me), member: me.clone(), side, points, unit_price };
        Self::new(t::PLACE_OFFER, note, Some(me), event)
    }

    /// A part of somebody's offer.
    pub fn take_offer(me: &Id, offer: &Item<Offer>, points: Points) -> Self {
        let note = match offer.value.side {
            Side::Sell => t::TAKE_SELL_NOTE,
            Side::Buy => t::TAKE_BUY_NOTE,
        };
        let (trade, member) = (id_to_be_made(me), me.clone());
        let event = Event::OfferTaken { offer: offer.id.clone(), trade, member, points };
        let mut action = Self::new(t::TAKE_OFFER, note, Some(me), event).with_other(&offer.value.owner);
        action.offer = Some(offer.clone());
        action
    }

    /// Cancels the rest of one's own offer.
    pub fn cancel_offer(me: &Id, offer: &Item<Offer>) -> Self {
        let event = Event::OfferCancelled { offer: offer.id.clone() };
        let mut action = Self::new(t::CANCEL_OFFER, t::CANCEL_OFFER_NOTE, Some(me), event);
        action.offer = Some(offer.clone());
        action
    }

    /// The next step of a trade.
    pub fn trade(me: &Id, step: Step, trade: &Item<Trade>, offer: &Item<Offer>) -> Self {
        let id = trade.id.clone();
        let (event, title, note) = match step {
            Step::Pay => (Event::TradePaid { trade: id }, t::PAY, t::PAY_NOTE),
            Step::Confirm => (Event::TradeConfirmed { trade: id }, t::CONFIRM, t::CONFIRM_NOTE),
            Step::Cancel => (Event::TradeCancelled { trade: id }, t::CANCEL_TRADE, t::CANCEL_TRADE_NOTE),
        };
        let (buyer, seller) = (trade.value.buyer(&offer.value), trade.value.seller(&offer.value));
        let other = if buyer == me { seller } else { buyer };
        let mut action = Self::new(title, note, Some(me), event).with_other(other);
        action.offer = Some(offer.clone());
        action.trade = Some(trade.clone());
        action
    }

    /// The operator's: the end of a disputed trade, with the reason that both sides read.
    pub fn decide(step: Step, trade: &Item<Trade>, offer: &Item<Offer>, reason: String) -> Self {
        let id = trade.id.clone();
        let (event, title) = match step {
            Step::Confirm => (Event::TradeConfirmed { trade: id }, w::DECIDE_BUYER),
            Step::Pay | Step::Cancel => (Event::TradeCancelled { trade: id }, w::DECIDE_SELLER),
        };
        let mut action = Self::new(title, w::DECIDE_NOTE, None, event).by_server();
        (action.trade, action.offer) = (Some(trade.clone()), Some(offer.clone()));
        action.reason = Some(reason);
        action
    }

    /// Of a trade that the operator decides: buyer, seller, and the reason that both will read.
    pub fn decided(&self) -> Option<(&Id, &Id, &str)> {
        let (Some(trade), Some(offer), Some(reason)) = (&self.trade, &self.offer, &self.reason) else { return None };
        Some((trade.value.buyer(&offer.value), trade.value.seller(&offer.value), reason))
    }

    /// What an offer or a trade is about; `None` for other actions.
    pub fn deal(&self) -> Option<Deal> {
        let owner_sells = |offer: &Item<Offer>| offer.value.side == Side::Sell;
        let (points, unit_price, buys) = match (&self.event, &self.trade, &self.offer) {
            (Event::OfferPlaced { side, points, unit_price, .. }, ..) => (*points, *unit_price, *side == Side::Buy),
            (Event::OfferTaken { points, .. }, _, Some(offer)) => (*points, offer.value.unit_price, owner_sells(offer)),
            (_, Some(trade), Some(offer)) => {
                let buyer = trade.value.buyer(&offer.value);
                (trade.value.points, offer.value.unit_price, self.member.as_ref() == Some(buyer))
            }
            _ => return None,
        };
        Some(Deal { points, unit_price, buys, other: self.other.clone() })
    }

    /// An order at the counter of a shop. The server previews what staff does: the account behind the shop is not theirs to see.
    pub fn charge(parties: &Parties, amount: Money, concession: Money, is_merchant: bool) -> Self {
        let merchant = Some(&parties.merchant).filter(|_| is_merchant);
        Self::new(c::CHARGE, c::CHARGE_NOTE, merchant, parties.order(amount, concession))
    }

    /// An order of a shop whose buyer is not at the counter.
    pub fn order(parties: &Parties, amount: Money, concession: Money, is_merchant: bool) -> Self {
        Self { title: t::ORDER, note: t::ORDER_NOTE, ..Self::charge(parties, amount, concession, is_merchant) }
    }

    /// The same order with the shop's own number, under which it is settled once and found again.
    pub fn with_reference(mut self, reference: Option<Id>) -> Self {
        self.facts.extend(reference.iter().map(|reference| (c::OWN_NUMBER, reference.to_string())));
        self.reference = reference;
        self
    }

    /// Refunds this part of an order's concession at the counter, or all that is left of it.
    pub fn take_back(shop: &Id, order: &Item<Order>, part: Option<Money>, is_merchant: bool) -> Self {
        let part = part.filter(|part| *part != order.value.left);
        let event = Event::OrderRefunded { order: order.id.clone(), concession: part };
        let mut action = Self::new(t::REFUND, t::REFUND_NOTE, Some(shop).filter(|_| is_merchant), event);
        action.by_server = order.value.state != OrderState::Pending;
        action.order = Some(order.clone());
        action
    }

    /// A shop of one's own.
    pub fn open_shop(me: &Id, region: Region) -> Self {
        let event = Event::MerchantOpened { member: me.clone(), region };
        Self::new(t::OPEN_SHOP, t::OPEN_SHOP_NOTE, Some(me), event)
    }

    /// A new member, invited by another.
    pub fn register(referrer: &Id) -> Self {
        let event = Event::MemberRegistered { member: id_to_be_made(referrer), referrer: Some(referrer.clone()) };
        Self::new(t::REGISTER, t::REGISTER_NOTE, None, event).by_server()
    }

    /// A new member whom the desk registers. Without an id the server makes one.
    pub fn enter_member(id: Option<&Id>, referrer: Option<&Id>) -> Option<Self> {
        let member = id.cloned().or_else(|| Id::parse("preview"))?;
        let event = Event::MemberRegistered { member, referrer: referrer.cloned() };
        Some(Self { named: id.cloned(), ..Self::of_desk(people::REGISTER, t::REGISTER_NOTE, event) })
    }

    /// An event of the desk. The server previews it, since it concerns the accounts of others.
    pub fn of_desk(title: Words, note: Words, event: Event) -> Self {
        let named = match &event {
            Event::PointsRedeemed { redemption, .. } => redemption.clone(),
            _ => None,
        };
        Self { named, ..Self::new(title, note, None, event).by_server() }
    }

    pub const fn with_basis(mut self, basis: Words) -> Self {
        self.basis = Some(basis);
        self
    }

    pub fn with_facts(mut self, facts: Vec<(Words, String)>) -> Self {
        self.facts = facts;
        self
    }

    /// The operator's: another price of the day.
    pub fn set_price(price: Price, now: Price) -> Self {
        let mut action = Self::new(t::SET_PRICE, t::SET_PRICE_NOTE, None, Event::PriceSet { price }).by_server();
        action.replaces = Some(now);
        action
    }

    /// The second person's: what somebody else proposed is settled. `now` is the price in force.
    pub fn approve(proposal: &Proposal, now: Price) -> Self {
        let mut action = match &proposal.event {
            Event::PriceSet { price } => Self::set_price(*price, now),
            Event::RulesAdopted { rules } => Self::adopt(rules, &proposal.flags).announced(proposal.from),
            event => Self::of_desk(p::APPROVE, people::GRANT_NOTE, event.clone()),
        };
        action.title = p::APPROVE;
        action.decision = Some(Decision { proposal: proposal.id, reason: None });
        action
    }

    /// The second person's, or of who proposed it: nothing is settled.
    pub fn decline(proposal: &Proposal, reason: String) -> Self {
        let mut action = Self::of_desk(p::DECLINE, p::DECLINE_NOTE, proposal.event.clone());
        action.decision = Some(Decision { proposal: proposal.id, reason: Some(reason) });
        action
    }

    /// Whether it ends a proposal, so that there is nothing to preview.
    fn declines(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.reason.is_some())
    }

    /// The operator's: the day's close, at the price in force.
    pub fn close_day(day: Day, price: Price) -> Self {
        let mut action = Self::new(t::CLOSE_DAY, t::CLOSE_DAY_NOTE, None, Event::DayClosed { day }).by_server();
        action.replaces = Some(price);
        action
    }

    /// The operator's: other rules, with the codes of the red flags that were accepted.
    pub fn adopt(rules: &Tree, accepted: &[String]) -> Self {
        let event = Event::RulesAdopted { rules: rules.clone() };
        let mut action = Self::new(t::ADOPT, t::ADOPT_NOTE, None, event).by_server();
        action.accept_flags = accepted.to_vec();
        action
    }

    /// Of new rules: they hold from this day on, if there is one.
    pub fn announced(mut self, from: Option<Day>) -> Self {
        if from.is_some() {
            (self.title, self.note, self.begins) = (t::ANNOUNCE, t::ANNOUNCE_NOTE, from);
        }
        self
    }

    /// [`Action::adopt`], refused if other rules are in force by then than those with this fingerprint.
    pub fn adopt_upon(hash: &str, rules: &Tree, accepted: &[String]) -> Self {
        Self { based_on: Some(hash.to_owned()), ..Self::adopt(rules, accepted) }
    }
}

/// What an offer or a trade is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    pub points: Points,
    pub unit_price: Price,
    /// Whether the member gets the points.
    pub buys: bool,
    /// The other side; `None` while there is none, and for the operator.
    pub other: Option<Id>,
}

/// A step of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Pay,
    Confirm,
    Cancel,
}

/// The member's points before an action, and the price of the day.
#[derive(Clone, Copy, Debug)]
pub struct Mine {
    points: Points,
    pub price: Price,
}

impl Mine {
    /// The points after the action; `None` if they exceed what a number can hold.
    pub fn after(&self, receipt: &Receipt, me: &Id) -> Option<Points> {
        receipt.postings.iter().try_fold(self.points, |points, posting| match posting.amount {
            Amount::Points(moved) => {
                let points = if posting.to.is(me) { points.plus(moved).ok()? } else { points };
                if posting.from.is(me) { points.minus(moved).ok() } else { Some(points) }
            }
            _ => Some(points),
        })
    }
}

/// The preview of an action.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// The part of the receipt that concerns the member. The second is unknown where the server made the preview; the third is of a
    /// day's close alone.
    Receipt(Receipt, Option<Mine>, Option<Close>),
    Refused(Refusal),
    /// The wallet has too little of the book for a preview.
    Unknown,
    /// Nothing is settled.
    Nothing,
}

/// Previews the action on an excerpt of the book. Without a network the excerpt is made from the wallet's snapshot, and the other
/// member is assumed to exist.
/// What waits to be sent is counted: `spent` points are taken off first.
pub async fn foresee(action: &Action, key: &str, days: Days, spent: Points) -> Result<Expectation, Fault> {
    let me = match &action.member {
        Some(me) if !action.by_server => me,
        _ => return foresee_by_server(action, key).await,
    };
    // An order needs the chain of referrers above the buyer; any other action needs only the accounts.
    let excerpt = if let Event::OrderPlaced(order) = &action.event {
        api::excerpt(&Parties::from(order)).await
    } else {
        let members: Vec<_> = std::iter::once(me).chain(&action.other).collect();
        let mut excerpt = api::excerpt_of(&members).await;
        if matches!(excerpt, Err(Fault::Unreachable)) {
            excerpt = Ok(of_snapshot(&wallet::open(me.clone(), days).await?, action.other.as_ref().unwrap_or(me)));
        }
        excerpt
    };
    let mut excerpt = match excerpt {
        Ok(excerpt) => excerpt,
        // Happens for an order only. For other actions the excerpt leaves an unknown account out, and the rules name it.
        Err(fault) if fault.is_unknown_member() => {
            return Ok(Expectation::Refused(Refusal::new(Code::UnknownMember, "buyer")));
        }
        Err(fault) => return Err(fault),
    };
    excerpt.offers.extend(action.offer.iter().map(|offer| (offer.id.clone(), offer.value.clone())));
    excerpt.trades.extend(action.trade.iter().map(|trade| (trade.id.clone(), trade.value.clone())));
    excerpt.orders.extend(action.order.iter().map(|order| (order.id.clone(), order.value.clone())));
    if let Some(account) = excerpt.accounts.get_mut(me)
        && spent.is_positive()
    {
        // What it has earned since it was last settled may be what is spent.
        let earned = excerpt.head.release.settle(&mut account.holding, &excerpt.ended).unwrap_or_default();
        let points = account.points.plus(earned).unwrap_or(account.points);
        account.points = if points > spent { points.minus(spent).unwrap_or_default() } else { Points::ZERO };
    }
    let mine = excerpt.accounts.get(me).map(|account| Mine { points: account.points, price: excerpt.head.price });
    Ok(match Book::from(excerpt).preview(&Entry::from(action.event.clone())) {
        Ok(receipt) => Expectation::Receipt(action.seen(std::sync::Arc::unwrap_or_clone(receipt)), mine, None),
        Err(refusal) => Expectation::Refused(refusal),
    })
}

async fn foresee_by_server(action: &Action, key: &str) -> Result<Expectation, Fault> {
    if action.declines() {
        return Ok(Expectation::Nothing);
    }
    match api::preview(&action.previewed(), key).await {
        Ok(Preview { receipt, close }) => Ok(Expectation::Receipt(action.seen(receipt), None, close)),
        Err(Fault::Status { status, problem }) => match Code::parse(&problem.code) {
            Some(code) => Ok(Expectation::Refused(Refusal { field: problem.field.into(), ..Refusal::new(code, "") })),
            None => Err(Fault::Status { status, problem }),
        },
        Err(fault) => Err(fault),
    }
}

/// The wallet's snapshot as an excerpt of the book.
pub fn of_snapshot(wallet: &Wallet, other: &Id) -> Excerpt {
    let mut excerpt = Excerpt::genesis((*wallet.rules).clone());
    excerpt.head.day = wallet.day;
    excerpt.head.price = wallet.price;
    // Everybody but the operator gets both as one sum; to settle an account needs them apart, and no more than that each is enough.
    excerpt.head.supply = Supply { pool: wallet.supply.held, ..wallet.supply };
    excerpt.head.release = wallet.release;
    excerpt.ended.clone_from(&wallet.ended);
    excerpt.accounts.insert(other.clone(), Account::default());
    excerpt.accounts.insert(wallet.member.clone(), wallet.account.clone());
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::parse(text).expect("an id")
    }

    #[test]
    fn a_command_says_what_its_address_and_the_server_do_not() {
        let (ann, bob, points) = (id("ann"), id("bob"), Points::from_raw(150_000_000));
        let price = Price::parse("0.5").expect("a price");
        let day = Day::parse("2026-01-02").expect("a day");
        let region = Region::parse("440106").expect("a region");
        let offer = Offer { owner: bob.clone(), side: Side::Sell, remaining: points, unit_price: price, open: true };
        let offer = Item { id: id("f-1"), value: offer };
        let rules = Tree::Table(vec![("release".into(), Tree::Table(Vec::new()))]);
        for (action, path, body) in [
            (Action::transfer(&ann, &bob, points), "/v1/transfers", r#"{"from":"ann","points":"1.5","to":"bob"}"#),
            (
                Action::redeem_for(&ann, &id("mug"), points, GoodsTerms { money: Money::default(), deliver_to: None }),
                "/v1/goods/mug/redemptions",
                r#"{"money":"0","points":"1.5"}"#,
            ),
            (Action::redeem(&ann, points, None), "/v1/redemptions", r#"{"member":"ann","points":"1.5"}"#),
            (
                Action::place_offer(&ann, true, points, price),
                "/v1/offers",
                r#"{"member":"ann","points":"1.5","side":"sell","unit_price":"0.5"}"#,
            ),
            (Action::take_offer(&ann, &offer, points), "/v1/offers/f-1/trades", r#"{"member":"ann","points":"1.5"}"#),
            (Action::cancel_offer(&bob, &offer), "/v1/offers/f-1/cancel", "{}"),
            (Action::open_shop(&ann, region), "/v1/merchants", r#"{"member":"ann","region":"440106"}"#),
            (Action::register(&ann), "/v1/members", r#"{"referrer":"ann"}"#),
            (Action::close_day(day, price), "/v1/days/2026-01-02/close", "{}"),
            (Action::set_price(price, price), "/v1/prices", r#"{"price":"0.5"}"#),
            (Action::adopt(&rules, &[]), "/v1/rules", r#"{"rules":{"release":{}}}"#),
            (
                Action::adopt(&rules, &["cap".to_owned()]),
                "/v1/rules",
                r#"{"accept_flags":["cap"],"rules":{"release":{}}}"#,
            ),
            (Action::adopt_upon("0f", &rules, &[]), "/v1/rules", r#"{"based_on":"0f","rules":{"release":{}}}"#),
            (
                Action::adopt_upon("0f", &rules, &[]).announced(Some(day)),
                "/v1/rules",
                r#"{"based_on":"0f","from":"2026-01-02","rules":{"release":{}}}"#,
            ),
        ] {
            let request = action.request();
            assert_eq!((&*request.path, &*request.body.canonical()), (path, body));
        }
    }

    #[test]
    fn a_second_person_decides_by_the_number_of_the_proposal() {
        let price = Price::parse("0.5").expect("a price");
        let event = Event::PriceSet { price };
        let (flags, actor) = (Vec::new(), "staff Wu s-1".to_owned());
        let proposal =
            Proposal { id: 3, event, flags, from: None, actor, staff: Id::parse("s-1"), proposed: 1, expires: 2 };
        let sent = |action: Action| (action.request().path, action.request().body.canonical());
        assert_eq!(sent(Action::approve(&proposal, price)), ("/v1/proposals/3/approve".into(), "{}".into()));
        assert_eq!(
            Action::approve(&proposal, price).previewed().canonical(),
            r#"{"price":"0.5","type":"price.set"}"#,
            "it is previewed anew"
        );
        let declined = Action::decline(&proposal, "too much".into());
        assert_eq!(sent(declined), ("/v1/proposals/3/decline".into(), r#"{"reason":"too much"}"#.into()));
    }

    #[test]
    fn an_id_that_the_desk_gives_is_sent_and_previewed() {
        let [ann, bob] = ["ann", "bob"].map(id);
        let points = Points::from_raw(150_000_000);
        let redemption = Some(id("r-1"));
        let redeemed = Event::PointsRedeemed { member: ann.clone(), points, item: None, redemption };
        for (action, body, previewed) in [
            (
                Action::enter_member(Some(&ann), Some(&bob)),
                r#"{"member":"ann","referrer":"bob"}"#,
                r#"{"member":"ann","referrer":"bob","type":"member.registered"}"#,
            ),
            (Action::enter_member(None, None), "{}", r#"{"type":"member.registered"}"#),
            (
                Some(Action::of_desk(t::REDEEM, t::REDEEM_NOTE, redeemed)),
                r#"{"member":"ann","points":"1.5","redemption":"r-1"}"#,
                r#"{"member":"ann","points":"1.5","redemption":"r-1","type":"points.redeemed"}"#,
            ),
        ] {
            let action = action.expect("an action");
            assert_eq!(
                (action.request().body.canonical(), action.previewed().canonical()),
                (body.into(), previewed.into())
            );
        }
    }

    #[test]
    fn a_preview_leaves_the_id_that_is_to_be_made_to_the_server() {
        let previewed = Action::register(&id("ann")).previewed().canonical();
        assert_eq!(previewed, r#"{"referrer":"ann","type":"member.registered"}"#);
        let day = Day::parse("2026-01-02").expect("a day");
        let price = Price::parse("1").expect("a price");
        let previewed = Action::close_day(day, price).previewed().canonical();
        assert_eq!(previewed, r#"{"day":"2026-01-02","type":"day.closed"}"#);
    }
}
