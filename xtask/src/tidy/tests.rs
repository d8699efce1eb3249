//! Examples for every check: trees that violate it, with the expected findings, and trees that do
//! not.

mod graphs;
mod texts;

use std::fs;

use super::tree::SourceTree;
use super::{CHECKS, CheckFinding};

/// Name of a check, files of an example project, and the expected findings.
type CheckExample = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

const CORE: &str = "crates/core/Cargo.toml";
const ENGINE: &str = "crates/engine/Cargo.toml";
const MACROS: &str = "crates/macros/Cargo.toml";
const HEAD: &str = "crates/core/src/fold/step.rs";

const IMPORTS: &[CheckExample] = &[
    (
        "imports-one-way",
        &[(
            CORE,
            "[package]\nname = 'accolade-core'\n[dependencies]\naccolade.workspace = true\n",
        )],
        &["crates/core/Cargo.toml:4: `accolade-core` must not depend on `accolade`"],
    ),
    (
        "imports-one-way",
        &[(
            ENGINE,
            "[package]\nname = 'accolade'\n[target.'cfg(unix)'.dependencies]\naccolade-sqlite.workspace = true\n",
        )],
        &["crates/engine/Cargo.toml:4: `accolade` must not depend on `accolade-sqlite`"],
    ),
    (
        "imports-one-way",
        &[(
            ENGINE,
            "[package]\nname = 'accolade'\n[dev-dependencies]\naccolade-web.workspace = true\n",
        )],
        &["crates/engine/Cargo.toml:4: `accolade` must not depend on `accolade-web`"],
    ),
    (
        "imports-one-way",
        &[(
            MACROS,
            "[package]\nname = 'accolade-macros'\n[dependencies]\naccolade.workspace = true\n",
        )],
        &["crates/macros/Cargo.toml:4: `accolade-macros` must not depend on `accolade`"],
    ),
    (
        "imports-one-way",
        &[(
            ENGINE,
            "[package]\nname = 'accolade'\n[dependencies]\naccolade-testing.workspace = true\n",
        )],
        &["crates/engine/Cargo.toml:4: `accolade` must not depend on `accolade-testing`"],
    ),
    (
        "imports-one-way",
        &[(
            "examples/Cargo.toml",
            "[package]\nname = 'accolade-examples'\n[dependencies]\naccolade-testing.workspace = true\n",
        )],
        &[
            "examples/Cargo.toml:4: `accolade-testing` is for tests only: move it to \
             [dev-dependencies]",
        ],
    ),
    (
        "imports-one-way",
        &[(
            "crates/new/Cargo.toml",
            "[package]\nname = 'accolade-new'\n",
        )],
        &[
            "crates/new/Cargo.toml: `accolade-new` has no layer; add it to the table in \
             xtask/src/tidy/imports.rs",
        ],
    ),
    (
        "imports-one-way",
        &[
            (
                ENGINE,
                "[package]\nname = 'accolade'\n[dependencies]\naccolade-core.workspace = true\nserde.workspace = true\n",
            ),
            (
                MACROS,
                "[package]\nname = 'accolade-macros'\n[dev-dependencies]\naccolade.workspace = true\n",
            ),
            (
                "examples/Cargo.toml",
                "[package]\nname = 'accolade-examples'\n[dependencies]\naccolade-sqlite.workspace = true\n[dev-dependencies]\naccolade-testing.workspace = true\n",
            ),
        ],
        &[],
    ),
    (
        "one-home-per-library",
        &[
            (HEAD, "use cel::parser;\n"),
            (
                "crates/cli/src/main.rs",
                "let x = ::rusqlite::Connection::open(p);\nuse jiff::Zoned;\n",
            ),
            (
                ENGINE,
                "[package]\nname = 'accolade'\n[dependencies]\nrusqlite.workspace = true\n",
            ),
        ],
        &[
            "crates/cli/src/main.rs:1: `rusqlite` is named outside of crates/sqlite/",
            "crates/cli/src/main.rs:2: `jiff` is named outside of crates/core/",
            "crates/core/src/fold/step.rs:1: `cel` is named outside of crates/core/src/expr/parse.rs",
            "crates/engine/Cargo.toml:4: `rusqlite` is a dependency outside of crates/sqlite/",
        ],
    ),
    (
        "one-home-per-library",
        &[
            ("crates/core/src/expr/parse.rs", "use cel::parser;\n"),
            ("crates/core/src/time.rs", "use jiff::tz::TimeZone;\n"),
            (
                HEAD,
                "let excel::Cell(cel) = parcel::open(); // cel::Value would be wrong here\n",
            ),
            ("crates/cli/tests/files.rs", "use rusqlite::Connection;\n"),
            (
                "crates/cli/Cargo.toml",
                "[package]\nname = 'accolade-cli'\n[dev-dependencies]\nrusqlite.workspace = true\n",
            ),
            (
                CORE,
                "[package]\nname = 'accolade-core'\n[dependencies]\ncel.workspace = true\njiff.workspace = true\n",
            ),
            ("benches/src/floor.rs", "use rusqlite::Connection;\n"),
        ],
        &[],
    ),
];

