//! What members say of themselves: who writes it, who sees what of it, and that erasing it leaves the id alone.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::members::{Answered, Town, on_each_engine, refused};
use crate::support::{TestResult, add_key, all_accepted};

const KIOSK: &str = "/v1/members/kiosk/profile";

/// Ann is a member, and so is bob; the kiosk and the bakery are shops of two cities.
fn shops(town: &Town) -> TestResult {
    let open = |member: &str, region: &str| {
        vec![
            json!({"type": "member.registered", "member": member}),
            json!({"type": "pack.purchased", "member": member, "pack": "merchant"}),
            json!({"type": "treasury.granted", "member": member, "points": "2000"}),
            json!({"type": "merchant.opened", "member": member, "region": region}),
        ]
    };
    settle(town, &json!([open("kiosk", "440106"), open("bakery", "110105")].concat()))
}

fn settle(town: &Town, events: &Value) -> TestResult {
    all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(events))?.1)
}

fn put(town: &Town, cookie: &str, path: &str, body: &Value) -> TestResult<Answered> {
    town.ask("PUT", path, Some(cookie), Some(body))
}

fn get(town: &Town, cookie: &str, path: &str) -> TestResult<(u16, Value)> {
    let (status, answer, _) = town.ask("GET", path, Some(cookie), None)?;
    Ok((status, answer))
}

