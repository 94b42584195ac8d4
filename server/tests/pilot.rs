//! `gongxiang init`: pilots that were proposed, then lived through day by day on a book of the written rules.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use gongxiang::book::Book;
use gongxiang::event::Code;
use gongxiang::identity::Day;
use gongxiang::preset;
use gongxiang::quantity::Points;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire;
use serde_json::{Value, json};

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const DAYS: u64 = 90;
const ORDERS_PER_SHOP: i64 = 4;

fn gongxiang(arguments: &[&str]) -> TestResult<Output> {
    Ok(Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(arguments).stdin(Stdio::null()).output()?)
}

/// What is answered.
struct Pilot {
    shops: i64,
    members: i64,
    /// Yuan a day, of all shops.
    sales: i64,
    /// Per cent.
    concession: i64,
    rules: &'static str,
}

impl Pilot {
    /// Proposes and writes it; returns the proposal as JSON and the rules that were written.
    fn make(&self, folder: &Path) -> TestResult<(Value, RuleSet)> {
        let (shops, members, sales) = (self.shops.to_string(), self.members.to_string(), self.sales.to_string());
        let concession = format!("{}%", self.concession);
        let name = folder.display().to_string();
        let output = gongxiang(&[
            "init",
            &name,
            "--shops",
            &shops,
            "--members",
            &members,
            "--sales",
            &sales,
            "--concession",
            &concession,
            "--margin",
            "40%",
            "--rules",
            self.rules,
            "--accept-risks",
            "--format",
            "json",
        ])?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let shown = String::from_utf8(output.stdout)?;
        let proposal = serde_json::from_str(shown.lines().next().ok_or("nothing is shown")?)?;
        Ok((proposal, preset::from_toml(&std::fs::read_to_string(folder.join("rules.toml"))?)?))
    }
}

/// A pilot that is lived through.
struct Life {
    book: Book,
    /// Every event, as a journal.
    journal: String,
    random: u64,
    orders: u64,
    /// Orders that were refused because the shop had no points.
    short: u64,
}

impl Life {
    fn new(rules: RuleSet) -> Self {
        Self { book: Book::open(rules), journal: String::new(), random: 7, orders: 0, short: 0 }
    }

    /// A number from 0 to `below`, without `below`.
    fn chance(&mut self, below: i64) -> TestResult<i64> {
        // splitmix64, Steele and others 2014.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        Ok(i64::try_from(z % u64::try_from(below)?)?)
    }

    /// Applies an event; returns the code if the rules refuse it.
    fn event(&mut self, event: &Value) -> TestResult<Option<Code>> {
        let line = event.to_string();
        let entry = wire::event::read(&serde_json::from_str::<Tree>(&line)?)?;
        self.journal += &line;
        self.journal.push('\n');
        Ok(self.book.apply(&entry).result.err().map(|refusal| refusal.code))
    }

    fn accepted(&mut self, event: &Value) -> TestResult {
        match self.event(event)? {
            None => Ok(()),
            Some(code) => Err(format!("{event}: {}", code.as_str()).into()),
        }
    }

    fn points(&self, member: &str) -> TestResult<Points> {
        Ok(self.book.account_state(member)?.ok_or("no account")?.points)
    }

    /// Grants points, as far as the treasury has them.
    fn grant(&mut self, shop: &str, points: Points) -> TestResult {
        let granted = points.min(self.book.head().supply.treasury);
        if granted.is_positive() {
            self.accepted(&json!({"type": "treasury.granted", "member": shop, "points": granted}))?;
        }
        Ok(())
    }

