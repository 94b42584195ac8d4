//! What a member or the operator wants done: the command for the server, and the event that the rules preview.

use gongxiang::book::{Book, Excerpt};
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Trade};
use gongxiang::order::Order;
use gongxiang::quantity::{Points, Price};
use gongxiang::ruleset::Channel;
use gongxiang::tree::Tree;
use gongxiang::wire;

use crate::api::{self, Fault, Named};
use crate::order::Parties;
use crate::receipt::Receipt;
use crate::text::{Words, actions as t};
use crate::wallet::{self, Days, Wallet};

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What it is called.
    pub title: Words,
    /// What happens with money and points at this step.
    pub note: Words,
    /// Who acts; nobody for the operator.
    pub member: Option<Id>,
    /// Where it is sent.
    pub path: String,
    /// What is sent.
    pub body: Tree,
    /// What the rules preview.
    event: Tree,
    /// Whether that needs accounts which the wallet must not see: then the server previews it.
    by_server: bool,
    /// The other member, whose account the preview needs.
    other: Option<Id>,
    offer: Option<Named<Offer>>,
    trade: Option<Named<Trade>>,
    order: Option<Named<Order>>,
}

type Fields = Vec<(&'static str, String)>;

fn table(fields: &Fields) -> Tree {
    Tree::Table(fields.iter().map(|(name, value)| ((*name).to_owned(), Tree::Text(value.clone()))).collect())
}

impl Action {
    fn new(title: Words, note: Words, member: Option<&Id>, path: String, body: &Fields) -> Self {
        Self::with(title, note, member, path, table(body))
    }

    fn with(title: Words, note: Words, member: Option<&Id>, path: String, body: Tree) -> Self {
        let (event, by_server) = (Tree::Table(Vec::new()), false);
        let member = member.cloned();
        Self { title, note, member, path, body, event, by_server, other: None, offer: None, trade: None, order: None }
    }

    /// Previewed as this event: the body's fields and these.
    fn previewed_as(mut self, kind: &str, more: &Fields) -> Self {
        self.event = table(more);
        if let (Tree::Table(event), Tree::Table(body)) = (&mut self.event, &self.body) {
            event.extend(body.iter().cloned());
            event.push(("type".into(), Tree::Text(kind.into())));
        }
        self
    }

    fn by_server(mut self) -> Self {
        self.by_server = true;
        self
    }

    /// What of a receipt is to be seen: what the preview can show as well.
    pub fn seen(&self, receipt: Receipt) -> Receipt {
        match &self.member {
            Some(me) if self.by_server => receipt.only(me),
            Some(me) => receipt.about(me),
            None => receipt,
        }
    }

    fn with_other(mut self, other: &Id) -> Self {
        self.other = Some(other.clone());
        self
    }

    /// Points to another member.
    pub fn transfer(me: &Id, to: &Id, points: Points) -> Self {
        let body = vec![("from", me.to_string()), ("to", to.to_string()), ("points", points.to_string())];
        Self::new(t::TRANSFER, t::TRANSFER_NOTE, Some(me), "/v1/transfers".into(), &body)
            .previewed_as("points.transferred", &vec![])
            .with_other(to)
    }

    /// Points for goods of the platform.
    pub fn redeem(me: &Id, points: Points, item: Option<&Id>) -> Self {
        let mut body = vec![("member", me.to_string()), ("points", points.to_string())];
        body.extend(item.map(|item| ("item", item.to_string())));
        Self::new(t::REDEEM, t::REDEEM_NOTE, Some(me), "/v1/redemptions".into(), &body)
            .previewed_as("points.redeemed", &vec![])
    }

    /// An offer on the market.
    pub fn place_offer(me: &Id, sells: bool, points: Points, unit_price: Price) -> Self {
        let side = if sells { "sell" } else { "buy" };
        let body = vec![
            ("member", me.to_string()),
            ("side", side.into()),
            ("points", points.to_string()),
            ("unit_price", unit_price.to_string()),
        ];
        let note = if sells { t::OFFER_SELL_NOTE } else { t::OFFER_BUY_NOTE };
        Self::new(t::PLACE_OFFER, note, Some(me), "/v1/offers".into(), &body)
            .previewed_as("offer.placed", &vec![("offer", "preview".into())])
    }

    /// A part of somebody's offer.
    pub fn take_offer(me: &Id, offer: &Named<Offer>, points: Points) -> Self {
        let body = vec![("member", me.to_string()), ("points", points.to_string())];
        let path = format!("/v1/offers/{}/trades", offer.id);
        let note = match offer.value.side {
            gongxiang::market::Side::Sell => t::TAKE_SELL_NOTE,
            gongxiang::market::Side::Buy => t::TAKE_BUY_NOTE,
        };
        let mut action = Self::new(t::TAKE_OFFER, note, Some(me), path, &body)
            .previewed_as("offer.taken", &vec![("offer", offer.id.to_string()), ("trade", "preview".into())])
            .with_other(&offer.value.owner);
        action.offer = Some(offer.clone());
        action
    }

    /// Takes back what nobody took of one's own offer.
    pub fn cancel_offer(me: &Id, offer: &Named<Offer>) -> Self {
        let path = format!("/v1/offers/{}/cancel", offer.id);
        let mut action = Self::new(t::CANCEL_OFFER, t::CANCEL_OFFER_NOTE, Some(me), path, &vec![])
            .previewed_as("offer.cancelled", &vec![("offer", offer.id.to_string())]);
        action.offer = Some(offer.clone());
        action
    }

    /// The next step of a trade: `pay`, `confirm` or `cancel`.
    pub fn trade(me: &Id, step: Step, trade: &Named<Trade>, offer: &Named<Offer>) -> Self {
        let (word, kind, title, note) = match step {
            Step::Pay => ("pay", "trade.paid", t::PAY, t::PAY_NOTE),
            Step::Confirm => ("confirm", "trade.confirmed", t::CONFIRM, t::CONFIRM_NOTE),
            Step::Cancel => ("cancel", "trade.cancelled", t::CANCEL_TRADE, t::CANCEL_TRADE_NOTE),
        };
        let path = format!("/v1/trades/{}/{word}", trade.id);
        let (buyer, seller) = (trade.value.buyer(&offer.value), trade.value.seller(&offer.value));
        let mut action = Self::new(title, note, Some(me), path, &vec![])
            .previewed_as(kind, &vec![("trade", trade.id.to_string())])
            .with_other(if buyer == me { seller } else { buyer });
        action.offer = Some(offer.clone());
        action.trade = Some(trade.clone());
        action
    }

    /// Takes an order of one's shop back.
    pub fn refund(me: &Id, order: &Named<Order>) -> Self {
        let path = format!("/v1/orders/{}/refund", order.id);
        let mut action = Self::new(t::REFUND, t::REFUND_NOTE, Some(me), path, &vec![])
            .previewed_as("order.refunded", &vec![("order", order.id.to_string())]);
        action.by_server = order.value.state != gongxiang::order::OrderState::Pending;
        action.order = Some(order.clone());
        action
    }

    /// An order of one's shop.
    pub fn order(parties: &Parties, amount: &str, concession: &str) -> Self {
        let Parties { buyer, merchant, channel, region } = parties;
        let body = vec![
            ("merchant", merchant.to_string()),
            ("buyer", buyer.to_string()),
            ("channel", crate::order::channel_name(*channel).into()),
            ("amount", amount.into()),
            ("concession", concession.into()),
            ("region", region.to_string()),
        ];
        Self::new(t::ORDER, t::ORDER_NOTE, Some(merchant), "/v1/orders".into(), &body)
            .previewed_as("order.placed", &vec![("order", "preview".into())])
            .with_other(buyer)
    }

    /// A shop of one's own.
    pub fn open_shop(me: &Id, region: Region) -> Self {
        let body = vec![("member", me.to_string()), ("region", region.to_string())];
        Self::new(t::OPEN_SHOP, t::OPEN_SHOP_NOTE, Some(me), "/v1/merchants".into(), &body)
            .previewed_as("merchant.opened", &vec![])
    }

    /// A new member, invited by another.
    pub fn register(referrer: &Id) -> Self {
        let body = vec![("referrer", referrer.to_string())];
        Self::new(t::REGISTER, t::REGISTER_NOTE, None, "/v1/members".into(), &body)
            .previewed_as("member.registered", &vec![])
            .by_server()
    }

    /// The operator's: another price of the day.
    pub fn set_price(price: Price) -> Self {
        let body = vec![("price", price.to_string())];
        Self::new(t::SET_PRICE, t::SET_PRICE_NOTE, None, "/v1/prices".into(), &body)
            .previewed_as("price.set", &vec![])
            .by_server()
    }

    /// The operator's: the day's close.
    pub fn close_day(day: Day) -> Self {
        Self::new(t::CLOSE_DAY, t::CLOSE_DAY_NOTE, None, format!("/v1/days/{day}/close"), &vec![])
            .previewed_as("day.closed", &vec![("day", day.to_string())])
            .by_server()
    }

    /// The operator's: other rules, with the codes of the red flags that were accepted.
    pub fn adopt(rules: &Tree, accepted: &[String]) -> Self {
        let mut body = vec![("rules".to_owned(), rules.clone())];
        if !accepted.is_empty() {
            let codes = accepted.iter().map(|code| Tree::Text(code.clone())).collect();
            body.push(("accept_flags".to_owned(), Tree::List(codes)));
        }
        Self::with(t::ADOPT, t::ADOPT_NOTE, None, "/v1/rules".into(), Tree::Table(body))
            .previewed_as("rules.adopted", &vec![])
            .by_server()
    }
}

/// A step of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Pay,
    Confirm,
    Cancel,
}

