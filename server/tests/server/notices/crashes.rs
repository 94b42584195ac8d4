//! Notices when a process dies in the middle, or two do the same at once: nothing is lost, and nothing is shown twice.

use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::{ALL, adopt, ask, close, counted, notices, open, order, settle, start, take, told, wait_until};
use crate::receiver::Receiver;
use crate::support::{Folder, TestResult, databases, run_sql};

#[test]
fn a_restart_in_the_middle_loses_nothing_and_shows_nothing_twice() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let mut server = open(&database, &[])?;
        let ann = told(&server, "ann", &ALL)?;
        settle(&server, &json!([order("o1")]))?;
        for round in 0..6 {
            take(&server, &format!("f{round}"), &format!("t{round}"))?;
            close(&server, &format!("2026-01-0{}", round + 1))?;
            // Before notices are made, while they are, and while they are sent.
            std::thread::sleep(Duration::from_millis(round * 150));
            server.kill()?;
            server = start(&database, &[])?;
        }
        let expected = [("earned", 6), ("trade_taken", 6), ("vested", 1)];
        let expected = expected.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect();
        wait_until(|| {
            // A lease of a process that died ends by the clock.
            run_sql(&database, "UPDATE subscriptions SET lease = 0 WHERE lease > 0")?;
            let (listed, shown) = (counted(&notices(&server, "ann")?), ann.screen()?.counts());
            let holds = listed == expected && shown == expected;
            Ok(if holds { Ok(()) } else { Err(format!("listed {listed:?}, shown {shown:?}")) })
        })?;
    }
    Ok(())
}

#[test]
fn several_processes_tell_each_thing_once() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let first = open(&database, &[])?;
        let second = start(&database, &[])?;
        let ann = told(&first, "ann", &ALL)?;
        for (number, server) in (0..10).zip([&first, &second].into_iter().cycle()) {
            take(server, &format!("f{number}"), &format!("t{number}"))?;
        }
        close(&second, "2026-01-01")?;
        wait_until(|| {
            let shown = ann.screen()?.counts();
            let all = (shown.get("trade_taken").copied(), shown.get("earned").copied());
            Ok(if all == (Some(10), Some(1)) { Ok(()) } else { Err(format!("{shown:?}")) })
        })?;
        std::thread::sleep(Duration::from_millis(1_200));
        assert_eq!((ann.screen()?.repeated, notices(&first, "ann")?.len()), (0, 11));
    }
    Ok(())
}

#[test]
fn a_source_that_is_looked_at_again_makes_no_second_notice() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        let ann = told(&server, "ann", &ALL)?;
        take(&server, "f", "t")?;
        ann.service.wait_for(2)?;
        close(&server, "2026-01-01")?;
        ann.service.wait_for(3)?;
        let again = "INSERT INTO notice_sources (kind, subject)
             SELECT CASE WHEN kind = 'day.closed' THEN 'close' ELSE 'event' END, CAST(place AS TEXT) FROM journal
             WHERE kind IN ('offer.taken', 'day.closed')";
        run_sql(&database, again)?;
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!((notices(&server, "ann")?.len(), ann.service.all().len()), (2, 3));
    }
    Ok(())
}

#[test]
fn a_message_whose_answer_was_lost_is_shown_once() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        // The service takes the message, and the server does not hear of it.
        let service = Receiver::start(&["201 Created", "999 Lost"])?;
        let browser = Browser::of(&service)?;
        assert_eq!(ask(&server, "ann", &browser, &ALL)?.0, 200);
        take(&server, "f", "t")?;
        service.wait_for(3)?;
        let screen = browser.screen()?;
        assert_eq!((screen.messages.len(), screen.repeated), (1, 1));
    }
    Ok(())
}

#[test]
fn what_concerns_everybody_reaches_everybody_though_the_server_dies_halfway() -> TestResult {
    const MEMBERS: usize = 450;
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let mut server = open(&database, &[])?;
        let all: Vec<_> =
            (0..MEMBERS).map(|n| json!({"type": "member.registered", "member": format!("m{n:03}")})).collect();
        settle(&server, &json!(all))?;
        // By a way that this server does not have, so nothing is sent.
        run_sql(
            &database,
            "INSERT INTO subscriptions (id, member, channel, address, secrets, kinds, language, made)
             SELECT 's-' || member, member, 'email', member || '@shop.example', '', ',rules_changed,', 'en', 0 FROM accounts
             WHERE member LIKE 'm%'",
        )?;
        adopt(&server, &json!({}))?;
        std::thread::sleep(Duration::from_millis(300));
        server.kill()?;
        server = start(&database, &[])?;
        for n in (0..MEMBERS).step_by(50).chain([MEMBERS - 1]) {
            let member = format!("m{n:03}");
            wait_until(|| {
                let listed = counted(&notices(&server, &member)?);
                let holds = listed.len() == 1 && listed.get("rules_changed") == Some(&1);
                Ok(if holds { Ok(()) } else { Err(format!("{member}: {listed:?}")) })
            })?;
        }
    }
    Ok(())
}
