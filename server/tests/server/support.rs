//! The real program, started on a real file and asked over a real port.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
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

/// `gongxiang serve` with these arguments, on a free port.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongxiang"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Who asks, of any server. All requests of the tests go through here.
pub struct Client(Agent);

impl Client {
    pub fn new() -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60)));
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
}

impl Server {
    pub fn start(arguments: &[&str]) -> TestResult<Self> {
        let mut process = command(arguments).spawn()?;
        let mut said = String::new();
        BufReader::new(process.stdout.take().ok_or("no pipe")?).read_line(&mut said)?;
        let Some(address) = said.trim().strip_prefix("gongxiang serves at ") else {
            let mut errors = String::new();
            process.stderr.take().ok_or("no pipe")?.read_to_string(&mut errors)?;
            return Err(errors.into());
        };
        Ok(Self { process, address: address.trim_end_matches('/').into(), client: Client::new() })
    }

    /// Status and JSON.
    pub fn get(&self, path: &str) -> TestResult<(u16, Value)> {
        self.client.get(&self.address, path)
    }

    /// Status and JSON.
    pub fn post(&self, path: &str, media_type: &str, body: impl AsRef<[u8]>) -> TestResult<(u16, Value)> {
        self.client.post(&self.address, path, media_type, body)
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
    pub fn terminate(mut self) -> TestResult<bool> {
        Command::new("kill").arg(self.process.id().to_string()).status()?;
        Ok(self.process.wait()?.success())
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
