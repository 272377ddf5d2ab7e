use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Size at which a new file is begun, in bytes; the daemon's.
const ROTATE_AT: u64 = 50 * 1024 * 1024;

/// A log file that is renamed to `<name>.1` when it is large; the one before it is replaced.
#[derive(Debug)]
pub(super) struct RotatingFile {
    path: PathBuf,
    file: File,
    written: u64,
    limit: u64,
}

impl RotatingFile {
    /// Opens a file for appending and makes it if it is not there.
    pub(super) fn open(path: &Path, rotate: bool) -> io::Result<Self> {
        let limit = if rotate { ROTATE_AT } else { u64::MAX };
        Self::open_with_limit(path, limit)
    }

    fn open_with_limit(path: &Path, limit: u64) -> io::Result<Self> {
        let file = append_to(path)?;
        let written = file.metadata()?.len();
        Ok(Self {
            path: path.to_owned(),
            file,
            written,
            limit,
        })
    }

    fn rotate(&mut self) -> io::Result<()> {
        let mut old = self.path.clone().into_os_string();
        old.push(".1");
        fs::rename(&self.path, old)?;
        self.file = append_to(&self.path)?;
        self.written = 0;
        Ok(())
    }
}

impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.written > 0 && self.written + line.len() as u64 > self.limit {
            // A directory without permission to rename leaves one growing file, not none.
            if self.rotate().is_err() {
                self.limit = u64::MAX;
            }
        }
        let written = self.file.write(line)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_set_aside_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("xray.log");
        let mut file = RotatingFile::open_with_limit(&path, 10).unwrap();
        for line in ["first\n", "second\n", "third\n"] {
            file.write_all(line.as_bytes()).unwrap();
        }
        let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!(
            (read("xray.log.1"), read("xray.log")),
            ("second\n".into(), "third\n".into())
        );
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_is_there_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("xray.log");
        fs::write(&path, "before\n").unwrap();
        let mut file = RotatingFile::open(&path, true).unwrap();
        file.write_all(b"after\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "before\nafter\n");
    }
}
