//! A temporary `PostgreSQL` server for tests and benches.
//!
//! Its files are in a directory below the system's temporary directory: `PostgreSQL` refuses to run as root, and
//! another user may not be able to read this repository. It runs as a real server does, with `fsync` and
//! `synchronous_commit` on.
//!
//! It stops when the process that started it ends, even by SIGKILL. A small process waits for the end of a pipe,
//! which the system closes in every case.

mod pooler;
mod programs;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

pub use pooler::Pooler;
pub use programs::Programs;

/// Longest time until a server that was killed has let go of its memory and the next one serves.
const RESTART_MAX: Duration = Duration::from_mins(1);

/// The user who runs it if we are root.
const USER: &str = "postgres";

/// A running server; dropping the value stops it.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    folder: PathBuf,
    url: String,
    port: u16,
    /// Stops the server and deletes the directory when its input ends.
    keeper: Child,
}

impl Cluster {
    /// Starts an empty server.
    ///
    /// # Errors
    /// If it cannot start; then no files remain.
    pub fn start(programs: Programs) -> Result<Self> {
        let this = Self::prepare(programs)?;
        this.initialise()?;
        this.programs.control(&this.folder, &["start"])?;
        Ok(this)
    }

    /// Starts a server that follows this one and is told of every commit before the client is. Whichever of the two is the
    /// primary later waits for the other one, too: the setting is copied.
    ///
    /// # Errors
    /// If that does not go; nothing is left then.
    pub fn start_standby(&self) -> Result<Self> {
        let this = Self::prepare(self.programs.clone())?;
        // The name by which a standby asks; what makes a copy has another one.
        self.set("synchronous_standby_names = 'walreceiver'")?;
        this.follow(self)?;
        Ok(this)
    }

    fn prepare(programs: Programs) -> Result<Self> {
        let folder = programs.new_folder()?;
        let keeper = programs.keeper(&folder).inspect_err(|_| _ = fs::remove_dir_all(&folder))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // From here on whatever fails deletes the directory.
        Ok(Self { programs, folder, url: format!("postgres://{USER}@127.0.0.1:{port}/"), port, keeper })
    }

    /// Begins anew as a standby of another server.
    ///
    /// # Errors
    /// If it runs, or the other one does not.
    pub fn follow(&self, primary: &Self) -> Result<()> {
        let data = self.folder.join("data");
        // Of the user who runs the server.
        let mut empty = self.programs.as_user("rm", &self.folder);
        programs::quietly(empty.arg("-rf").arg(&data))?;
        let mut copy = self.programs.run("pg_basebackup", &self.folder);
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--host=127.0.0.1"]);
        copy.args([&format!("--port={}", primary.port), &format!("--username={USER}")]).arg("--pgdata").arg(&data);
        programs::quietly(&mut copy)?;
        self.append(&format!("port = {}", self.port))?;
        self.programs.control(&self.folder, &["start"])
    }

    /// Makes a standby a primary.
    ///
    /// # Errors
    /// If it is none.
    pub fn promote(&self) -> Result<()> {
        self.programs.control(&self.folder, &["promote"])
    }

    /// Changes a setting of a running server.
    ///
    /// # Errors
    /// If it does not run.
    pub fn set(&self, setting: &str) -> Result<()> {
        self.append(setting)?;
        self.programs.control(&self.folder, &["reload"])
    }

    /// A pooler before this server.
    ///
    /// # Errors
    /// If it does not start.
    pub fn pooler(&self, mode: &str) -> Result<Option<Pooler>> {
        Pooler::start(&self.programs, self.port, mode)
    }

    /// The port of its address.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A URL that ends in `/`, as a user who may create databases.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its files are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ends it at once, without writing what it has in memory: what was committed is in its log on the disk.
    ///
    /// # Errors
    /// If it does not run.
    pub fn stop_at_once(&self) -> Result<()> {
        self.programs.control(&self.folder, &["--mode=immediate", "stop"])
    }

    /// Kills its first process, so that the others are left to find out.
    ///
    /// # Errors
    /// If it does not run.
    pub fn kill(&self) -> Result<()> {
        let file = self.folder.join("data/postmaster.pid");
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let process = text.lines().next().unwrap_or_default();
        programs::quietly(Command::new("kill").args(["-KILL", process]))
    }

    /// Starts it again, once all processes of the one that ended are gone.
    ///
    /// # Errors
    /// If it does not start for a long time.
    pub fn start_again(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            match self.programs.control(&self.folder, &["start"]) {
                Err(_) if started.elapsed() < RESTART_MAX => thread::sleep(Duration::from_millis(50)),
                done => return done,
            }
        }
    }

    fn initialise(&self) -> Result<()> {
        let data = self.folder.join("data");
        let mut initdb = self.programs.run("initdb", &self.folder);
        initdb.args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        programs::quietly(initdb.arg(format!("--username={USER}")).arg("--pgdata").arg(&data))?;
        self.append(&format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = ''\nmax_connections = 200\n\
             fsync = on\nsynchronous_commit = on",
            self.port
        ))
    }

    /// The last of several lines holds.
    fn append(&self, settings: &str) -> Result<()> {
        let file = self.folder.join("data/postgresql.conf");
        let old = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        fs::write(&file, format!("{old}\n{settings}\n")).with_context(|| format!("cannot write {}", file.display()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may not have started; whatever is wrong here, the tests have their outcome.
        self.keeper.stdin.take();
        _ = self.keeper.wait();
    }
}