/// The short number of an answer, as a text of eight digits.
fn number(answer: &Value) -> TestResult<String> {
    let number = answer["number"].as_str().ok_or_else(|| format!("no number: {answer}"))?;
    assert!(number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
    Ok(number.into())
}

#[test]
fn a_member_writes_its_profile_and_others_see_the_name_alone() -> TestResult {
    on_each_engine(&[], |town, _| {
        let ((_, ann), (_, bob)) = (town.enrolled("ann")?, town.enrolled("bob")?);
        let path = "/v1/members/ann/profile";
        let (_, first) = get(town, &ann, path)?;
        let number = number(&first)?;
        let empty = json!({"member": "ann", "number": number, "profile": {}});
        assert_eq!(first, empty, "who gets in has a number, and says nothing yet");
        let (status, stored, _) = put(town, &ann, path, &json!({"name": " 张  三 ", "phone": "138 0013 8000"}))?;
        let expected = json!({"member": "ann", "number": number, "profile": {"name": "张 三", "phone": "13800138000"}});
        assert_eq!((status, &stored), (200, &expected));
        assert_eq!(get(town, &ann, path)?, (200, expected));
        let seen = json!({"member": "ann", "number": number, "name": "张 三"});
        let (_, nameless) = get(town, &bob, "/v1/members/bob/profile")?;
        let nameless = json!({"member": "bob", "number": nameless["number"]});
        let expected = json!({"names": [seen, nameless]});
        assert_eq!(get(town, &bob, "/v1/names?members=ann,bob,nobody")?, (200, expected));
        assert_eq!(get(town, &bob, &format!("/v1/numbers/{number}"))?, (200, seen));
        for (method, body) in [("GET", None), ("PUT", Some(json!({"name": "Mallory"}))), ("DELETE", None)] {
            refused(town.ask(method, path, Some(&bob), body.as_ref())?, (403, "forbidden"));
            refused(town.ask(method, path, None, body.as_ref())?, (401, "unauthorized"));
        }
        refused(town.ask("GET", "/v1/members/ann/export", Some(&bob), None)?, (403, "forbidden"));
        refused(town.ask("GET", "/v1/names?members=ann", None, None)?, (401, "unauthorized"));
        refused(town.ask("GET", &format!("/v1/numbers/{number}"), None, None)?, (401, "unauthorized"));
        // What the body leaves out goes; the number stays.
        let (_, stored, _) = put(town, &ann, path, &json!({"name": "Ann"}))?;
        assert_eq!(stored, json!({"member": "ann", "number": number, "profile": {"name": "Ann"}}));
        // The books have none of it.
        let (_, journal) = town.server.ask("GET", "/v1/events", Some(&town.operator), &[], None)?;
        assert!(!journal.to_string().contains("张") && !journal.to_string().contains("13800138000"));
        Ok(())
    })
}

#[test]
fn erasing_leaves_the_id_alone_and_the_number_is_nobodys_for_ever() -> TestResult {
    on_each_engine(&[], |town, _| {
        let ((_, ann), (_, bob)) = (town.enrolled("ann")?, town.enrolled("bob")?);
        let path = "/v1/members/ann/profile";
        let old = number(&put(town, &ann, path, &json!({"name": "Ann"}))?.1)?;
        assert_eq!(town.ask("DELETE", path, Some(&ann), None)?.0, 204);
        let (_, again) = town.enrolled("ann")?;
        assert_eq!(get(town, &again, path)?.1["number"], Value::Null, "none comes back by signing in");
        assert_eq!(town.ask("DELETE", path, Some(&ann), None)?.0, 204, "there is nothing left to erase");
        assert_eq!(get(town, &bob, "/v1/names?members=ann")?, (200, json!({"names": []})));
        let of_erased = get(town, &bob, &format!("/v1/numbers/{old}"))?;
        let never = ["10000007", "99999993"].into_iter().find(|never| *never != old).ok_or("no number")?;
        assert_eq!(of_erased, get(town, &bob, &format!("/v1/numbers/{never}"))?, "it was never anybody's");
        assert_eq!(of_erased.0, 404);
        let new = number(&put(town, &ann, path, &json!({}))?.1)?;
        assert_ne!(old, new);
        assert_eq!(get(town, &bob, &format!("/v1/numbers/{new}"))?.1["member"], "ann");
        // The operator erases for a member who asks for it, and nobody who is no member has a profile.
        assert_eq!(town.server.ask("DELETE", path, Some(&town.operator), &[], None)?.0, 204);
        for (method, body) in [("GET", None), ("PUT", Some(json!({}))), ("DELETE", None)] {
            let path = "/v1/members/nobody/profile";
            let (status, problem) = town.server.ask(method, path, Some(&town.operator), &[], body.as_ref())?;
            assert_eq!((status, &problem["code"]), (404, &json!("unknown_member")), "{method}");
        }
        Ok(())
    })
}

#[test]
fn nobody_uses_up_the_short_numbers_by_erasing() -> TestResult {
    on_each_engine(&[], |town, _| {
        let ((_, ann), (_, bob)) = (town.enrolled("ann")?, town.enrolled("bob")?);
        let path = "/v1/members/ann/profile";
        for _ in 0..20 {
            number(&put(town, &ann, path, &json!({}))?.1)?;
            number(&put(town, &ann, path, &json!({"name": "Ann"}))?.1)?;
            assert_eq!(town.ask("DELETE", path, Some(&ann), None)?.0, 204);
        }
        let (status, problem, _) = put(town, &ann, path, &json!({}))?;
        assert_eq!((status, &problem["code"]), (422, &json!("too_many_profiles")), "{problem}");
        number(&put(town, &bob, "/v1/members/bob/profile", &json!({}))?.1)?;
        Ok(())
    })
}

#[test]
fn a_bad_text_is_refused_with_its_field() -> TestResult {
    on_each_engine(&[], |town, _| {
        shops(town)?;
        let (_, cookie) = town.enrolled("kiosk")?;
        let long = "长".repeat(101);
        let emoji = "😀".repeat(64);
        for (field, text, code) in [
            ("name", "", "bad_text"),
            ("name", emoji.as_str(), "bad_text"),
            ("name", "abc\u{202e}def", "bad_text"),
            ("name", "a\u{0}b", "bad_text"),
            ("shop_name", "K\u{0421}FC", "bad_text"),
            ("shop_name", "ab\u{200b}c", "bad_text"),
            ("address", long.as_str(), "bad_text"),
            ("address", "<img src=x>", "bad_text"),
            ("phone", "12345", "bad_phone"),
        ] {
            let (status, problem, _) = put(town, &cookie, KIOSK, &json!({field: text}))?;
            let found = (status, problem["code"].as_str(), problem["field"].as_str());
            assert_eq!(found, (422, Some(code), Some(field)), "{text:?}: {problem}");
        }
        for (body, field) in [
            (json!({"category": "Food"}), "category"),
            (json!({"name": null}), "name"),
            (json!({"name": 1}), "name"),
            (json!({"number": "12345678"}), "number"),
        ] {
            let (status, problem, _) = put(town, &cookie, KIOSK, &body)?;
            assert_eq!((status, problem["field"].as_str()), (400, Some(field)), "{problem}");
        }
        assert_eq!(get(town, &cookie, KIOSK)?.1["profile"], json!({}), "nothing was kept of it");
        Ok(())
    })
}

#[test]
fn no_two_shops_have_names_that_look_alike() -> TestResult {
    on_each_engine(&[], |town, _| {
        shops(town)?;
        let ((_, kiosk), (_, bakery)) = (town.enrolled("kiosk")?, town.enrolled("bakery")?);
        let of_bakery = "/v1/members/bakery/profile";
        assert_eq!(put(town, &kiosk, KIOSK, &json!({"shop_name": "COCO 奶茶"}))?.0, 200);
        assert_eq!(put(town, &kiosk, KIOSK, &json!({"shop_name": "CoCo奶茶"}))?.0, 200, "its own");
        for name in ["coco奶茶", "C0C0 奶茶", "ＣＯＣＯ奶茶"] {
            let (status, problem, _) = put(town, &bakery, of_bakery, &json!({"shop_name": name}))?;
            let found = (status, problem["code"].as_str(), problem["field"].as_str());
            assert_eq!(found, (409, Some("shop_name_taken"), Some("shop_name")), "{name}");
        }
        assert_eq!(get(town, &bakery, of_bakery)?.1["profile"], json!({}));
        // Nor is a member called like the shop of another; two members may have one name.
        let (status, problem, _) = put(town, &bakery, of_bakery, &json!({"name": "COCO 奶茶"}))?;
        assert_eq!((status, problem["field"].as_str()), (409, Some("name")), "{problem}");
        assert_eq!(put(town, &kiosk, KIOSK, &json!({"name": "王芳", "shop_name": "CoCo奶茶"}))?.0, 200);
        assert_eq!(put(town, &bakery, of_bakery, &json!({"name": "王芳"}))?.0, 200);
        assert_eq!(town.ask("DELETE", KIOSK, Some(&kiosk), None)?.0, 204);
        assert_eq!(put(town, &bakery, of_bakery, &json!({"shop_name": "coco奶茶"}))?.0, 200);
        Ok(())
    })
}

#[test]
fn the_directory_has_the_open_shops_by_city_for_everybody() -> TestResult {
    on_each_engine(&[], |town, _| {
        shops(town)?;
        let ((_, kiosk), (_, ann)) = (town.enrolled("kiosk")?, town.enrolled("ann")?);
        let shop = json!({"name": "李四", "phone": "13900139000", "shop_name": "街角小店",
                          "address": "天河路 1 号", "category": "groceries"});
        let (_, stored, _) = put(town, &kiosk, KIOSK, &shop)?;
        let number = number(&stored)?;
        let shops = |query: &str| Ok::<_, Box<dyn std::error::Error>>(town.server.get(&format!("/v1/shops{query}"))?.1);
        let of_kiosk = json!({"shop": "kiosk", "region": "440106", "name": "街角小店", "address": "天河路 1 号",
                              "category": "groceries"});
        let of_bakery = json!({"shop": "bakery", "region": "110105"});
        assert_eq!(shops("")?, json!({"shops": [of_bakery, of_kiosk], "next": null}), "no name of a person, no phone");
        assert_eq!(shops("?city=440100")?, json!({"shops": [of_kiosk], "next": null}));
        assert_eq!(shops("?city=440200")?, json!({"shops": [], "next": null}));
        let first = shops("?limit=1")?;
        assert_eq!(first, json!({"shops": [of_bakery], "next": "110100-bakery"}));
        assert_eq!(shops("?limit=1&after=110100-bakery")?, json!({"shops": [of_kiosk], "next": null}));
        for bad in ["?city=440106", "?city=44", "?after=kiosk", "?after=440100", "?limit=0", "?town=440100"] {
            assert_eq!(town.server.get(&format!("/v1/shops{bad}"))?.0, 400, "{bad}");
        }
        // Members see the person behind a shop as any other's name.
        let seen = json!({"member": "kiosk", "number": number, "name": "李四", "shop_name": "街角小店"});
        assert_eq!(get(town, &ann, "/v1/names?members=kiosk")?.1, json!({"names": [seen]}));
        settle(town, &json!([{"type": "member.frozen", "member": "kiosk"}]))?;
        assert_eq!(shops("?city=440100")?["shops"], json!([]), "a frozen shop takes no orders");
        settle(
            town,
            &json!([{"type": "member.unfrozen", "member": "kiosk"}, {"type": "merchant.closed", "member": "kiosk"}]),
        )?;
        assert_eq!(shops("")?["shops"], json!([of_bakery]));
        let seen = json!({"member": "kiosk", "number": number, "name": "李四"});
        assert_eq!(get(town, &ann, "/v1/names?members=kiosk")?.1, json!({"names": [seen]}), "a shop that is closed");
        Ok(())
    })
}

#[test]
fn a_member_without_a_shop_says_nothing_of_one() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        for (field, value) in [("shop_name", "KFC"), ("address", "天河路 1 号"), ("category", "food")] {
            let (status, problem, _) = put(town, &ann, "/v1/members/ann/profile", &json!({field: value}))?;
            let found = (status, problem["code"].as_str(), problem["field"].as_str());
            assert_eq!(found, (422, Some("not_a_merchant"), Some(field)));
        }
        Ok(())
    })
}

