//! Where in the wallet one is: the part of the address after `#`, so that a link or a reload leads to the same screen.

use std::fmt;

use gongxiang::identity::Id;
use leptos::prelude::*;

/// A screen, as the address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `#/`: choose a member.
    Members,
    /// `#/m/ID`: a member's home.
    Home(Id),
    /// `#/m/ID/order`: an order of this member, before it is placed.
    Order(Id),
    /// Anything else.
    Nowhere,
}

impl Route {
    /// Reads the part of the address after `#`, with or without it.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_matches('/');
        if path.is_empty() {
            return Self::Members;
        }
        let Some(path) = path.strip_prefix("m/") else { return Self::Nowhere };
        let (id, order) = path.strip_suffix("/order").map_or((path, false), |id| (id, true));
        match Id::parse(id) {
            Some(id) if order => Self::Order(id),
            Some(id) => Self::Home(id),
            None => Self::Nowhere,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Members | Self::Nowhere => f.write_str("#/"),
            Self::Home(id) => write!(f, "#/m/{id}"),
            Self::Order(id) => write!(f, "#/m/{id}/order"),
        }
    }
}

/// Where the address points now.
fn here() -> Route {
    // Only a browser that refuses access to its own address has none.
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// The route, which follows the address.
pub fn follow() -> RwSignal<Route> {
    let route = RwSignal::new(here());
    window_event_listener(leptos::ev::hashchange, move |_| {
        route.set(here());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    });
    route
}

/// Goes there.
pub fn go(route: &Route) {
    // The browser answers with `hashchange`, which `follow` hears.
    let _ = window().location().set_hash(&route.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_where_it_says() {
        let ann = Id::parse("ann:1.x").expect("an id");
        for route in [Route::Members, Route::Home(ann.clone()), Route::Order(ann)] {
            assert_eq!(Route::parse(&route.to_string()), route);
        }
        assert_eq!(Route::parse(""), Route::Members);
        for bad in ["#/x", "#/m/", "#/m/a b", "#/m/a/b", "#/m//order"] {
            assert_eq!(Route::parse(bad), Route::Nowhere, "{bad}");
        }
    }
}
