//! What every request can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use url::Url;

use super::flights::Flights;
use super::lookout::Lookout;
use super::problem::Problem;
use crate::ledger::queue::Ledger;
use crate::ledger::quota::Quota;
use crate::people::passkeys::Passkeys;
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
}

/// What every request can reach.
#[derive(Clone, Debug)]
pub struct App {
    pub ledger: Ledger,
    pub people: People,
    /// Whether everybody may do everything.
    pub demo: bool,
    pub flights: Flights,
    pub lookout: Lookout,
    pub sign_in: SignIn,
    /// What members and shops may have open.
    pub quota: Quota,
}

impl FromRef<App> for Ledger {
    fn from_ref(app: &App) -> Self {
        app.ledger.clone()
    }
}

impl App {
    /// On a ledger and its people.
    #[must_use]
    pub fn new(ledger: Ledger, people: People, sign_in: SignIn, quota: Quota, demo: bool) -> Self {
        Self { ledger, people, demo, flights: Flights::default(), lookout: Lookout::default(), sign_in, quota }
    }

    /// Whether browsers reach the wallet over TLS.
    pub(super) fn has_tls(&self) -> bool {
        self.sign_in.origin.as_ref().map_or(!self.demo, |origin| origin.scheme() != "http")
    }

    pub(super) fn passkeys(&self) -> Result<&Passkeys, Problem> {
        self.sign_in.passkeys.as_ref().ok_or_else(|| Problem::sign_in_off("passkey"))
    }
}
