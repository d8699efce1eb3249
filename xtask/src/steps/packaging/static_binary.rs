//! Static binary: linked with musl, so that one file runs on every Linux system.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::distribution::{Distribution, capture_output, describe_error};
use crate::steps::Workspace;
use crate::steps::python::{install_packages, run_command};

/// Profile of the root Cargo.toml.
const PROFILE: &str = "dist";
/// Folder of musl's startup files and C library on Debian.
const MUSL_LIBRARIES: &str = "/usr/lib/ARCH-linux-musl";
/// Unwinder of a GCC before 12: later ones call a function that only glibc has.
const UNWINDER_FOLDER: &str = "/usr/lib/gcc/ARCH-linux-gnu/11";
/// Functions that the unwinder refers to weakly. Without these references, the linker leaves them
/// out of a static program, which then jumps to address zero when it panics.
const THREAD_FUNCTIONS: [&str; 6] = [
    "pthread_getspecific",
    "pthread_key_create",
    "pthread_mutex_lock",
    "pthread_mutex_unlock",
    "pthread_once",
    "pthread_setspecific",
];
const DEBIAN_HINT: &str = "either run `rustup target add` for the target below and install \
    `musl-tools`, or install Debian's `cargo-web`, `rustc-web`, `rust-web-src`, `musl-tools` and \
    `libgcc-11-dev`";

const PANIC_MANIFEST: &str = "\
[package]
name = \"panic\"
version = \"0.0.0\"
edition = \"2024\"

[profile.dist]
inherits = \"release\"
lto = \"thin\"
strip = true

[workspace]
";
const PANIC_PROGRAM: &str = r#"
fn main() {
    let caught = std::thread::spawn(|| std::panic::catch_unwind(|| panic!("on purpose")));
    if matches!(caught.join(), Ok(Err(_))) {
        println!("caught");
    }
}
"#;

/// Toolchain that can build for musl.
enum MuslToolchain {
    /// The toolchain in use has the standard library of the target.
    Installed,
    /// Debian's compiler, which builds the standard library from its sources.
    Debian,
}

/// Returns the target of this machine's processor.
pub(super) fn target_triple() -> String {
    format!("{}-unknown-linux-musl", env::consts::ARCH)
}

/// Builds the binary and returns its path.
///
/// # Errors
/// Returns an error if no toolchain for musl can be had, or the build fails.
pub(super) fn build_binary(house: &Workspace, build_folder: &Path) -> Result<PathBuf, String> {
    if env::consts::OS != "linux" {
        return Err("the packages can only be built on Linux".to_owned());
    }
    let target = target_triple();
    println!("building for {target}");
    let mut command = build_command(house, build_folder)?;
    command.args(["--locked", "--package", "accolade-cli"]);
    command.current_dir(&house.root);
    let status = command
        .status()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    match status.success() {
        true => Ok(output_folder(build_folder).join("accolade")),
        false => Err(format!("{command:?} failed; {DEBIAN_HINT}: {target}")),
    }
}

fn output_folder(build_folder: &Path) -> PathBuf {
    build_folder.join(target_triple()).join(PROFILE)
}

/// Builds a command that compiles a package for musl.
fn build_command(house: &Workspace, build_folder: &Path) -> Result<Command, String> {
    let target = target_triple();
    let toolchain = find_toolchain(&target)?;
    let mut command = match toolchain {
        MuslToolchain::Installed => house.cargo_command(&["build"]),
        MuslToolchain::Debian => debian_command(build_folder)?,
    };
    let flags = compiler_flags(house, &toolchain, build_folder);
    command
        .args(["--profile", PROFILE, "--target", &target, "--target-dir"])
        .arg(build_folder)
        .env(format!("CC_{}", target.replace('-', "_")), "musl-gcc")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    Ok(command)
}

fn find_toolchain(target: &str) -> Result<MuslToolchain, String> {
    let library = capture_output(Command::new("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        target,
    ]))?;
    if Path::new(library.trim()).exists() {
        if !Path::new("/usr/bin/musl-gcc").exists() {
            install_packages(&["musl-tools"])?;
        }
        return Ok(MuslToolchain::Installed);
    }
    let needed = [
        PathBuf::from("/usr/bin/musl-gcc"),
        PathBuf::from("/usr/bin/cargo"),
        PathBuf::from("/usr/lib/rustlib/src/rust/library/std/Cargo.toml"),
        with_architecture(UNWINDER_FOLDER).join("libgcc_eh.a"),
    ];
    if !needed.iter().all(|path| path.exists()) {
        install_packages(&[
            "cargo-web",
            "rustc-web",
            "rust-web-src",
            "musl-tools",
            "libgcc-11-dev",
        ])
        .map_err(|error| format!("{error}\n{DEBIAN_HINT}: {target}"))?;
    }
    Ok(MuslToolchain::Debian)
}