#[test]
fn a_queue_at_the_tills_of_a_shop_is_not_asked_to_wait() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let (_, ann) = town.enrolled("ann")?;
        let number = number(&put(town, &ann, "/v1/members/ann/profile", &json!({"name": "Ann"}))?.1)?;
        let (_, first) = town.staff(database, &["Li", "--role", "cashier", "--shop", "kiosk"])?;
        let (_, second) = town.staff(database, &["Xu", "--role", "cashier", "--shop", "kiosk"])?;
        let (number, name) = (format!("/v1/numbers/{number}"), "/v1/names?members=ann");
        // A customer every five seconds at each of twelve tills.
        for customer in 0..144 {
            let till = if customer % 2 == 0 { &first } else { &second };
            assert_eq!((get(town, till, &number)?.0, get(town, till, name)?.0), (200, 200), "customer {customer}");
        }
        // Not all members of the scheme: the tills of a shop are counted together, and those of another shop alone.
        let mut asked = 0;
        while get(town, &second, &number)?.0 != 429 {
            asked += 1;
            assert!(asked < 2000, "no limit");
        }
        let (_, other) = town.staff(database, &["Wu", "--role", "cashier", "--shop", "bakery"])?;
        assert_eq!(get(town, &other, &number)?.0, 200);
        Ok(())
    })
}

