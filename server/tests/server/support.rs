//! The real program, on a real file and a real port.

mod databases;

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

pub use self::databases::{Database, as_administrator, by_hand, databases, postgres, run_sql};

pub const JSON: &str = "application/json";

pub type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A directory of one test, deleted at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> TestResult<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gongxiang-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What `--database` takes.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.path("book.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Fails with place and answer of the first event of `POST /v1/events` that was not accepted.
pub fn all_accepted(answers: &Value) -> TestResult {
    let answers = answers["answers"].as_array().ok_or_else(|| format!("no list of answers: {answers}"))?;
    match answers.iter().enumerate().find(|(_, answer)| !answer["receipt"].is_object()) {
        Some((place, answer)) => Err(format!("event {place} was not accepted: {answer}").into()),
        None => Ok(()),
    }
}

/// `gongxiang serve` with these arguments, on a free port.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongxiang"));
    command.args(["serve", "--demo-mode", "--listen", "127.0.0.1:0"]).args(arguments);
    // A line for each request would fill the pipe.
    command.env("GONGXIANG_LOG", "warn").env("GONGXIANG_CLOSE_DAYS", "false");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Sends requests to any server.
pub struct Client(Agent);

impl Client {
    pub fn new() -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(1)));
        Self(config.build().into())
    }

    /// Status and JSON.
    pub fn get(&self, address: &str, path: &str) -> TestResult<(u16, Value)> {
        json_of(&mut self.0.get(format!("{address}{path}")).call()?)
    }

    /// Status and JSON.
    pub fn post(
        &self,
        address: &str,
        path: &str,
        media_type: &str,
        body: impl AsRef<[u8]>,
    ) -> TestResult<(u16, Value)> {
        let request = self.0.post(format!("{address}{path}")).header("content-type", media_type);
        json_of(&mut request.send(body.as_ref())?)
    }
}

/// The red flags of the preset `seed`, which an adoption of its rules has to accept.
pub const RED: [&str; 8] = [
    "ENTRY_FEE",
    "LOCKED_BAIT",
    "HEADCOUNT_REWARD",
    "TEAM_REMUNERATION",
    "DEPTH",
    "TERRITORY_FEE",
    "CASH_OUT",
    "FORCED_POINT_PURCHASE",
];

/// An unpredictable number.
pub fn random() -> u64 {
    RandomState::new().hash_one(0)
}

/// A server that answers.
pub struct Server {
    process: Child,
    pub address: String,
    client: Client,
    /// Reads the log all the time, because a full pipe would stop the server.
    log: Option<JoinHandle<std::io::Result<String>>>,
}

/// Runs the program; returns what it prints.
pub fn gongxiang(arguments: &[&str]) -> TestResult<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(arguments).output()?;
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr)?.into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().into())
}

/// A new key.
pub fn add_key(database: &str, arguments: &[&str]) -> TestResult<String> {
    gongxiang(&[&["keys", "--database", database, "add"], arguments].concat())
}

impl Server {
    /// Starts a server where everybody may do everything.
    pub fn start(arguments: &[&str]) -> TestResult<Self> {
        Self::of(command(arguments))
    }

    /// The same, and with more in its environment.
    pub fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> TestResult<Self> {
        let mut command = command(arguments);
        command.envs(environment.iter().copied());
        Self::of(command)
    }

    /// Starts a server where every request needs a key or a session.
    pub fn start_closed(arguments: &[&str]) -> TestResult<Self> {
        Self::start_closed_with(arguments, &[])
    }