const PURITY: &[CheckExample] = &[
    (
        "core-is-pure",
        &[(
            HEAD,
            "let now = std::time::SystemTime::now();\nasync fn step() {}\nfs::read(p)\nuse std::fs;\nlet x = rand::random();\n",
        )],
        &[
            "crates/core/src/fold/step.rs:1: `SystemTime` is a clock, which is banned in core",
            "crates/core/src/fold/step.rs:2: `async fn` is asynchrony, which is banned in core",
            "crates/core/src/fold/step.rs:4: `std::fs` is I/O, which is banned in core",
            "crates/core/src/fold/step.rs:5: `rand::` is randomness, which is banned in core",
        ],
    ),
    (
        "core-is-pure",
        &[
            (
                HEAD,
                "/// Not a SystemTime, no tokio.\nfn brand::new() {}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
            ),
            ("crates/core/src/lib.rs", "#[cfg(test)]\nmod testing;\n"),
            ("crates/core/src/testing.rs", "use std::fs;\n"),
            ("crates/core/tests/catalogs.rs", "use std::fs;\n"),
            (
                "crates/engine/src/clock.rs",
                "std::time::SystemTime::now()\n",
            ),
        ],
        &[],
    ),
];

const MANIFESTS: &[CheckExample] = &[
    (
        "workspace-dependencies",
        &[(
            CORE,
            "[dependencies]\nserde = '1'\n[dev-dependencies]\ninsta = { version = '1' }\n[lints]\nworkspace = true\n",
        )],
        &[
            "crates/core/Cargo.toml:2: `serde` is not inherited from the workspace",
            "crates/core/Cargo.toml:4: `insta` is not inherited from the workspace",
        ],
    ),
    (
        "workspace-dependencies",
        &[(CORE, "[dependencies]\nserde.workspace = true\n")],
        &["crates/core/Cargo.toml: the lints are not inherited from the workspace"],
    ),
    (
        "workspace-dependencies",
        &[(CORE, "[dependencies\n")],
        &["crates/core/Cargo.toml: not valid TOML"],
    ),
    (
        "workspace-dependencies",
        &[
            (
                CORE,
                "[dependencies]\na.workspace = true\nb = { workspace = true, optional = true }\n[lints]\nworkspace = true\n",
            ),
            ("Cargo.toml", "[workspace.dependencies]\nserde = '1'\n"),
        ],
        &[],
    ),
    (
        "workspace-dependencies",
        &[(
            MACROS,
            "[dependencies]\na = { path = '../a' }\n[dev-dependencies]\nb = { path = '../b' }\nc = { path = '../c', version = '1' }\n[lints]\nworkspace = true\n",
        )],
        &[
            "crates/macros/Cargo.toml:2: `a` is not inherited from the workspace",
            "crates/macros/Cargo.toml:5: `c` is not inherited from the workspace",
        ],
    ),
    (
        "repository-address",
        &[
            (
                "Cargo.toml",
                "[workspace.package]\nrepository = 'https://git.example.org/us/accolade'\n",
            ),
            (
                "README.md",
                "git clone https://git.example.org/us/accolade.git\n[old](https://old.example.org/us/accolade/issues)\ncargo install --git https://git.example.org/them/accolade accolade-cli\n",
            ),
            (
                "docs/deploy.md",
                "<https://docs.rs/accolade> <https://crates.io/crates/accolade> <https://git.example.org/us/accolade/issues>\n",
            ),
            (
                "crates/cli/Cargo.toml",
                "maintainer = 'Us <accolade@old.example.org>, <accolade@git.example.org>'\n",
            ),
        ],
        &[
            "README.md:2: `https://old.example.org/us/accolade` is not in `https://git.example.org/us/accolade`",
            "README.md:3: `https://git.example.org/them/accolade` is not in `https://git.example.org/us/accolade`",
            "crates/cli/Cargo.toml:1: `old.example.org` is not in `https://git.example.org/us/accolade`",
        ],
    ),
    (
        "dependencies-explained",
        &[(
            "Cargo.toml",
            "[workspace.dependencies]\nserde = '1'\ncsv = { version = '1' } #\n# exports\ntoml = '1'\n",
        )],
        &[
            "Cargo.toml:2: `serde` has no comment with its purpose",
            "Cargo.toml:3: `csv` has no comment with its purpose",
            "Cargo.toml:5: `toml` has no comment with its purpose",
        ],
    ),
    (
        "dependencies-explained",
        &[(
            "Cargo.toml",
            "[workspace.dependencies]\nours = { path = 'crates/ours' }\nserde = '1' # JSON in and out\n",
        )],
        &[],
    ),
];

