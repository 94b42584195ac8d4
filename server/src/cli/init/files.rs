//! What `gongxiang init` writes: rules with comments, settings, a systemd unit and the book, all of them or nothing.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use gongxiang::preset::from_toml;
use gongxiang::ruleset::{PricePolicy, RuleSet};

use super::answers::Answers;
use super::proposal::Proposal;
use super::report::{given, title};
use crate::language::Language;
use crate::output::create_private;

pub const RULES: &str = "rules.toml";
pub const CONFIG: &str = "gongxiang.toml";
pub const UNIT: &str = "gongxiang.service";
pub const BOOK: &str = "book.db";
pub const REPORT: &str = "proposal.txt";

/// How many names of a directory are shown.
const NAMES_MAX: usize = 8;

/// A new directory under a temporary name. [`Folder::keep`] gives it its final name; dropping it before deletes it.
#[derive(Debug)]
pub struct Folder {
    partial: PathBuf,
    /// The name that it gets.
    name: PathBuf,
}

impl Folder {
    /// Begins a directory. Its final name must be free, or that of an empty directory.
    pub fn begin(name: &Path) -> Result<Self> {
        let name = std::path::absolute(name).with_context(|| format!("cannot use {}", name.display()))?;
        refuse_what_is_there(&name)?;
        let (parent, last) = (name.parent(), name.file_name());
        let (Some(parent), Some(last)) = (parent, last) else { bail!("{} has no name", name.display()) };
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        let partial = parent.join(format!(".{}.{}.partial", last.to_string_lossy(), std::process::id()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
        Ok(Self { partial, name })
    }

    /// The directory as it will be called.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// A file of it, as it is called now.
    pub fn at(&self, file: &str) -> PathBuf {
        self.partial.join(file)
    }

    /// Writes a file that only its owner may read, through to the disk.
    pub fn write(&self, file: &str, content: &str) -> Result<()> {
        let path = self.at(file);
        let written = create_private(&path).and_then(|mut file| {
            file.write_all(content.as_bytes())?;
            file.sync_all()
        });
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    /// Gives the directory its name.
    pub fn keep(self) -> Result<PathBuf> {
        refuse_what_is_there(&self.name)?;
        // An empty directory of the name is replaced; if something came into it meanwhile, this fails.
        fs::rename(&self.partial, &self.name).with_context(|| format!("cannot make {}", self.name.display()))?;
        if let Some(parent) = self.name.parent() {
            // Not every system can sync a directory.
            _ = fs::File::open(parent).and_then(|parent| parent.sync_all());
        }
        Ok(self.name.clone())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Once it has its name, there is nothing to delete.
        _ = fs::remove_dir_all(&self.partial);
    }
}

/// Refuses a directory that has something in it, and says what.
pub fn refuse_what_is_there(folder: &Path) -> Result<()> {
    let shown = folder.display();
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot look at {shown}")),
        Ok(found) if !found.is_dir() => bail!("{shown} is no directory, and is not replaced"),
        Ok(_) => {}
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot look into {shown}"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    if names.is_empty() {
        return Ok(());
    }
    names.sort();
    if [RULES, CONFIG, BOOK].iter().all(|file| names.iter().any(|name| name == file)) {
        bail!(
            "{shown} has a pilot already: its book is {BOOK}, and {REPORT} says what was proposed. Start it with `gongxiang serve \
             --config {}`, or name another directory",
            folder.join(CONFIG).display()
        );
    }
    let all = names.len();
    names.truncate(NAMES_MAX);
    let more = if all > names.len() { format!(" and {} more", all - names.len()) } else { String::new() };
    bail!("{shown} is not empty: it has {}{more}. Name a new directory or an empty one", names.join(", "));
}

/// The proposed rules as TOML: the text of the rules they came from, with the proposed values and where each comes from.
pub fn rules(answers: &Answers, proposal: &Proposal, base: &str, today: &str) -> Result<String> {
    let rules = &proposal.rules;
    let text = |value: &dyn std::fmt::Display| format!("\"{value}\"");
    let percent = proposal.release_percent;
    let vesting = "[answer] the days in which goods may come back";
    let mut values = vec![
        ("", "genesis_day", text(&rules.genesis_day), "[answer] the first day".to_owned()),
        ("supply", "cap", text(&rules.supply_cap), "[init] the treasury, and three years of releases".into()),
        (
            "supply",
            "treasury",
            text(&rules.supply_treasury),
            format!(
                "[init] {} for {} shops when they open; the rest is what the strong case needs if nobody sells or redeems points",
                proposal.shop_points.all, answers.shops
            ),
        ),
        (
            "release",
            "daily",
            text(&rules.release_daily),
            format!("[init] {percent} % of what the orders of a usual day absorb, rounded down"),
        ),
        ("price", "initial", text(&rules.price_initial), "[rules] one point, in yuan".into()),
        ("order.vesting_days", "online", rules.order_vesting_days_online.to_string(), vesting.into()),
        ("order.vesting_days", "offline", rules.order_vesting_days_offline.to_string(), vesting.into()),
    ];
    if rules.price_policy != PricePolicy::Operator {
        let source = "[init] no week of the middling case takes more than a tenth of the price, if that can be";
        values.push(("price", "daily_limit", text(&rules.price_daily_limit), source.into()));
    }
    let mut out = format!(
        "# {}\n# {}\n#\n# Made on {today} by `gongxiang init` {} from `{}`. [answer] is what was answered, [init] what was found by\n\
         # simulation ({REPORT}), everything else is copied from that rule set. The server reads this file when it opens the\n\
         # book. Adopt a later change with `gongxiang rules adopt`.\n\n",
        title(answers, Language::English),
        given(answers, Language::English),
        env!("CARGO_PKG_VERSION"),
        answers.rules,
    );
    let mut section = String::new();
    for line in base.lines() {
        if line.starts_with("# For replays and demos.") {
            continue;
        }
        if let Some(name) = line.trim().strip_prefix('[') {
            name.split(']').next().unwrap_or_default().trim().clone_into(&mut section);
        }
        let key = line.split_once('=').map(|(key, _)| key.trim());
        match values.iter().find(|(of, name, ..)| *of == section && key == Some(name)) {
            // Writing to a string cannot fail.
            Some((_, name, value, source)) => _ = writeln!(out, "{name} = {value}  # {source}"),
            None => _ = writeln!(out, "{line}"),
        }
    }
    match from_toml(&out) {
        Ok(written) if written == *rules => Ok(out),
        Ok(_) => bail!(
            "{} does not have each key on a line of its own, as the presets have: write it like them",
            answers.rules
        ),
        Err(error) => bail!("the rules cannot be written: {error}"),
    }
}

/// The server's settings.
#[derive(Clone, Debug)]
pub struct Server {
    pub listen: SocketAddr,
    pub zone: String,
    pub origin: Option<String>,
    pub wallet: Option<PathBuf>,
}

/// The settings as a file for `--config`.
pub fn config(folder: &Path, proposal: &Proposal, server: &Server) -> Result<String> {
    let quoted = |text: &str| serde_json::to_string(text).context("cannot write a text");
    let path = |path: &Path| path.to_str().map(str::to_owned).with_context(|| format!("{} is no text", path.display()));
    let database = quoted(&format!("sqlite:{}", path(&folder.join(BOOK))?))?;
    let rules = quoted(&path(&folder.join(RULES))?)?;
    let (listen, zone) = (quoted(&server.listen.to_string())?, quoted(&server.zone)?);
    let origin = match &server.origin {
        Some(origin) => format!("# Passkeys hold for this address alone.\norigin = {}", quoted(origin)?),
        None => "# Nobody signs in by passkey without it.\n# origin = \"https://wallet.example\"".into(),
    };
    let wallet = match &server.wallet {
        Some(wallet) => {
            let wallet = std::path::absolute(wallet).context("cannot use the wallet's directory")?;
            format!("wallet = {}", quoted(&path(&wallet)?)?)
        }
        None => "# wallet = \"/usr/share/gongxiang/wallet\"".into(),
    };
    let proxy = if server.listen.ip().is_loopback() {
        "# A proxy on this machine says where a request came from.\nbehind-proxy = true"
    } else {
        "# If all requests come through a proxy, it says where they came from.\n# behind-proxy = true"
    };
    let each = proposal.shop_points.each;
    Ok(format!(
        "# The server's settings. `gongxiang config` prints all of them, docs/running.md explains them.\n\
         database = {database}\n\
         rules = {rules}\n\
         listen = {listen}\n\
         {proxy}\n\
         # A day ends at midnight in this zone.\n\
         zone = {zone}\n\
         # Where the wallet is in browsers.\n\
         {origin}\n\
         # The files of the wallet. Without this line, those inside the program.\n\
         {wallet}\n\
         # Only the operator and its staff register members.\n\
         open-registration = false\n\
         # A member's shop opens once the operator has approved its application.\n\
         shop-approval = true\n\
         # Compare the books with the journal every night.\n\
         audit-hours = 24\n\
         # Once there are two operators: grants above a shop's first points need both.\n\
         # second-person = \"rules,price,treasury={each}\"\n"
    ))
}

/// A unit for systemd, for the user to whom the directory belongs. Root is not that user: a server needs none of its rights.
pub fn unit(folder: &Path, owner: u32) -> Result<String> {
    let program = std::env::current_exe().context("cannot find out where this program is")?;
    let (program, folder) = (quoted_for_systemd(&program)?, quoted_for_systemd(folder)?);
    let user = match owner {
        0 => format!(
            "# The directory belongs to root. `useradd --system gongxiang && chown -R gongxiang {folder}` gives it away.\nUser=gongxiang"
        ),
        owner => format!("User={owner}"),
    };
    Ok(format!(
        "# cp {UNIT} /etc/systemd/system/ && systemctl enable --now gongxiang\n\
         [Unit]\nDescription=gongxiang settlement\nAfter=network-online.target\nWants=network-online.target\n\n\
         [Service]\n{user}\nExecStart={program} serve --config {folder}/{CONFIG}\n\
         # Secrets, such as GONGXIANG_WECHAT_SECRET.\nEnvironmentFile=-{folder}/secrets.env\n\
         Restart=always\nRestartSec=1\n# Longer than drain-seconds.\nTimeoutStopSec=30\nUMask=0077\nProtectSystem=strict\n\
         ReadWritePaths={folder}\nProtectHome=read-only\nPrivateTmp=yes\nPrivateDevices=yes\nNoNewPrivileges=yes\n\
         RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\nSystemCallFilter=@system-service\nLimitNOFILE=65536\n\n\
         [Install]\nWantedBy=multi-user.target\n"
    ))
}

/// A path of a unit. Blanks, quotes, `%` and `$` mean something else there.
fn quoted_for_systemd(path: &Path) -> Result<String> {
    let text = path.to_str().with_context(|| format!("{} is no text", path.display()))?;
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'\\%$;".contains(c)) {
        bail!("{text} has a blank or a sign that a systemd unit cannot name: choose another directory");
    }
    Ok(text.to_owned())
}

/// The rules that a pilot begins with, as text and as read.
pub fn base(source: &str) -> Result<(String, RuleSet)> {
    let preset = gongxiang::preset::PRESETS.iter().find(|(name, _)| *name == source);
    let text = match preset {
        Some((_, text)) => (*text).to_owned(),
        None => fs::read_to_string(source).with_context(|| format!("cannot read the rule set {source}"))?,
    };
    match from_toml(text.trim_start_matches('\u{feff}')) {
        Ok(rules) => Ok((text, rules)),
        Err(error) => bail!("{source}: bad_rules: {error}"),
    }
}