    /// Lives for 90 days as the proposal's plan says. Shops sell unevenly: from a third of the average to nearly three times. Members
    /// take goods for half of what they have once a week, where the rules have no market; with a market they just keep it.
    fn live(&mut self, pilot: &Pilot, each: Points) -> TestResult {
        for member in 0..pilot.members {
            let referrer =
                if member > 0 && member % 2 == 0 { Some(format!("m{}", self.chance(member)?)) } else { None };
            let mut event = json!({"type": "member.registered", "member": format!("m{member}")});
            if let Some(referrer) = referrer {
                event["referrer"] = referrer.into();
            }
            self.accepted(&event)?;
            self.accepted(&json!({"type": "pack.purchased", "member": format!("m{member}"), "pack": "member"}))?;
        }
        let weights: Vec<i64> = (0..pilot.shops).map(|shop| 40 + shop * 71 % pilot.shops * 250 / pilot.shops).collect();
        let all: i64 = weights.iter().sum();
        for shop in 0..pilot.shops {
            let shop = format!("s{shop}");
            self.accepted(&json!({"type": "member.registered", "member": shop}))?;
            self.accepted(&json!({"type": "pack.purchased", "member": shop, "pack": "merchant"}))?;
            self.grant(&shop, each)?;
            self.accepted(&json!({"type": "merchant.opened", "member": shop, "region": "110105"}))?;
        }
        let has_market = self.book.rules().market_price_band.is_positive();
        let mut used = vec![Points::ZERO; weights.len()];
        let first: Day = self.book.rules().genesis_day;
        for number in 0..DAYS {
            if number > 0 && number.is_multiple_of(7) {
                self.week(pilot, each, &mut used, has_market)?;
            }
            // From 70 to 130 per cent of a usual day.
            let percent = 70 + self.chance(61)?;
            for (shop, weight) in weights.iter().enumerate() {
                let cents = pilot.sales * percent * weight / all / ORDERS_PER_SHOP;
                for _ in 0..ORDERS_PER_SHOP {
                    self.order(pilot, shop, cents, &mut used)?;
                }
            }
            let day = first.plus(number).ok_or("no such day")?;
            self.accepted(&json!({"type": "day.closed", "day": day}))?;
        }
        Ok(())
    }

    /// What the plan says for every week: shops are filled up. And what members do.
    fn week(&mut self, pilot: &Pilot, each: Points, used: &mut [Points], has_market: bool) -> TestResult {
        for (shop, used) in used.iter_mut().enumerate() {
            let (shop, wanted) = (format!("s{shop}"), each.max(used.plus(*used)?));
            if let Some(missing) = wanted.minus(self.points(&shop)?).ok().filter(|missing| missing.is_positive()) {
                self.grant(&shop, missing)?;
            }
            *used = Points::ZERO;
        }
        for member in (0..pilot.members).filter(|_| !has_market) {
            let member = format!("m{member}");
            let half = Points::from_raw(self.points(&member)?.raw() / 2);
            if half.is_positive() {
                self.accepted(&json!({"type": "points.redeemed", "member": member, "points": half, "item": "goods"}))?;
            }
        }
        Ok(())
    }

    fn order(&mut self, pilot: &Pilot, shop: usize, cents: i64, used: &mut [Points]) -> TestResult {
        let yuan = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
        let order = format!("o{}", self.orders);
        self.orders += 1;
        let placed = json!({
            "type": "order.placed", "order": order, "buyer": format!("m{}", self.chance(pilot.members)?),
            "merchant": format!("s{shop}"), "channel": "offline", "amount": yuan(cents),
            "concession": yuan((cents * pilot.concession / 100).max(1)), "region": "110105",
        });
        let before = self.points(&format!("s{shop}"))?;
        match self.event(&placed)? {
            None => used[shop] = used[shop].plus(before.minus(self.points(&format!("s{shop}"))?)?)?,
            Some(Code::MerchantPointsShort) => {
                self.short += 1;
                return Ok(());
            }
            Some(code) => return Err(format!("{placed}: {}", code.as_str()).into()),
        }
        if self.chance(50)? == 0 {
            self.accepted(&json!({"type": "order.refunded", "order": order}))?;
        }
        Ok(())
    }
}

/// Whether the proposal says that the middling case refuses orders.
fn says_that_orders_are_refused(proposal: &Value) -> bool {
    let cases = proposal["cases"].as_array().into_iter().flatten();
    let sinks = cases.filter(|case| case["case"] == "middling").filter_map(|case| case["sinks"].as_array()).flatten();
    sinks.into_iter().any(|sink| sink["of"] == "orders_refused")
}

