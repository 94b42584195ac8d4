//! Routes: the part of the address after `#`, which names the screen.

use std::fmt;

use gongxiang::identity::Id;
use gongxiang::quantity::Money;
use leptos::prelude::*;

/// The screen that an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `#/`: sign in.
    SignIn,
    /// `#/join/ID`: the invitation of this member.
    Join(Id),
    /// `#/enrol/CODE`: signing in by a code.
    Enrol(String),
    /// `#/account`: how the member who is signed in does so.
    Account,
    /// `#/rules`: the rules in force.
    Rules,
    /// `#/shops`: the open shops.
    Shops,
    /// `#/m/ID…`: a member's screen.
    Member(Id, MemberScreen),
    /// `#/m/ID/orders/ORDER`: an order that this member gave.
    Order(Id, Id),
    /// `#/shop/ID…`: the counter of a shop.
    Shop(Id, Counter),
    /// `#/shop/ID/orders/ORDER`: an order of this shop.
    ShopOrder(Id, Id),
    /// `#/pay/SHOP`: where a shop's poster leads. With `/AMOUNT/CONCESSION` an order to be, which the till shows.
    Pay(Id, Option<OrderToBe>),
    /// `#/operator…`: an operator's screen.
    Operator(Desk),
    /// `#/operator/members/ID`: a member at the desk.
    DeskMember(Id),
    /// `#/operator/enrol/CODE`: the first passkey of somebody of the staff.
    StaffCode(String),
    Nowhere,
}

/// A screen of the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    Till,
    /// The orders of the open day.
    Orders,
    /// The points, the usual concession, the poster.
    Manage,
    /// The form of an online order.
    Online,
    Poster,
    /// Handing out goods for points.
    Goods,
}

/// An order that a till proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderToBe {
    pub amount: Money,
    pub concession: Money,
}

