//! The WebAssembly runners: the package under Node, the mini-program's package on four kinds of phone, and the binary in the
//! interpreter wasm3. Each applies the events one by one, and then the whole journal at once.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use gongxiang_conformance::{cases, order_of};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs all cases with a script that answers each line with a line.
fn every_case_comes_out(program: impl AsRef<OsStr>, script: &[&str]) -> Outcome {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(here.join("../../pkg/dist/gongxiang_bg.wasm").exists(), "`cargo xtask build package` comes first");
    let mut runner =
        Command::new(program).current_dir(here).args(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(mut input), Some(output)) = (runner.stdin.take(), runner.stdout.take()) else {
        return Err("no pipes".into());
    };
    let cases = cases();
    let lines: Vec<_> =
        cases.iter().map(|case| json!({"rules": case.rules, "events": case.events}).to_string()).collect();
    // A thread of its own writes, because the runner answers while it reads.
    let writer = thread::spawn(move || lines.iter().try_for_each(|line| writeln!(input, "{line}")));

    let mut compared = 0;
    for (case, line) in cases.iter().zip(BufReader::new(output).lines()) {
        let mut got: Value = serde_json::from_str(&line?)?;
        let orders: Vec<_> = got["receipts"].as_array().into_iter().flatten().filter_map(order_of).collect();
        got["orders"] = orders.into();
        case.compare(&got);
        // The book that got the events one by one ends in the same state.
        assert_eq!(got["stepwise"], got["state"], "{}", case.name);
        compared += 1;
    }
    writer.join().map_err(|_| "the writer failed")??;
    assert!(runner.wait()?.success());
    assert_eq!(compared, cases.len());
    Ok(())
}

#[test]
fn every_vector_and_cdnow_come_out_in_webassembly() -> Outcome {
    every_case_comes_out("node", &["run-wasm.mjs"])
}

#[test]
fn every_vector_and_cdnow_come_out_on_an_android_phone() -> Outcome {
    every_case_comes_out("node", &["run-phone.mjs", "android"])
}

#[test]
fn every_vector_and_cdnow_come_out_on_an_iphone() -> Outcome {
    every_case_comes_out("node", &["run-phone.mjs", "ios"])
}

#[test]
fn every_vector_and_cdnow_come_out_where_the_answer_is_the_instance() -> Outcome {
    every_case_comes_out("node", &["run-phone.mjs", "bare-instance"])
}

#[test]
fn every_vector_and_cdnow_come_out_where_memory_does_not_detach() -> Outcome {
    every_case_comes_out("node", &["run-phone.mjs", "non-detaching"])
}

#[test]
fn every_vector_and_cdnow_come_out_in_an_interpreter() -> Outcome {
    // The other Python tools of the tests are there as well.
    let tools =
        env::var("BEANCOUNT").map_err(|_| "BEANCOUNT=$PWD/tools/venv/bin names the Python environment (HACKING.md)")?;
    every_case_comes_out(Path::new(&tools).join("python"), &["run-wasm3.py"])
}
