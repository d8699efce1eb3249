//! Clean system: a root with a minimal Debian and the programs that the texts use.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::Workspace;
use crate::steps::packaging;
use crate::steps::packaging::clean_root;
use crate::steps::packaging::distribution::{
    Distribution, capture_output, copy_into, describe_error, find_file,
};
use crate::steps::python::run_command;
use crate::steps::tutorial::{LISTEN_VARIABLE, PortSubstitution};
use crate::tutorial::TutorialPlace;

/// Programs of the texts that a minimal Debian lacks.
const PACKAGES: [&str; 6] = ["adduser", "curl", "python3", "sudo", "systemd", "xz-utils"];
/// User who follows the texts, and may run any command as root.
const USER: &str = "newcomer";
/// Folder of the root that stands for the place of the downloads.
const DOWNLOADS: &str = "srv/downloads";
/// Enters a root with its own mounts, as the user, with the variables of a login. No init process
/// runs in the root; `systemctl` would find that out itself only where it may look at process 1.
const ENTER: &str = "mount --rbind /dev \"$0/dev\" && mount --rbind /proc \"$0/proc\" && \
    exec /usr/sbin/chroot --userspec=newcomer:newcomer \"$0\" env -i --chdir=/home/newcomer \
    HOME=/home/newcomer USER=newcomer LANG=C.UTF-8 SYSTEMD_OFFLINE=1 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \"$@\" \
    bash --noprofile --norc";

/// Prepares a new root, with the package that has this ending among the downloads.
pub(super) fn prepare_place(house: &Workspace, ending: &str) -> Result<TutorialPlace, String> {
    let dist = packaging::build_once(house)?;
    let root = prepare_root(house)?;
    let downloads = root.join(DOWNLOADS);
    fs::create_dir_all(&downloads).map_err(describe_error("create", &downloads))?;
    copy_into(&find_file(&dist.folder, ending)?, &downloads)?;
    println!("not started: systemd; systemctl ignores its commands in this root");
    let ports = PortSubstitution::choose()?;
    let listen = ports
        .listen()
        .map(|address| format!("{LISTEN_VARIABLE}={address}"));
    let root = root.to_string_lossy();
    // `setsid` makes the shell the leader of a process group.
    let mut shell = vec!["setsid", "unshare", "--mount", "sh", "-c", ENTER, &root];
    shell.extend(listen.as_deref());
    let place = TutorialPlace::with_shell(&shell, &house.step_folder("newcomer"));
    Ok(ports.apply(substitute_downloads(place, dist)))
}

/// Creates a new root with the programs of the texts and a user who may run any command as root.
pub(in crate::steps) fn prepare_root(house: &Workspace) -> Result<PathBuf, String> {
    let root = clean_root::create_root(&house.step_folder("newcomer"), &PACKAGES)?;
    add_user(&root)?;
    Ok(root)
}

fn add_user(root: &Path) -> Result<(), String> {
    run_command(clean_root::chroot(root).args(["useradd", "--create-home", USER]))?;
    let rule = root.join("etc/sudoers.d").join(USER);
    let text = format!("Defaults env_keep += SYSTEMD_OFFLINE\n{USER} ALL=(ALL) NOPASSWD: ALL\n");
    fs::write(&rule, text)
        .and_then(|()| fs::set_permissions(&rule, fs::Permissions::from_mode(0o440)))
        .map_err(describe_error("write", &rule))?;
    // `sudo` looks up the name of the machine, which the installer of Debian writes here.
    let name = capture_output(&mut Command::new("hostname"))?;
    let hosts = root.join("etc/hosts");
    fs::write(&hosts, format!("127.0.0.1 localhost {name}"))
        .map_err(describe_error("write", &hosts))
}

fn substitute_downloads(place: TutorialPlace, dist: &Distribution) -> TutorialPlace {
    let address = format!("{}/releases/download/v{}", dist.repository, dist.version);
    let place = place.substitute(&address, &format!("file:///{DOWNLOADS}"));
    // The README says which words to replace.
    match env::consts::ARCH {
        "aarch64" => place
            .substitute("amd64", "arm64")
            .substitute("x86_64", "aarch64"),
        _ => place,
    }
}
