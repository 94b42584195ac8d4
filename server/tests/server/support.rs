//! The real program, started on a real file and asked over a real port.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use sqlx::Connection as _;
use ureq::Agent;

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

/// Fails at the first event of `POST /v1/events` that has no receipt, and says its place and why.
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
    // Nobody reads the pipe: a line for each request would fill it.
    command.env("GONGXIANG_LOG", "warn").env("GONGXIANG_CLOSE_DAYS", "false");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Who asks, of any server. All requests of the tests go through here.
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

/// A number that nobody foresees.
pub fn random() -> u64 {
    RandomState::new().hash_one(0)
}

/// A server that answers.
pub struct Server {
    process: Child,
    pub address: String,
    client: Client,
    /// Reads what it logs, all the time: it would wait for whoever does not.
    log: Option<JoinHandle<std::io::Result<String>>>,
}

/// The program with other arguments; what it prints.
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
    /// Where everybody may do everything.
    pub fn start(arguments: &[&str]) -> TestResult<Self> {
        Self::of(command(arguments))
    }

    /// The same, and with more in its environment.
    pub fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> TestResult<Self> {
        let mut command = command(arguments);
        command.envs(environment.iter().copied());
        Self::of(command)
    }

    /// Where nobody gets in without a key.
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

    /// One that can write no file beyond 1 MB.
    #[cfg(unix)]
    pub fn start_on_a_small_disk(arguments: &[&str]) -> TestResult<Self> {
        let inner = command(arguments);
        let mut command = Command::new("sh");
        // The signal would end it; an error is what a full disk gives.
        command.args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\""]);
        command
            .arg(inner.get_program())
            .args(inner.get_args())
            .env("GONGXIANG_LOG", "error")
            .env("GONGXIANG_CLOSE_DAYS", "false");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::of(command)
    }

    /// Of a command that `serve`s.
    pub fn of(mut command: Command) -> TestResult<Self> {
        let mut process = command.spawn()?;
        let mut said = String::new();
        BufReader::new(process.stdout.take().ok_or("no pipe")?).read_line(&mut said)?;
        let Some(address) = said.trim().strip_prefix("gongxiang serves at ") else {
            let mut errors = String::new();
            process.stderr.take().ok_or("no pipe")?.read_to_string(&mut errors)?;
            return Err(errors.into());
        };
        let mut errors = process.stderr.take().ok_or("no pipe")?;
        let log = thread::spawn(move || {
            let mut log = String::new();
            errors.read_to_string(&mut log).map(|_| log)
        });
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

    /// Status and JSON of any request.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> TestResult<(u16, Value)> {
        let mut answer = self.send(method, path, token, headers, body)?;
        let text = answer.body_mut().with_config().limit(1 << 28).read_to_string()?;
        let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        Ok((answer.status().as_u16(), json))
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
        let text = answer.body_mut().read_to_string()?;
        let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        Ok((answer.status().as_u16(), json, cookie))
    }

    /// One header of the answer to what is sent.
    pub fn header(&self, method: &str, path: &str, name: &str, body: &Value) -> TestResult<String> {
        let answer = self.send(method, path, None, &[], Some(body))?;
        Ok(answer.headers().get(name).ok_or("no such header")?.to_str()?.into())
    }

    /// The mark of an answer.
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
        // A connection of its own: what is refused before its body was read is closed.
        let agent: Agent = Agent::config_builder().http_status_as_error(false).max_idle_connections(0).build().into();
        Ok(match body {
            Some(body) => agent.run(request.header("content-type", "application/json").body(body.to_string())?)?,
            None => agent.run(request.body(())?)?,
        })
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as a power failure would.
    pub fn kill(mut self) -> TestResult {
        self.stop()
    }

    /// The same, and another server may take its place.
    pub fn stop(&mut self) -> TestResult {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Ends it as an operator would.
    #[cfg(unix)]
    pub fn terminate(self) -> TestResult<bool> {
        self.signal()?;
        self.ended()
    }

    /// Tells it to end.
    #[cfg(unix)]
    pub fn signal(&self) -> TestResult {
        Command::new("kill").arg(self.process.id().to_string()).status()?;
        Ok(())
    }

    /// Whether it ended well, when it has.
    pub fn ended(mut self) -> TestResult<bool> {
        Ok(self.process.wait()?.success())
    }

    /// Ends it, and answers with all that it logged.
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

fn json_of(answer: &mut ureq::http::Response<ureq::Body>) -> TestResult<(u16, Value)> {
    let text = answer.body_mut().with_config().limit(1 << 28).read_to_string()?;
    Ok((answer.status().as_u16(), serde_json::from_str(&text)?))
}

/// A file as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

/// A database of one test.
pub struct Database {
    url: String,
    /// Its name in `PostgreSQL`, from which it goes at the end.
    name: Option<String>,
}

impl std::ops::Deref for Database {
    type Target = str;

    fn deref(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            _ = as_administrator(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// A new database on each engine that is there: `SQLite` always, `PostgreSQL` where `GONGXIANG_TEST_POSTGRES` says one is.
pub fn databases(folder: &Folder) -> TestResult<Vec<Database>> {
    let sqlite = Database { url: folder.database(), name: None };
    Ok([Some(sqlite), postgres()?].into_iter().flatten().collect())
}

/// A new database in the `PostgreSQL` of `GONGXIANG_TEST_POSTGRES`, a URL that ends in `/`.
pub fn postgres() -> TestResult<Option<Database>> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("GONGXIANG_TEST_POSTGRES") else { return Ok(None) };
    let name = format!("gongxiang_operations_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    as_administrator(&format!("CREATE DATABASE {name}"))?;
    Ok(Some(Database { url: format!("{url}{name}"), name: Some(name) }))
}

/// Runs a statement on the `PostgreSQL` server itself.
pub fn as_administrator(sql: &str) -> TestResult {
    run_sql(&format!("{}postgres", std::env::var("GONGXIANG_TEST_POSTGRES")?), sql)
}

/// Runs a statement on a database, beside the server.
pub fn run_sql(url: &str, sql: &str) -> TestResult {
    sqlx::any::install_default_drivers();
    // Also called within the runtime of a test.
    std::thread::scope(|scope| {
        let done = scope.spawn(|| {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(sqlx::Error::Io)?;
            runtime.block_on(async {
                let mut connection = sqlx::AnyConnection::connect(url).await?;
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
                connection.close().await
            })
        });
        done.join().map_err(|_| sqlx::Error::WorkerCrashed)
    })??;
    Ok(())
}

/// Whether `gongxiang audit` finds the books clean, and what it says if not.
pub fn audit(folder: &Folder) -> TestResult<(bool, String)> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(["audit", "--database", &folder.database()]).output()?;
    Ok((output.status.success(), String::from_utf8(output.stderr)?))
}

/// Runs SQL on the file while no server has it.
#[tokio::main(flavor = "current_thread")]
pub async fn by_hand(database: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = sqlx::SqliteConnection::connect(database).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await
}
