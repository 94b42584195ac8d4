//! Which module uses which, read from the sources: no two modules of a crate may need each other.
//!
//! A module is a file. It uses another one if a path in it leads there: in a `use`, in a body or in a macro's input. That a parent declares a
//! file is no use of it; that it re-exports something of it is one. Tests may use what they like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::place;
use crate::stamp::files_below;

/// The crates that people write in.
const SOURCES: [&str; 5] = ["src", "server/src", "www/src", "xtask/src", "tests/model/src"];

/// Fails if modules of a crate need each other, and names them.
pub fn check() -> Result<()> {
    for source in SOURCES {
        let modules = read(&place::at(source))?;
        let circles = circles(&modules);
        if let Some(circle) = circles.first() {
            bail!("in {source} these modules need each other:\n{}", listed(&modules, circle));
        }
        println!("{source}: {} modules, no circle", modules.len());
    }
    Ok(())
}

/// A module's name, such as `http::answer`, and the names of those that it uses.
type Modules = BTreeMap<String, BTreeSet<String>>;

fn read(source: &Path) -> Result<Modules> {
    let files: Vec<PathBuf> =
        files_below(source)?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs")).collect();
    let names: Vec<_> = files.iter().map(|file| name_of(source, file)).collect::<Result<_>>()?;
    let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut modules = Modules::new();
    for (file, name) in files.iter().zip(&names) {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let tokens = text.parse().map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
        let mut paths = Vec::new();
        read_paths(tokens, &mut paths);
        let used = paths.iter().filter_map(|path| resolved(name, path, &known)).filter(|used| used != name);
        modules.insert(name.clone(), used.collect());
    }
    Ok(modules)
}

/// `http::answer` for `http/answer.rs`; the root is empty.
fn name_of(source: &Path, file: &Path) -> Result<String> {
    let path = file.strip_prefix(source).context("a file outside the sources")?.with_extension("");
    let name = path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("::");
    Ok(if ["lib", "main"].contains(&name.as_str()) { String::new() } else { name })
}

type Tokens = std::iter::Peekable<proc_macro2::token_stream::IntoIter>;

/// Collects each path of two parts or more, those in a group's braces one by one. Attributes and tests have none.
fn read_paths(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => skip_attribute(&mut tokens),
            TokenTree::Group(group) => read_paths(group.stream(), paths),
            TokenTree::Ident(first) => read_path(&mut tokens, vec![first.to_string()], paths),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Skips an attribute and, if it is `#[cfg(test)]`, what it belongs to: until its braces or semicolon.
fn skip_attribute(tokens: &mut Tokens) {
    tokens.next_if(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '!'));
    let Some(TokenTree::Group(attribute)) = tokens.next_if(|token| matches!(token, TokenTree::Group(_))) else {
        return;
    };
    if attribute.stream().to_string().replace(' ', "") != "cfg(test)" {
        return;
    }
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            TokenTree::Punct(mark) if mark.as_char() == ';' => return,
            _ => {}
        }
    }
}

/// Reads on after the beginning of a path.
fn read_path(tokens: &mut Tokens, mut path: Vec<String>, paths: &mut Vec<Vec<String>>) {
    while takes_colons(tokens) {
        match tokens.peek() {
            Some(TokenTree::Ident(next)) => {
                path.push(next.to_string());
                tokens.next();
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let mut inner = Vec::new();
                read_tree(group.stream(), &mut inner);
                tokens.next();
                paths.extend(inner.into_iter().map(|rest| path.iter().cloned().chain(rest).collect()));
                return;
            }
            _ => break,
        }
    }
    if path.len() > 1 {
        paths.push(path);
    }
}

/// Reads the braces of a `use`: single names, too.
fn read_tree(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(first) = token else { continue };
        // What follows is another name for the same.
        if first == "as" {
            tokens.next();
            continue;
        }
        let before = paths.len();
        read_path(&mut tokens, vec![first.to_string()], paths);
        if paths.len() == before {
            paths.push(vec![first.to_string()]);
        }
    }
}

