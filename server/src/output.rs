//! Output to a file that is written whole or not at all, or to standard output.

use std::fs::{self, File};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Creates a new file that only its owner may read, whatever the umask: everything that this program writes has balances.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // The umask may have removed the owner's rights.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// The output of a command. A file gets its name by [`Output::keep`]; until then, an older file of the name stays.
#[derive(Debug)]
pub struct Output {
    destination: Destination,
    /// The temporary name, and the final one.
    names: Option<(PathBuf, PathBuf)>,
}

#[derive(Debug)]
enum Destination {
    Stdout(BufWriter<StdoutLock<'static>>),
    File(BufWriter<File>),
}

impl Output {
    /// Opens a file, or standard output if there is no name or the name is `-`.
    pub fn open(file: Option<&Path>) -> Result<Self> {
        let Some(file) = file.filter(|file| *file != Path::new("-")) else {
            return Ok(Self { destination: Destination::Stdout(BufWriter::new(io::stdout().lock())), names: None });
        };
        let cannot = || format!("cannot write {}", file.display());
        // Write through a symbolic link; never replace a pipe or a device.
        let name = fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
        if fs::metadata(&name).is_ok_and(|found| !found.is_file()) {
            let file = File::options().write(true).open(&name).with_context(cannot)?;
            return Ok(Self { destination: Destination::File(BufWriter::new(file)), names: None });
        }
        let mut partial = name.clone().into_os_string();
        partial.push(format!(".{}.partial", std::process::id()));
        let partial = PathBuf::from(partial);
        let file = create_private(&partial).with_context(cannot)?;
        Ok(Self { destination: Destination::File(BufWriter::new(file)), names: Some((partial, name)) })
    }

    /// Flushes, and gives the file its final name.
    pub fn keep(mut self) -> Result<()> {
        self.flush().context("cannot write the result")?;
        if let (Destination::File(file), Some((partial, name))) = (&self.destination, &self.names) {
            file.get_ref().sync_all().context("cannot write the result")?;
            fs::rename(partial, name).with_context(|| format!("cannot write {}", name.display()))?;
            self.names = None;
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.destination {
            Destination::Stdout(writer) => writer.write(bytes),
            Destination::File(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.destination {
            Destination::Stdout(writer) => writer.flush(),
            Destination::File(writer) => writer.flush(),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some((partial, _)) = &self.names {
            // If this fails, there is nothing more to do.
            _ = fs::remove_file(partial);
        }
    }
}
