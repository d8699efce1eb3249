//! Checks the item that `#[badge]` is attached to.

use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Expr, ExprLit, Fields, GenericParam, Generics, Ident, Item, Lit, Meta,
    ReturnType, Signature,
};

const FUNCTION: &str = "a badge must be `fn(context: &CodeContext<'_>) -> Option<Unlocked>`";

/// A function or a type with the attribute `#[badge]`.
pub(crate) struct Marked<'i> {
    pub(crate) ident: &'i Ident,
    pub(crate) attributes: &'i [Attribute],
    pub(crate) is_type: bool,
}

/// Checks that an item can be a badge, as far as possible without type information.
pub(crate) fn check(item: &Item) -> syn::Result<Marked<'_>> {
    match item {
        Item::Fn(function) => {
            check_signature(&function.sig)?;
            Ok(Marked {
                ident: &function.sig.ident,
                attributes: &function.attrs,
                is_type: false,
            })
        }
        Item::Struct(of) => {
            if !matches!(of.fields, Fields::Unit) {
                let message = "a badge cannot have fields: write `struct NightOwl;` and \
                               implement `accolade::registry::CodeUnlock`";
                return Err(Error::new(of.fields.span(), message));
            }
            check_generics(&of.generics)?;
            Ok(Marked {
                ident: &of.ident,
                attributes: &of.attrs,
                is_type: true,
            })
        }
        other => Err(Error::new(
            other.span(),
            "`#[badge]` requires a function or a struct without fields",
        )),
    }
}

fn check_signature(signature: &Signature) -> syn::Result<()> {
    if let Some(keyword) = &signature.asyncness {
        return Err(Error::new(
            keyword.span(),
            "a badge cannot be `async`: it is replayed and must depend only on the event \
             and the player",
        ));
    }
    if let Some(keyword) = &signature.unsafety {
        return Err(Error::new(
            keyword.span(),
            format!("{FUNCTION}, without `unsafe`"),
        ));
    }
    if let Some(abi) = &signature.abi {
        return Err(Error::new(
            abi.span(),
            format!("{FUNCTION}, without `extern`"),
        ));
    }
    check_generics(&signature.generics)?;
    if signature.inputs.len() != 1 {
        let place = if signature.inputs.is_empty() {
            signature.paren_token.span.join()
        } else {
            signature.inputs.span()
        };
        return Err(Error::new(
            place,
            format!("{FUNCTION}, with exactly one parameter"),
        ));
    }
    if matches!(signature.output, ReturnType::Default) {
        return Err(Error::new(
            signature.ident.span(),
            format!("{FUNCTION}, but this function returns nothing"),
        ));
    }
    Ok(())
}

fn check_generics(generics: &Generics) -> syn::Result<()> {
    let wrong = generics
        .params
        .iter()
        .find(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
    wrong.map_or(Ok(()), |parameter| {
        Err(Error::new(
            parameter.span(),
            "a badge cannot have type parameters",
        ))
    })
}

/// Extracts the first paragraph of an item's documentation as one line.
pub(crate) fn summary(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(documentation);
    let text = lines.collect::<Vec<_>>().join("\n");
    let paragraph = text.trim_start().split("\n\n").next().unwrap_or_default();
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Extracts the text of `#[doc = "…"]`, to which `///` expands.
fn documentation(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attribute.meta else {
        return None;
    };
    match &doc.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if doc.path.is_ident("doc") => Some(text.value().trim().to_owned()),
        _ => None,
    }
}
