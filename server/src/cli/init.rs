//! `gongxiang init`: sets up a pilot from a few answers. It proposes rules by simulation, names the risks that would
//! end the pilot, and writes everything that a server needs into a new directory.

mod answers;
pub(super) mod files;
mod proposal;
mod report;
pub(super) mod words;

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use gongxiang::quantity::Rate;
use serde_json::{Value, json};

use self::answers::{Answers, Questions, prompt};
use self::files::{BOOK, CONFIG, Folder, REPORT, RULES, Server, UNIT};
use self::proposal::{Proposal, propose};
use self::report::report;
use self::words::{sentence, word};
use crate::language::Language;
use crate::ledger::close::{day_of, find_zone};
use crate::people::actions::{COMMAND_LINE, Deed};
use crate::people::enrolments::EnrolmentOutcome;
use crate::people::holder::Holder;
use crate::people::role::StaffRole;
use crate::people::staff::NewStaff;
use crate::people::store::People;

/// Propose the rules of a pilot by simulation, and make its rules, settings, systemd unit and book.
///
/// Asks on a terminal for what no flag says. Exit code 1 if the middling case goes under and `--accept-risks` is not given; then nothing
/// is written.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The directory to make; it must be new or empty.
    #[arg(required_unless_present = "dry_run")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    questions: Questions,
    /// The name of the first operator.
    #[arg(long, value_name = "NAME", default_value = "operator")]
    operator: String,
    /// The origin of the wallet in browsers, such as `https://wallet.example`.
    #[arg(long, env = "GONGXIANG_ORIGIN")]
    origin: Option<String>,
    /// Where the files of the wallet are.
    #[arg(long, env = "GONGXIANG_WALLET")]
    wallet: Option<PathBuf>,
    /// Address and port of the server.
    #[arg(long, env = "GONGXIANG_LISTEN", default_value = "127.0.0.1:8080")]
    listen: std::net::SocketAddr,
    /// The time zone whose midnight closes the day.
    #[arg(long, env = "GONGXIANG_ZONE", default_value = "Asia/Shanghai")]
    zone: String,
    /// Write the pilot although its middling case goes under.
    #[arg(long)]
    accept_risks: bool,
    /// Show the proposal and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to show the proposal.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The language of the proposal.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
}

/// How to show a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As text.
    Table,
    /// As one JSON object.
    Json,
}

/// Asks, proposes and writes; returns `false` if the proposal goes under and that was not accepted.
pub fn run(options: &Options) -> Result<bool> {
    let today = day_of(jiff::Timestamp::now(), &find_zone(&options.zone)?)?;
    // Before any question, so that nobody answers for nothing.
    if let Some(folder) = options.folder.as_deref().filter(|_| !options.dry_run) {
        files::refuse_what_is_there(folder)?;
    }
    let asks = !options.questions.are_answered() && io::stdin().is_terminal();
    let answers = if asks {
        options.questions.ask(today, options.language, &mut io::stdin().lock(), &mut io::stderr())?
    } else {
        options.questions.answered(today)?
    };
    if answers.first_day < today && !options.dry_run {
        bail!("--first-day {} is over: today is {today}", answers.first_day);
    }
    let (text, base) = files::base(&answers.rules)?;
    let proposal = propose(&answers, &base)?;
    let language = options.language;
    let named = options.folder.as_deref().map_or_else(|| PathBuf::from(RULES), |folder| folder.join(RULES));
    let shown = report(&answers, &proposal, &named.display().to_string(), language);
    match options.format {
        Format::Table => println!("{shown}"),
        Format::Json => println!("{}", as_json(&answers, &proposal)),
    }
    let goes_under = proposal.sinks() && !options.accept_risks;
    let Some(folder) = options.folder.as_deref().filter(|_| !options.dry_run) else { return Ok(!goes_under) };
    if goes_under {
        eprintln!("{}", word(language, "refused"));
        return Ok(false);
    }
    if asks && !confirmed(folder, language, &mut io::stdin().lock(), &mut io::stderr())? {
        eprintln!("{}", word(language, "declined"));
        return Ok(true);
    }
    let rules = files::rules(&answers, &proposal, &text, &today.to_string())?;
    let made = write(options, folder, &proposal, &rules, &shown)?;
    tell(&made, options)?;
    Ok(true)
}

fn confirmed(folder: &Path, language: Language, input: &mut dyn BufRead, output: &mut dyn Write) -> Result<bool> {
    let question = sentence(language, "confirm", &[("folder", &folder.display().to_string())]);
    let answer = prompt(input, output, &format!("{question} "))?;
    Ok(["y", "yes", "是"].contains(&answer.to_lowercase().as_str()))
}

/// What was made, and how the first operator gets in.
struct Made {
    folder: PathBuf,
    /// The code or, with an origin, the link.
    way_in: String,
    hours: i64,
}