fn lives(pilot: &Pilot) -> TestResult {
    let folder = tempfile::tempdir()?;
    let folder = folder.path().join("pilot");
    let (proposal, rules) = pilot.make(&folder)?;
    let each: Points = serde_json::from_value(proposal["shop_points"]["each"].clone())?;
    let mut life = Life::new(rules);
    life.live(pilot, each)?;
    assert_eq!(life.orders, u64::try_from(pilot.shops * ORDERS_PER_SHOP)? * DAYS);
    let head = life.book.head();
    eprintln!(
        "{} shops, {}: {} orders, {} short; price {}, treasury {}",
        pilot.shops, pilot.rules, life.orders, life.short, head.price, head.supply.treasury
    );
    assert!(
        life.short == 0 || says_that_orders_are_refused(&proposal),
        "{} of {} orders were refused, and the proposal did not say so",
        life.short,
        life.orders
    );
    assert!(!head.supply.pool.is_zero() || head.supply.held.is_positive(), "something was released");
    if pilot.shops <= 10 {
        // The journal as a whole, on the rules as they were written, by the program.
        let journal = folder.join("journal.jsonl");
        std::fs::write(&journal, &life.journal)?;
        let rules = folder.join("rules.toml").display().to_string();
        let replayed = gongxiang(&["replay", "--strict", "--rules", &rules, &journal.display().to_string()])?;
        assert_eq!(replayed.status.success(), life.short == 0, "{}", String::from_utf8_lossy(&replayed.stderr));
        let state: Value = serde_json::from_slice(&replayed.stdout)?;
        assert_eq!(state["state"]["supply"], serde_json::to_value(life.book.state()?)?["supply"]);
    }
    Ok(())
}

const PILOTS: [(i64, i64, i64, i64); 5] = [
    (3, 100, 6_000, 10),
    (10, 400, 25_000, 8),
    (30, 1_000, 60_000, 12),
    (100, 2_000, 150_000, 10),
    (300, 3_000, 500_000, 5),
];

fn all_live(rules: &'static str) -> TestResult {
    for (shops, members, sales, concession) in PILOTS {
        lives(&Pilot { shops, members, sales, concession, rules })?;
    }
    Ok(())
}

#[test]
fn no_shop_of_five_pilots_is_refused_for_want_of_points() -> TestResult {
    all_live("single-level")
}

#[test]
fn no_shop_is_refused_on_the_seed_rules_either_though_nobody_sells_points() -> TestResult {
    all_live("seed")
}

#[test]
fn the_same_life_on_the_numbers_of_the_preset_refuses_orders() -> TestResult {
    let pilot = Pilot { shops: 3, members: 100, sales: 6_000, concession: 10, rules: "seed" };
    let mut life = Life::new(preset::seed()?);
    life.live(&pilot, Points::parse("6100")?)?;
    assert!(life.short > 0, "so the tests above can fail");
    Ok(())
}

const ANSWERS: [&str; 10] =
    ["--shops", "3", "--members", "100", "--sales", "6000", "--concession", "10%", "--margin", "30%"];

fn init(folder: &Path, more: &[&str]) -> TestResult<Output> {
    let folder = folder.display().to_string();
    gongxiang(&[&["init", &folder][..], &ANSWERS, more].concat())
}

