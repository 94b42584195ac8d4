//! The wallet inside the program.

use std::path::Path;

use crate::edge::raw;
use crate::support::{Folder, Server, TestResult};

/// What `cargo xtask build` makes, and `cargo xtask test` before these tests.
const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/dist");

#[test]
fn a_server_that_names_no_wallet_serves_the_one_inside() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let file = Path::new(BUILT).join("index.html");
    if !file.exists() {
        assert_eq!(server.get("/")?.0, 404);
        let log = server.log()?;
        assert!(log.contains("--wallet"), "{log}");
        return Ok(());
    }
    let page = std::fs::read_to_string(&file)?;
    for path in ["/", "/index.html", "/?from=a-link"] {
        let (status, headers, text) = server.ask_for_text("GET", path, None, &[], None)?;
        assert_eq!((status, &text), (200, &page), "{path}");
        assert!(headers.contains(r#""content-type": "text/html"#) && headers.contains("no-cache"), "{path}: {headers}");
    }
    let tag = server.etag("/")?;
    let (status, _, text) = server.ask_for_text("GET", "/", None, &[("if-none-match", &tag)], None)?;
    assert_eq!((status, text.as_str()), (304, ""));
    for (asked, encoding) in [("br", "br"), ("gzip", ""), ("identity", "")] {
        let got = server.header_with("GET", "/sw.js", &[("accept-encoding", asked)], "content-encoding")?;
        assert_eq!(got, encoding, "{asked}");
    }
    Ok(())
}

#[test]
fn what_is_no_file_of_the_wallet_is_not_found() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    for path in ["/no-such-file.js", "/index.html/", "/sw", "/built/index.html", "/.git/config", "/%00", "/v1"] {
        let (status, problem) = server.get(path)?;
        assert_eq!((status, &problem["code"]), (404, &"not_found".into()), "{path}");
    }
    for path in ["/../dist/index.html", "/..%2fCargo.toml", "/%2e%2e/package.json", "//etc/passwd"] {
        let answer = raw(&server, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))?;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    let (status, problem) = server.ask("POST", "/index.html", None, &[], Some(&"{}".into()))?;
    assert_eq!((status, &problem["code"]), (404, &"not_found".into()));
    Ok(())
}
