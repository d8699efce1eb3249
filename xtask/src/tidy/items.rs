//! Items that shipped code defines: functions, types and public fields.

use super::lexer::{Token, TokenKind};

/// Kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// Function whose name is ours, so not one in `impl Trait for`.
    Function,
    /// Struct, enum, trait or type alias; associated types are not among them.
    Type,
    /// Field that is `pub` without a restriction, in a struct that other crates can construct: not
    /// one with `#[non_exhaustive]`.
    PublicField,
}

/// Item with its place. A field has no name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SourceItem<'a> {
    pub(crate) kind: ItemKind,
    pub(crate) name: &'a str,
    pub(crate) line: usize,
}

/// Kind of the braces around a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockKind {
    Struct,
    /// Struct with `#[non_exhaustive]`.
    GrowingStruct,
    Inherent,
    Trait,
    TraitImpl,
    Other,
}

/// Finds the items that the tokens define.
pub(crate) fn find_items<'a>(tokens: &[Token<'a>]) -> Vec<SourceItem<'a>> {
    let mut items = Vec::new();
    let mut blocks: Vec<BlockKind> = Vec::new();
    // Kind of the item whose head is being read. Its first keyword decides, because `impl` and
    // `for` also occur in signatures.
    let mut head: Option<BlockKind> = None;
    // True between `#[non_exhaustive]` and the item that it belongs to.
    let mut growing = false;
    let code: Vec<Token<'a>> = tokens
        .iter()
        .filter(|token| !token.is_comment())
        .copied()
        .collect();
    for (index, token) in code.iter().enumerate() {
        let next = code.get(index + 1);
        let around = blocks.last().copied().unwrap_or(BlockKind::Other);
        if token.kind == TokenKind::Name {
            let is_type = matches!(token.text, "struct" | "enum" | "trait")
                || token.text == "type" && !is_associated(around);
            let named = next.filter(|next| next.kind == TokenKind::Name);
            let is_own = token.text == "fn" && around != BlockKind::TraitImpl;
            let kind = match (is_type, is_own) {
                (true, _) => Some(ItemKind::Type),
                (_, true) => Some(ItemKind::Function),
                _ => None,
            };
            if let (Some(kind), Some(name)) = (kind, named) {
                items.push(SourceItem {
                    kind,
                    name: name.text,
                    line: token.line,
                });
            }
            let in_fields = around == BlockKind::Struct || head == Some(BlockKind::Struct);
            if token.text == "pub" && in_fields && !is_restricted(&code[index + 1..]) {
                items.push(SourceItem {
                    kind: ItemKind::PublicField,
                    name: "",
                    line: token.line,
                });
            }
            growing |= token.text == "non_exhaustive";
            head = match (token.text, head) {
                ("struct", None) if growing => Some(BlockKind::GrowingStruct),
                ("struct", None) => Some(BlockKind::Struct),
                ("trait", None) => Some(BlockKind::Trait),
                ("impl", None) => Some(BlockKind::Inherent),
                ("for", Some(BlockKind::Inherent)) => Some(BlockKind::TraitImpl),
                ("fn" | "enum" | "mod" | "const" | "static", None) => Some(BlockKind::Other),
                _ => head,
            };
            growing &= head.is_none();
            // `impl<F: for<'a> Fn(&'a T)>` does not name a trait.
            if token.text == "for" && next.is_some_and(|next| next.is("<")) {
                head = Some(BlockKind::Inherent).filter(|_| head == Some(BlockKind::TraitImpl));
            }
            // `const fn` is a function.
        } else if token.is("{") {
            blocks.push(head.take().unwrap_or(BlockKind::Other));
        } else if token.is("}") {
            blocks.pop();
            head = None;
        } else if token.is(";") {
            head = None;
        }
    }
    items
}

fn is_associated(around: BlockKind) -> bool {
    matches!(
        around,
        BlockKind::Inherent | BlockKind::Trait | BlockKind::TraitImpl
    )
}

/// True if `(crate)` or another restriction follows a `pub`.
fn is_restricted(after: &[Token<'_>]) -> bool {
    let restricted = |token: &Token<'_>| matches!(token.text, "crate" | "super" | "self" | "in");
    after.first().is_some_and(|token| token.is("(")) && after.get(1).is_some_and(restricted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::lexer;

    #[test]
    fn only_names_of_our_own_choice_are_items() {
        let source = "#[non_exhaustive]\npub struct Z { pub a: u8 }\npub struct A { pub a: u8, pub(crate) b: u8, c: fn(u8) }\n\
            pub struct B(pub u8, pub(super) u8);\nenum C { D { e: u8 } }\n\
            impl<'a> Iterator for &'a A { type Item = u8; fn next() {} }\n\
            impl A { const X: u8 = { 1 }; const fn load_it(f: impl Fn()) -> impl Fn() { for x in y {} } }\n\
            trait F { type Error; fn run(&self); }\ntype G = u8;\nfn h() { struct I { pub j: u8 } }\n";
        let items = find_items(&lexer::split_tokens(source));
        let names = |kind| -> Vec<&str> {
            items
                .iter()
                .filter(|item| item.kind == kind)
                .map(|item| item.name)
                .collect()
        };
        assert_eq!(names(ItemKind::Type), ["Z", "A", "B", "C", "F", "G", "I"]);
        assert_eq!(names(ItemKind::Function), ["load_it", "run", "h"]);
        assert_eq!(names(ItemKind::PublicField).len(), 3);
    }
}
