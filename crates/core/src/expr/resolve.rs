//! Resolution of names: properties of the event, and points, badges, unlockables and attributes of
//! the player.

use std::ops::Range;

use super::ast::Ast;
use super::constant::Constant;
use super::lower::Lowering;
use super::node::Node;
use super::types::Type;
use super::{NameKind, Problem};
use crate::suggest::did_you_mean;

const VARIABLES: [&str; 3] = ["event", "event_name", "player"];
const SECTIONS: [&str; 4] = ["points", "badges", "unlocked", "profile"];

/// Lowers a variable that stands alone.
pub(super) fn name(lowering: &mut Lowering<'_>, name: &str, span: &Range<usize>) -> (Node, Type) {
    match name {
        "event" => (Node::Event(Box::default()), Type::Map),
        "event_name" => (Node::EventName, Type::Text),
        "player" => lowering.wrong(section_wanted(span)),
        _ if is_clock(name) => lowering.wrong(no_clock(span)),
        _ => {
            let problem = Problem::new(span.clone(), format!("there is no variable `{name}`"));
            let property = || {
                format!(
                    "write `event.{name}` for a property of the event, or `\"{name}\"` for text"
                )
            };
            lowering.wrong(problem.help(did_you_mean(name, VARIABLES).unwrap_or_else(property)))
        }
    }
}

/// Lowers `base.name` and `base["name"]`.
pub(super) fn member(
    lowering: &mut Lowering<'_>,
    base: &Ast,
    name: &str,
    span: &Range<usize>,
) -> (Node, Type) {
    // Names of the player are resolved against the catalog, so they cannot be computed.
    if base.is_name("player") {
        return lowering.wrong(section_wanted(span));
    }
    if let Some((player, section)) = base.member()
        && player.is_name("player")
    {
        return of_player(lowering, section, name, span);
    }
    let problems = lowering.problems.len();
    let (node, found) = lowering.lower(base);
    match node {
        _ if lowering.problems.len() > problems => (node, Type::Any),
        Node::Event(path) => (Node::Event(joined(path, name)), Type::Any),
        Node::Attribute(attribute, path) => {
            (Node::Attribute(attribute, joined(path, name)), Type::Any)
        }
        node if found.may_be(Type::Map) => (
            Node::Item(Box::new([
                node,
                Node::Constant(Constant::Text(name.into())),
            ])),
            Type::Any,
        ),
        _ => lowering.wrong(no_items(found, span)),
    }
}

/// Lowers `base[index]`.
pub(super) fn item(
    lowering: &mut Lowering<'_>,
    base: &Ast,
    index: &Ast,
    span: &Range<usize>,
) -> (Node, Type) {
    if base.is_name("player")
        || base
            .member()
            .is_some_and(|(player, _)| player.is_name("player"))
    {
        let problem = Problem::new(
            index.span.clone(),
            "values of the player must be named directly",
        );
        return lowering
            .wrong(problem.help("write the name as text, as in `player.points[\"xp\"]`"));
    }
    let problems = lowering.problems.len();
    let (node, found) = lowering.lower(base);
    let (key, key_type) = lowering.lower(index);
    let fits = match found {
        Type::List => key_type.may_be(Type::Number),
        Type::Map => key_type.may_be(Type::Text),
        _ => found == Type::Any && key_type.may_be_any_of(&[Type::Number, Type::Text]),
    };
    if fits || lowering.problems.len() > problems {
        return (Node::Item(Box::new([node, key])), Type::Any);
    }
    lowering.wrong(match found {
        Type::List => Problem::new(
            index.span.clone(),
            "a list is indexed by a number, starting with 0",
        ),
        Type::Map | Type::Any => {
            Problem::new(index.span.clone(), "this is neither a name nor a number")
        }
        _ => no_items(found, span),
    })
}

/// Lowers `has(argument)`.
pub(super) fn has(lowering: &mut Lowering<'_>, argument: &Ast) -> (Node, Type) {
    let problems = lowering.problems.len();
    let (node, found) = lowering.lower(argument);
    if lowering.problems.len() > problems {
        return (node, found);
    }
    match node {
        Node::Event(path) if !path.is_empty() => {
            (Node::Has(Box::new(Node::Event(path))), Type::Bool)
        }
        Node::Attribute(..) | Node::Item(_) => (Node::Has(Box::new(node)), Type::Bool),
        _ => {
            let problem = Problem::new(
                argument.span.clone(),
                "this always exists; `has` takes a property",
            );
            lowering.wrong(problem.help("write it as in `has(event.post)`"))
        }
    }
}

/// Lowers `player.section.id`.
fn of_player(
    lowering: &mut Lowering<'_>,
    section: &str,
    id: &str,
    span: &Range<usize>,
) -> (Node, Type) {
    lowering.reads_player = true;
    let (kind, node, found): (_, fn(Box<str>) -> Node, _) = match section {
        "points" => (NameKind::Currency, Node::Points, Type::Int),
        "badges" => (NameKind::Badge, Node::Holds, Type::Bool),
        "unlocked" => (NameKind::Unlockable, Node::Unlocked, Type::Bool),
        "profile" => return (Node::Attribute(id.into(), Box::default()), Type::Any),
        _ => {
            let problem = Problem::new(span.clone(), format!("a player has no `{section}`"));
            let help = did_you_mean(section, SECTIONS).unwrap_or_else(|| SECTIONS_HELP.into());
            return lowering.wrong(problem.help(help));
        }
    };
    let known = lowering.names.known(kind);
    if known.iter().any(|known| known == id) {
        return (node(id.into()), found);
    }
    let problem = Problem::new(span.clone(), format!("there is no {} `{id}`", kind.name()));
    lowering.wrong(match did_you_mean(id, known.iter().map(String::as_str)) {
        Some(help) => problem.help(help),
        None => problem,
    })
}

const SECTIONS_HELP: &str =
    "use `player.points.…`, `player.badges.…`, `player.unlocked.…` or `player.profile.…`";

fn section_wanted(span: &Range<usize>) -> Problem {
    Problem::new(span.clone(), "this names no value of the player").help(SECTIONS_HELP)
}

fn no_items(found: Type, span: &Range<usize>) -> Problem {
    Problem::new(span.clone(), format!("{} has no members", found.name()))
}

fn joined(path: Box<[Box<str>]>, name: &str) -> Box<[Box<str>]> {
    path.into_iter().chain([name.into()]).collect()
}

/// True if a name asks for the current time, as in CEL or other languages.
pub(super) fn is_clock(name: &str) -> bool {
    let names = [
        "at",
        "now",
        "today",
        "timestamp",
        "duration",
        "date",
        "time",
    ];
    names.contains(&name)
        || name.starts_with("getFull")
        || name.starts_with("getHours")
        || name.starts_with("getDay")
}

pub(super) fn no_clock(span: &Range<usize>) -> Problem {
    Problem::new(span.clone(), "a condition cannot read the clock")
        .help("use `within`, `since` or `until` of the rule, or let the application send the age as a property")
}
