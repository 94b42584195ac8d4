//! Settings: from flags, the environment (`GONGXIANG_…`), the file (`gongxiang.toml`) or their defaults, in that
//! order.
//!
//! The file's values become the defaults of the command line. So all sources are read and refused in the same way.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::text::{json, redacted};

/// The file that is read if it exists and no other is named.
const FILE: &str = "gongxiang.toml";

#[derive(Debug)]
pub struct CommandLine {
    command: Command,
    pub matches: ArgMatches,
    file: Option<File>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    settings: Vec<(String, String)>,
}

impl CommandLine {
    /// Reads the command line, the environment and the file. An error of the command line ends the process with an
    /// explanation.
    pub fn read(command: Command) -> Result<Self> {
        let matches = command.clone().get_matches();
        let named = matches.get_one::<PathBuf>("config").cloned();
        let found = || Some(PathBuf::from(FILE)).filter(|path| path.is_file());
        let path = match named {
            Some(named) => Some(named),
            None => found().map(refuse_if_others_write).transpose()?,
        };
        let Some(path) = path else { return Ok(Self { command, matches, file: None }) };
        let settings = read(&path, &known(&command)).with_context(|| format!("cannot use {}", path.display()))?;
        let file = File { path, settings };
        let matches = file.as_defaults(command.clone()).try_get_matches().map_err(|error| {
            let error = error.render().to_string();
            anyhow::anyhow!("{} has an invalid setting: {error}", file.path.display())
        })?;
        Ok(Self { command, matches, file: Some(file) })
    }

    /// Every setting of the command as TOML, with its source.
    #[must_use]
    pub fn settings(&self) -> String {
        let mut text = String::new();
        let Some((name, matches)) = self.matches.subcommand() else { return text };
        let Some(command) = self.command.find_subcommand(name) else { return text };
        for (key, argument) in keys(command) {
            let value = matches.get_raw(argument).and_then(|mut values| values.next());
            let Some(value) = value else {
                // Writing to a string cannot fail.
                _ = writeln!(text, "# {key} is not set");
                continue;
            };
            let value = value.to_string_lossy();
            let from = match matches.value_source(argument) {
                Some(ValueSource::CommandLine) => "the command line".into(),
                Some(ValueSource::EnvVariable) => format!("the environment, GONGXIANG_{}", variable(&key)),
                _ => self.origin_in_file(&key).unwrap_or_else(|| "by itself".into()),
            };
            _ = writeln!(text, "{key} = {} # {from}", literal(&key, &value));
        }
        text
    }

    fn origin_in_file(&self, key: &str) -> Option<String> {
        let file = self.file.as_ref()?;
        file.settings.iter().any(|(name, _)| name == key).then(|| file.path.display().to_string())
    }
}

impl File {
    /// Sets the defaults in every command that has such a setting.
    fn as_defaults(&self, command: Command) -> Command {
        command.mut_subcommands(|mut subcommand| {
            for (key, value) in &self.settings {
                if let Some((_, argument)) = keys(&subcommand).into_iter().find(|(known, _)| known == key) {
                    let argument = argument.to_owned();
                    subcommand = subcommand.mut_arg(argument, |arg| arg.default_value(value.clone()));
                }
            }
            subcommand
        })
    }
}

/// A file that was not named on the command line is read only if no other user can have written it: its settings may open
/// the server to everybody.
#[cfg(unix)]
fn refuse_if_others_write(path: PathBuf) -> Result<PathBuf> {
    use std::os::unix::fs::MetadataExt as _;
    const STICKY: u32 = 0o1000;
    let look = |path: &Path| fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()));
    let (file, folder) = (look(&path)?, look(Path::new("."))?);
    // The user of this process; where the system does not show it, the owner of the folder.
    let own = look(Path::new("/proc/self")).map_or_else(|_| folder.uid(), |process| process.uid());
    let is_others = |owner: u32| owner != own && owner != 0;
    let can_write = |mode: u32| mode & 0o022 != 0;
    // In a sticky folder everybody may create files, but nobody may replace another's.
    let replaced = is_others(folder.uid()) || (can_write(folder.mode()) && folder.mode() & STICKY == 0);
    if is_others(file.uid()) || can_write(file.mode()) || replaced {
        bail!(
            "{} or its folder can be written by others, so it is not read without being asked for: name it with --config, or \
             remove their write permission",
            path.display()
        );
    }
    Ok(path)
}

#[cfg(not(unix))]
fn refuse_if_others_write(path: PathBuf) -> Result<PathBuf> {
    Ok(path)
}

/// The settings of a command, which are the arguments with an environment variable: their keys and clap's ids.
fn keys(command: &Command) -> Vec<(String, &str)> {
    let settings = command.get_arguments().filter(|argument| argument.get_env().is_some() && !argument.is_global_set());
    let named = settings.filter_map(|argument| Some((argument.get_long()?.to_owned(), argument.get_id().as_str())));
    named.collect()
}

fn known(command: &Command) -> Vec<String> {
    let all = command.get_subcommands().flat_map(keys);
    all.map(|(key, _)| key).collect()
}

/// Reads a file; every key must be a setting.
fn read(path: &Path, known: &[String]) -> Result<Vec<(String, String)>> {
    let table: toml::Table = fs::read_to_string(path)?.parse()?;
    let mut settings = Vec::new();
    for (key, value) in table {
        if !known.contains(&key) {
            bail!("there is no setting `{key}`");
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(yes) => yes.to_string(),
            _ => bail!("`{key}` must be a text, a whole number, `true` or `false`"),
        };
        settings.push((key, value));
    }
    Ok(settings)
}

fn variable(key: &str) -> String {
    key.to_uppercase().replace('-', "_")
}

/// The value in TOML, with secrets redacted.
fn literal(key: &str, value: &str) -> String {
    let value = if key == "database" { redacted(value) } else { value.into() };
    if value.parse::<i64>().is_ok() || value.parse::<bool>().is_ok() {
        value
    } else {
        // A JSON string is also a TOML string.
        json(&value)
    }
}
