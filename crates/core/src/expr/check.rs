//! Type checking, and lowering on the way.

use std::ops::Range;

use cel_operators as op;

use super::ast::{Ast, AstKind, Literal};
use super::functions::FUNCTIONS;
use super::tree::{Arithmetic, Comparison, Tree};
use super::{Expected, Expression, NameKind, Names, Problem};
use crate::catalog::suggest;

/// CEL's names for its operators, as its specification has them.
mod cel_operators {
    pub(super) const CONDITIONAL: &str = "_?_:_";
    pub(super) const AND: &str = "_&&_";
    pub(super) const OR: &str = "_||_";
    pub(super) const NOT: &str = "!_";
    pub(super) const NEGATE: &str = "-_";
    pub(super) const IN: &str = "@in";
}

/// What is known of a value before there is one. Properties of events are `Any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Any,
    Null,
    Bool,
    Number,
    Text,
    List,
    Map,
}

impl Type {
    fn words(self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Null => "null",
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }

    /// Whether a value of this type may be one of the other.
    fn fits(self, other: Self) -> bool {
        self == other || self == Self::Any || other == Self::Any
    }
}

/// Checks an expression and lowers it.
pub(super) fn check(
    source: &str,
    ast: &Ast,
    expected: Expected,
    names: &dyn Names,
) -> Result<Expression, Vec<Problem>> {
    let mut checker = Checker { names, problems: Vec::new() };
    let (tree, kind) = checker.lower(ast);
    checker.expect(ast, kind, expected);
    let mut conjuncts = Vec::new();
    if expected == Expected::Condition {
        checker.collect_conjuncts(source, ast, &mut conjuncts);
        if conjuncts.len() < 2 {
            conjuncts.clear();
        }
    }
    if checker.problems.is_empty() {
        let reads_player = tree.reads_player();
        Ok(Expression { tree, conjuncts, reads_player })
    } else {
        checker.problems.sort_by_key(|problem| problem.span.start);
        checker.problems.dedup();
        Err(checker.problems)
    }
}

struct Checker<'n> {
    names: &'n dyn Names,
    problems: Vec<Problem>,
}

type Typed = (Tree, Type);