fn names(folder: &Path) -> TestResult<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// A server of its own, on a free port; dropping it ends it.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(config: &str) -> TestResult<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_gongxiang"))
            .args(["serve", "--config", config, "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut said = String::new();
        let output = process.stdout.take().ok_or("no pipe")?;
        let mut server = Self { process, address: String::new() };
        BufReader::new(output).read_line(&mut said)?;
        let address = said.trim().strip_prefix("gongxiang serves at ").ok_or_else(|| format!("it says {said}"))?;
        server.address = address.into();
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // If it has ended by itself, there is nothing to do.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

#[test]
fn a_pilot_is_a_directory_from_which_a_server_starts() -> TestResult {
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("new/pilot");
    let made =
        init(&folder, &["--operator", "王芳", "--origin", "https://wallet.example/", "--first-day", "2099-12-01"])?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let shown = String::from_utf8(made.stdout)?;
    let link = shown.lines().last().ok_or("nothing is shown")?;
    assert!(link.starts_with("https://wallet.example/#/operator/enrol/gxe_"), "{link}");
    assert_eq!(names(&folder)?, ["book.db", "gongxiang.service", "gongxiang.toml", "proposal.txt", "rules.toml"]);
    let report = std::fs::read_to_string(folder.join("proposal.txt"))?;
    assert!(shown.starts_with(&report) && !report.contains("gxe_"), "the code is shown and not stored");
    let rules = std::fs::read_to_string(folder.join("rules.toml"))?;
    assert!(rules.contains("genesis_day = \"2099-12-01\"  # [answer]"), "{rules}");
    let all_have_sources = ["treasury = ", "daily = ", "online = ", "cap = "]
        .iter()
        .all(|key| rules.lines().any(|line| line.starts_with(key) && line.contains("  # [")));
    assert!(all_have_sources, "{rules}");
    let unit = std::fs::read_to_string(folder.join("gongxiang.service"))?;
    let config = folder.join("gongxiang.toml").display().to_string();
    assert!(unit.contains(&format!(" serve --config {config}\n")), "{unit}");

    let server = Server::start(&config)?;
    let in_force = ureq::get(format!("{}v1/rules", server.address)).call()?.into_body().read_to_string()?;
    drop(server);
    let in_force: Value = serde_json::from_str(&in_force)?;
    let written: Value = serde_json::to_value(preset::from_toml(&rules)?)?;
    assert_eq!(in_force, written);
    let database = format!("sqlite:{}", folder.join("book.db").display());
    let staff = String::from_utf8(gongxiang(&["staff", "--database", &database, "list"])?.stdout)?;
    assert!(staff.contains("operator") && staff.contains("王芳"), "{staff}");
    Ok(())
}

#[test]
fn a_second_run_says_what_is_there_and_changes_nothing() -> TestResult {
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("pilot");
    // An empty directory is as good as none.
    std::fs::create_dir(&folder)?;
    assert!(init(&folder, &[])?.status.success());
    let book = std::fs::read(folder.join("book.db"))?;
    let again = init(&folder, &[])?;
    assert_eq!(again.status.code(), Some(2));
    let said = String::from_utf8(again.stderr)?;
    assert!(said.contains("has a pilot already: its book is book.db"), "{said}");
    assert_eq!(std::fs::read(folder.join("book.db"))?, book);

    let other = parent.path().join("other");
    std::fs::create_dir(&other)?;
    std::fs::write(other.join("notes.txt"), "mine")?;
    let refused = init(&other, &[])?;
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr)?.contains("is not empty: it has notes.txt"));
    let file = other.join("notes.txt");
    assert_eq!(init(&file, &[])?.status.code(), Some(2), "a file is not replaced");
    assert_eq!(std::fs::read_to_string(file)?, "mine");
    assert_eq!(names(parent.path())?, ["other", "pilot"]);
    Ok(())
}

