//! Who is signed in, and what its role opens.

use async_lock::Mutex;
use gongxiang::event::Kind;
use gongxiang::identity::Id;
use serde_json::Value;

use super::transport::{Answer, Fault, end, field, get_text, get_value_or_kept, post};
use crate::json::{self, ReadError};
use crate::mark;
use crate::route::{Counter, Desk, MemberScreen, Route};

/// Somebody of the staff, as a session names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffName {
    pub id: Id,
    pub name: String,
    /// The shop of an owner or a cashier.
    pub shop: Option<Id>,
}

/// Who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "what a server is set to, each by itself")]
pub struct Session {
    /// `nobody`, `demo`, `operator`, `member` …; empty if the server could not be asked.
    pub role: String,
    pub member: Option<Id>,
    /// Who of the staff.
    pub staff: Option<StaffName>,
    /// Set if its member has a shop, as far as this browser knows.
    pub has_shop: bool,
    /// Set if everybody may do everything.
    pub demo: bool,
    /// The ways to sign in: `passkey`, `demo` …
    pub ways: Vec<String>,
    /// Set if members may register themselves.
    pub open_registration: bool,
    /// Set if members trade no points here.
    pub no_market: bool,
    /// Set if shops open only by an application that the operator approved.
    pub shop_approval: bool,
    /// People to sign in as, in a demo that has some.
    pub guests: Vec<Guest>,
}

/// Somebody whom a demo offers to sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// What there is to try: `buyer`, `shop` …
    pub kind: String,
    pub name: String,
    pub member: Option<Id>,
    pub staff: Option<Id>,
}

impl Guest {
    fn read(guest: &Value) -> Result<Self, ReadError> {
        let id = |name: &str| guest.get(name).and_then(Value::as_str).and_then(Id::parse);
        Ok(Self { kind: field(guest, "kind")?, name: field(guest, "name")?, member: id("member"), staff: id("staff") })
    }
}

impl Session {
    fn read(session: &Value) -> Result<Self, ReadError> {
        let staff = |staff: &Value| {
            Ok(StaffName { id: field(staff, "id")?, name: field(staff, "name")?, shop: field(staff, "shop")? })
        };
        let member: Option<Id> = field(session, "member")?;
        Ok(Self {
            role: field(session, "role")?,
            has_shop: member.is_some() && mark::read(mark::MERCHANT).as_deref() == member.as_ref().map(Id::as_str),
            member,
            staff: session.get("staff").filter(|staff| !staff.is_null()).map(staff).transpose()?,
            demo: field(session, "demo")?,
            ways: field(session, "ways")?,
            open_registration: field(session, "open_registration")?,
            no_market: session.get("market") == Some(&Value::Bool(false)),
            shop_approval: session.get("shop_approval") == Some(&Value::Bool(true)),
            guests: session
                .get("guests")
                .and_then(Value::as_array)
                .map_or(Ok(Vec::new()), |all| all.iter().map(Guest::read).collect())?,
        })
    }

    pub fn is_operator(&self) -> bool {
        matches!(self.role.as_str(), "demo" | "operator")
    }

    /// Whether its role may open this screen of the desk. The server holds the same, and refuses the rest.
    pub fn opens(&self, desk: Desk) -> bool {
        match self.role.as_str() {
            "demo" | "operator" => true,
            "clerk" => matches!(desk, Desk::Members | Desk::Applications),
            "auditor" => !matches!(desk, Desk::Rules | Desk::Staff | Desk::Disputes),
            "owner" => desk == Desk::Staff,
            _ => false,
        }
    }

    /// Whether its role gives this command at the desk. The server holds the same, and refuses the rest.
    pub fn commands(&self, kind: Kind) -> bool {
        use Kind::{MemberRegistered, OrderRefunded, PackPurchased, PackRefunded};
        match self.role.as_str() {
            "demo" | "operator" => true,
            "clerk" => matches!(kind, MemberRegistered | PackPurchased | PackRefunded | OrderRefunded),
            _ => false,
        }
    }

    /// Whether its role makes the codes by which members sign in.
    pub fn makes_codes(&self) -> bool {
        self.commands(Kind::MemberRegistered)
    }

    pub fn has_passkeys(&self) -> bool {
        self.ways.iter().any(|way| way == "passkey")
    }

    pub fn is_nobody(&self) -> bool {
        self.role == "nobody"
    }

    /// Where its holder begins: a merchant at its counter, any other member at its account.
    pub fn home(&self) -> Option<Route> {
        let begins = |id| {
            if self.has_shop { Route::Shop(id, Counter::Till) } else { Route::Member(id, MemberScreen::Home) }
        };
        let member = self.member.clone().map(begins);
        let shop = || self.shop().map(|shop| Route::Shop(shop.clone(), Counter::Till));
        member.or_else(shop).or_else(|| self.staff.is_some().then_some(Route::Operator(Desk::Overview)))
    }

    /// The address with which the next start opens. It tells the merchant from the staff of its shop, who open the same counter: what one
    /// of them left on this device is not the other's.
    pub fn start(&self) -> Option<String> {
        match &self.member {
            Some(id) if self.has_shop => Some(format!("#/m/{id}/shop")),
            _ => self.home().map(|home| home.to_string()),
        }
    }

