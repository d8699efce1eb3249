//! The functions of the language.

use super::check::Type;
use super::tree::Function;

/// A function: its name, what it takes and what it gives.
pub(super) struct Signature {
    pub(super) name: &'static str,
    pub(super) function: Function,
    pub(super) takes: &'static [Type],
    pub(super) gives: Type,
    /// Whether it is written behind its first argument: `event.title.contains("x")`.
    pub(super) is_method: bool,
}

const fn function(name: &'static str, function: Function, takes: &'static [Type], gives: Type) -> Signature {
    Signature { name, function, takes, gives, is_method: false }
}

const fn method(name: &'static str, function: Function, takes: &'static [Type], gives: Type) -> Signature {
    Signature { name, function, takes, gives, is_method: true }
}

/// All of them.
pub(super) const FUNCTIONS: [Signature; 8] = [
    function("size", Function::Size, &[Type::Any], Type::Number),
    method("size", Function::Size, &[Type::Any], Type::Number),
    function("int", Function::Int, &[Type::Any], Type::Number),
    function("double", Function::Double, &[Type::Any], Type::Number),
    function("string", Function::Text, &[Type::Any], Type::Text),
    method("contains", Function::Contains, &[Type::Text, Type::Text], Type::Bool),
    method("startsWith", Function::StartsWith, &[Type::Text, Type::Text], Type::Bool),
    method("endsWith", Function::EndsWith, &[Type::Text, Type::Text], Type::Bool),
];