const SOURCES: &[CheckExample] = &[
    (
        "finished-work",
        &[(HEAD, "fn f() {} // TODO: more\n")],
        &["crates/core/src/fold/step.rs:1: `TODO`"],
    ),
    (
        "finished-work",
        &[(HEAD, "#[cfg(test)]\nmod tests {\n// FIXME\n}\n")],
        &["crates/core/src/fold/step.rs:3: `FIXME`"],
    ),
    ("finished-work", &[(HEAD, "fn todos() {}\n")], &[]),
    (
        "no-ignored-tests",
        &[(HEAD, "#[test]\n#[ignore = \"slow\"]\n")],
        &["crates/core/src/fold/step.rs:2: `#[ignore`"],
    ),
    (
        "no-ignored-tests",
        &[(HEAD, "/// ```ignore\n")],
        &["crates/core/src/fold/step.rs:1: `ignore`"],
    ),
    (
        "no-ignored-tests",
        &[(HEAD, "/// ```no_run\n#[test]\n")],
        &[],
    ),
    (
        "no-sleeping-tests",
        &[("crates/cli/tests/kill.rs", "thread::sleep(SHORT);\n")],
        &["crates/cli/tests/kill.rs:1: `sleep(`"],
    ),
    (
        "no-sleeping-tests",
        &[(HEAD, "#[cfg(test)]\nmod tests {\n    sleep(SHORT);\n}\n")],
        &["crates/core/src/fold/step.rs:3: `sleep(`"],
    ),
    (
        "no-sleeping-tests",
        &[("crates/engine/src/writer.rs", "thread::sleep(PAUSE);\n")],
        &[],
    ),
    (
        "no-unwrap",
        &[(HEAD, "let x = y.unwrap();\n")],
        &["crates/core/src/fold/step.rs:1: `.unwrap()`"],
    ),
    (
        "no-unwrap",
        &[
            (
                HEAD,
                "/// `x.unwrap()`\nlet x = y.unwrap_or(0);\n#[cfg(test)]\nmod tests {\n    y.unwrap();\n}\n",
            ),
            ("crates/core/tests/catalogs.rs", "y.unwrap();\n"),
            ("crates/testing/src/conformance/awards.rs", "y.unwrap();\n"),
            ("examples/embed.rs", "y.unwrap();\n"),
        ],
        &[],
    ),
    (
        "plain-text",
        &[("README.md", "a \nb\tc"), ("docs/a.md", "a\n\n")],
        &[
            "README.md: missing newline at the end",
            "README.md:1: white space at the end of the line",
            "README.md:2: tab",
            "docs/a.md: empty lines at the end",
        ],
    ),
    (
        "plain-text",
        &[
            ("README.md", "a\nb\n"),
            ("logo.png", "a \n"),
            ("empty.rs", ""),
        ],
        &[],
    ),
    (
        "no-private-paths",
        &[("README.md", concat!("fine\nsee /ro", "ot/notes\n"))],
        &[concat!("README.md:2: `/ro", "ot/`")],
    ),
    (
        "no-private-paths",
        &[("README.md", concat!("docs/wo", "rk/a.md and /home/you\n"))],
        &[],
    ),
    (
        "links",
        &[
            (
                "docs/a.md",
                "[gone](gone.md) [`up`](../../a.md)\n[b]\n\n[b]: ./gone.md#top\n",
            ),
            (
                "README.md",
                "![picture](docs/gone.png \"title\")\n# Top\n[a](docs/a.md#b) [c](#c) [d](#top)\n",
            ),
        ],
        &[
            "README.md:1: target `docs/gone.png` not found",
            "README.md:3: heading of `#c` not found",
            "README.md:3: heading of `docs/a.md#b` not found",
            "docs/a.md:1: target `../../a.md` not found",
            "docs/a.md:1: target `gone.md` not found",
            "docs/a.md:2: target `./gone.md#top` not found",
        ],
    ),
    (
        "links",
        &[
            (
                "docs/a.md",
                "# Here\n[up](../README.md#top) [root](..) [web](https://example.com/x) [here](#here)\n",
            ),
            (
                "README.md",
                "# Top\n[folder](docs) [folder](docs/)\n`[code](gone.md)`\n```\n[code](gone.md)\n```\n",
            ),
        ],
        &[],
    ),
    (
        "promises-tested",
        &[
            (
                "docs/guarantees.md",
                "| once | `a/t.rs::one` `a/t.rs::helper` |\n| twice | `a/gone.rs::one` |\n",
            ),
            ("a/t.rs", "#[test]\nfn one() {}\n\nfn helper() {}\n"),
        ],
        &[
            "docs/guarantees.md:1: `a/t.rs` has no test `helper`",
            "docs/guarantees.md:2: `a/gone.rs` has no test `one`",
        ],
    ),
    (
        "promises-tested",
        &[
            (
                "docs/guarantees.md",
                "`a/t.rs::one`, `a/t.rs::two` and `a/t.rs::four` hold it; `Engine::open` and a/t.rs::three are no tests.\n",
            ),
            (
                "a/t.rs",
                "#[test]\nfn one() {}\nproptest! {\n    /// Twice.\n    #[test]\n    // why\n    #[cfg(unix)]\n    fn two(\n#[tokio::test]\nasync fn four() {}\n",
            ),
            ("README.md", "`a/t.rs::three`\n"),
        ],
        &[],
    ),
];

