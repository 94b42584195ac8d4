//! A throw-away `PostgreSQL` for the tests and benches of the server: found or installed, and started.

use std::process::Command;

use anyhow::{Context as _, Result};
use gongxiang_cluster::{Cluster, Programs};

use crate::packages;
use crate::steps::Steps;

/// The variable that tells the tests where `PostgreSQL` is: a URL that ends in `/`, as a user who may create databases.
pub const VARIABLE: &str = "GONGXIANG_TEST_POSTGRES";

/// A running server, which ends with this value.
pub struct Postgres(Cluster);

impl Postgres {
    /// Finds `PostgreSQL` or, on Debian, installs it, and starts a server with nothing in it.
    pub fn start(steps: &mut Steps) -> Result<Self> {
        let programs = set_up(steps)?;
        steps.quiet("PostgreSQL for the tests", || Cluster::start(programs).map(Self))
    }

    /// Tells a test where it is.
    pub fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(VARIABLE, self.0.url())
    }
}

/// Finds `PostgreSQL`'s programs or, on Debian, installs them.
pub fn set_up(steps: &mut Steps) -> Result<Programs> {
    if Programs::find()?.is_none() && packages::is_debian() {
        packages::install(&["postgresql"], "the server's tests run on it too", steps)?;
    }
    Programs::find()?.context(
        "the server's tests need PostgreSQL 14 or newer (`initdb` and `pg_ctl`): install it from your system's \
         packages (`apt install postgresql`, `brew install postgresql`)",
    )
}
