//! A throw-away `PostgreSQL` for the tests and benches of the server: found or installed, and started.

use anyhow::{Context as _, Result};
use gongxiang_cluster::{Cluster, Programs};

use crate::packages;
use crate::steps::Steps;

/// The variable with the URL of `PostgreSQL` for the tests. It ends in `/`; its user may create databases.
pub const VARIABLE: &str = "GONGXIANG_TEST_POSTGRES";

/// Finds `PostgreSQL` or, on Debian, installs it, and starts an empty server, which ends with the value.
pub fn start(steps: &mut Steps) -> Result<Cluster> {
    let programs = set_up(steps)?;
    steps.quiet("PostgreSQL for the tests", || Cluster::start(programs))
}

/// Finds `PostgreSQL`'s programs or, on Debian, installs them, with what the tests of faults need.
pub fn set_up(steps: &mut Steps) -> Result<Programs> {
    if packages::is_debian() {
        if Programs::find()?.is_none() {
            packages::install(&["postgresql"], "the server's tests run on it too", steps)?;
        }
        packages::install(
            &["libfaketime", "pgbouncer"],
            "the tests of faults set clocks, and go through a pooler",
            steps,
        )?;
    }
    Programs::find()?.context(
        "the server's tests need PostgreSQL 14 or newer (`initdb` and `pg_ctl`): install it from your system's \
         packages (`apt install postgresql`, `brew install postgresql`)",
    )
}
