//! A throw-away `PostgreSQL` for the tests of the server.
//!
//! Its files lie in a directory of their own below the system's temporary one, since its server refuses to run as root and
//! another user may not see this repository. It has what a real one has: `fsync` is on.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::command;
use crate::packages;
use crate::steps::Steps;

/// The variable that tells the tests where `PostgreSQL` is: a URL that ends in `/`, as a user who may create databases.
pub const VARIABLE: &str = "GONGXIANG_TEST_POSTGRES";

/// The user who runs it where this task is root's.
const USER: &str = "postgres";

/// A running server, which ends with this value.
pub struct Postgres {
    programs: Programs,
    folder: PathBuf,
    url: String,
}

impl Postgres {
    /// Finds `PostgreSQL` or, on Debian, installs it, and starts a server with nothing in it.
    pub fn start(steps: &mut Steps) -> Result<Self> {
        let programs = Programs::set_up(steps)?;
        steps.quiet("PostgreSQL for the tests", || {
            let folder = programs.new_folder()?;
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            // From here on whatever fails deletes the directory.
            let server = Self { programs, folder, url: format!("postgres://{USER}@127.0.0.1:{port}/") };
            server.initialise(port)?;
            server.programs.control(&server.folder, &["start"])?;
            Ok(server)
        })
    }

    /// Tells a test where it is.
    pub fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(VARIABLE, &self.url)
    }

    fn initialise(&self, port: u16) -> Result<()> {
        let data = self.folder.join("data");
        let mut initdb = self.programs.run("initdb", &self.folder);
        initdb.args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        quietly(initdb.arg(format!("--username={USER}")).arg("--pgdata").arg(&data))?;
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nmax_connections = 200\n\
             fsync = on\nsynchronous_commit = on\n"
        );
        // Appended: the last of several lines holds.
        let file = data.join("postgresql.conf");
        let old = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        fs::write(&file, old + &settings).with_context(|| format!("cannot write {}", file.display()))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It may not have started; whatever is wrong here, the tests have their outcome.
        _ = self.programs.control(&self.folder, &["--mode=immediate", "stop"]);
        _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where `PostgreSQL`'s own programs are, and as whom they run.
struct Programs {
    directory: PathBuf,
    as_user: bool,
}

impl Programs {
    fn set_up(steps: &mut Steps) -> Result<Self> {
        if Self::find().is_none() && packages::is_debian() {
            packages::install(&["postgresql"], "the server's tests run on it too", steps)?;
        }
        let directory = Self::find().context(
            "the server's tests need PostgreSQL 14 or newer (`initdb` and `pg_ctl`): install it from your system's \
             packages (`apt install postgresql`, `brew install postgresql`)",
        )?;
        let as_user = command::first_line("id", &["-u"]).as_deref() == Some("0");
        if as_user && command::first_line("id", &["-u", USER]).is_none() {
            bail!("PostgreSQL does not run as root, and there is no user {USER}");
        }
        Ok(Self { directory, as_user })
    }

    /// The directory with all of its programs; Debian keeps it off the path.
    fn find() -> Option<PathBuf> {
        let complete = |directory: &Path| directory.join("initdb").is_file() && directory.join("pg_ctl").is_file();
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let debian = versions.map(|version| version.path().join("bin")).filter(|directory| complete(directory)).max();
        let on_path = || Some(command::find("pg_ctl")?.parent()?.to_owned()).filter(|directory| complete(directory));
        on_path().or(debian)
    }

    /// An empty directory that belongs to whom the server runs as.
    fn new_folder(&self) -> Result<PathBuf> {
        // Root's own temporary directory may be closed to others.
        let above = if self.as_user { PathBuf::from("/tmp") } else { env::temp_dir() };
        let folder = above.join(format!("gongxiang-postgres-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        if self.as_user {
            quietly(command::command("chown").arg(USER).arg(&folder))?;
        }
        Ok(folder)
    }

    /// One of its programs, in `folder`.
    fn run(&self, program: &str, folder: &Path) -> Command {
        let program = self.directory.join(program);
        let mut command = if self.as_user {
            let mut command = command::command("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            command::command(program)
        };
        // It looks at the directory it is started in.
        command.current_dir(folder);
        command
    }

    /// `pg_ctl`, until it is done.
    fn control(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        let mut control = self.run("pg_ctl", folder);
        control.arg("--pgdata").arg(folder.join("data")).arg("--log").arg(folder.join("log"));
        quietly(control.args(["--silent", "--wait"]).args(arguments))
    }
}

/// Runs the program; says what it said only if it failed.
fn quietly(command: &mut Command) -> Result<()> {
    // The server itself would hold a pipe open for as long as it runs: files have no such end.
    let words = env::temp_dir().join(format!("gongxiang-postgres-{}.words", std::process::id()));
    let file = fs::File::create(&words).with_context(|| format!("cannot write {}", words.display()))?;
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).status();
    let said = fs::read_to_string(&words).unwrap_or_default();
    _ = fs::remove_file(&words);
    let status = status.with_context(|| format!("cannot start {}", command::shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status}): {}", command::shown(command), said.trim());
    }
    Ok(())
}