/// What the rules say before anything is sent.
#[derive(Clone, Debug)]
pub enum Foreseen {
    /// This receipt, as far as it is about this member.
    Receipt(Receipt),
    /// A refusal.
    Refused(Refusal),
    /// The wallet holds too little of the book.
    Unknown,
}

/// The action as the book would settle it now. Without a network the wallet's own snapshot is the book, in which the other
/// member is taken to exist.
pub async fn foresee(action: &Action, key: &str, days: Days) -> Result<Foreseen, Fault> {
    let me = match &action.member {
        Some(me) if !action.by_server => me,
        _ => return foresee_by_server(action, key).await,
    };
    let entry = match wire::event::read(&action.event) {
        Ok(entry) => entry,
        Err(refusal) => return Ok(Foreseen::Refused(refusal)),
    };
    let other = action.other.as_ref().unwrap_or(me);
    let Some(region) = Region::parse("110101") else { return Ok(Foreseen::Unknown) };
    // The chain above the buyer is what an order needs; everything else needs the two accounts only.
    let is_order = action.path == "/v1/orders";
    let (buyer, merchant) = if is_order { (other.clone(), me.clone()) } else { (me.clone(), other.clone()) };
    let channel = match &entry.event {
        gongxiang::event::Event::OrderPlaced(order) => order.channel,
        _ => Channel::Online,
    };
    let region = match &entry.event {
        gongxiang::event::Event::OrderPlaced(order) => order.region,
        _ => region,
    };
    let mut excerpt = match api::excerpt(&Parties { buyer, merchant, channel, region }).await {
        Ok(excerpt) => excerpt,
        Err(Fault::Unreachable) if !is_order => of_snapshot(&wallet::open(me.clone(), days).await?, other),
        Err(Fault::Status { problem, .. }) if problem.code == Code::UnknownMember.as_str() => {
            let field = if is_order { "buyer" } else { "to" };
            return Ok(Foreseen::Refused(Refusal::new(Code::UnknownMember, field)));
        }
        Err(fault) => return Err(fault),
    };
    excerpt.offers.extend(action.offer.iter().map(|offer| (offer.id.clone(), offer.value.clone())));
    excerpt.trades.extend(action.trade.iter().map(|trade| (trade.id.clone(), trade.value.clone())));
    excerpt.orders.extend(action.order.iter().map(|order| (order.id.clone(), order.value.clone())));
    Ok(match Book::from(excerpt).preview(&entry) {
        Ok(receipt) => Foreseen::Receipt(action.seen(Receipt::from(&*receipt))),
        Err(refusal) => Foreseen::Refused(refusal),
    })
}

async fn foresee_by_server(action: &Action, key: &str) -> Result<Foreseen, Fault> {
    match api::preview(&action.event, key).await {
        Ok(receipt) => Ok(Foreseen::Receipt(action.seen(receipt))),
        Err(Fault::Status { status, problem }) => match Code::ALL.iter().find(|code| code.as_str() == problem.code) {
            Some(code) => Ok(Foreseen::Refused(Refusal { field: problem.field.into(), ..Refusal::new(*code, "") })),
            None => Err(Fault::Status { status, problem }),
        },
        Err(fault) => Err(fault),
    }
}

/// The part of the book that the wallet's snapshot is.
pub fn of_snapshot(wallet: &Wallet, other: &Id) -> Excerpt {
    let mut excerpt = Excerpt::genesis((*wallet.rules).clone());
    excerpt.head.day = wallet.day;
    excerpt.head.price = wallet.price;
    excerpt.head.supply = wallet.supply;
    excerpt.head.release = wallet.release;
    excerpt.ended.clone_from(&wallet.ended);
    excerpt.accounts.insert(other.clone(), gongxiang::book::Account::default());
    excerpt.accounts.insert(wallet.member.clone(), wallet.account.clone());
    excerpt
}
