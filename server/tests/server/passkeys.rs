//! Members sign in by passkey: over HTTP, with an authenticator of our own, on every engine.

use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::members::{ORIGIN, on_each_engine, refused, town};
use crate::support::{Folder, Server, TestResult, run_sql};

#[test]
fn a_code_of_the_operator_brings_the_first_passkey_and_the_passkey_signs_in() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (mut authenticator, cookie) = town.enrolled("ann")?;
        assert_eq!(town.member(&cookie)?, "ann");
        assert_eq!(town.ask("DELETE", "/v1/session", Some(&cookie), None)?.0, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&cookie), None)?.0, 401, "it is signed out");
        let (status, session, cookie) = town.sign_in(&mut authenticator)?;
        assert_eq!((status, session), (200, json!({"member": "ann", "holds": 2_592_000})), "no token for a script");
        let cookie = cookie.ok_or("no cookie")?;
        assert_eq!(town.ask("GET", "/v1/members/ann", Some(&cookie), None)?.0, 200);
        assert_eq!(town.ask("GET", "/v1/members/bob", Some(&cookie), None)?.0, 403);
        let (_, list, _) = town.ask("GET", "/v1/passkeys", Some(&cookie), None)?;
        assert_eq!(list["passkeys"].as_array().map(Vec::len), Some(1));
        assert!(list["passkeys"][0]["used"].is_i64(), "{list}");
        Ok(())
    })
}

#[test]
fn a_passkey_has_to_be_discoverable_and_to_verify_its_user() -> TestResult {
    let folder = Folder::new()?;
    let town = town(&folder.database(), &[])?;
    let (_, begun, _) = town.post("/v1/passkeys/begin", &json!({"enrolment": town.code("ann")?}))?;
    let options = &begun["options"];
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!((&options["rp"]["id"], &options["user"]["name"]), (&json!("wallet.example"), &json!("ann")));
    let (_, begun, _) = town.post("/v1/sessions/passkey/begin", &json!({}))?;
    assert_eq!(begun["options"]["allowCredentials"], json!([]), "nobody is named");
    assert_eq!(begun["options"]["userVerification"], "required");
    Ok(())
}

#[test]
fn the_sessions_cookie_is_for_no_script_no_other_site_and_tls_only() -> TestResult {
    let folder = Folder::new()?;
    let town = town(&folder.database(), &[])?;
    let mut authenticator = Authenticator::new(ORIGIN)?;
    let by = json!({"enrolment": town.code("ann")?});
    let (_, begun, _) = town.post("/v1/passkeys/begin", &by)?;
    let finish = json!({"ceremony": begun["ceremony"], "credential": authenticator.create(&begun["options"])?});
    let set = town.server.header("POST", "/v1/passkeys", "set-cookie", &finish)?;
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(set.split("; ").any(|part| part == attribute), "{attribute} in {set}");
    }
    assert!(set.starts_with("__Host-gongxiang_session=gxs_") && !set.contains("Domain"), "{set}");
    Ok(())
}

#[test]
fn what_a_member_confirmed_is_not_carried_out_as_another() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let offer = json!({"side": "buy", "points": "5", "unit_price": "1"});
        let send = |named: &str, key: &str| {
            let headers = [("cookie", ann.as_str()), ("sec-fetch-site", "same-origin"), ("gongxiang-member", named)];
            let headers = [headers.as_slice(), &[("idempotency-key", key)]].concat();
            town.server.ask("POST", "/v1/offers", None, &headers, Some(&offer))
        };
        for named in ["bob", "", "ann,bob"] {
            let (status, problem) = send(named, "k1")?;
            assert_eq!((status, problem["code"].as_str()), (403, Some("wrong_member")), "{named}: {problem}");
            assert_eq!(problem["field"], "gongxiang-member");
        }
        let (status, settled) = send("ann", "k1")?;
        assert_ne!(settled["code"], "wrong_member");
        assert!(matches!(status, 200 | 422), "the rules answer ann: {settled}");
        Ok(())
    })
}

