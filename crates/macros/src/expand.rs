//! The expansion of `#[badge]`.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Item};

use crate::arguments::{BadgeArguments, HiddenVisibility};
use crate::item::{self, BadgeItem};
use crate::names;

/// Expands to the unchanged item and its registration, or to the item and all errors.
pub(crate) fn expand_badge(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let read = BadgeArguments::parse_tokens(arguments);
    let parsed: Item = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => return with_error(item, error),
    };
    let registration = match (read, item::check_item(&parsed)) {
        (Ok(arguments), Ok(marked)) => build_registration(&arguments, &marked),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            Err(error)
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match registration {
        Ok(registration) => quote!(#item #registration),
        Err(error) => with_error(item, error),
    }
}

/// Keeps the item, so that the compiler does not also report it as missing.
fn with_error(item: TokenStream, error: syn::Error) -> TokenStream {
    let error = error.into_compile_error();
    quote!(#item #error)
}

fn build_registration(
    arguments: &BadgeArguments,
    marked: &BadgeItem<'_>,
) -> syn::Result<TokenStream> {
    let words = names::split_words(marked.ident);
    let id = match &arguments.id {
        Some(id) => id.value(),
        None => default_id(marked, &words)?,
    };
    let name = arguments
        .name
        .as_ref()
        .map_or_else(|| names::to_display_name(&words), syn::LitStr::value);
    let description = arguments.description.as_ref().map_or_else(
        || item::extract_summary(marked.attributes),
        syn::LitStr::value,
    );
    let version = Literal::u32_suffixed(arguments.version);
    let events = &arguments.events;
    // Left out if empty, because the type of an element of `[]` cannot be inferred.
    let tiers = (!arguments.tiers.is_empty()).then(|| {
        let tiers = &arguments.tiers;
        quote!(.tiers([#(#tiers),*]))
    });
    let points = arguments
        .points
        .iter()
        .map(|(currency, amount)| quote!(.points(#currency, #amount)));
    let visibility = arguments.visibility.map(|visibility| match visibility {
        HiddenVisibility::Secret => quote!(.secret()),
        HiddenVisibility::Invisible => quote!(.invisible()),
    });
    let category = arguments
        .category
        .iter()
        .map(|category| quote!(.category(#category)));
    let image_locked = arguments
        .image_locked
        .iter()
        .map(|image| quote!(.image_locked(#image)));
    let image_unlocked = arguments
        .image_unlocked
        .iter()
        .map(|image| quote!(.image_unlocked(#image)));
    let image_secret = arguments
        .image_secret
        .iter()
        .map(|image| quote!(.image_secret(#image)));
    let unlock = build_function_pointer(marked);
    // An anonymous constant keeps the names out of the surrounding module.
    Ok(quote! {
        const _: () = {
            fn badge() -> ::accolade::CodeBadge {
                #unlock
                ::accolade::CodeBadge::new(#id, unlock)
                    .version(#version)
                    .name(#name)
                    .description(#description)
                    .events([#(#events),*])
                    #tiers
                    #(#points)*
                    #visibility
                    #(#category)*
                    #(#image_locked)*
                    #(#image_unlocked)*
                    #(#image_secret)*
            }
            ::accolade::registry::__private::inventory::submit! {
                ::accolade::registry::__private::BadgeRegistration(badge)
            }
        };
    })
}

/// Binds the item to a function pointer of the required type. Its tokens have the span of the item,
/// so that a type error points at the item.
fn build_function_pointer(marked: &BadgeItem<'_>) -> TokenStream {
    let ident = marked.ident;
    let function: Expr = if marked.is_type {
        syn::parse_quote_spanned!(ident.span()=> <#ident as ::accolade::registry::CodeUnlock>::unlock)
    } else {
        syn::parse_quote!(#ident)
    };
    quote_spanned! {function.span()=>
        let unlock: fn(&::accolade::CodeContext<'_>) -> ::core::option::Option<::accolade::EarnedTier> = #function;
    }
}

fn default_id(marked: &BadgeItem<'_>, words: &[String]) -> syn::Result<String> {
    let id = words.join("-");
    match names::describe_id_error(&id) {
        None => Ok(id),
        Some(fault) => {
            let message = format!(
                "`{id}`, from the name `{}`, is not a valid id: {fault}; add one: `id = \"…\"`",
                marked.ident
            );
            Err(syn::Error::new(marked.ident.span(), message))
        }
    }
}