impl Checker<'_> {
    fn problem(&mut self, span: &Range<usize>, message: impl Into<String>, help: Option<String>) -> Typed {
        self.problems.push(Problem { span: span.clone(), message: message.into(), help });
        (Tree::Literal(Literal::Null), Type::Any)
    }

    fn expect(&mut self, ast: &Ast, kind: Type, expected: Expected) {
        let wanted = match (expected, kind) {
            (_, Type::Any)
            | (Expected::Condition, Type::Bool)
            | (Expected::Number, Type::Number)
            | (Expected::Key, Type::Bool | Type::Number | Type::Text) => return,
            (Expected::Condition, _) => "a condition must be true or false",
            (Expected::Number, _) => "a number is needed here",
            (Expected::Key, _) => "a text, a number or a truth value is needed here",
        };
        self.problem(&ast.span, format!("this is {}; {wanted}", kind.words()), None);
    }

    fn lower(&mut self, ast: &Ast) -> Typed {
        match &ast.kind {
            AstKind::Literal(literal) => (Tree::Literal(literal.clone()), type_of(literal)),
            AstKind::Ident(name) => self.lower_name(name, ast),
            AstKind::Member { .. } | AstKind::Index { .. } => self.lower_access(ast),
            AstKind::Call { name, arguments, is_method } => self.lower_call(name, arguments, *is_method, ast),
            AstKind::List(items) => {
                let items = items.iter().map(|item| self.lower(item).0).collect();
                (Tree::List(items), Type::List)
            }
            AstKind::Refused(what) => self.problem(&ast.span, format!("{what} cannot be used in a catalog"), None),
        }
    }

    fn lower_name(&mut self, name: &str, ast: &Ast) -> Typed {
        match name {
            "event_name" => (Tree::EventName, Type::Text),
            "event" => (Tree::Event, Type::Map),
            "player" => self.problem(
                &ast.span,
                "`player` alone is no value",
                Some("read player.points.…, player.badges.…, player.unlocked.… or player.profile.…".to_owned()),
            ),
            _ => {
                let help = suggest::did_you_mean(name, ["event", "event_name", "player"])
                    .unwrap_or_else(|| format!("an event's property is event.{name}; a text stands in quotes"));
                self.problem(&ast.span, format!("there is no variable `{name}`"), Some(help))
            }
        }
    }

    /// Lowers `a.b` and `a["b"]`, which are the same.
    fn lower_access(&mut self, ast: &Ast) -> Typed {
        if let Some((root, path, test)) = path_of(ast) {
            match root {
                "event" if test => return (Tree::HasProperty(path), Type::Bool),
                "event" => return (Tree::Property(path), Type::Any),
                "player" => return self.lower_player(path, test, ast),
                _ => {}
            }
        }
        let (of, name) = match &ast.kind {
            AstKind::Member { of, name, test: false } => (of, (Tree::Literal(Literal::Text(name.clone())), Type::Text)),
            AstKind::Index { of, index } => (of, self.lower(index)),
            _ => return self.problem(&ast.span, "`has` takes a property of the event or the profile", None),
        };
        let (tree, kind) = self.lower(of);
        if !kind.fits(Type::Map) && !kind.fits(Type::List) {
            return self.problem(&ast.span, format!("{} has no parts", kind.words()), None);
        }
        (Tree::Index(Box::new(tree), Box::new(name.0)), Type::Any)
    }

    fn lower_player(&mut self, path: Vec<Box<str>>, test: bool, ast: &Ast) -> Typed {
        let mut parts = path.into_iter();
        let what = parts.next().unwrap_or_default();
        let rest: Vec<Box<str>> = parts.collect();
        if &*what == "profile" && !rest.is_empty() {
            return if test { (Tree::HasAttribute(rest), Type::Bool) } else { (Tree::Attribute(rest), Type::Any) };
        }
        let (kind, word, gives): (NameKind, &str, Type) = match &*what {
            "points" => (NameKind::Currency, "currency", Type::Number),
            "badges" => (NameKind::Badge, "badge", Type::Bool),
            "unlocked" => (NameKind::Unlockable, "unlockable", Type::Bool),
            _ => {
                let help = suggest::did_you_mean(&what, ["points", "badges", "unlocked", "profile"])
                    .unwrap_or_else(|| "there are points, badges, unlocked and profile".to_owned());
                return self.problem(&ast.span, format!("a player has no `{what}`"), Some(help));
            }
        };
        let [id] = rest.as_slice() else {
            let message = format!("player.{what} takes one {word}: player.{what}.… or player.{what}[\"…\"]");
            return self.problem(&ast.span, message, None);
        };
        if test {
            return self.problem(&ast.span, "`has` takes a property of the event or the profile", None);
        }
        let known = self.names.known(kind);
        if known.binary_search_by(|known| known.as_str().cmp(id)).is_err() {
            let help = suggest::did_you_mean(id, known.iter().map(String::as_str));
            return self.problem(&ast.span, format!("there is no {word} `{id}`"), help);
        }
        let tree = match kind {
            NameKind::Currency => Tree::Points(id.clone()),
            NameKind::Badge => Tree::Held(id.clone()),
            NameKind::Unlockable => Tree::Unlocked(id.clone()),
        };
        (tree, gives)
    }

    fn lower_call(&mut self, name: &str, arguments: &[Ast], is_method: bool, ast: &Ast) -> Typed {
        let lowered: Vec<Typed> = arguments.iter().map(|argument| self.lower(argument)).collect();
        let types: Vec<Type> = lowered.iter().map(|(_, kind)| *kind).collect();
        let mut trees = lowered.into_iter().map(|(tree, _)| Box::new(tree));
        let mut next = || trees.next().unwrap_or_else(|| Box::new(Tree::Literal(Literal::Null)));
        match (name, types.as_slice()) {
            (op::AND | op::OR, [_, _]) => {
                self.need(arguments, &types, Type::Bool);
                let (one, other) = (next(), next());
                (if name == op::AND { Tree::And(one, other) } else { Tree::Or(one, other) }, Type::Bool)
            }
            (op::NOT, [_]) => {
                self.need(arguments, &types, Type::Bool);
                (Tree::Not(next()), Type::Bool)
            }
            (op::NEGATE, [_]) => {
                self.need(arguments, &types, Type::Number);
                (Tree::Negate(next()), Type::Number)
            }
            (op::CONDITIONAL, [test, one, other]) => {
                self.need(&arguments[..1], &[*test], Type::Bool);
                let kind = if one == other { *one } else { Type::Any };
                (Tree::Choose(next(), next(), next()), kind)
            }
            (op::IN, [_, range]) => {
                if !range.fits(Type::List) && !range.fits(Type::Map) {
                    self.need(&arguments[1..], &[*range], Type::List);
                }
                (Tree::In(next(), next()), Type::Bool)
            }
            (_, [one, other]) if arithmetic(name).is_some() => {
                let operator = arithmetic(name).unwrap_or(Arithmetic::Add);
                let is_text = operator == Arithmetic::Add && (*one == Type::Text || *other == Type::Text);
                let kind = if is_text { Type::Text } else { Type::Number };
                self.need(arguments, &types, kind);
                let both_any = *one == Type::Any && *other == Type::Any && operator == Arithmetic::Add;
                (Tree::Arithmetic(operator, next(), next()), if both_any { Type::Any } else { kind })
            }
            (_, [one, other]) if comparison(name).is_some() => {
                let operator = comparison(name).unwrap_or(Comparison::Equal);
                self.check_comparison(operator, *one, *other, ast);
                (Tree::Compare(operator, next(), next()), Type::Bool)
            }
            _ => self.lower_function(name, arguments, &types, is_method, ast, trees.map(|tree| *tree).collect()),
        }
    }

    fn lower_function(
        &mut self,
        name: &str,
        arguments: &[Ast],
        types: &[Type],
        is_method: bool,
        ast: &Ast,
        trees: Vec<Tree>,
    ) -> Typed {
        let found = FUNCTIONS.iter().find(|function| function.name == name && function.is_method == is_method);
        let Some(function) = found else {
            if ["timestamp", "duration", "now", "getFullYear", "getMonth", "getHours"].contains(&name) {
                let help = "age and time are criteria: `within`, `since`, `until`".to_owned();
                return self.problem(&ast.span, "a condition cannot read the clock", Some(help));
            }
            let names = FUNCTIONS.iter().map(|function| function.name);
            let help = match FUNCTIONS.iter().find(|function| function.name == name) {
                Some(other) if other.is_method => Some(format!("write it behind the text: event.title.{name}(…)")),
                Some(_) => Some(format!("write it before its argument: {name}(…)")),
                None => suggest::did_you_mean(name, names),
            };
            return self.problem(&ast.span, format!("there is no function `{name}`"), help);
        };
        if function.takes.len() != types.len() {
            let wanted = function.takes.len() - usize::from(is_method);
            let found = types.len() - usize::from(is_method);
            return self.problem(&ast.span, format!("`{name}` takes {wanted} arguments, not {found}"), None);
        }
        for ((argument, kind), wanted) in arguments.iter().zip(types).zip(function.takes) {
            self.need(std::slice::from_ref(argument), &[*kind], *wanted);
        }
        (Tree::Call(function.function, trees), function.gives)
    }

    fn need(&mut self, arguments: &[Ast], types: &[Type], wanted: Type) {
        for (argument, kind) in arguments.iter().zip(types) {
            if !kind.fits(wanted) {
                let message = format!("this is {}, and {} is needed", kind.words(), wanted.words());
                self.problem(&argument.span, message, None);
            }
        }
    }

    fn check_comparison(&mut self, operator: Comparison, one: Type, other: Type, ast: &Ast) {
        let is_equality = matches!(operator, Comparison::Equal | Comparison::NotEqual);
        let has_order = |kind: Type| matches!(kind, Type::Any | Type::Number | Type::Text);
        if is_equality {
            if !one.fits(other) && one != Type::Null && other != Type::Null {
                let message = format!("{} never equals {}", one.words(), other.words());
                self.problem(&ast.span, message, None);
            }
        } else if !one.fits(other) || !has_order(one) || !has_order(other) {
            let message = format!("{} and {} have no order", one.words(), other.words());
            self.problem(&ast.span, message, Some("numbers are compared with numbers, texts with texts".to_owned()));
        }
    }

    /// The parts of a condition that are joined by `&&`.
    fn collect_conjuncts(&mut self, source: &str, ast: &Ast, parts: &mut Vec<(Tree, String)>) {
        match &ast.kind {
            AstKind::Call { name, arguments, .. } if name == op::AND => {
                arguments.iter().for_each(|argument| self.collect_conjuncts(source, argument, parts));
            }
            _ => {
                let text = source.get(ast.span.clone()).unwrap_or(source).to_owned();
                parts.push((self.lower(ast).0, text));
            }
        }
    }
}

