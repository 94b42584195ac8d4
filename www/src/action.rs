//! An action of a member or the operator: an event, from which the command and the preview are made.

use gongxiang::book::{Account, Book, Excerpt, Supply};
use gongxiang::event::{Code, Entry, Event, Refusal};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Side, Trade};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Money, Points, Price};
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use gongxiang::wire;
use gongxiang::wire::command::{self, Request};
use gongxiang::wire::event;

use crate::api::{self, Fault, Item};
use crate::order::{Parties, id_to_be_made};
use crate::text::{Words, actions as t};
use crate::wallet::{self, Days, Wallet};

#[derive(Clone, Debug)]
pub struct Action {
    pub title: Words,
    /// Tells what happens to money and points.
    pub note: Words,
    /// `None` for the operator.
    pub member: Option<Id>,
    /// Ids that the server makes are placeholders here.
    event: Event,
    /// Codes of the red flags that the operator accepts together with new rules.
    accept_flags: Vec<String>,
    /// Set if the preview needs accounts that the wallet must not see. Then the server makes it.
    by_server: bool,
    /// The other member, whose account the preview needs.
    other: Option<Id>,
    offer: Option<Item<Offer>>,
    trade: Option<Item<Trade>>,
    order: Option<Item<Order>>,
}

impl PartialEq for Action {
    /// Screens compare the actions of two inputs. Title and note follow from the event, so they are left out.
    fn eq(&self, other: &Self) -> bool {
        wire::event::write(&self.event) == wire::event::write(&other.event)
            && self.member == other.member
            && self.accept_flags == other.accept_flags
            && self.offer == other.offer
            && self.trade == other.trade
    }
}

impl Action {
    fn new(title: Words, note: Words, member: Option<&Id>, event: Event) -> Self {
        Self {
            title,
            note,
            member: member.cloned(),
            event,
            accept_flags: Vec::new(),
            by_server: false,
            other: None,
            offer: None,
            trade: None,
            order: None,
        }
    }

    /// Its command.
    pub fn request(&self) -> Request {
        let Request { path, body } = command::request(&self.event);
        Request { path, body: self.with_flags(body) }
    }

    /// The event for the server's preview, without the id that the server makes.
    fn previewed(&self) -> Tree {
        let mut event = event::write(&self.event);
        if let (Tree::Table(fields), Some((made, _))) = (&mut event, command::made(self.event.kind())) {
            fields.retain(|(name, _)| name != made);
        }
        self.with_flags(event)
    }

    /// Adds the accepted flags, which the event does not have.
    fn with_flags(&self, mut fields: Tree) -> Tree {
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

    /// Refunds an order of one's shop.
    pub fn refund(me: &Id, order: &Item<Order>) -> Self {
        let event = Event::OrderRefunded { order: order.id.clone(), concession: None };
        let mut action = Self::new(t::REFUND, t::REFUND_NOTE, Some(me), event);
        action.by_server = order.value.state != OrderState::Pending;
        action.order = Some(order.clone());
        action
    }

    /// An order of one's shop.
    pub fn order(parties: &Parties, amount: Money, concession: Money) -> Self {
        let event = parties.order(amount, concession);
        Self::new(t::ORDER, t::ORDER_NOTE, Some(&parties.merchant), event)
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

    /// The operator's: another price of the day.
    pub fn set_price(price: Price) -> Self {
        Self::new(t::SET_PRICE, t::SET_PRICE_NOTE, None, Event::PriceSet { price }).by_server()
    }

    /// The operator's: the day's close.
    pub fn close_day(day: Day) -> Self {
        Self::new(t::CLOSE_DAY, t::CLOSE_DAY_NOTE, None, Event::DayClosed { day }).by_server()
    }

    /// The operator's: other rules, with the codes of the red flags that were accepted.
    pub fn adopt(rules: &Tree, accepted: &[String]) -> Self {
        let event = Event::RulesAdopted { rules: rules.clone() };
        let mut action = Self::new(t::ADOPT, t::ADOPT_NOTE, None, event).by_server();
        action.accept_flags = accepted.to_vec();
        action
    }
}

/// A step of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Pay,
    Confirm,
    Cancel,
}

/// The preview of an action.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// The part of the receipt that concerns the member.
    Receipt(Receipt),
    Refused(Refusal),
    /// The wallet has too little of the book for a preview.
    Unknown,
}

/// Previews the action on an excerpt of the book. Without a network the excerpt is made from the wallet's snapshot, and the other
/// member is assumed to exist.
pub async fn foresee(action: &Action, key: &str, days: Days) -> Result<Expectation, Fault> {
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
    Ok(match Book::from(excerpt).preview(&Entry::from(action.event.clone())) {
        Ok(receipt) => Expectation::Receipt(action.seen(std::sync::Arc::unwrap_or_clone(receipt))),
        Err(refusal) => Expectation::Refused(refusal),
    })
}

async fn foresee_by_server(action: &Action, key: &str) -> Result<Expectation, Fault> {
    match api::preview(&action.previewed(), key).await {
        Ok(receipt) => Ok(Expectation::Receipt(action.seen(receipt))),
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
            (Action::close_day(day), "/v1/days/2026-01-02/close", "{}"),
            (Action::set_price(price), "/v1/prices", r#"{"price":"0.5"}"#),
            (Action::adopt(&rules, &[]), "/v1/rules", r#"{"rules":{"release":{}}}"#),
            (
                Action::adopt(&rules, &["cap".to_owned()]),
                "/v1/rules",
                r#"{"accept_flags":["cap"],"rules":{"release":{}}}"#,
            ),
        ] {
            let request = action.request();
            assert_eq!((&*request.path, &*request.body.canonical()), (path, body));
        }
    }

    #[test]
    fn a_preview_leaves_the_id_that_is_to_be_made_to_the_server() {
        let previewed = Action::register(&id("ann")).previewed().canonical();
        assert_eq!(previewed, r#"{"referrer":"ann","type":"member.registered"}"#);
        let day = Day::parse("2026-01-02").expect("a day");
        assert_eq!(Action::close_day(day).previewed().canonical(), r#"{"day":"2026-01-02","type":"day.closed"}"#);
    }
}