#[test]
fn nobody_finds_all_members_by_their_numbers() -> TestResult {
    on_each_engine(&[], |town, database| {
        let payment = add_key(database, &["--role", "payment"])?;
        let ((_, ann), (_, bob)) = (town.enrolled("ann")?, town.enrolled("bob")?);
        let number = number(&put(town, &bob, "/v1/members/bob/profile", &json!({}))?.1)?;
        let path = format!("/v1/numbers/{number}");
        let asked: Vec<u16> =
            (0..12).map(|_| get(town, &ann, &path).map(|(status, _)| status)).collect::<TestResult<_>>()?;
        assert!(asked.starts_with(&[200; 10]) && asked.contains(&429), "{asked:?}");
        // Another session of the same member is the same member.
        let (_, again) = town.enrolled("ann")?;
        assert_eq!(get(town, &again, &path)?.0, 429);
        assert_eq!(get(town, &bob, &path)?.0, 200, "others are not stopped by it");
        assert_eq!(get(town, &ann, "/v1/names?members=bob")?.0, 200);
        for path in [path.as_str(), "/v1/names?members=bob"] {
            let (status, problem) = town.server.ask("GET", path, Some(&payment), &[], None)?;
            assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
        }
        let many: Vec<_> = (0..51).map(|id| format!("m{id}")).collect();
        assert_eq!(get(town, &bob, &format!("/v1/names?members={}", many.join(",")))?.0, 400);
        for wrong in ["12345678", "0", "1234567", "123456789", "bob"] {
            assert_eq!(get(town, &bob, &format!("/v1/numbers/{wrong}"))?.0, 404, "{wrong}");
        }
        Ok(())
    })
}

