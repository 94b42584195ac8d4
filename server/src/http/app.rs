//! What every request can reach.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use url::Url;

use super::flights::Flights;
use super::look_ups::NameRates;
use super::lookout::Lookout;
use super::problem::Problem;
use crate::goods::Goods;
use crate::ledger::queue::Ledger;
use crate::ledger::quota::Quota;
use crate::notices::Notices;
use crate::notices::channels::Channels;
use crate::people::guests::Guest;
use crate::people::passkeys::Passkeys;
use crate::people::second_person::SecondPerson;
use crate::people::store::People;
use crate::people::wechat::Code2Session;

/// How members can sign in.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// Where the wallet's pages are.
    pub origin: Option<Url>,
    /// Passkeys of that origin.
    pub passkeys: Option<Passkeys>,
    /// The mini-program's.
    pub wechat: Option<Arc<dyn Code2Session>>,
    /// Whether members register themselves.
    pub open_registration: bool,
    /// Whom a demo offers to sign in as.
    pub guests: Arc<[Guest]>,
}

/// What the operator of the server set.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What members and shops may have open.
    pub quota: Quota,
    /// Hours that the buyer of a trade has to report the payment; 0 for no limit.
    pub trade_hours: u32,
    pub second_person: SecondPerson,
    /// Days after the day of the redemption on which a voucher for goods can be used.
    pub goods_days: u32,
    /// Whether members open a shop only with an approved application.
    pub shop_approval: bool,
    /// Whether webhooks may be in private networks.
    pub allow_private_webhooks: bool,
    /// Longest time of a request.
    pub request_time: Duration,
    /// Whether everybody may do everything.
    pub demo: bool,
}

/// What every request can reach. Each part of a request's way has a copy, so copies have to be cheap.
#[derive(Clone, Debug)]
pub struct App(Arc<AppParts>);

/// The parts of an [`App`].
#[derive(Debug)]
pub struct AppParts {
    pub ledger: Ledger,
    pub people: People,
    pub goods: Goods,
    pub notices: Notices,
    /// How members can be told.
    pub channels: Channels,
    /// Whether everybody may do everything.
    pub demo: bool,
    pub flights: Flights,
    pub lookout: Lookout,
    pub sign_in: SignIn,
    /// What members and shops may have open.
    pub quota: Quota,
    pub names: Arc<NameRates>,
    /// Hours that the buyer of a trade has to report the payment; 0 for no limit.
    pub trade_hours: u32,
    pub second_person: SecondPerson,
    /// Days after the day of the redemption on which a voucher for goods can be used.
    pub goods_days: u32,
    /// Whether members open a shop only with an approved application.
    pub shop_approval: bool,
    /// Whether webhooks may be in private networks.
    pub allow_private_webhooks: bool,
}

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

impl FromRef<App> for Ledger {
    fn from_ref(app: &App) -> Self {
        app.ledger.clone()
    }
}

impl App {
    /// On a ledger, its people, its goods and its notices.
    #[must_use]
    pub fn new(
        ledger: Ledger,
        people: People,
        goods: Goods,
        notices: Notices,
        channels: Channels,
        sign_in: SignIn,
        policy: Policy,
    ) -> Self {
        let Policy {
            quota,
            trade_hours,
            second_person,
            goods_days,
            shop_approval,
            allow_private_webhooks,
            request_time,
            demo,
        } = policy;
        let flights = Flights::with_longest(request_time);
        let (lookout, names) = (Lookout::default(), Arc::default());
        Self(Arc::new(AppParts {
            ledger,
            people,
            goods,
            notices,
            channels,
            demo,
            flights,
            lookout,
            sign_in,
            quota,
            names,
            trade_hours,
            second_person,
            goods_days,
            shop_approval,
            allow_private_webhooks,
        }))
    }

    /// Whether browsers reach the wallet over TLS.
    pub(super) fn has_tls(&self) -> bool {
        self.sign_in.origin.as_ref().map_or(!self.demo, |origin| origin.scheme() != "http")
    }

    pub(super) fn passkeys(&self) -> Result<&Passkeys, Problem> {
        self.sign_in.passkeys.as_ref().ok_or_else(|| Problem::sign_in_off("passkey"))
    }
}