#[test]
fn nothing_is_left_of_a_pilot_that_fails_or_goes_under() -> TestResult {
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("pilot");
    let code = |more: &[&str]| -> TestResult<(Option<i32>, String)> {
        let output = init(&folder, more)?;
        Ok((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    // The last step fails: there is no such name.
    let (status, said) = code(&["--operator", " nobody"])?;
    assert!(status == Some(2) && said.contains("a name has 1 to"), "{said}");
    // The seed's income comes from joining.
    let (status, said) = code(&["--rules", "seed"])?;
    assert!(status == Some(1) && said.contains("Nothing is written"), "{said}");
    let (status, said) = code(&["--first-day", "2020-01-01"])?;
    assert!(status == Some(2) && said.contains("is over"), "{said}");
    let (status, said) = code(&["--rules", "none.toml"])?;
    assert!(status == Some(2) && said.contains("cannot read the rule set none.toml"), "{said}");
    let (status, _) = code(&["--return-days", "91"])?;
    assert_eq!(status, Some(2));
    // A unit cannot name this directory.
    let blank = init(&parent.path().join("my pilot"), &[])?;
    assert!(String::from_utf8_lossy(&blank.stderr).contains("has a blank"));
    assert_eq!(names(parent.path())?, Vec::<String>::new());

    // Without a terminal nobody is asked.
    let open = gongxiang(&["init", &folder.display().to_string(), "--shops", "3", "--margin", "30%"])?;
    let said = String::from_utf8(open.stderr)?;
    assert!(open.status.code() == Some(2) && said.contains("name --members, --sales, --concession"), "{said}");
    for bad in ["0", "-3", "1.5", "99999999999999999999"] {
        let refused = gongxiang(&["init", "x", "--shops", bad])?;
        assert_eq!(refused.status.code(), Some(2), "{bad}");
    }
    Ok(())
}

#[test]
fn a_shop_that_gives_up_its_margin_is_named_and_a_dry_run_writes_nothing() -> TestResult {
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("pilot");
    let folder_name = folder.display().to_string();
    let answers = ["--shops", "3", "--members", "100", "--sales", "6000", "--concession", "30%", "--margin", "0.3"];
    let shown = gongxiang(&[&["init", "--dry-run", "--format", "json", &folder_name][..], &answers].concat())?;
    assert_eq!(shown.status.code(), Some(1));
    let proposal: Value = serde_json::from_slice(&shown.stdout)?;
    assert_eq!(proposal["sinks"], json!([{"of": "concession_above_margin", "concession": "0.3", "margin": "0.3"}]));
    assert_eq!(proposal["cases"].as_array().map(Vec::len), Some(3));
    assert!(!folder.exists());
    // The smallest and a very large pilot.
    for (shops, members, sales) in [("1", "1", "1"), ("10000", "10000000", "1000000000")] {
        let answers =
            ["--shops", shops, "--members", members, "--sales", sales, "--concession", "0.01%", "--margin", "50%"];
        let shown = gongxiang(&[&["init", "--dry-run", "--language", "zh-CN"][..], &answers].concat())?;
        assert!(shown.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&shown.stderr));
        assert!(String::from_utf8(shown.stdout)?.contains("主要风险"));
    }
    Ok(())
}

#[test]
fn members_are_settled_at_once_and_get_in_by_the_codes_of_their_sheet() -> TestResult {
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("pilot");
    assert!(init(&folder, &[])?.status.success());
    let database = format!("sqlite:{}", folder.join("book.db").display());
    let table = parent.path().join("members.csv").display().to_string();
    std::fs::write(
        &table,
        "member,referrer,pack,points,region\ntea,,merchant,5600,110105\nbob,ann,member,,\nann,,member,,\n",
    )?;
    let import = |more: &[&str]| gongxiang(&[&["import", "members", &table, "--into", &database][..], more].concat());

    // A sheet that cannot be written: nothing is settled, and no code is lost.
    let nowhere = parent.path().join("nowhere/codes.html").display().to_string();
    assert_eq!(import(&["--sheet", &nowhere])?.status.code(), Some(2));
    // While a server runs.
    let server = Server::start(&folder.join("gongxiang.toml").display().to_string())?;
    let first = import(&["--origin", "https://wallet.example"])?;
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let lines = String::from_utf8(first.stdout)?;
    let codes: Vec<(&str, &str)> =
        lines.lines().filter_map(|line| line.split_once("\thttps://wallet.example/#/enrol/")).collect();
    assert_eq!(codes.iter().map(|(member, _)| *member).collect::<Vec<_>>(), ["tea", "ann", "bob"], "{lines}");
    let sign_in = |code: &str| {
        let body = json!({"enrolment": code}).to_string();
        let sent = ureq::post(format!("{}v1/sessions/code", server.address)).header("content-type", "application/json");
        sent.send(body).and_then(|answer| answer.into_body().read_to_string())
    };
    for (member, code) in &codes {
        let answer: Value = serde_json::from_str(&sign_in(code)?)?;
        assert_eq!(answer["member"], *member);
        assert!(sign_in(code).is_err(), "it works once");
    }

    // Again, with somebody new whom the rules refuse a role, and a page to print.
    std::fs::write(&table, "member,pack,role\nann,member,\ncat,member,\ndan,member,captain\n")?;
    let sheet = parent.path().join("codes.html");
    let again = import(&["--sheet", &sheet.display().to_string()])?;
    let said = String::from_utf8(again.stderr)?;
    assert!(again.status.code() == Some(1) && again.stdout.is_empty(), "{said}");
    assert!(said.contains("unknown_role") && said.contains("1 members were there already"), "{said}");
    let page = std::fs::read_to_string(&sheet)?;
    assert_eq!(page.matches("<article>").count(), 2, "cat and dan, and not ann");
    assert!(page.contains("<strong>cat</strong>") && page.matches("gxe_").count() == 2 && page.contains("<svg"));
    drop(server);
    let audit = gongxiang(&["audit", "--database", &database])?;
    assert!(audit.status.success() && String::from_utf8(audit.stdout)?.starts_with("clean: "));
    Ok(())
}

#[test]
fn an_end_that_is_done_step_by_step_comes_out_as_its_plan_says() -> TestResult {
    let parent = tempfile::tempdir()?;
    let at = |name: &str| parent.path().join(name).display().to_string();
    // Three months of a pilot on the seed rules, whose price moves, long enough ago that all its days are over.
    let pilot = Pilot { shops: 3, members: 40, sales: 6_000, concession: 10, rules: "seed" };
    let (proposal, rules) = pilot.make(&parent.path().join("pilot"))?;
    let rules = RuleSet { genesis_day: Day::parse("2025-01-01").ok_or("no day")?, ..rules };
    std::fs::write(at("opening.json"), rules.to_tree().canonical())?;
    let mut life = Life::new(rules);
    life.live(&pilot, serde_json::from_value(proposal["shop_points"]["each"].clone())?)?;
    std::fs::write(at("journal.jsonl"), &life.journal)?;
    let database = format!("sqlite:{}", at("book.db"));
    let done = |arguments: &[&str]| -> TestResult<String> {
        let output = gongxiang(arguments)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout)?)
        } else {
            Err(format!("{arguments:?}: {said}").into())
        }
    };
    done(&["replay", "--rules", &at("opening.json"), "--into", &database, &at("journal.jsonl")])?;

    let plan = ["wind-down", "--database", &database, "--redemption-days", "12"];
    let shown = done(&[&plan[..], &["--dry-run"]].concat())?;
    assert!(!parent.path().join("plan").exists());
    done(&[&plan[..], &["--output", &at("plan")]].concat())?;
    assert_eq!(
        names(&parent.path().join("plan"))?,
        ["1-no-new-promises.json", "2-no-release.json", "plan.json", "plan.txt"]
    );
    assert_eq!(std::fs::read_to_string(at("plan/plan.txt"))?, shown.replace("PLAN/", &format!("{}/", at("plan"))));
    assert_eq!(
        gongxiang(&[&plan[..], &["--output", &at("plan")]].concat())?.status.code(),
        Some(2),
        "nothing is overwritten"
    );
    let figures: Value = serde_json::from_str(&std::fs::read_to_string(at("plan/plan.json"))?)?;
    let days: Vec<&str> =
        figures["steps"].as_array().ok_or("no steps")?.iter().filter_map(|step| step["day"].as_str()).collect();
    assert_eq!(days, ["2025-04-01", "2025-04-09", "2025-04-21"], "8 days until the last orders have vested, then 12");

    // The commands of the plan.
    let flags =
        figures["flags"].as_array().ok_or("no flags")?.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",");
    assert!(
        shown.contains(&format!("rules adopt --database {database} --accept-flags {flags} PLAN/2-no-release.json")),
        "{shown}"
    );
    for (file, until) in [("1-no-new-promises.json", "2025-04-08"), ("2-no-release.json", "2025-04-20")] {
        done(&["rules", "adopt", "--database", &database, "--accept-flags", &flags, &at(&format!("plan/{file}"))])?;
        done(&["days", "catch-up", "--database", &database, "--until", until])?;
    }
    done(&["audit", "--database", &database])?;
    std::fs::write(at("rules.json"), done(&["rules", "show", "--genesis", "--database", &database])?)?;
    done(&["export", "--format", "jsonl", "--database", &database, "-o", &at("export.jsonl")])?;
    let accounts: Value = serde_json::from_str(&done(&["replay", "--rules", &at("rules.json"), &at("export.jsonl")])?)?;

    let end = &figures["steps"][2];
    assert_eq!(accounts["state"]["day"], end["day"]);
    assert_eq!(accounts["state"]["price"], end["price"]);
    let mut members = Points::ZERO;
    for (id, account) in accounts["state"]["accounts"].as_object().ok_or("no accounts")? {
        if id.starts_with('m') {
            members = members.plus(serde_json::from_value(account["points"].clone())?)?;
        }
    }
    assert_eq!(json!(members), end["members_points"]);
    assert!(members.is_positive());
    let released: Vec<_> = accounts["days"].as_array().ok_or("no days")?.iter().map(|day| &day["released"]).collect();
    assert!(released[..98].iter().rev().take(8).all(|points| **points != "0"), "until the last orders have vested");
    assert_eq!(released[98..], vec!["0"; 12], "and never after");
    Ok(())
}