#[test]
fn what_is_personal_is_stored_by_no_cache_and_a_sign_out_empties_the_browsers() -> TestResult {
    let folder = Folder::new()?;
    let town = town(&folder.database(), &[])?;
    let (_, ann) = town.enrolled("ann")?;
    let headers = [("cookie", ann.as_str()), ("sec-fetch-site", "same-origin")];
    let header = |method: &str, path: &str, name: &str| town.server.header_with(method, path, &headers, name);
    for path in ["/v1/members/ann", "/v1/members/ann/statement", "/v1/session", "/v1/passkeys", "/v1/members/bob"] {
        assert_eq!(header("GET", path, "cache-control")?, "private, no-store", "{path}");
    }
    for path in ["/v1/rules", "/v1/supply"] {
        assert_eq!(header("GET", path, "cache-control")?, "no-cache", "{path}");
    }
    assert_eq!(header("DELETE", "/v1/session", "clear-site-data")?, "\"cache\"");
    Ok(())
}

#[test]
fn what_was_begun_is_finished_once_whatever_comes_of_it() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (mut authenticator, _) = town.enrolled("ann")?;
        let finish = town.assertion(&mut authenticator)?;
        assert_eq!(town.post("/v1/sessions/passkey", &finish)?.0, 200);
        refused(town.post("/v1/sessions/passkey", &finish)?, (422, "bad_ceremony"));

        // A first try that fails, and a second that would succeed.
        let good = town.assertion(&mut authenticator)?;
        let mut bad = good.clone();
        bad["credential"]["response"]["signature"] = json!("AAAA");
        refused(town.post("/v1/sessions/passkey", &bad)?, (422, "bad_passkey"));
        refused(town.post("/v1/sessions/passkey", &good)?, (422, "bad_ceremony"));

        // A signature of one ceremony in another.
        let (first, mut second) = (town.assertion(&mut authenticator)?, town.assertion(&mut authenticator)?);
        second["credential"] = first["credential"].clone();
        refused(town.post("/v1/sessions/passkey", &second)?, (422, "bad_passkey"));

        // A registration is no sign-in, and the other way round.
        let (_, registration, _) = town.post("/v1/passkeys/begin", &json!({"enrolment": town.code("ann")?}))?;
        let mut finish = town.assertion(&mut authenticator)?;
        finish["ceremony"] = registration["ceremony"].clone();
        refused(town.post("/v1/sessions/passkey", &finish)?, (422, "bad_ceremony"));
        Ok(())
    })
}

#[test]
fn however_many_finish_the_same_at_once_one_of_them_does() -> TestResult {
    on_each_engine(&[], |town, database| {
        let other = Server::start_closed(&["--database", database, "--origin", ORIGIN])?;
        let at_once = |path: &str, bodies: &[Value]| -> TestResult<usize> {
            let asked = std::thread::scope(|scope| {
                let ask = |(number, body): (usize, &Value)| {
                    let server = if number % 2 == 0 { &town.server } else { &other };
                    server.ask_for_cookie("POST", path, &[], Some(body)).map_err(|error| error.to_string())
                };
                let threads: Vec<_> = bodies.iter().enumerate().map(|each| scope.spawn(move || ask(each))).collect();
                threads.into_iter().map(|thread| thread.join().map_err(|_| "it panicked")).collect::<Vec<_>>()
            });
            let mut done = 0;
            for answered in asked {
                let (status, answer, _) = answered??;
                assert!(matches!(status, 200 | 422), "{answer}");
                done += usize::from(status == 200);
            }
            Ok(done)
        };
        let (mut authenticator, _) = town.enrolled("ann")?;
        let finish = town.assertion(&mut authenticator)?;
        assert_eq!(at_once("/v1/sessions/passkey", &vec![finish; 8])?, 1);
        // Eight devices, one code.
        let by = json!({"enrolment": town.code("bob")?});
        let mut devices = Vec::new();
        for _ in 0..8 {
            let (_, begun, _) = town.post("/v1/passkeys/begin", &by)?;
            let credential = Authenticator::new(ORIGIN)?.create(&begun["options"])?;
            devices.push(json!({"ceremony": begun["ceremony"], "credential": credential}));
        }
        assert_eq!(at_once("/v1/passkeys", &devices)?, 1);
        Ok(())
    })
}

