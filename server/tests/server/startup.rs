//! Databases and settings that cannot be used are refused at the start. A database that fails later loses nothing.

use std::io::Read as _;
use std::time::Duration;

use serde_json::json;

use crate::support::{
    Folder, Server, TestResult, argument, as_administrator, by_hand, command, gongxiang, postgres, register,
};

fn refusal(database: &str) -> TestResult<String> {
    let mut process = command(&["--database", database]).spawn()?;
    let mut said = String::new();
    process.stderr.take().ok_or("no pipe")?.read_to_string(&mut said)?;
    assert_eq!(process.wait()?.code(), Some(2), "{said}");
    Ok(said)
}

#[test]
fn a_schema_of_a_newer_version_is_not_touched() -> TestResult {
    let folder = Folder::new()?;
    Server::start(&["--database", &folder.database()])?.kill()?;
    let newer = "INSERT INTO _sqlx_migrations SELECT 9001, description, installed_on, success, checksum, execution_time
                 FROM _sqlx_migrations WHERE version = 20";
    by_hand(&folder.database(), newer)?;
    let said = refusal(&folder.database())?;
    assert!(said.contains("9001") && said.contains("use a newer one"), "{said}");
    Ok(())
}

#[test]
fn a_database_that_cannot_be_written_is_refused_at_the_start() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    assert_eq!(server.register("ann")?.0, 200);
    assert!(server.terminate()?);
    let said = refusal(&format!("{}?mode=ro", folder.database()))?;
    assert!(said.contains("readonly"), "{said}");
    assert_eq!(Server::start(&["--database", &folder.database()])?.get("/v1/members/ann")?.0, 200);
    Ok(())
}

#[test]
fn a_full_database_answers_with_a_problem_and_loses_nothing() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start(&["--database", &database])?;
    let mut kept = Vec::new();
    for number in 0..20 {
        let member = format!("m{number}");
        assert_eq!(server.register(&member)?.0, 200);
        kept.push(member);
    }
    assert!(server.terminate()?);
    let server = Server::start_on_a_small_disk(&["--database", &database])?;
    let mut cookies = Vec::new();
    for member in &kept {
        let signed_in = server.ask_for_cookie("POST", "/v1/sessions/demo", &[], Some(&json!({"member": member})))?;
        cookies.push(signed_in.2.ok_or("no cookie")?);
    }
    let mut refused = Vec::new();
    let mut numbers = 0..2_000;
    // Merging the log into the file makes room for a while, until the file is full too.
    let mut fill_up = |times: usize| -> TestResult {
        let full = refused.len() + times;
        for number in numbers.by_ref() {
            let member = format!("n{number}");
            match server.register(&member)? {
                (200, _) => kept.push(member),
                (status, problem) => {
                    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem}");
                    refused.push(member);
                }
            }
            if refused.len() == full {
                return Ok(());
            }
        }
        panic!("it never was full")
    };
    fill_up(3)?;
    for _ in 0..2 {
        fill_up(1)?;
        let (status, problem) = server.get("/health/ready")?;
        assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "a full disk settles nothing");
    }
    let (status, answer) = server.get("/v1/supply")?;
    assert_eq!(status, 200, "reading goes on: {answer}");
    // Whether the session's row can be deleted or not, the browser forgets it.
    let mut failed = 0;
    for cookie in &cookies {
        fill_up(1)?;
        let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let (status, _, removed) = server.ask_for_cookie("DELETE", "/v1/session", &headers, None)?;
        assert!(matches!(status, 204 | 503), "{status}");
        assert_eq!(removed.as_deref(), Some("gongxiang_session="), "{status}");
        assert_eq!(server.header_with("DELETE", "/v1/session", &headers, "clear-site-data")?, "\"cache\"");
        failed += u32::from(status == 503);
    }
    assert!(failed > 0, "every session could be ended: {}", server.log()?);
    server.kill()?;
    let server = Server::start(&["--database", &database])?;
    for member in &kept {
        assert_eq!(server.get(&format!("/v1/members/{member}"))?.0, 200, "{member}");
    }
    for member in &refused {
        assert_eq!(server.get(&format!("/v1/members/{member}"))?.0, 404, "{member}");
        assert_eq!(server.register(member)?.0, 200, "{member}");
    }
    Ok(())
}