fn takes_colons(tokens: &mut Tokens) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ':');
    // A single colon comes before a type.
    let is_joint =
        |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.spacing() == proc_macro2::Spacing::Joint);
    tokens.next_if(|token| is_colon(token) && is_joint(token)).is_some() && tokens.next_if(is_colon).is_some()
}

/// The module to which a path in `module` leads: the longest beginning of it that is one.
fn resolved(module: &str, path: &[String], known: &BTreeSet<&str>) -> Option<String> {
    let mut base: Vec<&str> = module.split("::").filter(|part| !part.is_empty()).collect();
    let mut rest = path.iter().map(String::as_str).peekable();
    match *rest.peek()? {
        "crate" => {
            base.clear();
            rest.next();
        }
        "self" => _ = rest.next(),
        "super" => {
            while rest.next_if_eq(&"super").is_some() {
                base.pop();
            }
        }
        first => {
            let child = base.iter().copied().chain([first]).collect::<Vec<_>>().join("::");
            known.get(child.as_str())?;
        }
    }
    base.extend(rest);
    (1..=base.len()).rev().map(|length| base[..length].join("::")).find(|name| known.contains(name.as_str()))
}

/// Modules that need each other, the smallest circles first.
fn circles(modules: &Modules) -> Vec<Vec<String>> {
    let edges = modules.iter().flat_map(|(name, used)| used.iter().map(move |used| (name.as_str(), used.as_str(), ())));
    let graph: DiGraphMap<&str, ()> = edges.collect();
    let mut circles: Vec<Vec<String>> = tarjan_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| circle.into_iter().map(str::to_owned).collect())
        .collect();
    circles.sort_by_key(Vec::len);
    circles
}

/// What uses what within a circle, a line each.
fn listed(modules: &Modules, circle: &[String]) -> String {
    let lines = circle.iter().filter_map(|name| {
        let used: Vec<_> = modules.get(name)?.iter().filter(|used| circle.contains(used)).cloned().collect();
        Some(format!("  {name} uses {}", used.join(", ")))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let mut paths = Vec::new();
        read_paths(text.parse().expect("tokens"), &mut paths);
        paths.into_iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn paths_are_read_from_uses_bodies_and_macros_and_not_from_tests() {
        let text = "use crate::a::{self, b::{C, D}, E as F}; #[derive(x::Y)] fn f(z: u8) { g!(super::h::I {}, z) }
            #[cfg(test)] mod tests { use crate::j::K; } fn l() -> m::N { o }";
        let expected = ["crate::a::self", "crate::a::b::C", "crate::a::b::D", "crate::a::E", "super::h::I", "m::N"];
        assert_eq!(paths(text), expected);
    }

    #[test]
    fn a_path_leads_to_the_longest_module() {
        let known = ["", "a", "a::b", "a::c", "d"].into();
        let to = |path: &str| resolved("a::b", &path.split("::").map(str::to_owned).collect::<Vec<_>>(), &known);
        assert_eq!(to("crate::a::c::X").as_deref(), Some("a::c"));
        assert_eq!(to("super::c::X").as_deref(), Some("a::c"));
        assert_eq!(to("super::X").as_deref(), Some("a"));
        assert_eq!(to("super::super::d").as_deref(), Some("d"));
        assert_eq!(to("std::fmt"), None);
    }

    #[test]
    fn modules_that_need_each_other_are_found() {
        let modules = |edges: &[(&str, &str)]| {
            let mut modules = Modules::new();
            for (from, to) in edges {
                modules.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            }
            modules
        };
        assert!(circles(&modules(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
        let circle = modules(&[("a", "b"), ("b", "c"), ("c", "b")]);
        assert_eq!(circles(&circle).len(), 1);
        assert_eq!(listed(&circle, &circles(&circle)[0]).lines().count(), 2);
    }

    #[test]
    fn no_modules_of_this_repository_need_each_other() {
        check().expect("no circle");
    }
}
