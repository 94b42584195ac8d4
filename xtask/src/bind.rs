//! Raw WebAssembly → JS glue and a small, checked binary.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use walrus::{Function, FunctionBuilder, FunctionKind, Module};
use wasm_bindgen_cli_support::{Bindgen, Output};

use crate::command;
use crate::mvp;
use crate::npm;
use crate::place;
use crate::stamp::{Stamp, files_below, read};
use crate::steps::Steps;

/// Who loads the result.
#[derive(Clone, Copy, Debug)]
pub enum Glue {
    /// Our own loaders: glue that neither fetches nor instantiates anything.
    Bare,
    /// A page: glue that fetches the binary beside it.
    Page,
}

/// What the optimiser is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Aim {
    /// Few bytes.
    Size,
    /// Little time.
    Speed,
}

/// What wasm-opt does beside its aim. `--converge` repeats until nothing gets smaller; the sections it strips are for
/// debuggers and for tools that ran before it.
const OPTIMISER_FLAGS: [&str; 5] =
    ["--mvp-features", "--converge", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// How exports begin that no glue of ours uses: wasm-bindgen's, and the mark of a splitter that leptos carries along, which
/// are Globals, on which `WeChat` on iOS fails; and classes for streams, which nobody makes.
const NEEDLESS_EXPORTS: [&str; 5] =
    ["__abort_handler", "__instance_terminated", "_WASM_SPLIT_MARKER_", "intounderlying", "__wbg_intounderlying"];

/// The crate that they are of. leptos carries it along for its server functions, which the wallet does not have.
const NEEDLESS_CRATE: &str = "wasm_streams";

/// What makes the glue of a page small.
const SHORTENER: &str = "tools/glue.mjs";

/// Binds `raw` as `name`, makes it small, checks it and leaves it in `into`; nothing, if it was done already.
pub fn bind(raw: &Path, name: &str, glue: Glue, aim: Aim, into: &Path, steps: &mut Steps) -> Result<()> {
    // Two builds at once would write over each other's files; cargo guards only its own.
    let _lock = lock(&place::wasm_target().join("bind.lock"))?;
    let title = format!("bind, shrink and check {name}");
    let files = [into.join(format!("{name}_bg.wasm")), into.join(glue.file_name(name))];
    let stamp = Stamp::new(place::wasm_target().join(format!("{name}.stamp")))
        .text(&format!(
            "{glue:?} {:?} {OPTIMISER_FLAGS:?} {NEEDLESS_EXPORTS:?} {NEEDLESS_CRATE} {}",
            aim.passes(),
            into.display()
        ))
        .input(raw)?
        .input(&place::at("tools/package-lock.json"))?
        .input(&place::at(SHORTENER))?
        .input(&place::at("xtask/Cargo.toml"))?;
    let stamp = files.iter().fold(stamp, |stamp, file| stamp.output(file));
    if stamp.is_current() {
        steps.already(&title, "nothing changed");
        return Ok(());
    }
    steps.quiet(&title, || {
        let bound = place::wasm_target().join("bound").join(name);
        write_glue(raw, name, glue, &bound)?;
        let binary = bound.join(format!("{name}_bg.wasm"));
        optimise(&binary, aim)?;
        mvp::check(&read(&binary)?).with_context(|| format!("{name} is not what old phones take"))?;
        // A file that is no longer made must not live on in the results.
        place::remove(into)?;
        copy_all(&bound, into)?;
        stamp.write()
    })
}

impl Glue {
    /// The glue's file.
    fn file_name(self, name: &str) -> String {
        match self {
            Self::Bare => format!("{name}_bg.js"),
            Self::Page => format!("{name}.js"),
        }
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
    let exports = &mut output.wasm_mut().exports;
    let mut needless = Vec::new();
    for export in exports.iter() {
        if NEEDLESS_EXPORTS.iter().any(|start| export.name.starts_with(start)) {
            needless.push(export.id());
        }
    }
    for id in needless {
        exports.delete(id);
    }
    without_streams(output.wasm_mut());
    // The splitter's section, for the same reason as its mark.
    output.wasm_mut().customs.remove_raw("__wasm_split_unstable");
    output.emit(into).context("cannot write what wasm-bindgen made")?;
    let script = into.join(format!("{name}.js"));
    match glue {
        // The loader for bundlers. Ours are hand-written, and load the glue alone.
        Glue::Bare => fs::remove_file(&script).with_context(|| format!("cannot delete {}", script.display())),
        Glue::Page => shorten(&mut output, &script, into),
    }
}

/// Empties the functions that only deleted exports started, and drops what nothing needs then. The linker kept them for the
/// exports, and the table of functions still names them, so that no optimiser sees that nobody calls them.
fn without_streams(module: &mut Module) {
    let is_needless = |function: &Function| function.name.as_ref().is_some_and(|name| name.contains(NEEDLESS_CRATE));
    let needless: Vec<_> = module.funcs.iter().filter(|function| is_needless(function)).map(Function::id).collect();
    for id in needless {
        let FunctionKind::Local(function) = &module.funcs.get(id).kind else { continue };
        let (params, results) = module.types.params_results(function.ty());
        let (params, results) = (params.to_vec(), results.to_vec());
        let mut empty = FunctionBuilder::new(&mut module.types, &params, &results);
        empty.func_body().unreachable();
        let arguments = params.iter().map(|kind| module.locals.add(*kind)).collect();
        module.funcs.get_mut(id).kind = FunctionKind::Local(empty.local_func(arguments));
    }
    walrus::passes::gc::run(module);
}

/// What `tools/glue.mjs` answers with.
#[derive(Deserialize)]
struct Short {
    glue: String,
    /// The new name of each that the glue and the binary share.
    names: BTreeMap<String, String>,
}

/// Writes the glue and the binary once more, with short names.
fn shorten(output: &mut Output, script: &Path, into: &Path) -> Result<()> {
    let needed: Vec<_> = output.wasm().imports.iter().map(|import| import.name.as_str()).collect();
    let needed = serde_json::to_string(&needed).context("the names of the imports cannot be written")?;
    let answer = command::output(command::command("node").arg(place::at(SHORTENER)).arg(script).arg(needed))
        .context("the glue cannot be made small")?;
    let Short { glue, names } = serde_json::from_str(&answer).context("the small glue cannot be read")?;
    let module = output.wasm_mut();
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    for name in imports.chain(module.exports.iter_mut().map(|export| &mut export.name)) {
        if let Some(short) = names.get(name) {
            name.clone_from(short);
        }
    }
    output.emit(into).context("cannot write the binary with short names")?;
    // They are in the glue now.
    place::remove(&into.join("snippets"))?;
    fs::write(script, glue).with_context(|| format!("cannot write {}", script.display()))
}

impl Aim {
    /// How wasm-opt is told.
    const fn passes(self) -> &'static [&'static str] {
        match self {
            // A browser translates a function when it is called first, all of it: what is called in one place only stays apart
            // unless it is tiny. Control flow that was taken apart and put together again is half a percent smaller.
            Self::Size => &["--one-caller-inline-max-function-size=60", "-Oz", "--flatten", "--rereloop", "-Oz"],
            Self::Speed => &["-O4"],
        }
    }
}

fn optimise(binary: &Path, aim: Aim) -> Result<()> {
    command::run(
        npm::tool("binaryen/bin/wasm-opt").args(aim.passes()).args(OPTIMISER_FLAGS).arg(binary).arg("-o").arg(binary),
    )
    .context("the optimiser failed; delete tools/node_modules if it is damaged, and try again")
}

/// Waits until no other build holds the lock, and holds it until the answer is dropped.
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