fn with_architecture(path: &str) -> PathBuf {
    PathBuf::from(path.replace("ARCH", env::consts::ARCH))
}

/// Builds a command that runs Debian's cargo, also if another one comes first in the path.
fn debian_command(build_folder: &Path) -> Result<Command, String> {
    link_startup_files(&link_folder(build_folder))?;
    let mut command = Command::new("/usr/bin/cargo");
    command
        .args(["build", "-Zbuild-std=std,panic_unwind"])
        .env("RUSTC", "/usr/bin/rustc")
        // `build-std` is not stable; the compiler and these sources are of the same version.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTFLAGS");
    Ok(command)
}

fn link_folder(build_folder: &Path) -> PathBuf {
    build_folder.join("musl")
}

/// Collects the files that the compiler would bring along with a target of its own.
fn link_startup_files(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(describe_error("create", folder))?;
    let musl = with_architecture(MUSL_LIBRARIES);
    let mut files: Vec<(String, PathBuf)> = ["crti.o", "crtn.o", "libc.a", "rcrt1.o"]
        .map(|name| (name.to_owned(), musl.join(name)))
        .into();
    for name in ["crtbeginS.o", "crtendS.o"] {
        let option = format!("-print-file-name={name}");
        let path = capture_output(Command::new("cc").arg(option))?;
        files.push((name.to_owned(), PathBuf::from(path.trim())));
    }
    for (name, source) in files {
        let link = folder.join(name);
        // Left by an earlier build.
        let _ = fs::remove_file(&link);
        symlink(&source, &link).map_err(describe_error("create", &link))?;
    }
    // The allocator's C code calls functions of the compiler that `compiler_builtins` lacks. They
    // come with the unwinder, because the linker takes from both only what is missing by then.
    let gcc = with_architecture(UNWINDER_FOLDER);
    let unwinder = folder.join("libunwind.a");
    let script = format!("GROUP({0}/libgcc_eh.a {0}/libgcc.a)\n", gcc.display());
    // Left by an earlier build, perhaps as a link, through which nothing must be written.
    let _ = fs::remove_file(&unwinder);
    fs::write(&unwinder, script).map_err(describe_error("write", &unwinder))
}

fn compiler_flags(
    house: &Workspace,
    toolchain: &MuslToolchain,
    build_folder: &Path,
) -> Vec<String> {
    let mut flags = vec![
        "-Ctarget-feature=+crt-static".to_owned(),
        format!("--remap-path-prefix={}=accolade", house.root.display()),
    ];
    let home = env::var("CARGO_HOME")
        .ok()
        .or_else(|| env::var("HOME").ok().map(|home| format!("{home}/.cargo")));
    flags.extend(home.map(|home| format!("--remap-path-prefix={home}=cargo")));
    if matches!(toolchain, MuslToolchain::Debian) {
        flags.push("-Clinker=cc".to_owned());
        flags.push("-Clink-self-contained=yes".to_owned());
        flags.push(format!("-Lnative={}", link_folder(build_folder).display()));
        let forced = THREAD_FUNCTIONS.map(|name| format!("-Clink-arg=-Wl,--undefined={name}"));
        flags.extend(forced);
    }
    flags
}

/// Checks that the binary needs no other file: it replays the demo where there is none.
pub(super) fn check_empty_root(dist: &Distribution) -> Result<(), String> {
    let root = dist.scratch.join("empty-root");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("tmp")).map_err(describe_error("create", &root))?;
    fs::copy(&dist.binary, root.join("accolade")).map_err(describe_error("write", &root))?;
    let chroot = || {
        let mut command = Command::new("/usr/sbin/chroot");
        command.arg(&root).arg("/accolade");
        command
    };
    let version = capture_output(chroot().arg("--version"))?;
    if version.trim() != format!("accolade {}", dist.version) {
        return Err(format!("`accolade --version` prints `{version}`"));
    }
    run_command(chroot().args(["demo", "--no-serve"]))
}

/// Checks that a program that is linked in the same way survives a panic: the engine relies on it
/// for badges written in Rust and for the parser of conditions.
pub(super) fn check_panics(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let folder = dist.scratch.join("panic");
    for (file, text) in [
        ("Cargo.toml", PANIC_MANIFEST),
        ("src/main.rs", PANIC_PROGRAM),
    ] {
        let path = folder.join(file);
        fs::create_dir_all(path.with_file_name(""))
            .and_then(|()| fs::write(&path, text))
            .map_err(describe_error("write", &path))?;
    }
    run_command(build_command(house, &dist.build_folder)?.current_dir(&folder))?;
    let program = output_folder(&dist.build_folder).join("panic");
    let printed = capture_output(&mut Command::new(program))?;
    match printed.as_str() {
        "caught\n" => Ok(()),
        _ => Err(format!("the program printed `{printed}`")),
    }
}