    /// The shop of an owner or a cashier.
    pub fn shop(&self) -> Option<&Id> {
        self.staff.as_ref()?.shop.as_ref()
    }

    /// Whether its holder works in this shop: its merchant, its staff, and everybody in a demo.
    pub fn works_in(&self, shop: &Id) -> bool {
        self.member.as_ref() == Some(shop) || self.shop() == Some(shop) || (self.demo && self.member.is_none())
    }

    /// Whether its holder decides for its shop, and does not only sell in it.
    pub fn decides(&self) -> bool {
        self.role != "cashier"
    }

    pub fn nobody() -> Self {
        Self { role: "nobody".to_owned(), ..Self::default() }
    }

    /// What remains of it after a sign-out of which the server has not heard: how members sign in there.
    pub fn left(&self) -> Self {
        Self { ways: self.ways.clone(), open_registration: self.open_registration, ..Self::nobody() }
    }

    /// The member, or who of the staff: its actions are sent in its session only.
    pub fn sender(&self) -> Option<&Id> {
        self.member.as_ref().or(self.staff.as_ref().map(|staff| &staff.id))
    }

    /// Whether an action of this sender, or of the operator, may be sent in this session. It must never be sent as somebody else's.
    pub fn may_send_for(&self, sender: Option<&Id>) -> bool {
        match self.sender() {
            Some(me) => sender == Some(me),
            None => self.is_operator(),
        }
    }
}

/// `/v1/session`; without a network, the stored answer.
pub async fn session() -> Result<Answer<Session>, Fault> {
    let ask = || Box::pin(get_value_or_kept("/v1/session"));
    let Answer { value, since } = drop_ended(ask().await, ask).await?;
    Ok(Answer { value: Session::read(&value)?, since })
}

/// `/v1/session`, never a stored answer.
pub async fn session_now() -> Result<Session, Fault> {
    let ask = || get_text("/v1/session");
    Ok(Session::read(&json::parse(&drop_ended(ask().await, ask).await?)?)?)
}

/// A session that has ended is refused for as long as its cookie is sent, so the cookie goes first. Then nobody is signed in.
async fn drop_ended<T, F>(asked: Result<T, Fault>, again: impl FnOnce() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    match asked {
        Err(Fault::Status { status: 401, .. }) => {
            sign_out().await?;
            again().await
        }
        asked => asked,
    }
}

/// Held while a session begins or ends: the answer to a sign-out takes the cookie away, and must not take that of the next session.
static CHANGES_COOKIE: Mutex<()> = Mutex::new(());

/// Sends what begins a session. A sign-out that the server has not heard of goes first.
pub async fn begin(path: &str, body: String) -> Result<String, Fault> {
    let _turn = CHANGES_COOKIE.lock().await;
    if mark::is_set(mark::SIGNED_OUT) {
        end("/v1/session").await?;
        mark::remove(mark::SIGNED_OUT);
    }
    post(path, None, body).await
}

/// Signs in to a demo as a member or, with `key` `staff`, as somebody of the staff.
pub async fn sign_in_to_demo(key: &str, id: &Id) -> Result<(), Fault> {
    begin("/v1/sessions/demo", format!(r#"{{"{key}":"{id}"}}"#)).await.map(drop)
}

pub async fn sign_out() -> Result<(), Fault> {
    let _turn = CHANGES_COOKIE.lock().await;
    end("/v1/session").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merchant_begins_at_its_counter_and_is_not_taken_for_the_staff_of_its_shop() {
        let id = |text| Id::parse(text).expect("an id");
        let member = Session { member: Some(id("ann")), ..Session::default() };
        let merchant = Session { has_shop: true, ..member.clone() };
        let staff = StaffName { id: id("s-1"), name: "Li".to_owned(), shop: Some(id("ann")) };
        let cashier = Session { staff: Some(staff), ..Session::default() };
        let home = |session: &Session| session.home().map(|home| home.to_string());
        assert_eq!(home(&member).as_deref(), Some("#/m/ann"));
        assert_eq!(home(&merchant).as_deref(), Some("#/shop/ann"));
        assert_eq!(home(&cashier), home(&merchant));
        assert_ne!(cashier.start(), merchant.start());
        let start = merchant.start().map(|start| Route::parse(&start));
        assert_eq!(start, merchant.home(), "an old address of the counter");
    }

    #[test]
    fn a_clerk_gives_its_own_commands_and_opens_the_screens_for_them() {
        let clerk = Session { role: "clerk".to_owned(), ..Session::default() };
        let given: Vec<_> = Kind::ALL.iter().filter(|kind| clerk.commands(**kind)).map(|kind| kind.as_str()).collect();
        assert_eq!(given, ["member.registered", "pack.purchased", "pack.refunded", "order.refunded"]);
        let opened: Vec<_> =
            Desk::ALL.into_iter().filter(|(desk, _)| clerk.opens(*desk)).map(|(_, name)| name).collect();
        assert_eq!(opened, ["members", "applications"]);
        let auditor = Session { role: "auditor".to_owned(), ..Session::default() };
        assert!(!Kind::ALL.iter().any(|kind| auditor.commands(*kind)) && auditor.opens(Desk::Members));
    }
}