fn run_check(name: &str, tree: &SourceTree) -> Vec<String> {
    let check = CHECKS
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("check {name} not found"));
    check
        .find_violations(tree)
        .iter()
        .map(CheckFinding::to_string)
        .collect()
}

fn all_examples() -> impl Iterator<Item = &'static CheckExample> {
    [
        IMPORTS,
        PURITY,
        MANIFESTS,
        SOURCES,
        texts::TEXTS,
        graphs::GRAPHS,
    ]
    .into_iter()
    .flatten()
}

#[test]
fn every_check_finds_its_violations_and_nothing_else() {
    for (name, files, expected) in all_examples() {
        assert_eq!(
            run_check(name, &SourceTree::from_texts(files)),
            *expected,
            "{name} on {files:#?}"
        );
    }
}

#[test]
fn a_file_may_have_600_lines_and_no_more() {
    let fits = "fn f() {}\n".repeat(600);
    let tree = SourceTree::from_texts(&[
        ("src/fits.rs", &fits),
        ("src/long.rs", &(fits.clone() + "\n")),
        ("long.md", &(fits.clone() + "\n")),
    ]);
    assert_eq!(
        run_check("short-files", &tree),
        ["src/long.rs: 601 lines, above 600"]
    );
}

#[test]
fn every_check_has_a_unique_name_and_a_bad_example() {
    for (i, check) in CHECKS.iter().enumerate() {
        assert!(
            CHECKS[..i].iter().all(|other| other.name != check.name),
            "{} twice",
            check.name
        );
        let shown =
            all_examples().any(|(name, _, findings)| *name == check.name && !findings.is_empty());
        assert!(
            shown || check.name == "short-files",
            "{} has no bad example",
            check.name
        );
    }
}

#[test]
fn shipped_code_is_distinguished_from_tests() {
    let table = [
        (
            "src/a.rs",
            "ships\n#[cfg(test)]\nmod tests {\n    tests\n}\n",
            2,
        ),
        ("src/b.rs", "#[cfg(test)]\nuse x;\nships // not this\n", 3),
        ("src/a/mod.rs", "#[cfg(test)]\npub(crate) mod samples;\n", 2),
        ("src/a/samples.rs", "tests\n", 0),
        ("src/a/samples/more.rs", "tests\n", 0),
        ("src/a/samples_that_ship.rs", "ships\n", 1),
        ("benches/a.rs", "tests\n", 0),
    ];
    let tree = SourceTree::from_texts(&table.map(|(path, text, _)| (path, text)));
    for file in tree.rust_files() {
        let (_, _, ships) = table.iter().find(|(path, ..)| *path == file.path).unwrap();
        assert_eq!(file.shipped_lines().count(), *ships, "{}", file.path);
        assert!(
            file.shipped_lines()
                .all(|(_, code)| !code.contains("not this")),
            "{}",
            file.path
        );
    }
}

#[test]
fn a_tree_is_read_without_build_output_and_hidden_folders() {
    let root = tempfile::tempdir().unwrap();
    for path in [
        "src/main.rs",
        "target/debug/x.rs",
        ".git/x.rs",
        ".ci/run",
        "data/events.xml",
    ] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "text\n").unwrap();
    }
    let tree = SourceTree::read_all(root.path()).unwrap();
    assert_eq!(
        tree.text_files().map(|(path, _)| path).collect::<Vec<_>>(),
        [".ci/run", "src/main.rs"]
    );
    assert!(
        tree.has_path("data/events.xml")
            && tree.has_path("data")
            && !tree.has_path("target")
            && !tree.has_path("sr")
    );
}
