use std::{
    fs::{self, OpenOptions},
    io,
    path::Path,
};

use nix::sys::statvfs::statvfs;

use super::{agent::RunningAgent, finding::Finding};
use crate::config::Config;

/// Whether the store's directory can be written, and how full it is.
pub(super) fn findings(config: &Config, agent: &RunningAgent) -> Vec<Finding> {
    let directory = &config.data_directory;
    let shown = directory.display();
    if directory.ancestors().any(Path::is_file) {
        return vec![Finding::bad(format!(
            "{shown} cannot be made: there is a file in its place"
        ))];
    }
    let mut findings = vec![match existing(directory) {
        None => Finding::bad(format!("{shown} cannot be made: nothing above it exists")),
        Some(place) => match probe(place) {
            Err(error) => Finding::bad(format!("{} cannot be written: {error}", place.display())),
            Ok(()) if place == directory => Finding::good(format!("{shown} can be written")),
            Ok(()) => Finding::good(format!("{shown} is not there yet, and can be made")),
        },
    }];
    if let Some(place) = existing(directory) {
        findings.push(space(config, place));
    }
    if let Some(status) = agent.status() {
        let store = &status.store;
        findings.push(Finding::good(format!(
            "the running agent keeps {} documents in {}, and has rejected {}",
            store.documents,
            bytes(store.bytes),
            store.rejected,
        )));
    }
    findings
}

/// The directory itself, or the nearest one above it that is there.
fn existing(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|place| {
        let place = if place.as_os_str().is_empty() {
            Path::new(".")
        } else {
            place
        };
        place.is_dir()
    })
}

/// Makes a file and removes it again: permission bits alone do not tell of read-only disks.
fn probe(directory: &Path) -> io::Result<()> {
    let path = directory.join(format!(".fluoro-doctor-{}", std::process::id()));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)?;
    fs::remove_file(path)
}

fn space(config: &Config, place: &Path) -> Finding {
    let place = if place.as_os_str().is_empty() {
        Path::new(".")
    } else {
        place
    };
    let allowed = config.limits.bytes;
    match statvfs(place) {
        Err(error) => Finding::bad(format!("the free space is unknown: {error}")),
        Ok(disk) => {
            let free = disk.blocks_available().saturating_mul(disk.fragment_size());
            let text = format!(
                "{} free, the store may take {}",
                bytes(free),
                bytes(allowed)
            );
            if free < allowed / 10 {
                Finding::bad(text)
            } else {
                Finding::good(text)
            }
        }
    }
}

fn bytes(count: u64) -> String {
    let mut amount = count as f64;
    for unit in ["B", "KB", "MB", "GB"] {
        if amount < 1024.0 {
            let decimals = usize::from(unit != "B" && amount < 10.0);
            return format!("{amount:.decimals$} {unit}");
        }
        amount /= 1024.0;
    }
    format!("{amount:.1} TB")
}

#[cfg(test)]
mod tests {
    #[test]
    fn amounts_are_told_in_the_largest_unit() {
        let shown = [0, 1023, 1024, 5 << 30, 20 << 40].map(super::bytes);
        assert_eq!(shown, ["0 B", "1023 B", "1.0 KB", "5.0 GB", "20.0 TB"]);
    }
}
