//! The server against its own `OpenAPI` document: schemathesis sends requests that the document allows, and many that it
//! forbids.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::support::{Folder, Server, TestResult, add_key};
use crate::wechat::Fake;

/// The path of the program, which `cargo xtask test` installs.
fn schemathesis() -> TestResult<PathBuf> {
    let program = std::env::var_os("SCHEMATHESIS").ok_or(
        "SCHEMATHESIS does not say where schemathesis is: `cargo xtask test` installs it and says so (tools/venv/bin/schemathesis)",
    )?;
    Ok(PathBuf::from(program))
}

#[test]
fn no_request_that_the_document_allows_or_forbids_gets_an_undocumented_answer() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let wechat = Fake::start()?;
    let arguments = ["--database", &database, "--rules", "seed", "--origin", "https://wallet.example"];
    let arguments = [arguments.as_slice(), &["--wechat-appid", "wx1", "--wechat-address", &wechat.address]].concat();
    let server = Server::start_closed_with(&arguments, &[("GONGXIANG_WECHAT_SECRET", "secret")])?;
    let operator = add_key(&database, &["--role", "operator"])?;
    let merchant = add_key(&database, &["--role", "merchant", "--member", "shop"])?;
    let events = json!([
        {"type": "member.registered", "member": "shop"},
        {"type": "pack.purchased", "member": "shop", "pack": "merchant"},
        {"type": "treasury.granted", "member": "shop", "points": "2000"},
        {"type": "merchant.opened", "member": "shop", "region": "440106"},
        {"type": "day.closed", "day": "2026-01-01"},
    ]);
    server.ask("POST", "/v1/events", Some(&operator), &[], Some(&events))?;
    for token in [&operator, &merchant] {
        let output = Command::new(schemathesis()?)
            // It writes files into the directory where it is started.
            .current_dir(folder.path(""))
            .args(["run", &format!("{}/v1/openapi.json", server.address)])
            .args(["--header", &format!("Authorization: Bearer {token}")])
            .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1", "--no-color"])
            // The rules refuse many requests that a schema allows: unknown members, amounts of 0, a key that was used.
            .args(["--exclude-checks", "positive_data_acceptance"])
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    }
    let (status, _) = server.ask("GET", "/health/ready", None, &[], None)?;
    assert_eq!(status, 200);
    let clean = crate::support::gongxiang(&["audit", "--database", &database])?;
    assert!(clean.starts_with("clean"), "{clean}");
    Ok(())
}
