//! What the counter of a shop asks and computes: the usual concession, refunds, the codes of members, the table of the
//! day.

use std::fmt::{self, Write as _};

use gongxiang::identity::{Day, Id, Region};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Money, Points, ShareValue};
use gongxiang::receipt::Reward;
use gongxiang::wire::profile::MemberNumber;
use serde_json::{Value, json};

use crate::api::{self, Fault, Item, field, text_of};
use crate::clock;
use crate::input::half_width;
use crate::mark;
use crate::order::{ConcessionUnit, percent_floor};
use crate::order_parts::points_paid;
use crate::route::Route;

/// What a till starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    pub shop: Id,
    pub region: Region,
    pub name: Option<String>,
    pub address: Option<String>,
    /// The open day.
    pub day: Day,
    /// Rounded down to whole points.
    pub points: Points,
    /// For how many orders the points are enough; `None` before the first order.
    pub orders_left: Option<u64>,
    pub preset: Option<Preset>,
}

/// A shop's usual concession.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    pub unit: ConcessionUnit,
    pub value: Money,
}

impl Preset {
    /// The concession of an order, rounded down to the cent and never more than its amount.
    pub fn concession(self, amount: Money) -> Option<Money> {
        match self.unit {
            ConcessionUnit::Percent => percent_floor(amount, self.value),
            ConcessionUnit::Yuan => Some(self.value.min(amount)),
        }
    }
}

/// `/v1/shops/SHOP/counter`; without a network, the stored answer.
pub async fn open(shop: &Id) -> Result<Counter, Fault> {
    let now = Box::pin(api::get_value_or_kept(&format!("/v1/shops/{shop}/counter"))).await?.value;
    let preset = now.get("preset").filter(|preset| !preset.is_null()).map(|preset| {
        let is_percent = text_of(preset, "unit").as_deref() == Some("percent");
        let unit = if is_percent { ConcessionUnit::Percent } else { ConcessionUnit::Yuan };
        Ok::<_, Fault>(Preset { unit, value: field(preset, "value")? })
    });
    Ok(Counter {
        shop: field(&now, "shop")?,
        region: field(&now, "region")?,
        name: text_of(&now, "name"),
        address: text_of(&now, "address"),
        day: field(&now, "day")?,
        points: field(&now, "points")?,
        orders_left: field(&now, "orders_left")?,
        preset: preset.transpose()?,
    })
}

/// Stores a shop's usual concession.
pub async fn keep_preset(shop: &Id, preset: Preset) -> Result<(), Fault> {
    let unit = if preset.unit == ConcessionUnit::Percent { "percent" } else { "yuan" };
    let body = json!({"unit": unit, "value": preset.value.to_string()});
    api::put(&format!("/v1/shops/{shop}/preset"), body.to_string()).await.map(drop)
}

/// What an order brings its buyer, as both phones compute it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brings {
    pub share_value: ShareValue,
    pub points: Points,
}

impl Brings {
    /// The sum of the buyer's rewards; `None` if it is out of range.
    pub fn of<'a>(rewards: impl Iterator<Item = &'a Reward>, buyer: &Id) -> Option<Self> {
        let mut sum = Self::default();
        for reward in rewards.filter(|reward| reward.member == *buyer) {
            sum.share_value = sum.share_value.plus(reward.share_value).ok()?;
            sum.points = sum.points.plus(reward.points).ok()?;
        }
        Some(sum)
    }

    /// Reads `SHARE_VALUE/POINTS`.
    fn parse(text: &str) -> Option<Self> {
        let (share_value, points) = text.split_once('/')?;
        Some(Self { share_value: ShareValue::parse(share_value).ok()?, points: Points::parse(points).ok()? })
    }
}

impl fmt::Display for Brings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.share_value, self.points)
    }
}

/// What somebody typed or scanned for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Customer {
    /// A member's code, with its text, and what the member agreed to get. In the QR code a slash is between them, which no id has.
    Code(Id, String, Option<Brings>),
    Number(MemberNumber),
    /// Eight digits, but the check digit is another one.
    WrongNumber,
    Id(Id),
    /// The code of a shop, not of a member.
    OfShop,
    /// The code of an order.
    OfOrder,
    /// The code of a voucher for goods.
    OfVoucher,
}