impl OrderToBe {
    /// Reads `AMOUNT/CONCESSION`.
    fn parse(text: &str) -> Option<Self> {
        let (amount, concession) = text.split_once('/')?;
        let order = Self { amount: Money::parse(amount).ok()?, concession: Money::parse(concession).ok()? };
        Some(order).filter(|order| order.concession.is_positive() && order.concession <= order.amount)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberScreen {
    Home,
    Statement,
    /// The preview of an order.
    Calculator,
    /// One's own orders.
    Orders,
    Forecast,
    /// The list of the ways to move points.
    Move,
    Transfer,
    Redeem,
    Market,
    Invite,
    Profile,
    /// The code that one shows in a shop.
    Code,
    /// Whom one brought, and what they bring.
    Team,
    /// The city of an area partner.
    City,
    /// What one is told of, and where.
    Notices,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    Overview,
    Members,
    Rules,
    Economy,
    Staff,
    Disputes,
    Actions,
    Goods,
    /// Applications for a shop.
    Applications,
}

impl MemberScreen {
    const ALL: [(Self, &str); 15] = [
        (Self::Home, ""),
        (Self::Statement, "statement"),
        (Self::Calculator, "order"),
        (Self::Orders, "orders"),
        (Self::Forecast, "forecast"),
        (Self::Move, "move"),
        (Self::Transfer, "transfer"),
        (Self::Redeem, "redeem"),
        (Self::Market, "market"),
        (Self::Invite, "invite"),
        (Self::Profile, "profile"),
        (Self::Code, "code"),
        (Self::Team, "team"),
        (Self::City, "city"),
        (Self::Notices, "notices"),
    ];

    /// Whether it belongs to the navigation's entry for moving points.
    pub const fn is_way_to_move(self) -> bool {
        matches!(
            self,
            Self::Move
                | Self::Transfer
                | Self::Redeem
                | Self::Market
                | Self::Invite
                | Self::Profile
                | Self::Team
                | Self::City
                | Self::Notices
        )
    }
}

impl Counter {
    const ALL: [(Self, &str); 6] = [
        (Self::Till, ""),
        (Self::Orders, "orders"),
        (Self::Manage, "manage"),
        (Self::Online, "online"),
        (Self::Poster, "poster"),
        (Self::Goods, "goods"),
    ];
}

impl Desk {
    pub const ALL: [(Self, &str); 9] = [
        (Self::Overview, ""),
        (Self::Members, "members"),
        (Self::Rules, "rules"),
        (Self::Economy, "economy"),
        (Self::Staff, "staff"),
        (Self::Disputes, "disputes"),
        (Self::Actions, "actions"),
        (Self::Goods, "goods"),
        (Self::Applications, "applications"),
    ];
}

fn named<T: Copy>(all: &[(T, &str)], name: &str) -> Option<T> {
    all.iter().find(|(_, known)| *known == name).map(|(value, _)| *value)
}

fn name_of<T: PartialEq>(all: &[(T, &'static str)], value: &T) -> &'static str {
    all.iter().find(|(known, _)| known == value).map_or("", |(_, name)| name)
}

impl Route {
    /// Reads the part of the address after `#`, with or without it.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_matches('/');
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let found = match first {
            "" if rest.is_empty() => Some(Self::SignIn),
            "join" => Id::parse(rest).map(Self::Join),
            "enrol" => Self::code_of(rest).map(Self::Enrol),
            "account" if rest.is_empty() => Some(Self::Account),
            "rules" if rest.is_empty() => Some(Self::Rules),
            "shops" if rest.is_empty() => Some(Self::Shops),
            "operator" => match rest.strip_prefix("enrol/") {
                Some(code) => Self::code_of(code).map(Self::StaffCode),
                None => match rest.strip_prefix("members/") {
                    Some(id) => Id::parse(id).map(Self::DeskMember),
                    None => named(&Desk::ALL, rest).map(Self::Operator),
                },
            },
            "m" => {
                let (id, page) = rest.split_once('/').unwrap_or((rest, ""));
                let member = Id::parse(id);
                match page.strip_prefix("orders/") {
                    Some(order) => member.zip(Id::parse(order)).map(|(id, order)| Self::Order(id, order)),
                    // Where the counter was at first: people have it among their bookmarks.
                    None if page == "shop" => member.map(|shop| Self::Shop(shop, Counter::Till)),
                    None => member.zip(named(&MemberScreen::ALL, page)).map(|(id, page)| Self::Member(id, page)),
                }
            }
            "shop" => {
                let (id, page) = rest.split_once('/').unwrap_or((rest, ""));
                let shop = Id::parse(id);
                match page.strip_prefix("orders/") {
                    Some(order) => shop.zip(Id::parse(order)).map(|(shop, order)| Self::ShopOrder(shop, order)),
                    None => shop.zip(named(&Counter::ALL, page)).map(|(shop, page)| Self::Shop(shop, page)),
                }
            }
            "pay" => {
                let (id, order) = rest.split_once('/').map_or((rest, None), |(id, order)| (id, Some(order)));
                let order = order.map(OrderToBe::parse);
                // An order that cannot be read is no reason to show another page than the shop's.
                Id::parse(id).map(|shop| Self::Pay(shop, order.flatten()))
            }
            _ => None,
        };
        found.unwrap_or(Self::Nowhere)
    }

    /// The member whose screen it is.
    const fn member(&self) -> Option<&Id> {
        match self {
            Self::Member(id, _) | Self::Order(id, _) => Some(id),
            _ => None,
        }
    }

    /// The enrolment code in what a person typed: the code itself, or the link with it.
    pub fn code_of(typed: &str) -> Option<String> {
        let code = typed.trim().rsplit('/').next().unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        ((1..=256).contains(&code.len()) && code.bytes().all(is_plain)).then(|| code.to_owned())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, rest) = match self {
            Self::SignIn | Self::Nowhere => return f.write_str("#/"),
            Self::Join(id) => return write!(f, "#/join/{id}"),
            Self::Enrol(code) => return write!(f, "#/enrol/{code}"),
            Self::Account => return f.write_str("#/account"),
            Self::Rules => return f.write_str("#/rules"),
            Self::Shops => return f.write_str("#/shops"),
            Self::Member(id, page) => (format!("#/m/{id}"), name_of(&MemberScreen::ALL, page)),
            Self::DeskMember(id) => return write!(f, "#/operator/members/{id}"),
            Self::StaffCode(code) => return write!(f, "#/operator/enrol/{code}"),
            Self::Order(id, order) => return write!(f, "#/m/{id}/orders/{order}"),
            Self::Shop(id, page) => (format!("#/shop/{id}"), name_of(&Counter::ALL, page)),
            Self::ShopOrder(id, order) => return write!(f, "#/shop/{id}/orders/{order}"),
            Self::Pay(id, None) => return write!(f, "#/pay/{id}"),
            Self::Pay(id, Some(OrderToBe { amount, concession })) => {
                return write!(f, "#/pay/{id}/{amount}/{concession}");
            }
            Self::Operator(desk) => ("#/operator".to_owned(), name_of(&Desk::ALL, desk)),
        };
        f.write_str(&start)?;
        if rest.is_empty() { Ok(()) } else { write!(f, "/{rest}") }
    }
}

/// The address to which a member returns after signing in, in this tab.
const RETURN: &str = "gongxiang.return";

fn here() -> Route {
    // Fails only if the browser denies access to the address.
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// The route of the address, as a signal.
pub fn follow() -> RwSignal<Route> {
    let route = RwSignal::new(here());
    window_event_listener(leptos::ev::hashchange, move |_| {
        route.set(here());
    });
    route
}

pub fn go(route: &Route) {
    // This triggers `hashchange`, on which `follow` updates the route.
    let _ = window().location().set_hash(&route.to_string());
}

/// Goes to a route in place of the one that is there, so that Back does not return to it.
pub fn replace(route: &Route) {
    // Fails only if the page is being left already.
    let _ = window().location().replace(&route.to_string());
}

/// Goes to the entry, and remembers this screen for [`onward`].
pub fn sign_in() {
    if let Some(storage) = session_storage() {
        // Without room the member comes to the home instead.
        let _ = storage.set_item(RETURN, &here().to_string());
    }
    go(&Route::SignIn);
}

/// Where a member who signed in goes on: at the screen that asked to sign in, if it is this member's, else where it begins.
pub fn onward(member: &Id, home: Option<Route>) -> Route {
    let asked = session_storage().and_then(|storage| {
        let asked = storage.get_item(RETURN).ok().flatten();
        let _ = storage.remove_item(RETURN);
        asked
    });
    match asked.map(|address| Route::parse(&address)) {
        Some(route @ (Route::Member(..) | Route::Order(..))) if route.member() == Some(member) => route,
        Some(route @ Route::Pay(..)) => route,
        Some(Route::Shop(shop, page)) if shop == *member => Route::Shop(shop, page),
        _ => home.unwrap_or_else(|| Route::Member(member.clone(), MemberScreen::Home)),
    }
}

/// Whether a screen asked to sign in.
pub fn is_asked() -> bool {
    session_storage().is_some_and(|storage| storage.get_item(RETURN).is_ok_and(|asked| asked.is_some()))
}

/// What this tab stores; `None` where the browser forbids it.
fn session_storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// Loads the page again, because the screen of the address is in another program.
pub fn load() {
    // Fails only if the page is being left already.
    let _ = window().location().reload();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_where_it_says() {
        let ann = Id::parse("ann:1.x").expect("an id");
        let pages = MemberScreen::ALL.map(|(page, _)| Route::Member(ann.clone(), page));
        let desks = Desk::ALL.map(|(desk, _)| Route::Operator(desk));
        let others = [
            Route::SignIn,
            Route::Join(ann.clone()),
            Route::Enrol("gxe_0f".to_owned()),
            Route::StaffCode("gxe_0f".to_owned()),
            Route::Account,
            Route::DeskMember(ann.clone()),
            Route::Rules,
            Route::Shops,
            Route::Order(ann.clone(), Id::parse("o:1").expect("an id")),
            Route::ShopOrder(ann.clone(), Id::parse("o:1").expect("an id")),
            Route::Pay(ann.clone(), None),
            Route::Pay(ann.clone(), OrderToBe::parse("12.5/1.25")),
        ];
        let counters = Counter::ALL.map(|(page, _)| Route::Shop(ann.clone(), page));
        for route in others.into_iter().chain(pages).chain(desks).chain(counters) {
            assert_eq!(Route::parse(&route.to_string()), route);
        }
        assert_eq!(Route::parse(""), Route::SignIn);
        for other in [
            "#/pay/a/1",
            "#/pay/a/x/1",
            "#/pay/a/10000000000000/1",
            "#/pay/a/1/1/1",
            "#/pay/a/1/1.01",
            "#/pay/a/-1/-1",
            "#/pay/a/0/0",
        ] {
            assert_eq!(Route::parse(other), Route::Pay(Id::parse("a").expect("an id"), None), "{other}");
        }
        assert_eq!(Route::parse("#/m/ann:1.x/shop"), Route::Shop(ann, Counter::Till), "an old address");
        // A slash at the end changes nothing.
        assert_eq!(Route::parse("#/m/a/orders/"), Route::parse("#/m/a/orders"));
        for bad in [
            "#/x",
            "#/m/",
            "#/m/a b",
            "#/m/a/b",
            "#/m//order",
            "#/m/a/orders/b/c",
            "#/join/",
            "#/operator/x",
            "#/operator/enrol/a\"b",
            "#/account/x",
            "#/shop",
            "#/shop/a/x",
            "#/pay/a b",
            "#/rules/x",
            "#/shops/x",
            "#/enrol/",
            "#/enrol/a\"b",
        ] {
            assert_eq!(Route::parse(bad), Route::Nowhere, "{bad}");
        }
    }

    #[test]
    fn a_code_is_typed_as_it_is_or_as_its_link() {
        for typed in ["gxe_0f", " gxe_0f\n", "https://wallet.example/#/enrol/gxe_0f"] {
            assert_eq!(Route::code_of(typed).as_deref(), Some("gxe_0f"), "{typed}");
        }
        for bad in ["", " ", "gxe 0f", "gxe_\"", "https://wallet.example/"] {
            assert_eq!(Route::code_of(bad), None, "{bad}");
        }
    }
}
