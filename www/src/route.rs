//! Routes: the part of the address after `#`, which names the screen.

use std::fmt;

use gongxiang::identity::Id;
use leptos::prelude::*;

/// The screen that an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `#/`: sign in.
    SignIn,
    /// `#/join/ID`: the invitation of this member.
    Join(Id),
    /// `#/m/ID…`: a member's screen.
    Member(Id, MemberScreen),
    /// `#/m/ID/orders/ORDER`: an order that this member gave.
    Order(Id, Id),
    /// `#/operator…`: an operator's screen.
    Operator(Desk),
    /// `#/operator/enrol/CODE`: the first passkey of somebody of the staff.
    StaffCode(String),
    Nowhere,
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
    Shop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    Overview,
    Rules,
    Economy,
    Staff,
    Actions,
}

impl MemberScreen {
    const ALL: [(Self, &str); 11] = [
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
        (Self::Shop, "shop"),
    ];

    /// Whether it belongs to the navigation's entry for moving points.
    pub const fn is_way_to_move(self) -> bool {
        matches!(self, Self::Move | Self::Transfer | Self::Redeem | Self::Market | Self::Invite)
    }
}

impl Desk {
    pub const ALL: [(Self, &str); 5] = [
        (Self::Overview, ""),
        (Self::Rules, "rules"),
        (Self::Economy, "economy"),
        (Self::Staff, "staff"),
        (Self::Actions, "actions"),
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
            "operator" => match rest.strip_prefix("enrol/") {
                Some(code) => Some(Self::StaffCode(code.to_owned())),
                None => named(&Desk::ALL, rest).map(Self::Operator),
            },
            "m" => {
                let (id, page) = rest.split_once('/').unwrap_or((rest, ""));
                let member = Id::parse(id);
                match page.strip_prefix("orders/") {
                    Some(order) => member.zip(Id::parse(order)).map(|(id, order)| Self::Order(id, order)),
                    None => member.zip(named(&MemberScreen::ALL, page)).map(|(id, page)| Self::Member(id, page)),
                }
            }
            _ => None,
        };
        found.unwrap_or(Self::Nowhere)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, rest) = match self {
            Self::SignIn | Self::Nowhere => return f.write_str("#/"),
            Self::Join(id) => return write!(f, "#/join/{id}"),
            Self::Member(id, page) => (format!("#/m/{id}"), name_of(&MemberScreen::ALL, page)),
            Self::StaffCode(code) => return write!(f, "#/operator/enrol/{code}"),
            Self::Order(id, order) => return write!(f, "#/m/{id}/orders/{order}"),
            Self::Operator(desk) => ("#/operator".to_owned(), name_of(&Desk::ALL, desk)),
        };
        f.write_str(&start)?;
        if rest.is_empty() { Ok(()) } else { write!(f, "/{rest}") }
    }
}

fn here() -> Route {
    // Fails only if the browser denies access to the address.
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// The route of the address, as a signal.
pub fn follow() -> RwSignal<Route> {
    let route = RwSignal::new(here());
    window_event_listener(leptos::ev::hashchange, move |_| {
        route.set(here());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    });
    route
}

pub fn go(route: &Route) {
    // This triggers `hashchange`, on which `follow` updates the route.
    let _ = window().location().set_hash(&route.to_string());
}

/// Loads the page again, because the screen of the address is in the other binary.
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
        let order = Route::Order(ann.clone(), Id::parse("o:1").expect("an id"));
        let code = Route::StaffCode("gxe_0".to_owned());
        for route in [Route::SignIn, Route::Join(ann.clone()), order, code].into_iter().chain(pages).chain(desks) {
            assert_eq!(Route::parse(&route.to_string()), route);
        }
        assert_eq!(Route::parse(""), Route::SignIn);
        // A slash at the end changes nothing.
        assert_eq!(Route::parse("#/m/a/orders/"), Route::parse("#/m/a/orders"));
        for bad in ["#/x", "#/m/", "#/m/a b", "#/m/a/b", "#/m//order", "#/m/a/orders/b/c", "#/join/", "#/operator/x"] {
            assert_eq!(Route::parse(bad), Route::Nowhere, "{bad}");
        }
    }
}