/// Makes the directory with everything in it, or nothing.
fn write(options: &Options, folder: &Path, proposal: &Proposal, rules: &str, shown: &str) -> Result<Made> {
    let folder = Folder::begin(folder)?;
    let server = Server {
        listen: options.listen,
        zone: options.zone.clone(),
        origin: options.origin.clone(),
        wallet: options.wallet.clone(),
    };
    folder.write(RULES, rules)?;
    folder.write(CONFIG, &files::config(folder.name(), proposal, &server)?)?;
    folder.write(UNIT, &files::unit(folder.name(), owner(&folder)?)?)?;
    folder.write(REPORT, shown)?;
    let (code, holds) = open_book(&folder.at(BOOK), proposal, &options.operator)?;
    let way_in = match &options.origin {
        Some(origin) => format!("{}/#/operator/enrol/{code}", origin.trim_end_matches('/')),
        None => code,
    };
    Ok(Made { folder: folder.keep()?, way_in, hours: holds / 3_600 })
}

/// The user to whom the new directory belongs.
#[cfg(unix)]
fn owner(folder: &Folder) -> Result<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(std::fs::metadata(folder.at("")).context("cannot look at the new directory")?.uid())
}

#[cfg(not(unix))]
fn owner(_: &Folder) -> Result<u32> {
    Ok(0)
}

/// Opens the book and adds its first operator; returns the code, and how long it holds, in seconds.
fn open_book(book: &Path, proposal: &Proposal, operator: &str) -> Result<(String, i64)> {
    let url = format!("sqlite:{}", book.to_str().context("the directory's name is no text")?);
    super::block_on(async {
        let store = super::open(&url).await?;
        store.open_book(Some(&proposal.rules), &proposal.rules).await.context("cannot open the book")?;
        let people = People::new(store.pool().clone());
        let new = NewStaff { name: operator, role: StaffRole::Operator, shop: None };
        let row = people.add_staff(new, COMMAND_LINE).await.with_context(|| format!("cannot add {operator}"))?;
        let made = people.enrol(&Holder::Staff(row.id.clone()), None).await?;
        let EnrolmentOutcome::Made { code, holds } = made else { bail!("cannot make a code for {operator}") };
        people.enter_action(COMMAND_LINE, Deed::CodeMade, &row.title()).await?;
        // Closing moves everything from the log into the file, which gets its final name with its directory.
        crate::ledger::store::Store::close(&store).await;
        Ok((code, holds))
    })
}

/// Says what is there and what comes next. The way in is the only thing on standard output, besides the proposal.
fn tell(made: &Made, options: &Options) -> Result<()> {
    let language = options.language;
    let shown = made.folder.display().to_string();
    eprintln!("{}", sentence(language, "written", &[("folder", &shown)]));
    for (file, key) in [
        (RULES, "file.rules"),
        (CONFIG, "file.config"),
        (UNIT, "file.unit"),
        (BOOK, "file.database"),
        (REPORT, "file.report"),
    ] {
        eprintln!("  {file:<18} {}", word(language, key));
    }
    let config = made.folder.join(CONFIG).display().to_string();
    eprintln!("\n{}\n  gongxiang serve --config {config}", word(language, "next.serve"));
    let unit = made.folder.join(UNIT).display().to_string();
    eprintln!(
        "{}\n  cp {unit} /etc/systemd/system/ && systemctl enable --now gongxiang",
        word(language, "next.systemd")
    );
    let hours = made.hours.to_string();
    eprintln!("\n{}", sentence(language, "next.code", &[("name", &options.operator), ("hours", &hours)]));
    println!("{}", made.way_in);
    let database = format!("sqlite:{}", made.folder.join(BOOK).display());
    let origin = options.origin.as_ref().map_or_else(String::new, |origin| format!(" --origin {origin}"));
    eprintln!("{}", word(language, "next.again"));
    eprintln!("  gongxiang staff --database {database} code {}{origin}", options.operator);
    io::stdout().flush().context("cannot write the result")
}

fn as_json(answers: &Answers, proposal: &Proposal) -> Value {
    let rules: Value = serde_json::from_str(&proposal.rules.to_tree().canonical()).unwrap_or_default();
    json!({
        "answers": {
            "shops": answers.shops, "members": answers.members, "sales": answers.sales, "concession": answers.concession,
            "margin": answers.margin, "first_day": answers.first_day, "rules": answers.rules,
            "return_days": answers.return_days, "online": answers.online,
        },
        "rules": rules,
        "release_part": Rate::percent(i32::try_from(proposal.release_percent).unwrap_or_default()),
        "shop_points": proposal.shop_points,
        "cases": proposal.outcomes,
        "sinks": proposal.sinks,
        "red_flags": proposal.red_flags,
        "other_flags": proposal.other_flags,
    })
}
