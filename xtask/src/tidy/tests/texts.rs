//! Examples for the checks of texts, names and rule numbers.

use super::{CheckExample, HEAD};

/// Examples of this file.
pub(super) const TEXTS: &[CheckExample] = &[
    (
        "plain-language",
        &[
            ("docs/cli.md", "Nobody is\ntold. Done by\nhand.\n"),
            ("docs/style.md", "**Banned**: told,\nlies.\n\nIt lies.\n"),
            (
                HEAD,
                "//! Start anew.\n// why, in\n// force\nfail(\"a sweep\\nlies\");\n",
            ),
            ("crates/core/tests/all.rs", "// shut\n"),
            ("crates/web/templates/home.html", "<p>Shut</p>\n"),
        ],
        &[
            "crates/core/src/fold/step.rs:1: `anew` is banned",
            "crates/core/src/fold/step.rs:2: `in force` is banned",
            "crates/core/src/fold/step.rs:4: `lies` is banned",
            "crates/core/src/fold/step.rs:4: `sweep` is banned",
            "crates/core/tests/all.rs:1: `shut` is banned",
            "crates/web/templates/home.html:1: `shut` is banned",
            "docs/cli.md:1: `nobody` is banned",
            "docs/cli.md:2: `by hand` is banned",
            "docs/cli.md:2: `told` is banned",
            "docs/style.md:4: `lies` is banned",
        ],
    ),
    (
        "plain-language",
        &[
            (
                "README.md",
                "Shut down the service; a shutdown is safe. Sweeping, besides, hands.\n",
            ),
            (
                "docs/style.md",
                "Not `Told`.\n\n| told | x |\n\n**Banned**: told,\nlies.\n",
            ),
            (
                HEAD,
                "fn told() {}\n#[cfg(test)]\nmod tests {\n    fail(\"told\");\n}\n",
            ),
            ("crates/core/tests/all.rs", "fail(\"told\");\n"),
        ],
        &[],
    ),
    (
        "doc-openers",
        &[(
            HEAD,
            "//! How it works.\n\n/// Whether it is.\nfn f() {}\n\n/// Good.\n///\n/// Who knows.\n",
        )],
        &[
            "crates/core/src/fold/step.rs:1: documentation begins with `How`",
            "crates/core/src/fold/step.rs:3: documentation begins with `Whether`",
            "crates/core/src/fold/step.rs:8: documentation begins with `Who`",
        ],
    ),
    (
        "doc-openers",
        &[(
            HEAD,
            "/// Tells\n/// Who it is.\n///\n/// ```text\n///\n/// Which\n/// ```\nfn f() {}\n// Why.\n// How so?\n/// However.\n",
        )],
        &[],
    ),
    (
        "unique-type-names",
        &[
            (HEAD, "struct Step;\nenum Other { Step }\n"),
            ("crates/core/src/value.rs", "trait Step {}\n"),
        ],
        &["crates/core/src/value.rs:1: `Step` is also defined in crates/core/src/fold/step.rs:1"],
    ),
    (
        "unique-type-names",
        &[
            (
                HEAD,
                "struct Step;\nimpl Iterator for Step {\n    type Item = u8;\n}\n#[cfg(test)]\nmod tests {\n    struct Step;\n}\n",
            ),
            (
                "crates/core/src/value.rs",
                "// struct Step\nimpl Iterator for Value {\n    type Item = u8;\n}\n",
            ),
            ("crates/engine/src/step.rs", "struct Step;\n"),
            ("crates/core/tests/all.rs", "struct Step;\n"),
        ],
        &[],
    ),
    (
        "rules-resolve",
        &[
            (
                "docs/semantics.md",
                "## S1 Order\n\n## S2 Names\n\nSee S4.\n",
            ),
            (
                HEAD,
                "/// By S3.\nfn f() {\n    fail(\"see S2\"); // S1\n}\n#[cfg(test)]\nmod tests {\n    fn s5_it_holds() {}\n}\n",
            ),
            ("crates/web/templates/home.html", "<p>S1</p>\n"),
        ],
        &[
            "crates/core/src/fold/step.rs:1: rule S3 not found in docs/semantics.md",
            "crates/core/src/fold/step.rs:3: a user sees rule number S2",
            "crates/core/src/fold/step.rs:7: rule S5 not found in docs/semantics.md",
            "crates/web/templates/home.html:1: a user sees rule number S1",
            "docs/semantics.md:5: rule S4 not found in docs/semantics.md",
        ],
    ),
    (
        "rules-resolve",
        &[
            ("docs/semantics.md", "## S1 Order\n"),
            ("docs/guarantees.md", "By S1: `a.rs::s1_order`, PS2, S.\n"),
            (
                HEAD,
                "/// By S1.\nfn s1_order() { let s = s9_x; fail(\"S, sS1\"); }\n#[cfg(test)]\nmod tests {\n    fail(\"S1\");\n}\n",
            ),
        ],
        &[],
    ),
];
