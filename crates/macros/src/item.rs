//! Checks the item that `#[badge]` is attached to.

use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Expr, ExprLit, Fields, GenericParam, Generics, Ident, Item, Lit, Meta,
    ReturnType, Signature,
};

const EXPECTED_TYPE: &str = "a badge must be `fn(context: &CodeContext<'_>) -> Option<EarnedTier>`";

/// A function or a type with the attribute `#[badge]`.
pub(crate) struct BadgeItem<'i> {
    pub(crate) ident: &'i Ident,
    pub(crate) attributes: &'i [Attribute],
    pub(crate) is_type: bool,
}

/// Checks that an item can be a badge, as far as possible without type information.
pub(crate) fn check_item(item: &Item) -> syn::Result<BadgeItem<'_>> {
    match item {
        Item::Fn(function) => {
            check_signature(&function.sig)?;
            Ok(BadgeItem {
                ident: &function.sig.ident,
                attributes: &function.attrs,
                is_type: false,
            })
        }
        Item::Struct(of) => {
            // `CodeUnlock::unlock` has no receiver, so nothing could read fields.
            if !matches!(of.fields, Fields::Unit) {
                let message = "a badge cannot have fields: write `struct NightOwl;` and \
                               implement `accolade::registry::CodeUnlock`";
                return Err(Error::new(of.fields.span(), message));
            }
            check_generics(&of.generics)?;
            Ok(BadgeItem {
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
            format!("{EXPECTED_TYPE}, without `unsafe`"),
        ));
    }
    if let Some(abi) = &signature.abi {
        return Err(Error::new(
            abi.span(),
            format!("{EXPECTED_TYPE}, without `extern`"),
        ));
    }
    check_generics(&signature.generics)?;
    if signature.inputs.len() != 1 {
        // An empty list has no tokens, so its span would be the whole attribute.
        let place = if signature.inputs.is_empty() {
            signature.paren_token.span.join()
        } else {
            signature.inputs.span()
        };
        return Err(Error::new(
            place,
            format!("{EXPECTED_TYPE}, with exactly one parameter"),
        ));
    }
    if matches!(signature.output, ReturnType::Default) {
        return Err(Error::new(
            signature.ident.span(),
            format!("{EXPECTED_TYPE}, but this function returns nothing"),
        ));
    }
    Ok(())
}

fn check_generics(generics: &Generics) -> syn::Result<()> {
    let wrong = generics
        .params
        .iter()
        // Lifetimes are allowed, because `CodeContext` has one.
        .find(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
    wrong.map_or(Ok(()), |parameter| {
        Err(Error::new(
            parameter.span(),
            "a badge cannot have type parameters",
        ))
    })
}

/// Extracts the first paragraph of an item's documentation as one line.
pub(crate) fn extract_summary(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(doc_text);
    let text = lines.collect::<Vec<_>>().join("\n");
    let paragraph = text.trim_start().split("\n\n").next().unwrap_or_default();
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Extracts the text of `#[doc = "…"]`, to which `///` expands.
fn doc_text(attribute: &Attribute) -> Option<String> {
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
