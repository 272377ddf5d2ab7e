//! Takes the built viewer into the binary, when there is one: each file below `viewer/dist`,
//! compressed where that pays.

use std::{
    env, fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

/// What does not get smaller.
const COMPRESSED_ALREADY: [&str; 6] = ["gif", "gz", "jpg", "png", "webp", "woff2"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name| env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let embedded = variable("OUT_DIR").join("viewer");
    if embedded.exists() {
        fs::remove_dir_all(&embedded)?;
    }
    fs::create_dir_all(&embedded)?;
    let viewer = variable("CARGO_MANIFEST_DIR").join("../../viewer");
    if !viewer.exists() {
        return Ok(());
    }
    let built = viewer.join("dist");
    // Cargo takes a directory that is missing for one that has changed, and would compile anew
    // each time. Where it cannot be made, that is the worst that happens.
    let _ = fs::create_dir(&built);
    println!("cargo::rerun-if-changed={}", built.display());
    if built.exists() {
        embed(&built, &embedded)?;
    }
    Ok(())
}

fn embed(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            embed(&entry.path(), &target)?;
            continue;
        }
        let extension = target.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| COMPRESSED_ALREADY.contains(&extension)) {
            fs::copy(entry.path(), target)?;
        } else {
            let mut name = target.into_os_string();
            name.push(".gz");
            let mut encoder = GzEncoder::new(fs::File::create(name)?, Compression::best());
            encoder.write_all(&fs::read(entry.path())?)?;
            encoder.finish()?;
        }
    }
    Ok(())
}
