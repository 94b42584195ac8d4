//! A town whose members sign in by passkey, with the requests of members and of the operator.

use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::support::{Folder, Server, TestResult, add_key, databases, gongxiang};

/// The origin of the wallet's pages.
pub const ORIGIN: &str = "https://wallet.example";

/// Adds somebody of the staff; the code for the first passkey.
pub fn add_staff(database: &str, arguments: &[&str]) -> TestResult<String> {
    gongxiang(&[&["staff", "--database", database, "add"], arguments].concat())
}

/// A server with two members, and an operator.
pub struct Town {
    pub server: Server,
    pub operator: String,
}

/// Status, JSON and the session's cookie, if one was set.
pub type Answered = (u16, Value, Option<String>);

/// One with nobody in it yet.
pub fn empty_town(database: &str, arguments: &[&str]) -> TestResult<Town> {
    let arguments = [&["--database", database, "--rules", "seed", "--origin", ORIGIN], arguments].concat();
    Ok(Town { server: Server::start_closed(&arguments)?, operator: add_key(database, &["--role", "operator"])? })
}

pub fn town(database: &str, arguments: &[&str]) -> TestResult<Town> {
    let town = empty_town(database, arguments)?;
    let events = json!([
        {"type": "member.registered", "member": "ann"},
        {"type": "member.registered", "member": "bob"},
    ]);
    assert_eq!(town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&events))?.0, 200);
    Ok(town)
}

/// Runs a test on each engine.
pub fn on_each_engine(arguments: &[&str], test: impl Fn(&Town, &str) -> TestResult) -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        test(&town(&database, arguments)?, &database)?;
    }
    Ok(())
}

impl Town {
    /// A request of the wallet's page.
    pub fn ask(&self, method: &str, path: &str, cookie: Option<&str>, body: Option<&Value>) -> TestResult<Answered> {
        let cookie = cookie.map(|cookie| ("cookie", cookie));
        let headers: Vec<_> = [Some(("origin", ORIGIN)), cookie].into_iter().flatten().collect();
        self.server.ask_for_cookie(method, path, &headers, body)
    }

    pub fn post(&self, path: &str, body: &Value) -> TestResult<Answered> {
        self.ask("POST", path, None, Some(body))
    }

    /// A new enrolment code.
    pub fn code(&self, member: &str) -> TestResult<String> {
        let path = format!("/v1/members/{member}/enrolments");
        let (status, made) = self.server.ask("POST", &path, Some(&self.operator), &[], None)?;
        assert_eq!((status, &made["member"], &made["holds"]), (200, &json!(member), &json!(259_200)));
        Ok(made["enrolment"].as_str().ok_or("no code")?.into())
    }

    /// A passkey for a member, by a code; with the session's cookie.
    pub fn enrolled(&self, member: &str) -> TestResult<(Authenticator, String)> {
        let mut authenticator = Authenticator::new(ORIGIN)?;
        let by = json!({"enrolment": self.code(member)?});
        let (status, registered, cookie) = self.register(&mut authenticator, None, &by)?;
        assert_eq!((status, &registered["member"]), (200, &json!(member)), "{registered}");
        Ok((authenticator, cookie.ok_or("no cookie")?))
    }

    pub fn register(
        &self,
        authenticator: &mut Authenticator,
        cookie: Option<&str>,
        by: &Value,
    ) -> TestResult<Answered> {
        let begun = self.ask("POST", "/v1/passkeys/begin", cookie, Some(by))?;
        if begun.0 != 200 {
            return Ok(begun);
        }
        let credential = authenticator.create(&begun.1["options"])?;
        let finish = json!({"ceremony": begun.1["ceremony"], "credential": credential});
        self.ask("POST", "/v1/passkeys", cookie, Some(&finish))
    }

    /// The body that finishes a sign-in that begins now.
    pub fn assertion(&self, authenticator: &mut Authenticator) -> TestResult<Value> {
        let (status, begun, _) = self.post("/v1/sessions/passkey/begin", &json!({}))?;
        assert_eq!(status, 200, "{begun}");
        Ok(json!({"ceremony": begun["ceremony"], "credential": authenticator.get(&begun["options"])?}))
    }

    pub fn sign_in(&self, authenticator: &mut Authenticator) -> TestResult<Answered> {
        self.post("/v1/sessions/passkey", &self.assertion(authenticator)?)
    }

    /// A passkey for somebody of the staff, who is added for it on the command line; with the session's cookie.
    pub fn staff(&self, database: &str, arguments: &[&str]) -> TestResult<(Authenticator, String)> {
        let mut authenticator = Authenticator::new(ORIGIN)?;
        let by = json!({"enrolment": add_staff(database, arguments)?});
        let (status, registered, cookie) = self.register(&mut authenticator, None, &by)?;
        assert_eq!((status, &registered["staff"]["name"]), (200, &json!(arguments[0])), "{registered}");
        Ok((authenticator, cookie.ok_or("no cookie")?))
    }

    /// The member of a session's cookie.
    pub fn member(&self, cookie: &str) -> TestResult<Value> {
        Ok(self.ask("GET", "/v1/session", Some(cookie), None)?.1["member"].clone())
    }
}

pub fn refused((status, problem, cookie): Answered, expected: (u16, &str)) {
    assert_eq!((status, problem["code"].as_str(), cookie), (expected.0, Some(expected.1), None), "{problem}");
}
