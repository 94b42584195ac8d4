//! A throw-away `PgBouncer` before a server of the tests.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::{Programs, USER, programs};

/// A running pooler, which ends with this value.
#[derive(Debug)]
pub struct Pooler {
    folder: PathBuf,
    url: String,
    process: Child,
}

impl Pooler {
    /// Starts one; none where `pgbouncer` is not installed.
    pub(super) fn start(programs: &Programs, server: u16, mode: &str) -> Result<Option<Self>> {
        const PROGRAM: &str = "/usr/sbin/pgbouncer";
        if fs::metadata(PROGRAM).is_err() {
            return Ok(None);
        }
        let folder = programs.new_folder()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let users = folder.join("users");
        fs::write(&users, format!("\"{USER}\" \"\"\n"))?;
        let settings = folder.join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = {mode}\n\
             ignore_startup_parameters = extra_float_digits\n",
            users.display()
        );
        fs::write(&settings, text)?;
        let mut command = programs.as_user(PROGRAM, &folder);
        command.arg("--quiet").arg(&settings).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Its end is asked for by the group: `runuser` hands no signal on to it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let process = command.spawn().context("cannot start pgbouncer")?;
        let this = Self { folder, url: format!("postgres://{USER}@127.0.0.1:{port}/"), process };
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(Some(this));
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("pgbouncer does not listen")
    }

    /// Where it is: a URL that ends in `/`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // Whatever is wrong here, the tests have their outcome.
        _ = programs::quietly(Command::new("kill").args(["-KILL", "--", &format!("-{}", self.process.id())]));
        _ = self.process.wait();
        _ = fs::remove_dir_all(&self.folder);
    }
}
