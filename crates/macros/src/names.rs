//! Converts names of items into ids and display names.

use syn::Ident;
use syn::ext::IdentExt;

/// Maximum length of an id in bytes, as in a catalog.
const ID_BYTES: usize = 64;

/// Splits a name into lower-case words: `night_owl` and `NightOwl` into "night" and "owl",
/// `HTTPHero` into "http" and "hero".
pub(crate) fn split_words(ident: &Ident) -> Vec<String> {
    // `r#try` is a badge with the id `try`.
    let letters: Vec<char> = ident.unraw().to_string().chars().collect();
    let mut words = vec![String::new()];
    for (n, letter) in letters.iter().enumerate() {
        // A capital begins a word after a lower-case letter (`nightOwl`) or before one
        // (`HTTPHero`).
        let after_lower = n > 0 && !letters[n - 1].is_uppercase();
        let before_lower = letters.get(n + 1).is_some_and(|next| next.is_lowercase());
        if *letter == '_' || (letter.is_uppercase() && (after_lower || before_lower)) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| *letter != '_') {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Joins words into a display name: "Night owl".
pub(crate) fn to_display_name(words: &[String]) -> String {
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Describes why a text is not a valid id; `None` if it is.
pub(crate) fn describe_id_error(id: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() {
        Some("it is empty".to_owned())
    } else if id.len() > ID_BYTES {
        Some(format!(
            "it has {} bytes; the limit is {ID_BYTES}",
            id.len()
        ))
    } else if id.starts_with('-') || !id.bytes().all(fits) {
        Some(
            "ids consist of lower-case letters, digits and `-`, and begin with a letter or digit"
                .to_owned(),
        )
    } else {
        None
    }
}
