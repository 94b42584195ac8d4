//! Raw WebAssembly → JS glue and a small, checked binary.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use walrus::Module;
use wasm_bindgen_cli_support::{Bindgen, Output};

use crate::command;
use crate::mvp;
use crate::npm;
use crate::parallel;
use crate::place;
use crate::stamp::{Stamp, files_below, read};
use crate::steps::Steps;

/// The kind of JavaScript glue.
#[derive(Clone, Copy, Debug)]
pub enum Glue {
    /// For our own loaders: it neither fetches nor instantiates anything.
    Bare,
    /// For a page: it fetches the binary beside it.
    Page,
}

/// The aim of the optimiser.
#[derive(Clone, Copy, Debug)]
pub enum Aim {
    /// Small, and quick to start: a page that shows one figure calls few functions.
    Size,
    /// As small as possible: a wallet calls most of its functions anyway.
    Page,
    Speed,
    /// Built quickly, to try a change of the wallet: neither small nor checked for old phones.
    Trial,
}

/// Flags of wasm-opt for every aim. The stripped sections serve debuggers and earlier tools.
const OPTIMISER_FLAGS: [&str; 4] = ["--mvp-features", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// Prefixes of the Globals that wasm-bindgen exports and that no glue of ours uses. `WeChat` on iOS refuses a binary that
/// exports a Global, so they are dropped.
const BINDGEN_GLOBALS: [&str; 2] = ["__abort_handler", "__instance_terminated"];

/// Prefix of another such Global: leptos exports it for its code splitter, which the wallet does not use.
const SPLITTER_GLOBAL: &str = "_WASM_SPLIT_MARKER_";

/// Bundles and minifies the glue of a page.
const MINIFIER: &str = "tools/glue.mjs";

/// A raw binary, and what is made of it.
pub struct Binding {
    raw: PathBuf,
    name: &'static str,
    glue: Glue,
    aim: Aim,
    into: PathBuf,
}

/// Binds `raw` as `name`, makes it small, checks it, and writes it to `into`. Skipped if nothing changed.
pub fn bind(raw: &Path, name: &'static str, glue: Glue, aim: Aim, into: &Path, steps: &mut Steps) -> Result<()> {
    bind_all(vec![Binding::new(raw, name, glue, aim, into)], steps)
}

/// [`bind`], as many at once as the machine has processors: the optimiser uses one.
pub fn bind_all(bindings: Vec<Binding>, steps: &mut Steps) -> Result<()> {
    // Two builds at once would overwrite each other's files: cargo locks only its own directory.
    let _lock = lock(&place::wasm_target().join("bind.lock"))?;
    let mut stale = Vec::new();
    for binding in bindings {
        if binding.stamp()?.is_current() {
            steps.already(&format!("bind, shrink and check {}", binding.name), "nothing changed");
        } else {
            stale.push(binding);
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    let names = stale.iter().map(|binding| binding.name).collect::<Vec<_>>().join(", ");
    steps.quiet(&format!("bind, shrink and check {names}"), || parallel::for_each(&stale, Binding::make))
}

impl Binding {
    pub fn new(raw: &Path, name: &'static str, glue: Glue, aim: Aim, into: &Path) -> Self {
        Self { raw: raw.to_owned(), name, glue, aim, into: into.to_owned() }
    }

    /// What it is made of, and what is made.
    fn stamp(&self) -> Result<Stamp> {
        let Self { raw, name, glue, aim, into } = self;
        let files = [into.join(format!("{name}_bg.wasm")), into.join(glue.file_name(name))];
        let stamp = Stamp::new(place::wasm_target().join(format!("{name}.stamp")))
            .text(&format!("{glue:?} {:?} {OPTIMISER_FLAGS:?} {:?} {}", aim.passes(), glue.globals(), into.display()))
            .input(raw)?
            .input(&place::at("tools/package-lock.json"))?
            .input(&place::at(MINIFIER))?
            .input(&place::at("xtask/Cargo.toml"))?;
        Ok(files.iter().fold(stamp, |stamp, file| stamp.output(file)))
    }

    fn make(&self) -> Result<()> {
        let Self { raw, name, glue, aim, into } = self;
        let bound = place::wasm_target().join("bound").join(name);
        write_glue(raw, name, *glue, &bound)?;
        let binary = bound.join(format!("{name}_bg.wasm"));
        if !matches!(aim, Aim::Trial) {
            optimise(&binary, *aim)?;
            mvp::check(&read(&binary)?).with_context(|| format!("{name} is not what old phones take"))?;
        }
        // Removes files that this build no longer produces.
        place::remove(into)?;
        copy_all(&bound, into)?;
        self.stamp()?.write()
    }
}

impl Glue {
    fn file_name(self, name: &str) -> String {
        match self {
            Self::Bare => format!("{name}_bg.js"),
            Self::Page => format!("{name}.js"),
        }
    }

    /// Prefixes of the exported Globals that have to go.
    fn globals(self) -> Vec<&'static str> {
        let splitter = matches!(self, Self::Page).then_some(SPLITTER_GLOBAL);
        BINDGEN_GLOBALS.into_iter().chain(splitter).collect()
    }
}

fn write_glue(raw: &Path, name: &str, glue: Glue, into: &Path) -> Result<()> {
    place::remove(into)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(raw)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false);
    match glue {
        Glue::Bare => bindgen.bundler(true)?,
        Glue::Page => bindgen.web(true)?,
    };
    let mut output = bindgen.generate_output().context("wasm-bindgen refused the binary")?;
    drop_globals(output.wasm_mut(), &glue.globals())?;
    // The splitter's section goes with its Global.
    output.wasm_mut().customs.remove_raw("__wasm_split_unstable");
    output.emit(into).context("cannot write what wasm-bindgen made")?;
    let script = into.join(format!("{name}.js"));
    match glue {
        // This is wasm-bindgen's loader for bundlers. Ours are hand-written.
        Glue::Bare => fs::remove_file(&script).with_context(|| format!("cannot delete {}", script.display())),
        Glue::Page => minify(&mut output, &script, into),
    }
}

/// Minifies the glue, and gives the names that glue and binary share their short form in the binary too. Each of wasm-bindgen's
/// names ends in 64 random bits, which do not compress: they would take 2 KB of the wallet's budget.
fn minify(output: &mut Output, script: &Path, into: &Path) -> Result<()> {
    let answer = command::output(command::command("node").arg(place::at(MINIFIER)).arg(script))
        .context("the glue cannot be minified")?;
    let names: BTreeMap<String, String> = serde_json::from_str(&answer).context("the short names cannot be read")?;
    let minified = fs::read(script).with_context(|| format!("cannot read {}", script.display()))?;
    let module = output.wasm_mut();
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    for name in imports.chain(module.exports.iter_mut().map(|export| &mut export.name)) {
        if let Some(short) = names.get(name) {
            name.clone_from(short);
        }
    }
    // This writes the glue again as well, so the minified one follows.
    output.emit(into).context("cannot write the binary with short names")?;
    // The minified glue contains the snippets.
    place::remove(&into.join("snippets"))?;
    fs::write(script, minified).with_context(|| format!("cannot write {}", script.display()))
}

/// Drops the exports that begin with these prefixes. Fails if a prefix matches nothing: then a dependency has changed, and
/// the list has to follow.
fn drop_globals(module: &mut Module, prefixes: &[&str]) -> Result<()> {
    for prefix in prefixes {
        let found: Vec<_> =
            module.exports.iter().filter(|export| export.name.starts_with(prefix)).map(walrus::Export::id).collect();
        if found.is_empty() {
            bail!("no export begins with `{prefix}`: take it off the list of Globals to drop");
        }
        for id in found {
            module.exports.delete(id);
        }
    }
    Ok(())
}

impl Aim {
    /// The aim as wasm-opt's flags.
    const fn passes(self) -> &'static [&'static str] {
        match self {
            // A browser compiles a whole function at its first call, so a function with one caller is inlined only if it is tiny.
            // `--flatten --rereloop` takes control flow apart and rebuilds it, which saves half a percent.
            // `--converge` repeats until nothing gets smaller.
            Self::Size => {
                &["--one-caller-inline-max-function-size=20", "-Oz", "--flatten", "--rereloop", "-Oz", "--converge"]
            }
            // Converging would save a seventh of a percent of the wallet, and take half a minute more for each program.
            Self::Page => &["-Oz", "--flatten", "--rereloop", "-Oz"],
            Self::Speed => &["--one-caller-inline-max-function-size=100", "-O4", "--converge"],
            Self::Trial => &[],
        }
    }
}

fn optimise(binary: &Path, aim: Aim) -> Result<()> {
    command::run(
        npm::tool("binaryen/bin/wasm-opt").args(aim.passes()).args(OPTIMISER_FLAGS).arg(binary).arg("-o").arg(binary),
    )
    .context("the optimiser failed; delete tools/node_modules if it is damaged, and try again")
}

/// Waits for the lock. Dropping the file releases it.
fn lock(file: &Path) -> Result<File> {
    let lock = File::create(file).with_context(|| format!("cannot make {}", place::shown(file)))?;
    lock.lock().with_context(|| format!("cannot lock {}", place::shown(file)))?;
    Ok(lock)
}

/// Copies all files below `from` to the same places below `to`.
pub fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from)? {
        let copy: PathBuf = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(directory) = copy.parent() {
            fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        }
        fs::copy(&file, &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    }
    Ok(())
}
