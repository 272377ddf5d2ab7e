//! What is packaged starts the agent as it means to.

use std::{fs, io, path::Path, process::Command};

use fluoro_agent::config::{Flags, Mode, Resolved, SinkConfig, Surroundings, resolve};

const PACKAGING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging");

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(PACKAGING).join(name)).unwrap()
}

fn resolved(flags: &[String], mode: Mode, data: &str) -> Resolved {
    let surroundings = Surroundings {
        environment: &|name| (name == "FLUORO_DATA").then(|| data.to_owned()),
        read_file: &|_| Err(io::ErrorKind::NotFound.into()),
    };
    resolve(&Flags::parse(flags).unwrap(), mode, surroundings).unwrap()
}

#[test]
fn the_image_takes_the_daemons_flags() {
    let file = read("docker/Dockerfile");
    let line = |start: &str| {
        file.lines()
            .find_map(|line| line.strip_prefix(start))
            .unwrap()
    };
    let entry: Vec<String> = serde_json::from_str(line("ENTRYPOINT ")).unwrap();
    assert_eq!(entry[0], "/xray");
    let more = ["-n", "eu-central-1", "-o"].map(str::to_owned);
    let flags = [&entry[1..], &more].concat();
    let resolved = resolved(&flags, Mode::Daemon, line("ENV FLUORO_DATA="));
    let config = resolved.config;
    assert_eq!(config.udp, "0.0.0.0:2000".parse().ok());
    assert_eq!(config.tcp, "0.0.0.0:2000".parse().ok());
    assert_eq!(config.sinks, [SinkConfig::XRay]);
    assert_eq!(config.data_directory, Path::new(line("VOLUME ")));
    assert!(line("EXPOSE ").starts_with("2000/udp 2000/tcp"));
}

/// Needs systemd's own checker where there is one; the lines are checked everywhere.
#[test]
fn the_unit_can_be_loaded() {
    let unit = read("systemd/fluoro.service");
    let mut keys = Vec::new();
    for line in unit
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '[']))
    {
        keys.push(line.split_once('=').expect(line).0);
    }
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    assert_eq!(start, Some("/usr/bin/fluoro agent"));
    for key in [
        "Restart",
        "StateDirectory",
        "DynamicUser",
        "ProtectSystem",
        "NoNewPrivileges",
    ] {
        assert!(keys.contains(&key), "{key} is missing");
    }

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("fluoro.service");
    // The program is not installed where tests run.
    fs::write(
        &path,
        unit.replace("/usr/bin/fluoro", env!("CARGO_BIN_EXE_fluoro")),
    )
    .unwrap();
    match Command::new("systemd-analyze")
        .arg("verify")
        .arg(&path)
        .output()
    {
        Ok(output) => {
            let complaints = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success() && complaints.is_empty(),
                "{complaints}"
            );
        }
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::NotFound),
    }
}