    /// The same, and with more in its environment.
    pub fn start_closed_with(arguments: &[&str], environment: &[(&str, &str)]) -> TestResult<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongxiang"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
        if !arguments.contains(&"--rules") || arguments.contains(&"seed") {
            // The days of the tests are those of the preset.
            command.env("GONGXIANG_FIRST_DAY", "2026-01-01");
        }
        command.env("GONGXIANG_LOG", "warn").env("GONGXIANG_CLOSE_DAYS", "false");
        command.envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::of(command)
    }

    /// Starts a server that can write no file beyond 1 MB.
    #[cfg(unix)]
    pub fn start_on_a_small_disk(arguments: &[&str]) -> TestResult<Self> {
        let inner = command(arguments);
        let mut command = Command::new("sh");
        // The signal would end the server; without it, a write fails as on a full disk.
        command.args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\""]);
        command
            .arg(inner.get_program())
            .args(inner.get_args())
            .env("GONGXIANG_LOG", "error")
            .env("GONGXIANG_CLOSE_DAYS", "false");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::of(command)
    }

    /// Starts a server with a command.
    pub fn of(mut command: Command) -> TestResult<Self> {
        let mut process = command.spawn()?;
        let mut errors = process.stderr.take().ok_or("no pipe")?;
        // From the first line on: the start alone may log more than the pipe holds.
        let log = thread::spawn(move || {
            let mut log = String::new();
            errors.read_to_string(&mut log).map(|_| log)
        });
        let mut said = String::new();
        BufReader::new(process.stdout.take().ok_or("no pipe")?).read_line(&mut said)?;
        let Some(address) = said.trim().strip_prefix("gongxiang serves at ") else {
            return Err(log.join().map_err(|_| "the log could not be read")??.into());
        };
        Ok(Self { process, address: address.trim_end_matches('/').into(), client: Client::new(), log: Some(log) })
    }

    /// Status and JSON.
    pub fn get(&self, path: &str) -> TestResult<(u16, Value)> {
        self.client.get(&self.address, path)
    }

    /// Status and JSON.
    pub fn post(&self, path: &str, media_type: &str, body: impl AsRef<[u8]>) -> TestResult<(u16, Value)> {
        self.client.post(&self.address, path, media_type, body)
    }

    /// Registers a member; status and JSON.
    pub fn register(&self, member: &str) -> TestResult<(u16, Value)> {
        self.post("/v1/events", JSON, register(member).to_string())
    }

    /// Status and JSON of any request.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> TestResult<(u16, Value)> {
        json_of(&mut self.send(method, path, token, headers, body)?)
    }

    /// Status, headers and body as they are.
    pub fn ask_for_text(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> TestResult<(u16, String, String)> {
        let mut answer = self.send(method, path, token, headers, body)?;
        let text = answer.body_mut().with_config().limit(1 << 28).read_to_string()?;
        Ok((answer.status().as_u16(), format!("{:?}", answer.headers()), text))
    }

    /// Status, JSON and the session's cookie, if one was set, of any request.
    pub fn ask_for_cookie(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> TestResult<(u16, Value, Option<String>)> {
        let mut answer = self.send(method, path, None, headers, body)?;
        let set = answer.headers().get("set-cookie").map(|set| set.to_str().map(str::to_owned)).transpose()?;
        let cookie = set.and_then(|set| Some(set.split(';').next()?.to_owned()));
        let (status, json) = json_of(&mut answer)?;
        Ok((status, json, cookie))
    }

    /// One header of the answer.
    pub fn header(&self, method: &str, path: &str, name: &str, body: &Value) -> TestResult<String> {
        let answer = self.send(method, path, None, &[], Some(body))?;
        Ok(answer.headers().get(name).ok_or("no such header")?.to_str()?.into())
    }

    /// A header of the answer to a request without a body; empty if it has none.
    pub fn header_with(&self, method: &str, path: &str, headers: &[(&str, &str)], name: &str) -> TestResult<String> {
        let answer = self.send(method, path, None, headers, None)?;
        Ok(answer.headers().get(name).map(|value| value.to_str()).transpose()?.unwrap_or_default().into())
    }

    /// The `ETag` of an answer.
    pub fn etag(&self, path: &str) -> TestResult<String> {
        let answer = self.send("GET", path, None, &[], None)?;
        Ok(answer.headers().get("etag").ok_or("no etag")?.to_str()?.into())
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> TestResult<ureq::http::Response<ureq::Body>> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // A connection of its own, because the server closes it if it refuses a request before it read the body.
        let agent: Agent = Agent::config_builder().http_status_as_error(false).max_idle_connections(0).build().into();
        Ok(match body {
            Some(body) => agent.run(request.header("content-type", "application/json").body(body.to_string())?)?,
            None => agent.run(request.body(())?)?,
        })
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends the server like a power failure.
    pub fn kill(mut self) -> TestResult {
        self.stop()
    }

    /// The same, and another server may take its place.
    pub fn stop(&mut self) -> TestResult {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Ends the server like an operator; returns whether it ended in good order.
    #[cfg(unix)]
    pub fn terminate(self) -> TestResult<bool> {
        self.signal()?;
        self.ended()
    }

    /// Sends the signal to end.
    #[cfg(unix)]
    pub fn signal(&self) -> TestResult {
        Command::new("kill").arg(self.process.id().to_string()).status()?;
        Ok(())
    }

    /// Waits for its end; returns whether it ended in good order.
    pub fn ended(mut self) -> TestResult<bool> {
        Ok(self.process.wait()?.success())
    }

    /// Ends the server and returns its log.
    pub fn log(mut self) -> TestResult<String> {
        self.stop()?;
        let log = self.log.take().ok_or("the log was taken")?;
        Ok(log.join().map_err(|_| "the log could not be read")??)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Status and JSON; null if there is no body.
fn json_of(answer: &mut ureq::http::Response<ureq::Body>) -> TestResult<(u16, Value)> {
    let text = answer.body_mut().with_config().limit(1 << 28).read_to_string()?;
    let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
    Ok((answer.status().as_u16(), json))
}

/// A server of the folder's database, where everybody may do everything.
pub fn start(folder: &Folder) -> TestResult<Server> {
    Server::start(&["--database", &folder.database()])
}

/// A server with the shop `shop`, and with `ann`, who is its first customer's referrer.
pub fn start_with_a_shop(folder: &Folder) -> TestResult<Server> {
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/cdnow.rules.json");
    let server = Server::start(&["--database", &folder.database(), "--rules", rules])?;
    let events = json!([
        register("shop"),
        {"type": "pack.purchased", "member": "shop", "pack": "merchant"},
        {"type": "treasury.granted", "member": "shop", "points": "1382"},
        {"type": "merchant.opened", "member": "shop", "region": "320106"},
        register("ann"),
        {"type": "pack.purchased", "member": "ann", "pack": "member"},
        {"type": "member.registered", "member": "bob", "referrer": "ann"},
        {"type": "pack.purchased", "member": "bob", "pack": "member"},
    ]);
    let (_, answers) = server.post("/v1/events", JSON, events.to_string())?;
    all_accepted(&answers)?;
    Ok(server)
}

/// The event that registers a member.
pub fn register(member: &str) -> Value {
    json!({"type": "member.registered", "member": member})
}

/// A file as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

/// Whether `gongxiang audit` finds the books clean, and its errors.
pub fn audit(folder: &Folder) -> TestResult<(bool, String)> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(["audit", "--database", &folder.database()]).output()?;
    Ok((output.status.success(), String::from_utf8(output.stderr)?))
}
