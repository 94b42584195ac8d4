//! A clock that jumps and a disk that is full, while clients send: whatever was answered is there once, and nothing else.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::failover::cluster;
use crate::kill::{Scene, kills, pause, run, run_with};
use crate::postgres::Database;
use crate::support::{Folder, TestResult, argument, run_sql};

/// Where Debian's package puts what answers a program that asks for the time.
const FAKETIME: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"];

/// The clock of a server, as what is added to the machine's.
struct Clock {
    library: &'static str,
    file: PathBuf,
}

impl Clock {
    /// The machine's clock. Without libfaketime nothing would be tested, so the test fails.
    fn right(folder: &Folder) -> TestResult<Self> {
        let library = FAKETIME.into_iter().find(|library| Path::new(library).is_file());
        let library =
            library.ok_or("libfaketime is not installed: `cargo xtask setup` or `apt install libfaketime`")?;
        let this = Self { library, file: folder.path("clock") };
        this.set("+0")?;
        Ok(this)
    }

    fn set(&self, ahead: &str) -> TestResult {
        // Written whole or not at all: it is read at any moment.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{ahead}\n"))?;
        Ok(fs::rename(new, &self.file)?)
    }

    /// The time of day jumps, and the time that passes does not: that is what setting a clock does. The days close by the clock.
    fn environment(&self) -> [(&str, &str); 5] {
        [
            ("LD_PRELOAD", self.library),
            ("FAKETIME_TIMESTAMP_FILE", argument(&self.file)),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("GONGXIANG_CLOSE_DAYS", "true"),
        ]
    }
}

fn jump(clock: &Clock, scene: &Scene) -> TestResult {
    let mut longest = Duration::ZERO;
    for number in 0..kills() {
        clock.set(["+400d", "-400d", "+3600s", "-90s", "+0"][usize::try_from(number)? % 5])?;
        pause();
        longest = longest.max(scene.recovered()?);
    }
    println!("the clock jumped {} times; events again after {longest:?} at most", kills());
    Ok(())
}

#[test]
fn a_clock_that_jumps_loses_and_doubles_nothing_and_closes_no_day() -> TestResult {
    let folder = Folder::new()?;
    let clock = Clock::right(&folder)?;
    run_with(&folder.database(), &clock.environment(), |scene| jump(&clock, scene))?;
    clock.set("+0")?;
    let database = Database::new().map_err(|error| error.to_string())?;
    run_with(&database.url(), &clock.environment(), |scene| jump(&clock, scene))
}

/// A file system of a few megabytes, which goes with this value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Only root may mount it. Without it nothing would be tested, so the test fails unless it is told to do without.
    fn new(folder: &Folder, megabytes: u32) -> TestResult<Option<Self>> {
        let path = folder.path("disk");
        fs::create_dir(&path)?;
        let size = format!("size={megabytes}m,mode=777");
        if Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).status()?.success() {
            return Ok(Some(Self(path)));
        }
        if std::env::var_os("GONGXIANG_TEST_NO_MOUNT").is_some() {
            return Ok(None);
        }
        Err("a small disk cannot be mounted: run the tests as root, or set GONGXIANG_TEST_NO_MOUNT=1 to leave out a full disk".into())
    }

    /// Writes until nothing more fits.
    fn fill(&self) -> TestResult {
        let mut file = fs::File::create(self.0.join("ballast"))?;
        let block = [1; 4 << 10];
        while file.write_all(&block).is_ok() {}
        Ok(())
    }

    fn empty(&self) -> TestResult {
        Ok(fs::remove_file(self.0.join("ballast"))?)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whatever is wrong here, the tests have their outcome.
        _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// It is full for long enough that nobody's event is answered any more, and then it is not.
fn fill(disk: &SmallDisk, scene: &Scene) -> TestResult {
    let (mut longest, mut silent) = (Duration::ZERO, 0);
    for _ in 0..kills() {
        pause();
        disk.fill()?;
        // What has room in pages that are there is still written.
        thread::sleep(Duration::from_millis(500));
        let unready = scene.server.get("/health/ready")?.0 == 503;
        silent += u32::from(unready);
        disk.empty()?;
        longest = longest.max(scene.recovered()?);
    }
    println!(
        "the disk was full {} times, and nothing was settled {silent} times; events again after {longest:?} at most",
        kills()
    );
    assert!(silent > 0, "it never was full");
    Ok(())
}

#[test]
fn a_full_disk_loses_and_doubles_nothing_on_sqlite() -> TestResult {
    let folder = Folder::new()?;
    let Some(disk) = SmallDisk::new(&folder, 256)? else { return Ok(()) };
    run(&format!("sqlite:{}", disk.0.join("book.db").display()), |scene| fill(&disk, scene))
}

#[test]
fn a_full_disk_loses_and_doubles_nothing_on_postgresql() -> TestResult {
    let folder = Folder::new()?;
    let Some(disk) = SmallDisk::new(&folder, 256)? else { return Ok(()) };
    let cluster = cluster()?;
    // The tables are on the small disk; the log, which PostgreSQL cannot do without, is not.
    let tables = disk.0.join("tables");
    fs::create_dir(&tables)?;
    Command::new("chown").arg("postgres").arg(&tables).status()?;
    let administrator = format!("{}postgres", cluster.url());
    run_sql(&administrator, &format!("CREATE TABLESPACE small LOCATION '{}'", tables.display()))?;
    run_sql(&administrator, "CREATE DATABASE book TABLESPACE small")?;
    run(&format!("{}book", cluster.url()), |scene| fill(&disk, scene))
}
