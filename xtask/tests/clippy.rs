//! Bans enforced by clippy: it reads the clippy.toml next to a crate's manifest, and each ban
//! works.

use std::fs;
use std::path::Path;
use std::process::Command;

use toml::de::DeTable;

/// Stand-in for a library of core, so that the test needs no network.
const JIFF: &str = "
pub struct Timestamp;
impl Timestamp { pub fn now() -> Self { Self } }
pub struct Zoned;
impl Zoned { pub fn now() -> Self { Self } }
pub mod tz {
    pub struct TimeZone;
    impl TimeZone { pub fn system() -> Self { Self } }
}
";
/// Stand-in for another library of core.
const RUSTC_HASH: &str = "
pub type Hasher = std::hash::BuildHasherDefault<std::hash::DefaultHasher>;
pub type FxHashMap<K, V> = std::collections::HashMap<K, V, Hasher>;
pub type FxHashSet<T> = std::collections::HashSet<T, Hasher>;
";

/// Code that is allowed in core.
const GOOD: &str = "
pub fn look_up(
    map: &rustc_hash::FxHashMap<u64, u64>,
    ordered: &std::collections::BTreeMap<u64, u64>,
) -> u64 {
    map.get(&1).copied().unwrap_or_default() + ordered.values().sum::<u64>()
}
";

/// Banned paths, each with code that uses it.
const BAD: &[(&str, &str)] = &[
    (
        "std::thread::sleep",
        "std::thread::sleep(std::time::Duration::ZERO)",
    ),
    ("std::time::SystemTime::now", "std::time::SystemTime::now()"),
    (
        "std::time::SystemTime::elapsed",
        "std::time::UNIX_EPOCH.elapsed()",
    ),
    ("std::time::Instant::now", "std::time::Instant::now()"),
    ("std::time::Instant::elapsed", "instant.elapsed()"),
    ("jiff::Timestamp::now", "jiff::Timestamp::now()"),
    ("jiff::Zoned::now", "jiff::Zoned::now()"),
    ("jiff::tz::TimeZone::system", "jiff::tz::TimeZone::system()"),
    ("std::collections::HashMap::iter", "map.iter()"),
    ("std::collections::HashMap::iter_mut", "map.iter_mut()"),
    ("std::collections::HashMap::keys", "map.keys()"),
    (
        "std::collections::HashMap::into_keys",
        "map.clone().into_keys()",
    ),
    ("std::collections::HashMap::values", "map.values()"),
    ("std::collections::HashMap::values_mut", "map.values_mut()"),
    (
        "std::collections::HashMap::into_values",
        "map.clone().into_values()",
    ),
    ("std::collections::HashMap::drain", "map.drain()"),
    ("std::collections::HashSet::iter", "set.iter()"),
    ("std::collections::HashSet::drain", "set.drain()"),
    (
        "std::collections::HashMap",
        "std::collections::HashMap::<u8, u8>::new()",
    ),
    (
        "std::collections::HashSet",
        "std::collections::HashSet::<u8>::new()",
    ),
    ("std::hash::RandomState", "std::hash::RandomState::new()"),
];

#[test]
fn clippy_rejects_everything_that_is_banned_in_core() {
    let arguments =
        "map: &mut FxHashMap<u64, u64>, set: &mut FxHashSet<u64>, instant: &std::time::Instant";
    let mut code = format!("{GOOD}\nuse rustc_hash::{{FxHashMap, FxHashSet}};\n");
    for (i, (_, line)) in BAD.iter().enumerate() {
        code += &format!("pub fn bad_{i}({arguments}) {{ let _ = {line}; }}\n");
    }
    let said = run_clippy(&code);
    for (path, line) in BAD {
        let named = |kind| said.contains(&format!("use of a disallowed {kind} `{path}`"));
        assert!(named("method") || named("type"), "{line} passes:\n{said}");
    }
}

#[test]
fn clippy_accepts_lookups_in_core() {
    let said = run_clippy(GOOD);
    assert!(
        !said.contains("warning") && !said.contains("error"),
        "{said}"
    );
}

#[test]
fn every_ban_has_its_bad_example() {
    let text = read_bans("crates/core/clippy.toml");
    let banned = banned_paths(&text);
    for path in &banned {
        assert!(
            BAD.iter().any(|(other, _)| other == path),
            "{path} has no bad example"
        );
    }
    for path in banned_paths(&read_bans("clippy.toml")) {
        assert!(
            banned.contains(&path),
            "core's clippy.toml replaces the root's, so it must repeat {path}"
        );
    }
}

/// Runs clippy on a crate with core's clippy.toml, in a workspace with the root's. Returns its
/// output.
fn run_clippy(code: &str) -> String {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let package =
        |name: &str| format!("[package]\nname = '{name}'\nversion = '0.1.0'\nedition = '2024'\n");
    write(
        "Cargo.toml",
        "[workspace]\nmembers = ['core', 'jiff', 'rustc-hash']\nresolver = '3'\n",
    );
    write("clippy.toml", &read_bans("clippy.toml"));
    write("core/clippy.toml", &read_bans("crates/core/clippy.toml"));
    write(
        "core/Cargo.toml",
        &(package("core-like")
            + "[dependencies]\njiff.path = '../jiff'\nrustc-hash.path = '../rustc-hash'\n"),
    );
    write("core/src/lib.rs", code);
    for (name, code) in [("jiff", JIFF), ("rustc-hash", RUSTC_HASH)] {
        write(&format!("{name}/Cargo.toml"), &package(name));
        write(&format!("{name}/src/lib.rs"), code);
    }
    let output = Command::new(env!("CARGO"))
        .args([
            "clippy",
            "--offline",
            "--quiet",
            "--no-deps",
            "--package",
            "core-like",
        ])
        .env("CARGO_TARGET_DIR", root.path().join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CLIPPY_CONF_DIR")
        .current_dir(root.path())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Reads a clippy.toml of the project.
fn read_bans(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// Lists the paths that a clippy.toml bans.
fn banned_paths(text: &str) -> Vec<String> {
    let table = DeTable::parse(text).unwrap();
    let bans = table
        .get_ref()
        .values()
        .filter_map(|list| list.get_ref().as_array())
        .flat_map(|list| list.iter());
    bans.filter_map(|ban| {
        ban.get_ref()
            .get("path")
            .and_then(|path| path.get_ref().as_str())
    })
    .map(str::to_owned)
    .collect()
}
