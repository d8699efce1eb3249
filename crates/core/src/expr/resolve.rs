//! Resolution of names: properties of the event, and points, badges, unlockables and attributes of
//! the player.

use std::ops::Range;

use super::ast::Ast;
use super::clock::{clock_problem, is_clock_name};
use super::constant::Constant;
use super::lower::LoweringContext;
use super::names::NameKind;
use super::node::ExpressionNode;
use super::problem::ExpressionProblem;
use super::types::StaticType;
use crate::suggest::did_you_mean;

const VARIABLES: [&str; 3] = ["event", "event_name", "player"];
const SECTIONS: [&str; 4] = ["points", "badges", "unlocked", "profile"];

const SECTIONS_HELP: &str =
    "use `player.points.…`, `player.badges.…`, `player.unlocked.…` or `player.profile.…`";

impl LoweringContext<'_> {
    /// Lowers a variable that stands alone.
    pub(super) fn lower_variable(
        &mut self,
        name: &str,
        span: &Range<usize>,
    ) -> (ExpressionNode, StaticType) {
        match name {
            "event" => (ExpressionNode::Event(Box::default()), StaticType::Map),
            "event_name" => (ExpressionNode::EventName, StaticType::Text),
            "player" => self.report_problem(missing_section(span)),
            // A condition cannot read a clock (S10). The nearest variable would be a misleading
            // hint.
            _ if is_clock_name(name) => self.report_problem(clock_problem(span)),
            _ => {
                let problem =
                    ExpressionProblem::new(span.clone(), format!("there is no variable `{name}`"));
                let property = || {
                    format!(
                        "write `event.{name}` for a property of the event, or `\"{name}\"` for text"
                    )
                };
                self.report_problem(
                    problem.with_help(did_you_mean(name, VARIABLES).unwrap_or_else(property)),
                )
            }
        }
    }

    /// Lowers `base.name` and `base["name"]`.
    pub(super) fn lower_member(
        &mut self,
        base: &Ast,
        name: &str,
        span: &Range<usize>,
    ) -> (ExpressionNode, StaticType) {
        // Names of the player are resolved against the catalog, so they cannot be computed.
        if base.is_name("player") {
            return self.report_problem(missing_section(span));
        }
        if let Some((player, section)) = base.as_member()
            && player.is_name("player")
        {
            return self.lower_player_value(section, name, span);
        }
        let problems = self.problems.len();
        let (node, found) = self.lower(base);
        match node {
            // The base is a placeholder, about which nothing useful can be said.
            _ if self.problems.len() > problems => (node, StaticType::Any),
            ExpressionNode::Event(path) => (
                ExpressionNode::Event(extend_path(path, name)),
                StaticType::Any,
            ),
            ExpressionNode::Attribute(attribute, path) => (
                ExpressionNode::Attribute(attribute, extend_path(path, name)),
                StaticType::Any,
            ),
            node if found.may_be(StaticType::Map) => (
                ExpressionNode::Item(Box::new([
                    node,
                    ExpressionNode::Constant(Constant::Text(name.into())),
                ])),
                StaticType::Any,
            ),
            _ => self.report_problem(no_members(found, span)),
        }
    }

    /// Lowers `base[index]`.
    pub(super) fn lower_item(
        &mut self,
        base: &Ast,
        index: &Ast,
        span: &Range<usize>,
    ) -> (ExpressionNode, StaticType) {
        if base.is_name("player")
            || base
                .as_member()
                .is_some_and(|(player, _)| player.is_name("player"))
        {
            let problem = ExpressionProblem::new(
                index.span.clone(),
                "values of the player must be named directly",
            );
            return self.report_problem(
                problem.with_help("write the name as text, as in `player.points[\"xp\"]`"),
            );
        }
        let problems = self.problems.len();
        let (node, found) = self.lower(base);
        let (key, key_type) = self.lower(index);
        let fits = match found {
            StaticType::List => key_type.may_be(StaticType::Number),
            StaticType::Map => key_type.may_be(StaticType::Text),
            _ => {
                found == StaticType::Any
                    && key_type.may_be_any_of(&[StaticType::Number, StaticType::Text])
            }
        };
        if fits || self.problems.len() > problems {
            return (ExpressionNode::Item(Box::new([node, key])), StaticType::Any);
        }
        self.report_problem(match found {
            StaticType::List => ExpressionProblem::new(
                index.span.clone(),
                "a list is indexed by a number, starting with 0",
            ),
            StaticType::Map | StaticType::Any => {
                ExpressionProblem::new(index.span.clone(), "this is neither a name nor a number")
            }
            _ => no_members(found, span),
        })
    }

    /// Lowers `has(argument)`.
    pub(super) fn lower_has(&mut self, argument: &Ast) -> (ExpressionNode, StaticType) {
        let problems = self.problems.len();
        let (node, found) = self.lower(argument);
        if self.problems.len() > problems {
            return (node, found);
        }
        match node {
            // The empty path is the event itself, which always exists.
            ExpressionNode::Event(path) if !path.is_empty() => (
                ExpressionNode::Has(Box::new(ExpressionNode::Event(path))),
                StaticType::Bool,
            ),
            ExpressionNode::Attribute(..) | ExpressionNode::Item(_) => {
                (ExpressionNode::Has(Box::new(node)), StaticType::Bool)
            }
            _ => {
                let problem = ExpressionProblem::new(
                    argument.span.clone(),
                    "this always exists; `has` takes a property",
                );
                self.report_problem(problem.with_help("write it as in `has(event.post)`"))
            }
        }
    }

    /// Lowers `player.section.id`.
    fn lower_player_value(
        &mut self,
        section: &str,
        id: &str,
        span: &Range<usize>,
    ) -> (ExpressionNode, StaticType) {
        // Counters with such an expression are not shared (S9).
        self.reads_player = true;
        let (kind, node, found): (_, fn(Box<str>) -> ExpressionNode, _) = match section {
            "points" => (NameKind::Currency, ExpressionNode::Points, StaticType::Int),
            "badges" => (NameKind::Badge, ExpressionNode::Holds, StaticType::Bool),
            "unlocked" => (
                NameKind::Unlockable,
                ExpressionNode::Unlocked,
                StaticType::Bool,
            ),
            // Applications choose the attributes (S18), so their names cannot be checked.
            "profile" => {
                return (
                    ExpressionNode::Attribute(id.into(), Box::default()),
                    StaticType::Any,
                );
            }
            _ => {
                let problem =
                    ExpressionProblem::new(span.clone(), format!("a player has no `{section}`"));
                let help = did_you_mean(section, SECTIONS).unwrap_or_else(|| SECTIONS_HELP.into());
                return self.report_problem(problem.with_help(help));
            }
        };
        let known = self.names.defined_ids(kind);
        if known.iter().any(|known| known == id) {
            return (node(id.into()), found);
        }
        let problem =
            ExpressionProblem::new(span.clone(), format!("there is no {} `{id}`", kind.name()));
        self.report_problem(match self.names.suggest_id(kind, id) {
            Some(help) => problem.with_help(help),
            None => problem,
        })
    }
}

fn missing_section(span: &Range<usize>) -> ExpressionProblem {
    ExpressionProblem::new(span.clone(), "this names no value of the player")
        .with_help(SECTIONS_HELP)
}

fn no_members(found: StaticType, span: &Range<usize>) -> ExpressionProblem {
    ExpressionProblem::new(span.clone(), format!("{} has no members", found.name()))
}

fn extend_path(path: Box<[Box<str>]>, name: &str) -> Box<[Box<str>]> {
    path.into_iter().chain([name.into()]).collect()
}
