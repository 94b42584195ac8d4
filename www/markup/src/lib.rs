//! `view!`: the markup that leptos has, compiled to calls of the wallet's `markup` module.
//!
//! Leptos gives every element, attribute and closure a type of its own, which is fast and large: the wallet's screens would
//! be three times the size that a phone should have to load. Here every element is the same type, boxed, and what the
//! screens cost is a text of what is fixed, and a call for each value in it. What can be written: elements, attributes, `prop:`,
//! `class:` and `on:`, text, and blocks.

use proc_macro2::TokenStream;
use quote::quote;
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeBlock, NodeElement, NodeName};
use syn::spanned::Spanned as _;

/// Markup as an `AnyView`.
#[proc_macro]
pub fn view(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let written = rstml::parse2(input.into()).and_then(|nodes| Calls::of(&nodes));
    written.unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Calls of the `markup` module, in the order of what is written. What is fixed between two values is one text.
#[derive(Default)]
struct Calls {
    calls: TokenStream,
    /// What is fixed and in no call yet.
    fixed: String,
}

impl Calls {
    fn of(nodes: &[Node]) -> syn::Result<TokenStream> {
        let mut calls = Self::default();
        for node in nodes {
            calls.node(node)?;
        }
        calls.write_fixed();
        let calls = calls.calls;
        Ok(quote!({
            let mut markup = crate::markup::Markup::default();
            #calls
            markup.view()
        }))
    }

    /// One more line, by the sign that it starts with: `<tag`, ` name=value`, `"text`, `>`.
    fn fixed(&mut self, sign: char, text: &str) {
        if !self.fixed.is_empty() {
            self.fixed.push('\n');
        }
        self.fixed.push(sign);
        self.fixed.push_str(text);
    }

    fn write_fixed(&mut self) {
        let fixed = std::mem::take(&mut self.fixed);
        if !fixed.is_empty() {
            self.calls.extend(quote!(markup.write(#fixed);));
        }
    }

    fn call(&mut self, call: &TokenStream) {
        self.write_fixed();
        self.calls.extend(quote!(markup #call;));
    }

    fn node(&mut self, node: &Node) -> syn::Result<()> {
        match node {
            Node::Element(element) => self.element(element)?,
            Node::Text(text) => self.fixed('"', &text.value_string()),
            Node::Block(NodeBlock::ValidBlock(block)) => {
                let child = inner(block);
                self.call(&quote!(.child(#child)));
            }
            Node::Comment(_) => {}
            other => return Err(syn::Error::new(other.span(), "is neither an element, a text nor a block")),
        }
        Ok(())
    }

    fn element(&mut self, element: &NodeElement<rstml::Infallible>) -> syn::Result<()> {
        self.fixed('<', &element.name().to_string());
        for attribute in element.attributes() {
            let NodeAttribute::Attribute(attribute) = attribute else {
                return Err(syn::Error::new(attribute.span(), "is not an attribute with a name"));
            };
            let name = written(&attribute.key);
            match literal(attribute) {
                Some(text) if !name.contains(':') => self.fixed(' ', &format!("{name}={text}")),
                _ => self.call(&set(&name, attribute)),
            }
        }
        for child in &element.children {
            self.node(child)?;
        }
        self.fixed('>', "");
        Ok(())
    }
}

/// A block without its braces, where it is one expression.
fn inner(block: &syn::Block) -> TokenStream {
    if let [syn::Stmt::Expr(expression, None)] = block.stmts.as_slice() {
        return quote!(#expression);
    }
    quote!(#block)
}

/// The call for an attribute, by the start of its name.
fn set(name: &str, attribute: &KeyedAttribute) -> TokenStream {
    let value = attribute.value();
    match name.split_once(':') {
        Some(("prop", "checked")) => quote!(.switch("checked", #value)),
        Some(("prop", name)) => quote!(.property(#name, #value)),
        Some(("class", name)) => quote!(.toggle(#name, #value)),
        Some(("on", name)) => quote!(.on(#name, #value)),
        _ => quote!(.attribute(#name, #value)),
    }
}

/// The text of an attribute that has one and always the same; empty if only its name is written.
fn literal(attribute: &KeyedAttribute) -> Option<String> {
    match attribute.value() {
        None => Some(String::new()),
        Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => Some(text.value()),
        Some(_) => None,
    }
}

/// A name as it was written: `data-testid`, `on:click`.
fn written(name: &NodeName) -> String {
    name.to_string().replace(' ', "")
}
