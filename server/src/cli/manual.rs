//! `gongxiang completions` and `gongxiang man`: the command line, described for shells and for `man`.

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Command;
use clap_complete::Shell;

/// Prints the completions of a shell.
pub fn completions(mut command: Command, shell: Shell) {
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut std::io::stdout());
}

/// Writes a page for the program and one for each command into a directory.
pub fn pages(command: Command, directory: &Path) -> Result<()> {
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    clap_mangen::generate_to(command, directory).with_context(|| format!("cannot write into {}", directory.display()))
}
