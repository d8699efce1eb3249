//! Examples for the check of module cycles.

use super::CheckExample;

/// Examples of this file.
pub(super) const GRAPHS: &[CheckExample] = &[
    (
        "module-cycles",
        &[
            // A path in code, a group with an alias, and an export lead around.
            (
                "crates/new/src/lib.rs",
                "mod a;\nmod b;\npub use b::First as Again;\n",
            ),
            (
                "crates/new/src/a/mod.rs",
                "pub mod c;\nfn f() { crate::b::run(); }\n",
            ),
            ("crates/new/src/a/c.rs", "use crate::{Again as Other, x};\n"),
            (
                "crates/new/src/b.rs",
                "use super::a::{self, c::{Deep, *}};\n",
            ),
        ],
        &[
            "crates/new: 3 files use each other, above 0: crates/new/src/a/mod.rs, crates/new/src/a/c.rs, \
             crates/new/src/b.rs",
        ],
    ),
    (
        "module-cycles",
        &[
            (
                "crates/new/src/lib.rs",
                "mod a;\nmod b;\npub(crate) use b::{First, Last};\n",
            ),
            ("crates/new/src/a.rs", "use crate::First;\n"),
            ("crates/new/src/b.rs", "fn f() -> super::a::Value {}\n"),
        ],
        &["crates/new: 2 files use each other, above 0: crates/new/src/a.rs, crates/new/src/b.rs"],
    ),
    (
        "module-cycles",
        &[
            // A module may use its children; comments, strings and tests use nothing.
            (
                "crates/new/src/lib.rs",
                "mod a;\nmod b;\npub use a::run;\nfn f() { b::run(); }\n",
            ),
            ("crates/new/src/a.rs", "use super::Shared;\nuse crate::b;\n"),
            (
                "crates/new/src/b.rs",
                "// crate::a\npub(in crate::a) struct Row;\npub(super) fn h() {}\nfn f() { g(\"crate::a::x\"); other::crate_a::x(); }\n#[cfg(test)]\nuse crate::a;\n#[cfg(test)]\nmod tests {\n    use crate::a;\n}\n",
            ),
        ],
        &[],
    ),
];