/// The root and the names of `root.a.b["c"]`, and whether it stands in `has(…)`.
fn path_of(ast: &Ast) -> Option<(&str, Vec<Box<str>>, bool)> {
    match &ast.kind {
        AstKind::Ident(name) => Some((name, Vec::new(), false)),
        AstKind::Member { of, name, test } => {
            let (root, mut path, _) = path_of(of)?;
            path.push(name.as_str().into());
            Some((root, path, *test))
        }
        AstKind::Index { of, index } => {
            let AstKind::Literal(Literal::Text(name)) = &index.kind else { return None };
            let (root, mut path, _) = path_of(of)?;
            path.push(name.as_str().into());
            Some((root, path, false))
        }
        _ => None,
    }
}

fn type_of(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) | Literal::Decimal(_) => Type::Number,
        Literal::Text(_) => Type::Text,
    }
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        "_+_" => Arithmetic::Add,
        "_-_" => Arithmetic::Subtract,
        "_*_" => Arithmetic::Multiply,
        "_/_" => Arithmetic::Divide,
        "_%_" => Arithmetic::Modulo,
        _ => return None,
    })
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        "_==_" => Comparison::Equal,
        "_!=_" => Comparison::NotEqual,
        "_<_" => Comparison::Less,
        "_<=_" => Comparison::LessEqual,
        "_>_" => Comparison::Greater,
        "_>=_" => Comparison::GreaterEqual,
        _ => return None,
    })
}
