//! `PostgreSQL`'s own programs: where they are, and as whom they run.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};

use super::USER;

/// `initdb`, `pg_ctl` and what goes with them.
#[derive(Clone, Debug)]
pub struct Programs {
    directory: PathBuf,
    as_user: bool,
}

impl Programs {
    /// Those that are installed, if there are any.
    ///
    /// # Errors
    /// If they could not run.
    pub fn find() -> Result<Option<Self>> {
        let Some(directory) = directory() else { return Ok(None) };
        let as_user = first_line("id", &["-u"]).as_deref() == Some("0");
        if as_user && first_line("id", &["-u", USER]).is_none() {
            bail!("PostgreSQL does not run as root, and there is no user {USER}");
        }
        Ok(Some(Self { directory, as_user }))
    }

    /// An empty directory that belongs to whom the server runs as.
    pub(super) fn new_folder(&self) -> Result<PathBuf> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Root's own temporary directory may be closed to others.
        let above = if self.as_user { PathBuf::from("/tmp") } else { env::temp_dir() };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = above.join(format!("gongxiang-postgres-{}-{number}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        if self.as_user {
            quietly(Command::new("chown").arg(USER).arg(&folder))?;
        }
        Ok(folder)
    }

    /// A process that waits for the end of its input and then ends the server in `folder` and deletes that.
    pub(super) fn keeper(&self, folder: &Path) -> Result<Child> {
        let mut keeper = Command::new("sh");
        keeper.args(["-c", "cat > /dev/null; \"$@\"; rm -rf \"$0\""]).arg(folder);
        let stop = self.run("pg_ctl", folder);
        keeper.arg(stop.get_program()).args(stop.get_args());
        keeper.args(["--silent", "--wait", "--mode=immediate", "stop", "--pgdata"]).arg(folder.join("data"));
        keeper.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C is for the group of whoever started this.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut keeper, 0);
        keeper.spawn().context("cannot start `sh`")
    }

    /// One of them, in `folder`.
    pub(super) fn run(&self, program: &str, folder: &Path) -> Command {
        self.as_user(self.directory.join(program), folder)
    }

    /// Any program, as whom the server runs as.
    pub(super) fn as_user(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = if self.as_user {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // It looks at the directory it is started in.
        command.current_dir(folder);
        command
    }

    /// `pg_ctl`, until it is done.
    pub(super) fn control(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        let mut control = self.run("pg_ctl", folder);
        control.arg("--pgdata").arg(folder.join("data")).arg("--log").arg(folder.join("log"));
        quietly(control.args(["--silent", "--wait"]).args(arguments))
    }
}

/// The directory with all of them; Debian keeps it off the path.
fn directory() -> Option<PathBuf> {
    let complete = |directory: &PathBuf| {
        ["initdb", "pg_ctl", "pg_basebackup"].iter().all(|program| directory.join(program).is_file())
    };
    let on_path = env::split_paths(&env::var_os("PATH")?).find(complete);
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    on_path.or_else(|| versions.map(|version| version.path().join("bin")).filter(complete).max())
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}

/// Runs the program; says what it said only if it failed.
pub(super) fn quietly(command: &mut Command) -> Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // The server itself would hold a pipe open for as long as it runs: files have no such end.
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let words = env::temp_dir().join(format!("gongxiang-postgres-{}-{number}.words", std::process::id()));
    let file = fs::File::create(&words).with_context(|| format!("cannot write {}", words.display()))?;
    let shown = format!("{command:?}");
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).status();
    let said = fs::read_to_string(&words).unwrap_or_default();
    _ = fs::remove_file(&words);
    let status = status.with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown} failed ({status}): {}", said.trim());
    }
    Ok(())
}