#[test]
fn codes_ceremonies_and_sessions_end_by_themselves() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (mut authenticator, cookie) = town.enrolled("ann")?;
        let (code, finish) = (town.code("ann")?, town.assertion(&mut authenticator)?);
        let (_, begun, _) = town.post("/v1/passkeys/begin", &json!({"enrolment": code}))?;
        for table in ["ceremonies", "enrolments", "sessions"] {
            run_sql(database, &format!("UPDATE {table} SET expires = 1"))?;
        }
        refused(town.post("/v1/sessions/passkey", &finish)?, (422, "bad_ceremony"));
        let credential = Authenticator::new(ORIGIN)?.create(&begun["options"])?;
        let late = json!({"ceremony": begun["ceremony"], "credential": credential});
        refused(town.post("/v1/passkeys", &late)?, (422, "bad_ceremony"));
        refused(town.post("/v1/passkeys/begin", &json!({"enrolment": code}))?, (422, "bad_enrolment"));
        assert_eq!(town.ask("GET", "/v1/session", Some(&cookie), None)?.0, 401);
        Ok(())
    })
}

#[test]
fn what_does_not_hold_of_a_passkey_signs_nobody_in() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (authenticator, _) = town.enrolled("ann")?;
        let (other, _) = town.enrolled("bob")?;
        let spoiled = |spoil: &dyn Fn(&mut Authenticator)| {
            let mut authenticator = authenticator.clone();
            spoil(&mut authenticator);
            authenticator
        };
        for (what, mut authenticator) in [
            ("another page", spoiled(&|it| it.origin = "https://evil.example".into())),
            ("a page below ours", spoiled(&|it| it.origin = "https://a.wallet.example".into())),
            ("another port", spoiled(&|it| it.origin = "https://wallet.example:8443".into())),
            ("another site's passkey", spoiled(&|it| it.rp_id = "evil.example".into())),
            ("nobody looked who it is", spoiled(&|it| it.verifies = false)),
            ("a copy that lags behind", spoiled(&|it| it.counter = 0)),
            ("another key", spoiled(&|it| it.id.clone_from(&other.id))),
            ("another member", spoiled(&|it| it.handle.clone_from(&other.handle))),
            ("a credential of nobody", spoiled(&|it| it.id = vec![7; 32])),
            ("no member", spoiled(&|it| it.handle.clear())),
        ] {
            let answered = town.sign_in(&mut authenticator)?;
            assert_eq!((answered.0, answered.1["code"].as_str()), (422, Some("bad_passkey")), "{what}");
            assert_eq!(answered.2, None, "{what}");
        }
        assert_eq!(town.sign_in(&mut spoiled(&|_| ()))?.0, 200, "as it is, it holds");
        refused(town.sign_in(&mut spoiled(&|_| ()))?, (422, "bad_passkey"));

        let by = json!({"enrolment": town.code("ann")?});
        let mut elsewhere = Authenticator::new("https://evil.example")?;
        refused(town.register(&mut elsewhere, None, &by)?, (422, "bad_passkey"));
        let mut unverified = Authenticator::new(ORIGIN)?;
        unverified.verifies = false;
        refused(town.register(&mut unverified, None, &by)?, (422, "bad_passkey"));
        Ok(())
    })
}

#[test]
fn with_a_cookie_only_our_own_pages_change_something() -> TestResult {
    let folder = Folder::new()?;
    let town = town(&folder.database(), &[])?;
    let (_, cookie) = town.enrolled("ann")?;
    let enrol = |headers: &[(&str, &str)]| {
        let headers = [&[("cookie", cookie.as_str())], headers].concat();
        town.server.ask("POST", "/v1/members/ann/enrolments", None, &headers, None)
    };
    for headers in [
        [("origin", "https://evil.example"), ("accept", "*/*")],
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        [("sec-fetch-site", "same-site"), ("origin", ORIGIN)],
        [("origin", "null"), ("accept", "*/*")],
        [("accept", "*/*"), ("accept-language", "zh")],
    ] {
        let (status, problem) = enrol(&headers)?;
        assert_eq!((status, problem["code"].as_str()), (403, Some("cross_site")), "{headers:?}");
        let headers = [&[("cookie", cookie.as_str())], headers.as_slice()].concat();
        assert_eq!(town.server.ask("DELETE", "/v1/session", None, &headers, None)?.0, 403, "{headers:?}");
        assert_eq!(town.server.ask("GET", "/v1/session", None, &headers, None)?.0, 200, "looking changes nothing");
    }
    assert_eq!(enrol(&[("sec-fetch-site", "same-origin")])?.0, 200);
    assert_eq!(enrol(&[("origin", ORIGIN)])?.0, 200);
    Ok(())
}

