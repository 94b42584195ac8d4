//! `view!`: the markup that leptos has, compiled to calls of the wallet's `markup` module.
//!
//! Leptos gives every element, attribute and closure a type of its own, which is fast and large: the wallet's screens would
//! be three times the size that a phone should have to load. Here every element is the same type, boxed, and what the
//! screens cost is a call for each tag, attribute and text. What can be written: elements, attributes, `prop:`, `class:` and `on:`, text,
//! and blocks.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeBlock, NodeElement, NodeName};
use syn::spanned::Spanned as _;

/// Markup as an `AnyView`.
#[proc_macro]
pub fn view(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let written = rstml::parse2(input.into()).and_then(|nodes| nodes.iter().map(node).collect::<syn::Result<Vec<_>>>());
    let written = written.map(|nodes| {
        quote!({
            let mut markup = crate::markup::Markup::default();
            #(#nodes)*
            markup.view()
        })
    });
    written.unwrap_or_else(|error| error.to_compile_error()).into()
}

/// The calls for a node.
fn node(node: &Node) -> syn::Result<TokenStream> {
    let child = match node {
        Node::Element(element) => return self::element(element),
        Node::Text(text) => text.value.to_token_stream(),
        Node::Block(NodeBlock::ValidBlock(block)) => inner(block),
        Node::Comment(_) => return Ok(TokenStream::new()),
        other => return Err(syn::Error::new(other.span(), "is neither an element, a text nor a block")),
    };
    Ok(quote!(markup.child(#child);))
}

fn element(element: &NodeElement<rstml::Infallible>) -> syn::Result<TokenStream> {
    let name = element.name().to_string();
    let attributes = element.attributes().iter().map(attribute).collect::<syn::Result<Vec<_>>>()?;
    let children = element.children.iter().map(node).collect::<syn::Result<Vec<_>>>()?;
    Ok(quote! {
        markup.begin(#name);
        #(markup #attributes;)*
        #(#children)*
        markup.end();
    })
}

/// A block without its braces, where it is one expression.
fn inner(block: &syn::Block) -> TokenStream {
    if let [syn::Stmt::Expr(expression, None)] = block.stmts.as_slice() {
        return quote!(#expression);
    }
    quote!(#block)
}

/// The call for an attribute, by the start of its name.
fn attribute(attribute: &NodeAttribute) -> syn::Result<TokenStream> {
    let NodeAttribute::Attribute(attribute) = attribute else {
        return Err(syn::Error::new(attribute.span(), "is not an attribute with a name"));
    };
    let value = value(attribute);
    let name = written(&attribute.key);
    Ok(match name.split_once(':') {
        Some(("prop", "checked")) => quote!(.switch("checked", #value)),
        Some(("prop", name)) => quote!(.property(#name, #value)),
        Some(("class", name)) => quote!(.toggle(#name, #value)),
        Some(("on", name)) => quote!(.on(#name, #value)),
        _ => quote!(.attribute(#name, #value)),
    })
}

fn value(attribute: &KeyedAttribute) -> TokenStream {
    attribute.value().map_or_else(|| quote!(true), |value| quote!(#value))
}

/// A name as it was written: `data-testid`, `on:click`.
fn written(name: &NodeName) -> String {
    name.to_string().replace(' ', "")
}