impl Customer {
    /// Reads a text; `None` if it can be nobody's.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = digits(text).filter(|digits| digits.len() == NUMBER_DIGITS) {
            return Some(MemberNumber::parse(&digits).map_or(Self::WrongNumber, Self::Number));
        }
        if text.starts_with("GX1.") {
            let (code, brings) = text.split_once('/').map_or((text, None), |(code, brings)| (code, Some(brings)));
            let rest = code.strip_prefix("GX1.")?;
            let (member, minute) = rest.rsplit_once('.')?.0.rsplit_once('.')?;
            let is_minute = minute.bytes().all(|byte| byte.is_ascii_digit());
            let member = Id::parse(member).filter(|_| is_minute)?;
            return Some(Self::Code(member, code.to_owned(), brings.and_then(Brings::parse)));
        }
        if text.starts_with("GXG1.") {
            return Some(Self::OfVoucher);
        }
        if text.contains("#/pay/") {
            return Some(Self::OfShop);
        }
        if let Some(OrderSearch::Code(..)) = OrderSearch::read(text) {
            return Some(Self::OfOrder);
        }
        // A code of another version, and what a payment app shows, are nobody's id.
        let is_foreign =
            text.starts_with("GX") && text.contains('.') || digits(text).is_some_and(|all| all.len() >= 16);
        Id::parse(text).filter(|_| !is_foreign).map(Self::Id)
    }

    /// Whether a text is whole: a code or a number, after which nothing more is typed. An id could go on.
    pub fn is_whole(text: &str) -> bool {
        match Self::read(text) {
            Some(Self::Code(_, code, _)) => code.rsplit('.').next().is_some_and(|mac| mac.len() == 8),
            Some(Self::Number(_) | Self::WrongNumber | Self::OfShop | Self::OfOrder | Self::OfVoucher) => true,
            Some(Self::Id(_)) | None => text.contains("://"),
        }
    }
}

/// How many digits a member's short number has.
const NUMBER_DIGITS: usize = 8;

/// The digits of a text that has nothing else but spaces. Screens show a short number as `7931 1224`, and a Chinese keyboard writes
/// full-width digits.
fn digits(text: &str) -> Option<String> {
    let signs = text.chars().map(half_width).filter(|sign| *sign != ' ');
    signs.map(|sign| sign.is_ascii_digit().then_some(sign)).collect::<Option<String>>().filter(|all| !all.is_empty())
}

/// Fewest letters of an order's number.
const NUMBER_MIN: usize = 4;

/// What somebody typed or scanned for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderSearch {
    /// The code on the page of an order: its shop, and the order.
    Code(Id, Id),
    /// The end of an order's id, or all of it, or the shop's own number.
    Number(Id),
}

impl OrderSearch {
    /// Reads a text; `None` if it can be no order's.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((_, hash)) = text.split_once('#') {
            let Route::ShopOrder(shop, order) = Route::parse(hash) else { return None };
            return Some(Self::Code(shop, order));
        }
        Id::parse(text).map(Self::Number)
    }
}

/// A shop's orders that a number fits: those whose ids end so, or else the one with that number of the shop's own.
pub async fn orders_of_number(shop: &Id, number: &Id) -> Result<Vec<Item<Order>>, Fault> {
    if number.as_str().len() >= NUMBER_MIN {
        let ending = api::orders_ending(shop, number).await?;
        if !ending.is_empty() {
            return Ok(ending);
        }
    }
    api::orders_of_reference(shop, number).await
}

/// Checks a code that was scanned now, or at that time.
pub async fn check_code(code: &str, scanned: Option<u32>) -> Result<Id, Fault> {
    let mut body = json!({"code": code});
    if let Some(scanned) = scanned {
        body["scanned"] = json!(scanned);
    }
    let checked: Value = api::read(&api::post("/v1/codes/check", None, body.to_string()).await?)?;
    Ok(field(&checked, "member")?)
}

/// `/v1/numbers/NUMBER`: whose a short number is.
pub async fn of_number(number: MemberNumber) -> Result<Id, Fault> {
    let named = api::get_value(&format!("/v1/numbers/{number}")).await?;
    Ok(field(&named, "member")?)
}

/// The codes that were taken without a network, each with the time: a line for each.
const LATE: &str = "gongxiang.late-codes";

