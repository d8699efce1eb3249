//! Parses the arguments of `#[badge(…)]`.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitInt, LitStr, Token, parenthesized};

use crate::names;

const KEYS: [&str; 13] = [
    "id",
    "name",
    "description",
    "category",
    "version",
    "secret",
    "invisible",
    "image_locked",
    "image_unlocked",
    "image_secret",
    "events",
    "tiers",
    "points",
];
/// Maximum length of an event name in bytes, as in a catalog.
const EVENT_BYTES: usize = 128;

/// The parsed arguments. They satisfy the constraints that a catalog checks without context.
pub(crate) struct BadgeArguments {
    pub(crate) id: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) category: Option<LitStr>,
    pub(crate) version: u32,
    pub(crate) visibility: Option<HiddenVisibility>,
    pub(crate) image_locked: Option<LitStr>,
    pub(crate) image_unlocked: Option<LitStr>,
    pub(crate) image_secret: Option<LitStr>,
    pub(crate) events: Vec<LitStr>,
    pub(crate) tiers: Vec<LitStr>,
    pub(crate) points: Vec<(String, i64)>,
}

/// The visibility of a badge that is not public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HiddenVisibility {
    Secret,
    Invisible,
}

impl BadgeArguments {
    /// Parses the arguments and reports all errors at once.
    pub(crate) fn parse_tokens(tokens: TokenStream) -> syn::Result<Self> {
        let mut arguments = Self::with_defaults();
        let mut found = ErrorCollector::default();
        let mut given = BTreeSet::new();
        let parsed = (|input: ParseStream<'_>| arguments.parse_all(input, &mut given, &mut found))
            .parse2(tokens);
        // After another error, a syntax error is most likely a consequence of it.
        if let (Err(error), None) = (parsed, &found.0) {
            found.push(error);
        }
        // After an error, parsing may have ended before `events`.
        if !given.contains("events") && found.0.is_none() {
            let message = "a badge needs the events that can earn it: `events(\"comment.posted\")`";
            found.push(Error::new(Span::call_site(), message));
        }
        found.into_result(arguments)
    }

    fn with_defaults() -> Self {
        Self {
            id: None,
            name: None,
            description: None,
            category: None,
            version: 1,
            visibility: None,
            image_locked: None,
            image_unlocked: None,
            image_secret: None,
            events: Vec::new(),
            tiers: Vec::new(),
            points: Vec::new(),
        }
    }

    fn parse_all(
        &mut self,
        input: ParseStream<'_>,
        given: &mut BTreeSet<String>,
        found: &mut ErrorCollector,
    ) -> syn::Result<()> {
        while !input.is_empty() {
            // Accepts keywords too, which then have the error of an unknown argument.
            let key = Ident::parse_any(input)?;
            if !given.insert(key.to_string()) {
                found.push(Error::new(key.span(), format!("`{key}` is given twice")));
            }
            // Parsed even if given twice, because the next argument follows the value.
            if let Err(error) = self.parse_value(&key, input, found) {
                found.push(error);
                // Continue after the next comma, so that errors in later arguments are reported
                // too.
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    fn parse_value(
        &mut self,
        key: &Ident,
        input: ParseStream<'_>,
        found: &mut ErrorCollector,
    ) -> syn::Result<()> {
        match key.to_string().as_str() {
            "id" => self.id = Some(found.check_id(parse_text(key, input)?)),
            "name" => self.name = Some(parse_text(key, input)?),
            "description" => self.description = Some(parse_text(key, input)?),
            "category" => self.category = Some(found.check_id(parse_text(key, input)?)),
            "version" => self.version = parse_version(key, input, found)?,
            "secret" => self.set_visibility(HiddenVisibility::Secret, key, found),
            "invisible" => self.set_visibility(HiddenVisibility::Invisible, key, found),
            "image_locked" => self.image_locked = Some(parse_text(key, input)?),
            "image_unlocked" => self.image_unlocked = Some(parse_text(key, input)?),
            "image_secret" => self.image_secret = Some(parse_text(key, input)?),
            "events" => self.events = parse_events(key, input, found)?,
            "tiers" => self.tiers = parse_tiers(key, input, found)?,
            "points" => self.points = parse_points(key, input, found)?,
            _ => return Err(unknown_argument(key)),
        }
        Ok(())
    }

    fn set_visibility(
        &mut self,
        visibility: HiddenVisibility,
        key: &Ident,
        found: &mut ErrorCollector,
    ) {
        match self.visibility {
            Some(other) if other != visibility => {
                let message = "a badge is `secret` (listed with its details hidden) or \
                               `invisible` (not listed), not both";
                found.push(Error::new(key.span(), message));
            }
            _ => self.visibility = Some(visibility),
        }
    }
}

/// The errors in the arguments, combined into one.
#[derive(Default)]
struct ErrorCollector(Option<Error>);

impl ErrorCollector {
    fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Checks an id and returns it.
    fn check_id(&mut self, id: LitStr) -> LitStr {
        if let Some(fault) = names::describe_id_error(&id.value()) {
            self.push(Error::new(
                id.span(),
                format!("`{}` is not a valid id: {fault}", id.value()),
            ));
        }
        id
    }

    fn into_result<T>(self, value: T) -> syn::Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}

fn unknown_argument(key: &Ident) -> Error {
    let name = key.to_string();
    let near = KEYS
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&name, known), known));
    // The same measure as in `accolade_core::suggest`, which is too heavy for a macro to depend on.
    let nearest = near
        .filter(|(distance, _)| *distance <= (name.chars().count() / 3).max(1))
        .min();
    let suggestion = nearest
        .map(|(_, known)| format!("did you mean `{known}`? "))
        .unwrap_or_default();
    let keys = KEYS.map(|known| format!("`{known}`")).join(", ");
    Error::new(
        key.span(),
        format!("a badge has no argument `{name}`; {suggestion}allowed: {keys}"),
    )
}

/// Parses `= "…"`.
fn parse_text(key: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    let wrong = |error: Error| {
        Error::new(
            error.span(),
            format!("`{key}` must be text: `{key} = \"…\"`"),
        )
    };
    input
        .parse::<Token![=]>()
        .and_then(|_| input.parse())
        .map_err(wrong)
}

/// Parses `= 2`.
fn parse_version(
    key: &Ident,
    input: ParseStream<'_>,
    found: &mut ErrorCollector,
) -> syn::Result<u32> {
    let wrong = |error: Error| {
        Error::new(
            error.span(),
            format!("`{key}` must be a whole number: `{key} = 2`"),
        )
    };
    let literal: LitInt = input
        .parse::<Token![=]>()
        .and_then(|_| input.parse())
        .map_err(wrong)?;
    let version = literal.base10_parse().map_err(wrong)?;
    if version == 0 {
        found.push(Error::new(literal.span(), "versions begin at 1"));
    }
    Ok(version)
}

/// Parses `("…", "…")` with at least one text.
fn parse_texts(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let wrong = |error: Error| {
        Error::new(
            error.span(),
            format!("`{key}` must be a list of texts: `{key}(\"…\", \"…\")`"),
        )
    };
    let texts: Vec<LitStr> = parse_list(input).map_err(wrong)?;
    if texts.is_empty() {
        return Err(wrong(Error::new(key.span(), "")));
    }
    Ok(texts)
}

/// Parses a comma-separated list in parentheses.
fn parse_list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let content;
    parenthesized!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?
        .into_iter()
        .collect())
}