#[test]
fn every_member_has_a_number_of_its_own() -> TestResult {
    on_each_engine(&[], |town, _| {
        let members: Vec<_> = (0..40).map(|id| format!("m{id}")).collect();
        let events: Vec<_> =
            members.iter().map(|member| json!({"type": "member.registered", "member": member})).collect();
        settle(town, &json!(events))?;
        let mut numbers = BTreeSet::new();
        for member in &members {
            let path = format!("/v1/members/{member}/profile");
            let (_, stored) = town.server.ask("PUT", &path, Some(&town.operator), &[], Some(&json!({})))?;
            numbers.insert(number(&stored)?);
        }
        assert_eq!(numbers.len(), members.len());
        Ok(())
    })
}

#[test]
fn a_member_takes_away_all_that_is_kept_beside_the_books() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        town.code("ann")?;
        put(town, &ann, "/v1/members/ann/profile", &json!({"name": "Ann", "phone": "13800138000"}))?;
        let (status, export) = get(town, &ann, "/v1/members/ann/export")?;
        assert_eq!(status, 200, "{export}");
        assert_eq!(export["profile"]["profile"], json!({"name": "Ann", "phone": "13800138000"}));
        let count = |list: &str| export["access"][list].as_array().map(Vec::len);
        assert_eq!(["passkeys", "sessions", "codes", "wechat"].map(count), [Some(1), Some(1), Some(1), Some(0)]);
        assert_eq!(export["keys"], json!([]));
        assert!(!export.to_string().contains("gx"), "no secret, nor its hash: {export}");
        for link in ["account", "statement"] {
            let path = export["books"][link].as_str().ok_or("no link")?;
            assert_eq!(get(town, &ann, path)?.0, 200, "{path}");
        }
        Ok(())
    })
}

/// The staff of the kiosk: its cookie.
fn of_kiosk(town: &Town, database: &str, role: &str) -> TestResult<String> {
    Ok(town.staff(database, &[role, "--role", role, "--shop", "kiosk"])?.1)
}

#[test]
fn the_staff_of_a_shop_keeps_what_the_profile_says_of_the_shop() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let (_, kiosk) = town.enrolled("kiosk")?;
        put(town, &kiosk, KIOSK, &json!({"name": "李四", "phone": "13900139000", "shop_name": "街角小店"}))?;
        let (_, bob) = town.enrolled("bob")?;
        let number = number(&put(town, &bob, "/v1/members/bob/profile", &json!({"name": "Bob"}))?.1)?;
        for (role, shop_name) in [("owner", "街角超市"), ("cashier", "街角百货")] {
            let staff = of_kiosk(town, database, role)?;
            let (status, stored, _) = put(town, &staff, KIOSK, &json!({"shop_name": shop_name, "category": "food"}))?;
            assert_eq!((status, &stored["profile"]), (200, &json!({"shop_name": shop_name, "category": "food"})));
            assert_eq!(get(town, &staff, KIOSK)?.1["profile"], stored["profile"], "nothing of the person");
            let whole = json!({"name": "李四", "phone": "13900139000", "shop_name": shop_name, "category": "food"});
            assert_eq!(get(town, &kiosk, KIOSK)?.1["profile"], whole, "what was not its to write stays");
            for of_person in [json!({"name": "Mallory"}), json!({"phone": "13800138000"})] {
                refused(put(town, &staff, KIOSK, &of_person)?, (403, "needs_role"));
            }
            refused(put(town, &staff, "/v1/members/bakery/profile", &json!({"shop_name": "x"}))?, (403, "needs_role"));
            refused(town.ask("GET", "/v1/members/bob/profile", Some(&staff), None)?, (403, "needs_role"));
            refused(town.ask("DELETE", KIOSK, Some(&staff), None)?, (403, "needs_role"));
            refused(town.ask("GET", "/v1/members/kiosk/export", Some(&staff), None)?, (403, "needs_role"));
            // Whom a customer says it is.
            let seen = json!({"member": "bob", "number": number, "name": "Bob"});
            assert_eq!(get(town, &staff, &format!("/v1/numbers/{number}"))?, (200, seen));
        }
        assert_eq!(get(town, &kiosk, KIOSK)?.1["profile"]["name"], "李四");
        Ok(())
    })
}