/// A code that was scanned without a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateCode {
    code: String,
    /// When, in seconds since 1970 by this device's clock.
    scanned: u32,
}

impl LateCode {
    /// Scanned now.
    pub fn of(code: String) -> Self {
        Self { code, scanned: clock::seconds() }
    }
}

/// Keeps a code until there is a network.
pub fn check_later(late: &LateCode) {
    let mut all = mark::read(LATE).unwrap_or_default();
    let _ = writeln!(all, "{} {}", late.code, late.scanned);
    mark::write(LATE, &all);
}

/// Checks the codes that were taken without a network. Returns the members of those that do not hold.
pub async fn check_late() -> Vec<Id> {
    let all = mark::read(LATE).unwrap_or_default();
    let (mut bad, mut rest) = (Vec::new(), String::new());
    for line in all.lines() {
        let Some((code, scanned)) = line.split_once(' ') else { continue };
        let Some(Customer::Code(member, ..)) = Customer::read(code) else { continue };
        match check_code(code, scanned.parse().ok()).await {
            Ok(_) => {}
            Err(Fault::Status { status: 422, .. }) => bad.push(member),
            Err(_) => {
                let _ = writeln!(rest, "{line}");
            }
        }
    }
    if rest.is_empty() {
        mark::remove(LATE);
    } else {
        mark::write(LATE, &rest);
    }
    bad
}

/// The points that were paid for this part of what is left of an order's concession.
pub fn points_of_part(order: &Order, part: Money) -> Option<Points> {
    let rest = order.left.minus(part).ok()?;
    order.points_left(order.left).ok()?.minus(order.points_left(rest).ok()?).ok()
}

/// What the orders of a day come to. Of an order that was refunded in part, what is left counts; of one refunded in whole, nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayTotal {
    pub orders: usize,
    pub amount: Money,
    pub concession: Money,
    pub points: Points,
}

/// The sums of a day; `None` if one is out of range.
pub fn total(orders: &[Item<Order>]) -> Option<DayTotal> {
    let mut total = DayTotal::default();
    let orders = orders.iter().map(|item| &item.value).filter(|order| order.state != OrderState::Refunded);
    for order in orders {
        total = DayTotal {
            orders: total.orders + 1,
            amount: Money::checked_from_raw(total.amount.raw().checked_add(order.amount.raw())?)?,
            concession: Money::checked_from_raw(total.concession.raw().checked_add(order.left.raw())?)?,
            points: total.points.plus(points_paid(order).ok()?).ok()?,
        };
    }
    Some(total)
}

/// The name of an order's state, for tests and tables.
pub const fn state(order: &Order) -> &'static str {
    match order.state {
        OrderState::Pending => "pending",
        OrderState::Vested(_) => "vested",
        OrderState::Refunded => "refunded",
    }
}

/// The orders as a table for spreadsheets. Ids have no sign that would need quotes; the apostrophe keeps those that begin with a sign from
/// being read as a formula.
pub fn csv(orders: &[Item<Order>]) -> String {
    let mut table = "order,day,buyer,amount,concession,concession_left,points,state\r\n".to_owned();
    let safe = |id: &Id| if id.as_str().starts_with('-') { format!("'{id}") } else { id.to_string() };
    for Item { id, value } in orders {
        let Order { buyer, day, amount, concession, left, points, .. } = value;
        let (id, buyer, state) = (safe(id), safe(buyer), state(value));
        let _ = write!(table, "{id},{day},{buyer},{amount},{concession},{left},{points},{state}\r\n");
    }
    table
}