#[test]
fn a_database_that_goes_away_and_comes_back_is_said_by_ready_and_loses_nothing() -> TestResult {
    let Some(database) = postgres()? else { return Ok(()) };
    let name = database.rsplit('/').next().ok_or("no name")?;
    let server = Server::start(&["--database", &database])?;
    let (status, answer) = server.register("ann")?;
    assert_eq!(status, 200, "{answer}");
    as_administrator(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"))?;
    as_administrator(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))?;
    let (status, problem) = server.get("/health/ready")?;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));
    assert_eq!(server.get("/health/live")?.0, 200);
    assert_eq!(server.register("bob")?.0, 503);
    as_administrator(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"))?;
    for tried in 0.. {
        if server.get("/health/ready")?.0 == 200 {
            break;
        }
        assert!(tried < 50, "it does not come back");
        std::thread::sleep(Duration::from_millis(200));
    }
    let (status, answer) = server.get("/v1/members/ann")?;
    assert_eq!(status, 200, "{answer} {}", server.log()?);
    let (status, answer) = server.register("bob")?;
    assert_eq!(status, 200, "what was answered with a problem was not settled: {answer} {}", server.log()?);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_server_whose_file_was_deleted_or_replaced_says_so_and_takes_nothing_more() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    assert_eq!(server.register("ann")?.0, 200);
    assert_eq!(server.get("/health/ready")?.0, 200);
    let (file, aside) = (folder.path("book.db"), folder.path("aside.db"));
    std::fs::rename(&file, &aside)?;
    assert_eq!(server.get("/health/ready")?.0, 503);
    assert_eq!(server.get("/health/live")?.0, 200);
    assert_eq!(server.register("bob")?.0, 503);
    std::fs::copy(&aside, &file)?;
    assert_eq!(server.get("/health/ready")?.0, 503, "another file of that name is not the one that is open");
    assert_eq!(server.register("bob")?.0, 503);
    std::fs::rename(&aside, &file)?;
    assert_eq!(server.get("/health/ready")?.0, 200);
    assert_eq!(server.register("bob")?.0, 200, "what was answered with a problem was not settled");
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_server_whose_log_was_deleted_says_so_and_takes_nothing_more() -> TestResult {
    for end in ["-wal", "-shm"] {
        let folder = Folder::new()?;
        let server = Server::start(&["--database", &folder.database()])?;
        assert_eq!(server.register("ann")?.0, 200);
        assert_eq!(server.get("/health/ready")?.0, 200);
        let (file, aside) = (folder.path(&format!("book.db{end}")), folder.path("aside"));
        std::fs::rename(&file, &aside)?;
        assert_eq!(server.get("/health/ready")?.0, 503, "{end}");
        assert_eq!(server.register("bob")?.0, 503, "{end}");
        std::fs::copy(&aside, &file)?;
        assert_eq!(server.register("bob")?.0, 503, "{end}: another file of that name is not the one that is open");
        std::fs::rename(&aside, &file)?;
        assert_eq!(server.register("bob")?.0, 200, "{end}");
        assert!(server.terminate()?);
        gongxiang(&["audit", "--database", &folder.database()])?;
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn every_file_is_for_its_owner_only_whatever_the_umask() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::{Command, Stdio};
    for umask in ["000", "022", "377"] {
        let folder = Folder::new()?;
        let database = folder.database();
        let program = |arguments: &[&str]| {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_gongxiang")]);
            command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        };
        let serve = ["serve", "--demo-mode", "--listen", "127.0.0.1:0", "--database", &database];
        let server = Server::of(program(&serve))?;
        assert_eq!(server.register("ann")?.0, 200);
        let (backup, journal) = (folder.path("backup.db"), folder.path("journal.jsonl"));
        let restored = format!("sqlite:{}", folder.path("restored.db").display());
        let (backup, journal) = (backup.to_string_lossy(), journal.to_string_lossy());
        for arguments in [
            vec!["backup", "--database", &database, &backup],
            vec!["export", "--format", "jsonl", "--database", &database, "--output", &journal],
            vec!["restore", &backup, "--database", &restored],
        ] {
            let output = program(&arguments).output()?;
            assert!(output.status.success(), "{umask} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let mut files = 0;
        for file in std::fs::read_dir(folder.path(""))? {
            let file = file?;
            assert_eq!(file.metadata()?.permissions().mode() & 0o777, 0o600, "{umask} {}", file.path().display());
            files += 1;
        }
        assert!(files >= 6, "the database, its log and its index, a backup, a journal, a restored database");
    }
    Ok(())
}

#[tokio::test]
async fn a_log_that_grew_is_given_back() -> TestResult {
    let folder = Folder::new()?;
    let store = gongxiang_server::ledger::store::sql::SqlStore::open(&folder.database()).await?;
    let (most,): (i64,) = sqlx::query_as("PRAGMA journal_size_limit").fetch_one(store.pool()).await?;
    let (pages,): (i64,) = sqlx::query_as("PRAGMA wal_autocheckpoint").fetch_one(store.pool()).await?;
    let (page,): (i64,) = sqlx::query_as("PRAGMA page_size").fetch_one(store.pool()).await?;
    assert_eq!(most, pages * page, "as large as it is when nobody reads for long");
    Ok(())
}

#[test]
fn what_was_committed_reaches_the_file_while_the_server_runs() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    assert_eq!(server.register("merged-into-the-file")?.0, 200);
    let is_merged = || -> std::io::Result<bool> {
        let file = std::fs::read(folder.path("book.db"))?;
        Ok(file.windows(20).any(|part| part == b"merged-into-the-file"))
    };
    for _ in 0..100 {
        if is_merged()? {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the log waits until a commit has to merge all of it");
}

#[test]
fn the_demo_is_settled_once_into_an_empty_database_only() -> TestResult {
    let folder = Folder::new()?;
    let journal = folder.path("demo.jsonl");
    std::fs::write(&journal, format!("{}\n{}\nbroken", register("ann"), register("bob")))?;
    let database = folder.database();
    let arguments = ["--database", &database, "--demo", argument(&journal)];
    for _ in 0..2 {
        let server = Server::start(&arguments)?;
        let (_, members) = server.get("/v1/members")?;
        assert_eq!(members["members"].as_array().map(Vec::len), Some(2));
        #[cfg(unix)]
        assert!(server.terminate()?, "it ends in good order");
    }
    Ok(())
}

/// The error of a server that does not start.
fn refusal_to_start(arguments: &[&str]) -> TestResult<String> {
    let output = command(arguments).output()?;
    assert_eq!(output.status.code(), Some(2));
    Ok(String::from_utf8(output.stderr)?)
}

#[test]
fn a_server_does_not_start_with_settings_that_cannot_work() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start(&["--database", &database, "--rules", "seed"])?;
    server.kill()?;
    for (arguments, why) in [
        (["--database", database.as_str(), "--rules", "single-level"], "opened with other rules"),
        (["--database", database.as_str(), "--rules", "no-such-file"], "no-such-file"),
        (["--database", database.as_str(), "--wallet", "no-such-folder"], "no wallet"),
        (["--database", database.as_str(), "--demo", "no-such-journal"], "no-such-journal"),
        (["--database", "mysql://localhost/x", "--rules", "seed"], "begins with `sqlite:` or `postgres:`"),
        (["--database", "sqlite:/no/such/folder/x.db", "--rules", "seed"], "cannot use"),
    ] {
        let said = refusal_to_start(&arguments)?;
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
    let output = command(&["--database", &database]).arg("--listen=0.0.0.0:0").output()?;
    assert!(!output.status.success());
    Ok(())
}

#[test]
fn a_server_without_an_origin_says_that_nobody_can_sign_in_by_passkey() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let (without, with) = (["--database", &database], ["--database", &database, "--origin", "https://wallet.example"]);
    let warning = "name the wallet's address in browsers with --origin";
    assert!(Server::start_closed(&without)?.log()?.contains(warning));
    assert!(!Server::start_closed(&with)?.log()?.contains(warning));
    Ok(())
}
