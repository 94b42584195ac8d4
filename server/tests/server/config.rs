//! Settings: which source counts, and what `config` prints.

use std::process::{Command, Output};

use crate::support::{Folder, TestResult};

fn config(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> TestResult<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongxiang"));
    command.arg("config").args(arguments).envs(environment.iter().copied()).current_dir(folder.path(""));
    Ok(command.output()?)
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() -> TestResult {
    let folder = Folder::new()?;
    std::fs::write(
        folder.path("gongxiang.toml"),
        "zone = \"UTC\"\nlog = \"warn\"\nrate-per-key = 7\nclose-days = true",
    )?;
    let environment = [("GONGXIANG_ZONE", "Europe/Berlin"), ("GONGXIANG_LOG", "debug")];
    let output = config(&folder, &["--zone", "Asia/Tokyo"], &environment)?;
    let said = String::from_utf8(output.stdout)?;
    for line in [
        "zone = \"Asia/Tokyo\" # the command line\n",
        "log = \"debug\" # the environment, GONGXIANG_LOG\n",
        "rate-per-key = 7 # gongxiang.toml\n",
        "close-days = true # gongxiang.toml\n",
        "rate-per-address = 50 # by itself\n",
        "# wallet is not set\n",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
    Ok(())
}

#[test]
fn what_is_printed_can_be_the_file() -> TestResult {
    let folder = Folder::new()?;
    let said = config(&folder, &["--database", "sqlite:a \"book\".db", "--close-days=false"], &[])?.stdout;
    std::fs::write(folder.path("other.toml"), &said)?;
    let again = String::from_utf8(config(&folder, &["--config", "other.toml"], &[])?.stdout)?;
    let values = |text: &str| text.lines().map(|line| line.split(" # ").next().map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(values(&again), values(&String::from_utf8(said)?));
    assert!(again.contains("close-days = false # other.toml"), "{again}");
    Ok(())
}

#[test]
fn a_password_is_never_shown() -> TestResult {
    let folder = Folder::new()?;
    for database in ["postgres://me:secret@db.example/book", "postgresql://db.example/book?user=me&password=secret"] {
        let output = config(&folder, &[], &[("GONGXIANG_DATABASE", database)])?;
        let said = String::from_utf8(output.stdout)?;
        assert!(said.contains("db.example/book") && !said.contains("secret"), "{said}");
    }
    Ok(())
}

#[test]
fn a_file_that_cannot_be_is_refused_by_the_name_of_its_key() -> TestResult {
    let folder = Folder::new()?;
    for (content, why) in [
        ("colour = 1", "no setting `colour`"),
        ("rate_per_key = 1", "no setting `rate_per_key`"),
        ("[log]\nlevel = 1", "`log` must be"),
        ("listen = \"nowhere\"", "--listen"),
        ("rate-per-key = -1", "--rate-per-key"),
        ("close-days = \"perhaps\"", "--close-days"),
        ("log = ", "gongxiang.toml"),
    ] {
        std::fs::write(folder.path("gongxiang.toml"), content)?;
        let output = config(&folder, &[], &[])?;
        assert_eq!(output.status.code(), Some(2), "{content}");
        let said = String::from_utf8(output.stderr)?;
        assert!(said.contains(why) && said.contains("gongxiang.toml"), "{content}: {said}");
    }
    assert_eq!(config(&folder, &["--config", "missing.toml"], &[])?.status.code(), Some(2));
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_write_is_not_taken_unasked() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new()?;
    let file = folder.path("gongxiang.toml");
    std::fs::write(&file, "zone = \"UTC\"")?;
    let set = |path: &std::path::Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    let here = folder.path("");
    for (of_folder, of_file, taken) in [
        (0o755, 0o644, true),
        (0o700, 0o600, true),
        (0o1777, 0o644, true),
        (0o777, 0o644, false),
        (0o775, 0o644, false),
        (0o755, 0o666, false),
        (0o755, 0o664, false),
        (0o1777, 0o646, false),
    ] {
        set(&here, of_folder)?;
        set(&file, of_file)?;
        let output = config(&folder, &[], &[])?;
        let said = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.success(), taken, "{of_folder:o} {of_file:o} {said}");
        assert!(taken || said.contains("--config"), "{said}");
        assert!(config(&folder, &["--config", "gongxiang.toml"], &[])?.status.success(), "somebody named it");
    }
    Ok(())
}