#[test]
fn what_was_begun_at_one_process_is_finished_at_another() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (mut authenticator, _) = town.enrolled("ann")?;
        let other = Server::start_closed(&["--database", database, "--origin", ORIGIN])?;
        let finish = town.assertion(&mut authenticator)?;
        let (status, _, cookie) =
            other.ask_for_cookie("POST", "/v1/sessions/passkey", &[("origin", ORIGIN)], Some(&finish))?;
        assert_eq!(status, 200);
        assert_eq!(town.member(&cookie.ok_or("no cookie")?)?, "ann");
        refused(town.post("/v1/sessions/passkey", &finish)?, (422, "bad_ceremony"));
        Ok(())
    })
}

#[test]
fn without_an_origin_there_are_no_passkeys_and_it_is_said() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start_closed(&["--database", &folder.database()])?;
    for path in ["/v1/passkeys/begin", "/v1/passkeys", "/v1/sessions/passkey/begin", "/v1/sessions/passkey"] {
        let (status, problem) = server.ask("POST", path, None, &[], Some(&json!({})))?;
        let said = (status, problem["code"].as_str(), problem["field"].as_str());
        assert_eq!(said, (404, Some("sign_in_off"), Some("passkey")), "{path}");
    }
    assert_eq!(server.ask("GET", "/v1/session", None, &[], None)?.1["ways"], json!([]));
    for origin in ["http://wallet.example", "https://wallet.example/app", "https://10.0.0.1", "wallet"] {
        let refused = Server::start_closed(&["--database", &folder.database(), "--origin", origin]);
        assert!(refused.is_err_and(|error| error.to_string().contains("origin")), "{origin}");
    }
    Ok(())
}

#[test]
fn what_is_no_credential_is_a_bad_request_and_no_secret_is_kept_or_logged() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let town = town(&database, &[])?;
    let (mut authenticator, cookie) = town.enrolled("ann")?;
    let code = town.code("ann")?;
    let (_, begun, _) = town.post("/v1/sessions/passkey/begin", &json!({}))?;
    for (body, field) in [
        (json!({"credential": {}}), "ceremony"),
        (json!({"ceremony": begun["ceremony"]}), "credential"),
        (json!({"ceremony": 1, "credential": {}}), "ceremony"),
        (json!({"ceremony": begun["ceremony"], "credential": "x"}), "credential"),
        (json!({"ceremony": begun["ceremony"], "credential": {"id": "x"}}), "credential"),
        (json!({"ceremony": begun["ceremony"], "more": 1}), "more"),
        (json!([]), ""),
    ] {
        let (status, problem, _) = town.post("/v1/sessions/passkey", &body)?;
        let said = (status, problem["code"].as_str(), problem["field"].as_str());
        assert_eq!(said, (400, Some("bad_event"), Some(field)), "{body}");
    }
    let finish = json!({"ceremony": begun["ceremony"], "credential": authenticator.get(&begun["options"])?});
    assert_eq!(town.post("/v1/sessions/passkey", &finish)?.0, 200, "what cannot be read uses nothing up");
    let ceremony = begun["ceremony"].as_str().ok_or("no ceremony")?;
    let secrets = [code.as_str(), ceremony, cookie.as_str()].map(|secret| secret.rsplit('_').next().unwrap_or(secret));
    let log = town.server.log()?;
    let kept = [std::fs::read(folder.path("book.db"))?, std::fs::read(folder.path("book.db-wal"))?].concat();
    for secret in secrets {
        assert!(secret.len() == 64 && !log.contains(secret), "{log}");
        assert!(!kept.windows(64).any(|part| part == secret.as_bytes()), "kept as a hash only");
    }
    Ok(())
}