fn parse_events(
    key: &Ident,
    input: ParseStream<'_>,
    found: &mut ErrorCollector,
) -> syn::Result<Vec<LitStr>> {
    let events = parse_texts(key, input)?;
    for event in &events {
        let name = event.value();
        if name.is_empty() || name.len() > EVENT_BYTES || name.contains(char::is_control) {
            let message =
                format!("event names have 1 to {EVENT_BYTES} bytes and no control characters");
            found.push(Error::new(event.span(), message));
        }
    }
    Ok(events)
}

fn parse_tiers(
    key: &Ident,
    input: ParseStream<'_>,
    found: &mut ErrorCollector,
) -> syn::Result<Vec<LitStr>> {
    let mut seen = BTreeSet::new();
    let tiers: Vec<LitStr> = parse_texts(key, input)?
        .into_iter()
        .map(|tier| found.check_id(tier))
        .collect();
    for tier in &tiers {
        if !seen.insert(tier.value()) {
            found.push(Error::new(
                tier.span(),
                format!("the tier `{}` is given twice", tier.value()),
            ));
        }
    }
    Ok(tiers)
}

/// An amount of a currency: `xp = 5`, or `"gold-coins" = 5` if the id is not an identifier.
struct PointsArgument {
    currency: LitStr,
    amount: LitInt,
}

impl Parse for PointsArgument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let currency = if input.peek(LitStr) {
            input.parse()?
        } else {
            // Accepts keywords too: `type` is a valid id of a currency.
            let ident = Ident::parse_any(input)?;
            LitStr::new(&ident.to_string(), ident.span())
        };
        input.parse::<Token![=]>()?;
        Ok(Self {
            currency,
            amount: input.parse()?,
        })
    }
}

fn parse_points(
    key: &Ident,
    input: ParseStream<'_>,
    found: &mut ErrorCollector,
) -> syn::Result<Vec<(String, i64)>> {
    let wrong = |error: Error| {
        let message =
            format!("`{key}` must list amounts by currency: `{key}(xp = 5, \"gold-coins\" = 1)`");
        Error::new(error.span(), message)
    };
    let mut paid = Vec::new();
    for PointsArgument { currency, amount } in parse_list(input).map_err(wrong)? {
        let id = found.check_id(currency.clone()).value();
        if paid.iter().any(|(other, _)| *other == id) {
            found.push(Error::new(
                currency.span(),
                format!("the currency `{id}` is given twice"),
            ));
        }
        match amount.base10_parse() {
            Ok(0) => found.push(Error::new(amount.span(), "an amount of 0 pays nothing")),
            Ok(amount) => paid.push((id, amount)),
            Err(_) => found.push(Error::new(
                amount.span(),
                "amounts are whole numbers of at most 64 bits",
            )),
        }
    }
    Ok(paid)
}
