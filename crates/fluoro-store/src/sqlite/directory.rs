//! The files below the store's directory, and who may write them.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::StoreError;

const DAMAGED: &str = ".damaged";

/// What SQLite keeps beside a file.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// The store's directory, locked against other writers while this lives.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    damaged: AtomicU64,
    _lock: File,
}

impl Directory {
    /// Makes the directory if it is not there, and locks it.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] if another process has locked it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |error: io::Error| StoreError::Database {
            path: path.display().to_string(),
            reason: error.to_string(),
        };
        fs::create_dir_all(path).map_err(failed)?;
        let lock = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(failed)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::InUse {
                path: path.display().to_string(),
            },
            TryLockError::Error(error) => failed(error),
        })?;
        let directory = Self {
            path: path.to_owned(),
            damaged: AtomicU64::new(0),
            _lock: lock,
        };
        directory.remove_orphans().map_err(failed)?;
        Ok(directory)
    }

    /// Deletes what is left of buckets that left while somebody was about to read them.
    fn remove_orphans(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let owner = path.to_str().and_then(|path| {
                let mut owners = COMPANIONS.iter();
                owners.find_map(|companion| path.strip_suffix(companion))
            });
            if owner.is_some_and(|owner| !Path::new(owner).exists()) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn settings_path(&self) -> PathBuf {
        self.path.join("settings.sqlite")
    }

    /// The file of the bucket that begins with a second.
    pub(super) fn bucket_path(&self, start: i64) -> PathBuf {
        self.path.join(format!("bucket-{start:010}.sqlite"))
    }

    /// The first seconds of all buckets, oldest first.
    pub(super) fn buckets(&self) -> io::Result<Vec<i64>> {
        let mut starts = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            starts.extend(name.to_str().and_then(bucket_start));
        }
        starts.sort_unstable();
        Ok(starts)
    }

    /// Size of all files, in bytes.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        let mut bytes = 0;
        for entry in fs::read_dir(&self.path)? {
            // A file may go while the directory is read.
            bytes += entry?.metadata().map_or(0, |metadata| metadata.len());
        }
        Ok(bytes)
    }

    /// Gives a damaged file another name, so that it is never opened again but can be looked at.
    pub(super) fn set_aside(&self, file: &Path, reason: &dyn std::fmt::Display) {
        let target = with_suffix(file, DAMAGED);
        tracing::error!(
            file = %file.display(),
            kept_as = %target.display(),
            "a file of the store is damaged and was set aside: {reason}"
        );
        self.damaged.fetch_add(1, Ordering::Relaxed);
        let mut moved = fs::rename(file, &target);
        for companion in COMPANIONS {
            let companion_moved = fs::rename(
                with_suffix(file, companion),
                with_suffix(&target, companion),
            );
            if let Err(error) = companion_moved
                && error.kind() != io::ErrorKind::NotFound
            {
                moved = Err(error);
            }
        }
        if let Err(error) = moved {
            tracing::error!(file = %file.display(), "it could not be renamed: {error}");
        }
    }

    /// How many files were set aside since the directory was opened.
    pub(super) fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Deletes the files that were set aside.
    pub(super) fn remove_damaged(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().contains(DAMAGED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Deletes a file of SQLite and what is kept beside it.
pub(super) fn remove(file: &Path) -> io::Result<()> {
    for companion in COMPANIONS {
        let _ = fs::remove_file(with_suffix(file, companion));
    }
    match fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Size of what SQLite has not moved into a file yet, in bytes.
pub(super) fn journal_bytes(file: &Path) -> u64 {
    fs::metadata(with_suffix(file, COMPANIONS[0])).map_or(0, |journal| journal.len())
}

fn bucket_start(name: &str) -> Option<i64> {
    let start = name.strip_prefix("bucket-")?.strip_suffix(".sqlite")?;
    start.parse().ok()
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