#[cfg(test)]
mod tests {
    use gongxiang::order::OrderRewards;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).expect("money")
    }

    fn full_width(digit: char) -> char {
        digit.to_digit(10).and_then(|digit| char::from_u32(u32::from('０') + digit)).expect("a digit")
    }

    fn order(amount: &str, concession: &str, left: &str) -> Order {
        let id = |text| Id::parse(text).expect("an id");
        Order {
            buyer: id("-bob"),
            merchant: id("shop"),
            day: Day::parse("2026-01-02").expect("a day"),
            amount: money(amount),
            concession: money(concession),
            points: Points::parse("10").expect("points"),
            sequence: 1,
            due: None,
            state: OrderState::Pending,
            left: money(left),
            left_at_vesting: Money::default(),
            burned_back: Points::ZERO,
            rewards: OrderRewards::from_iter([]),
        }
    }

    #[test]
    fn a_usual_concession_is_never_more_than_the_amount() {
        let percent = Preset { unit: ConcessionUnit::Percent, value: money("8.8") };
        assert_eq!(percent.concession(money("99.99")), Some(money("8.79")));
        let yuan = Preset { unit: ConcessionUnit::Yuan, value: money("5") };
        assert_eq!(yuan.concession(money("99.99")), Some(money("5")));
        assert_eq!(yuan.concession(money("3")), Some(money("3")));
    }

    #[test]
    fn a_customer_is_a_code_a_number_or_an_id() {
        let id = |text| Id::parse(text).expect("an id");
        let number = MemberNumber::from_body(1_234_567).expect("a number");
        let code = "GX1.ann:1.x.29000000.01234567";
        for (text, read) in [
            (code, Some(Customer::Code(id("ann:1.x"), code.to_owned(), None))),
            (&format!("{code}/80/0.5"), Some(Customer::Code(id("ann:1.x"), code.to_owned(), Brings::parse("80/0.5")))),
            (&format!("{code}/80"), Some(Customer::Code(id("ann:1.x"), code.to_owned(), None))),
            (" ann\n", Some(Customer::Id(id("ann")))),
            (&number.to_string(), Some(Customer::Number(number))),
            (&crate::text::spaced(&number.to_string()), Some(Customer::Number(number))),
            (&number.to_string().chars().map(full_width).collect::<String>(), Some(Customer::Number(number))),
            ("12345678", Some(Customer::WrongNumber)),
            ("1234567", Some(Customer::Id(id("1234567")))),
            ("281234567890123456", None),
            ("GX2.abc", None),
            ("https://pay.example/#/pay/shop", Some(Customer::OfShop)),
            ("https://pay.example/#/shop/kiosk/orders/o:1", Some(Customer::OfOrder)),
            ("GXG1.ABCD-EFGH-JKMN-PQRS", Some(Customer::OfVoucher)),
            ("https://example.com/", None),
            ("GX1.ann", None),
            ("张三", None),
            ("", None),
        ] {
            assert_eq!(Customer::read(text), read, "{text}");
        }
        assert!(Customer::is_whole(code) && Customer::is_whole(&number.to_string()));
        assert!(Customer::is_whole("https://example.com/") && !Customer::is_whole("ann"));
        assert!(!Customer::is_whole("GX1.ann.29000000.0123456"));
    }

    #[test]
    fn an_order_is_found_by_its_code_or_by_a_number() {
        let id = |text| Id::parse(text).expect("an id");
        let code = Some(OrderSearch::Code(id("kiosk"), id("o:1")));
        for (text, read) in [
            ("https://pay.example/#/shop/kiosk/orders/o:1", code),
            (" f13aed30 ", Some(OrderSearch::Number(id("f13aed30")))),
            ("ed30", Some(OrderSearch::Number(id("ed30")))),
            ("d30", Some(OrderSearch::Number(id("d30")))),
            ("", None),
            ("订单", None),
            ("GX1.ann.29000000.01234567/80/0", None),
            ("https://pay.example/#/shop/kiosk/orders", None),
            ("https://pay.example/#/pay/kiosk", None),
            ("https://pay.example/", None),
        ] {
            assert_eq!(OrderSearch::read(text), read, "{text}");
        }
    }

    #[test]
    fn a_day_counts_what_is_left() {
        let item = |value| Item { id: Id::parse("o1").expect("an id"), value };
        let refunded = Order { state: OrderState::Refunded, left: Money::default(), ..order("70", "7", "0") };
        let all = [item(order("100", "10", "10")), item(order("50", "10", "5")), item(refunded)];
        let total = total(&all).expect("in range");
        assert_eq!((total.orders, total.amount, total.concession), (2, money("150"), money("15")));
        assert_eq!(total.points.to_string(), "15");
        let lines: Vec<_> = csv(&all[..1]).lines().map(str::to_owned).collect();
        assert_eq!(lines[1], "o1,2026-01-02,'-bob,100,10,10,10,pending");
    }
}