#[test]
fn a_profile_that_the_staff_writes_has_its_name_beside_it() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let path = "/v1/members/ann/profile";
        let (_, ann) = town.enrolled("ann")?;
        let (_, clerk) = town.staff(database, &["Li Na", "--role", "clerk"])?;
        let (_, auditor) = town.staff(database, &["Lu", "--role", "auditor"])?;
        let cashier = of_kiosk(town, database, "cashier")?;
        assert_eq!(put(town, &ann, path, &json!({"name": "Ann"}))?.0, 200);
        assert_eq!(put(town, &clerk, path, &json!({"name": "Anna"}))?.0, 200);
        assert_eq!(get(town, &clerk, "/v1/members/ann/export")?.1["profile"]["profile"], json!({"name": "Anna"}));
        assert_eq!(put(town, &cashier, KIOSK, &json!({"shop_name": "街角小店"}))?.0, 200);
        assert_eq!(town.ask("DELETE", path, Some(&clerk), None)?.0, 204);
        assert_eq!(put(town, &ann, path, &json!({"name": "Ann"}))?.0, 200);
        // An auditor reads, and no more.
        assert_eq!(get(town, &auditor, path)?.1["profile"], json!({"name": "Ann"}));
        refused(put(town, &auditor, path, &json!({}))?, (403, "needs_role"));
        refused(town.ask("DELETE", path, Some(&auditor), None)?, (403, "needs_role"));
        refused(town.ask("GET", "/v1/members/ann/export", Some(&auditor), None)?, (403, "needs_role"));
        let (_, page) = get(town, &auditor, "/v1/actions?limit=500")?;
        let of_profiles: Vec<_> = page["actions"]
            .as_array()
            .ok_or("no list")?
            .iter()
            .filter(|row| row["what"].as_str().is_some_and(|what| what.starts_with("profile.")))
            .map(|row| {
                let actor = row["actor"].as_str().unwrap_or_default();
                let who = actor.rsplit_once(" s-").map_or(actor, |(who, _)| who);
                (who, row["what"].as_str().unwrap_or_default(), row["subject"].as_str().unwrap_or_default())
            })
            .collect();
        assert_eq!(
            of_profiles,
            [
                ("staff Li Na", "profile.erased", "member ann"),
                ("staff cashier", "profile.written", "member kiosk"),
                ("staff Li Na", "profile.written", "member ann"),
            ],
            "what members do to their own is not in it"
        );
        Ok(())
    })
}

#[test]
fn who_reads_members_asks_for_as_many_numbers_as_it_needs() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, clerk) = town.staff(database, &["Li Na", "--role", "clerk"])?;
        let asked: Vec<u16> = (0..12)
            .map(|_| get(town, &clerk, "/v1/numbers/10000007").map(|(status, _)| status))
            .collect::<TestResult<_>>()?;
        assert_eq!(asked, [404; 12]);
        Ok(())
    })
}
