//! Deployment guide: its commands for the release archive and for backups, in a clean Debian.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Workspace;
use super::newcomer::clean_system;
use super::packaging;
use super::packaging::clean_root;
use super::packaging::distribution::{describe_error, find_file};
use super::packaging::serving::InstalledService;
use super::python::run_command;
use crate::results::CheckCounts;
use crate::tutorial::{self, TutorialPlace, TutorialText};

const GUIDE_PATH: &str = "docs/deploy.md";
/// Parts of the guide, in the order in which they are followed.
const INSTALL: &str = "install";
const MANAGE: &str = "manage";
const RESTORE: &str = "restore";
/// Folder in which the archive is unpacked, in the clean root.
const UNPACKED_FOLDER: &str = "srv/accolade";
const BACKUPS_FOLDER: &str = "var/lib/accolade/backups";
/// Name of a backup in the text.
const NAMED_BACKUP: &str = "accolade-2026-11-27T000000Z.db";
const UNITS: [&str; 3] = [
    "accolade.service",
    "accolade-backup.service",
    "accolade-backup.timer",
];
/// Links that `systemctl enable` makes.
const ENABLED: [&str; 2] = [
    "etc/systemd/system/multi-user.target.wants/accolade.service",
    "etc/systemd/system/timers.target.wants/accolade-backup.timer",
];
/// Enters a root with its own mounts, as root, in the folder of the archive.
const ENTER: &str = "mount --rbind /dev \"$0/dev\" && mount --rbind /proc \"$0/proc\" && \
    exec /usr/sbin/chroot \"$0\" env -i --chdir=/srv/accolade HOME=/root LANG=C.UTF-8 \
    SYSTEMD_OFFLINE=1 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash --noprofile --norc";

/// Runs the step.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    let archive = packaging::build_once(house).and_then(|dist| find_file(&dist.folder, ".tar.xz"));
    CheckCounts::from_result(archive.and_then(|archive| follow_guide(house, &archive)))
}

/// Guide, with the clean root in which it is followed.
struct DeploymentGuide {
    text: String,
    root: PathBuf,
    place: TutorialPlace,
}

fn follow_guide(house: &Workspace, archive: &Path) -> Result<CheckCounts, String> {
    let path = house.root.join(GUIDE_PATH);
    let text = fs::read_to_string(&path).map_err(describe_error("read", &path))?;
    let root = clean_system::prepare_root(house)?;
    unpack_archive(archive, &root)?;
    let folder = root.to_string_lossy();
    let shell = ["setsid", "unshare", "--mount", "sh", "-c", ENTER, &folder];
    let guide = DeploymentGuide {
        // No systemd runs in the root, and `systemctl` ignores all other commands there.
        place: TutorialPlace::with_shell(&shell, house.root.as_path())
            .substitute("systemctl enable --now", "systemctl enable"),
        text,
        root,
    };
    for line in guide.place.describe() {
        println!("{line}");
    }
    guide.follow_all()
}

fn unpack_archive(archive: &Path, root: &Path) -> Result<(), String> {
    let folder = root.join(UNPACKED_FOLDER);
    fs::create_dir_all(&folder).map_err(describe_error("create", &folder))?;
    let mut unpack = Command::new("tar");
    unpack.args(["--extract", "--strip-components=1", "--file"]);
    run_command(unpack.arg(archive).arg("--directory").arg(&folder))
}

impl DeploymentGuide {
    /// Follows the parts in order, and does between them what systemd does.
    fn follow_all(&self) -> Result<CheckCounts, String> {
        let mut total = self.follow(INSTALL, &self.place)?;
        if total.failed == 0 {
            self.check_units()?;
            self.create_state_folders()?;
            let service = InstalledService::start(&mut self.unit_command("accolade.service")?)?;
            total += self.follow(MANAGE, &self.place)?;
            run_command(&mut self.unit_command("accolade-backup.service")?)?;
            service.stop()?;
        }
        if total.failed == 0 {
            let backup = find_file(&self.root.join(BACKUPS_FOLDER), ".db")?;
            let name = backup.file_name().unwrap_or_default().to_string_lossy();
            total += self.follow(RESTORE, &self.place.clone().substitute(NAMED_BACKUP, &name))?;
        }
        Ok(total)
    }

    fn follow(&self, route: &str, place: &TutorialPlace) -> Result<CheckCounts, String> {
        let followed = TutorialText {
            name: GUIDE_PATH,
            text: &self.text,
            route: Some(route),
        };
        tutorial::run_tutorial(followed, place, None)
    }

    fn unit_command(&self, unit: &str) -> Result<Command, String> {
        clean_root::unit_command(&self.root, unit)
    }

    /// Checks that systemd accepts the installed units, and starts them with the machine.
    fn check_units(&self) -> Result<(), String> {
        run_command(
            Command::new("systemd-analyze")
                .args(["verify", "--man=no", "--recursive-errors=no"])
                .arg(format!("--root={}", self.root.display()))
                .args(UNITS),
        )?;
        for link in ENABLED {
            let path = self.root.join(link);
            fs::symlink_metadata(&path).map_err(describe_error("find", &path))?;
        }
        Ok(())
    }

    /// Creates the folders of `StateDirectory`, as systemd does before it starts the units.
    fn create_state_folders(&self) -> Result<(), String> {
        let mut create = clean_root::chroot(&self.root);
        create.args([
            "install", "-d", "-m", "700", "-o", "accolade", "-g", "accolade",
        ]);
        run_command(create.args(["/var/lib/accolade", &format!("/{BACKUPS_FOLDER}")]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = include_str!("../../../docs/deploy.md");

    #[test]
    fn every_block_of_the_guide_is_in_a_part_or_says_why_it_is_not_run() {
        let routes = tutorial::read_routes(GUIDE).unwrap();
        assert_eq!(routes, [INSTALL, MANAGE, RESTORE].map(str::to_owned).into());
    }

    #[test]
    fn the_guide_names_one_backup_by_the_name_that_is_replaced() {
        let names: Vec<&str> = GUIDE
            .split_whitespace()
            .filter(|word| word.contains("/accolade-2") && word.ends_with(".db"))
            .collect();
        assert!(names.len() > 1, "{names:?}");
        for name in names {
            assert!(name.ends_with(&format!("/{NAMED_BACKUP}")), "{name}");
        }
    }
}
